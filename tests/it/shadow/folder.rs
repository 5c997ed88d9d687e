//! The candidate's folder and the command, with the real binary.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use super::EDITS;
use crate::support::process::{Server, Setup};
use crate::support::{Backend, LIMIT};

/// A copy of the small shop in a folder of its own, edited.
fn copy(setup: &Setup, name: &str, edits: &[(&str, &str)]) -> PathBuf {
    let folder = setup.folder().join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/shop/shop.yaml");
    let mut text = std::fs::read_to_string(source).expect("the fixture");
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    std::fs::write(folder.join("shop.yaml"), text).expect("a file");
    folder
}

async fn page(server: &Server, token: &str, language: &str) -> String {
    let request = server.client.get(server.url("/board/shadow")).bearer_auth(token);
    let request = request.header("accept-language", language);
    request.send().await.expect("an answer").text().await.expect("a page")
}

async fn until_shown(server: &Server, token: &str, held: &str) -> String {
    let began = Instant::now();
    loop {
        let html = page(server, token, "en").await;
        if html.contains(held) {
            return html;
        }
        assert!(began.elapsed() < LIMIT, "{held} in {html}");
        tokio::task::yield_now().await;
    }
}

async fn hours(server: &Server, sender: &str) -> String {
    let answers = server.says(sender, "when do you open?", "1").await.expect("answers");
    answers.iter().map(|answer| answer["text"].to_string()).collect()
}

#[tokio::test]
async fn a_watched_folder_runs_in_the_shadow_and_a_bad_file_is_told() {
    let mut setup = Setup::new(Backend::Embedded).await;
    let folder = copy(&setup, "next", &EDITS);
    setup.set("intents.shadow_dir", &folder.display().to_string());
    let sara = setup.hire("sara@shop.example", "supervisor");
    let server = setup.serve().await;
    until_shown(&server, &sara, "Promote now").await;
    // The replica learns of it within seconds; what comes before is not compared.
    let mut sender = 0;
    let began = Instant::now();
    let html = loop {
        sender += 1;
        assert!(hours(&server, &sender.to_string()).await.contains("Monday to Friday"));
        let html = page(&server, &sara, "en").await;
        if html.contains("every day, 9 to 20") {
            break html;
        }
        assert!(began.elapsed() < LIMIT, "{html}");
    };
    assert!(html.contains("from the folder"), "{html}");

    copy(&setup, "next", &[("menu: [opening_hours, order_status]", "menu: [nowhere]")]);
    let html = until_shown(&server, &sara, "files are refused").await;
    assert!(html.contains("shop.yaml:7:") && html.contains("nowhere"), "{html}");
    assert!(html.contains("Promote now"), "the one before goes on");
    assert!(page(&server, &sara, "it").await.contains("I file della candidata sono rifiutati"));
    let (_, board) = server.call(&sara, "GET", "/api/v1/stats/live", Value::Null).await;
    let alarms = board["alarms"].to_string();
    assert!(
        alarms.contains("candidate_refused") && !alarms.contains("content_refused"),
        "{alarms}"
    );

    copy(&setup, "next", &[("9 to 18.\"", "9 to 21.\"")]);
    let began = Instant::now();
    while page(&server, &sara, "en").await.contains("files are refused") {
        assert!(began.elapsed() < LIMIT, "mended files are taken up");
        tokio::task::yield_now().await;
    }
    assert!(page(&server, &sara, "en").await.contains("replaced by another"));
    server.stop().await;
}

#[tokio::test]
async fn a_command_begins_a_candidate_and_what_was_discarded_does_not_come_back_by_itself() {
    let mut setup = Setup::new(Backend::Embedded).await;
    let sara = setup.hire("sara@shop.example", "supervisor");
    let folder = copy(&setup, "next", &EDITS);
    let bad = copy(&setup, "bad", &[("menu: [opening_hours, order_status]", "menu: [nowhere]")]);
    let server = setup.serve().await;
    let (code, _, error) = setup.command(&["intents", "shadow", &bad.display().to_string()], "");
    assert!(code != 0 && error.contains("nowhere") && error.contains("shop.yaml:7:"), "{error}");
    let next = folder.display().to_string();
    let (code, told, error) = setup.command(&["intents", "shadow", &next], "");
    assert!(code == 0 && told.contains("/board/shadow"), "{told}{error}");
    let (_, told, _) = setup.command(&["intents", "shadow", &next], "");
    assert!(told.contains("runs already"), "{told}");
    let html = until_shown(&server, &sara, "by command").await;
    let place = html.split("action=\"").find(|part| part.contains("/discard\"")).expect("a form");
    let address = place.split('"').next().expect("an address");
    let sent = server.client.post(server.url(address)).bearer_auth(&sara);
    let form = [("csrf", "")];
    let answer = sent.form(&form).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{answer:?}");
    until_shown(&server, &sara, "discarded").await;
    server.stop().await;

    setup.set("intents.shadow_dir", &next);
    let server = setup.serve().await;
    let looks = std::time::Duration::from_secs(5);
    let began = Instant::now();
    while began.elapsed() < looks {
        assert!(!page(&server, &sara, "en").await.contains("Promote now"), "it was decided on");
    }
    server.stop().await;
}
