//! Who is calling, and what that allows. (seam: signatures fixed, bodies to be written)

use super::{House, ServiceError};
use crate::domain::agent::{Agent, Role};

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

/// Checks e-mail and password and opens a session. `from` is the caller's network address, for the
/// throttle.
///
/// # Errors
/// `Invalid` when they do not match (the same words whether or not the account exists), `Conflict`
/// when there were too many tries.
#[expect(clippy::unused_async, reason = "seam")]
pub async fn log_in(
    _house: &House,
    _email: &str,
    _password: &str,
    _from: &str,
) -> Result<FreshSession, ServiceError> {
    unimplemented!()
}

/// Ends a session.
///
/// # Errors
/// `Unavailable`.
#[expect(clippy::unused_async, reason = "seam")]
pub async fn log_out(_house: &House, _secret: &str) -> Result<(), ServiceError> {
    unimplemented!()
}

/// Who holds this session; `None` when it is unknown, expired, idle for too long or revoked.
///
/// # Errors
/// `Unavailable`.
#[expect(clippy::unused_async, reason = "seam")]
pub async fn by_session(_house: &House, _secret: &str) -> Result<Option<Caller>, ServiceError> {
    unimplemented!()
}

/// Who holds this bearer token.
///
/// # Errors
/// `Unavailable`.
#[expect(clippy::unused_async, reason = "seam")]
pub async fn by_token(_house: &House, _token: &str) -> Result<Option<Caller>, ServiceError> {
    unimplemented!()
}
