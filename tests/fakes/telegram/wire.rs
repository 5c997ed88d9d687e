//! Writes down what goes over the wire, for the cross-check by somebody else's models: one JSON a
//! line, in the folder that `SPORTELLO_TEST_WIRE` names.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

/// An update that the fake sends.
pub(super) fn update(update: &Value) {
    // Made up by a test, to be refused.
    if update.get("telepathy").is_none() {
        note("updates", update);
    }
}

/// A request that our channel makes.
pub(super) fn request(method: &str, arguments: &Value) {
    note("requests", &json!({"method": method, "arguments": arguments}));
}

/// A result that the fake gives.
pub(super) fn result(method: &str, result: &Value) {
    if method != "getupdates" {
        note("results", &json!({"method": method, "result": result}));
    }
}

fn note(what: &str, value: &Value) {
    let Some(folder) = std::env::var_os("SPORTELLO_TEST_WIRE").map(PathBuf::from) else { return };
    let path = folder.join(format!("{what}.jsonl"));
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(format!("{value}\n").as_bytes()));
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
