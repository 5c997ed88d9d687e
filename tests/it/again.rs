//! Customers who come back: after the window, in the middle of a survey, with an old question.

use sportello::domain::agent::Role;
use sportello::domain::conversation::Owner;
use sportello::domain::ticket::{Priority, TicketStatus};
use sportello::domain::time::{MINUTE, SECOND};
use sportello::store;

use crate::support::cast::{
    agent, asks_for_a_person, board, heard, hire, newest, next, online, read, record, replies,
    resolves, says, supervisor, takes, words,
};
use crate::support::{Backend, TestApp, on_both};

/// After the window the bot has the word for good: forms go on, sessions are counted.
async fn after_the_window_the_bot_has_the_word(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (customer, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    app.pass(app.house.content.book().reopen_window + 1).await;

    let asked = words(&says(&app, &customer, "the item arrived broken").await);
    assert!(asked.contains("automated assistant") && asked.contains("order number"), "{asked}");
    let aside = words(&says(&app, &customer, "how much is shipping?").await);
    assert!(aside.contains("4.90") && aside.contains("order number"), "{aside}");
    assert!(!aside.contains("automated assistant"), "introduced once: {aside}");
    let done = words(&says(&app, &customer, "AB123456").await);
    assert!(done.contains("very sorry"), "{done}");
    assert_ne!(newest(&app).await.ticket.id, ticket);
    let sessions = board(&app, &sara).await.sessions;
    let handed = sessions.iter().find(|(word, _)| word == "handed_off").unwrap();
    assert_eq!(handed.1, 1, "the second session, of the last day: {sessions:?}");
    app.stop().await;
}

/// Something to say instead of a rating is said to a person.
async fn words_instead_of_a_rating_reopen(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    resolves(&app, &anna, ticket).await;
    let back = words(&says(&app, &customer, "it is still broken, sorry").await);
    assert!(back.contains("reopened"), "{back}");
    let stored = record(&app, ticket).await.ticket;
    assert!(stored.status().is_live(), "{stored:?}");
    let thread = read(&app, &anna, ticket).await.thread;
    assert!(thread.iter().any(|line| line.text.contains("still broken")));
    app.stop().await;
}

/// A low rating of an old question, while the ticket is worked on again, opens no second ticket.
async fn an_old_question_rated_low_presses_the_live_ticket(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    resolves(&app, &anna, ticket).await;
    let one = heard(&app, &customer).await.last().unwrap().buttons[0].payload.clone();
    says(&app, &customer, "it is still broken, sorry").await;
    let held = record(&app, ticket).await.ticket;
    assert_eq!(held.assignee(), Some(anna.agent.id), "she is here, so it came back to her");
    says(&app, &customer, &format!("press:{one}")).await;
    let pressed = record(&app, ticket).await.ticket;
    assert_eq!(newest(&app).await.ticket.id, ticket, "no second ticket");
    assert_eq!((pressed.priority, pressed.status()), (Priority::High, TicketStatus::Open));
    says(&app, &customer, "please hurry").await;
    resolves(&app, &anna, ticket).await;
    let conversation = store::conversation::get(&app.house.db, held.conversation_id).await.unwrap();
    assert_eq!(conversation.unwrap().owner, Owner::Closed);
    app.stop().await;
}

/// The wait that is told follows how fast tickets are taken, as far back as that was measured.
async fn the_wait_told_follows_the_service_rate(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 20).await;
    online(&app, &anna).await;
    let told = async || {
        let customer = crate::support::cast::visitor(&app);
        words(&says(&app, &customer, "human please").await)
    };
    let assumed = told().await;
    assert!(assumed.contains("about 2-8 minutes"), "five minutes assumed: {assumed}");
    takes(&app, &anna).await;
    for _ in 0..5 {
        app.pass(MINUTE).await;
        online(&app, &anna).await;
        asks_for_a_person(&app).await;
        takes(&app, &anna).await;
    }
    app.pass(3 * SECOND).await;
    let measured = told().await;
    assert!(measured.contains("about 1-2 minutes"), "six in five minutes: {measured}");
    app.stop().await;
}

/// An entry that the records know better is cleared away, and the next one is given.
async fn a_stale_entry_does_not_stop_the_next(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (_, first) = asks_for_a_person(&app).await;
    let stored = record(&app, first).await;
    assert_eq!(takes(&app, &berta).await, first);
    let (_, second) = asks_for_a_person(&app).await;
    app.house.queue.remove(first, None).await.unwrap();
    let stale = sportello::queue::Waiting {
        ticket: first,
        requirement: stored.ticket.requirement.clone(),
        score: stored.score,
        cost: 1,
    };
    app.house.queue.push(&stale).await.unwrap();
    online(&app, &anna).await;
    let taken = next(&app, &anna).await.unwrap().expect("the next ticket");
    assert_eq!(taken.id, second.to_string());
    assert_eq!(record(&app, first).await.ticket.assignee(), Some(berta.agent.id));
    app.stop().await;
}

on_both!(
    after_the_window_the_bot_has_the_word,
    words_instead_of_a_rating_reopen,
    an_old_question_rated_low_presses_the_live_ticket,
    the_wait_told_follows_the_service_rate,
    a_stale_entry_does_not_stop_the_next,
);
