//! Messages that end a conversation and ask for nothing: thanks, a farewell, an emoji.
//!
//! Every word must be one that closes or may stand beside such words; one word more, and the message
//! says something. "Thanks in advance" and "ok, I am waiting" close nothing: something is still due.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::fold::words;

/// Words that close.
const CLOSING: &str = "grazie graziee grazia grz gracias ringrazio ringraziamo ringraziarvi ringraziarla arrivederci \
    arrivederla arrisentirci addio perfetto ottimo benissimo bravissimi gentilissimo gentilissima gentilissimi \
    ok okay okey oki okok okk okie kk capito chiarissimo ricevuto fantastico eccellente magnifico splendido \
    saluti saluto thanks thank thankyou thx tnx thnx ty tks tysm cheers bye goodbye byebye perfect great awesome \
    excellent brilliant fantastic wonderful cya regards noted understood";
/// Words that may stand with them.
const BESIDE: &str = "mille tante infinite di cuore molto molte tanto tutto tutti a tutt e va bene allora chiaro per l \
    la il lo le gli vi ti mi ci si aiuto aiutato disponibilita risposta pazienza velocita rapidita assistenza \
    informazione informazioni info chiarimento chiarimenti spiegazione tempestivita gentile gentilezza gentili cortesia ciao \
    salve ancora buona buon buone buono giornata serata notte lavoro pomeriggio weekend feste domenica presto prossima \
    alla dopo no sempre stato stata siete stati sei super anche davvero proprio cosi domani pure da parte mia nostra \
    lei voi te sua vostra suo vostro il della dell dello del delle un una uno cordiali distinti cari carissimi ragazzi team staff \
    you so very much many lot lots for the your help helping assistance answer answering reply response time support patience info \
    information that is was all its it s this now have has had nice good one day evening night weekend week and again got clear \
    i see lovely helpful really appreciated appreciate ever then sure ho stai u take care later everyone guys mate kind best been \
    of to with from us me my an quick fast explaining clarifying kindness a ve ll am m too well";
/// Words together that close.
const PHRASES: &[&str] = &[
    "buona giornata",
    "buona serata",
    "buona notte",
    "buonanotte",
    "buon lavoro",
    "buon weekend",
    "buone feste",
    "buon natale",
    "buon anno",
    "buona domenica",
    "buon proseguimento",
    "va bene",
    "va benissimo",
    "tutto chiaro",
    "a presto",
    "a risentirci",
    "alla prossima",
    "ci sentiamo",
    "ci vediamo",
    "ciao ciao",
    "tutto a posto",
    "sono a posto",
    "a posto cosi",
    "non serve altro",
    "non mi serve altro",
    "non ho bisogno di altro",
    "nient altro",
    "niente altro",
    "non importa",
    "va tutto bene",
    "ho risolto",
    "abbiamo risolto",
    "problema risolto",
    "e tutto",
    "per ora e tutto",
    "basta cosi",
    "d accordo",
    "molto gentile",
    "troppo gentile",
    "tutto risolto",
    "got it",
    "good night",
    "nice day",
    "good day",
    "good one",
    "have a good weekend",
    "nice weekend",
    "great day",
    "great weekend",
    "lovely day",
    "all clear",
    "all good",
    "all set",
    "see you",
    "see ya",
    "take care",
    "that s all",
    "that is all",
    "that will be all",
    "that s it",
    "that s everything",
    "nothing else",
    "no problem",
    "no worries",
    "problem solved",
    "issue resolved",
    "sounds good",
    "makes sense",
    "will do",
    "talk soon",
    "happy holidays",
    "merry christmas",
    "you re the best",
    "you are the best",
    "you rock",
    "have a nice day",
    "much appreciated",
    "appreciate it",
    "appreciate your help",
    "i understand",
    "i m good",
    "i m all set",
];
/// With these, something is still due, or nothing is meant kindly.
const OPEN: &[&str] = &[
    "in anticipo",
    "anticipatamente",
    "in advance",
    "per niente",
    "di niente",
    "di nulla",
    "for nothing",
    "al cavolo",
    "per nulla",
];
/// More words than this say more than a farewell.
const MOST_WORDS: usize = 14;

static CLOSING_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| listed(CLOSING));
static BESIDE_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| listed(BESIDE));
static CLOSING_PHRASES: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let mut all: Vec<Vec<String>> = PHRASES.iter().map(|phrase| spelled(phrase)).collect();
    all.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    all
});

fn listed(words: &str) -> BTreeSet<String> {
    words.split(' ').filter(|word| !word.is_empty()).map(once).collect()
}

fn spelled(phrase: &str) -> Vec<String> {
    phrase.split(' ').map(once).collect()
}

/// Whether a folded text closes and asks for nothing.
pub(super) fn is_closing(folded: &str) -> bool {
    if folded.contains(['?', '\u{bf}', '\u{61f}', '\u{203d}']) || cross(folded) {
        return false;
    }
    let words: Vec<String> = words(folded).take(MOST_WORDS + 1).map(once).collect();
    if words.is_empty() {
        return only_friendly(folded);
    }
    words.len() <= MOST_WORDS && !is_open(&words) && all_close(&words)
}

fn is_open(words: &[String]) -> bool {
    let said = format!(" {} ", words.join(" "));
    OPEN.iter().any(|phrase| said.contains(&format!(" {} ", spelled(phrase).join(" "))))
}

/// Whether every word closes or may stand beside, and at least one closes.
fn all_close(words: &[String]) -> bool {
    let (mut at, mut closes) = (0, false);
    while at < words.len() {
        let phrase = CLOSING_PHRASES.iter().find(|phrase| words[at..].starts_with(phrase));
        if let Some(phrase) = phrase {
            (at, closes) = (at + phrase.len(), true);
        } else if CLOSING_WORDS.contains(&words[at]) {
            (at, closes) = (at + 1, true);
        } else if BESIDE_WORDS.contains(&words[at]) {
            at += 1;
        } else {
            return false;
        }
    }
    closes
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
    smiley || folded.chars().any(is_emoji)
}

fn cross(folded: &str) -> bool {
    const CROSS: &str = "😠😡🤬😤😒🙄😞😟😢😭😩😫😕🙁☹😖😣😥😓🤔🤨👎💩🤮🤢🖕❓❔⁉❌😾🆘⚠💔";
    folded.chars().any(|c| CROSS.contains(c)) || folded.contains(":(") || folded.contains(":-(")
}

const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}'
        | '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests;
