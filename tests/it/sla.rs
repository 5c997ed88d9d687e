//! Deadlines, silence and sessions, by the manual clock.

use crate::support::cast::{
    agent, asks_for_a_person, board, heard, lines_of, newest, next, online, read, record, replies,
    resolves, says, supervisor, takes, visitor, words,
};
use crate::support::{Backend, TestApp, on_both};
use sportello::domain::agent::Presence;
use sportello::domain::id::TicketId;
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{DAY, HOUR, MINUTE, SECOND};
use sportello::service::access::Caller;
use sportello::service::desk;
use sportello::service::view::{BoardView, ClockView};

async fn clock(app: &TestApp, reader: &Caller, ticket: TicketId, metric: &str) -> ClockView {
    let clocks = read(app, reader, ticket).await.clocks;
    clocks.into_iter().rfind(|clock| clock.metric == metric).expect("a clock")
}

/// Whether anybody must hurry: at risk, breached.
fn standing(board: &BoardView) -> (u64, u64) {
    (board.at_risk, board.breached)
}

/// Three days later everything that could fire has fired.
async fn rungs(app: &TestApp, ticket: TicketId, metric: &str) -> [usize; 4] {
    [
        lines_of(app, ticket, &format!("warning:{metric}:50")).await,
        lines_of(app, ticket, &format!("warning:{metric}:75")).await,
        lines_of(app, ticket, &format!("warning:{metric}:90")).await,
        lines_of(app, ticket, &format!("missed:{metric}")).await,
    ]
}

/// The standard policy: assignment 30 min, first response 60 min, resolution 8 h; rungs at 50, 75, 90 %.
async fn warnings_and_the_breach_come_once_each(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let targets: Vec<_> = read(&app, &sara, ticket)
        .await
        .clocks
        .into_iter()
        .map(|clock| (clock.metric, clock.target, clock.policy))
        .collect();
    let standard =
        |metric: &str, target| (metric.to_owned(), Some(target), Some("standard".to_owned()));
    assert_eq!(targets.len(), 3, "{targets:?}");
    assert!(targets.contains(&standard("assignment", 30 * MINUTE)));
    assert!(targets.contains(&standard("first_response", 60 * MINUTE)));
    assert!(targets.contains(&standard("resolution", 8 * HOUR)));

    app.pass(15 * MINUTE - 1).await;
    assert_eq!(rungs(&app, ticket, "assignment").await, [0, 0, 0, 0]);
    assert_eq!(standing(&board(&app, &sara).await), (0, 0));
    app.pass(1).await;
    assert_eq!(rungs(&app, ticket, "assignment").await, [1, 0, 0, 0]);
    assert_eq!(standing(&board(&app, &sara).await), (1, 0));
    app.pass(15 * MINUTE).await;
    assert_eq!(
        rungs(&app, ticket, "assignment").await,
        [1, 1, 1, 0],
        "at the deadline it is in time"
    );
    assert_eq!(standing(&board(&app, &sara).await), (1, 0));
    app.pass(1).await;
    assert_eq!(rungs(&app, ticket, "assignment").await, [1, 1, 1, 1]);
    assert_eq!(standing(&board(&app, &sara).await), (0, 1));
    assert_eq!(rungs(&app, ticket, "first_response").await, [1, 0, 0, 0]);

    app.pass(30 * MINUTE).await;
    assert_eq!(rungs(&app, ticket, "first_response").await, [1, 1, 1, 1]);
    app.pass(DAY).await;
    for metric in ["assignment", "first_response", "resolution"] {
        assert_eq!(rungs(&app, ticket, metric).await, [1, 1, 1, 1], "{metric}");
    }
    assert_eq!(standing(&board(&app, &sara).await), (0, 1), "one ticket, however many clocks");
    app.stop().await;
}

async fn a_reply_exactly_at_the_deadline_is_in_time(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (_, on_time) = asks_for_a_person(&app).await;
    app.pass(1).await;
    let (_, too_late) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, on_time);
    assert_eq!(takes(&app, &anna).await, too_late);
    app.clock.advance(60 * MINUTE - 1);
    desk::reply(&app.house, &anna.desk(), on_time, "Here I am.", None).await.unwrap();
    app.clock.advance(2);
    desk::reply(&app.house, &anna.desk(), too_late, "Here I am.", None).await.unwrap();
    app.settle().await;
    let met = clock(&app, &sara, on_time, "first_response").await;
    assert_eq!((met.state.as_str(), met.stopped), ("met", met.due), "equality is in time");
    let missed = clock(&app, &sara, too_late, "first_response").await;
    assert_eq!((missed.state.as_str(), missed.amount), ("missed", Some(1)));
    assert_eq!(lines_of(&app, on_time, "missed:first_response").await, 0);
    app.pass(DAY).await;
    assert_eq!(lines_of(&app, on_time, "missed:first_response").await, 0);
    app.stop().await;
}

async fn a_reply_stops_the_warnings_and_a_new_question_starts_the_next(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    app.pass(10 * MINUTE).await;
    replies(&app, &anna, ticket, "Which item is it?").await;
    assert_eq!(clock(&app, &sara, ticket, "first_response").await.state, "met");
    app.pass(2 * HOUR).await;
    assert_eq!(rungs(&app, ticket, "first_response").await, [0, 0, 0, 0]);
    says(&app, &customer, "the blue mug, and where is my refund").await;
    let waits = clock(&app, &sara, ticket, "next_response").await;
    assert_eq!((waits.state.as_str(), waits.target), ("running", Some(60 * MINUTE)));
    app.pass(30 * MINUTE).await;
    assert_eq!(rungs(&app, ticket, "next_response").await, [1, 0, 0, 0]);
    replies(&app, &anna, ticket, "It is on its way.").await;
    says(&app, &customer, "thank you so much").await;
    app.pass(2 * HOUR).await;
    assert_eq!(rungs(&app, ticket, "next_response").await, [1, 0, 0, 0], "thanks ask for nothing");
    app.stop().await;
}

async fn who_comes_back_in_time_gets_the_same_ticket_and_person(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    online(&app, &berta).await;
    let back = words(&says(&app, &customer, "where is my order").await);
    assert!(back.contains("reopened"), "{back}");
    assert_eq!(newest(&app).await.ticket.id, ticket);
    let reopened = record(&app, ticket).await.ticket;
    assert_eq!((reopened.status(), reopened.assignee()), (TicketStatus::Open, Some(anna.agent.id)));
    assert_eq!(read(&app, &anna, ticket).await.decision.unwrap().way, "returned");
    assert_eq!(lines_of(&app, ticket, "reopened").await, 1);

    resolves(&app, &anna, ticket).await;
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    says(&app, &customer, "where is my order").await;
    assert_eq!(
        record(&app, ticket).await.ticket.status(),
        TicketStatus::New,
        "nobody else is asked for"
    );
    assert_eq!(takes(&app, &berta).await, ticket, "and anybody can take it");
    app.stop().await;
}

async fn after_the_window_it_is_a_new_ticket(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Done.").await;
    resolves(&app, &anna, ticket).await;
    let window = app.house.content.book().reopen_window;
    app.pass(window).await;
    assert_eq!(
        record(&app, ticket).await.ticket.status(),
        TicketStatus::Resolved,
        "to the last moment"
    );
    app.pass(1).await;
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Closed);
    assert_eq!(lines_of(&app, ticket, "closed").await, 1);
    let back = words(&says(&app, &customer, "when do you open?").await);
    assert!(back.contains('9') && !back.contains("reopened"), "{back}");
    says(&app, &customer, "human please").await;
    let new = newest(&app).await.ticket;
    assert_ne!(new.id, ticket);
    assert_eq!(read(&app, &anna, new.id).await.earlier.len(), 1);
    app.stop().await;
}

async fn an_answered_customer_who_is_silent_is_asked_and_then_resolved(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Does it work now?").await;
    let window = app.house.content.book().auto_close;
    let asked = async || {
        let lines = heard(&app, &customer).await;
        lines.iter().filter(|line| line.text.contains("still there")).count()
    };
    app.pass(window - HOUR - 1).await;
    assert_eq!(asked().await, 0);
    app.pass(1).await;
    assert_eq!(asked().await, 1, "an hour before");
    app.pass(HOUR - 1).await;
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Open);
    app.pass(1).await;
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Resolved);
    assert_eq!((asked().await, lines_of(&app, ticket, "auto_closed").await), (1, 1));
    let last = heard(&app, &customer).await.pop().unwrap();
    assert!(last.text.contains("closing the conversation") && last.buttons.is_empty(), "{last:?}");
    app.pass(10 * DAY).await;
    assert_eq!((asked().await, lines_of(&app, ticket, "auto_closed").await), (1, 1));
    app.stop().await;
}

async fn a_word_of_the_customers_keeps_the_ticket_open(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "Does it work now?").await;
    let window = app.house.content.book().auto_close;
    app.pass(window - HOUR).await;
    says(&app, &customer, "no, it is still broken").await;
    app.pass(window + DAY).await;
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Open, "we owe an answer");
    assert_eq!(lines_of(&app, ticket, "auto_closed").await, 0);
    app.stop().await;
}

async fn silence_in_a_form_is_asked_about_once_and_closes(backend: Backend) {
    let app = TestApp::start(backend).await;
    let customer = visitor(&app);
    says(&app, &customer, "where is my order").await;
    let patience = app.house.content.book().idle_abandon;
    let count = async |words: &str| {
        heard(&app, &customer).await.iter().filter(|line| line.text.contains(words)).count()
    };
    app.pass(patience - 1).await;
    assert_eq!(count("still there").await, 0);
    app.pass(1).await;
    assert_eq!((count("still there").await, count("closing the conv").await), (1, 0));
    app.pass(HOUR - 1).await;
    assert_eq!((count("still there").await, count("closing the conv").await), (1, 0));
    app.pass(1).await;
    assert_eq!((count("still there").await, count("closing the conv").await), (1, 1));
    app.pass(10 * DAY).await;
    assert_eq!((count("still there").await, count("closing the conv").await), (1, 1));
    let anew = words(&says(&app, &customer, "when do you open?").await);
    assert!(anew.contains("automated assistant") && anew.contains('9'), "{anew}");
    app.stop().await;
}

async fn every_session_has_one_outcome(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let [thankful, quiet, lost, human, talking, looker] = [(); 6].map(|()| visitor(&app));
    says(&app, &quiet, "how much is shipping?").await;
    says(&app, &lost, "where is my order").await;
    let opened = sportello::service::chat::Said::Opened;
    sportello::service::chat::say(&app.house, &looker, "1", opened, None).await.unwrap();
    app.settle().await;
    app.pass(15 * MINUTE).await;
    app.pass(HOUR).await;
    app.pass(app.house.content.book().auto_close - HOUR - 15 * MINUTE).await;
    app.pass(HOUR).await;
    says(&app, &thankful, "when do you open?").await;
    says(&app, &thankful, "thank you").await;
    says(&app, &human, "human please").await;
    says(&app, &talking, "is shipping free").await;
    let view = board(&app, &sara).await;
    let outcome = |word: &str| view.sessions.iter().find(|(name, _)| name == word).unwrap().1;
    let outcomes = ["confirmed", "silent", "abandoned", "handed_off", "failed", "running"];
    assert_eq!(outcomes.map(outcome), [1, 1, 1, 1, 0, 1], "{:?}", view.sessions);
    assert_eq!(
        view.sessions.iter().map(|(_, n)| n).sum::<u64>(),
        5,
        "who only looks is no session"
    );
    assert_eq!((view.containment.part, view.containment.whole), (2, 4));
    app.stop().await;
}

async fn an_agent_who_vanishes_is_offline_after_the_lease(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    online(&app, &anna).await;
    app.clock.advance(59 * SECOND);
    assert_eq!(board(&app, &sara).await.online, 1);
    app.clock.advance(2 * SECOND);
    assert_eq!(board(&app, &sara).await.online, 0);
    let refused = next(&app, &anna).await;
    assert!(refused.is_err(), "{refused:?}");
    app.stop().await;
}

/// The clocks of two replicas differ, or one is set right: lines keep the order they were written in.
async fn a_clock_that_goes_back_reorders_nothing(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (sara, anna) = (supervisor(&app).await, agent(&app, "anna").await);
    let (_, ticket) = asks_for_a_person(&app).await;
    app.clock.advance(-2 * SECOND);
    takes(&app, &anna).await;
    let assignment = clock(&app, &sara, ticket, "assignment").await;
    assert_eq!((assignment.state.as_str(), assignment.elapsed), ("met", 0));
    replies(&app, &anna, ticket, "here I am").await;
    app.pass(MINUTE).await;
    resolves(&app, &anna, ticket).await;
    app.clock.advance(-2 * SECOND);
    desk::reopen(&app.house, &anna.desk(), ticket, None).await.unwrap();
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::New);
    assert_eq!(clock(&app, &sara, ticket, "resolution").await.state, "running");
    app.pass(MINUTE).await;
    app.stop().await;
}

on_both!(
    a_clock_that_goes_back_reorders_nothing,
    warnings_and_the_breach_come_once_each,
    a_reply_exactly_at_the_deadline_is_in_time,
    a_reply_stops_the_warnings_and_a_new_question_starts_the_next,
    who_comes_back_in_time_gets_the_same_ticket_and_person,
    after_the_window_it_is_a_new_ticket,
    an_answered_customer_who_is_silent_is_asked_and_then_resolved,
    a_word_of_the_customers_keeps_the_ticket_open,
    silence_in_a_form_is_asked_about_once_and_closes,
    every_session_has_one_outcome,
    an_agent_who_vanishes_is_offline_after_the_lease,
);
