//! Figures of fairness: every number has its assignments or offers behind it.

use reqwest::Method;
use serde_json::Value;
use sportello::config::{Config, RoutingMode};
use sportello::domain::agent::{Presence, Role};
use sportello::domain::id::TicketId;
use sportello::domain::time::{HOUR, MINUTE, SECOND};
use sportello::service::access::Caller;
use sportello::service::fairness::{self, Shift};
use sportello::service::view::{FairnessNumber, FairnessRow, FairnessView};
use sportello::service::{desk, dispatch, people};
use sportello::store;

use crate::support::cast::{
    agent, asks_for_a_person, board, hire, next, online, resolves, supervisor,
};
use crate::support::{Backend, TestApp, on_both};

fn patient(config: &mut Config) {
    config.queue.presence_seconds = 36_000;
}

fn push(config: &mut Config) {
    patient(config);
    config.routing.mode = RoutingMode::Push;
}

async fn figures(app: &TestApp, sara: &Caller, of: &Shift) -> FairnessView {
    fairness::shift(&app.house, &sara.board().unwrap(), of).await.unwrap()
}

fn row<'a>(view: &'a FairnessView, name: &str) -> &'a FairnessRow {
    view.rows.iter().find(|row| row.agent == name).expect(name)
}

/// Every count is as long as its list.
async fn numbers_equal_their_lists(app: &TestApp, sara: &Caller, of: &Shift) {
    let view = figures(app, sara, of).await;
    for row in &view.rows {
        let agent = row.agent_id.parse().map(sportello::domain::id::AgentId).unwrap();
        for (number, count) in [
            (FairnessNumber::Given, row.given),
            (FairnessNumber::Pulled, row.pulled),
            (FairnessNumber::Picked, row.picked),
            (FairnessNumber::Offered, row.offered),
            (FairnessNumber::Accepted, row.accepted),
            (FairnessNumber::Declined, row.declined),
            (FairnessNumber::Missed, row.missed),
            (FairnessNumber::Unanswered, row.unanswered),
        ] {
            let right = sara.board().unwrap();
            let found =
                fairness::behind(&app.house, &right, of, Some(agent), number).await.unwrap();
            assert_eq!(found.len() as u64, count, "{} {number:?}", row.agent);
        }
        assert_eq!(row.offered, row.accepted + row.declined + row.missed);
    }
}

async fn who_picks_is_told_from_who_takes_the_next(backend: Backend) {
    let app = TestApp::start_with(backend, patient).await;
    let sara = supervisor(&app).await;
    let (anna, berta) = (agent(&app, "anna").await, agent(&app, "berta").await);
    online(&app, &anna).await;
    online(&app, &berta).await;
    let mut tickets: Vec<TicketId> = Vec::new();
    for _ in 0..4 {
        tickets.push(asks_for_a_person(&app).await.1);
        app.clock.advance(SECOND);
    }
    desk::take_this(&app.house, &anna.desk(), tickets[3]).await.unwrap();
    desk::take_this(&app.house, &anna.desk(), tickets[0]).await.unwrap();
    next(&app, &berta).await.unwrap().unwrap();
    app.clock.advance(30 * MINUTE);
    resolves(&app, &anna, tickets[3]).await;
    resolves(&app, &anna, tickets[0]).await;
    app.clock.advance(30 * MINUTE - 4 * SECOND);
    let now = app.house.now();
    let of = Shift::last(2 * HOUR, now);
    let view = figures(&app, &sara, &of).await;
    let annas = row(&view, "anna");
    assert_eq!((annas.given, annas.effort, annas.pulled, annas.picked), (2, 24, 2, 1));
    assert_eq!(annas.cherry_picks.percent, Some(50.0));
    assert_eq!((annas.online / MINUTE, annas.per_hour), (60, Some(24.0)));
    assert_eq!(annas.occupancy, Some(50.0), "half an hour of one");
    // Two of three places for half of the hour.
    assert_eq!(annas.occupancy_by_slot, Some(33.3));
    let bertas = row(&view, "berta");
    assert_eq!(
        (bertas.given, bertas.pulled, bertas.picked, bertas.per_hour),
        (1, 1, 0, Some(12.0))
    );
    assert_eq!(bertas.occupancy.map(f64::round), Some(100.0));
    // (24 + 12)² / (2 (24² + 12²))
    assert_eq!((view.jain, view.compared), (Some(0.9), 2));
    numbers_equal_their_lists(&app, &sara, &of).await;
    assert_eq!(board(&app, &sara).await.fairness.jain, Some(0.9), "and on the board");
    app.stop().await;
}

async fn offers_are_counted_by_how_they_ended(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let sara = supervisor(&app).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 1).await;
    online(&app, &anna).await;
    let asked = async |ticket: TicketId| {
        let offers = desk::offers(&app.house, &anna.desk()).await.unwrap();
        offers.iter().any(|offer| offer.ticket.id == ticket.to_string())
    };
    let (_, ticket) = asks_for_a_person(&app).await;
    app.until("asked", async || asked(ticket).await).await;
    desk::decline(&app.house, &anna.desk(), ticket).await.unwrap();
    app.clock.advance(121 * SECOND);
    app.until("asked again", async || asked(ticket).await).await;
    app.clock.advance(31 * SECOND);
    let missed = "SELECT COUNT(*) FROM offer WHERE state = 'missed'";
    app.until("missed", async || app.number(missed).await == 1).await;
    app.clock.advance(121 * SECOND);
    app.until("asked at last", async || asked(ticket).await).await;
    desk::accept(&app.house, &anna.desk(), ticket).await.unwrap();
    app.clock.advance(20 * MINUTE);
    let of = Shift::last(HOUR, app.house.now());
    let view = figures(&app, &sara, &of).await;
    let annas = row(&view, "anna");
    assert_eq!(
        (annas.offered, annas.accepted, annas.declined, annas.missed, annas.pulled),
        (3, 1, 1, 1, 0)
    );
    assert_eq!((annas.acceptance.percent, annas.misses.percent), (Some(33.3), Some(33.3)));
    numbers_equal_their_lists(&app, &sara, &of).await;
    app.stop().await;
}

/// Available is online, whoever ends it: the agent, the lease, or too many misses.
async fn presence_is_written_down_as_it_changes(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let anna = agent(&app, "anna").await;
    let begun = app.house.now();
    online(&app, &anna).await;
    app.clock.advance(10 * SECOND);
    online(&app, &anna).await;
    let set = async |presence| {
        desk::set_presence(&app.house, &anna.desk(), presence).await.unwrap();
    };
    app.clock.advance(10 * SECOND);
    set(Presence::Away).await;
    app.clock.advance(10 * SECOND);
    set(Presence::Online).await;
    app.clock.advance(5 * MINUTE);
    dispatch::expire(&app.house).await.unwrap();
    dispatch::reconcile(&app.house).await.unwrap();
    let range = (begun, app.house.now().plus(1));
    let changes = store::presence::between(&app.house.db, range).await.unwrap();
    let told: Vec<_> = changes[&anna.agent.id]
        .iter()
        .map(|(at, state)| (at.since(begun) / SECOND, *state))
        .collect();
    let expected = [
        (0, Presence::Online),
        (20, Presence::Away),
        (30, Presence::Online),
        (90, Presence::Offline),
    ];
    assert_eq!(told, expected, "a renewal is no change, and the lease ends when it ends");
    let view = figures(&app, &sara, &Shift::last(HOUR, app.house.now())).await;
    assert_eq!(row(&view, "anna").online, 80 * SECOND);
    assert_eq!((view.compared, view.jain), (0, None), "too short to compare");
    app.stop().await;
}

async fn call(app: &TestApp, caller: &Caller, path: &str) -> (u16, String, String) {
    let (db, now) = (&app.house.db, app.house.now());
    let token = people::create_token(db, &caller.agent.email, "t", now).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().unwrap();
    let request = client.request(Method::GET, format!("http://{}{path}", app.address));
    let answer = request.bearer_auth(token).send().await.unwrap();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    (answer.status().as_u16(), kind.unwrap_or_default(), answer.text().await.unwrap())
}

async fn the_interface_gives_json_and_csv_to_supervisors(backend: Backend) {
    let app = TestApp::start_with(backend, patient).await;
    let sara = supervisor(&app).await;
    let anna = hire(&app, "anna", Role::Agent, &["r&d"], 3).await;
    let berta = hire(&app, "berta", Role::Agent, &["other"], 3).await;
    for caller in [&anna, &berta] {
        online(&app, caller).await;
    }
    asks_for_a_person(&app).await;
    next(&app, &anna).await.unwrap().unwrap();
    app.clock.advance(HOUR);
    let path = "/api/v1/stats/fairness";
    assert_eq!(call(&app, &anna, path).await.0, 403);
    let (status, _, body) = call(&app, &sara, path).await;
    let view: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &view["jain"], &view["compared"]), (200, &0.5.into(), &2.into()), "{body}");
    let annas = view["rows"].as_array().unwrap().iter().find(|row| row["agent"] == "anna").unwrap();
    let (_, _, list) = call(&app, &sara, annas["tickets"].as_str().unwrap()).await;
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!((&list["count"], &list["items"][0]["what"]), (&1.into(), &"take_next".into()));

    let (_, _, body) = call(&app, &sara, &format!("{path}?team=r%26d")).await;
    let view: Value = serde_json::from_str(&body).unwrap();
    let names: Vec<_> = view["rows"].as_array().unwrap().iter().map(|row| &row["agent"]).collect();
    assert_eq!(names, ["anna"], "whoever is of the team");
    assert_eq!(view["rows"][0]["given"], 0, "the ticket was for no team");

    let (_, kind, table) = call(&app, &sara, &format!("{path}?format=csv")).await;
    assert!(kind.starts_with("text/csv"), "{kind}");
    let lines: Vec<_> = table.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines.iter().all(|line| line.split(',').count() == 21), "{table}");
    for bad in ["?from=x", "?from=5&to=4", "/tickets?of=all", "/tickets?agent=anna"] {
        assert_eq!(call(&app, &sara, &format!("{path}{bad}")).await.0, 400, "{bad}");
    }
    for page in ["/board/fairness?range=7d", "/board/fairness/tickets?of=given", "/board"] {
        let (status, _, html) = call(&app, &sara, page).await;
        assert!(status == 200 && html.contains("anna"), "{page}: {html}");
    }
    assert_eq!(call(&app, &anna, "/board/fairness").await.0, 403);
    app.stop().await;
}

on_both!(
    who_picks_is_told_from_who_takes_the_next,
    offers_are_counted_by_how_they_ended,
    presence_is_written_down_as_it_changes,
    the_interface_gives_json_and_csv_to_supervisors,
);
