//! Which language a text is in: that of the nearest example, and of its function words.

use super::fold::words;
use super::neighbour::cosine;
use crate::domain::language::Language;

/// What one function word counts, next to the similarity of the nearest example.
const WORD: f32 = 0.3;
/// Less than this between the two languages tells nothing.
const LEAST: f32 = 0.05;

/// Small words that stand in one of the languages only, folded.
const ITALIAN: &[&str] = &[
    "il",
    "lo",
    "gli",
    "un",
    "una",
    "uno",
    "di",
    "del",
    "dello",
    "della",
    "dei",
    "delle",
    "degli",
    "al",
    "alla",
    "ai",
    "alle",
    "da",
    "dal",
    "dalla",
    "nel",
    "nella",
    "sul",
    "sulla",
    "con",
    "che",
    "chi",
    "cosa",
    "dove",
    "quando",
    "quanto",
    "quanti",
    "quanta",
    "perche",
    "quale",
    "quali",
    "sono",
    "e'",
    "ho",
    "hai",
    "ha",
    "abbiamo",
    "avete",
    "hanno",
    "vorrei",
    "voglio",
    "posso",
    "puo",
    "potete",
    "devo",
    "mio",
    "mia",
    "miei",
    "mie",
    "vostro",
    "vostra",
    "suo",
    "non",
    "piu",
    "ancora",
    "anche",
    "questo",
    "questa",
    "quello",
    "quella",
    "mi",
    "ti",
    "ci",
    "vi",
    "si",
    "se",
    "ma",
    "buongiorno",
    "buonasera",
    "salve",
    "ciao",
    "grazie",
    "prego",
    "ordine",
    "c'e",
    "dov'e",
    "cos'e",
    "qual",
    "tra",
    "fra",
    "entro",
    "dopo",
    "prima",
    "oggi",
    "domani",
    "ieri",
    "stato",
    "arrivato",
    "quello",
    "senza",
    "avere",
    "essere",
    "fare",
    "siete",
    "fate",
    "gia",
    "solo",
];
const ENGLISH: &[&str] = &[
    "the",
    "an",
    "of",
    "to",
    "from",
    "with",
    "and",
    "or",
    "but",
    "not",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "my",
    "your",
    "you",
    "we",
    "they",
    "it",
    "this",
    "that",
    "these",
    "what",
    "where",
    "when",
    "who",
    "why",
    "how",
    "which",
    "can",
    "could",
    "would",
    "will",
    "should",
    "do",
    "does",
    "did",
    "don't",
    "didn't",
    "have",
    "has",
    "had",
    "i'm",
    "i've",
    "i'd",
    "want",
    "need",
    "please",
    "thanks",
    "thank",
    "hello",
    "hi",
    "hey",
    "order",
    "much",
    "many",
    "for",
    "on",
    "at",
    "by",
    "if",
    "any",
    "there",
    "still",
    "yet",
    "about",
    "get",
    "got",
    "today",
    "tomorrow",
    "yesterday",
    "yes",
    "it's",
    "what's",
    "where's",
    "is",
    "its",
    "after",
    "before",
    "another",
    "some",
];

/// The language of a folded text, given the languages of the examples and the similarities to
/// them; `None` when nothing tells.
pub(super) fn of(
    folded: &str,
    languages: &[Option<Language>],
    similarities: &[u16],
) -> Option<Language> {
    let nearest = |wanted: Language| {
        let of_language = languages.iter().zip(similarities).filter(|(of, _)| **of == Some(wanted));
        cosine(of_language.map(|(_, similarity)| *similarity).max().unwrap_or_default())
    };
    let italian = nearest(Language::It) + WORD * count(folded, ITALIAN);
    let english = nearest(Language::En) + WORD * count(folded, ENGLISH);
    match italian - english {
        more if more >= LEAST => Some(Language::It),
        less if less <= -LEAST => Some(Language::En),
        _ => None,
    }
}

/// How many of the words are listed, whole or between apostrophes.
fn count(folded: &str, listed: &[&str]) -> f32 {
    let whole = folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| word.contains('\'') && listed.contains(word))
        .count();
    (whole + words(folded).filter(|word| listed.contains(word)).count()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::fold::fold;

    #[test]
    fn function_words_tell_without_examples() {
        let of = |text: &str| of(&fold(text), &[], &[]);
        assert_eq!(of("Dov’è il mio pacco?"), Some(Language::It));
        assert_eq!(of("C'è un negozio?"), Some(Language::It));
        assert_eq!(of("I don't know where my parcel is"), Some(Language::En));
        assert_eq!(of("AB123456"), None);
        assert_eq!(of("wo ist mein Paket"), None);
    }

    #[test]
    fn the_nearest_example_tells_where_words_do_not() {
        let languages = [Some(Language::It), Some(Language::En), None];
        assert_eq!(of("spedizione", &languages, &[39_000, 13_000, 60_000]), Some(Language::It));
        assert_eq!(of("shipping", &languages, &[0, 26_000, 60_000]), Some(Language::En));
        assert_eq!(of("privacy", &languages, &[30_000, 30_000, 60_000]), None);
    }
}
