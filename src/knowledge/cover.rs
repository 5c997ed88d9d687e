//! Texts of customers without what tells who they are, so that they can be shown and kept as
//! examples: addresses, numbers and names give way to others of the same shape.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::nlu::pattern;

/// Fewer digits than this in one number tell nobody apart.
const TELLING: usize = 4;
/// With letters among them fewer do: parts of account numbers.
const TELLING_WITH_LETTERS: usize = 3;

struct Rules {
    mail: Regex,
    link: Regex,
    number: Regex,
    code: Regex,
    street: Regex,
    named: Regex,
}

static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| {
    let rule = |text| pattern::compile(text).ok();
    Some(Rules {
        mail: rule(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")?,
        link: rule(r"(?:https?://|www\.)\S+")?,
        number: rule(r"\+?\d(?:[ ().\-/]{0,2}\d){5,}")?,
        code: rule(r"[\p{L}•]*\d[\p{L}\d]*")?,
        street: rule(
            r"\b(via|viale|piazza|corso|largo|vicolo|strada)((?:\s+\p{L}[\p{L}'.]*){1,4}),?\s*\d+\w?\b",
        )?,
        named: rule(
            r"\b(mi chiamo|il mio nome (?:è|e')|a nome(?: di)?|my name is|i am called|in the name of)\s+\p{L}[\p{L}'-]*(?:\s+(?-i:\p{Lu})[\p{L}'-]*){0,2}",
        )?,
    })
});

/// The text with addresses, numbers and names covered; `name` is what the customer is called.
pub(super) fn covered(text: &str, name: Option<&str>) -> String {
    let Some(rules) = RULES.as_ref() else { return String::new() };
    let text = rules.mail.replace_all(text, "nome@example.com");
    let text = rules.link.replace_all(&text, "example.com");
    let text = rules.street.replace_all(&text, "$1 …");
    let text = rules.named.replace_all(&text, "$1 …");
    let text = rules.number.replace_all(&text, |found: &Captures<'_>| zeros(&found[0]));
    let text = rules.code.replace_all(&text, |found: &Captures<'_>| code(&found[0]));
    without_name(&text, name.unwrap_or_default())
}

fn zeros(text: &str) -> String {
    text.chars().map(|c| if c.is_numeric() { '0' } else { c }).collect()
}

fn code(text: &str) -> String {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let letters = text.chars().any(char::is_alphabetic);
    let least = if letters { TELLING_WITH_LETTERS } else { TELLING };
    if digits >= least || text.contains('•') { zeros(text) } else { text.to_owned() }
}

/// Words of the customer's name give way.
fn without_name(text: &str, name: &str) -> String {
    let own: Vec<String> = name
        .split(|c: char| !c.is_alphabetic())
        .filter(|part| part.chars().count() >= 3)
        .map(str::to_lowercase)
        .collect();
    if own.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        if own.contains(&word.to_lowercase()) {
            out.push('…');
            out.push_str(&piece[word.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_who_it_is_is_covered_and_the_question_stays() {
        for (text, shown) in [
            (
                "scrivetemi a Ada.Rossi+x@mail.example.it grazie",
                "scrivetemi a nome@example.com grazie",
            ),
            ("ordine AB123456, dov'è?", "ordine AB000000, dov'è?"),
            ("chiamatemi al +39 333 123-4567", "chiamatemi al +00 000 000-0000"),
            ("IBAN IT60 X054 2811 1010 0000 0123 456", "IBAN IT60 X000 0000 0000 0000 0000 000"),
            ("carta ••••1111", "carta ••••0000"),
            ("abito in via Giuseppe Garibaldi 12, Lucca", "abito in via …, Lucca"),
            ("buongiorno, mi chiamo Ada Rossi e vorrei", "buongiorno, mi chiamo … e vorrei"),
            ("avete 3 candele da 50 ml?", "avete 3 candele da 50 ml?"),
            ("vedi https://a.example/x?t=1", "vedi example.com"),
        ] {
            assert_eq!(covered(text, None), shown);
        }
        assert_eq!(covered("Ciao sono ADA, ada rossi!", Some("Ada Rossi")), "Ciao sono …, … …!");
        assert_eq!(covered("di chi è", Some("Di")), "di chi è");
    }
}
