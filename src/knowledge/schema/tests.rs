use std::collections::BTreeSet;

use serde_json::Value;

use super::probe::{keys, keys_of, wrong};
use super::*;
use crate::domain::language::Language;
use crate::domain::source::{SourceFile, read_yaml};
use crate::knowledge::format::{
    BotPart, CardPart, ChoicePart, EndPart, EntityPart, EscalatePart, FormPart, IntentFile,
    IntentPart, Languages, LinkPart, ListPart, LookupPart, OwnerPart, RowPart, SlotPart,
    WithButtons,
};
use crate::knowledge::load;

fn schema() -> Value {
    serde_json::from_str(INTENTS).unwrap()
}

fn yaml(text: &str) -> Value {
    read_yaml(&SourceFile { name: "x.yaml".to_owned(), text: text.to_owned() }).unwrap()
}

#[test]
fn schema_and_parser_know_the_same_keys() {
    let schema = schema();
    assert_eq!(keys_of(&schema), keys::<IntentFile>());
    let parts: [(&str, BTreeSet<String>); 16] = [
        ("bot", keys::<BotPart>()),
        ("entity", keys::<EntityPart>()),
        ("lookup", keys::<LookupPart>()),
        ("owner", keys::<OwnerPart>()),
        ("intent", keys::<IntentPart>()),
        ("form", keys::<FormPart>()),
        ("slot", keys::<SlotPart>()),
        ("end", keys::<EndPart>()),
        ("escalation", keys::<EscalatePart>()),
        ("button", keys::<ChoicePart>()),
        ("list", keys::<ListPart>()),
        ("row", keys::<RowPart>()),
        ("card", keys::<CardPart>()),
        ("link", keys::<LinkPart>()),
        ("texts", keys::<Languages<String>>()),
        ("titles", keys::<Languages<String>>()),
    ];
    for (name, keys) in parts {
        assert_eq!(keys_of(&schema["$defs"][name]), keys, "{name}");
    }
    let with_buttons = &schema["$defs"]["reply"]["oneOf"][1];
    assert_eq!(keys_of(with_buttons), keys::<WithButtons>());
    let languages: Vec<&str> = Language::ALL.map(Language::code).to_vec();
    assert_eq!(schema["$defs"]["language"]["enum"], serde_json::json!(languages));
}

#[test]
fn every_part_of_the_schema_is_used_and_explained() {
    for (text, what) in [(INTENTS, "intents"), (TESTS, "tests")] {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        for (name, part) in schema["$defs"].as_object().unwrap() {
            assert!(text.contains(&format!("\"#/$defs/{name}\"")), "{what}: {name} is not used");
            assert!(part["description"].is_string(), "{what}: {name} is not explained");
        }
    }
}

#[test]
fn an_empty_file_is_a_file() {
    let schema = schema();
    assert_eq!(wrong(&schema, &schema, &Value::Null, ""), [""; 0]);
}

const SOUND: &str = r#"
bot: {name: A, default_language: it, time_zone: Europe/Rome, privacy: "https://a.example", welcome: {it: a, en: a}, menu: [a], channels: [telegram, sms]}
entities: {code: {patterns: ['x\d'], upper: true}}
lookups: {order: {url: "{base}/o/{code}", timeout: 2s, owner: {field: f, slot: code}}}
none: [z]
intents:
  - name: a
    title: {it: A, en: A}
    examples: {it: [a], en: [b]}
    form:
      slots: [{name: code, entity: code, ask: {it: a, en: a}, invalid: {it: a, en: a}, options: {it: [x1], en: [x1]}}]
      lookup: order
      reply: {found: {it: [a], en: [{text: a, buttons: [{label: A, intent: a}]}]}, not_found: {it: [{text: a, image: "https://a.example/a.jpg", list: {title: A, rows: [{label: A, description: a, intent: a}]}}], en: [{text: a, cards: [{title: a, subtitle: b, link: {label: A, url: "https://a.example/p"}}]}]}}
  - name: b
    title: {it: B, en: B}
    patterns: [b]
    escalate: {team: t, skills: [s], priority: high, asked: true, verify: order_email, message: {it: a, en: a}}
"#;

/// What a change makes of a sound file for the schema and for the parser.
fn both_say(from: &str, to: &str) -> (bool, bool) {
    assert!(SOUND.contains(from), "{from}");
    let text = SOUND.replacen(from, to, 1);
    let (schema, document) = (schema(), yaml(&text));
    let file = SourceFile { name: "x.yaml".to_owned(), text };
    (wrong(&schema, &schema, &document, "").is_empty(), load::build(&[file]).is_ok())
}

#[test]
fn what_the_schema_refuses_the_parser_refuses_too() {
    assert_eq!(both_say("name: a", "name: a"), (true, true));
    for (from, to) in [
        ("menu: [a]", "menu: [a, a, a, a, a]"),
        ("default_language: it", "default_language: de"),
        ("https://", "ftp://"),
        ("patterns: ['x\\d'], upper: true", "upper: true"),
        ("patterns: ['x\\d']", "values: {x: [x1]}, patterns: ['x\\d']"),
        ("timeout: 2s", "timeout: soon"),
        ("patterns: ['x\\d']", "patterns: ['x\\d'], formats: [A9]"),
        ("patterns: [b]", "patterns: [b]\n    answer_from: 2"),
        ("patterns: [b]", "patterns: [b]\n    ask_from: often"),
        ("owner: {field: f, ", "owner: {"),
        ("name: a\n", "name: A b\n"),
        ("title: {it: A, ", "title: {"),
        ("title: {it: A", "title: {it: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("name: b\n", "name: b\n    color: red\n"),
        ("patterns: [b]", "none: [y]"),
        ("escalate:", "reply: {it: [a], en: [a]}\n    escalate:"),
        ("slots: [{", "slots: []\n      x: [{"),
        ("reply: {found", "reply: {lost"),
        ("ask: {it: a, en: a}, ", ""),
        ("label: A,", "label: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,"),
        ("priority: high", "priority: top"),
        ("asked: true", "asked: perhaps"),
        ("channels: [telegram, sms]", "channels: [fax]"),
        ("image: \"https://a.example/a.jpg\"", "image: a.jpg"),
        ("rows: [{label: A, ", "rows: [{"),
        ("list: {title: A, ", "list: {"),
        ("cards: [{title: a, ", "cards: [{"),
        ("url: \"https://a.example/p\"", "url: \"http://a.example/p\""),
        ("verify: order_email", "verify: typed_email"),
        ("options: {it: [x1]", "options: {it: [x1, x1, x1, x1, x1, x1, x1]"),
    ] {
        assert_eq!(both_say(from, to), (false, false), "{from} -> {to}");
    }
}
