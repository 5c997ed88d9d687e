//! Offers, and whom they were chosen from.

use serde::Serialize;
use utoipa::ToSchema;

use super::TicketRow;

/// A ticket that the reader may accept or decline.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OfferView {
    /// The ticket.
    pub ticket: TicketRow,
    /// Since when it is offered, ms UTC.
    pub offered_at: i64,
    /// Until when, ms UTC.
    pub expires_at: i64,
}

/// Whom an offer was chosen from.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChoiceView {
    /// How many could have been offered it.
    pub free: u32,
    /// How many could not, by the first reason: `team`, `language`, `skill`, `absent`, `skipped`, `full`.
    pub excluded: Vec<(String, u32)>,
    /// Those who could, best first, at most 20.
    pub named: Vec<CandidateView>,
    /// Whether it went to whoever had it before.
    pub is_return: bool,
}

/// One who could have been offered the ticket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CandidateView {
    /// Who.
    pub agent: String,
    /// The load before.
    pub load: u32,
    /// The capacity.
    pub capacity: u32,
    /// Since when nothing was given to or taken from them, ms UTC.
    pub idle_since: i64,
}
