//! What customers send that nobody expects, and many of them at once.

use std::collections::BTreeSet;

use sportello::channel::{Intake as _, Receipt, Received};
use sportello::domain::contact::{Address, ChannelName, Origin};
use sportello::domain::inbound::{Content, Inbound};
use sportello::domain::language::Language;
use sportello::domain::message::{Attachment, Author};
use sportello::service::chat::{self, CHANNEL, Said, Visitor};
use sportello::service::{ServiceError, rest};
use sportello::store;
use tokio::task::JoinSet;

use crate::support::cast::{
    agent, asks_for_a_person, board, heard, newest, replies, resolves, says, supervisor, takes,
    visitor, words,
};
use crate::support::{Backend, TestApp, on_both};

/// Texts that must neither break anything nor be lost, and a part of the bot's answer to each.
fn texts() -> Vec<(String, &'static str)> {
    let sorry = "did not understand";
    vec![
        ("è".repeat(4_097), "too long"),
        ("when do you open? ".repeat(3_400), "too long"),
        ("a ".repeat(2_048) + "b", "too long"),
        (String::new(), "empty message"),
        ("   \t \r\n ".to_owned(), "empty message"),
        ("\u{1}\u{2}\u{7f}\u{9b}".to_owned(), "empty message"),
        ("\u{0}".to_owned(), "empty message"),
        ("when do\u{0} you\u{0} open?".to_owned(), "9"),
        ("\u{1b}[31mwhen do you open?\u{1b}[0m".to_owned(), ""),
        ("🦀🎉👩‍👩‍👧‍👦🇮🇹".to_owned(), ""),
        ("متى تفتحون المحل؟".to_owned(), sorry),
        ("\u{202e}?nepo uoy od nehw".to_owned(), ""),
        ("\u{200b}\u{200d}\u{feff}".to_owned(), ""),
        ("e\u{301}\u{301}\u{301}".repeat(500), ""),
        (format!("when{}do you open?", "\n".repeat(4_000)), "9"),
        ("\n".repeat(5_000), "empty message"),
        ("\u{fffd}\u{ffff}\u{10ffff}".to_owned(), ""),
        ("<script>alert(1)</script>".to_owned(), ""),
        ("'; DROP TABLE message; --".to_owned(), ""),
        ("{shop} {privacy} {order_number} {{".to_owned(), ""),
        ("999999999999999999999999999999".to_owned(), ""),
        ("-1".to_owned(), ""),
        ("0".to_owned(), ""),
    ]
}

fn stored_as(text: &str) -> String {
    sportello::domain::message::clean(text)
}

async fn every_text_is_stored_and_answered(backend: Backend) {
    let app = TestApp::start(backend).await;
    for (text, part) in texts() {
        let start: String = text.chars().take(20).collect();
        let customer = visitor(&app);
        let answer = says(&app, &customer, &text).await;
        assert!(!answer.is_empty(), "{start:?} is answered");
        assert!(words(&answer).contains(part), "{start:?}: {}", words(&answer));
        let lines = heard(&app, &customer).await;
        let mine: Vec<_> = lines.iter().filter(|line| line.from == "you").collect();
        assert_eq!(mine.len(), 1, "{start:?}");
        assert_eq!(mine[0].text, stored_as(&text), "{start:?} is stored whole");
        let next = words(&says(&app, &customer, "when do you open?").await);
        assert!(next.contains('9'), "after {start:?} it goes on: {next}");
    }
    app.stop().await;
}

/// The same texts while a form asks, while a person is waited for, and while a rating is asked.
async fn every_text_is_taken_in_every_state(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (rated, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    let (waiting, _) = asks_for_a_person(&app).await;
    let asked = visitor(&app);
    says(&app, &asked, "where is my order").await;
    for customer in [&rated, &waiting, &asked] {
        let before = heard(&app, customer).await.iter().filter(|line| line.from == "you").count();
        for (n, (text, _)) in texts().into_iter().enumerate() {
            let said = Said::Text(text);
            chat::say(&app.house, customer, &n.to_string(), said, None).await.unwrap();
        }
        app.settle().await;
        let lines = heard(&app, customer).await;
        let mine = lines.iter().filter(|line| line.from == "you").count();
        assert_eq!(mine, before + texts().len());
    }
    app.stop().await;
}

async fn a_button_nobody_made_does_nothing_wrong(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (rated, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    let five = heard(&app, &rated).await.pop().unwrap().buttons[4].payload.clone();
    let stranger = visitor(&app);
    says(&app, &stranger, "when do you open?").await;
    for payload in [
        "i:nothing",
        "i:",
        "%%%",
        "",
        "\u{0}",
        "r:",
        "r:not-an-id:5",
        "cancel_request",
        "back_to_bot",
        "cancel_form",
        "none",
        "nc",
        "t:",
        &"x".repeat(10_000),
        &five,
        "i:opening_hours\u{0}",
    ] {
        says(&app, &stranger, &format!("press:{payload}")).await;
    }
    let view = board(&app, &sara).await;
    assert_eq!((view.csat.whole, view.invited), (0, 1), "a stranger's press rates nothing");
    says(&app, &rated, &format!("press:{}", five.replace(":5", ":9"))).await;
    assert_eq!(board(&app, &sara).await.csat.whole, 0, "nine is no rating");
    says(&app, &rated, &format!("press:{five}")).await;
    assert_eq!(board(&app, &sara).await.csat.whole, 1);
    app.stop().await;
}

async fn a_client_id_must_be_usable(backend: Backend) {
    let app = TestApp::start(backend).await;
    let customer = visitor(&app);
    for id in ["", &"x".repeat(65), "a\u{0}b", "a\nb"] {
        let said = Said::Text("hello".to_owned());
        let refused = chat::say(&app.house, &customer, id, said, None).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{id:?}: {refused:?}");
    }
    assert!(heard(&app, &customer).await.is_empty());
    for secret in
        ["", "short", &"x".repeat(65), &"ü".repeat(20), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;"]
    {
        assert_eq!(Visitor::from_secret(secret), None, "{secret:?}");
    }
    app.stop().await;
}

fn inbound(n: usize, content: Content) -> Received {
    let channel = ChannelName(CHANNEL.to_owned());
    let inbound = Inbound {
        channel,
        provider_id: format!("odd:{n}"),
        address: Address("odd".to_owned()),
        name: Some("Ada\u{0} \u{202e}Rossi".to_owned()),
        language: Some(Language::En),
        content,
        provider_at: None,
        origin: Origin::Real,
        segments: None,
    };
    Received {
        provider_id: inbound.provider_id.clone(),
        raw: vec![0, 255, 254],
        content: Ok(inbound),
    }
}

fn file(kind: &str, name: Option<&str>, reference: Option<&str>) -> Attachment {
    Attachment {
        kind: kind.to_owned(),
        name: name.map(str::to_owned),
        reference: reference.map(str::to_owned),
        ..Attachment::default()
    }
}

/// Nothing that a channel hands in may be refused by the records: it would come again for ever.
async fn every_kind_of_update_is_stored(backend: Backend) {
    let app = TestApp::start(backend).await;
    let channel = ChannelName(CHANNEL.to_owned());
    let odd = "bad\u{0}";
    let updates = [
        Content::Files { caption: String::new(), attachments: Vec::new() },
        Content::Files { caption: String::new(), attachments: vec![file("hologram", None, None)] },
        Content::Files { caption: odd.into(), attachments: vec![file(odd, Some(odd), Some(odd))] },
        Content::Files {
            caption: "when do you open?".into(),
            attachments: vec![file("photo", Some("../../etc/passwd"), Some("x")); 50],
        },
        Content::Unsupported { kind: odd.into() },
        Content::Unsupported { kind: String::new() },
        Content::Start { reference: Some(odd.into()) },
        Content::Edited { text: odd.into() },
        Content::Press { payload: odd.into(), label: Some(odd.into()) },
        Content::Unreachable,
    ];
    let count = updates.len();
    for (n, content) in updates.into_iter().enumerate() {
        let what = format!("{content:?}");
        let receipt = app.house.accept(&channel, inbound(n, content.clone())).await;
        assert!(matches!(receipt, Ok(Receipt::Stored)), "{what}: {receipt:?}");
        let again = app.house.accept(&channel, inbound(n, content)).await;
        assert!(matches!(again, Ok(Receipt::Duplicate)), "{what}: {again:?}");
    }
    app.settle().await;
    let processed = app.number("SELECT COUNT(*) FROM inbox WHERE status = 'processed'").await;
    assert_eq!(processed, i64::try_from(count).unwrap(), "each had its effect");
    let found = store::conversation::find(&app.house.db, &channel, &Address("odd".into())).await;
    let thread =
        store::message::last(&app.house.db, found.unwrap().unwrap().id, 100).await.unwrap();
    let hologram = thread
        .iter()
        .find(|stored| stored.message.body.attachments.iter().any(|file| file.kind == "hologram"));
    assert!(hologram.is_some(), "what is not known is kept");
    let said: Vec<_> = thread.iter().filter(|s| s.message.author == Author::Bot).collect();
    assert!(said.iter().any(|stored| stored.message.body.text.contains("received something")));
    app.stop().await;
}

async fn what_cannot_be_read_is_kept_and_seen(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let channel = ChannelName(CHANNEL.to_owned());
    let received = Received {
        provider_id: "?1".to_owned(),
        raw: b"{\"new\":\0\xff".to_vec(),
        content: Err("an update that we cannot read: \u{0}".to_owned()),
    };
    let receipt = app.house.accept(&channel, received).await;
    assert!(matches!(receipt, Ok(Receipt::Stored)), "{receipt:?}");
    let alarms = board(&app, &sara).await.alarms;
    assert!(alarms.iter().any(|alarm| alarm.kind == "unparsed" && alarm.count == 1), "{alarms:?}");
    app.stop().await;
}

/// Whatever callers call themselves and their messages, one's message is never another's repeat.
async fn ids_of_different_callers_never_meet(backend: Backend) {
    let app = TestApp::start(backend).await;
    let ask = async |sender: &str, id: &str, text: &str| {
        let body = serde_json::json!({
            "sender": sender, "message": text, "metadata": {"message_id": id, "language": "en"},
        });
        let answers = rest::ask(&app.house, body.to_string().as_bytes(), None).await.unwrap();
        answers.into_iter().map(|answer| answer.text).collect::<Vec<_>>().join(" | ")
    };
    let hours = ask("a:b", "c", "when do you open?").await;
    let shipping = ask("a", "b:c", "how much is shipping?").await;
    assert!(hours.contains('9') && shipping.contains("4.90"), "{hours} / {shipping}");
    assert_eq!(
        ask("a", "b:c", "how much is shipping?").await,
        shipping,
        "a repeat, the same answer"
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM inbox").await, 2);
    app.stop().await;
}

/// How many customers write at once, and how much each.
const CUSTOMERS: usize = 100;
const EACH: usize = 5;

const SAID: [&str; EACH] = [
    "when do you open?",
    "the item arrived broken",
    "it is AB123456",
    "hurry please",
    "is anybody there?",
];

async fn a_hundred_at_once_lose_nothing(backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut customers = JoinSet::new();
    for n in 0..CUSTOMERS {
        let (house, customer) = (app.house.clone(), visitor(&app));
        customers.spawn(async move {
            for (id, text) in SAID.iter().enumerate() {
                let id = format!("m{id}");
                let say = || {
                    let said = Said::Text((*text).to_owned());
                    chat::say(&house, &customer, &id, said, Some(Language::En))
                };
                if n % 3 == 0 {
                    let (first, second) = tokio::join!(say(), say());
                    first.and(second).expect("stored, or known");
                } else {
                    say().await.expect("stored");
                }
            }
            customer
        });
    }
    let customers = customers.join_all().await;
    app.settle().await;
    let waiting = "SELECT COUNT(*) FROM inbox WHERE status <> 'processed'";
    app.until("everything has had its effect", async || app.number(waiting).await == 0).await;
    app.settle().await;
    for customer in &customers {
        let lines = heard(&app, customer).await;
        let mine = lines.iter().filter(|line| line.from == "you").map(|line| line.text.as_str());
        assert_eq!(mine.collect::<Vec<_>>(), SAID, "each once, in order");
    }
    let gaps = "SELECT COUNT(*) FROM (SELECT conversation_id FROM message GROUP BY conversation_id \
                HAVING MIN(seq) <> 1 OR MAX(seq) <> COUNT(*)) AS broken";
    assert_eq!(app.number(gaps).await, 0, "places without gaps");
    let all = i64::try_from(CUSTOMERS * EACH).unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM message WHERE author = 'customer'").await, all);
    let tickets = store::ticket::newest(&app.house.db, 1_000).await.unwrap();
    let threads: BTreeSet<_> = tickets.iter().map(|stored| stored.ticket.conversation_id).collect();
    assert_eq!((tickets.len(), threads.len()), (CUSTOMERS, CUSTOMERS), "one ticket each");
    let snapshot = app.house.queue.snapshot(1_000, app.house.now()).await.unwrap();
    let queued: BTreeSet<_> = snapshot.waiting.iter().map(|waiting| waiting.ticket).collect();
    assert_eq!(queued, tickets.iter().map(|stored| stored.ticket.id).collect(), "all in the queue");
    assert_eq!(newest(&app).await.ticket.packet.slots["order_number"], "AB123456");
    app.stop().await;
}

on_both!(
    every_text_is_stored_and_answered,
    every_text_is_taken_in_every_state,
    a_button_nobody_made_does_nothing_wrong,
    a_client_id_must_be_usable,
    every_kind_of_update_is_stored,
    what_cannot_be_read_is_kept_and_seen,
    ids_of_different_callers_never_meet,
    a_hundred_at_once_lose_nothing,
);
