//! Agents among themselves: races, capacity, transfers, and what is not theirs.

use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::{RequestId, TicketId};
use sportello::domain::language::Language;
use sportello::domain::ticket::TicketStatus;
use sportello::service::ServiceError;
use sportello::service::access::Caller;
use sportello::service::clock::fresh_id;
use sportello::service::desk::{self, Receiver};
use sportello::service::view::{Tab, TicketRow};

use crate::support::cast::{
    agent, asks_for_a_person, board, heard, hire, lines_of, newest, next, online, read, record,
    replies, resolves, says, supervisor, takes, visitor, words,
};
use crate::support::{Backend, TestApp, on_both};

async fn take(app: &TestApp, caller: &Caller, ticket: TicketId) -> Result<TicketRow, ServiceError> {
    desk::take_this(&app.house, &caller.desk(), ticket).await
}

async fn nobody_is_given_more_than_they_can_hold(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 2).await;
    online(&app, &anna).await;
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(asks_for_a_person(&app).await.1);
    }
    let at_once = futures::future::join_all((0..5).map(|_| next(&app, &anna))).await;
    let got = at_once.iter().filter(|row| matches!(row, Ok(Some(_)))).count();
    let full =
        at_once.iter().filter(|row| matches!(row, Err(ServiceError::Conflict { .. }))).count();
    assert_eq!((got, full), (2, 3), "{at_once:?}");
    let refused = take(&app, &anna, tickets[4]).await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("capacity"), "{text}");
    resolves(&app, &anna, tickets[0]).await;
    assert_eq!(takes(&app, &anna).await, tickets[2], "room again, and in order");
    app.stop().await;
}

async fn who_is_not_online_gets_nothing(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (_, ticket) = asks_for_a_person(&app).await;
    for presence in [Presence::Offline, Presence::Away] {
        desk::set_presence(&app.house, &anna.desk(), presence).await.unwrap();
        let text = next(&app, &anna).await.unwrap_err().to_string();
        assert!(text.contains("not online"), "{text}");
        assert!(take(&app, &anna, ticket).await.unwrap_err().to_string().contains("not online"));
    }
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::New);
    app.stop().await;
}

async fn a_ticket_goes_to_a_colleague_who_is_here(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let to_berta = Receiver::Agent(berta.agent.id);
    let refused =
        desk::transfer(&app.house, &anna.desk(), ticket, to_berta.clone(), "please").await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("berta is not online"), "{text}");
    assert_eq!(
        record(&app, ticket).await.ticket.assignee(),
        Some(anna.agent.id),
        "nothing changed"
    );
    assert_eq!(lines_of(&app, ticket, "please").await, 0);

    online(&app, &berta).await;
    desk::transfer(&app.house, &anna.desk(), ticket, to_berta.clone(), "knows mugs").await.unwrap();
    app.settle().await;
    let moved = record(&app, ticket).await.ticket;
    assert_eq!((moved.status(), moved.assignee()), (TicketStatus::Open, Some(berta.agent.id)));
    let view = read(&app, &berta, ticket).await;
    assert_eq!(view.decision.unwrap().way, "transferred");
    assert!(view.thread.iter().any(|line| line.kind == "note" && line.text == "knows mugs"));
    let late = desk::reply(&app.house, &anna.desk(), ticket, "wait", None).await;
    assert!(
        matches!(late, Err(ServiceError::Conflict { winner: Some(name), .. }) if name == "berta")
    );
    let again = desk::transfer(&app.house, &anna.desk(), ticket, to_berta, "").await;
    assert!(matches!(again, Err(ServiceError::Conflict { .. })), "{again:?}");
    replies(&app, &berta, ticket, "Hello from Berta.").await;
    assert!(words(&heard(&app, &customer).await).contains("Hello from Berta."));
    let loads: Vec<_> = board(&app, &supervisor(&app).await).await.agents;
    let load = |name: &str| loads.iter().find(|agent| agent.name == name).unwrap().load;
    assert_eq!((load("anna"), load("berta")), (0, 1));
    app.stop().await;
}

async fn a_colleague_without_room_is_given_nothing(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let berta = hire(&app, "berta", Role::Agent, &[], 1).await;
    let (_, first) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &berta).await, first);
    let (_, second) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, second);
    let to_berta = || Receiver::Agent(berta.agent.id);
    let refused = desk::transfer(&app.house, &anna.desk(), second, to_berta(), "").await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("no room"), "{text}");
    assert_eq!(record(&app, second).await.ticket.assignee(), Some(anna.agent.id));
    resolves(&app, &berta, first).await;
    desk::transfer(&app.house, &anna.desk(), second, to_berta(), "").await.unwrap();
    app.settle().await;
    assert_eq!(record(&app, second).await.ticket.assignee(), Some(berta.agent.id));
    app.stop().await;
}

async fn a_ticket_goes_to_a_team(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let orders = hire(&app, "olga", Role::Agent, &["ordini"], 3).await;
    let returns = hire(&app, "rita", Role::Agent, &["resi"], 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let nowhere = Receiver::Team("nessuno".to_owned());
    let unknown = desk::transfer(&app.house, &anna.desk(), ticket, nowhere, "").await;
    assert!(matches!(unknown, Err(ServiceError::NotFound(_))), "{unknown:?}");
    let team = Receiver::Team("ordini".to_owned());
    desk::transfer(&app.house, &anna.desk(), ticket, team, "an order").await.unwrap();
    app.settle().await;
    online(&app, &returns).await;
    assert!(next(&app, &returns).await.unwrap().is_none(), "not of the team");
    let forbidden = take(&app, &returns, ticket).await;
    assert!(matches!(forbidden, Err(ServiceError::Forbidden(_))), "{forbidden:?}");
    assert_eq!(takes(&app, &orders).await, ticket);
    app.stop().await;
}

async fn a_ticket_of_another_team_is_not_seen(backend: Backend) {
    let app = TestApp::start(backend).await;
    let orders = hire(&app, "olga", Role::Agent, &["ordini"], 3).await;
    let returns = hire(&app, "rita", Role::Agent, &["resi"], 3).await;
    let sara = supervisor(&app).await;
    let customer = visitor(&app);
    says(&app, &customer, "the item arrived broken").await;
    says(&app, &customer, "it is AB123456").await;
    let ticket = newest(&app).await.ticket;
    assert_eq!(ticket.requirement.team.as_deref(), Some("ordini"));
    let ticket = ticket.id;
    let hidden = desk::ticket(&app.house, &returns, ticket, Language::En).await;
    assert!(matches!(hidden, Err(ServiceError::NotFound(_))), "{hidden:?}");
    let note = desk::note(&app.house, &returns.desk(), ticket, "peek", None).await;
    assert!(matches!(note, Err(ServiceError::NotFound(_))), "{note:?}");
    for tab in Tab::ALL {
        let list = desk::overview(&app.house, &returns.desk(), tab, None).await.unwrap();
        assert!(list.rows.is_empty(), "{tab:?}");
    }
    assert!(desk::tickets(&app.house, &returns, None, 50).await.unwrap().is_empty());
    assert_eq!(desk::tickets(&app.house, &orders, Some("new"), 50).await.unwrap().len(), 1);
    assert_eq!(read(&app, &sara, ticket).await.row.team.as_deref(), Some("ordini"));
    let list = desk::overview(&app.house, &orders.desk(), Tab::Waiting, None).await.unwrap();
    assert_eq!(list.rows.len(), 1);
    assert_eq!(takes(&app, &orders).await, ticket);
    app.stop().await;
}

async fn a_note_stays_inside(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let request = Some(RequestId(fresh_id()));
    for _ in 0..2 {
        desk::note(&app.house, &berta.desk(), ticket, "knows the owner", request).await.unwrap();
    }
    assert!(!words(&heard(&app, &customer).await).contains("knows the owner"));
    let view = read(&app, &anna, ticket).await;
    let notes: Vec<_> = view.thread.iter().filter(|line| line.kind == "note").collect();
    assert_eq!(notes.len(), 1, "the same request once");
    assert_eq!(notes[0].name.as_deref(), Some("berta"));
    let first = view.clocks.iter().find(|clock| clock.metric == "first_response").unwrap();
    assert_eq!(first.state, "running", "a note is no answer");
    app.stop().await;
}

async fn a_reply_counts_once_and_only_from_the_holder(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    let (customer, ticket) = asks_for_a_person(&app).await;
    let early = desk::reply(&app.house, &anna.desk(), ticket, "Hello", None).await;
    assert!(early.unwrap_err().to_string().contains("take the ticket first"));
    assert_eq!(takes(&app, &anna).await, ticket);
    let request = Some(RequestId(fresh_id()));
    let desk_of_anna = anna.desk();
    let reply = || desk::reply(&app.house, &desk_of_anna, ticket, "Hello", request);
    let (a, b) = tokio::join!(reply(), reply());
    assert!(a.is_ok() && b.is_ok() && reply().await.is_ok());
    let lines = heard(&app, &customer).await;
    assert_eq!(lines.iter().filter(|line| line.text == "Hello").count(), 1);

    for refused in [
        desk::reply(&app.house, &berta.desk(), ticket, "Hi", None).await,
        desk::resolve(&app.house, &berta.desk(), ticket, None).await,
        desk::transfer(&app.house, &berta.desk(), ticket, Receiver::Team("ordini".into()), "")
            .await,
    ] {
        assert!(
            matches!(&refused, Err(ServiceError::Conflict { winner: Some(name), .. }) if name == "anna"),
            "{refused:?}"
        );
    }
    assert_eq!(record(&app, ticket).await.ticket.status(), TicketStatus::Open);
    resolves(&app, &anna, ticket).await;
    let late = desk::reply(&app.house, &anna.desk(), ticket, "One more thing", None).await;
    assert!(matches!(late, Err(ServiceError::Conflict { .. })), "{late:?}");
    let twice = desk::resolve(&app.house, &anna.desk(), ticket, None).await;
    assert!(matches!(twice, Err(ServiceError::Conflict { .. })), "{twice:?}");
    app.stop().await;
}

async fn a_reply_must_say_something_and_not_too_much(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let before = heard(&app, &customer).await.len();
    for text in ["", "  \n\t ", "\u{0}\u{7}", &"è".repeat(4_097)] {
        let refused = desk::reply(&app.house, &anna.desk(), ticket, text, None).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{refused:?}");
        let refused = desk::note(&app.house, &anna.desk(), ticket, text, None).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(heard(&app, &customer).await.len(), before);
    replies(&app, &anna, ticket, &"è".repeat(4_096)).await;
    replies(&app, &anna, ticket, "a\u{0}b\r\nc").await;
    let lines = heard(&app, &customer).await;
    assert_eq!(lines.len(), before + 2);
    assert_eq!(lines.last().unwrap().text, "ab\nc");
    app.stop().await;
}

on_both!(
    nobody_is_given_more_than_they_can_hold,
    who_is_not_online_gets_nothing,
    a_ticket_goes_to_a_colleague_who_is_here,
    a_colleague_without_room_is_given_nothing,
    a_ticket_goes_to_a_team,
    a_ticket_of_another_team_is_not_seen,
    a_note_stays_inside,
    a_reply_counts_once_and_only_from_the_holder,
    a_reply_must_say_something_and_not_too_much,
);
