//! Who calls, in which language, and whether a form is our own.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use subtle::ConstantTimeEq as _;

use super::error::Problem;
use super::view::words::Words;
use super::{Front, Settings};
use crate::domain::language::Language;
use crate::service::access::{self, BoardRight, Caller, DeskRight, Key};
use crate::service::desk;

/// The cookie that keeps the language.
pub(super) const LANGUAGE: &str = "lang";

/// The session cookie's name: bound to the host behind HTTPS.
pub(super) fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_secure() { "__Host-sportello" } else { "sportello" }
}

/// A cookie of ours; without an age it ends with the browser's session.
pub(super) fn cookie(
    name: &'static str,
    value: String,
    settings: &Settings,
    age: Option<std::time::Duration>,
) -> Cookie<'static> {
    let mut cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(settings.is_secure())
        .same_site(SameSite::Lax)
        .build();
    if let Some(age) = age.and_then(|age| age.try_into().ok()) {
        cookie.set_max_age(Some(age));
    }
    cookie
}

/// The page's language: the one chosen, else the browser's, else Italian.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let jar = CookieJar::from_headers(headers);
    let chosen = jar.get(LANGUAGE).and_then(|cookie| Language::from_tag(cookie.value()));
    chosen.or_else(|| accepted(headers)).unwrap_or_default()
}

/// The first language of `Accept-Language` that the house speaks.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let list = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    list.split(',')
        .filter_map(|item| item.split(';').next())
        .map(str::trim)
        .find_map(Language::from_tag)
}

/// The words of the page.
pub(super) fn words(headers: &HeaderMap) -> Words {
    Words::new(language(headers))
}

/// Somebody who is logged in, or holds a token.
pub(super) struct Who {
    pub(super) caller: Caller,
    key: Key,
    headers: HeaderMap,
}

impl Who {
    /// What was shown, for streams that ask again.
    pub(super) fn key(&self) -> Key {
        self.key.clone()
    }

    /// The words of the page.
    pub(super) fn words(&self) -> Words {
        words(&self.headers)
    }

    /// The session's token for forms.
    pub(super) fn csrf(&self) -> &str {
        self.caller.csrf.as_deref().unwrap_or_default()
    }

    /// Refuses a write that did not come from our own page. `given` is the form's field, or the
    /// header's. A bearer token needs none: no browser sends it by itself.
    pub(super) fn own_form(&self, given: Option<&str>) -> Result<(), Problem> {
        let Some(expected) = &self.caller.csrf else { return Ok(()) };
        let header = self.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        let given = given.or(header).unwrap_or_default();
        if same_origin(&self.headers) && bool::from(given.as_bytes().ct_eq(expected.as_bytes())) {
            Ok(())
        } else {
            Err(Problem::forged())
        }
    }
}

/// Whether the browser says that the request comes from a page of this site, or says nothing.
pub(super) fn same_origin(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

impl FromRequestParts<Front> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Problem> {
        let headers = parts.headers.clone();
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let jar = CookieJar::from_headers(&headers);
        let key = match (bearer, jar.get(cookie_name(&front.settings))) {
            (Some(token), _) => Key::Token(token.trim().to_owned()),
            (None, Some(cookie)) => Key::Session(cookie.value().to_owned()),
            (None, None) => return Err(Problem::unauthorised()),
        };
        let caller = match &key {
            Key::Token(token) => access::by_token(&front.house, token).await?,
            Key::Session(secret) => access::by_session(&front.house, secret).await?,
        };
        caller.map(|caller| Self { caller, key, headers }).ok_or_else(Problem::unauthorised)
    }
}

impl OptionalFromRequestParts<Front> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Option<Self>, Problem> {
        match <Self as FromRequestParts<Front>>::from_request_parts(parts, front).await {
            Ok(who) => Ok(Some(who)),
            Err(problem) if problem.status() == axum::http::StatusCode::UNAUTHORIZED => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// An agent at the desk.
pub(super) struct AtDesk {
    pub(super) who: Who,
    pub(super) right: DeskRight,
}

impl FromRequestParts<Front> for AtDesk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Problem> {
        let who = <Who as FromRequestParts<Front>>::from_request_parts(parts, front).await?;
        let right = who.caller.desk();
        if is_sign(parts)
            && let Err(error) = desk::show_sign(&front.house, &right).await
        {
            tracing::debug!(%error, "a sign of the person was not noted");
        }
        Ok(Self { who, right })
    }
}

/// Whether a request is the person's own doing: a write, but for those that speak of presence
/// themselves.
fn is_sign(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.method != Method::GET && !path.ends_with("/presence") && !path.ends_with("/alive")
}

/// A supervisor at the board.
pub(super) struct AtBoard {
    pub(super) who: Who,
    pub(super) right: BoardRight,
}

impl FromRequestParts<Front> for AtBoard {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Problem> {
        let who = <Who as FromRequestParts<Front>>::from_request_parts(parts, front).await?;
        let right = who.caller.board()?;
        Ok(Self { who, right })
    }
}
