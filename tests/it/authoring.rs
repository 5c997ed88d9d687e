//! What the people who write the intents have at hand: differences, suggestions, other programs'
//! files, schemas; and files that nobody would write.

mod wild;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::process::{Server, Setup};
use crate::support::{Backend, on_both};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/shop")
}

/// A copy of the test shop with some texts changed.
fn changed(setup: &Setup, name: &str, changes: &[(&str, &str)]) -> String {
    let folder = setup.folder().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let mut text = std::fs::read_to_string(fixture().join("shop.yaml")).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    std::fs::write(folder.join("shop.yaml"), text).unwrap();
    folder.display().to_string()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A customer of the REST channel.
async fn says(server: &Server, who: &str, words: &[&str]) {
    for (number, text) in words.iter().enumerate() {
        server.says(who, text, &format!("{who}-{number}")).await.expect("answers");
    }
}

#[tokio::test]
async fn a_difference_is_a_finding_and_none_is_not() {
    let setup = Setup::new(Backend::Embedded).await;
    let old = changed(&setup, "old", &[]);
    let new = changed(
        &setup,
        "new",
        &[("\\bhuman\\b", "\\bzebra\\b"), ("Monday to Friday, 9 to 18", "every day")],
    );
    let messages = setup.folder().join("messages.txt");
    std::fs::write(&messages, "when do you open\nzebra zebra\nwhen do you open\nqwzx\n").unwrap();
    let messages = messages.display().to_string();
    let diff = |args: &[&str]| setup.command(&[&["intents", "diff"], args].concat(), "");

    let (code, out, error) = diff(&[&old, &old]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("no answer changes"), "{out}");
    assert!(error.contains("there is no database"), "{error}");

    let (code, out, _) = diff(&[&old, &new, "--messages", &messages]);
    assert_eq!(code, 1);
    for part in ["intents rewritten: opening_hours", "\"when do you open\"  ×2", "+ answers person"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (code, out, error) = diff(&[&old, &new, "--messages", &messages, "--json"]);
    assert_eq!((code, error.as_str()), (1, ""));
    let document = json(&out);
    assert_eq!((document["messages"].as_u64(), document["changed"].as_u64()), (Some(3), Some(2)));
    let zebra = &document["changes"][0];
    assert_eq!(
        (zebra["text"].as_str(), zebra["new"]["intent"].as_str()),
        (Some("zebra zebra"), Some("person"))
    );
    assert_eq!(zebra["old"]["outcome"], "rejected", "{zebra}");

    let (code, out, error) = diff(&[&old, "/nowhere"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(error.contains("/nowhere"), "{error}");
}

async fn what_customers_asked_in_vain_becomes_intents_to_paste(backend: Backend) {
    let setup = Setup::new(backend).await;
    let server = setup.serve().await;
    for (who, number) in [("ada", "AB123456"), ("bea", "CD654321")] {
        let question = format!("engraving candles with initials, order {number}?");
        says(&server, who, &[&question, "when do you open"]).await;
    }
    says(&server, "eve", &["xylophone lessons mail eve@example.org"]).await;
    server.stop().await;

    let (code, out, error) = setup.command(&["intents", "suggest", "--json"], "");
    assert_eq!(code, 0, "{error}");
    let document = json(&out);
    let found = document["suggestions"].as_array().expect("suggestions");
    assert_eq!(found.len(), 2, "{document}");
    assert_eq!(found[0]["conversations"], 2);
    assert_eq!(found[0]["minutes"], 24, "twelve minutes are usual: {document}");
    assert!(found[0]["name"].as_str().is_some_and(|name| name.contains("engraving")), "{document}");
    assert!(!out.contains("eve@") && !out.contains("654321"), "{out}");

    let (code, yaml, _) = setup.command(&["intents", "suggest", "--limit", "1"], "");
    assert_eq!(code, 0);
    let folder = setup.folder().join("pasted");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(fixture().join("shop.yaml"), folder.join("shop.yaml")).unwrap();
    std::fs::write(folder.join("suggested.yaml"), &yaml).unwrap();
    let folder = folder.display().to_string();
    let (code, out, _) = setup.command(&["intents", "check", &folder], "");
    assert!(code == 0 && out.contains("0 errors"), "{out}\n{yaml}");

    let shop = fixture().display().to_string();
    let (code, out, error) = setup.command(&["intents", "diff", &shop, &folder, "--json"], "");
    assert_eq!(code, 1, "{error}");
    let heard = json(&out)["customers"]["messages"].as_u64();
    assert_eq!(heard, Some(4), "what customers wrote is tried: {out}");
    setup.clean_up().await;
}

on_both!(what_customers_asked_in_vain_becomes_intents_to_paste);

#[tokio::test]
async fn without_records_there_is_nothing_to_suggest_and_nothing_is_made() {
    let setup = Setup::new(Backend::Embedded).await;
    let (code, out, error) = setup.command(&["intents", "suggest"], "");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(error.contains("there is no database"), "{error}");
    assert!(!setup.folder().join("house.db").exists());
}

#[tokio::test]
async fn a_folder_goes_to_rasa_and_comes_back() {
    let setup = Setup::new(Backend::Embedded).await;
    let path = |name: &str| setup.folder().join(name).display().to_string();
    let shop = fixture().display().to_string();
    let (code, out, error) =
        setup.command(&["intents", "export", "rasa", &shop, "--out", &path("rasa")], "");
    assert!(code == 0 && out.contains("replies, forms"), "{out} {error}");
    let files = [path("rasa/nlu.it.yml"), path("rasa/nlu.en.yml")];
    let import = ["intents", "import", "rasa", &files[0], &files[1], "--out", &path("back")];
    let (code, out, error) = setup.command(&import, "");
    assert!(code == 0 && out.contains("6 intents, 60 examples, 1 entity"), "{out} {error}");
    let (code, _, error) = setup.command(&import, "");
    assert!(code == 2 && error.contains("is there already"), "{error}");
    let (code, out, _) = setup.command(&["intents", "check", &path("back")], "");
    assert!(code == 0 && out.contains("2 files: 0 errors"), "{out}");
    // The same examples teach the same: nothing is understood otherwise.
    let (_, out, _) = setup.command(&["intents", "diff", &shop, &path("back"), "--json"], "");
    let changes = json(&out)["changes"].as_array().cloned().unwrap_or_default();
    assert!(
        !changes.is_empty() && changes.iter().all(|change| change["change"] == "words"),
        "{out}"
    );

    let (code, out, error) =
        setup.command(&["intents", "export", "rasa", &shop, "--lang", "en"], "");
    assert!(code == 0 && out.starts_with("version: \"3.1\"\nnlu:\n"), "{out}");
    assert!(out.contains("- when do you open\n") && !out.contains("aprite"), "{out}");
    assert!(error.contains("not carried over"), "{error}");
}

#[tokio::test]
async fn schemas_are_printed_whole() {
    let setup = Setup::new(Backend::Embedded).await;
    for (args, title) in
        [(&["intents", "schema"][..], "intent file"), (&["intents", "schema", "--tests"], "tests")]
    {
        let (code, out, _) = setup.command(args, "");
        let schema = json(&out);
        assert!(
            code == 0 && schema["title"].as_str().is_some_and(|own| own.contains(title)),
            "{out}"
        );
    }
}
