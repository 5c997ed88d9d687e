//! Files that agents send, and who may read what over HTTP.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sportello::config::Hidden;
use sportello::domain::agent::Role;
use sportello::domain::id::TicketId;
use sportello::service::access::Caller;
use sportello::service::people;

use super::door::Door;
use super::photo;
use crate::support::cast::{agent, asks_for_a_person, heard, hire, newest, takes};
use crate::support::{Backend, TestApp, on_both};

fn client() -> Client {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    Client::builder().build().expect("a client")
}

/// Somebody's token.
async fn token(app: &TestApp, caller: &Caller) -> String {
    let email = &caller.agent.email;
    people::create_token(&app.house.db, email, "t", app.house.now()).await.expect("a token")
}

fn at(app: &TestApp, path: &str) -> String {
    format!("http://{}{path}", app.address)
}

async fn json_of(request: RequestBuilder, status: u16) -> Value {
    let answer = request.send().await.unwrap();
    let given = answer.status().as_u16();
    let body = answer.text().await.unwrap();
    assert_eq!(given, status, "{body}");
    serde_json::from_str(&body).unwrap_or_default()
}

/// Uploads a file for a ticket; its id.
async fn upload(app: &TestApp, key: &str, ticket: TicketId, name: &str, bytes: Vec<u8>) -> String {
    let path = format!("/api/v1/tickets/{ticket}/files?name={name}");
    let request = client().post(at(app, &path)).bearer_auth(key).body(bytes);
    let kept = json_of(request, 201).await;
    kept["id"].as_str().expect("an id").to_owned()
}

async fn replies(app: &TestApp, key: &str, ticket: TicketId, body: &Value, status: u16) -> Value {
    let path = format!("/api/v1/tickets/{ticket}/replies");
    let request = client().post(at(app, &path)).bearer_auth(key).body(body.to_string());
    let told = json_of(request, status).await;
    app.settle().await;
    told
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

async fn an_agent_sends_files_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let key = token(&app, &anna).await;
    let (visitor, ticket) = asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, ticket);
    let bytes = photo(300_000);
    let id = upload(&app, &key, ticket, "lamp%20%C3%A8.jpg", bytes.clone()).await;
    replies(&app, &key, ticket, &json!({"text": "", "files": [id]}), 201).await;

    let line = heard(&app, &visitor).await.pop().expect("a line");
    let file = line.attachments.first().expect("a file");
    assert_eq!((file.mime.as_str(), file.bytes), ("image/jpeg", 300_000));
    assert_eq!(
        (file.name.as_deref(), &file.url),
        (Some("lamp è.jpg"), &format!("/chat/files/{id}"))
    );
    let read = |secret: String| {
        client().get(at(&app, &file.url)).header("cookie", format!("chat={secret}"))
    };
    let answer = read(visitor.secret().to_owned()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert!(answer.bytes().await.unwrap() == bytes);
    let (stranger, other) = asks_for_a_person(&app).await;
    assert_eq!(read(stranger.secret().to_owned()).send().await.unwrap().status().as_u16(), 404);
    assert_eq!(client().get(at(&app, &file.url)).send().await.unwrap().status().as_u16(), 401);

    let again = replies(&app, &key, ticket, &json!({"text": "again", "files": [id]}), 409).await;
    assert!(again["detail"].as_str().unwrap().contains("attach it again"), "{again}");
    replies(&app, &key, ticket, &json!({"text": "", "files": ["x"]}), 422).await;
    replies(&app, &key, ticket, &json!({"text": ""}), 422).await;
    let unsent = upload(&app, &key, ticket, "b.jpg", photo(5_000)).await;
    let url = at(&app, &format!("/chat/files/{unsent}"));
    let early = client().get(url).header("cookie", format!("chat={}", visitor.secret()));
    assert_eq!(early.send().await.unwrap().status().as_u16(), 404, "it was not sent yet");
    assert_eq!(takes(&app, &anna).await, other);
    let foreign = json!({"text": "", "files": [unsent]});
    replies(&app, &key, other, &foreign, 409).await;
    assert_eq!(
        heard(&app, &stranger).await.iter().filter(|it| !it.attachments.is_empty()).count(),
        0
    );

    let bruno = agent(&app, "bruno").await;
    let key = token(&app, &bruno).await;
    let path = at(&app, &format!("/api/v1/tickets/{ticket}/files"));
    let not_mine = client().post(path).bearer_auth(&key).body(photo(5_000));
    assert_eq!(json_of(not_mine, 409).await["status"], 409);
    app.stop().await;
}

async fn only_who_sees_the_ticket_reads_its_files(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let key = token(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    let bytes = photo(600_000);
    let id = upload(&app, &key, ticket, "a.jpg", bytes.clone()).await;
    let get =
        |path: &str, key: &str| client().get(at(&app, &format!("{path}/{id}"))).bearer_auth(key);
    for path in ["/desk/files", "/api/v1/files"] {
        let answer = get(path, &key).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(header(&answer, "content-type"), "image/jpeg");
        assert_eq!(header(&answer, "content-length"), "600000");
        assert!(header(&answer, "content-disposition").starts_with("inline; filename=\"a.jpg\""));
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(header(&answer, "content-security-policy").contains("sandbox"));
        let tag = header(&answer, "etag");
        assert!(answer.bytes().await.unwrap() == bytes);
        let known = get(path, &key).header("if-none-match", tag.as_str()).send().await.unwrap();
        assert_eq!(known.status().as_u16(), 304);
        let part = get(path, &key).header("range", "bytes=262140-262149").send().await.unwrap();
        assert_eq!(part.status().as_u16(), 206, "across two parts");
        assert_eq!(header(&part, "content-range"), "bytes 262140-262149/600000");
        assert!(part.bytes().await.unwrap() == bytes[262_140..262_150]);
        let none = get(path, &key).header("range", "bytes=600000-").send().await.unwrap();
        assert_eq!(none.status().as_u16(), 416);
    }
    // Somebody of another team, who sees the tickets of that team only.
    app.sql("UPDATE ticket SET team = 'billing'").await;
    let other = hire(&app, "carla", Role::Agent, &["returns"], 3).await;
    let key = token(&app, &other).await;
    let seen = client().get(at(&app, &format!("/api/v1/tickets/{ticket}"))).bearer_auth(&key);
    let expected = seen.send().await.unwrap().status().as_u16();
    assert_eq!(get("/desk/files", &key).send().await.unwrap().status().as_u16(), expected);
    assert_eq!(expected, 404);
    assert_eq!(
        client()
            .get(at(&app, &format!("/api/v1/files/{id}")))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        401
    );
    app.stop().await;
}

async fn what_is_called_a_page_is_handed_over_as_text(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let key = token(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    let text = upload(&app, &key, ticket, "run.html", b"plain words".to_vec()).await;
    let answer = client()
        .get(at(&app, &format!("/desk/files/{text}")))
        .bearer_auth(&key)
        .send()
        .await
        .unwrap();
    assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
    assert!(
        header(&answer, "content-disposition").starts_with("attachment; filename=\"run.html.txt\"")
    );
    app.stop().await;
}

async fn a_refused_upload_says_what_to_do(backend: Backend) {
    let app = TestApp::start_with(backend, |config| config.files.max_megabytes = 1).await;
    let anna = agent(&app, "anna").await;
    let key = token(&app, &anna).await;
    let (_, ticket) = asks_for_a_person(&app).await;
    takes(&app, &anna).await;
    let path = at(&app, &format!("/api/v1/tickets/{ticket}/files?name=a.jpg"));
    let post = |language: &str, bytes: Vec<u8>| {
        client().post(&path).bearer_auth(&key).header("accept-language", language).body(bytes)
    };
    let mut program = b"MZ\x90\0\x03\0\0\0".to_vec();
    program.resize(900_000, 1);
    let told = json_of(post("it", program.clone()), 422).await;
    assert!(told["detail"].as_str().unwrap().contains("non si può inviare"), "{told}");
    let told = json_of(post("en", program), 422).await;
    assert!(told["detail"].as_str().unwrap().contains("cannot be sent"), "{told}");
    let short = post("en", b"MZ\x90\0\x03\0\0\0".to_vec()).timeout(Duration::from_secs(5));
    assert_eq!(json_of(short, 422).await["status"], 422, "and at once");
    let told = json_of(post("en", photo(1_500_000)), 413).await;
    assert!(told["detail"].as_str().unwrap().contains("at most 1 MB"), "{told}");
    assert_eq!(json_of(post("en", Vec::new()), 422).await["status"], 422);
    assert_eq!(app.number("SELECT COUNT(*) FROM file").await, 0);
    app.stop().await;
}

async fn a_channel_that_sends_gets_the_bytes(backend: Backend) {
    let door = Arc::new(Door::new(None));
    let app = TestApp::start_with_door(backend, door.clone()).await;
    let anna = agent(&app, "anna").await;
    let key = token(&app, &anna).await;
    door.says(&app, "1", "human please").await;
    app.settle().await;
    let ticket = newest(&app).await.ticket.id;
    assert_eq!(takes(&app, &anna).await, ticket);
    let (one, two) = (photo(300_000), photo(70_000));
    let first = upload(&app, &key, ticket, "a.jpg", one.clone()).await;
    let second = upload(&app, &key, ticket, "b.jpg", two.clone()).await;
    replies(&app, &key, ticket, &json!({"text": "Here", "files": [first, second]}), 201).await;
    let sent = door.sent.lock().unwrap().pop().expect("a message");
    assert!(sent == ("Here".to_owned(), [one, two].concat()));
    app.stop().await;
}

async fn the_rest_channel_names_files_behind_its_token(backend: Backend) {
    let app = TestApp::start_with(backend, |config| {
        config.channels.rest.token = Hidden("word".to_owned());
        "https://help.example.com/".clone_into(&mut config.http.public_url);
    })
    .await;
    let anna = agent(&app, "anna").await;
    let key = token(&app, &anna).await;
    let said = json!({"sender": "ada", "message": "human please", "metadata": {"language": "en"}});
    let ask = client().post(at(&app, "/webhooks/rest/webhook")).bearer_auth("word");
    json_of(ask.body(said.to_string()), 200).await;
    app.settle().await;
    let ticket = newest(&app).await.ticket.id;
    assert_eq!(takes(&app, &anna).await, ticket);
    let id = upload(&app, &key, ticket, "a.jpg", photo(300_000)).await;
    replies(&app, &key, ticket, &json!({"text": "Here", "files": [id]}), 201).await;
    let poll = client().get(at(&app, "/webhooks/rest/messages?sender=ada")).bearer_auth("word");
    let told = json_of(poll, 200).await;
    let last = told.as_array().unwrap().last().unwrap();
    let src = format!("https://help.example.com/webhooks/rest/files/{id}");
    assert_eq!(
        last["attachment"],
        json!({"type": "image",
        "payload": {"src": src, "name": "a.jpg", "mime": "image/jpeg", "bytes": 300_000}})
    );
    let url = at(&app, &format!("/webhooks/rest/files/{id}"));
    assert_eq!(client().get(&url).send().await.unwrap().status().as_u16(), 401);
    let answer = client().get(&url).bearer_auth("word").send().await.unwrap();
    assert!(answer.bytes().await.unwrap() == photo(300_000));
    app.stop().await;
}

on_both!(
    an_agent_sends_files_once,
    only_who_sees_the_ticket_reads_its_files,
    what_is_called_a_page_is_handed_over_as_text,
    a_refused_upload_says_what_to_do,
    a_channel_that_sends_gets_the_bytes,
    the_rest_channel_names_files_behind_its_token,
);
