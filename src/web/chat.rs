//! The web chat: the framed page, who the visitor is, what is said, and the stream of lines.
//!
//! The visitor's secret comes in a header: inside another site's page a cookie of ours is a third
//! party's, which browsers do not send. A page that forges requests cannot set the header. Programs may
//! still keep it in the cookie that [`session`] sets.

mod file;
mod frame;
mod stream;

pub(super) use self::file::{transcript, upload};
pub(super) use self::frame::{frame, shop};
pub(super) use self::stream::stream;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;
use serde_json::json;

use super::Settings;
use super::error::Problem;
use super::session::{cookie, language, same_origin};
use crate::domain::language::Language;
use crate::service::chat::{self, Promise, Said, Standing, Visitor, identity};
use crate::service::{House, ServiceError};

/// The cookie that may keep a visitor's secret.
const VISITOR: &str = "chat";
/// The header that carries it.
const SECRET: &str = "x-sportello-visitor";
/// The header with what the shop signed.
const IDENTITY: &str = "x-sportello-identity";
/// How long a visitor is known by the cookie.
const KNOWN: Duration = Duration::from_hours(90 * 24);

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

/// The browser, without regard to who uses it.
fn browser(headers: &HeaderMap) -> Option<Visitor> {
    let jar = CookieJar::from_headers(headers);
    let kept = || jar.get(VISITOR).map(|cookie| cookie.value().to_owned());
    let secret = header(headers, SECRET).map(str::to_owned).or_else(kept)?;
    Visitor::from_secret(&secret)
}

/// The visitor whose thread is meant. Whoever shows a token must show one that holds.
pub(super) fn visitor(house: &House, headers: &HeaderMap) -> Result<Visitor, Problem> {
    let browser = browser(headers).ok_or_else(Problem::unauthorised)?;
    let Some(token) = header(headers, IDENTITY) else { return Ok(browser) };
    match identity::claims(house, token) {
        Ok(claims) => Ok(browser.known_as(claims)),
        Err(_) => Err(ServiceError::Forbidden("the identity does not hold any more").into()),
    }
}

/// Makes a newcomer known, and tells where the visitor stands.
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
    let Some(visitor) = browser(&headers) else {
        let fresh = chat::new_visitor(&house)?;
        let kept = cookie(VISITOR, fresh.secret().to_owned(), &settings, Some(KNOWN));
        return Ok((jar.add(kept), StatusCode::CREATED).into_response());
    };
    let token = header(&headers, IDENTITY);
    let standing = chat::standing(&house, visitor, token, language(&headers)).await?;
    Ok(Json(told(&standing)).into_response())
}

fn told(standing: &Standing) -> serde_json::Value {
    let customer = standing.customer.as_ref();
    let customer = customer.map(|claims| json!({"name": claims.name, "until": claims.until.0}));
    let promise = standing.promise.map(|promise| match promise {
        Promise::Within { low, high } => json!({"low": low, "high": high}),
        Promise::Opens(at) => json!({"opens": at}),
    });
    let problem = standing.problem.map(|problem| problem.to_string());
    json!({"customer": customer, "problem": problem, "ask": standing.ask, "promise": promise})
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
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    let visitor = visitor(&house, &headers)?;
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
    Ok((StatusCode::ACCEPTED, Json(json!({"client_id": message.client_id}))).into_response())
}

/// How far the visitor has read.
#[derive(Deserialize)]
struct Seen {
    seq: i64,
}

/// Notes what the visitor has read.
pub(super) async fn read(
    State(house): State<House>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    let visitor = visitor(&house, &headers)?;
    let seen: Seen = serde_json::from_slice(&body)
        .map_err(|error| Problem::unreadable(format!("the place cannot be read: {error}")))?;
    chat::read(&house, &visitor, seen.seq).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The form before the first message.
pub(super) async fn form(
    State(house): State<House>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    let visitor = visitor(&house, &headers)?;
    let answers: BTreeMap<String, String> = serde_json::from_slice(&body)
        .map_err(|error| Problem::unreadable(format!("the form cannot be read: {error}")))?;
    chat::fill(&house, &visitor, &answers).await?;
    Ok(StatusCode::NO_CONTENT)
}
