//! Who is calling, and what that allows.
//!
//! Sessions and tokens are random 256-bit secrets of which only the SHA-256 is stored. What a caller
//! may do is a type: only [`Caller::desk`] makes a [`DeskRight`], only [`Caller::board`] a
//! [`BoardRight`], so a handler cannot forget to ask.

use std::num::NonZeroU32;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};

use super::clock::fresh_secret;
use super::{House, ServiceError};
use crate::domain::agent::{Agent, Role};
use crate::domain::time::MINUTE;
use crate::store::session::Session;
use crate::store::{self};

/// Tries in a burst, for one e-mail from one address.
const BURST: NonZeroU32 = NonZeroU32::new(5).expect("five is not zero");
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

/// A fresh session: the secret goes into the cookie and is stored only as its hash.
#[derive(Clone, Debug)]
pub struct FreshSession {
    /// 256 random bits, URL-safe.
    pub secret: String,
    /// When it ends at the latest, ms UTC.
    pub expires_at: i64,
}

/// Slows down guessing: five tries at once, then one every twelve seconds, for an e-mail and address.
pub struct Throttle(RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock>);

impl Default for Throttle {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(BURST)))
    }
}

/// Checks e-mail and password and opens a session. `from` is the caller's network address, for the
/// throttle.
///
/// # Errors
/// `Invalid` when they do not match (the same words whether or not the account exists), `Conflict`
/// when there were too many tries.
pub async fn log_in(
    house: &House,
    email: &str,
    password: &str,
    from: &str,
) -> Result<FreshSession, ServiceError> {
    let email = email.trim().to_lowercase();
    if house.logins.0.check_key(&format!("{email} {from}")).is_err() {
        house.logins.0.retain_recent();
        return Err(ServiceError::conflict("too many tries: wait a minute"));
    }
    let found = store::agent::by_email(&house.db, &email).await?;
    let (agent, hash) = found.map_or((None, None), |(agent, hash)| (Some(agent), Some(hash)));
    let right = verify_password(password.to_owned(), hash).await?;
    let Some(agent) = agent.filter(|_| right) else {
        metrics::counter!("sportello_logins_refused_total").increment(1);
        return Err(ServiceError::Invalid("e-mail or password is wrong".to_owned()));
    };
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

/// Who holds this session; `None` when it is unknown, expired, idle for too long or revoked.
///
/// # Errors
/// `Unavailable`.
pub async fn by_session(house: &House, secret: &str) -> Result<Option<Caller>, ServiceError> {
    let Some(session) = store::session::find(&house.db, &hash_secret(secret)).await? else {
        return Ok(None);
    };
    let now = house.now();
    let idle = now.since(session.seen_at);
    if now >= session.expires_at || idle > house.settings.session_idle {
        return Ok(None);
    }
    if idle > TOUCH_EVERY {
        let mut tx = house.db.begin().await?;
        store::session::touch(&mut tx, &session.hash, now).await?;
        tx.commit().await?;
    }
    let agent = store::agent::get(&house.db, session.agent).await?;
    Ok(agent.map(|agent| Caller { agent, csrf: Some(session.csrf) }))
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
pub(crate) fn hash_secret(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// An argon2id hash with its own salt; off the async threads, because it is meant to be slow.
pub(super) async fn hash_password(password: String) -> Result<String, ServiceError> {
    blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))
    })
    .await
}

/// Without an account the same work is done, so that time does not tell who has one.
async fn verify_password(password: String, hash: Option<String>) -> Result<bool, ServiceError> {
    blocking(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => Argon2::default()
                .hash_password(b"nobody")
                .map(|hash| hash.to_string())
                .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?,
        };
        let parsed = PasswordHash::new(&hash)
            .map_err(|error| anyhow::anyhow!("a stored password hash: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, anyhow::Error> + Send + 'static,
) -> Result<T, ServiceError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ServiceError::Internal(error.into()))?.map_err(ServiceError::Internal)
}
