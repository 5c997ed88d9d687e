//! What one message and one training cost the intent engine: `cargo bench --bench nlu`. The column of
//! allocations shows that judging a message makes none. Beside scikit-learn, fastText and nlp.js:
//! `scripts/bench-intents`.

use std::hint::black_box;

use divan::{AllocProfiler, Bencher};
use sportello::nlu::engine::{Engine, Scratch};
use sportello::nlu::{TrainingIntent, TrainingSet};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const THINGS: [&str; 40] = [
    "order",
    "refund",
    "invoice",
    "delivery",
    "discount",
    "size",
    "address",
    "complaint",
    "warranty",
    "payment",
    "shop",
    "password",
    "account",
    "parcel",
    "courier",
    "voucher",
    "return",
    "exchange",
    "stock",
    "colour",
    "newsletter",
    "privacy",
    "review",
    "points",
    "card",
    "receipt",
    "tax",
    "gift",
    "subscription",
    "repair",
    "manual",
    "spare part",
    "opening hours",
    "phone number",
    "chat",
    "newspaper",
    "job",
    "supplier",
    "event",
    "app",
];
const QUESTIONS: [&str; 15] = [
    "where is my",
    "I want to change my",
    "I cannot find the",
    "when will I get the",
    "help with my",
    "is there a problem with the",
    "how much is the",
    "tell me about your",
    "please cancel the",
    "I have lost my",
    "somebody took my",
    "do you have a",
    "what about the",
    "can you send me the",
    "I am not happy with the",
];

fn main() {
    divan::main();
}

/// 40 intents of 15 examples.
fn set() -> TrainingSet {
    let intent = |thing: &&str| TrainingIntent {
        name: thing.replace(' ', "_"),
        examples: QUESTIONS.iter().map(|ask| (None, format!("{ask} {thing}"))).collect(),
        patterns: vec![format!(r"\b{thing} number [0-9]+")],
    };
    TrainingSet { intents: THINGS.iter().map(intent).collect(), none: Vec::new() }
}

/// One message, with room that is there already.
#[divan::bench]
fn judge(bencher: Bencher<'_, '_>) {
    let engine = Engine::train(&set());
    let mut scratch = Scratch::default();
    let text = "Hi! perhaps you can tell me wher my order is, it's been three weeks…";
    let _ = engine.judge(text, &mut scratch);
    bencher.bench_local(|| engine.judge(black_box(text), &mut scratch));
}

/// One message, with its names, language and room of its own.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let engine = Engine::train(&set());
    let text = "Hi! perhaps you can tell me wher my order is, it's been three weeks…";
    bencher.bench_local(|| engine.read(black_box(text)));
}

/// Learning with calibration.
#[divan::bench(sample_count = 10)]
fn learn(bencher: Bencher<'_, '_>) {
    let set = set();
    bencher.bench_local(|| Engine::train(black_box(&set)));
}
