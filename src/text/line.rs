//! Lines of a thread that only the desk sees: what happened, beside what was said.

use super::{Phrase, phrases};

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
    /// A code was asked for. Place: `who`.
    CODE_ASKED: "{who} ha chiesto al cliente un codice via e-mail" / "{who} asked the customer for a code by e-mail";
    /// The code came back. Place: `who`, the address, masked.
    CODE_USED: "Verificato: il cliente legge la posta di {who}" / "Verified: the customer reads the mail of {who}";
    /// Another code came back. Place: `who`, the address, masked.
    CODE_WRONG: "Il cliente ha scritto un codice sbagliato ({who})" / "The customer wrote a wrong code ({who})";
    /// Too many wrong codes. Place: `who`, the address, masked.
    CODE_SPENT: "Troppi codici sbagliati: non verificato ({who})" / "Too many wrong codes: not verified ({who})";
    /// The code came too late. Place: `who`, the address, masked.
    CODE_EXPIRED: "Codice scaduto: non verificato ({who})" / "The code had expired: not verified ({who})";
    /// Whether the letter left is not known. Place: `who`, the address, masked.
    CODE_UNCONFIRMED: "Non è certo che l’e-mail con il codice sia partita ({who})" / "Whether the e-mail with the code left is not certain ({who})";
    /// The letter could not be sent. Place: `who`, the address, masked.
    CODE_FAILED: "L’e-mail con il codice non è partita ({who})" / "The e-mail with the code could not be sent ({who})";
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
    /// A message that had not arrived for sure. Place: `who`.
    SENT_AGAIN: "{who} ha fatto inviare di nuovo un messaggio non arrivato" / "{who} had a message sent again that had not arrived";
    /// A message that had not arrived for sure. Place: `who`.
    LEFT_UNSENT: "{who} ha lasciato com’è un messaggio non arrivato" / "{who} left a message as it is that had not arrived";
    /// The customer came by a link. Place: `who`, what it carried.
    LINKED: "Il cliente è arrivato da un collegamento: {who}" / "The customer came by a link: {who}";
    /// The customer cannot be reached. Place: `who`, the reason.
    UNREACHABLE: "Il cliente non è più raggiungibile su questo canale {who}" / "The customer can no longer be reached on this channel {who}";
    /// A warning rung. Places: `who`, metric; `percent`.
    WARNING: "SLA: consumato il {percent}% del tempo ({who})" / "SLA: {percent}% of the time is used up ({who})";
    /// A warning rung at a time before the deadline. Places: `who`, metric; `span`.
    WARNING_BEFORE: "SLA: {span} alla scadenza ({who})" / "SLA: {span} before the deadline ({who})";
    /// A warning rung at a time after the start. Places: `who`, metric; `span`.
    WARNING_AFTER: "SLA: {span} dall’inizio ({who})" / "SLA: {span} since the start ({who})";
    /// The priority was raised by a ladder. Place: `who`, the priority.
    PRIORITY: "Priorità alzata: {who}" / "Priority raised: {who}";
    /// Another team may serve it too. Place: `who`, the team.
    WIDENED: "Può servirla anche la squadra {who}" / "The team {who} may serve it as well";
    /// A ring is reached. Places: `who`, its number; `what`, what is not asked any more.
    RELAXED: "Passo {who}: {what}" / "Step {who}: {what}";
    /// It goes to another team as well. Place: `what`.
    OVERFLOWED: "Trabocco: {what}" / "Overflow: {what}";
    /// A skill is asked at a lower level. Places: `who`, the skill; `what`, the level.
    LOWERED: "{who} basta al livello {what}" / "{who} is enough at level {what}";
    /// A skill is not asked any more. Place: `who`.
    DROPPED: "{who} non serve più" / "{who} is not needed any more";
    /// The language does not count any more.
    ANY_LANGUAGE: "va bene qualunque lingua" / "any language will do";
    /// Another team may serve it, as a part of a line. Place: `who`.
    OR_TEAM: "può servirla anche {who}" / "{who} may serve it as well";
    /// Anybody may serve it.
    ANYONE: "può servirla chiunque" / "anyone may serve it";
    /// It cannot be answered in time any more.
    LATE: "Non si fa più in tempo: prima quelle ancora in tempo" / "It cannot be answered in time any more: those that can go first";
    /// The customer was told a new wait. Place: `who`, a range of minutes.
    RETOLD: "L’attesa detta è passata: al cliente ne è stata detta una nuova, {who} min" / "The wait that was told has passed: the customer was told a new one, {who} min";
    /// The customer was told when the house opens.
    RETOLD_OPENING: "L’attesa detta è passata: al cliente è stato detto quando riapriamo" / "The wait that was told has passed: the customer was told when we open";
    /// The customer was told that nobody forgot them.
    RETOLD_UNKNOWN: "L’attesa detta è passata: al cliente è stato detto che risponderemo appena possibile" / "The wait that was told has passed: the customer was told that we will answer as soon as we can";
    /// A deadline passed. Place: `who`, metric.
    MISSED: "SLA: scadenza superata ({who})" / "SLA: deadline missed ({who})";
    /// A supervisor gave it to somebody. Place: `who`, by whom and to whom.
    ASSIGNED: "Assegnata: {who}" / "Assigned: {who}";
    /// It was more than the agent's capacity. Places: `who`, the load; `what`, the capacity.
    BEYOND: "Oltre la capienza: carico {who} di {what}" / "Beyond the capacity: load {who} of {what}";
    /// It is of another team. Place: `who`, the agent.
    UNFIT_TEAM: "{who} non è della squadra richiesta" / "{who} is not of the team it asks for";
    /// The agent does not speak the language. Place: `who`, the agent.
    UNFIT_LANGUAGE: "{who} non parla la lingua del cliente" / "{who} does not speak the customer’s language";
    /// The agent lacks a skill. Place: `who`, the agent.
    UNFIT_SKILL: "{who} non ha la competenza richiesta" / "{who} lacks a skill it asks for";
    /// The agent was not online. Place: `who`, the agent.
    UNFIT_ABSENT: "{who} non era in linea" / "{who} was not online";
    /// Its agent stayed offline. Place: `who`, the agent.
    LEFT_BEHIND: "{who} non è più in linea: la richiesta torna in coda al suo posto" / "{who} is no longer online: the request is back in the queue at its place";
    /// The bot has the word again. Place: `who`.
    HANDED_BACK: "{who} ha restituito la conversazione all’assistente automatico" / "{who} handed the conversation back to the automated assistant";
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
pub fn metric(word: &str) -> Phrase {
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

/// A priority's name, by its word in records.
#[must_use]
pub fn priority(word: &str) -> Phrase {
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

/// A span in its two largest units, such as `1 h 30 min`.
fn span(millis: i64, code: &str) -> String {
    let seconds = millis / 1_000;
    let day = if code == "it" { "g" } else { "d" };
    let units = [(86_400, day), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, name) in units {
        if rest >= unit && parts.len() < 2 {
            parts.push(format!("{} {name}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// A warning by its rung: a percent, `+ms` after the start, `-ms` before the deadline.
fn warning(rung: &str, metric: &str, code: &str) -> String {
    let amount = rung.get(1..).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0);
    let (phrase, amount) = match rung.as_bytes().first() {
        Some(b'+') => (WARNING_AFTER, span(amount, code)),
        Some(b'-') => (WARNING_BEFORE, span(amount, code)),
        _ => (WARNING, rung.to_owned()),
    };
    phrase.fill(code, &[("who", metric), ("percent", &amount), ("span", &amount)])
}

/// What is not asked any more, `step:part;part`; step 0 is an overflow.
fn relaxed(detail: &str, code: &str) -> String {
    let (step, parts) = detail.split_once(':').unwrap_or((detail, ""));
    let part = |part: &str| {
        let (kind, name) = part.split_once('=').unwrap_or((part, ""));
        let (who, what) = if kind == "lower" { with_word(name) } else { (name, "") };
        let phrase = match kind {
            "lower" => LOWERED,
            "drop" => DROPPED,
            "language" => ANY_LANGUAGE,
            "team" => OR_TEAM,
            _ => ANYONE,
        };
        phrase.fill(code, &[("who", who), ("what", what)])
    };
    let what = parts.split(';').map(part).collect::<Vec<_>>().join("; ");
    let phrase = if step == "0" { OVERFLOWED } else { RELAXED };
    phrase.fill(code, &[("who", step), ("what", &what)])
}

/// Writes a stored line, `kind:detail`, in a language by its code. Unknown kinds are shown as stored.
#[must_use]
pub fn tell(stored: &str, code: &str) -> String {
    let (kind, who) = stored.split_once(':').unwrap_or((stored, ""));
    let (who, what) = match kind {
        "warning" => {
            let (word, rung) = who.split_once(':').unwrap_or((who, "100"));
            return warning(rung, metric(word).tell(code), code);
        }
        "missed" => (metric(who).tell(code), ""),
        "priority" => (priority(who).tell(code), ""),
        "prioritised" => {
            let (who, word) = with_word(who);
            (who, priority(word).tell(code))
        }
        "merged_into" | "merged_from" | "beyond" => with_word(who),
        "relaxed" => return relaxed(who, code),
        _ => (who, ""),
    };
    let Some(phrase) = phrase(kind) else { return stored.to_owned() };
    phrase.fill(code, &[("who", who), ("what", what)])
}

/// What a kind of line says.
fn phrase(kind: &str) -> Option<Phrase> {
    Some(match kind {
        "taken" => TAKEN,
        "transferred" => TRANSFERRED,
        "assigned" => ASSIGNED,
        "beyond" => BEYOND,
        "unfit_team" => UNFIT_TEAM,
        "unfit_language" => UNFIT_LANGUAGE,
        "unfit_skill" => UNFIT_SKILL,
        "unfit_absent" => UNFIT_ABSENT,
        "left_behind" => LEFT_BEHIND,
        "handed_back" => HANDED_BACK,
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
        "linked" => LINKED,
        "unreachable" => UNREACHABLE,
        "sent_again" => SENT_AGAIN,
        "left_unsent" => LEFT_UNSENT,
        "missed" => MISSED,
        "priority" => PRIORITY,
        "widened" => WIDENED,
        "late" => LATE,
        "retold" => RETOLD,
        "retold_opening" => RETOLD_OPENING,
        "retold_unknown" => RETOLD_UNKNOWN,
        _ => return of_code(kind),
    })
}

/// What became of a code by e-mail.
fn of_code(kind: &str) -> Option<Phrase> {
    Some(match kind {
        "code_asked" => CODE_ASKED,
        "code_used" => CODE_USED,
        "code_wrong" => CODE_WRONG,
        "code_spent" => CODE_SPENT,
        "code_expired" => CODE_EXPIRED,
        "code_unconfirmed" => CODE_UNCONFIRMED,
        "code_failed" => CODE_FAILED,
        _ => return None,
    })
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
        assert_eq!(
            tell("warning:first_response:-1800000", "en"),
            "SLA: 30 min before the deadline (first response)"
        );
        assert_eq!(
            tell("warning:resolution:+9000000", "it"),
            "SLA: 2 h 30 min dall’inizio (risoluzione)"
        );
        assert_eq!(tell("missed:promise", "en"), "SLA: deadline missed (promised wait)");
        assert_eq!(tell("priority:high", "it"), "Priorità alzata: alta");
        assert_eq!(tell("widened:ordini", "en"), "The team ordini may serve it as well");
        assert_eq!(
            tell("relaxed:2:lower=legal:1;drop=vip;team=care", "en"),
            "Step 2: legal is enough at level 1; vip is not needed any more; care may serve it as well"
        );
        assert_eq!(tell("relaxed:0:team=care", "it"), "Trabocco: può servirla anche care");
        assert_eq!(
            tell("relaxed:3:language;anyone", "en"),
            "Step 3: any language will do; anyone may serve it"
        );
        assert!(tell("retold:10-30", "it").contains("10-30 min"));
        assert_eq!(tell("edited:a: {b}", "en"), "The customer edited a message: “a: {b}”");
        assert_eq!(tell("prioritised:Dr: No:high", "en"), "Dr: No changed the priority: high");
        assert_eq!(tell("merged_from:Anna:7F3K-9QXM", "en"), "Anna merged 7F3K-9QXM into this one");
        assert_eq!(tell("assigned:Sara → Dr: No", "it"), "Assegnata: Sara → Dr: No");
        assert_eq!(tell("beyond:4:3", "en"), "Beyond the capacity: load 4 of 3");
        assert_eq!(tell("who knows", "it"), "who knows");
    }
}
