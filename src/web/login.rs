//! In and out, and the page's language.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;

use super::Settings;
use super::error::Problem;
use super::session::{LANGUAGE, Who, cookie, cookie_name, same_origin, words};
use super::view::{login, words::Words};
use crate::domain::agent::Role;
use crate::domain::language::Language;
use crate::service::{House, ServiceError, access};
use crate::text::screen;

/// A year, for the language.
const YEAR: Duration = Duration::from_hours(365 * 24);

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
}

/// A path of ours, so that nobody is sent elsewhere.
fn own_path(next: Option<&str>, otherwise: &str) -> String {
    let own = next.filter(|path| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r'])
    });
    own.unwrap_or(otherwise).to_owned()
}

/// A value inside a query.
pub(super) fn escaped(text: &str) -> String {
    text.bytes().map(super::view::layout::escape).collect()
}

pub(super) async fn page(
    State(settings): State<Arc<Settings>>,
    Query(asked): Query<Asked>,
    who: Option<Who>,
    headers: HeaderMap,
) -> Response {
    let next = own_path(asked.next.as_deref(), "");
    match who {
        Some(who) => {
            Redirect::to(&own_path(Some(&next), home(who.caller.agent.role))).into_response()
        }
        None => form(&settings, "", None, &next, &words(&headers)),
    }
}

fn form(
    settings: &Settings,
    email: &str,
    wrong: Option<&str>,
    next: &str,
    words: &Words,
) -> Response {
    let logins = settings.demo.as_ref().map_or(&[][..], |demo| &demo.logins);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, login::page(email, wrong, next, logins, words)).into_response()
}

/// Where a role begins.
fn home(role: Role) -> &'static str {
    if role >= Role::Supervisor { "/board" } else { "/desk" }
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    email: String,
    password: String,
    next: Option<String>,
}

pub(super) async fn log_in(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, Problem> {
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    let from = from.ip().to_string();
    let opened = access::log_in(&house, &given.email, &given.password, &from).await;
    let session = match opened {
        Ok(session) => session,
        Err(error @ (ServiceError::Invalid(_) | ServiceError::Conflict { .. })) => {
            let words = words(&headers);
            let wrong = match error {
                ServiceError::Invalid(_) => words.say(screen::LOG_IN_WRONG),
                _ => words.say(screen::LOG_IN_SLOW),
            };
            let next = own_path(given.next.as_deref(), "");
            return Ok(form(&settings, &given.email, Some(wrong), &next, &words));
        }
        Err(error) => return Err(error.into()),
    };
    let caller = access::by_session(&house, &session.secret).await?;
    let role = caller.map_or(Role::Agent, |caller| caller.agent.role);
    let to = own_path(given.next.as_deref().filter(|next| !next.is_empty()), home(role));
    let left = u64::try_from(session.expires_at - house.now().0).unwrap_or(0);
    let age = Some(Duration::from_millis(left));
    let cookie = cookie(cookie_name(&settings), session.secret, &settings, age);
    Ok((jar.add(cookie), Redirect::to(&to)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Csrf {
    csrf: Option<String>,
}

pub(super) async fn log_out(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    who: Who,
    jar: CookieJar,
    Form(given): Form<Csrf>,
) -> Result<Response, Problem> {
    who.own_form(given.csrf.as_deref())?;
    let name = cookie_name(&settings);
    if let Some(session) = jar.get(name) {
        access::log_out(&house, session.value()).await?;
    }
    let ended = cookie(name, String::new(), &settings, Some(Duration::ZERO));
    Ok((jar.add(ended), Redirect::to("/login")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Back {
    back: Option<String>,
}

pub(super) async fn language(
    State(settings): State<Arc<Settings>>,
    Path(code): Path<String>,
    Query(given): Query<Back>,
    jar: CookieJar,
) -> Response {
    let to = Redirect::to(&own_path(given.back.as_deref(), "/"));
    match Language::from_tag(&code) {
        Some(language) => {
            let kept = cookie(LANGUAGE, language.code().to_owned(), &settings, Some(YEAR));
            (jar.add(kept), to).into_response()
        }
        None => to.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "desk"] {
            assert_eq!(own_path(Some(elsewhere), "/desk"), "/desk", "{elsewhere}");
        }
        assert_eq!(own_path(Some("/desk?tab=mine"), "/"), "/desk?tab=mine");
    }
}
