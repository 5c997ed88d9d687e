//! The words on the demo's shop front. Customers are addressed with Lei.

use super::words;

words! {
    NAME: "Bottega Verde Acqua" / "Bottega Verde Acqua";
    DEMO: "Negozio dimostrativo: nulla qui si può comprare davvero." / "Demonstration shop: nothing here can really be bought.";
    DEMO_DESK: "Apri il banco degli operatori" / "Open the agents’ desk";
    DEMO_BOARD: "Apri il cruscotto" / "Open the board";
    NAV_HOME: "Per la casa" / "For the home";
    NAV_BATH: "Bagno" / "Bath";
    NAV_GARDEN: "Terrazzo" / "Terrace";
    NAV_HELP: "Assistenza" / "Help";
    HERO: "Cose buone per l’acqua, la casa e il terrazzo" / "Good things for water, home and terrace";
    HERO_TEXT: "Vetro soffiato, sapone all’olio d’oliva, ceramica smaltata a mano. Spediamo in tutta Italia in 48 ore; il reso è gratuito per 30 giorni." / "Blown glass, olive-oil soap, hand-glazed ceramics. Delivered across Italy in 48 hours; free returns for 30 days.";
    HERO_ASK: "Ha una domanda? Chieda in chat" / "A question? Ask in the chat";
    PRODUCTS: "I più amati" / "Best loved";
    ADD: "Aggiungi" / "Add";
    ADDED: "Nel carrello (per finta)" / "In the basket (pretend)";
    P_JUG: "Caraffa Laguna" / "Laguna jug";
    P_JUG_TEXT: "Vetro soffiato, 1,2 litri" / "Blown glass, 1.2 litres";
    P_SOAP: "Sapone Oliveto" / "Oliveto soap";
    P_SOAP_TEXT: "Olio d’oliva e salvia, 120 g" / "Olive oil and sage, 120 g";
    P_BOWL: "Ciotola Marea" / "Marea bowl";
    P_BOWL_TEXT: "Gres smaltato, 18 cm" / "Glazed stoneware, 18 cm";
    P_TOWEL: "Telo Scirocco" / "Scirocco towel";
    P_TOWEL_TEXT: "Lino lavato, 70 × 140" / "Washed linen, 70 × 140";
    P_CAN: "Annaffiatoio Brina" / "Brina watering can";
    P_CAN_TEXT: "Zinco verniciato, 3 litri" / "Painted zinc, 3 litres";
    P_CANDLE: "Candela Pineta" / "Pineta candle";
    P_CANDLE_TEXT: "Cera d’api e resina, 40 ore" / "Beeswax and resin, 40 hours";
    TRY: "Provi a chiedere" / "Try asking";
    TRY_ORDER: "Dov’è il mio ordine?" / "Where is my order?";
    TRY_RETURN: "Vorrei rendere un articolo" / "I would like to return an item";
    TRY_PERSON: "Voglio parlare con una persona" / "I want to talk to a person";
    PROMISE_SHIP: "Spedizione in 48 ore" / "Delivery in 48 hours";
    PROMISE_SHIP_TEXT: "Gratuita sopra i 49 €" / "Free over €49";
    PROMISE_RETURN: "Reso gratuito" / "Free returns";
    PROMISE_RETURN_TEXT: "Entro 30 giorni, senza domande" / "Within 30 days, no questions";
    PROMISE_PERSON: "Persone vere" / "Real people";
    PROMISE_PERSON_TEXT: "Un operatore è sempre a un tocco" / "A person is always one tap away";
    PRIVACY: "Informativa sulla privacy" / "Privacy notice";
    PRIVACY_TEXT: "In questa dimostrazione ciò che scrive resta sul computer di chi l’ha avviata. La conversazione è conservata per poterLe rispondere; può chiederne copia o cancellazione in chat." / "In this demonstration what you write stays on the computer of whoever started it. The conversation is kept so that we can answer; you can ask for a copy or its erasure in the chat.";
    FOOT: "Sportello, dimostrazione" / "Sportello, demonstration";
}
