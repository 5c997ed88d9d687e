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
    /// A metric's name.
    CUSTOMER_FIRST_RESPONSE: "prima risposta, dal primo messaggio" / "first response, from the first message";
    /// A metric's name.
    TIME_TO_HUMAN: "tempo fino a una persona" / "time to a person";
    /// A metric's name.
    TIME_TO_HUMAN_WORKING: "tempo fino a una persona, in orario" / "time to a person, in opening hours";
    /// A metric's name.
    PERIODIC_UPDATE: "aggiornamento periodico" / "periodic update";
    /// A metric's name.
    REQUESTER_WAIT: "attesa del cliente" / "customer's wait";
    /// A metric's name.
    AGENT_WORK: "tempo di lavoro" / "agent work";
    /// A metric's name.
    FULL_RESOLUTION: "risoluzione, dal primo messaggio" / "resolution, from the first message";
    /// A metric's name.
    PROMISE: "attesa annunciata" / "promised wait";
}

/// A metric's name, by its word in records.
#[must_use]
pub fn metric(word: &str) -> super::Phrase {
    match word {
        "assignment" => ASSIGNMENT,
        "first_response" => FIRST_RESPONSE,
        "customer_first_response" => CUSTOMER_FIRST_RESPONSE,
        "time_to_human" => TIME_TO_HUMAN,
        "time_to_human_working" => TIME_TO_HUMAN_WORKING,
        "next_response" => NEXT_RESPONSE,
        "periodic_update" => PERIODIC_UPDATE,
        "requester_wait" => REQUESTER_WAIT,
        "agent_work" => AGENT_WORK,
        "full_resolution" => FULL_RESOLUTION,
        "promise" => PROMISE,
        _ => RESOLUTION,
    }
}

/// Writes a stored line, `kind:detail`, in a language by its code. Unknown kinds are shown as stored.
#[must_use]
pub fn tell(stored: &str, code: &str) -> String {
    let (kind, who) = stored.split_once(':').unwrap_or((stored, ""));
    let (who, percent) = match kind {
        "warning" | "missed" => {
            let (word, percent) = who.split_once(':').unwrap_or((who, "100"));
            (metric(word).tell(code), percent)
        }
        _ => (who, ""),
    };
    let phrase = match kind {
        "taken" => TAKEN,
        "transferred" => TRANSFERRED,
        "resolved" => RESOLVED,
        "reopened" => REOPENED,
        "closed" => CLOSED,
        "auto_closed" => AUTO_CLOSED,
        "recovery" => RECOVERY,
        "edited" => EDITED,
        "unreachable" => UNREACHABLE,
        "warning" => WARNING,
        "missed" => MISSED,
        _ => return stored.to_owned(),
    };
    phrase.fill(code, &[("who", who), ("percent", percent)])
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
        assert_eq!(tell("who knows", "it"), "who knows");
    }
}
