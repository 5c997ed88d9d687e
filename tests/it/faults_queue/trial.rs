//! A short run of the long trial that ships with the program.

use serde_json::Value;

use crate::support::Backend;
use crate::support::process::Setup;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_trial_finds_nothing_lost_and_nothing_doubled() {
    let setup = Setup::new(Backend::Embedded).await;
    let words = [
        "load",
        "queue",
        "--faults",
        "--operations",
        "5000",
        "--seconds",
        "8",
        "--seed",
        "7",
        "--json",
    ];
    let (code, out, error) = setup.command(&words, "");
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{error}"));
    assert_eq!((code, &report["passed"]), (0, &Value::Bool(true)), "{out}{error}");
    assert!(report["operations"].as_u64().is_some_and(|operations| operations >= 1_000), "{out}");
    assert!(report["faults"].as_object().is_some_and(|faults| !faults.is_empty()), "{out}");
    for never in ["lost", "doubled", "fences_back", "stuck"] {
        assert_eq!(report[never], 0, "{out}");
    }
}
