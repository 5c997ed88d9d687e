//! The words about one customer on many channels.

use super::words;

words! {
    CHANNELS: "Canali e identità" / "Channels and identity";
    HERE: "questa conversazione" / "this conversation";
    VERIFIED: "Verificato" / "Verified";
    BY_HAND: "Collegato a mano" / "Linked by hand";
    NOT_VERIFIED: "Non verificato" / "Not verified";
    AS_TYPED: "come scritto, non verificato" / "as typed, not verified";
    FACT_SIGNED: "Identificativo del negozio" / "The shop’s own id";
    FACT_EMAIL: "E-mail" / "E-mail";
    FACT_PHONE: "Telefono" / "Phone";
    FACT_CONTACT: "Con" / "With";
    PROOF_SIGNED: "firmato dal sito" / "signed by the site";
    PROOF_CODE: "codice ricevuto via e-mail" / "code received by e-mail";
    PROOF_SHARED: "numero condiviso dal cliente" / "number shared by the customer";
    PROOF_AGENT: "a mano, da {name}" / "by hand, by {name}";
    SOMEBODY: "una persona del banco" / "somebody at the desk";
    UNDONE: "scollegato" / "unlinked";
    EXPIRED: "scaduto" / "expired";
    READ: "Leggi la conversazione" / "Read the conversation";
    LAST_WROTE: "Ha scritto" / "Last wrote";
    UNREADABLE: "Conversazione di un’altra squadra" / "A conversation of another team";
    UNLINK: "Scollega…" / "Unlink…";
    UNLINK_HINT: "Le storie tornano separate. Si può ricollegare." / "The histories are apart again. It can be linked again.";
    UNLINK_YES: "Scollega" / "Unlink";
    AGAIN: "Ricollega…" / "Link again…";
    AGAIN_YES: "Ricollega" / "Link again";
    CODE_ASK: "Chiedi un codice via e-mail" / "Ask for a code by e-mail";
    CODE_HINT: "Va all’e-mail dell’ordine, non a quella scritta nella conversazione." / "It goes to the order’s own e-mail, not to one that was typed.";
    CODE_OFF: "Codice via e-mail: spento. Imposta “mail” nella configurazione." / "Code by e-mail: off. Set “mail” in the configuration.";
    CODE_NO_ORDER: "Codice via e-mail: serve prima il numero dell’ordine." / "Code by e-mail: the order’s number is needed first.";
    CODE_WAITING: "Codice in partenza per {address}" / "A code is about to leave for {address}";
    CODE_OPEN: "Codice inviato a {address}: si attende che il cliente lo scriva" / "A code went to {address}: waiting for the customer to write it";
    CODE_USED: "Codice di {address} confermato" / "The code of {address} was confirmed";
    CODE_SPENT: "Troppi codici sbagliati ({address})" / "Too many wrong codes ({address})";
    CODE_EXPIRED: "Codice per {address} scaduto" / "The code for {address} has expired";
    CODE_FAILED: "Codice per {address} non partito" / "The code for {address} could not be sent";
    ALARM_MAIL: "Un’e-mail con un codice non è partita, o non è certo." / "An e-mail with a code could not be sent, or that is not certain.";
    MERGE: "Unisci a un’altra richiesta…" / "Merge into another ticket…";
    MERGE_YES: "Unisci" / "Merge";
    MERGE_HINT: "Si continua nell’altra; questa si chiude e le sue ultime righe vanno là come nota. Non si può annullare." / "It goes on in the other one; this one is closed, and its last lines go along as a note. This cannot be undone.";
    LINK: "Collega a un altro contatto…" / "Link with another contact…";
    LINK_FIND: "E-mail o telefono verificati, ordine o codice di una richiesta" / "A verified e-mail or phone, an order or a ticket’s code";
    LINK_WHY: "Perché" / "Why";
    LINK_YES: "Collega" / "Link";
    LINK_HINT: "Resta scritto chi l’ha collegato e perché." / "Who linked it and why stays on record.";
    HISTORY: "Richieste di questo cliente" / "This customer’s tickets";
    HISTORY_NONE: "Nessun’altra richiesta." / "No other ticket.";
    READING: "In lettura: si risponde dalla richiesta." / "For reading: answers are written in the ticket.";
    OTHER_CHANNELS: "Risponde qui. Scrive anche da: {channels}" / "The reply goes here. They also write on: {channels}";
}
