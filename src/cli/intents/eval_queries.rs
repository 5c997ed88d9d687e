//! Messages as customers wrote them, with what they mean, asked of the bot: `eval --queries`.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::csv_file;
use super::predict::OUT_OF_SCOPE;
use crate::domain::language::Language;
use crate::nlu::evaluation::{Answer, Evaluation, Point};
use crate::nlu::{Reading, TrainingSet, Verdict};

/// The largest file read, in bytes.
const LARGEST: u64 = 10_000_000;
/// The most messages asked.
const MOST: usize = 100_000;
/// How many intents the bot offers when it asks which is meant.
const OFFERED: usize = 2;

/// One message and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    text: String,
    language: Option<Language>,
    /// `None` when nothing should be answered.
    intent: Option<String>,
}

/// What the bot made of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    language: Option<Language>,
    /// Whether its meaning was among the intents that a question would offer.
    is_offered: bool,
    pub(super) answer: Answer,
}

/// How queries went, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    /// Queries that an intent should answer.
    pub(super) in_scope: usize,
    /// Of those: the likeliest intent is the right one, whatever the bot did.
    pub(super) likeliest_right: usize,
    /// Of those: the right intent was answered outright.
    pub(super) answered_right: usize,
    /// Of those: another intent was answered outright.
    pub(super) answered_wrong: usize,
    /// Of those: the bot asked, and the right intent was on offer.
    pub(super) asked_right: usize,
    /// Of those: the bot asked, and the right intent was not on offer.
    pub(super) asked_wrong: usize,
    /// Of those: the bot said that it did not understand.
    pub(super) missed: usize,
    /// Queries that nothing should answer.
    pub(super) out_of_scope: usize,
    /// Of those: answered outright.
    pub(super) out_answered: usize,
    /// Of those: the bot asked which intent was meant.
    pub(super) out_asked: usize,
    /// Of those: the bot said that it did not understand.
    pub(super) out_refused: usize,
}

/// Reads the columns `text`, `label` and, where there is one, `language`.
pub(super) fn read(path: &Path, set: &TrainingSet) -> anyhow::Result<Vec<Query>> {
    let file = path.display().to_string();
    let size = std::fs::metadata(path).with_context(|| format!("reading {file}"))?.len();
    anyhow::ensure!(
        size <= LARGEST,
        "{file}: the file has {size} bytes, at most {LARGEST} are read"
    );
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| anyhow::anyhow!("{file}: {error}"))?;
    let header = reader.headers().map_err(|error| csv_file::told(&file, &error))?.clone();
    let column = |name: &str| csv_file::column(&header, name);
    let (Some(text), Some(label)) = (column("text"), column("label")) else {
        anyhow::bail!("{file}:1: the first line must be `text,language,label`");
    };
    let language = column("language");
    let mut queries = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| csv_file::told(&file, &error))?;
        anyhow::ensure!(queries.len() < MOST, "{file}: the file has more than {MOST} rows");
        let line = row.position().map_or(0, csv::Position::line);
        let field = |place: usize| row.get(place).unwrap_or_default().trim();
        queries.push(Query {
            text: field(text).to_owned(),
            language: language.and_then(|place| Language::from_tag(field(place))),
            intent: meaning(field(label), set).with_context(|| format!("{file}:{line}"))?,
        });
    }
    anyhow::ensure!(!queries.is_empty(), "{file}: there is no message to ask");
    Ok(queries)
}

fn meaning(label: &str, set: &TrainingSet) -> anyhow::Result<Option<String>> {
    if label == OUT_OF_SCOPE {
        return Ok(None);
    }
    let known = set.intents.iter().any(|intent| intent.name == label);
    anyhow::ensure!(known, "there is no intent `{label}`; out of scope is `{OUT_OF_SCOPE}`");
    Ok(Some(label.to_owned()))
}

/// Asks each query; a message without words is not understood.
pub(super) fn ask(read: impl Fn(&str) -> Reading, queries: &[Query]) -> Vec<Asked> {
    queries.iter().map(|query| asked(read(&query.text), query)).collect()
}

fn asked(reading: Reading, query: &Query) -> Asked {
    let mut offered = reading.candidates.iter().take(OFFERED);
    let is_offered = offered.any(|candidate| Some(&candidate.intent) == query.intent.as_ref());
    let best = reading.candidates.into_iter().next();
    let (predicted, confidence) =
        best.map_or((String::new(), 0.0), |best| (best.intent, best.probability));
    Asked {
        language: query.language,
        is_offered,
        answer: Answer {
            text: query.text.clone(),
            intent: query.intent.clone(),
            predicted,
            confidence,
            verdict: reading.verdict,
        },
    }
}

impl Asked {
    /// An answer as if it had been asked.
    #[cfg(test)]
    pub(super) fn of(answer: Answer) -> Self {
        Self { language: None, is_offered: answer.is_right(), answer }
    }

    /// Whether the bot said something that it should not have said.
    fn is_wrong_outright(&self) -> bool {
        self.answer.verdict == Verdict::Answer && !self.answer.is_right()
    }
}

impl Tally {
    /// Counts.
    pub(super) fn of<'a>(asked: impl IntoIterator<Item = &'a Asked>) -> Self {
        let mut tally = Self::default();
        for one in asked {
            tally.add(one);
        }
        tally
    }

    fn add(&mut self, asked: &Asked) {
        let answer = &asked.answer;
        if answer.intent.is_none() {
            self.out_of_scope += 1;
            *match answer.verdict {
                Verdict::Answer => &mut self.out_answered,
                Verdict::Ask => &mut self.out_asked,
                Verdict::Reject => &mut self.out_refused,
            } += 1;
            return;
        }
        self.in_scope += 1;
        self.likeliest_right += usize::from(answer.is_right());
        *match (answer.verdict, answer.is_right(), asked.is_offered) {
            (Verdict::Answer, true, _) => &mut self.answered_right,
            (Verdict::Answer, false, _) => &mut self.answered_wrong,
            (Verdict::Ask, _, true) => &mut self.asked_right,
            (Verdict::Ask, _, false) => &mut self.asked_wrong,
            (Verdict::Reject, ..) => &mut self.missed,
        } += 1;
    }

    fn lines(&self) -> String {
        let line = |count: usize, of: usize, words: &str| {
            let share = if of == 0 { 0.0 } else { 100.0 * count as f64 / of as f64 };
            format!("{count:>6}  {share:>5.1} %  {words}\n")
        };
        let inside = |count, words| line(count, self.in_scope, words);
        let outside = |count, words| line(count, self.out_of_scope, words);
        [
            format!("{} messages that an intent should answer\n", self.in_scope),
            inside(self.likeliest_right, "the likeliest intent is the right one"),
            inside(self.answered_right, "answered rightly"),
            inside(self.answered_wrong, "answered wrongly"),
            inside(self.asked_right, "asked back, the right intent on offer"),
            inside(self.asked_wrong, "asked back, the right intent not on offer"),
            inside(self.missed, "not understood"),
            format!("{} messages that nothing should answer\n", self.out_of_scope),
            outside(self.out_refused, "not understood, as it should be"),
            outside(self.out_asked, "asked back"),
            outside(self.out_answered, "answered all the same"),
        ]
        .concat()
    }
}

/// The tallies of the languages that occur, by code.
fn by_language(asked: &[Asked]) -> Vec<(&'static str, Tally)> {
    let of = |language: Language| {
        let mut own = asked.iter().filter(|one| one.language == Some(language)).peekable();
        own.peek()?;
        Some((language.code(), Tally::of(own)))
    };
    Language::ALL.into_iter().filter_map(of).collect()
}

/// What was answered wrongly, the surest first.
fn wrong(asked: &[Asked]) -> Vec<&Asked> {
    let mut wrong: Vec<_> = asked.iter().filter(|one| one.is_wrong_outright()).collect();
    wrong.sort_by(|a, b| b.answer.confidence.total_cmp(&a.answer.confidence));
    wrong
}

/// For people.
pub(super) fn text(asked: &[Asked]) -> String {
    let mut out = Tally::of(asked).lines();
    let languages = by_language(asked);
    for (code, tally) in languages.iter().filter(|_| languages.len() > 1) {
        let _ = write!(out, "\n[{code}] {}", tally.lines());
    }
    out += "\nAnswered though another answer, or none, was right\n";
    for one in wrong(asked) {
        let Answer { text, intent, predicted, confidence, .. } = &one.answer;
        let meant = intent.as_deref().unwrap_or(OUT_OF_SCOPE);
        let _ = writeln!(out, "  {text:?}: `{predicted}` ({confidence:.2}), meant `{meant}`");
    }
    out
}

/// For programs.
pub(super) fn document(asked: &[Asked]) -> Value {
    let wrong = wrong(asked).into_iter().map(|one| {
        json!({
            "text": one.answer.text,
            "intent": one.answer.intent,
            "answered": one.answer.predicted,
            "confidence": one.answer.confidence,
        })
    });
    let answers: Vec<_> = asked.iter().map(|one| one.answer.clone()).collect();
    let point =
        |point: &Point| json!({"confidence": point.at, "right": point.value, "count": point.count});
    let reliability = Evaluation::of(&answers).reliability;
    let languages =
        by_language(asked).into_iter().map(|(code, tally)| (code.to_owned(), json!(tally)));
    json!({
        "queries": asked.len(),
        "all": Tally::of(asked),
        "languages": languages.collect::<serde_json::Map<_, _>>(),
        "answered_wrongly": wrong.collect::<Vec<_>>(),
        "reliability": reliability.iter().map(point).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::TrainingIntent;
    use crate::nlu::engine::Engine;

    fn set() -> TrainingSet {
        let intent = |name: &str, words: &str| TrainingIntent {
            name: name.to_owned(),
            examples: (0..8).map(|n| (None, format!("{words} {n}"))).collect(),
            patterns: Vec::new(),
        };
        TrainingSet {
            intents: vec![
                intent("order", "dove ordine pacco"),
                intent("refund", "voglio rimborso"),
            ],
            none: vec!["che tempo fa".to_owned()],
        }
    }

    fn read_text(content: &str) -> anyhow::Result<Vec<Query>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("queries.csv");
        std::fs::write(&path, content)?;
        read(&path, &set())
    }

    fn asked(intent: Option<&str>, predicted: &str, verdict: Verdict, is_offered: bool) -> Asked {
        Asked {
            language: Some(Language::It),
            is_offered,
            answer: Answer {
                text: "x".to_owned(),
                intent: intent.map(str::to_owned),
                predicted: predicted.to_owned(),
                confidence: 0.5,
                verdict,
            },
        }
    }

    #[test]
    fn every_way_of_going_is_counted_once() {
        let all = [
            asked(Some("a"), "a", Verdict::Answer, true),
            asked(Some("a"), "b", Verdict::Answer, true),
            asked(Some("a"), "b", Verdict::Ask, true),
            asked(Some("a"), "b", Verdict::Ask, false),
            asked(Some("a"), "a", Verdict::Reject, true),
            asked(None, "a", Verdict::Answer, false),
            asked(None, "a", Verdict::Ask, false),
            asked(None, "a", Verdict::Reject, false),
            asked(None, "b", Verdict::Reject, false),
        ];
        let expected = Tally {
            in_scope: 5,
            likeliest_right: 2,
            answered_right: 1,
            answered_wrong: 1,
            asked_right: 1,
            asked_wrong: 1,
            missed: 1,
            out_of_scope: 4,
            out_answered: 1,
            out_asked: 1,
            out_refused: 2,
        };
        assert_eq!(Tally::of(&all), expected);
        assert_eq!(by_language(&all), [("it", expected)]);
        let document = document(&all);
        assert_eq!(document["all"]["out_answered"], 1);
        assert_eq!(document["answered_wrongly"].as_array().map(Vec::len), Some(2));
        let told = text(&all);
        assert!(told.contains("     1   20.0 %  answered wrongly"), "{told}");
        assert!(told.contains("     2   50.0 %  not understood, as it should be"), "{told}");
    }

    #[test]
    fn queries_are_asked_of_the_trained_engine() {
        let queries =
            read_text("text,language,label\nvoglio un rimborso,it,refund\n🦀,en,oos\n").unwrap();
        let engine = Engine::train(&set());
        let all = ask(|text| engine.read(text), &queries);
        assert!(all[0].answer.is_right() && all[0].language == Some(Language::It));
        assert_eq!(all[1].answer.verdict, Verdict::Reject);
    }

    #[test]
    fn a_file_that_cannot_be_asked_says_where_and_why() {
        let said = |content: &str| format!("{:#}", read_text(content).unwrap_err());
        assert!(said("text\nciao\n").contains("must be `text,language,label`"));
        assert!(
            said("text,label\nciao,order\nciao,gone\n").contains(":3: there is no intent `gone`")
        );
        assert!(said("text,label\n").contains("no message to ask"));
    }
}
