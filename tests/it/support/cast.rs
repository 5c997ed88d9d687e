//! Who acts in the tests: customers of the web chat and people at the desk.

use std::collections::BTreeSet;

use sportello::domain::agent::{Presence, Role};
use sportello::domain::decision::Decision;
use sportello::domain::id::{RequestId, TicketId};
use sportello::domain::language::Language;
use sportello::queue::QueueError;
use sportello::service::access::Caller;
use sportello::service::chat::{self, Said, Visitor};
use sportello::service::clock::fresh_id;
use sportello::service::people::{self, NewPerson};
use sportello::service::view::{BoardView, ChatLine, TicketRow, TicketView};
use sportello::service::{ServiceError, desk, supervision};
use sportello::store::message::StoredMessage;
use sportello::store::ticket::StoredTicket;
use sportello::store::{self, Db};

use super::TestApp;

/// A person with room for three tickets, of no team in particular.
pub(crate) async fn agent(app: &TestApp, name: &str) -> Caller {
    hire(app, name, Role::Agent, &[], 3).await
}

/// A supervisor.
pub(crate) async fn supervisor(app: &TestApp) -> Caller {
    hire(app, "sara", Role::Supervisor, &[], 3).await
}

/// A person of some teams.
pub(crate) async fn hire(
    app: &TestApp,
    name: &str,
    role: Role,
    teams: &[&str],
    capacity: u32,
) -> Caller {
    let new = NewPerson {
        email: format!("{name}@shop.example"),
        name: None,
        role,
        teams: teams.iter().map(|team| (*team).to_owned()).collect(),
        languages: BTreeSet::new(),
        skills: BTreeSet::new(),
        capacity,
    };
    let agent = people::add(&app.house.db, new, "long enough", app.house.now()).await.unwrap();
    Caller { agent, csrf: None }
}

/// Comes to the desk.
pub(crate) async fn online(app: &TestApp, caller: &Caller) {
    desk::set_presence(&app.house, &caller.desk(), Presence::Online).await.unwrap();
}

/// Comes to the desk and takes the most urgent ticket.
pub(crate) async fn takes(app: &TestApp, caller: &Caller) -> TicketId {
    online(app, caller).await;
    next(app, caller).await.unwrap().expect("a ticket waits").id.parse().unwrap()
}

/// Asks for the most urgent ticket.
pub(crate) async fn next(
    app: &TestApp,
    caller: &Caller,
) -> Result<Option<TicketRow>, ServiceError> {
    desk::take_next(&app.house, &caller.desk(), RequestId(fresh_id())).await
}

/// Answers the customer.
pub(crate) async fn replies(app: &TestApp, caller: &Caller, ticket: TicketId, text: &str) {
    desk::reply(&app.house, &caller.desk(), ticket, text, None).await.unwrap();
    app.settle().await;
}

/// Ends the ticket.
pub(crate) async fn resolves(app: &TestApp, caller: &Caller, ticket: TicketId) {
    desk::resolve(&app.house, &caller.desk(), ticket, None).await.unwrap();
    app.settle().await;
}

/// A ticket as somebody reads it.
pub(crate) async fn read(app: &TestApp, caller: &Caller, ticket: TicketId) -> TicketView {
    desk::ticket(&app.house, caller, ticket, Language::En).await.unwrap()
}

/// The board.
pub(crate) async fn board(app: &TestApp, supervisor: &Caller) -> BoardView {
    supervision::board(&app.house, &supervisor.board().unwrap()).await.unwrap()
}

/// A new visitor of the web chat.
pub(crate) fn visitor(app: &TestApp) -> Visitor {
    chat::new_visitor(&app.house).unwrap()
}

/// Writes, or presses what follows `press:`; what was answered.
pub(crate) async fn says(app: &TestApp, visitor: &Visitor, text: &str) -> Vec<ChatLine> {
    let before = heard(app, visitor).await.last().map_or(0, |line| line.seq);
    let id = fresh_id().to_string();
    let said = match text.strip_prefix("press:") {
        Some(payload) => Said::Press { payload: payload.to_owned(), label: String::new() },
        None => Said::Text(text.to_owned()),
    };
    chat::say(&app.house, visitor, &id, said, Some(Language::En)).await.unwrap();
    app.settle().await;
    let mut lines = chat::lines(&app.house, visitor, before).await.unwrap();
    lines.retain(|line| line.from != "you");
    lines
}

/// Everything that the visitor sees.
pub(crate) async fn heard(app: &TestApp, visitor: &Visitor) -> Vec<ChatLine> {
    chat::lines(&app.house, visitor, 0).await.unwrap()
}

/// The words of some lines.
pub(crate) fn words(lines: &[ChatLine]) -> String {
    lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>().join(" | ")
}

/// A visitor whose request waits for a person, and its ticket.
pub(crate) async fn asks_for_a_person(app: &TestApp) -> (Visitor, TicketId) {
    let visitor = visitor(app);
    says(app, &visitor, "human please").await;
    (visitor, newest(app).await.ticket.id)
}

/// The ticket opened last.
pub(crate) async fn newest(app: &TestApp) -> StoredTicket {
    store::ticket::newest(&app.house.db, 1).await.unwrap().pop().expect("a ticket")
}

/// A ticket's record.
pub(crate) async fn record(app: &TestApp, ticket: TicketId) -> StoredTicket {
    store::ticket::get(&app.house.db, ticket).await.unwrap().expect("the ticket")
}

/// Everything of a ticket's thread, internal lines too.
pub(crate) async fn thread(app: &TestApp, ticket: TicketId) -> Vec<StoredMessage> {
    let conversation = record(app, ticket).await.ticket.conversation_id;
    store::message::last(&app.house.db, conversation, 1_000).await.unwrap()
}

/// How often the thread holds a line whose text begins so.
pub(crate) async fn lines_of(app: &TestApp, ticket: TicketId, begins: &str) -> usize {
    let thread = thread(app, ticket).await;
    thread.iter().filter(|stored| stored.message.body.text.starts_with(begins)).count()
}

/// The record of a ticket's last assignment.
pub(crate) async fn last_decision(db: &Db, ticket: TicketId) -> Option<Decision> {
    let sealed = store::decision::of_ticket(db, ticket, 1).await.unwrap().pop()?;
    Some(sealed.decision.expect("a record of now can be read"))
}

/// What an agent holds and is offered, by the queue's word; a queue that is just being filled is waited
/// for.
pub(crate) async fn load(app: &TestApp, caller: &Caller) -> u32 {
    loop {
        match app.house.queue.snapshot(0, app.house.now()).await {
            Ok(seen) => {
                let state = seen.agents.iter().find(|state| state.agent == caller.agent.id);
                return state.map_or(0, |state| state.load);
            }
            Err(QueueError::Stale) => {
                let stands =
                    async || app.house.queue.generation().await.is_ok_and(|it| it.is_some());
                app.until("the queue stands again", stands).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}
