//! What the bot makes of messages, through the whole house: several requests at once, closing words,
//! and numbers that nobody may keep.

use std::path::Path;

use serde_json::json;
use sportello::dialogue::{Facts, Input, State, Wait, step};
use sportello::domain::conversation::Owner;
use sportello::domain::id::LookupId;
use sportello::domain::language::Language;
use sportello::knowledge::load;
use sportello::nlu::split;
use sportello::service::chat::{self, Said};
use sportello::service::desk;
use sportello::store::Db;

use crate::support::cast::{
    agent, asks_for_a_person, heard, newest, replies, says, takes, visitor, words,
};
use crate::support::process::Setup;
use crate::support::{Backend, MONDAY_10, TestApp, log, on_both};

/// Ways to write numbers that must not be kept.
const SECRETS: [&str; 10] = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "5555.5555.5555.4444",
    "3782-822463-10005",
    "6011\u{200b}1111\u{200b}1111\u{200b}1117",
    "IT60X0542811101000000123456",
    "IT60 X054 2811 1010 0000 0123 456",
    "it60.x054.2811.1010.0000.0123.456",
    "DE89 3704 0044 0532 0130 00",
    "GB29-NWBK-6016-1331-9268-19",
];

/// The text as it stands in records that escape what is no ASCII.
fn escaped(text: &str) -> String {
    text.chars().flat_map(char::escape_debug).collect()
}

/// Whether the words stand anywhere in the records, whatever the table and column.
async fn records_hold(app: &TestApp, wanted: &str) -> bool {
    match &app.house.db {
        Db::Sqlite { .. } => {
            let path = app.config.database.url.0.trim_start_matches("sqlite://").to_owned();
            let files = [path.clone(), format!("{path}-wal")];
            let bytes = files.iter().flat_map(|file| std::fs::read(file).unwrap_or_default());
            let bytes: Vec<u8> = bytes.collect();
            bytes.windows(wanted.len()).any(|part| part == wanted.as_bytes())
        }
        Db::Postgres(_) => {
            let all = format!(
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public' \
                 AND table_type = 'BASE TABLE' AND query_to_xml('SELECT * FROM ' || table_name, \
                 true, false, '')::text LIKE '%{wanted}%'"
            );
            let raw =
                format!("SELECT COUNT(*) FROM inbox WHERE encode(raw, 'escape') LIKE '%{wanted}%'");
            app.number(&all).await + app.number(&raw).await > 0
        }
    }
}

async fn no_card_and_no_account_is_kept(backend: Backend) {
    log::keep();
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    for secret in SECRETS {
        let customer = visitor(&app);
        says(&app, &customer, &format!("where is my order, paid with {secret} yesterday")).await;
        says(&app, &customer, secret).await;
        says(&app, &customer, &format!("human please, my number is {secret}")).await;
        says(&app, &customer, &format!("again: {secret}.")).await;
        let label = format!("pay with {secret}");
        let said = Said::Press { payload: "unknown".to_owned(), label };
        chat::say(&app.house, &customer, "label", said, Some(Language::En)).await.unwrap();
        let ticket = newest(&app).await.ticket;
        assert!(!ticket.packet.summary.contains(secret), "{}", ticket.packet.summary);
        assert!(heard(&app, &customer).await.iter().all(|line| !line.text.contains(secret)));
        posts(&app, secret).await;
    }
    asks_for_a_person(&app).await;
    let ticket = takes(&app, &anna).await;
    replies(&app, &anna, ticket, "You paid with 4111 1111 1111 1111.").await;
    desk::note(&app.house, &anna.desk(), ticket, "card 4111-1111-1111-1111", None).await.unwrap();
    app.settle().await;
    for secret in SECRETS {
        for wanted in [secret.to_owned(), escaped(secret)] {
            assert!(!records_hold(&app, &wanted).await, "{wanted} is in the records");
            assert!(!log::says(&wanted), "{wanted} is in the log");
        }
    }
    assert!(!records_hold(&app, "4111-1111").await, "what an agent wrote is masked too");
    assert!(records_hold(&app, "••••1111").await, "the last four are kept");
    assert!(records_hold(&app, "IT••••3456").await, "an account's country and end are kept");
    app.stop().await;
}

/// The same by the REST channel: words, a name, fields nobody knows, and what cannot be read.
async fn posts(app: &TestApp, secret: &str) {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().expect("a client");
    let url = format!("http://{}/webhooks/rest/webhook", app.address);
    let said = json!({"sender": "ada", "message": format!("card {secret}"),
        "metadata": {"name": secret, "quoted": {"text": secret}}});
    for body in [said.to_string(), format!("{{\"sender\": \"ada\", \"message\": \"{secret}\"")] {
        client.post(&url).body(body).send().await.unwrap();
    }
    app.settle().await;
}

async fn several_requests_are_answered_and_recorded_each(backend: Backend) {
    let app = TestApp::start(backend).await;
    let customer = visitor(&app);
    let answer = words(&says(&app, &customer, "when do you open and how much is shipping?").await);
    assert!(answer.contains("18") && answer.contains("4.90"), "{answer}");
    for intent in ["opening_hours", "shipping_costs"] {
        let of = format!("SELECT COUNT(*) FROM reading WHERE intent = '{intent}'");
        assert_eq!(app.number(&of).await, 1, "{intent}");
    }
    let answer =
        words(&says(&app, &customer, "how much is shipping? and where is my order?").await);
    let (costs, asked) = (answer.find("4.90").unwrap(), answer.find("order number").unwrap());
    assert!(costs < asked, "what can be answered comes first: {answer}");
    for (intent, outcome, count) in
        [("shipping_costs", "answered", 2), ("order_status", "asked", 1)]
    {
        let of = format!(
            "SELECT COUNT(*) FROM reading WHERE intent = '{intent}' AND outcome = '{outcome}'"
        );
        assert_eq!(app.number(&of).await, count, "{intent} {outcome}");
    }
    says(&app, &customer, "human please").await;
    let trail = newest(&app).await.ticket.packet.trail;
    let said: Vec<&str> = trail.iter().map(|step| step.said.as_str()).collect();
    assert_eq!(
        said,
        [
            "when do you open",
            "how much is shipping?",
            "how much is shipping?",
            "where is my order?",
            "human please"
        ]
    );
    app.stop().await;
}

async fn thanks_start_no_waiting_spell(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, _) = asks_for_a_person(&app).await;
    let ticket = takes(&app, &anna).await;
    replies(&app, &anna, ticket, "It is on its way.").await;
    let closing =
        "SELECT COUNT(*) FROM ledger WHERE event = 'cust_msg' AND CAST(fact AS TEXT) LIKE '%true%'";
    let all = "SELECT COUNT(*) FROM ledger WHERE event = 'cust_msg'";
    let before = app.number(all).await;
    for text in ["thanks a lot, bye", "👍", "ok perfetto", "Grazie mille, buona giornata!"] {
        says(&app, &customer, text).await;
    }
    assert_eq!((app.number(closing).await, app.number(all).await), (4, before + 4));
    for text in ["ok ma quando arriva?", "thanks, but where is it", "grazie in anticipo"] {
        says(&app, &customer, text).await;
    }
    assert_eq!((app.number(closing).await, app.number(all).await), (4, before + 7));
    app.stop().await;
}

on_both!(
    no_card_and_no_account_is_kept,
    several_requests_are_answered_and_recorded_each,
    thanks_start_no_waiting_spell,
);

#[tokio::test]
async fn transcripts_of_several_requests_hold() {
    let setup = Setup::new(Backend::Embedded).await;
    let folder = setup.folder().join("understanding");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    std::fs::create_dir_all(folder.join("tests")).expect("a folder");
    std::fs::copy(fixtures.join("shop/shop.yaml"), folder.join("shop.yaml")).expect("a copy");
    let transcripts = fixtures.join("understanding/several.yaml");
    std::fs::copy(transcripts, folder.join("tests/several.yaml")).expect("a copy");
    let (code, out, error) = setup.command(&["intents", "test", &folder.display().to_string()], "");
    assert_eq!(code, 0, "{out}{error}");
}

#[tokio::test]
async fn a_turn_for_scripts_names_its_parts_and_hides_numbers() {
    let setup = Setup::new(Backend::Embedded).await;
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/shop");
    let shop = shop.display().to_string();
    let input = "when do you open and how much is shipping?\nhuman please, because I paid with 4111 1111 1111 1111 for it\n";
    let (code, out, error) = setup.command(&["chat", "--json", "--intents", &shop], input);
    assert_eq!(code, 0, "{error}");
    let turns: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(turns.len(), 2, "one object a turn: {out}");
    assert_eq!(turns[0]["intent"], "opening_hours");
    assert_eq!(turns[0]["outcome"], "answered");
    let parts: Vec<_> =
        turns[0]["parts"].as_array().unwrap().iter().map(|it| &it["intent"]).collect();
    assert_eq!(parts, ["opening_hours", "shipping_costs"]);
    assert_eq!(turns[1]["parts"], json!([]));
    assert_eq!(turns[1]["ticket"]["summary"], "human please, because I paid with ••••1111 for it");
    assert!(!out.contains("4111 1111"), "{out}");
}

/// The sample's own examples mean one thing each, with all their greetings, stories and "and".
#[test]
fn examples_of_one_intent_are_not_taken_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("intents");
    let sources = load::read_folder(&folder).expect("the sample");
    let built = load::build(&sources).expect("a sound sample");
    let examples = built.training.intents.iter().flat_map(|intent| &intent.examples);
    let many: Vec<&str> = examples
        .map(|(_, text)| text.as_str())
        .filter(|text| split::pieces(text, &[]).len() > 1)
        .collect();
    let facts = Facts {
        now: MONDAY_10,
        owner: Owner::Bot,
        language: None,
        reopenable: false,
        wait: Wait::Unknown,
        lookup_id: LookupId(uuid::Uuid::nil()),
    };
    let parts = |text: &str| {
        let input = Input::Text(text.to_owned());
        let taken = step(&built.knowledge, State::default(), &input, &facts);
        taken.understood.map_or_else(Vec::new, |understood| understood.parts)
    };
    let apart: Vec<_> =
        many.iter().map(|text| parts(text)).filter(|parts| !parts.is_empty()).collect();
    assert!(many.len() > 50, "{} examples could be taken apart", many.len());
    assert!(apart.len() * 20 <= many.len(), "{} of {}: {apart:#?}", apart.len(), many.len());
}
