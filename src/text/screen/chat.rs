//! The words around the web chat. Customers are addressed with Lei.

use super::words;

words! {
    TITLE: "Assistenza Salvia e Lume" / "Salvia e Lume support";
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
    ATTACH: "Allega un file" / "Attach a file";
    DROP: "Lasci qui il file per inviarlo" / "Drop the file here to send it";
    UPLOADING: "Invio del file {name}…" / "Sending the file {name}…";
    UPLOAD_FAILED: "Il file {name} non è partito: nessuna connessione." / "The file {name} was not sent: no connection.";
    UPLOAD_AGAIN: "Riprova" / "Try again";
    UPLOAD_REFUSED: "Il file {name} non si può inviare: {why}" / "The file {name} cannot be sent: {why}";
    FILE: "File" / "File";
    SAVE: "Scarica la conversazione" / "Download the conversation";
    SAVE_TEXT: "Come testo" / "As text";
    SAVE_PAGE: "Come pagina" / "As a page";
    SAVE_FAILED: "Non si è potuta scaricare. Riprovi." / "It could not be downloaded. Please try again.";
    TRANSCRIPT: "Conversazione con l’assistenza" / "Conversation with support";
    FORM: "Prima di cominciare" / "Before we begin";
    FORM_LEAD: "Così una persona può risponderLe. Non serve a riconoscerLa." / "So that a person can answer you. It does not prove who you are.";
    FORM_SEND: "Comincia" / "Begin";
    FORM_WRONG: "Controlli le risposte: {why}" / "Please check your answers: {why}";
    FORM_OPTIONAL: "facoltativo" / "optional";
    FIELD_NAME: "Nome" / "Name";
    FIELD_EMAIL: "E-mail" / "E-mail";
    FIELD_PHONE: "Telefono" / "Phone";
    PROMISE_WITHIN: "Una persona risponde in {low}–{high} minuti circa." / "A person answers in about {low}–{high} minutes.";
    PROMISE_OPENS: "Ora non c’è nessuno di noi: una persona risponde da {when}. Scriva pure, il messaggio resta qui." / "None of us is here now: a person answers from {when}. Do write, your message stays here.";
    KNOWN: "Riconosciuto come {name}" / "Known as {name}";
    GREETING: "Apro la conversazione…" / "Opening the conversation…";
}
