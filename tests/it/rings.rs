//! Tickets that ask for less the longer they wait, and what else a team's rules do to them.

use sportello::app::Sources;
use sportello::config::{Config, RoutingMode};
use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::TicketId;
use sportello::domain::ledger::Fact;
use sportello::domain::source::SourceFile;
use sportello::domain::time::{DAY, HOUR, MINUTE, SECOND};
use sportello::service::access::Caller;
use sportello::service::content::{ContentError, ContentFiles};
use sportello::service::desk::{self, Receiver};
use sportello::service::people::{self, NewPerson};
use sportello::service::{offering, overflow};

use crate::support::cast::{
    asks_for_a_person, hire, lines_of, newest, next, online, read, record, replies, resolves, says,
    takes, visitor, words,
};
use crate::support::policies::{ledger, policies};
use crate::support::{Backend, TestApp, on_both, shop_with};

const POLICIES: &str = include_str!("fixtures/sla.yaml");

/// People stay online without a sign of life.
fn patient(config: &mut Config) {
    config.queue.presence_seconds = 1_000_000;
}

fn push(config: &mut Config) {
    config.routing.mode = RoutingMode::Push;
    patient(config);
}

/// The small shop, where what arrives broken asks the team `ordini` for a lawyer.
fn shop(policies: &str, rules: &str) -> Sources {
    let mut sources = shop_with(policies);
    for file in &mut sources.intents {
        file.text = file
            .text
            .replace("        team: ordini\n", "        team: ordini\n        skills: [legal:3]\n");
    }
    let teams = vec![SourceFile { name: "teams.yaml".to_owned(), text: rules.to_owned() }];
    Sources { teams, ..sources }
}

async fn house(backend: Backend, rules: &str) -> TestApp {
    TestApp::start_from(backend, shop(POLICIES, rules), patient).await
}

async fn person(app: &TestApp, name: &str, team: &str, skills: &[&str]) -> Caller {
    let new = NewPerson {
        email: format!("{name}@shop.example"),
        name: None,
        role: Role::Agent,
        teams: [team.to_owned()].into(),
        languages: [].into(),
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        capacity: 3,
    };
    let agent = people::add(&app.house.db, new, "long enough", app.house.now()).await.unwrap();
    let caller = Caller { agent, csrf: None };
    online(app, &caller).await;
    caller
}

async fn something_broken(app: &TestApp) -> TicketId {
    let customer = visitor(app);
    says(app, &customer, "the item arrived broken").await;
    says(app, &customer, "AB123456").await;
    newest(app).await.ticket.id
}

/// What the queue asks for now, once it agrees with the records.
async fn sought(app: &TestApp, ticket: TicketId) -> (Vec<String>, Vec<String>) {
    app.settle().await;
    let requirement = record(app, ticket).await.ticket.sought();
    app.until("the queue knows it", async || {
        let waiting = app.house.queue.snapshot(100, app.house.now()).await.unwrap().waiting;
        waiting.iter().any(|waiting| waiting.ticket == ticket && waiting.requirement == requirement)
    })
    .await;
    (requirement.skills.texts(), requirement.or_teams.into_iter().collect())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

async fn steps(app: &TestApp, ticket: TicketId) -> Vec<u32> {
    let lines = ledger(app, ticket).await;
    let steps = lines.iter().filter_map(|line| match line.fact {
        Fact::Relaxed { step, .. } => Some(step),
        _ => None,
    });
    steps.collect()
}

const RINGS: &str = "
teams:
  ordini:
    rings:
      - {after: 2m, lower: {legal: 1}}
      - {at: 50%, drop: [vip], or_teams: [banco]}
      - {after: 20m, anyone: true}
";

/// What arrives broken is to be assigned within ten minutes: half of it is used up after five.
async fn a_ticket_goes_through_its_rings_and_a_restart(backend: Backend) {
    let app = house(backend, RINGS).await;
    let berta = person(&app, "berta", "ordini", &["legal"]).await;
    let carla = person(&app, "carla", "banco", &["legal:2"]).await;
    let dora = person(&app, "dora", "cassa", &[]).await;
    let ticket = something_broken(&app).await;
    let score = record(&app, ticket).await.score;
    assert_eq!(sought(&app, ticket).await, (texts(&["legal:3"]), texts(&[])));
    assert!(next(&app, &berta).await.unwrap().is_none(), "legal at level 1 is not enough");

    app.pass(2 * MINUTE - 1).await;
    assert!(next(&app, &berta).await.unwrap().is_none(), "not yet");
    app.pass(1).await;
    assert_eq!(sought(&app, ticket).await, (texts(&["legal"]), texts(&[])));
    assert!(next(&app, &carla).await.unwrap().is_none(), "of another team");
    assert_eq!(lines_of(&app, ticket, "relaxed:1:lower=legal:1").await, 1);

    let app = app.restart().await;
    for person in [&berta, &carla, &dora] {
        online(&app, person).await;
    }
    app.pass(3 * MINUTE).await;
    assert_eq!(sought(&app, ticket).await, (texts(&["legal"]), texts(&["banco"])));
    assert!(next(&app, &dora).await.unwrap().is_none(), "of a third team");
    app.pass(14 * MINUTE).await;
    assert_eq!(steps(&app, ticket).await, [1, 2]);
    app.pass(HOUR).await;
    assert_eq!(steps(&app, ticket).await, [1, 2, 3]);
    assert_eq!(lines_of(&app, ticket, "relaxed:").await, 3);
    assert_eq!(record(&app, ticket).await.score, score, "its place is the same");
    assert_eq!(takes(&app, &dora).await, ticket);
    app.stop().await;
}

async fn a_new_wait_begins_at_the_innermost_ring(backend: Backend) {
    let app = house(backend, RINGS).await;
    let berta = person(&app, "berta", "ordini", &["legal"]).await;
    let ticket = something_broken(&app).await;
    app.pass(3 * MINUTE).await;
    assert_eq!(takes(&app, &berta).await, ticket);
    replies(&app, &berta, ticket, "I am looking into it.").await;
    app.pass(HOUR).await;
    assert_eq!(steps(&app, ticket).await, [1], "nothing happens to what somebody holds");
    let back = Receiver::Team("ordini".to_owned());
    desk::transfer(&app.house, &berta.desk(), ticket, back, "").await.unwrap();
    assert_eq!(sought(&app, ticket).await.0, ["legal:3"]);
    assert!(next(&app, &berta).await.unwrap().is_none());
    app.pass(2 * MINUTE).await;
    assert_eq!(steps(&app, ticket).await, [1, 1]);
    assert_eq!(takes(&app, &berta).await, ticket);
    app.stop().await;
}

async fn rules_reach_waiting_tickets_and_bad_ones_change_nothing(backend: Backend) {
    let app = house(backend, "teams: {}").await;
    let ticket = something_broken(&app).await;
    app.pass(10 * MINUTE).await;
    assert_eq!(steps(&app, ticket).await, [0; 0]);
    let before = app.house.content.rules().version.clone();
    let bad = shop(POLICIES, "default:\n  rings: [{after: 1m, drop: [legal]}, {after: 1m}]\n");
    let files = ContentFiles { intents: bad.intents, policies: bad.policies, teams: bad.teams };
    let Err(ContentError::Refused(problems)) = app.house.republish(files).await else {
        panic!("must be refused");
    };
    assert!(problems[0].to_string().starts_with("teams.yaml:2:"), "{}", problems[0]);
    assert_eq!(app.house.content.rules().version, before);

    app.publish_teams("default:\n  rings: [{after: 5m, lower: {legal: 2}}]\n").await;
    app.until("the ticket is planned anew", async || {
        app.settle().await;
        steps(&app, ticket).await == [1]
    })
    .await;
    assert_eq!(sought(&app, ticket).await.0, ["legal:2"]);
    app.publish_teams("default:\n  rings: [{after: 9m, anyone: true}]\n").await;
    let version = app.house.content.rules().version.clone();
    let is_planned = async || record(&app, ticket).await.rules == *version;
    app.until("the ticket is planned by the new rules", is_planned).await;
    assert_eq!(sought(&app, ticket).await.0, ["legal:2"], "what was relaxed stays relaxed");
    app.stop().await;
}

const OVERLOAD: &str = "default: {overload: true, expected_handling: 12m}";

/// A person is asked for, to be assigned within thirty minutes: lost when fewer than twelve are left.
async fn in_overload_what_can_be_saved_goes_first_but_not_for_ever(backend: Backend) {
    let app = house(backend, OVERLOAD).await;
    let anna = person(&app, "anna", "any", &[]).await;
    let (_, first) = asks_for_a_person(&app).await;
    let due = record(&app, first).await.score;
    app.pass(18 * MINUTE).await;
    assert_eq!(lines_of(&app, first, "late").await, 0, "twelve minutes are just enough");
    let (_, second) = asks_for_a_person(&app).await;
    app.pass(1).await;
    assert_eq!(lines_of(&app, first, "late").await, 1);
    assert_eq!(takes(&app, &anna).await, second, "it can still be saved");
    assert_eq!(takes(&app, &anna).await, first);
    let decision = read(&app, &anna, first).await.decision.unwrap();
    assert_eq!(decision.score, due.0, "the record tells the instant, not the place");
    for ticket in [first, second] {
        resolves(&app, &anna, ticket).await;
    }

    let (_, third) = asks_for_a_person(&app).await;
    app.pass(DAY - 1).await;
    let (_, fourth) = asks_for_a_person(&app).await;
    app.pass(1).await;
    assert_eq!(takes(&app, &anna).await, third, "nobody waits past the bound: before {fourth}");
    app.stop().await;
}

async fn a_late_place_outlives_a_rebuild(backend: Backend) {
    let app = house(backend, OVERLOAD).await;
    let (_, first) = asks_for_a_person(&app).await;
    app.pass(20 * MINUTE).await;
    let (_, second) = asks_for_a_person(&app).await;
    sportello::service::dispatch::rebuild(&app.house).await.unwrap();
    let waiting = app.house.queue.snapshot(9, app.house.now()).await.unwrap().waiting;
    let order: Vec<_> = waiting.iter().map(|waiting| waiting.ticket).collect();
    assert_eq!(order, [second, first]);
    sportello::service::dispatch::reconcile(&app.house).await.unwrap();
    let again = app.house.queue.snapshot(9, app.house.now()).await.unwrap().waiting;
    assert_eq!(again, waiting);
    app.stop().await;
}

const OVERFLOW: &str = "
teams:
  ordini:
    overflow:
      - {to: banco, after: 10m}
      - {to: notte, when: nobody_on_shift}
";

async fn a_team_overflows_after_a_time_and_while_nobody_is_there(backend: Backend) {
    let app = house(backend, OVERFLOW).await;
    let anna = person(&app, "anna", "ordini", &[]).await;
    let nina = person(&app, "nina", "notte", &["legal:5"]).await;
    let ticket = something_broken(&app).await;
    overflow::step(&app.house).await.unwrap();
    assert_eq!(sought(&app, ticket).await.1, texts(&[]), "anna is there, though she is no lawyer");
    desk::set_presence(&app.house, &anna.desk(), Presence::Away).await.unwrap();
    overflow::step(&app.house).await.unwrap();
    assert_eq!(sought(&app, ticket).await.1, texts(&[]), "who is away is on shift");
    desk::set_presence(&app.house, &anna.desk(), Presence::Offline).await.unwrap();
    app.until("the team is relieved", async || {
        overflow::step(&app.house).await.unwrap();
        sought(&app, ticket).await.1 == ["notte"]
    })
    .await;
    overflow::step(&app.house).await.unwrap();
    assert_eq!(lines_of(&app, ticket, "relaxed:0:team=notte").await, 1, "once is enough");
    app.pass(10 * MINUTE).await;
    assert_eq!(sought(&app, ticket).await.1, ["banco", "notte"]);
    assert_eq!(takes(&app, &nina).await, ticket);
    app.stop().await;
}

async fn asked(app: &TestApp, caller: &Caller) -> Vec<TicketId> {
    let offers = desk::offers(&app.house, &caller.desk()).await.unwrap();
    offers.iter().map(|offer| offer.ticket.id.parse().unwrap()).collect()
}

async fn until_asked(app: &TestApp, caller: &Caller, ticket: TicketId) {
    let what = format!("{} is asked", caller.agent.name);
    app.until(&what, async || asked(app, caller).await.contains(&ticket)).await;
}

/// A ticket that anna had is back, and both she and berta have just declined it; berta has been idle
/// for longer.
async fn back_and_declined(app: &TestApp) -> (Caller, Caller, TicketId) {
    let anna = hire(app, "anna", Role::Agent, &[], 3).await;
    let berta = hire(app, "berta", Role::Agent, &[], 3).await;
    online(app, &anna).await;
    let (_, ticket) = asks_for_a_person(app).await;
    until_asked(app, &anna, ticket).await;
    desk::accept(&app.house, &anna.desk(), ticket).await.unwrap();
    online(app, &berta).await;
    app.clock.advance(SECOND);
    replies(app, &anna, ticket, "Done.").await;
    resolves(app, &anna, ticket).await;
    app.clock.advance(SECOND);
    desk::reopen(&app.house, &anna.desk(), ticket, None).await.unwrap();
    until_asked(app, &anna, ticket).await;
    desk::decline(&app.house, &anna.desk(), ticket).await.unwrap();
    until_asked(app, &berta, ticket).await;
    desk::decline(&app.house, &berta.desk(), ticket).await.unwrap();
    (anna, berta, ticket)
}

async fn who_had_it_is_asked_first_for_a_while(backend: Backend) {
    let rules = shop(POLICIES, "default: {preferred: 5m}");
    let app = TestApp::start_from(backend, rules, push).await;
    let (anna, berta, ticket) = back_and_declined(&app).await;
    app.clock.advance(4 * MINUTE);
    offering::drain(&app.house).await.unwrap();
    until_asked(&app, &anna, ticket).await;
    desk::decline(&app.house, &anna.desk(), ticket).await.unwrap();
    until_asked(&app, &berta, ticket).await;
    desk::decline(&app.house, &berta.desk(), ticket).await.unwrap();
    // Away and back: anna's idleness begins anew, berta's does not.
    app.clock.advance(MINUTE);
    for presence in [Presence::Away, Presence::Online] {
        desk::set_presence(&app.house, &anna.desk(), presence).await.unwrap();
    }
    app.clock.advance(2 * MINUTE);
    offering::drain(&app.house).await.unwrap();
    until_asked(&app, &berta, ticket).await;
    assert!(asked(&app, &anna).await.is_empty(), "five minutes are over");
    app.stop().await;
}

async fn who_had_it_is_not_waited_for(backend: Backend) {
    let rules = shop(POLICIES, "default: {preferred: 1h}");
    let app = TestApp::start_from(backend, rules, push).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 3).await;
    online(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, ticket).await;
    desk::accept(&app.house, &anna.desk(), ticket).await.unwrap();
    resolves(&app, &anna, ticket).await;
    let berta = hire(&app, "berta", Role::Agent, &[], 3).await;
    online(&app, &berta).await;
    desk::set_presence(&app.house, &anna.desk(), Presence::Away).await.unwrap();
    desk::reopen(&app.house, &anna.desk(), ticket, None).await.unwrap();
    until_asked(&app, &berta, ticket).await;
    assert!(asked(&app, &anna).await.is_empty());
    app.stop().await;
}

async fn never_is_never(backend: Backend) {
    let app =
        TestApp::start_from(backend, shop(POLICIES, "default: {preferred: never}"), patient).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 3).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    resolves(&app, &anna, ticket).await;
    desk::reopen(&app.house, &anna.desk(), ticket, None).await.unwrap();
    app.settle().await;
    assert_eq!(record(&app, ticket).await.ticket.assignee(), None, "it waits for whoever is next");
    app.stop().await;
}

/// The house is open day and night, the team `ordini` from nine to six.
async fn out_of_hours_the_team_says_when_it_opens(backend: Backend) {
    let policies = policies("  - {name: all, calendar: always, targets: {resolution: 8h}}\n");
    let policies = format!("{policies}calendar_of: {{teams: {{ordini: office}}}}\n");
    for (rule, promised) in [("queue_with_promise", true), ("queue", false)] {
        let rules = format!("teams: {{ordini: {{out_of_hours: {rule}}}}}");
        let app = TestApp::start_from(backend, shop(&policies, &rules), patient).await;
        app.pass(10 * HOUR).await;
        let customer = visitor(&app);
        says(&app, &customer, "the item arrived broken").await;
        let told = words(&says(&app, &customer, "AB123456").await);
        assert_eq!(told.contains("tomorrow at 9:00"), promised, "{rule}: {told}");
        let ticket = newest(&app).await.ticket;
        assert_eq!(ticket.requirement.team.as_deref(), Some("ordini"), "it waits all the same");
        app.stop().await;
    }
}

on_both!(
    a_ticket_goes_through_its_rings_and_a_restart,
    a_new_wait_begins_at_the_innermost_ring,
    rules_reach_waiting_tickets_and_bad_ones_change_nothing,
    in_overload_what_can_be_saved_goes_first_but_not_for_ever,
    a_late_place_outlives_a_rebuild,
    a_team_overflows_after_a_time_and_while_nobody_is_there,
    who_had_it_is_asked_first_for_a_while,
    who_had_it_is_not_waited_for,
    never_is_never,
    out_of_hours_the_team_says_when_it_opens,
);
