//! Lines of a thread that only the desk sees: what happened, beside what was said.

use super::phrases;

phrases! {
    /// An agent took it. Place: `who`.
    TAKEN: "{who} ha preso in carico la richiesta" / "{who} took the request";
    /// It changed hands. Place: `who`, from and to.
    TRANSFERRED: "Trasferita: {who}" / "Transferred: {who}";
    /// An agent resolved it. Place: `who`.
    RESOLVED: "{who} ha risolto la richiesta" / "{who} resolved the request";
    /// The customer came back.
    REOPENED: "Il cliente ha riscritto: richiesta riaperta" / "The customer wrote again: request reopened";
    /// An agent took it up again. Place: `who`.
    REOPENED_BY: "{who} ha riaperto la richiesta" / "{who} reopened the request";
    /// It waits for the customer. Place: `who`.
    PENDING: "{who} ha messo la richiesta in attesa del cliente" / "{who} marked it as waiting for the customer";
    /// It waits for a third party. Place: `who`.
    ON_HOLD: "{who} ha messo la richiesta in attesa di terzi" / "{who} put the request on hold";
    /// It is worked on again. Place: `who`.
    OPEN_AGAIN: "{who} ha ripreso la richiesta" / "{who} went on with the request";
    /// It is put aside. Place: `who`.
    SNOOZED: "{who} ha rimandato la richiesta" / "{who} snoozed the request";
    /// A snooze is over.
    WOKEN: "Il rinvio è finito: la richiesta è di nuovo aperta" / "The snooze is over: the request is open again";
    /// Another priority. Places: `who`; `what`, the priority.
    PRIORITISED: "{who} ha cambiato la priorità: {what}" / "{who} changed the priority: {what}";
    /// Nobody asked for anything. Place: `who`.
    SPAM: "{who} l’ha segnata come spam" / "{who} marked it as spam";
    /// It goes on elsewhere. Places: `who`; `what`, the other ticket's code.
    MERGED_INTO: "{who} l’ha unita alla richiesta {what}, dove si continua" / "{who} merged it into {what}, where it goes on";
    /// Another ticket goes on here. Places: `who`; `what`, the other ticket's code.
    MERGED_FROM: "{who} ha unito qui la richiesta {what}" / "{who} merged {what} into this one";
    /// A priority's name.
    LOW: "bassa" / "low";
    /// A priority's name.
    NORMAL: "normale" / "normal";
    /// A priority's name.
    HIGH: "alta" / "high";
    /// A priority's name.
    URGENT: "urgente" / "urgent";
    /// The reopening window is over.
    CLOSED: "Richiesta chiusa" / "Request closed";
    /// The customer's silence ended it.
    AUTO_CLOSED: "Chiusa perché il cliente non ha più scritto" / "Closed because the customer wrote no more";
    /// A low rating opened it. Place: `who`, the rating.
    RECOVERY: "Aperta per una valutazione bassa: {who} su 5" / "Opened by a low rating: {who} out of 5";
    /// The customer changed a message. Place: `who`, the new words.
    EDITED: "Il cliente ha modificato un messaggio: «{who}»" / "The customer edited a message: “{who}”";
    /// The customer cannot be reached. Place: `who`, the reason.
    UNREACHABLE: "Il cliente non è più raggiungibile su questo canale {who}" / "The customer can no longer be reached on this channel {who}";
    /// A warning rung. Places: `who`, metric; `percent`.
    WARNING: "SLA: consumato il {percent}% del tempo ({who})" / "SLA: {percent}% of the time is used up ({who})";
    /// A deadline passed. Place: `who`, metric.
    MISSED: "SLA: scadenza superata ({who})" / "SLA: deadline missed ({who})";
    /// A metric's name.
    ASSIGNMENT: "presa in carico" / "assignment";
    /// A metric's name.
    FIRST_RESPONSE: "prima risposta" / "first response";
    /// A metric's name.
    NEXT_RESPONSE: "risposta successiva" / "next response";
    /// A metric's name.
    RESOLUTION: "risoluzione" / "resolution";
}

/// A metric's name, by its word in records.
#[must_use]
pub fn metric(word: &str) -> super::Phrase {
    match word {
        "assignment" => ASSIGNMENT,
        "first_response" => FIRST_RESPONSE,
        "next_response" => NEXT_RESPONSE,
        _ => RESOLUTION,
    }
}

/// A priority's name, by its word in records.
#[must_use]
pub fn priority(word: &str) -> super::Phrase {
    match word {
        "low" => LOW,
        "high" => HIGH,
        "urgent" => URGENT,
        _ => NORMAL,
    }
}

/// A name and the word that follows it in a record, `name:word`.
fn with_word(detail: &str) -> (&str, &str) {
    detail.rsplit_once(':').unwrap_or((detail, ""))
}

/// Writes a stored line, `kind:detail`, in a language by its code. Unknown kinds are shown as stored.
#[must_use]
pub fn tell(stored: &str, code: &str) -> String {
    let (kind, who) = stored.split_once(':').unwrap_or((stored, ""));
    let (who, what) = match kind {
        "warning" | "missed" => {
            let (word, percent) = who.split_once(':').unwrap_or((who, "100"));
            (metric(word).tell(code), percent)
        }
        "prioritised" => {
            let (who, word) = with_word(who);
            (who, priority(word).tell(code))
        }
        "merged_into" | "merged_from" => with_word(who),
        _ => (who, ""),
    };
    let phrase = match kind {
        "taken" => TAKEN,
        "transferred" => TRANSFERRED,
        "resolved" => RESOLVED,
        "reopened" => REOPENED,
        "reopened_by" => REOPENED_BY,
        "pending" => PENDING,
        "on_hold" => ON_HOLD,
        "open_again" => OPEN_AGAIN,
        "snoozed" => SNOOZED,
        "woken" => WOKEN,
        "prioritised" => PRIORITISED,
        "spam" => SPAM,
        "merged_into" => MERGED_INTO,
        "merged_from" => MERGED_FROM,
        "closed" => CLOSED,
        "auto_closed" => AUTO_CLOSED,
        "recovery" => RECOVERY,
        "edited" => EDITED,
        "unreachable" => UNREACHABLE,
        "warning" => WARNING,
        "missed" => MISSED,
        _ => return stored.to_owned(),
    };
    phrase.fill(code, &[("who", who), ("percent", what), ("what", what)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_in_both_languages() {
        assert_eq!(tell("taken:Anna", "en"), "Anna took the request");
        assert_eq!(
            tell("warning:next_response:75", "it"),
            "SLA: consumato il 75% del tempo (risposta successiva)"
        );
        assert_eq!(tell("edited:a: {b}", "en"), "The customer edited a message: “a: {b}”");
        assert_eq!(tell("prioritised:Dr: No:high", "en"), "Dr: No changed the priority: high");
        assert_eq!(tell("merged_from:Anna:7F3K-9QXM", "en"), "Anna merged 7F3K-9QXM into this one");
        assert_eq!(tell("who knows", "it"), "who knows");
    }
}
