//! The words around the web chat. Customers are addressed with Lei.

use super::words;

words! {
    TITLE: "Assistenza Bottega Verde Acqua" / "Bottega Verde Acqua support";
    OPEN: "Apra la chat di assistenza" / "Open the support chat";
    CLOSE: "Chiuda la chat" / "Close the chat";
    PRESENCE: "Assistente automatico, risponde subito" / "Automated assistant, answers at once";
    PRESENCE_PERSON: "Sta parlando con {name}" / "You are talking to {name}";
    LOG: "Messaggi" / "Messages";
    HINT: "Scriva qui…" / "Write here…";
    LABEL: "Il Suo messaggio" / "Your message";
    SEND: "Invia" / "Send";
    PERSON: "Parla con una persona" / "Talk to a person";
    PERSON_SAID: "Vorrei parlare con una persona" / "I would like to talk to a person";
    YOU: "Lei" / "You";
    BOT: "Assistente" / "Assistant";
    SENDING: "In invio…" / "Sending…";
    WAITING: "Si invia appena torna la rete" / "Will be sent when the network is back";
    REFUSED: "Non inviato: testo vuoto o troppo lungo" / "Not sent: empty or too long";
    OFFLINE: "Connessione assente. I Suoi messaggi sono al sicuro e partiranno da soli." / "No connection. Your messages are safe and will go by themselves.";
    TYPING: "L’assistente sta scrivendo" / "The assistant is writing";
    CHOOSE: "Scelga una risposta" / "Choose an answer";
    RATE: "La Sua valutazione" / "Your rating";
    STAR: "{n} su 5" / "{n} of 5";
    RATE_SEND: "Invia valutazione" / "Send rating";
    UNREAD: "{n} messaggi non letti" / "{n} unread messages";
    NO_SCRIPT: "La chat ha bisogno di JavaScript. Può scriverci anche su Telegram." / "The chat needs JavaScript. You can also write to us on Telegram.";
    LONG: "Al massimo 4.096 caratteri" / "At most 4,096 characters";
    GREETING: "Apro la conversazione…" / "Opening the conversation…";
}
