//! The web chat's side of intake. (seam: signatures fixed, bodies to be written)
#![expect(clippy::unused_async, reason = "seam")]

use super::view::ChatLine;
use super::{House, ServiceError};
use crate::domain::language::Language;

/// A visitor of the web chat: holds the secret that the browser keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    secret: String,
}

impl Visitor {
    /// Reads a browser's secret: 32 to 64 characters of `A-Za-z0-9_-`.
    #[must_use]
    pub fn from_secret(_secret: &str) -> Option<Self> {
        unimplemented!()
    }

    /// What the browser keeps.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

/// What a visitor sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The chat was opened.
    Opened,
    /// Text.
    Text(String),
    /// A button.
    Press {
        /// Its payload.
        payload: String,
        /// Its words.
        label: String,
    },
}

/// A fresh visitor.
pub fn new_visitor(_house: &House) -> Visitor {
    unimplemented!()
}

/// Takes a message in; the same `client_id` again has no effect. Returns after the commit.
///
/// # Errors
/// `Invalid`, `Unavailable` when it could not be stored (the browser keeps it and tries again).
pub async fn say(
    _house: &House,
    _visitor: &Visitor,
    _client_id: &str,
    _said: Said,
    _language: Option<Language>,
) -> Result<(), ServiceError> {
    unimplemented!()
}

/// The lines after `seq`, oldest first, at most 200.
///
/// # Errors
/// `Unavailable`.
pub async fn lines(
    _house: &House,
    _visitor: &Visitor,
    _after: i64,
) -> Result<Vec<ChatLine>, ServiceError> {
    unimplemented!()
}
