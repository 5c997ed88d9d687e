//! What people write in files: refused whole at start, kept out while running, taken up when mended.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::support::process::{Server, Setup};
use crate::support::{Backend, LIMIT};

/// A copy of the small shop that a test may break.
fn own_copy(setup: &mut Setup) -> PathBuf {
    let folder = setup.folder().join("intents");
    std::fs::create_dir(&folder).expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/shop/shop.yaml");
    let file = folder.join("shop.yaml");
    std::fs::copy(source, &file).expect("a copy");
    setup.set("intents.dir", &folder.display().to_string());
    file
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("a file");
    assert!(text.contains(from), "{from}");
    std::fs::write(file, text.replace(from, to)).expect("an edit");
}

#[tokio::test]
async fn a_broken_file_at_start_is_refused_with_every_problem() {
    let mut setup = Setup::new(Backend::Embedded).await;
    let file = own_copy(&mut setup);
    edit(&file, "menu: [opening_hours, order_status]", "menu: [opening_hours, nowhere]");
    edit(&file, "lookup: order\n", "lookup: invoice\n");
    let (code, out, error) = setup.command(&["serve"], "");
    assert_eq!((code, out.as_str()), (2, ""), "{error}");
    for told in ["shop.yaml:", "nowhere", "invoice"] {
        assert!(error.contains(told), "{told} in {error}");
    }
}

#[tokio::test]
async fn a_broken_file_while_running_keeps_the_old_knowledge_and_says_so() {
    let mut setup = Setup::new(Backend::Embedded).await;
    let file = own_copy(&mut setup);
    let sara = setup.hire("sara@shop.example", "supervisor");
    let server = setup.serve().await;
    assert!(answer(&server, "1").await.contains("Monday to Friday"));

    edit(&file, "menu: [opening_hours, order_status]", "menu: [opening_hours, nowhere]");
    until_alarmed(&server, &sara, true).await;
    assert!(answer(&server, "2").await.contains("Monday to Friday"), "the old knowledge goes on");

    edit(&file, "menu: [opening_hours, nowhere]", "menu: [opening_hours]");
    edit(&file, "Monday to Friday", "every day");
    until_alarmed(&server, &sara, false).await;
    assert!(answer(&server, "3").await.contains("every day"), "the mended one is taken up");
    server.stop().await;
}

#[tokio::test]
async fn a_file_that_can_be_used_tells_its_warnings_beside_the_answer() {
    let setup = Setup::new(Backend::Embedded).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sla.yaml");
    let nights =
        "calendars: {a: {time_zone: UTC, week: {mon: [\"22:00-06:00\"], tue: [\"05:00-09:00\"]}}}";
    std::fs::write(&file, nights).expect("a file");
    let file = file.display().to_string();
    let due =
        ["sla", "deadline", "--calendar", &file, "--start", "2026-11-23T23:00:00Z", "--target"];
    let (code, out, error) = setup.command(&[&due[..], &["8h"]].concat(), "");
    assert_eq!((code, out.contains("due      2026-11-24T07:00:00.000Z")), (0, true), "{out}");
    assert!(error.contains("sla.yaml:1:") && error.contains("counts once"), "{error}");
    let (code, _, error) = setup.command(&[&due[..], &["-4h"]].concat(), "");
    assert!(code == 2 && error.contains("`-4h` must be longer than nothing"), "{error}");
}

async fn answer(server: &Server, sender: &str) -> String {
    let answers = server.says(sender, "when do you open?", "1").await.expect("answers");
    answers.iter().map(|answer| answer["text"].to_string()).collect()
}

async fn until_alarmed(server: &Server, token: &str, wanted: bool) {
    let began = Instant::now();
    loop {
        let (_, board) = server.call(token, "GET", "/api/v1/stats/live", Value::Null).await;
        let alarms = board["alarms"].as_array().expect("alarms").clone();
        if alarms.iter().any(|alarm| alarm["kind"] == "content_refused") == wanted {
            return;
        }
        assert!(began.elapsed() < LIMIT, "{alarms:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn without_its_database_a_webhook_answers_503_and_goes_on_later() {
    let setup = Setup::new(Backend::Servers).await;
    let server = setup.serve().await;
    server.says("ada", "when do you open?", "1").await.expect("answers");
    setup.database().shut().await;
    let refused = server.says("ada", "how much is shipping?", "2").await.expect_err("no database");
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(503), "{refused}");
    let ready = server.client.get(server.url("/readyz")).send().await.expect("an answer");
    assert_eq!(ready.status().as_u16(), 503);
    setup.database().open().await;
    let answers = server.says("ada", "how much is shipping?", "2").await.expect("answers");
    assert!(answers.iter().any(|answer| answer["text"].to_string().contains("4.90")));
    server.stop().await;
    setup.clean_up().await;
}
