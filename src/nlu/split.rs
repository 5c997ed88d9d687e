//! Takes a message apart where it may hold several requests: at the ends of sentences and where a
//! conjunction adds something. Whether the pieces are requests is for others to judge.
//!
//! Nothing is cut inside what must stay whole (an entity), inside quotation marks or brackets.

mod word;

use std::ops::Range;

pub use self::word::is_polite;
use self::word::{Word, adding, asks};
use crate::domain::message::MAX_READ_CHARS;

/// A message of more pieces than this is a story, and stays whole.
const MOST_PIECES: usize = 8;
/// A conjunction between fewer words than this joins words, not requests.
const LEAST_WORDS: usize = 2;
/// A quotation longer than this many bytes was never closed.
const LONGEST_QUOTE: usize = 400;

/// One piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its words, without what joins it to the piece before.
    pub text: &'a str,
    /// Where it stands in the message.
    pub span: Range<usize>,
    /// What comes before it.
    pub joint: Joint,
    /// Whether it is put as a question or a wish ("dov'è …", "I would like …", "…?").
    pub asks: bool,
}

/// What stands between two pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Nothing: the message begins.
    Start,
    /// The end of a sentence.
    Sentence,
    /// A conjunction ("e poi", "and also", "inoltre").
    Addition,
    /// A comma before a question or a wish.
    Comma,
}

/// Words without which a piece of pleasantries would be none.
const ENDS: &[char] = &['.', '!', '?', '…', ';', '\n', '。', '؟'];

/// The pieces of a message; one when nothing parts it, or when it falls into too many. `whole` are
/// byte ranges that stay whole. Messages that are too long to be read stay whole.
#[must_use]
pub fn pieces<'a>(text: &'a str, whole: &[Range<usize>]) -> Vec<Piece<'a>> {
    if text.len() > MAX_READ_CHARS * 4 {
        return whole_text(text);
    }
    let words = Word::all(text);
    let held = held(text, whole);
    let mut cuts = cuts(text, &words, &held);
    cuts.sort_by_key(|cut| (cut.range.start, cut.range.end));
    let pieces = between(text, &words, &cuts);
    if pieces.len() > MOST_PIECES { whole_text(text) } else { pieces }
}

/// The message as one piece; none when it holds no word.
fn whole_text(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    if text.chars().any(char::is_alphanumeric) {
        push(text, 0..text.len(), Joint::Start, &mut pieces);
    }
    pieces
}

/// A place where the message may be cut, and what is left out there.
struct Cut {
    range: Range<usize>,
    joint: Joint,
}

/// What must stay whole, merged: entities, quotations, brackets, addresses.
fn held(text: &str, whole: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all = quotations(text);
    all.extend(addresses(text));
    all.extend(whole.iter().cloned());
    all.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for range in all {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Addresses of pages.
fn addresses(text: &str) -> impl Iterator<Item = Range<usize>> {
    let words =
        text.split_whitespace().filter(|word| word.contains("://") || word.contains("www."));
    words.map(|word| {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        start..start + word.trim_end_matches(['.', '!', '?', ',', ';']).len()
    })
}

/// Quotations and brackets that are closed again.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        match open {
            Some((start, closing)) if c == closing => {
                found.push(start..at + c.len_utf8());
                open = None;
            }
            Some((start, _)) if at - start > LONGEST_QUOTE => {
                open = closing(c).map(|end| (at, end));
            }
            None => open = closing(c).map(|end| (at, end)),
            Some(_) => {}
        }
    }
    found
}

const fn closing(opening: char) -> Option<char> {
    match opening {
        '"' => Some('"'),
        '«' => Some('»'),
        '“' | '„' => Some('”'),
        '(' => Some(')'),
        '[' => Some(']'),
        _ => None,
    }
}

/// Whether a place is inside something that stays whole; the ranges are sorted and apart.
fn is_held(held: &[Range<usize>], at: usize) -> bool {
    let after = held.partition_point(|range| range.start < at);
    after.checked_sub(1).and_then(|before| held.get(before)).is_some_and(|range| at < range.end)
}

fn cuts(text: &str, words: &[Word], held: &[Range<usize>]) -> Vec<Cut> {
    let mut cuts = sentence_ends(text, words, held);
    let mut at = 1;
    while at < words.len() {
        let adding = adding(text, words, at);
        let place = words[at].span.start;
        if let Some(count) = adding
            && !is_held(held, place)
        {
            let end = words[at + count - 1].span.end;
            cuts.push(Cut { range: place..end, joint: Joint::Addition });
            at += count;
            continue;
        }
        let gap = &text[words[at - 1].span.end..place];
        let comma = gap.contains([',', '-', '–', '—', ':']) && gap.contains(char::is_whitespace);
        if comma && words[at].asks() && !is_held(held, place) {
            cuts.push(Cut { range: words[at - 1].span.end..place, joint: Joint::Comma });
        }
        at += 1;
    }
    cuts
}

fn sentence_ends(text: &str, words: &[Word], held: &[Range<usize>]) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    let mut word = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| ENDS.contains(c)) {
        let end = at + c.len_utf8();
        while words.get(word + 1).is_some_and(|next| next.span.start < at) {
            word += 1;
        }
        let after = text[end..].chars().next();
        let parts =
            after.is_none_or(|next| next.is_whitespace() || (c != '.' && next.is_alphabetic()));
        let shortened = c == '.'
            && words.get(word).is_some_and(|before| before.span.end == at && before.is_shortened());
        if parts && !shortened && !is_held(held, at) {
            cuts.push(Cut { range: end..end, joint: Joint::Sentence });
        }
    }
    cuts
}

/// The pieces between cuts; empty ones vanish, and a conjunction between too few words cuts nothing.
fn between<'a>(text: &'a str, words: &[Word], cuts: &[Cut]) -> Vec<Piece<'a>> {
    // Cuts lie between words, so that words are counted by their places.
    let before = |place: usize| words.partition_point(|word| word.span.start < place);
    let count = |range: Range<usize>| before(range.end).saturating_sub(before(range.start));
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    let (mut start, mut joint) = (0, Joint::Start);
    let end_of_text = Cut { range: text.len()..text.len(), joint: Joint::Sentence };
    for (at, cut) in cuts.iter().chain([&end_of_text]).enumerate() {
        if cut.range.start < start {
            continue;
        }
        let said = count(start..cut.range.start);
        if said == 0 {
            // "? E poi": the conjunction goes with the sentence's end.
            if cut.joint == Joint::Addition {
                (start, joint) = (cut.range.end, Joint::Addition);
            }
            continue;
        }
        let next = cuts.get(at + 1).map_or(text.len(), |next| next.range.start);
        let follows = count(cut.range.end..next.max(cut.range.end));
        let weak = cut.joint == Joint::Addition && (said < LEAST_WORDS || follows < LEAST_WORDS);
        if weak {
            continue;
        }
        push(text, start..cut.range.start, joint, &mut pieces);
        (start, joint) = (cut.range.end, cut.joint);
    }
    pieces
}

fn push<'a>(text: &'a str, span: Range<usize>, joint: Joint, pieces: &mut Vec<Piece<'a>>) {
    let written = &text[span.clone()];
    let left = written.len()
        - written.trim_start_matches(|c: char| !c.is_alphanumeric() && !is_opening(c)).len();
    let trimmed = written[left..].trim_end_matches(|c: char| c.is_whitespace() || c == ',');
    let start = span.start + left;
    if !trimmed.is_empty() {
        let span = start..start + trimmed.len();
        pieces.push(Piece { text: trimmed, span, joint, asks: asks(trimmed) });
    }
}

const fn is_opening(c: char) -> bool {
    closing(c).is_some() || matches!(c, '€' | '$' | '£' | '+' | '#' | '@')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        pieces(text, &[]).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn a_message_of_conjunctions_alone_stays_whole() {
        for text in ["a".to_owned() + &" e".repeat(2_047), "e a ".repeat(1_024)] {
            assert_eq!(pieces(&text, &[]).len(), 1);
        }
    }

    #[test]
    fn messages_fall_apart_at_sentences_and_additions() {
        for (text, expected) in [
            (
                "where is my order and can I get an invoice?",
                &["where is my order", "can I get an invoice?"][..],
            ),
            (
                "dov'è il mio pacco? e poi mi serve la fattura",
                &["dov'è il mio pacco?", "mi serve la fattura"],
            ),
            (
                "dov'è il mio pacco?E la fattura arriva?",
                &["dov'è il mio pacco?", "la fattura arriva?"],
            ),
            (
                "Buongiorno, vorrei sapere gli orari e quanto costa la spedizione",
                &["Buongiorno", "vorrei sapere gli orari", "quanto costa la spedizione"],
            ),
            (
                "Il vaso è rotto. Inoltre manca un sapone!",
                &["Il vaso è rotto.", "manca un sapone!"],
            ),
            ("orari?\nspedizione?", &["orari?", "spedizione?"]),
            ("ok ma quando arriva?", &["ok ma quando arriva?"]),
            ("va bene ma quando arriva?", &["va bene", "quando arriva?"]),
            ("vorrei un reso, quanto costa?", &["vorrei un reso", "quanto costa?"]),
            (
                "what are the hours, and also do you ship abroad",
                &["what are the hours", "do you ship abroad"],
            ),
            (
                "mi serve la fattura ed anche il reso gratuito",
                &["mi serve la fattura", "il reso gratuito"],
            ),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_belongs_together_stays_whole() {
        for text in [
            "sapone e crema",
            "Salvia e Lume",
            "qual è la mia e-mail di conferma",
            "l'ordine n. AB123456 del sig. Rossi",
            "costa 49.90 o 39.90",
            "il biglietto dice \"Dove sei? E quando torni?\" in oro",
            "ho scritto «Vorrei un reso. Quanto costa?» ieri",
            "la tisana (buona? e anche dolce davvero) mi piace",
            "https://example.com/a.b?c=d&e=f",
            "",
            "???",
            "e",
            "and and and",
        ] {
            assert!(texts(text).len() <= 1, "{text}: {:?}", texts(text));
        }
        let text = "vorrei il set Rosa e Miele grande";
        let name = text.find("Rosa").unwrap();
        assert_eq!(
            pieces(text, std::slice::from_ref(&(name..name + "Rosa e Miele".len()))).len(),
            1
        );
    }

    #[test]
    fn a_story_of_many_sentences_stays_whole() {
        assert_eq!(texts(&"Ho scritto ieri. ".repeat(9)).len(), 1);
        assert_eq!(texts(&"e poi vorrei il pacco ".repeat(50_000)).len(), 1);
    }

    #[test]
    fn pieces_know_whether_they_ask() {
        let asks =
            |text: &str| pieces(text, &[]).iter().map(|piece| piece.asks).collect::<Vec<_>>();
        assert_eq!(asks("Il pacco è arrivato rotto. Vorrei un rimborso."), [false, true]);
        assert_eq!(asks("where is it and the invoice too"), [true, false]);
        assert_eq!(asks("salve volevo sapere gli orari"), [true]);
    }

    #[test]
    fn pleasantries_are_known() {
        for text in [
            "Buongiorno",
            "Salve a tutti",
            "grazie mille",
            "Thanks in advance",
            "Hi there",
            "Cordiali saluti",
        ] {
            assert!(is_polite(text), "{text}");
        }
        for text in ["dov'è il mio pacco", "buongiorno orari", "thanks where is it"] {
            assert!(!is_polite(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_falls_into_its_own_words(text in any::<String>(), cue in "( e poi |[?.!] | and |, come |\"|\\(|è){0,6}[a-z àè]{0,9}") {
            let text = format!("{text}{cue}{text}{cue}");
            let found = pieces(&text, std::slice::from_ref(&(0..3)));
            let mut end = 0;
            for piece in &found {
                prop_assert_eq!(&text[piece.span.clone()], piece.text);
                prop_assert!(piece.span.start >= end && !piece.text.is_empty());
                end = piece.span.end;
            }
            prop_assert!(found.len() <= MOST_PIECES);
        }
    }
}
