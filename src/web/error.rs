//! The only place where HTTP statuses are decided.
//!
//! Programs get `application/problem+json` (RFC 9457). A page that a browser loads gets the same
//! problem as a designed page, in its language.

use std::any::Any;

use axum::extract::Request;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::session::words;
use super::view::fault;
use crate::service::ServiceError;

/// How much of an error's plain words is kept, bytes.
const LONGEST_DETAIL: usize = 4_096;

/// What went wrong, ready to answer.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    winner: Option<String>,
    retry_after: Option<u32>,
}

impl Problem {
    /// No session or token, or one that is over.
    pub(super) fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "log in, or send a bearer token")
    }

    /// The request did not come from our own page.
    pub(super) fn forged() -> Self {
        Self::new(StatusCode::FORBIDDEN, "the form is out of date: load the page again")
    }

    /// The request cannot be read.
    pub(super) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The request carries more than is taken.
    pub(super) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), winner: None, retry_after: None }
    }

    /// The status.
    pub(super) const fn status(&self) -> StatusCode {
        self.status
    }

    /// What went wrong, for people.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let detail = error.to_string();
        match error {
            ServiceError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, detail),
            ServiceError::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, detail),
            ServiceError::Conflict { winner, .. } => {
                Self { winner, ..Self::new(StatusCode::CONFLICT, detail) }
            }
            ServiceError::TooMany { seconds } => {
                let slow = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
                Self { retry_after: Some(seconds), ..slow }
            }
            ServiceError::Invalid(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
            ServiceError::Unavailable(_) => {
                tracing::warn!(detail, "unavailable");
                let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "try again in a moment");
                Self { retry_after: Some(2), ..busy }
            }
            ServiceError::Internal(source) => {
                tracing::error!(error = ?source, "internal error");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something broke; it is in the log")
            }
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(winner) = &self.winner {
            body["winner"] = json!(winner);
        }
        let kind = HeaderValue::from_static("application/problem+json");
        let mut answer = (self.status, body.to_string()).into_response();
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer.extensions_mut().insert(self);
        answer
    }
}

/// No such page.
pub(super) async fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address")
}

/// Turns a problem into a page when a browser loads one; to the login when that helps.
pub(super) async fn designed(request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let here = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let loads = loads_page(&headers) && !here.starts_with("/api/");
    let is_get = request.method() == axum::http::Method::GET;
    let answer = told(next.run(request).await).await;
    if !loads || !is_error(answer.status()) {
        return answer;
    }
    if answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "text/html; charset=utf-8")
    {
        return answer;
    }
    if answer.status() == StatusCode::UNAUTHORIZED {
        let back = if is_get { here } else { "/desk".to_owned() };
        return Redirect::to(&format!("/login?next={}", super::login::escaped(&back)))
            .into_response();
    }
    let detail = answer.extensions().get::<Problem>().map(|problem| problem.detail().to_owned());
    let page = fault::page(answer.status().as_u16(), detail.as_deref(), &words(&headers));
    (answer.status(), page).into_response()
}

/// An error that the framework answered in plain words, as a problem.
async fn told(answer: Response) -> Response {
    let plain = |kind: &HeaderValue| kind.as_bytes().starts_with(b"text/plain");
    let is_plain = answer.headers().get(header::CONTENT_TYPE).is_none_or(plain);
    let (status, failed) = (answer.status(), is_error(answer.status()));
    if !failed || !is_plain || answer.extensions().get::<Problem>().is_some() {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let words = axum::body::to_bytes(body, LONGEST_DETAIL).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let detail = match words.trim() {
        "" => status.canonical_reason().unwrap_or("the request failed"),
        words => words,
    };
    let (problem, body) = Problem::new(status, detail).into_response().into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(problem.headers);
    parts.extensions.extend(problem.extensions);
    Response::from_parts(parts, body)
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// A panic is a defect: the request fails, the others go on.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    tracing::error!(panic = words, "a handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something broke; it is in the log")
        .into_response()
}

/// Whether the answer goes into a browser's window rather than to a script or a program.
fn loads_page(headers: &HeaderMap) -> bool {
    let accepts = |kind: &str| {
        headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains(kind))
    };
    accepts("text/html") && !headers.contains_key("x-fragment")
}
