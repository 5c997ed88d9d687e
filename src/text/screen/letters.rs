//! The words of what did not arrive: messages to customers, and updates from them.

use super::words;

words! {
    TITLE: "Non arrivati" / "Not arrived";
    LOOK: "Guarda e decidi" / "Look and decide";
    LEAD: "Messaggi che non sono arrivati di sicuro. Nessuno riparte da solo: decide una persona, e resta scritto chi." / "Messages that did not arrive for sure. None leaves again by itself: a person decides, and it is recorded who.";
    NONE: "Nulla da decidere: tutto è arrivato." / "Nothing to decide: everything arrived.";
    MESSAGES: "Messaggi ai clienti" / "Messages to customers";
    MORE: "Gli ultimi {shown} di {n}." / "The latest {shown} of {n}.";
    DEAD: "non consegnato" / "not delivered";
    DEAD_HOW: "Il canale l’ha rifiutato, o ci abbiamo rinunciato: non è arrivato." / "The channel refused it, or we gave up: it did not arrive.";
    UNCONFIRMED: "non confermato" / "unconfirmed";
    UNCONFIRMED_HOW: "La richiesta è partita e nessuna risposta è tornata: può essere arrivato. Inviarlo di nuovo può farlo arrivare due volte." / "The request left and no answer came back: it may have arrived. Sending it again may make it arrive twice.";
    CUSTOMER: "Cliente" / "Customer";
    UNNAMED: "senza nome" / "no name";
    CHANNEL: "Canale" / "Channel";
    WHY: "Perché" / "Why";
    WRITTEN: "Scritto" / "Written";
    TRIED: "Ultimo tentativo" / "Last try";
    TRIES: "Tentativi" / "Tries";
    OPEN: "Apri la richiesta" / "Open the ticket";
    AGAIN: "Invia di nuovo" / "Send again";
    LEAVE: "Lascia così" / "Leave it";
    LATE: "Qualcuno ha già deciso, o il messaggio è di nuovo in viaggio: nulla è stato fatto due volte." / "Somebody has decided already, or the message is on its way again: nothing was done twice.";
    UNREAD: "Ricevuti e non applicati" / "Received and not applied";
    UNREAD_HOW: "Aggiornamenti firmati dal canale che non sappiamo leggere, o la cui elaborazione è fallita. Si conservano come sono arrivati, senza numeri di carta. Dopo una correzione si possono rileggere: hanno effetto una volta sola." / "Updates signed by the channel that we cannot read, or whose turn failed. They are kept as they came, without card numbers. After a fix they can be read again: they have their effect once.";
    UNPARSED: "non letto" / "not understood";
    FAILED: "elaborazione fallita" / "turn failed";
    RECEIVED: "Ricevuto" / "Received";
    READ_AGAIN: "Rileggi" / "Read again";
    RAW: "Com’è arrivato" / "As it came";
    STILL: "Non si legge ancora: {why}" / "It still cannot be read: {why}";
    DECISIONS: "Decisioni degli ultimi 7 giorni" / "Decisions of the last 7 days";
    DID_AGAIN: "inviato di nuovo" / "sent again";
    DID_LEAVE: "lasciato così" / "left as it is";
}
