//! Supervisors assign, agents hand back to the bot, and of two who race for a ticket one has it.

use serde_json::json;
use sportello::config::{Config, RoutingMode};
use sportello::domain::agent::Role;
use sportello::domain::conversation::Owner;
use sportello::domain::decision::Way;
use sportello::domain::id::TicketId;
use sportello::domain::ticket::TicketStatus;
use sportello::service::access::Caller;
use sportello::service::desk::{self, Receiver};
use sportello::store;

use crate::support::call::Line;
use crate::support::cast::{
    agent, asks_for_a_person, heard, hire, last_decision, lines_of, load, next, online, read,
    record, replies, says, supervisor, takes, words,
};
use crate::support::{Backend, TestApp, on_both};

/// How often two people race by hand: `SPORTELLO_RACES=10000`.
const RACES: usize = 300;

async fn holder(app: &TestApp, ticket: TicketId) -> Option<String> {
    let assignee = record(app, ticket).await.ticket.assignee()?;
    Some(store::agent::get(&app.house.db, assignee).await.unwrap().unwrap().name)
}

async fn a_supervisor_assigns_also_beyond_capacity_and_out_of_hands(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (hire(&app, "anna", Role::Agent, &[], 1).await, supervisor(&app).await);
    let berta = agent(&app, "berta").await;
    online(&app, &anna).await;
    let (line, plain) = (Line::of(&app, &sara).await, Line::of(&app, &anna).await);
    let (_, first) = asks_for_a_person(&app).await;
    let (_, second) = asks_for_a_person(&app).await;
    let path = |ticket: TicketId| format!("/api/v1/tickets/{ticket}/assign");
    let to_anna = json!({"agent": "Anna@shop.example"});

    let refused = plain.post(&path(first), &to_anna).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    let given = line.post(&path(first), &to_anna).await;
    assert_eq!((given.status, given.json()["assignee"].as_str()), (200, Some("anna")));
    let given = line.post_as("k1", &path(second), &json!({"agent": anna.agent.id})).await;
    assert_eq!(given.json()["assignee"], "anna", "beyond the capacity: {given:?}");
    let again = line.post_as("k1", &path(second), &json!({"agent": anna.agent.id})).await;
    assert_eq!(again.status, 200);
    assert_eq!(lines_of(&app, second, "assigned:").await, 1, "a repetition changes nothing");
    assert_eq!(lines_of(&app, second, "beyond:2:1").await, 1);
    assert_eq!(lines_of(&app, first, "beyond:").await, 0);
    assert_eq!(load(&app, &anna).await, 2);
    assert!(next(&app, &anna).await.is_err() || next(&app, &anna).await.unwrap().is_none());
    let decision = last_decision(&app.house.db, second).await.unwrap();
    assert_eq!((decision.way, decision.load, decision.capacity), (Way::Assigned, 1, 1));

    let moved = line.post(&path(first), &json!({"agent": "berta@shop.example"})).await;
    assert_eq!(moved.json()["assignee"], "berta", "out of anna's hands: {moved:?}");
    app.settle().await;
    assert_eq!((load(&app, &anna).await, load(&app, &berta).await), (1, 1));
    assert_eq!(lines_of(&app, first, "unfit_absent:berta").await, 1, "she is not online");
    assert_eq!(lines_of(&app, first, "taken:").await, 0, "nobody took it");
    let late = desk::reply(&app.house, &anna.desk(), first, "hello", None).await;
    assert!(late.is_err(), "it is no longer anna's");
    replies(&app, &berta, first, "hello").await;
    let told = read(&app, &sara, second).await.thread;
    assert!(told.iter().any(|line| line.text == "Beyond the capacity: load 2 of 1"));
    app.stop().await;
}

/// Two supervisors at once, while somebody takes it: one word counts, and the books agree.
async fn of_several_who_assign_one_has_the_last_word(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (hire(&app, "anna", Role::Agent, &[], 100).await, supervisor(&app).await);
    let (berta, carla) =
        (hire(&app, "berta", Role::Agent, &[], 100).await, agent(&app, "carla").await);
    for person in [&anna, &berta, &carla] {
        online(&app, person).await;
    }
    for round in 0..20 {
        let (_, ticket) = asks_for_a_person(&app).await;
        if round % 2 == 0 {
            desk::take_this(&app.house, &carla.desk(), ticket).await.unwrap();
        }
        let to = |person: &Caller| Receiver::Agent(person.agent.id);
        let (first, second, by) = (to(&anna), to(&berta), sara.desk());
        let (one, two, ()) = tokio::join!(
            desk::assign(&app.house, &by, ticket, first, None),
            desk::assign(&app.house, &by, ticket, second, None),
            async {
                if round % 2 == 1 {
                    drop(desk::take_this(&app.house, &carla.desk(), ticket).await);
                }
            }
        );
        assert!(one.is_ok() || two.is_ok(), "round {round}: {one:?} {two:?}");
        app.settle().await;
        let holder = holder(&app, ticket).await;
        let loads = (load(&app, &anna).await, load(&app, &berta).await, load(&app, &carla).await);
        match holder.as_deref() {
            Some("anna") => assert_eq!(loads, (1, 0, 0), "round {round}"),
            Some("berta") => assert_eq!(loads, (0, 1, 0), "round {round}"),
            other => panic!("round {round}: {other:?}"),
        }
        desk::resolve(&app.house, &sara.desk(), ticket, None).await.unwrap();
        app.settle().await;
    }
    app.stop().await;
}

async fn what_cannot_be_assigned_is_refused_in_words(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (sara, anna) = (supervisor(&app).await, agent(&app, "anna").await);
    let line = Line::of(&app, &sara).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    let path = format!("/api/v1/tickets/{ticket}/assign");
    for (body, status, told) in [
        (json!({}), 422, "name either an agent (by id or e-mail) or a team"),
        (json!({"agent": "anna@shop.example", "team": "x"}), 422, "name either"),
        (json!({"agent": "nobody@shop.example"}), 404, "the agent was not found"),
        (json!({"agent": ticket.to_string()}), 404, "the agent was not found"),
        (json!({"team": "nobody"}), 404, "the team was not found"),
        (json!({"agnet": "anna"}), 400, "unknown field"),
    ] {
        let answer = line.post(&path, &body).await;
        assert!(answer.status == status && answer.body.contains(told), "{body}: {answer:?}");
    }
    let unknown = format!("/api/v1/tickets/{}/assign", anna.agent.id);
    let answer = line.post(&unknown, &json!({"agent": "anna@shop.example"})).await;
    assert_eq!(answer.status, 404);
    let taken = takes(&app, &anna).await;
    desk::resolve(&app.house, &anna.desk(), taken, None).await.unwrap();
    let answer = line.post(&path, &json!({"agent": "anna@shop.example"})).await;
    assert!(answer.status == 409 && answer.body.contains("reopen it first"), "{answer:?}");
    assert_eq!(holder(&app, ticket).await, None);
    app.stop().await;
}

async fn a_team_gets_what_is_assigned_to_it(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let anna = hire(&app, "anna", Role::Agent, &["one"], 3).await;
    let berta = hire(&app, "berta", Role::Agent, &["two"], 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let line = Line::of(&app, &sara).await;
    let given =
        line.form(&format!("/desk/tickets/{ticket}/assign"), "to=team%3Atwo&request=r1").await;
    assert_eq!(given.status, 200, "{given:?}");
    app.settle().await;
    online(&app, &anna).await;
    assert!(next(&app, &anna).await.unwrap().is_none(), "it is of another team now");
    assert_eq!(takes(&app, &berta).await, ticket);
    assert_eq!(load(&app, &anna).await, 0);
    let outside = line
        .form(&format!("/desk/tickets/{ticket}/assign"), &format!("to=agent%3A{}", anna.agent.id))
        .await;
    assert_eq!(outside.status, 200, "{outside:?}");
    assert_eq!(holder(&app, ticket).await.as_deref(), Some("anna"));
    assert_eq!(lines_of(&app, ticket, "unfit_team:anna").await, 1);
    app.stop().await;
}

async fn the_desk_offers_what_its_reader_may_do(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let path = format!("/desk/tickets/{ticket}");
    let (annas, saras) = (Line::of(&app, &anna).await, Line::of(&app, &sara).await);
    let form = format!("{path}/assign");
    for (language, words) in [
        ("it", ["Assegna a…", "Restituisci all’assistente", "Fine turno"]),
        ("en", ["Assign to…", "Back to the assistant", "End shift"]),
    ] {
        let (hers, page) =
            (annas.get_in(language, &path).await, saras.get_in(language, &path).await);
        assert!(page.body.contains(words[0]) && page.body.contains(&form), "{}", page.body);
        assert!(page.body.contains(&format!("agent:{}", anna.agent.id)), "whom to assign it to");
        assert!(hers.body.contains(words[1]) && hers.body.contains(words[2]), "{}", hers.body);
        assert!(!hers.body.contains(words[0]), "a plain agent assigns nothing");
    }
    assert_eq!(annas.form(&form, "to=team%3Aordini").await.status, 403);
    app.stop().await;
}

fn push(config: &mut Config) {
    config.routing.mode = RoutingMode::Push;
    config.queue.presence_seconds = 36_000;
}

async fn asked(app: &TestApp, caller: &Caller, ticket: TicketId) {
    app.until("asked", async || {
        let offers = desk::offers(&app.house, &caller.desk()).await.unwrap();
        offers.iter().any(|offer| offer.ticket.id == ticket.to_string())
    })
    .await;
}

async fn what_somebody_is_asked_to_take_can_be_assigned(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1).await;
    online(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    asked(&app, &anna, ticket).await;
    let (berta, sara) = (agent(&app, "berta").await, supervisor(&app).await);
    let line = Line::of(&app, &sara).await;
    let path = format!("/api/v1/tickets/{ticket}/assign");
    let given = line.post(&path, &json!({"agent": berta.agent.id})).await;
    assert_eq!(given.json()["assignee"], "berta", "{given:?}");
    assert!(desk::accept(&app.house, &anna.desk(), ticket).await.is_err());
    app.settle().await;
    assert_eq!(load(&app, &anna).await, 0, "she is asked for nothing more");
    app.stop().await;
}

async fn taking_the_next_accepts_the_open_offer(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1).await;
    online(&app, &anna).await;
    let (_, first) = asks_for_a_person(&app).await;
    asked(&app, &anna, first).await;
    let (_, second) = asks_for_a_person(&app).await;
    let line = Line::of(&app, &anna).await;
    let page = line.get("/desk").await.body;
    assert!(!page.contains("You are at capacity"), "the offer must not stand in her way");
    let taken = line.post_as("n1", "/api/v1/desk/next", &json!({})).await;
    assert_eq!((taken.status, taken.json()["id"].clone()), (200, json!(first)), "not the second");
    let again = line.post_as("n1", "/api/v1/desk/next", &json!({})).await;
    assert_eq!(again.json()["id"], json!(first), "a repetition gets the same answer");
    let decision = last_decision(&app.house.db, first).await.unwrap();
    assert_eq!(decision.way, Way::Offer);
    assert_eq!((load(&app, &anna).await, record(&app, second).await.ticket.assignee()), (1, None));
    app.stop().await;
}

async fn an_open_offer_does_not_keep_from_taking_another(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1).await;
    online(&app, &anna).await;
    let (_, first) = asks_for_a_person(&app).await;
    asked(&app, &anna, first).await;
    let (_, second) = asks_for_a_person(&app).await;
    let taken = desk::take_this(&app.house, &anna.desk(), second).await.unwrap();
    assert_eq!(taken.assignee.as_deref(), Some("anna"));
    assert!(desk::offers(&app.house, &anna.desk()).await.unwrap().is_empty());
    assert_eq!((load(&app, &anna).await, record(&app, first).await.ticket.assignee()), (1, None));
    app.stop().await;
}

async fn handed_back_the_bot_has_the_word(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    let line = Line::of(&app, &anna).await;
    let path = format!("/api/v1/tickets/{ticket}/bot");
    assert_eq!(line.post(&path, &json!({})).await.status, 409, "it is not hers yet");
    assert_eq!(takes(&app, &anna).await, ticket);
    replies(&app, &anna, ticket, "the assistant can tell you").await;
    let page = line.get(&format!("/desk/tickets/{ticket}")).await.body;
    assert!(page.contains("Back to the assistant") && !page.contains("Assign to"), "{page}");
    assert_eq!(line.post_as("b1", &path, &json!({})).await.status, 204);
    assert_eq!(line.post_as("b1", &path, &json!({})).await.status, 204, "again");
    app.settle().await;
    let told = words(&heard(&app, &customer).await);
    assert!(
        told.ends_with("You are back with the automated assistant. How can I help you?"),
        "{told}"
    );
    assert!(!told.contains("How would you rate"), "{told}");
    let stored = record(&app, ticket).await;
    assert_eq!(stored.ticket.status(), TicketStatus::Resolved);
    let conversation = stored.ticket.conversation_id;
    let conversation =
        store::conversation::get(&app.house.db, conversation).await.unwrap().unwrap();
    assert_eq!((conversation.owner, conversation.ticket_id), (Owner::Bot, None));
    assert_eq!((load(&app, &anna).await, lines_of(&app, ticket, "handed_back:anna").await), (0, 1));
    let answered = words(&says(&app, &customer, "opening hours").await);
    assert!(!answered.is_empty(), "the bot answers");
    says(&app, &customer, "human please").await;
    let newest = store::ticket::newest(&app.house.db, 1).await.unwrap().pop().unwrap().ticket;
    assert_ne!(newest.id, ticket, "another request is another ticket");
    app.stop().await;
}

fn races() -> usize {
    let given = std::env::var("SPORTELLO_RACES").ok();
    given.and_then(|number| number.parse().ok()).unwrap_or(RACES)
}

async fn of_two_who_race_by_desk_and_interface_one_wins(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1_000).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 1_000).await;
    let (desks, api) = (Line::of(&app, &anna).await, Line::of(&app, &berta).await);
    let (mut wins, rounds) = ([0_usize; 2], races());
    for round in 0..rounds {
        online(&app, &anna).await;
        online(&app, &berta).await;
        let (_, ticket) = asks_for_a_person(&app).await;
        let (form, path) =
            (format!("/desk/tickets/{ticket}/take"), format!("/api/v1/tickets/{ticket}/take"));
        let nothing = json!({});
        let (a, b) = if round % 2 == 0 {
            tokio::join!(desks.form(&form, "query="), api.post(&path, &nothing))
        } else {
            let (b, a) = tokio::join!(api.post(&path, &nothing), desks.form(&form, "query="));
            (a, b)
        };
        let winner = usize::from(b.status == 200);
        let (name, won, lost) = if winner == 0 { ("anna", a, b) } else { ("berta", b, a) };
        assert_eq!((won.status, lost.status), (200, 409), "round {round}: {won:?} {lost:?}");
        assert_eq!(lost.json()["winner"], name, "round {round}: who lost learns who won");
        let desk = if winner == 0 { &anna } else { &berta };
        assert_eq!(record(&app, ticket).await.ticket.assignee(), Some(desk.agent.id));
        assert_eq!(lines_of(&app, ticket, "taken:").await, 1, "round {round}");
        desk::resolve(&app.house, &desk.desk(), ticket, None).await.unwrap();
        wins[winner] += 1;
    }
    assert_eq!(wins[0] + wins[1], rounds);
    #[expect(clippy::print_stdout, reason = "whoever runs many rounds by hand reads how they went")]
    {
        println!("{rounds} races: the desk won {}, the interface {}", wins[0], wins[1]);
    }
    app.settle().await;
    assert_eq!((load(&app, &anna).await, load(&app, &berta).await), (0, 0));
    app.stop().await;
}

on_both!(
    a_supervisor_assigns_also_beyond_capacity_and_out_of_hands,
    of_several_who_assign_one_has_the_last_word,
    what_cannot_be_assigned_is_refused_in_words,
    a_team_gets_what_is_assigned_to_it,
    the_desk_offers_what_its_reader_may_do,
    what_somebody_is_asked_to_take_can_be_assigned,
    taking_the_next_accepts_the_open_offer,
    an_open_offer_does_not_keep_from_taking_another,
    handed_back_the_bot_has_the_word,
    of_two_who_race_by_desk_and_interface_one_wins,
);
