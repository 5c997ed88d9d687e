//! The intent engine: the same bits whoever learns and in which order; no text is too much.

use std::fmt::Write as _;
use std::sync::LazyLock;

use proptest::prelude::*;
use sportello::domain::message::MAX_READ_CHARS;
use sportello::nlu::engine::{Engine, Judgement, Lesson, Scratch};
use sportello::nlu::{TrainingIntent, TrainingSet, Verdict};

const THINGS: [&str; 12] = [
    "ordine",
    "rimborso",
    "fattura",
    "consegna",
    "sconto",
    "taglia",
    "indirizzo",
    "reclamo",
    "garanzia",
    "pagamento",
    "negozio",
    "password",
];
const QUESTIONS: [&str; 7] = [
    "dov'è il mio",
    "vorrei cambiare",
    "non trovo",
    "quando arriva",
    "help with my",
    "è perché",
    "where is",
];

/// Twelve intents, enough for the probabilities to be fitted.
fn set() -> TrainingSet {
    let intent = |thing: &&str| TrainingIntent {
        name: (*thing).to_owned(),
        examples: QUESTIONS.iter().map(|ask| (None, format!("{ask} {thing}"))).collect(),
        patterns: vec![format!(r"\b{thing}-[0-9]+")],
    };
    let none = vec!["che tempo fa domani".to_owned(), "raccontami una barzelletta".to_owned()];
    TrainingSet { intents: THINGS.iter().map(intent).collect(), none }
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::train(&set()));

fn texts() -> Vec<String> {
    let asked = THINGS.iter().zip(QUESTIONS.iter().cycle());
    let mut texts: Vec<String> = asked.map(|(thing, ask)| format!("{thing}, {ask}?")).collect();
    texts.extend([String::new(), "xyz qqq".to_owned(), "ordine-77".to_owned(), "é".repeat(9_000)]);
    texts
}

/// Everything that is said of a text, to the last bit.
fn bits(engine: &Engine, judgement: &Judgement) -> String {
    let mut said = format!("{:?} {:?}", judgement.verdict, judgement.source);
    for (place, probability) in judgement.candidates() {
        write!(said, " {} {:08x}", engine.intent(*place), probability.to_bits()).unwrap();
    }
    said
}

fn answers(engine: &Engine) -> Vec<String> {
    let mut scratch = Scratch::default();
    texts().iter().map(|text| bits(engine, &engine.judge(text, &mut scratch))).collect()
}

#[test]
fn the_same_bits_on_any_number_of_threads_in_any_order() {
    let set = set();
    let wanted = answers(&ENGINE);
    for threads in [1, 2, 3, 5, 16] {
        let lesson = Lesson::of(&set);
        let calibration = lesson.calibration_on(threads);
        assert_eq!(answers(&lesson.engine(calibration)), wanted, "{threads} threads");
    }
    let at_once: Vec<Vec<String>> = std::thread::scope(|scope| {
        let learners: Vec<_> =
            (0..4).map(|_| scope.spawn(|| answers(&Engine::train(&set)))).collect();
        learners.into_iter().map(|learner| learner.join().unwrap()).collect()
    });
    assert!(at_once.iter().all(|answers| *answers == wanted));
    // Backwards, and each with new room: what came before does not show.
    let alone = texts().into_iter().rev();
    let mut alone: Vec<String> =
        alone.map(|text| bits(&ENGINE, &ENGINE.judge(&text, &mut Scratch::default()))).collect();
    alone.reverse();
    assert_eq!(alone, wanted);
}

#[test]
fn a_megabyte_says_no_more_than_its_beginning() {
    let mut scratch = Scratch::default();
    for piece in
        ["dov'è l'ordine ", "\u{200b}\u{202e}ordine", "a", "\u{fdfa}", "á\u{301}\u{323}", "🦀 "]
    {
        let long = piece.repeat(1_000_000 / piece.len());
        let short: String = long.chars().take(MAX_READ_CHARS).collect();
        let judged = ENGINE.judge(&long, &mut scratch);
        assert_eq!(bits(&ENGINE, &judged), bits(&ENGINE, &ENGINE.judge(&short, &mut scratch)));
    }
}

#[test]
fn signs_that_nobody_sees_change_nothing() {
    let mut scratch = Scratch::default();
    let plain = ENGINE.judge("dov'è il mio ordine", &mut scratch);
    let hidden =
        ENGINE.judge("\u{202e}dov'è\u{200b} il mi\u{ad}o or\u{2060}dine\u{feff}", &mut scratch);
    assert_eq!(plain.verdict, Verdict::Answer);
    assert_eq!(bits(&ENGINE, &hidden), bits(&ENGINE, &plain));
}

/// Texts of all kinds of characters, the hard ones often.
fn any_text() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        '\u{200b}',
        '\u{202e}',
        '\u{2066}',
        '\u{feff}',
        '\u{301}',
        '\u{fdfa}',
        '\u{0}',
        'İ',
        'ß',
        'ﬁ',
        '한',
        'ש',
        'ع',
        '🦀',
        '\'',
        ' ',
        '\u{1d400}',
    ]);
    let known = prop::sample::select(THINGS.to_vec()).prop_map(|word| format!(" {word} "));
    let piece =
        prop_oneof![any::<char>().prop_map(String::from), hard.prop_map(String::from), known,];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_judged(text in any_text()) {
        let judgement = ENGINE.judge(&text, &mut Scratch::default());
        let candidates = judgement.candidates();
        prop_assert!(!candidates.is_empty() && candidates.len() <= 3);
        let falling = candidates.windows(2).all(|pair| pair[0].1 >= pair[1].1 || pair[0].1 < 0.5);
        prop_assert!(falling, "{candidates:?}");
        prop_assert!(candidates.iter().all(|(_, p)| (0.0..=1.0).contains(p)), "{candidates:?}");
    }

    #[test]
    fn any_training_set_is_learned(
        texts in prop::collection::vec((0..10_usize, any_text()), 0..40),
    ) {
        let mut set = TrainingSet::default();
        for (intent, text) in texts {
            set.intents.resize_with(set.intents.len().max(intent + 1), TrainingIntent::default);
            set.intents[intent].examples.push((None, text));
        }
        let engine = Engine::train(&set);
        let judgement = engine.judge("dov'è il mio ordine", &mut Scratch::default());
        prop_assert_eq!(judgement.candidates().is_empty(), set.intents.is_empty());
    }
}
