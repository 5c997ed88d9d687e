//! Files that nobody would write: never a panic, always bounded, and the limit is named.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use sportello::domain::language::Language;
use sportello::domain::source::{Problem, SourceFile};
use sportello::knowledge::lint::lint;
use sportello::knowledge::load::build;
use sportello::knowledge::rasa::import;

const SHOP: &str = include_str!("../fixtures/shop/shop.yaml");
const BOT: &str = "bot: {name: A, default_language: it, time_zone: Europe/Rome, privacy: 'https://a.example', welcome: {it: a, en: a}}\n";
const NLU: &str = "nlu:\n- intent: a\n  examples: |\n    - to [SF]{\"entity\": \"city\", \"value\": \"x\"} [b](c)\n- synonym: x\n  examples: |\n    - y\n- regex: z\n  examples: |\n    - \\d{3}\n- lookup: city\n  examples: |\n    - q\n";
/// Long enough for a debug build on a busy machine, far too short for anything that explodes.
const BOUND: Duration = Duration::from_mins(1);

fn file(text: impl Into<String>) -> SourceFile {
    SourceFile { name: "wild.yaml".to_owned(), text: text.into() }
}

/// Everything that is said of a file that cannot be used, in time.
fn refused(text: String) -> Vec<Problem> {
    let began = Instant::now();
    let problems = build(&[file(text)]).map(|_| ()).expect_err("refused");
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
    assert!(problems.len() < 1_000, "{}", problems.len());
    problems
}

fn said(text: String) -> String {
    let messages: Vec<String> = refused(text).into_iter().map(|problem| problem.message).collect();
    messages.join("\n")
}

#[test]
fn what_is_too_much_is_refused_with_the_limit() {
    let large = format!("none:\n{}", "  - \"aaaaaaaaaaaaaaaaaaaaaaa\"\n".repeat(380_000));
    assert!(said(large).contains("10 MB"));
    let examples: Vec<String> = (0..100_001).map(|n| format!("  - a{n}\n")).collect();
    let told = said(format!("{BOT}none:\n{}", examples.concat()));
    assert!(told.contains("100001 examples") && told.contains("at most 100000"), "{told}");
    let intents: Vec<String> = (0..5_001)
        .map(|n| format!("  - {{name: a{n}, title: {{it: a, en: a}}, patterns: [a{n}], escalate: {{message: {{it: a, en: a}}}}}}\n"))
        .collect();
    let told = said(format!("{BOT}intents:\n{}", intents.concat()));
    assert!(told.contains("5001 intents") && told.contains("at most 5000"), "{told}");
    let patterns = vec!["a"; 2_001].join(", ");
    let told = said(format!(
        "{BOT}intents: [{{name: a, title: {{it: a, en: a}}, patterns: [{patterns}], escalate: {{message: {{it: a, en: a}}}}}}]"
    ));
    assert!(told.contains("2001 patterns"), "{told}");
}

#[test]
fn bombs_and_depths_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb = format!("{bomb}a{level}: &a{level} [{inner}]\n");
    }
    assert!(!refused(bomb).is_empty());
    let items = vec!["x"; 10_000].join(", ");
    let aliases = vec!["*a"; 900].join(", ");
    assert!(!refused(format!("none: &a [{items}]\nentities: [{aliases}]\n")).is_empty());
    for deep in ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(100_000)] {
        assert!(!refused(deep).is_empty());
    }
    assert!(!refused("&a [*a]".to_owned()).is_empty());
}

#[test]
fn costly_patterns_are_refused_and_ugly_ones_are_linear() {
    let with = |pattern: &str| {
        format!(
            "{BOT}intents: [{{name: a, title: {{it: a, en: a}}, patterns: ['{pattern}'], escalate: {{message: {{it: a, en: a}}}}}}]"
        )
    };
    for costly in ["(a{1000}){1000}", r"\w{5000}", "((((x{30}){30}){30}){30}){30}"] {
        let told = said(with(costly));
        assert!(told.contains("the pattern cannot be read"), "{told}");
    }
    let nested = format!("{}a{}", "(".repeat(2_000), ")".repeat(2_000));
    assert!(said(with(&nested)).contains("the pattern cannot be read"));
    let built = build(&[file(with("(a+)+$|(x*)*y|(a|aa)+b"))]).expect("linear");
    let began = Instant::now();
    let _ = built.knowledge.engine.read(&"a".repeat(1_000_000));
    assert!(began.elapsed() < BOUND);
}

#[test]
fn what_cannot_be_seen_is_refused_at_its_place() {
    for text in ["or\u{200b}dine", "\u{202e}enidro", "a\u{2066}b", "or\u{ad}dine", "a\u{feff}b"] {
        let problems = refused(format!("{BOT}none:\n  - ok\n  - \"{text}\"\n"));
        assert!(
            problems.iter().any(|problem| problem.line == 4 && problem.message.contains("U+")),
            "{problems:?}"
        );
    }
    let problems = refused(format!("{BOT}none:\n  - \"\\u202eab\"\n"));
    assert!(problems.iter().any(|problem| problem.line == 3 && problem.message.contains("U+202E")));
}

#[test]
fn a_file_wrong_in_every_line_is_told_in_part() {
    let buttons: Vec<String> = (0..20_000)
        .map(|n| format!("          - {{label: b{n}, intent: nowhere_{n}}}\n"))
        .collect();
    let text = format!(
        "{BOT}intents:\n  - name: a\n    title: {{it: a, en: a}}\n    patterns: [a]\n    reply:\n      en: [a]\n      it:\n      - text: a\n        buttons:\n{}",
        buttons.concat()
    );
    let problems = refused(text);
    assert!(problems.len() > 200, "{}", problems.len());
}

/// A text with some of its parts cut, doubled, moved or replaced.
fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = text.lines().collect();
    let edit = (0..lines.len(), 0..6_u8, any::<prop::sample::Index>(), "\\PC{0,12}");
    prop::collection::vec(edit, 1..6).prop_map(move |edits| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for (line, kind, place, new) in edits {
            let at = line % lines.len().max(1);
            let Some(old) = lines.get(at).cloned() else { continue };
            let cut = place.index(old.chars().count() + 1);
            let (before, after): (String, String) =
                (old.chars().take(cut).collect(), old.chars().skip(cut).collect());
            match kind {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, old),
                2 => lines[at] = format!("{before}{new}{after}"),
                3 => lines[at] = before,
                4 => lines[at] = format!("  {old}"),
                _ => lines[at] = after,
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in "(\\PC|[\\n:\\-{}\\[\\]\"'&*|>#\t ])*{0,300}") {
        let _ = build(&[file(text.clone())]);
        let _ = import(&[(file(text), Language::It)]);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = build(&[file(text.clone()), file(BOT)]);
        let _ = import(&[(file(text), Language::En)]);
    }

    #[test]
    fn mutated_files_are_used_or_refused(text in mutated(SHOP)) {
        let files = [file(text)];
        match build(&files) {
            Ok(built) => {
                for problem in lint(&files, Some(&built.knowledge.engine)) {
                    prop_assert!(problem.line > 0);
                }
                let _ = built.knowledge.engine.read("where is my order AB123456");
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn whatever_is_imported_can_be_used(text in mutated(NLU)) {
        if let Ok(imported) = import(&[(file(text), Language::It)]) {
            let files = [file(BOT), file(imported.text.clone())];
            if let Err(problems) = build(&files) {
                prop_assert!(false, "{}\n{:?}", imported.text, problems);
            }
        }
    }
}
