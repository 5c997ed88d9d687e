//! The figures by HTTP: JSON, CSV, pages, and what is refused.

use serde_json::Value;
use sportello::service::people;

use crate::support::cast::{agent, asks_for_a_person, board, replies, resolves, supervisor, takes};
use crate::support::{Backend, TestApp};
use sportello::domain::time::MINUTE;

async fn get(app: &TestApp, token: &str, path: &str, accept: &str) -> (u16, String, String) {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::new();
    let address = format!("http://{}{path}", app.address);
    let request = client.get(address).bearer_auth(token).header("accept", accept);
    let answer = request.send().await.unwrap();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    (answer.status().as_u16(), kind.unwrap_or_default(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_told_as_json_csv_and_pages() {
    let app = TestApp::start(Backend::Embedded).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    app.sql("UPDATE agent SET name = '=anna, \"x\"' WHERE name = 'anna'").await;
    let now = app.house.now();
    let token = people::create_token(&app.house.db, &sara.agent.email, "test", now).await.unwrap();
    let (_, first) = asks_for_a_person(&app).await;
    asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, first);
    replies(&app, &anna, first, "Here you are.").await;
    resolves(&app, &anna, first).await;
    app.pass(31 * MINUTE).await;

    let (status, kind, body) = get(&app, &token, "/api/v1/stats/sla?by=agent", "*/*").await;
    assert_eq!((status, kind.as_str()), (200, "application/json"), "{body}");
    let figures: Value = serde_json::from_str(&body).unwrap();
    let all = &figures["all"];
    let live = board(&app, &sara).await;
    assert_eq!(all["compliance"]["part"], live.sla.part, "the board says the same");
    assert_eq!(all["compliance"]["whole"], live.sla.whole);
    assert_eq!(
        (&all["pending"], &all["provisional"]),
        (&live.sla_pending.into(), &live.sla_provisional.into())
    );
    let mine = anna.agent.id.to_string();
    let row = figures["rows"].as_array().unwrap().iter();
    let mut row = row.filter(|row| row["key"] == mine && row["metric"] == "first_response");
    let row = row.next().unwrap();
    assert_eq!(
        (&row["met"], &row["n"], &row["compliance"]["percent"]),
        (&1.into(), &1.into(), &100.0.into())
    );
    let list = row["tickets"].as_str().unwrap();
    let (_, _, listed) = get(&app, &token, &format!("{list}&state=met"), "*/*").await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["count"], 1);
    assert_eq!(listed["instances"][0]["ticket"], first.to_string());

    let (status, kind, table) = get(&app, &token, "/api/v1/stats/sla?by=agent", "text/csv").await;
    assert_eq!((status, kind.as_str()), (200, "text/csv; charset=utf-8"));
    assert!(table.starts_with("key,name,metric,total,met,"), "{table}");
    assert_eq!(table.lines().count(), 1 + figures["rows"].as_array().unwrap().len());
    assert!(table.contains(",\"'=anna"), "a name is no formula: {table}");
    let (_, kind, _) = get(&app, &token, &format!("{list}&state=met&format=csv"), "*/*").await;
    assert_eq!(kind, "text/csv; charset=utf-8");

    for path in
        ["/board/sla", "/board/sla?range=7d&by=policy", &list.replace("/api/v1/stats", "/board")]
    {
        let (status, kind, page) = get(&app, &token, path, "text/html").await;
        assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"), "{path}");
        assert!(page.contains("format=csv"), "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_figures_cannot_be_of_is_refused_with_what_to_write() {
    let app = TestApp::start(Backend::Embedded).await;
    let sara = supervisor(&app).await;
    let now = app.house.now();
    let token = people::create_token(&app.house.db, &sara.agent.email, "test", now).await.unwrap();
    for (query, says) in [
        ("?from=yesterday", "2026-11-21T09:30:00Z"),
        ("?from=20&to=10", "before"),
        ("?from=10&to=10", "before"),
        ("?from=0", "400 days"),
        ("?by=mood", "metric, policy, team or agent"),
        ("?format=pdf", "csv or json"),
        ("/tickets?state=late", "superseded"),
        ("/tickets?metric=joy", "promise"),
        ("?from=1&from=2", "from"),
    ] {
        let (status, kind, body) =
            get(&app, &token, &format!("/api/v1/stats/sla{query}"), "*/*").await;
        assert_eq!((status, kind.as_str()), (400, "application/problem+json"), "{query}: {body}");
        assert!(body.contains(says), "{query}: {body}");
    }
    let (status, ..) = get(&app, &token, "/board/sla?by=mood", "text/html").await;
    assert_eq!(status, 400);
    app.stop().await;
}
