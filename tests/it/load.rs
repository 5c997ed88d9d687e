//! The load harness: a tiny run of each measurement.

use std::process::Command;

use serde_json::Value;

#[test]
fn a_tiny_load_on_the_queue_prints_every_ratio() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sportello"));
    command.args("load queue --waiting 200 --agents 20 --lanes 16 --tasks 4".split(' '));
    let output = command.args("--large 1500 --seconds 0.02 --json".split(' ')).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    for name in [
        "claim_cpu_vs_trivial",
        "claims_vs_pipelined_trivial",
        "claim_cpu_1m_vs_1k",
        "unservable_head_vs_normal",
        "inprocess_1m_vs_1k",
    ] {
        assert!(report["ratios"][name].as_f64().is_some_and(|it| it > 0.0), "{name}: {report}");
    }
    for name in ["lifecycle_vs_bullmq", "lifecycle_cpu_vs_bullmq"] {
        let ratio = report["ratios"].get(name).unwrap_or_else(|| panic!("no {name}: {report}"));
        assert!(ratio.is_null(), "{name} was not asked for");
    }
    let lives = &report["figures"]["lifecycle"]["per_second"];
    assert!(lives.as_f64().is_some_and(|it| it > 0.0), "{report}");
}

#[test]
fn without_a_server_the_harness_says_what_to_install() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sportello"));
    let output = command.args(["load", "queue", "--json"]).env("PATH", "").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("redis-server") && told.contains("--redis"), "{told}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_tiny_load_of_turns_is_answered_and_compared() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sportello"));
    command.args("load turns --seconds 0.3 --senders 4 --json".split(' '));
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    for name in ["turns_vs_bare_sqlite", "p99_vs_p50"] {
        assert!(report["ratios"][name].as_f64().is_some_and(|it| it > 0.0), "{name}: {report}");
    }
    assert!(report["ratios"]["turns_vs_node"].is_null(), "not asked for: {report}");
    assert_eq!(report["figures"]["ours_sqlite"]["refused"], 0, "{report}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_tiny_load_of_chats_tells_memory_and_time() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sportello"));
    command.args("load chats --idle 50 --active 5 --every 0.2s --seconds 1 --json".split(' '));
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert!(report["ratios"]["kilobytes_for_each_idle"].is_number(), "{report}");
    assert_eq!(report["refused"], 0, "{report}");
    assert!(report["written"].as_u64().is_some_and(|written| written >= 5), "{report}");
}
