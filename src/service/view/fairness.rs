//! What figures of fairness show.

use serde::Serialize;
use utoipa::ToSchema;

use super::ShareView;

/// A number of the figures that has assignments or offers behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FairnessNumber {
    /// Tickets given to the agent, each once.
    Given,
    /// Assignments that the agent took from the queue.
    Pulled,
    /// Those among them that left a more urgent one by choice.
    Picked,
    /// Offers that were answered or ran out.
    Offered,
    /// Offers accepted.
    Accepted,
    /// Offers declined.
    Declined,
    /// Offers that ran out.
    Missed,
    /// Offers that stand, or that were taken back: they count nowhere.
    Unanswered,
}

impl FairnessNumber {
    /// Every number.
    pub const ALL: [Self; 8] = [
        Self::Given,
        Self::Pulled,
        Self::Picked,
        Self::Offered,
        Self::Accepted,
        Self::Declined,
        Self::Missed,
        Self::Unanswered,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Pulled => "pulled",
            Self::Picked => "picked",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Missed => "missed",
            Self::Unanswered => "unanswered",
        }
    }

    /// Reads the word; `None` when it is no number.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|number| number.as_str() == word)
    }
}

/// How fairly the work of a shift was shared: as known at `at`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FairnessView {
    /// When it was computed, ms UTC.
    pub at: i64,
    /// The first instant of the range, ms UTC.
    pub from: i64,
    /// The first instant after the range, ms UTC.
    pub to: i64,
    /// The team whose tickets count; none for all.
    pub team: Option<String>,
    /// Jain's index of effort minutes per available hour: 1/n to 1; none when nobody had anything.
    pub jain: Option<f64>,
    /// How many agents it compares: those who were online for 15 minutes at least.
    pub compared: u64,
    /// One row per agent who was online, was given anything or was asked.
    pub rows: Vec<FairnessRow>,
    /// Where assignments and offers are listed; `&of=` says which number.
    pub tickets: String,
}

/// One agent's part.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FairnessRow {
    /// The name.
    pub agent: String,
    /// The id.
    pub agent_id: String,
    /// How long they were online, ms.
    pub online: i64,
    /// Tickets given to them, each once.
    pub given: u64,
    /// Their expected handling time, minutes.
    pub effort: u64,
    /// Effort minutes per available hour; none when they were online for less than 15 minutes.
    pub per_hour: Option<f64>,
    /// Tickets they took from the queue.
    pub pulled: u64,
    /// Those among them that left a more urgent one which they could have taken.
    pub picked: u64,
    /// picked / pulled.
    pub cherry_picks: ShareView,
    /// Offers that were answered or ran out.
    pub offered: u64,
    /// Offers accepted.
    pub accepted: u64,
    /// Offers declined.
    pub declined: u64,
    /// Offers that ran out.
    pub missed: u64,
    /// Offers that stand, or that were taken back: shown, never counted.
    pub unanswered: u64,
    /// accepted / offered.
    pub acceptance: ShareView,
    /// missed / offered.
    pub misses: ShareView,
    /// Online time with at least one ticket in work, percent; none when it was not computed.
    pub occupancy: Option<f64>,
    /// Cost in work / capacity over online time, percent; none when it was not computed.
    pub occupancy_by_slot: Option<f64>,
    /// Where their assignments and offers are listed; `&of=` says which number.
    pub tickets: String,
}

/// One assignment or offer behind a number.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FairnessItem {
    /// The ticket's id.
    pub ticket: String,
    /// The short form that people read aloud.
    pub code: String,
    /// Who.
    pub agent: String,
    /// Their id.
    pub agent_id: String,
    /// When, ms UTC.
    pub at: i64,
    /// The way of the assignment, or how the offer stands.
    pub what: String,
    /// The team it was for.
    pub team: Option<String>,
    /// The expected handling time, minutes; 0 for offers.
    pub effort: u64,
    /// How many more urgent tickets were left by choice.
    pub jumped: u64,
}
