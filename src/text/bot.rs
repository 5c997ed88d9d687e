//! The bot's own sentences. Customers are addressed with Lei in Italian.

use super::{Phrase, phrases};

phrases! {
    /// The first message. Places: `shop`, `privacy` (an address), `welcome`.
    INTRODUCTION: "Buongiorno, sono l'assistente automatico di {shop}. Può parlare con una persona in qualsiasi momento: basta un tocco. Informativa sulla privacy: {privacy}\n\n{welcome}" / "Hello, I am {shop}'s automated assistant. You can talk to a person at any time: it takes one tap. Privacy notice: {privacy}\n\n{welcome}";
    /// Said of a request that goes to the same human as another of the same message.
    SAME_HUMAN: "Di \"{title}\" si occuperà la stessa persona." / "The same person will take care of \"{title}\".";
    /// Said before the next of several requests of one message.
    NEXT_REQUEST: "Passo all'altra Sua richiesta: {title}." / "Now your other request: {title}.";
    /// Said when a message was not understood.
    NOT_UNDERSTOOD: "Mi scusi, non ho capito. Può dirlo con altre parole?" / "Sorry, I did not understand. Could you say it in other words?";
    /// Said above the intents that may be meant.
    WHICH_ONE: "Vorrei essere sicuro di aver capito. Che cosa intende?" / "I would like to be sure I understood. Which one do you mean?";
    /// Said when a message is too long to be read.
    TOO_LONG: "Il messaggio è troppo lungo perché io riesca a leggerlo. Può dirmi in poche parole di che cosa ha bisogno?" / "The message is too long for me to read. Could you tell me in a few words what you need?";
    /// Said when a message holds nothing.
    EMPTY: "Ho ricevuto un messaggio vuoto. Come posso aiutarLa?" / "I received an empty message. How can I help you?";
    /// Said when something came that only a person can look at. Place: `kind`, from [`attachment`].
    CANNOT_READ: "Ho ricevuto {kind}, ma non sono in grado di leggerne il contenuto: una persona può farlo. Può dirmi a parole di che cosa ha bisogno?" / "I received {kind}, but I cannot look into it: a person can. Could you tell me in words what you need?";
    /// Said while a lookup takes long.
    ONE_MOMENT: "Un momento, sto controllando…" / "One moment, let me check…";
    /// Said before a hand-off, when the shop's systems do not answer.
    LOOKUP_FAILED: "Mi dispiace, in questo momento non riesco a consultare i nostri sistemi. La metto in contatto con una persona." / "I am sorry, I cannot reach our systems at the moment. I am putting you in touch with a person.";
    /// Said when the customer stops a form.
    FORM_CANCELLED: "Va bene, mi fermo qui. Posso aiutarLa con altro?" / "All right, I will stop here. Can I help you with anything else?";
    /// Said after a hand-off. Place: `wait`, one of the phrases that begin with `WAIT_`.
    WAITING: "Ho passato la Sua richiesta a una persona, con tutto quello che mi ha detto. {wait} Nel frattempo può continuare a scrivere: i Suoi messaggi si aggiungono alla richiesta." / "I passed your request to a person, with everything you told me. {wait} You can go on writing meanwhile: your messages are added to the request.";
    /// Said once while the request waits.
    ADDED_TO_REQUEST: "Grazie, l'ho aggiunto alla Sua richiesta." / "Thank you, I added it to your request.";
    /// Said when the customer withdraws the request.
    REQUEST_CANCELLED: "Ho annullato la Sua richiesta. Posso aiutarLa con altro?" / "I cancelled your request. Can I help you with anything else?";
    /// Said when the bot has the word again.
    BACK_WITH_BOT: "È di nuovo con l'assistente automatico. Come posso aiutarLa?" / "You are back with the automated assistant. How can I help you?";
    /// Said when a recent request is reopened. Place: `wait`, one of the phrases that begin with `WAIT_`.
    REOPENED: "Ho riaperto la Sua richiesta e il Suo messaggio è già lì. {wait}" / "I reopened your request, and your message is already there. {wait}";
    /// Said when a wait that was told has passed. Place: `wait`, one of the phrases that begin with `WAIT_`.
    STILL_WAITING: "Mi scusi, ci vuole più tempo di quanto Le avevo detto. {wait}" / "I am sorry, it takes longer than I told you. {wait}";
    /// Said when a wait that was told has passed, and nothing can be said about the new one.
    NOT_FORGOTTEN: "Mi scusi, ci vuole più tempo di quanto Le avevo detto. Non ci siamo dimenticati di Lei: Le risponderemo appena possibile." / "I am sorry, it takes longer than I told you. We have not forgotten you, and will answer as soon as we can.";
    /// Said when a code is on its way. Place: `address`, masked.
    CODE_SENT: "Per essere sicuri che l'ordine sia Suo, Le inviamo un codice di 6 cifre all'e-mail dell'ordine, {address}. Lo scriva qui: vale 10 minuti." / "To be sure that the order is yours, we are sending a 6-digit code to the order's e-mail, {address}. Please write it here: it is valid for 10 minutes.";
    /// Said when a code came back.
    CODE_RIGHT: "Grazie, il codice è giusto: ora sappiamo che l'ordine è Suo." / "Thank you, the code is right: now we know that the order is yours.";
    /// Said when another code came back. Place: `n`, how many tries are left.
    CODE_WRONG: "Questo codice non è giusto. Tentativi rimasti: {n}." / "This code is not right. Tries left: {n}.";
    /// Said when there were too many wrong codes.
    CODE_SPENT: "Il codice non è giusto e i tentativi sono finiti. Possiamo inviarLe un altro codice." / "The code is not right and there are no tries left. We can send you another code.";
    /// Said when a code came back too late.
    CODE_EXPIRED: "Il codice è scaduto. Possiamo inviarLe un altro codice." / "The code has expired. We can send you another code.";
    /// Said when a code could not be mailed.
    CODE_FAILED: "Non siamo riusciti a inviarLe il codice via e-mail." / "We could not send you the code by e-mail.";
    /// The subject of the letter. Place: `shop`.
    CODE_SUBJECT: "Il Suo codice per {shop}" / "Your code for {shop}";
    /// The letter. Places: `code`, `shop`.
    CODE_LETTER: "Buongiorno,\n\nil Suo codice è {code}\n\nLo scriva nella conversazione con {shop}. Vale 10 minuti.\nSe non l'ha chiesto Lei, ignori questa e-mail e non dia il codice a nessuno.\n" / "Hello,\n\nyour code is {code}\n\nWrite it in the conversation with {shop}. It is valid for 10 minutes.\nIf you did not ask for it, ignore this e-mail and give the code to nobody.\n";
    /// Asks for a rating.
    ASK_RATING: "Come valuta l'assistenza ricevuta, da 1 (pessima) a 5 (ottima)?" / "How would you rate the help you received, from 1 (very poor) to 5 (excellent)?";
    /// Asks for a rating once more.
    RATING_AGAIN: "Mi basta un numero da 1 a 5. Quanto darebbe?" / "A number from 1 to 5 is all I need. What would you give?";
    /// Asks for a word about the rating.
    ASK_COMMENT: "Grazie! Vuole aggiungere due parole?" / "Thank you! Would you like to add a word?";
    /// Ends a survey.
    THANKS_FOR_FEEDBACK: "Grazie, la Sua opinione ci aiuta a migliorare." / "Thank you, your opinion helps us do better.";
    /// Ends a survey with a low rating.
    SORRY_RECOVERY: "Ci dispiace di non averLa aiutata come meritava. Una persona rivedrà la Sua richiesta e La ricontatterà." / "We are sorry we did not help you as you deserved. A person will look into your request again and get back to you.";
    /// Said before silence closes the conversation.
    STILL_THERE: "È ancora qui? Mi basta un messaggio qualsiasi. Se non La sento, tra un po' chiudo la conversazione; potrà riscriverci quando vuole." / "Are you still there? Any message will do. If I do not hear from you, I will close the conversation in a while; you can write to us again at any time.";
    /// Said when silence closes the conversation.
    CLOSED_FOR_SILENCE: "Per ora chiudo qui la conversazione. Ci scriva quando vuole." / "I am closing the conversation here for now. Write to us at any time.";
    /// Answers a thank-you.
    WELCOME: "Prego! Se Le serve altro, sono qui." / "You're welcome! If you need anything else, I am here.";

    /// The wait, when it is short.
    WAIT_MOMENTS: "L'attesa prevista è di meno di un minuto." / "The expected wait is less than a minute.";
    /// The wait, when both ends of it round to the same minutes. Place: `minutes`, at least 2.
    WAIT_ABOUT: "L'attesa prevista è di circa {minutes} minuti." / "The expected wait is about {minutes} minutes.";
    /// The wait, when both ends of it round to one minute.
    WAIT_ONE_MINUTE: "L'attesa prevista è di circa un minuto." / "The expected wait is about a minute.";
    /// The wait. Places: `low` and `high`, in minutes.
    WAIT_WITHIN: "L'attesa prevista è di circa {low}-{high} minuti." / "The expected wait is about {low}-{high} minutes.";
    /// The wait when it is long. Places: `low` and `high`, in hours.
    WAIT_HOURS: "L'attesa prevista è di circa {low}-{high} ore." / "The expected wait is about {low}-{high} hours.";
    /// The wait while nobody is on shift. Place: `when`, a day and an hour.
    WAIT_NEXT_SHIFT: "In questo momento siamo chiusi; riapriamo {when} e Le risponderemo qui." / "We are closed now; we open {when}, and will answer you here.";
    /// The wait when nothing can be said about it.
    WAIT_UNKNOWN: "Le risponderà la prima persona che si libera." / "You will get an answer as soon as a colleague is free.";

    /// Button: leads to a person.
    BUTTON_PERSON: "Parlare con una persona" / "Talk to a person";
    /// Button: withdraws the request.
    BUTTON_CANCEL_REQUEST: "Annulla la richiesta" / "Cancel the request";
    /// Button: goes back to the bot.
    BUTTON_BACK_TO_BOT: "Torna all'assistente" / "Back to the assistant";
    /// Button: stops a form.
    BUTTON_CANCEL_FORM: "Annulla" / "Cancel";
    /// Button: none of the offered intents.
    BUTTON_NONE_OF_THESE: "Nessuna di queste" / "None of these";
    /// Button: nothing to add to a rating.
    BUTTON_NO_COMMENT: "Nessun commento" / "No comment";

    /// A photo or picture that came in.
    KIND_PHOTO: "una foto" / "a photo";
    /// A voice message or other sound that came in.
    KIND_VOICE: "un messaggio vocale" / "a voice message";
    /// A film that came in.
    KIND_VIDEO: "un video" / "a video";
    /// A document or other file that came in.
    KIND_DOCUMENT: "un documento" / "a document";
    /// A place that came in.
    KIND_LOCATION: "una posizione" / "a location";
    /// A contact card that came in.
    KIND_CONTACT: "un contatto" / "a contact";
    /// A sticker that came in.
    KIND_STICKER: "uno sticker" / "a sticker";
    /// Something else that came in.
    KIND_OTHER: "un contenuto" / "something";
}

/// What to call an attachment, by the channel's word for it.
#[must_use]
pub fn attachment(kind: &str) -> Phrase {
    match kind {
        "photo" | "image" | "picture" => KIND_PHOTO,
        "voice" | "audio" => KIND_VOICE,
        "video" | "video_note" | "animation" => KIND_VIDEO,
        "document" | "file" => KIND_DOCUMENT,
        "location" | "venue" => KIND_LOCATION,
        "contact" | "contacts" => KIND_CONTACT,
        "sticker" => KIND_STICKER,
        _ => KIND_OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_in_both_languages() {
        let values = [("shop", "S"), ("privacy", "P"), ("welcome", "W"), ("wait", "T")];
        for code in ["it", "en"] {
            let said = INTRODUCTION.fill(code, &values);
            assert!(!said.contains('{'), "{said}");
            for value in ["S", "P", "W"] {
                assert!(said.contains(value));
            }
            for phrase in [WAITING, REOPENED, STILL_WAITING] {
                assert!(phrase.fill(code, &values).contains(" T"));
            }
            let kind = attachment("photo").tell(code);
            assert!(CANNOT_READ.fill(code, &[("kind", kind)]).contains(kind));
        }
    }

    #[test]
    fn button_labels_fit_the_narrowest_channel() {
        for phrase in [
            BUTTON_PERSON,
            BUTTON_CANCEL_REQUEST,
            BUTTON_BACK_TO_BOT,
            BUTTON_CANCEL_FORM,
            BUTTON_NONE_OF_THESE,
            BUTTON_NO_COMMENT,
        ] {
            assert!(phrase.it.chars().count() <= 24 && phrase.en.chars().count() <= 24);
        }
    }

    #[test]
    fn unknown_attachments_have_a_name() {
        assert_eq!(attachment("voice"), KIND_VOICE);
        assert_eq!(attachment("hologram"), KIND_OTHER);
    }
}
