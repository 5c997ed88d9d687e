//! Who is calling, and what that allows.
//!
//! Sessions and tokens are random 256-bit secrets of which only the SHA-256 is stored. What a caller
//! may do is a type: only [`Caller::desk`] makes a [`DeskRight`], only [`Caller::board`] a
//! [`BoardRight`], so a handler cannot forget to ask.

mod password;
mod throttle;

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::clock::fresh_secret;
use super::{House, ServiceError};
use crate::domain::agent::{Agent, Role};
use crate::domain::time::MINUTE;
use crate::store::session::Session;
use crate::store::{self};

pub(super) use password::hash_password;
pub use throttle::Throttle;

/// The longest e-mail address, bytes (RFC 5321).
const LONGEST_EMAIL: usize = 254;
/// The longest password, characters.
pub(super) const LONGEST_PASSWORD: usize = 1_024;
/// How often a session's last use is written.
const TOUCH_EVERY: i64 = MINUTE;

/// Somebody with a valid session or token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub agent: Agent,
    /// The session's CSRF token; `None` for a bearer token, which needs none.
    pub csrf: Option<String>,
}

/// The right to work at the desk. Only [`Caller::desk`] makes one.
#[derive(Clone, Debug)]
pub struct DeskRight {
    agent: Agent,
}

/// The right to see everything. Only [`Caller::board`] makes one.
#[derive(Clone, Debug)]
pub struct BoardRight {
    agent: Agent,
}

impl DeskRight {
    /// Who works.
    #[must_use]
    pub const fn agent(&self) -> &Agent {
        &self.agent
    }
}

impl BoardRight {
    /// Who looks.
    #[must_use]
    pub const fn agent(&self) -> &Agent {
        &self.agent
    }
}

impl Caller {
    /// Everybody with an account works at the desk.
    #[must_use]
    pub fn desk(&self) -> DeskRight {
        DeskRight { agent: self.agent.clone() }
    }

    /// Supervisors and admins see everything.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for an agent.
    pub fn board(&self) -> Result<BoardRight, ServiceError> {
        if self.agent.role >= Role::Supervisor {
            Ok(BoardRight { agent: self.agent.clone() })
        } else {
            Err(ServiceError::Forbidden("supervisors only"))
        }
    }
}

/// What a caller showed: kept by streams, which ask again whether it still holds.
#[derive(Clone)]
pub enum Key {
    /// A session's secret.
    Session(String),
    /// A bearer token.
    Token(String),
}

/// A fresh session: the secret goes into the cookie and is stored only as its hash.
#[derive(Clone, Debug)]
pub struct FreshSession {
    /// 256 random bits, URL-safe.
    pub secret: String,
    /// When it ends at the latest, ms UTC.
    pub expires_at: i64,
}

/// Checks e-mail and password and opens a session. `from` is the caller's network address, for the
/// throttle.
///
/// # Errors
/// `Invalid` when they do not match (the same words whether or not the account exists), `TooMany`
/// when there were too many tries, `Unavailable` when too many log in at once.
pub async fn log_in(
    house: &House,
    email: &str,
    password: &str,
    from: IpAddr,
) -> Result<FreshSession, ServiceError> {
    let email = possible(email, password).ok_or_else(wrong)?;
    house.logins.admit(&email, from)?;
    let found = store::agent::by_email(&house.db, &email).await?;
    let (agent, hash) = found.map_or((None, None), |(agent, hash)| (Some(agent), Some(hash)));
    let right = password::verify_password(password.to_owned(), hash).await?;
    let agent = agent.filter(|_| right).ok_or_else(wrong)?;
    let random = || fresh_secret().map_err(|error| ServiceError::Internal(error.into()));
    let (secret, csrf, now) = (random()?, random()?, house.now());
    let session = Session {
        hash: hash_secret(&secret),
        agent: agent.id,
        csrf,
        seen_at: now,
        expires_at: now.plus(house.settings.session_absolute),
    };
    let mut tx = house.db.begin().await?;
    store::session::open(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(FreshSession { secret, expires_at: session.expires_at.0 })
}

/// The e-mail as it is stored; `None` when nobody can have this e-mail or password.
fn possible(email: &str, password: &str) -> Option<String> {
    let email = email.trim();
    let fits = (1..=LONGEST_EMAIL).contains(&email.len())
        && !email.chars().any(char::is_control)
        && password.chars().count() <= LONGEST_PASSWORD;
    fits.then(|| email.to_lowercase())
}

fn wrong() -> ServiceError {
    metrics::counter!("sportello_logins_refused_total").increment(1);
    ServiceError::Invalid("e-mail or password is wrong".to_owned())
}

/// Ends a session.
///
/// # Errors
/// `Unavailable`.
pub async fn log_out(house: &House, secret: &str) -> Result<(), ServiceError> {
    let mut tx = house.db.begin().await?;
    store::session::close(&mut tx, &hash_secret(secret)).await?;
    tx.commit().await?;
    Ok(())
}

/// Who holds this key at this moment. Asking does not count as a use of the session.
///
/// # Errors
/// `Unavailable`.
pub async fn holder(house: &House, key: &Key) -> Result<Option<Caller>, ServiceError> {
    match key {
        Key::Token(token) => by_token(house, token).await,
        Key::Session(secret) => match valid(house, secret).await? {
            Some(session) => of_session(house, session).await,
            None => Ok(None),
        },
    }
}

async fn of_session(house: &House, session: Session) -> Result<Option<Caller>, ServiceError> {
    let agent = store::agent::get(&house.db, session.agent).await?;
    Ok(agent.map(|agent| Caller { agent, csrf: Some(session.csrf) }))
}

async fn valid(house: &House, secret: &str) -> Result<Option<Session>, ServiceError> {
    let now = house.now();
    let session = store::session::find(&house.db, &hash_secret(secret)).await?;
    Ok(session.filter(|session| {
        now < session.expires_at && now.since(session.seen_at) <= house.settings.session_idle
    }))
}

/// Who holds this session; `None` when it is unknown, expired, idle for too long or revoked.
///
/// # Errors
/// `Unavailable`.
pub async fn by_session(house: &House, secret: &str) -> Result<Option<Caller>, ServiceError> {
    let Some(session) = valid(house, secret).await? else { return Ok(None) };
    let now = house.now();
    if now.since(session.seen_at) > TOUCH_EVERY {
        let mut tx = house.db.begin().await?;
        store::session::touch(&mut tx, &session.hash, now).await?;
        tx.commit().await?;
    }
    of_session(house, session).await
}

/// Who holds this bearer token.
///
/// # Errors
/// `Unavailable`.
pub async fn by_token(house: &House, token: &str) -> Result<Option<Caller>, ServiceError> {
    let Some(holder) = store::session::token_holder(&house.db, &hash_secret(token)).await? else {
        return Ok(None);
    };
    let agent = store::agent::get(&house.db, holder).await?;
    Ok(agent.map(|agent| Caller { agent, csrf: None }))
}

/// SHA-256 of a secret, URL-safe base64. Secrets have 256 random bits, so no salt and no slowness are
/// needed.
pub fn hash_secret(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_credentials_are_known_before_any_work() {
        assert_eq!(possible(" Anna@Shop.example ", "x").as_deref(), Some("anna@shop.example"));
        let long = format!("{}@shop.example", "a".repeat(250));
        for email in ["", " ", "a\0b@shop.example", &long] {
            assert_eq!(possible(email, "x"), None, "{email:?}");
        }
        assert!(possible("a@b.example", &"è".repeat(1_024)).is_some());
        assert!(possible("a@b.example", &"x".repeat(1_025)).is_none());
    }
}
