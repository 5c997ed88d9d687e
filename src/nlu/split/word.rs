//! The words of a message as far as taking it apart needs them.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::nlu::fold::fold;

/// Words that add something, longer ones before their own beginnings.
const ADDING: &[&str] = &[
    "e poi anche",
    "e poi",
    "e anche",
    "ed anche",
    "e inoltre",
    "e in piu",
    "e gia che ci sono",
    "poi anche",
    "e",
    "ed",
    "inoltre",
    "poi",
    "ma",
    "and then",
    "and also",
    "and i also",
    "and",
    "also",
    "plus",
    "then",
    "but",
    "&",
];

/// Words that begin a question.
const QUESTION: &str = "dove dov quando quand quanto quanti quanta quante quant quale quali qual come com perche chi \
    cosa che cos posso potrei possiamo puo potete potreste potrebbe avete avreste fate siete spedite vendete \
    accettate consegnate where wheres when whens how hows what whats which who why can could may do does did is \
    are will would should please tell give send show let";

/// Words of a wish, near its beginning.
const WISH: &str = "vorrei vorremmo voglio vogliamo volevo desidero desidererei gradirei serve servono servirebbe \
    servirebbero occorre dica dite bisogno avrei sapere want need like wish wondering";

/// So many words from the beginning on may hold the word of a wish.
const NEAR: usize = 4;

/// What people say before they come to the point, and after it.
const POLITE: &str = "buongiorno buon giorno buonasera buona sera giornata serata salve ciao gentile gentili \
    spett egregi signori signore signora servizio clienti team scusi scusate scusa senta \
    sentite grazie mille ringrazio la vi cordiali saluti distinti attendo aspetto resto in \
    attesa riscontro un una vostro risposta per favore cortesia piacere ok okay perfetto bene \
    va si no allora ecco a tutti presto arrivederci hello hi hey there good morning afternoon \
    evening dear sir madam all thanks thank you many much so very lot please sorry excuse me \
    kind best regards cheers bye yes great perfect right well advance everyone anticipatamente \
    anticipo dell aiuto ma but the help your for";

/// Written with a full stop without ending a sentence.
const SHORTENED: &str = "n nr num sig sigg dott dr art es ecc etc tel cell mr mrs ms no vs ca pag prof ing avv st \
    inc ltd p s e g i";

/// A word with its place.
pub(super) struct Word {
    pub(super) plain: String,
    pub(super) span: Range<usize>,
}

impl Word {
    pub(super) fn all(text: &str) -> Vec<Self> {
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let inside = c.is_alphanumeric() || c == '&';
            match start {
                None if inside => start = Some(at),
                Some(from) if !inside => {
                    let plain = fold(&text[from..at]);
                    words.push(Self { plain, span: from..at });
                    start = None;
                }
                _ => {}
            }
        }
        words
    }

    /// Whether questions and wishes begin so.
    pub(super) fn asks(&self) -> bool {
        self.is_of(QUESTION) || self.is_of(WISH)
    }

    /// Whether what follows is told, not asked ("I can", "we do").
    fn tells(&self) -> bool {
        matches!(self.plain.as_str(), "i" | "we")
    }

    /// Whether it is a word that is shortened by a full stop.
    pub(super) fn is_shortened(&self) -> bool {
        self.is_of(SHORTENED)
    }

    fn is_of(&self, list: &str) -> bool {
        list.split(' ').any(|word| word == self.plain)
    }
}

/// How many words from `at` on are a conjunction that adds something.
pub(super) fn adding(text: &str, words: &[Word], at: usize) -> Option<usize> {
    let fits = |phrase: &&&str| {
        let mut found = phrase.split(' ').zip(at..);
        found.all(|(word, at)| words.get(at).is_some_and(|found| found.plain == word))
    };
    let count = ADDING.iter().find(fits)?.split(' ').count();
    let last = &words[at + count - 1];
    // "È" is a verb, and "e-mail" one word.
    let written = &text[words[at].span.clone()];
    let rest = &text[last.span.end..];
    let joined = rest.starts_with(|c| matches!(c, '-' | '\'' | '’' | '.') || is_combining_mark(c));
    (!written.starts_with(['è', 'é', 'È', 'É']) && !joined && at + count < words.len())
        .then_some(count)
}

/// Whether words are put as a question or a wish.
pub(super) fn asks(text: &str) -> bool {
    let words = Word::all(text);
    let pointed: Vec<&Word> =
        words.iter().skip_while(|word| word.is_of(POLITE)).take(NEAR).collect();
    let question = pointed.iter().take(2).position(|word| word.is_of(QUESTION));
    let told = question == Some(1) && pointed.first().is_some_and(|word| word.tells());
    let wished = pointed.iter().any(|word| word.is_of(WISH));
    text.trim_end().ends_with('?') || (question.is_some() && !told) || wished
}

/// Whether words are nothing but a greeting, thanks or a farewell.
#[must_use]
pub fn is_polite(text: &str) -> bool {
    let mut words = Word::all(text).into_iter().take(8);
    words.all(|word| word.is_of(POLITE)) && Word::all(text).len() <= 7
}
