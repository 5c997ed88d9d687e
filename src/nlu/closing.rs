//! Messages that end a conversation and ask for nothing: thanks, a farewell, an emoji.

use super::fold::words;

/// Words that close, folded, repeated letters written once.
const CLOSING: &[&str] = &[
    "grazie",
    "grazia",
    "gracias",
    "ringrazio",
    "ringraziamo",
    "arivederci",
    "arivederla",
    "adio",
    "perfeto",
    "otimo",
    "benisimo",
    "ok",
    "okay",
    "okey",
    "oki",
    "okok",
    "okk",
    "capito",
    "chiarisimo",
    "thanks",
    "thank",
    "thx",
    "tnx",
    "thnx",
    "ty",
    "tks",
    "chers",
    "bye",
    "godbye",
    "byebye",
    "perfect",
    "great",
    "awesome",
    "excelent",
    "cya",
];
/// Words that may stand with them.
const BESIDE: &[&str] = &[
    "mile",
    "tante",
    "infinite",
    "di",
    "cuore",
    "molto",
    "molte",
    "tanto",
    "tuto",
    "tuti",
    "a",
    "tut",
    "e",
    "va",
    "bene",
    "alora",
    "chiaro",
    "per",
    "l",
    "la",
    "il",
    "lo",
    "le",
    "vi",
    "ti",
    "mi",
    "aiuto",
    "disponibilita",
    "risposta",
    "gentile",
    "gentilisimo",
    "gentilisima",
    "gentilisimi",
    "cortesia",
    "ciao",
    "salve",
    "ancora",
    "buona",
    "buon",
    "giornata",
    "serata",
    "note",
    "lavoro",
    "pomerigio",
    "wekend",
    "presto",
    "prosima",
    "ala",
    "dopo",
    "no",
    "sempre",
    "stato",
    "stata",
    "siete",
    "stati",
    "sei",
    "super",
    "you",
    "so",
    "very",
    "much",
    "many",
    "lot",
    "for",
    "the",
    "your",
    "help",
    "asistance",
    "answer",
    "reply",
    "time",
    "that",
    "is",
    "was",
    "al",
    "its",
    "it",
    "s",
    "this",
    "now",
    "have",
    "nice",
    "god",
    "one",
    "day",
    "evening",
    "night",
    "and",
    "again",
    "got",
    "clear",
    "again",
    "se",
    "lovely",
    "helpful",
    "very",
    "really",
    "apreciated",
    "ever",
    "then",
    "sure",
    "ho",
    "stai",
    "u",
];
/// Two words that close together.
const PAIRS: &[[&str; 2]] = &[
    ["buona", "giornata"],
    ["buona", "serata"],
    ["buona", "note"],
    ["buon", "lavoro"],
    ["buon", "wekend"],
    ["va", "bene"],
    ["tuto", "chiaro"],
    ["a", "presto"],
    ["got", "it"],
    ["god", "night"],
    ["nice", "day"],
    ["god", "day"],
    ["al", "clear"],
    ["se", "you"],
];
/// More words than this say more than a farewell.
const MOST_WORDS: usize = 12;

/// Whether a folded text closes and asks for nothing.
pub(super) fn is_closing(folded: &str) -> bool {
    if folded.contains('?') {
        return false;
    }
    let words: Vec<String> = words(folded).take(MOST_WORDS + 1).map(once).collect();
    if words.is_empty() {
        return only_friendly(folded);
    }
    let listed =
        |word: &String| CLOSING.contains(&word.as_str()) || BESIDE.contains(&word.as_str());
    let closes = words.iter().any(|word| CLOSING.contains(&word.as_str()))
        || words.windows(2).any(|pair| PAIRS.iter().any(|listed| listed == pair));
    words.len() <= MOST_WORDS && words.iter().all(listed) && closes && !cross(folded)
}

/// The word with repeated letters written once: "grazieee" and "grazzie" are "grazie".
fn once(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// Nothing but emoji, at least one, and none of them cross.
fn only_friendly(folded: &str) -> bool {
    let smiley = [":)", ":-)", ";)", ";-)", "<3"].iter().any(|smiley| folded.contains(smiley));
    (smiley || folded.chars().any(is_emoji)) && !cross(folded)
}

fn cross(folded: &str) -> bool {
    const CROSS: &str = "😠😡🤬😤😒🙄😞😟😢😭😩😫👎💩🤮🤢🖕❓⁉❌😾🆘⚠";
    folded.chars().any(|c| CROSS.contains(c)) || folded.contains(":(") || folded.contains(":-(")
}

const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}'
        | '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::fold::fold;

    #[test]
    fn thanks_and_farewells_close() {
        for text in [
            "Grazie!",
            "grazieee mille",
            "ok",
            "Ok grazie, buona giornata 😊",
            "👍",
            "🙏🙏",
            ":)",
            "Thanks a lot!",
            "thank you so much for your help",
            "arrivederci",
            "Va bene, perfetto",
            "no grazie",
            "Grazie per l'aiuto",
            "tutto chiaro",
            "got it, bye",
            "see you",
            "Perfect, thanks",
            "La ringrazio, buona serata",
            "ok!!!",
            "👍🏽",
            "❤️",
        ] {
            assert!(is_closing(&fold(text)), "{text}");
        }
    }

    #[test]
    fn nothing_that_asks_closes() {
        for text in [
            "",
            "   ",
            "ciao",
            "salve",
            "hello",
            "si",
            "yes",
            "grazie, e il rimborso?",
            "ok?",
            "ok ma dov'è il mio ordine",
            "thanks, where is my order",
            "😡",
            "5",
            "grazie 😡",
            "thanks for nothing",
            "no",
            "...",
            "a presto arriva il pacco",
            "??",
            "bene",
            "il",
            "thank you but I want a refund",
            "grazie al cavolo",
            "help",
        ] {
            assert!(!is_closing(&fold(text)), "{text}");
        }
    }
}
