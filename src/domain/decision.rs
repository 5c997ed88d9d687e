//! Why a ticket went to the agent it went to.

use serde::{Deserialize, Serialize};

use super::id::{AgentId, TicketId};
use super::time::UtcMillis;

/// How an assignment came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The agent asked for the next ticket.
    TakeNext,
    /// The agent chose this ticket.
    TakeThis,
    /// It was offered and accepted.
    Offer,
    /// A supervisor assigned it.
    Assigned,
    /// It came back to who held it before.
    Returned,
    /// A colleague transferred it.
    Transferred,
}

/// The record of one assignment, bounded in size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who got it.
    pub agent_id: AgentId,
    /// How.
    pub way: Way,
    /// When.
    pub at: UtcMillis,
    /// The routing score it had: the instant by which it should have been served.
    pub score: UtcMillis,
    /// The agent's load before, in cost.
    pub load: u32,
    /// The agent's capacity, in cost.
    pub capacity: u32,
    /// How many tickets waited in lanes the agent can serve.
    pub servable: u64,
    /// More urgent tickets that were passed over because the agent cannot serve them, at most 20.
    pub passed_over: Vec<TicketId>,
}
