//! The web chat: the demo's shop page, the framed chat, its messages and its stream.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::Event;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use futures::stream;
use serde::Deserialize;

use super::Settings;
use super::error::Problem;
use super::live;
use super::session::{cookie, same_origin, words};
use super::view::{chat as view, shop as shop_view};
use crate::domain::language::Language;
use crate::events::Listener;
use crate::service::chat::{self, Said, Visitor};
use crate::service::view::ChatLine;
use crate::service::{House, ServiceError};

/// The cookie that keeps a visitor's secret.
const VISITOR: &str = "chat";
/// How long a visitor is known.
const KNOWN: Duration = Duration::from_hours(90 * 24);
/// How often an open stream looks again by itself.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// The demo's shop. A house without a demo shows the desk's door.
pub(super) async fn shop(State(settings): State<Arc<Settings>>, headers: HeaderMap) -> Response {
    if settings.demo.is_none() {
        return Redirect::to("/chat/frame").into_response();
    }
    let mut answer = shop_view::page(&words(&headers)).into_response();
    let policy = HeaderValue::from_static(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

/// The chat itself, framed by pages of this site.
pub(super) async fn frame(
    State(house): State<House>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    chat::is_open(&house)?;
    let mut answer = view::frame(&words(&headers)).into_response();
    let policy = HeaderValue::from_static(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    );
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// Whose browser it is.
pub(super) fn visitor(jar: &CookieJar) -> Option<Visitor> {
    jar.get(VISITOR).and_then(|cookie| Visitor::from_secret(cookie.value()))
}

/// Makes a newcomer known; whoever is known stays so.
pub(super) async fn session(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    chat::is_open(&house)?;
    if visitor(&jar).is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let fresh = chat::new_visitor(&house)?;
    let kept = cookie(VISITOR, fresh.secret().to_owned(), &settings, Some(KNOWN));
    Ok((jar.add(kept), StatusCode::CREATED).into_response())
}

/// What the chat sends.
#[derive(Deserialize)]
struct Message {
    client_id: String,
    text: Option<String>,
    payload: Option<String>,
    #[serde(default)]
    label: String,
    #[serde(default)]
    opened: bool,
    language: Option<String>,
}

pub(super) async fn messages(
    State(house): State<House>,
    jar: CookieJar,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    let visitor = visitor(&jar).ok_or_else(Problem::unauthorised)?;
    let message: Message = serde_json::from_slice(&body)
        .map_err(|error| Problem::unreadable(format!("the message cannot be read: {error}")))?;
    let said = match (message.payload, message.text) {
        (Some(payload), _) => Said::Press { payload, label: message.label },
        (None, Some(text)) => Said::Text(text),
        (None, None) if message.opened => Said::Opened,
        (None, None) => {
            let what = "send text, payload or opened".to_owned();
            return Err(ServiceError::Invalid(what).into());
        }
    };
    let language = message.language.as_deref().and_then(Language::from_tag);
    chat::say(&house, &visitor, &message.client_id, said, language).await?;
    Ok((StatusCode::ACCEPTED, Json(serde_json::json!({"client_id": message.client_id})))
        .into_response())
}

#[derive(Deserialize)]
pub(super) struct Place {
    after: Option<i64>,
}

/// The visitor's lines, from where they were left, and then as they come.
pub(super) async fn stream(
    State(house): State<House>,
    jar: CookieJar,
    headers: HeaderMap,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    chat::is_open(&house)?;
    let visitor = visitor(&jar).ok_or_else(Problem::unauthorised)?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<i64>().ok());
    let after = last.max(place.after).unwrap_or(0);
    let listener = chat::listen(&house, &visitor);
    let reading = Reading { house, visitor, listener, after, lines: Vec::new() };
    let events = stream::unfold(reading, |mut reading| async move {
        let line = reading.next().await?;
        let event = Event::default().id(line.seq.to_string()).json_data(&line).ok()?;
        Some((event, reading))
    });
    Ok(live::events(events))
}

/// One visitor's place in the conversation.
struct Reading {
    house: House,
    visitor: Visitor,
    listener: Listener,
    after: i64,
    lines: Vec<ChatLine>,
}

impl Reading {
    /// The next line; `None` when the process stops or the records are away (the browser comes back
    /// and goes on from its place).
    async fn next(&mut self) -> Option<ChatLine> {
        loop {
            if let Some(line) = self.lines.pop() {
                self.after = line.seq;
                return Some(line);
            }
            self.lines = chat::lines(&self.house, &self.visitor, self.after).await.ok()?;
            self.lines.reverse();
            if self.lines.is_empty() {
                self.wait().await?;
            }
        }
    }

    async fn wait(&mut self) -> Option<()> {
        loop {
            match tokio::time::timeout(LOOK_AGAIN, live::heard(&self.house, &mut self.listener))
                .await
            {
                Err(_) => return Some(()),
                Ok(None) => return None,
                Ok(Some(hint)) if self.visitor.is_meant(&hint) => return Some(()),
                Ok(Some(_)) => {}
            }
        }
    }
}
