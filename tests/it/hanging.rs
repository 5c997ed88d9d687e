//! What hangs holds nobody up, and what fails is told with its names.

use std::time::{Duration, Instant};

use sportello::domain::id::TicketId;
use sportello::domain::language::Language;
use sportello::domain::time::SECOND;
use sportello::events::Hint;
use sportello::service::chat::{self, Said};
use sportello::service::clock::fresh_id;

use crate::support::cast::{asks_for_a_person, record, says, visitor};
use crate::support::{Backend, TestApp, log};

/// Redis hangs: nobody waits for it twice, and the own screens hear hints all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_hangs_slows_no_turn_down() {
    let mut app = TestApp::start(Backend::Servers).await;
    let customer = visitor(&app);
    says(&app, &customer, "when do you open?").await;
    app.clock.advance(3 * SECOND);
    app.redis().pause();
    let mut hints = app.house.bus().listen();
    let asks = async || {
        let id = fresh_id().to_string();
        let said = Said::Text("how much is shipping?".to_owned());
        let began = Instant::now();
        chat::say(&app.house, &customer, &id, said, Some(Language::En)).await.unwrap();
        began.elapsed()
    };
    let first = asks().await;
    assert!(first < Duration::from_millis(1_200), "{first:?}");
    let told = tokio::time::timeout(Duration::from_millis(100), async {
        while !matches!(hints.next().await, Some(Hint::Conversation { .. })) {}
    });
    assert!(told.await.is_ok(), "the hint went round by Redis");
    for _ in 0..3 {
        app.clock.advance(3 * SECOND);
        let later = asks().await;
        assert!(later < Duration::from_millis(400), "{later:?}");
    }
    app.redis().go_on();
    app.stop().await;
}

/// Each replica hears of the other, and of itself only once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_reach_every_replica_once() {
    let app = TestApp::start(Backend::Servers).await;
    let second = app.second().await;
    let (mut here, mut there) = (app.house.bus().listen(), second.house.bus().listen());
    let mut last = 0;
    loop {
        app.house.bus().tell(Hint::Feedback).await;
        let next = tokio::time::timeout(Duration::from_millis(50), there.next()).await;
        if next == Ok(Some(Hint::Feedback)) {
            break;
        }
    }
    // Nobody else tells of this one.
    let mark = Hint::Ticket { ticket: TicketId(uuid::Uuid::from_u128(7)), assignee: None };
    app.house.bus().tell(mark.clone()).await;
    while there.next().await != Some(mark.clone()) {}
    second.house.bus().tell(Hint::Presence).await;
    loop {
        match here.next().await {
            Some(Hint::Presence) => break,
            hint if hint == Some(mark.clone()) => last += 1,
            _ => {}
        }
    }
    assert_eq!(last, 1, "its own hint came back");
    second.stop().await;
    app.stop().await;
}

/// Whose turn failed is in the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_turn_names_its_conversation() {
    log::keep();
    let mut app = TestApp::start(Backend::Embedded).await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    let conversation = record(&app, ticket).await.ticket.conversation_id;
    app.sql("ALTER TABLE message RENAME TO gone").await;
    let said = Said::Text("are you there?".to_owned());
    let id = fresh_id().to_string();
    drop(chat::say(&app.house, &customer, &id, said, Some(Language::En)).await);
    let line = log::line_with("turn failed").expect("the failure in the log");
    for field in [
        format!("conversation.id={conversation}"),
        format!("ticket.id={ticket}"),
        "channel.name=\"webchat\"".to_owned(),
    ] {
        assert!(line.contains(&field), "{line}");
    }
    app.end().await;
}
