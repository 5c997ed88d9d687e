//! The few words that the dialogue itself listens for, in every language of the house.

use crate::domain::survey::Rating;

const CANCEL: [&str; 20] = [
    "annulla",
    "annullare",
    "annulli",
    "cancel",
    "stop",
    "basta",
    "esci",
    "quit",
    "exit",
    "lascia perdere",
    "lasci perdere",
    "lasciamo perdere",
    "lascia stare",
    "lasci stare",
    "lasciamo stare",
    "non importa",
    "never mind",
    "nevermind",
    "forget it",
    "forget about it",
];
const CANCEL_REQUEST: [&str; 10] = [
    "annulla la richiesta",
    "annulla richiesta",
    "annulla la mia richiesta",
    "annulli la richiesta",
    "annulli la mia richiesta",
    "annullare la richiesta",
    "cancel my request",
    "cancel the request",
    "cancel request",
    "withdraw my request",
];
const BACK_TO_BOT: [&str; 9] = [
    "torna all assistente",
    "tornare all assistente",
    "torna al bot",
    "tornare al bot",
    "back to the assistant",
    "go back to the assistant",
    "back to the bot",
    "back to bot",
    "go back to the bot",
];
const DECLINE: [&str; 10] = [
    "no",
    "no grazie",
    "nessuno",
    "nessun commento",
    "niente",
    "no thanks",
    "no thank you",
    "nope",
    "nothing",
    "no comment",
];
const NUMBERS: [[&str; 3]; 5] = [
    ["uno", "una", "one"],
    ["due", "due", "two"],
    ["tre", "tre", "three"],
    ["quattro", "quattro", "four"],
    ["cinque", "cinque", "five"],
];
const SCALE: [&str; 11] = [
    "stella",
    "stelle",
    "star",
    "stars",
    "su 5",
    "su cinque",
    "out of 5",
    "out of five",
    "di 5",
    "punti",
    "points",
];
const ANOTHER: [&str; 8] =
    ["altro", "altra", "altri", "another", "other", "different", "diverso", "diversa"];

/// Lower case, words parted by single blanks, without punctuation; `4/5` reads `4 su 5`.
pub(super) fn normal(text: &str) -> String {
    let parted = text.to_lowercase().replace('/', " su ");
    let words = parted.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// How many words a text has.
pub(super) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// "Annulla", "never mind", "annulla la richiesta": stops what the bot is doing.
pub(super) fn stops(text: &str) -> bool {
    cancels(text) || cancels_request(text)
}

fn cancels(text: &str) -> bool {
    let text = normal(text);
    CANCEL.contains(&text.as_str())
        || CANCEL.iter().any(|phrase| {
            phrase.contains(' ')
                && count(&text) <= 6
                && format!(" {text} ").contains(&format!(" {phrase} "))
        })
}

/// "Annulla la richiesta": withdraws the request to a human.
pub(super) fn cancels_request(text: &str) -> bool {
    CANCEL_REQUEST.contains(&normal(text).as_str())
}

/// "Torna all'assistente": goes back to the bot.
pub(super) fn goes_back(text: &str) -> bool {
    BACK_TO_BOT.contains(&normal(text).as_str())
}

/// "No grazie": no answer to a survey.
pub(super) fn declines(text: &str) -> bool {
    DECLINE.contains(&normal(text).as_str())
}

/// Whether it is about another one than before, so that what was collected does not hold.
pub(super) fn another(text: &str) -> bool {
    normal(text).split(' ').any(|word| ANOTHER.contains(&word))
}

/// A text that is just a rating: `4`, `4/5`, `cinque stelle`, `★★★`.
pub(super) fn rating(text: &str) -> Option<Rating> {
    let stars = text.trim().trim_end_matches('\u{fe0f}');
    if !stars.is_empty() && stars.chars().all(|c| matches!(c, '★' | '⭐')) {
        return Rating::new(u8::try_from(stars.chars().count()).ok()?);
    }
    let text = normal(text);
    let (value, scale) = text.split_once(' ').unwrap_or((&text, ""));
    if !scale.is_empty() && !SCALE.contains(&scale) {
        return None;
    }
    let spelled = NUMBERS.iter().zip(1..).find(|(names, _)| names.contains(&value));
    Rating::new(spelled.map_or_else(|| value.parse().ok(), |(_, number)| Some(number))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_a_number_and_nothing_more() {
        for (text, value) in [
            ("5", 5),
            (" 4! ", 4),
            ("3/5", 3),
            ("5 stelle", 5),
            ("cinque", 5),
            ("Five", 5),
            ("two stars", 2),
            ("una stella", 1),
            ("★★★", 3),
            ("4 out of 5", 4),
        ] {
            assert_eq!(rating(text).map(Rating::value), Some(value), "{text}");
        }
        for text in ["", "0", "6", "10", "ordine 5", "5 pezzi", "★★★★★★", "uno schifo"]
        {
            assert_eq!(rating(text), None, "{text}");
        }
    }

    #[test]
    fn cancelling_needs_the_word_alone() {
        assert!(cancels("Annulla."));
        assert!(cancels("no guardi, lasci perdere"));
        assert!(cancels("Never mind!"));
        assert!(!cancels("annulla l'ordine 1001"));
        assert!(!cancels("stop alle email"));
        assert!(cancels_request("Annulla la richiesta!"));
        assert!(!cancels_request("annulla la richiesta di reso"));
        assert!(goes_back("Torna all'assistente"));
    }
}
