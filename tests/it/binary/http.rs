//! The whole road with the real binary over HTTP.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::process::{Server, Setup};
use crate::support::{Backend, on_both};

/// The shop's own system: one order of one person.
async fn orders() -> String {
    let router = axum::Router::new().route(
        "/orders/{number}",
        axum::routing::get(async |Path(number): Path<String>| match number.as_str() {
            "AB123456" => Ok(Json(json!({
                "number": number, "email": "ada@example.com",
                "status_it": "in consegna", "status_en": "out for delivery",
            }))),
            _ => Err(StatusCode::NOT_FOUND),
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn text(answers: &[Value]) -> String {
    let texts = answers.iter().map(|answer| answer["text"].as_str().unwrap_or_default());
    texts.collect::<Vec<_>>().join(" | ")
}

struct Customer<'a> {
    server: &'a Server,
    name: &'a str,
    said: std::cell::Cell<u32>,
}

impl<'a> Customer<'a> {
    fn new(server: &'a Server, name: &'a str) -> Self {
        Self { server, name, said: std::cell::Cell::new(0) }
    }

    async fn says(&self, words: &str) -> Vec<Value> {
        self.said.set(self.said.get() + 1);
        let id = self.said.get().to_string();
        self.server.says(self.name, words, &id).await.expect("answers")
    }
}

async fn the_whole_road_over_http(backend: Backend) {
    let mut setup = Setup::new(backend).await;
    setup.set("lookups.base_url", &orders().await);
    let anna = setup.hire("anna@shop.example", "agent");
    let server = setup.serve().await;
    // A running server sees people added by another process.
    let sara = setup.hire("sara@shop.example", "supervisor");
    let ada = Customer::new(&server, "ada");

    the_bot_answers(&server, &ada).await;
    let (status, _) = server.call(&anna, "POST", "/api/v1/desk/next", Value::Null).await;
    assert_eq!(status, 409, "not online yet");
    let online = json!({"state": "online"});
    let (status, _) = server.call(&anna, "POST", "/api/v1/presence", online).await;
    assert!((200..300).contains(&status), "{status}");
    let ticket = take_next(&server, &anna).await;
    let id = ticket["id"].as_str().expect("an id").to_owned();
    let path = |verb: &str| format!("/api/v1/tickets/{id}{verb}");

    let (status, whole) = server.call(&anna, "GET", &path(""), Value::Null).await;
    assert_eq!(status, 200);
    assert!(whole["thread"].as_array().is_some_and(|thread| thread.len() > 8), "{whole}");
    let (status, _) = server.call(&anna, "GET", &path("/routing"), Value::Null).await;
    assert_eq!(status, 200);

    let words = json!({"text": "Hello Ada, how can I help?"});
    let (status, _) = server.call(&anna, "POST", &path("/replies"), words).await;
    assert!((200..300).contains(&status), "{status}");
    let polled = server.polled("ada").await;
    assert!(text(&polled).contains("Hello Ada"), "{polled:?}");
    ada.says("thanks, that is all").await;
    let (status, _) = server.call(&anna, "POST", &path("/resolve"), json!({})).await;
    assert!((200..300).contains(&status), "{status}");

    let polled = server.polled("ada").await;
    let buttons = polled.last().expect("a question")["buttons"].as_array().expect("five").clone();
    assert_eq!(buttons.len(), 5, "{buttons:?}");
    ada.says(buttons[4]["payload"].as_str().expect("a payload")).await;
    ada.says("very kind").await;

    let (status, _) = server.call(&anna, "GET", "/api/v1/stats/live", Value::Null).await;
    assert_eq!(status, 403, "figures are the supervisor's");
    let (status, board) = server.call(&sara, "GET", "/api/v1/stats/live", Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(board["csat"]["part"], 1, "{board}");
    assert_eq!(board["invited"], 1);
    assert_eq!(board["waiting"], 0);
    assert_eq!(board["first_response_n"], 1);
    assert_eq!(board["sla"]["percent"], 100.0);
    let (status, sla) = server.call(&sara, "GET", &path("/sla"), Value::Null).await;
    assert_eq!(status, 200);
    assert!(sla.to_string().contains("first_response"), "{sla}");

    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = server.client.get(server.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
    server.stop().await;
    setup.clean_up().await;
}

/// A question, an order of another person's and one's own, and the wish for a person.
async fn the_bot_answers(server: &Server, ada: &Customer<'_>) {
    let answer = text(&ada.says("when do you open?").await);
    assert!(answer.contains("automated assistant") && answer.contains("18"), "{answer}");

    assert!(text(&ada.says("where is my order?").await).contains("order number"));
    assert!(text(&ada.says("it is ab123456").await).contains("e-mail"));
    let status = text(&ada.says("eve@example.com").await);
    assert!(status.contains("cannot find"), "another person's order stays untold: {status}");
    ada.says("where is my order AB123456").await;
    let status = text(&ada.says("ada@example.com").await);
    assert!(status.contains("out for delivery"), "{status}");

    let waiting = text(&ada.says("I want to talk to a human").await);
    assert!(waiting.contains("Of course"), "{waiting}");
    let again = server.says("ada", "I want to talk to a human", "7").await.expect("answers");
    assert_eq!(text(&again), waiting, "a repeat returns the same answers");
}

/// The ticket is in the queue a moment after the turn's commit.
async fn take_next(server: &Server, token: &str) -> Value {
    let limit = std::time::Instant::now() + crate::support::LIMIT;
    loop {
        let (status, ticket) = server.call(token, "POST", "/api/v1/desk/next", Value::Null).await;
        match status {
            200 => return ticket,
            204 => assert!(std::time::Instant::now() < limit, "the ticket never came"),
            other => panic!("{other}: {ticket}"),
        }
    }
}

on_both!(the_whole_road_over_http);
