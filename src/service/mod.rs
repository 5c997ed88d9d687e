//! Use cases: the only place where the pure core and the shell meet.

pub mod access;
pub mod chat;
pub mod desk;
pub mod supervision;
pub mod view;

/// Why a use case could not be carried out; the web turns it into a status.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No such thing, or not visible to the caller.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// The caller may not.
    #[error("your role does not allow this: {0}")]
    Forbidden(&'static str),
    /// Somebody else was faster, or the state does not allow it.
    #[error("{message}")]
    Conflict {
        /// What stands in the way, for people.
        message: String,
        /// Who won, when somebody did.
        winner: Option<String>,
    },
    /// The input is not usable; says what to do.
    #[error("{0}")]
    Invalid(String),
    /// Records or queue are not reachable; try again.
    #[error("{0}")]
    Unavailable(String),
    /// A defect or a damaged record; logged once, never shown.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

/// What every use case works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct House;
