//! Rasa's training data (`nlu.yml`, version 3.1) to intent files and back. What the other side has
//! no place for is listed, never dropped in silence.

mod annotation;
mod draft;
mod export;
mod format;
mod import;

pub use export::{Exported, export};
pub use import::{Imported, import};

/// Names of intents that stand for "nothing of ours".
const NONE: [&str; 4] = ["out_of_scope", "nlu_fallback", "oos", "outofscope"];
