//! The words about files: attachments in a thread, and why one is not taken.

use super::words;

words! {
    EMPTY: "Il file è vuoto: sceglierne un altro." / "The file is empty: choose another one.";
    TOO_LARGE: "Il file è troppo grande: al massimo {n} MB. Provare a ridurlo o a dividerlo." / "The file is too large: at most {n} MB. Try to shrink or split it.";
    WRONG_TYPE: "Questo tipo di file non si può inviare ({type}). Vanno bene foto, PDF, audio, video, testi e documenti d’ufficio." / "Files of this type cannot be sent ({type}). Pictures, PDF, audio, video, text and office documents are fine.";
    TOO_MANY: "Troppi file in attesa: inviare prima quelli già allegati." / "Too many files wait: send those attached first.";
    CUT_OFF: "Il file non è arrivato per intero: inviarlo di nuovo." / "The file did not arrive whole: send it again.";
    NOT_NOW: "Il file non si può conservare ora: riprovare fra poco." / "The file cannot be kept now: try again in a moment.";
    ATTACH: "Allega file" / "Attach files";
    ATTACH_HINT: "Trascina qui i file, o incollali nel testo" / "Drop files here, or paste them into the text";
    SENDING: "Si carica {name}…" / "Uploading {name}…";
    WAIT: "Un file è ancora in viaggio: attendi un momento." / "A file is still on its way: wait a moment.";
    ATTACHED_LIST: "File allegati alla risposta" / "Files attached to the reply";
    ATTACHED: "Allegato: {name}" / "Attached: {name}";
    REMOVE: "Togli {name}" / "Remove {name}";
    COMING: "in arrivo…" / "on its way…";
    GONE: "non più disponibile presso il canale" / "no longer available at the channel";
    TOO_LARGE_HERE: "troppo grande: non conservato" / "too large: not kept";
    REFUSED: "tipo di file non ammesso: non conservato" / "type of file not allowed: not kept";
    FROM_CUSTOMER: "{kind} del cliente" / "{kind} from the customer";
    FROM_US: "{kind} inviata da noi" / "{kind} that we sent";
    PHOTO: "Foto" / "Picture";
    VOICE: "Messaggio vocale" / "Voice message";
    AUDIO: "Audio" / "Audio";
    VIDEO: "Video" / "Video";
    DOCUMENT: "Documento" / "Document";
    STICKER: "Adesivo" / "Sticker";
    PLACE: "Posizione" / "Location";
    PLACE_OPEN: "Apri sulla mappa" / "Open on the map";
    PERSON: "Contatto" / "Contact";
    OPEN_NEW: "si apre in un’altra scheda" / "opens in another tab";
    SAVE: "Scarica" / "Download";
    KILOBYTES: "{n} kB" / "{n} kB";
    MEGABYTES: "{n} MB" / "{n} MB";
}
