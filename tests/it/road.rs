//! The whole road inside one process: a question, a form, a hand-off, an agent, a rating, the board.

use std::collections::BTreeSet;

use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::{RequestId, TicketId};
use sportello::domain::language::Language;
use sportello::domain::time::MINUTE;
use sportello::service::access::Caller;
use sportello::service::chat::{self, Said, Visitor};
use sportello::service::clock::fresh_id;
use sportello::service::people::{self, NewPerson};
use sportello::service::view::{ChatLine, Tab};
use sportello::service::{desk, supervision};

use crate::support::{Backend, TestApp, on_both};

async fn agent(app: &TestApp, email: &str, role: Role) -> Caller {
    let new = NewPerson {
        email: email.to_owned(),
        name: None,
        role,
        teams: BTreeSet::new(),
        languages: BTreeSet::new(),
        skills: BTreeSet::new(),
        capacity: 3,
    };
    let agent = people::add(&app.house.db, new, "long enough", app.house.now()).await.unwrap();
    Caller { agent, csrf: None }
}

async fn says(app: &TestApp, visitor: &Visitor, text: &str) -> Vec<ChatLine> {
    let before = chat::lines(&app.house, visitor, 0).await.unwrap().len();
    let id = fresh_id().to_string();
    let said = match text.strip_prefix("press:") {
        Some(payload) => Said::Press { payload: payload.to_owned(), label: String::new() },
        None => Said::Text(text.to_owned()),
    };
    chat::say(&app.house, visitor, &id, said, Some(Language::En)).await.unwrap();
    app.settle().await;
    chat::lines(&app.house, visitor, 0).await.unwrap().split_off(before + 1)
}

fn text(lines: &[ChatLine]) -> String {
    lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>().join(" | ")
}

async fn the_whole_road(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna@shop.example", Role::Agent).await;
    let sara = agent(&app, "sara@shop.example", Role::Supervisor).await;
    let visitor = chat::new_visitor(&app.house).unwrap();

    let answer = text(&says(&app, &visitor, "when do you open?").await);
    assert!(answer.contains("automated assistant") && answer.contains('9'), "{answer}");

    let asked = text(&says(&app, &visitor, "the item arrived broken").await);
    assert!(asked.contains("order number"), "{asked}");
    let escalated = text(&says(&app, &visitor, "it is AB123456").await);
    assert!(escalated.contains("very sorry"), "{escalated}");

    desk::set_presence(&app.house, &anna.desk(), Presence::Online).await.unwrap();
    app.pass(2 * MINUTE).await;
    desk::set_presence(&app.house, &anna.desk(), Presence::Online).await.unwrap();
    let taken = desk::take_next(&app.house, &anna.desk(), RequestId(fresh_id())).await.unwrap();
    let taken = taken.expect("a ticket waits");
    assert_eq!((taken.priority.as_str(), taken.status.as_str()), ("high", "open"));
    let ticket: TicketId = taken.id.parse().unwrap();
    let view = desk::ticket(&app.house, &anna, ticket, Language::En).await.unwrap();
    assert!(
        view.slots.contains(&("order_number".to_owned(), "AB123456".to_owned())),
        "{:?}",
        view.slots
    );
    assert!(view.mine && view.decision.is_some(), "{view:?}");

    desk::reply(&app.house, &anna.desk(), ticket, "A new one is on its way.", None).await.unwrap();
    let seen = chat::lines(&app.house, &visitor, 0).await.unwrap();
    assert!(seen.iter().any(|line| line.from == "agent" && line.text.contains("on its way")));
    says(&app, &visitor, "thank you so much").await;
    desk::resolve(&app.house, &anna.desk(), ticket, None).await.unwrap();
    let lines = chat::lines(&app.house, &visitor, 0).await.unwrap();
    let ask = lines.last().expect("a question");
    assert_eq!(ask.buttons.len(), 5, "{ask:?}");
    let five = ask.buttons[4].payload.clone();
    let thanks = text(&says(&app, &visitor, &format!("press:{five}")).await);
    assert!(!thanks.is_empty(), "{thanks}");
    says(&app, &visitor, "Anna was kind").await;

    let board = supervision::board(&app.house, &sara.board().unwrap()).await.unwrap();
    assert_eq!((board.waiting, board.csat.part, board.csat.whole, board.invited), (0, 1, 1, 1));
    assert_eq!(board.first_response_p50, Some(2 * MINUTE));
    assert_eq!((board.online, board.busy), (1, 0));
    assert!(board.sla.whole >= 2 && board.sla.part == board.sla.whole, "{:?}", board.sla);
    let handed = board.sessions.iter().find(|(word, _)| word == "handed_off").unwrap();
    assert_eq!(handed.1, 1, "{:?}", board.sessions);
    let overview = desk::overview(&app.house, &anna.desk(), Tab::Resolved, None).await.unwrap();
    assert_eq!(overview.rows.len(), 1);
    app.stop().await;
}

async fn an_unhappy_customer_comes_back_to_a_human(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna@shop.example", Role::Agent).await;
    let visitor = chat::new_visitor(&app.house).unwrap();
    says(&app, &visitor, "voglio parlare con un operatore").await;
    desk::set_presence(&app.house, &anna.desk(), Presence::Online).await.unwrap();
    let taken = desk::take_next(&app.house, &anna.desk(), RequestId(fresh_id())).await.unwrap();
    let first: TicketId = taken.expect("a ticket waits").id.parse().unwrap();
    desk::resolve(&app.house, &anna.desk(), first, None).await.unwrap();
    let lines = chat::lines(&app.house, &visitor, 0).await.unwrap();
    let one = lines.last().unwrap().buttons[0].payload.clone();
    says(&app, &visitor, &format!("press:{one}")).await;
    says(&app, &visitor, "nessuno mi ha risposto").await;
    says(&app, &visitor, &format!("press:{one}")).await;
    let next = desk::take_next(&app.house, &anna.desk(), RequestId(fresh_id())).await.unwrap();
    let recovery: TicketId = next.expect("a recovery ticket").id.parse().unwrap();
    let view = desk::ticket(&app.house, &anna, recovery, Language::It).await.unwrap();
    assert_eq!(view.parent, Some(first.to_string()));
    assert_eq!(view.reason, "recovery");
    assert!(view.summary.contains("nessuno mi ha risposto"), "{}", view.summary);
    assert_eq!(view.rating, Some((1, Some("nessuno mi ha risposto".to_owned()))));
    let none = desk::take_next(&app.house, &anna.desk(), RequestId(fresh_id())).await.unwrap();
    assert!(none.is_none(), "one rating per invitation, one recovery: {none:?}");
    app.stop().await;
}

on_both!(the_whole_road, an_unhappy_customer_comes_back_to_a_human);
