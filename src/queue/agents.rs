//! What the queue knows of agents.

use super::{AgentState, LONGEST, Queue, QueueError};
use crate::domain::agent::{Presence, Profile};
use crate::domain::id::AgentId;
use crate::domain::time::UtcMillis;

impl Queue {
    /// Makes an agent known, or replaces its profile. Presence and load stay.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn set_profile(
        &self,
        agent: AgentId,
        profile: &Profile,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        match self {
            Self::Memory(queue) => {
                queue.set_profile(agent, profile, now);
                Ok(())
            }
            Self::Redis(queue) => queue.set_profile(agent, profile, now).await,
        }
    }

    /// Sets an agent's presence, which lasts until `lease` ms from now unless renewed.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn set_presence(
        &self,
        agent: AgentId,
        presence: Presence,
        lease: i64,
        now: UtcMillis,
    ) -> Result<(), QueueError> {
        let lease = lease.clamp(0, LONGEST);
        match self {
            Self::Memory(queue) => {
                queue.set_presence(agent, presence, lease, now);
                Ok(())
            }
            Self::Redis(queue) => queue.set_presence(agent, presence, lease, now).await,
        }
    }

    /// Lets an agent's presence last until `lease` ms from now, whatever it is; whether it still lasted.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn renew(
        &self,
        agent: AgentId,
        lease: i64,
        now: UtcMillis,
    ) -> Result<bool, QueueError> {
        let lease = lease.clamp(0, LONGEST);
        match self {
            Self::Memory(queue) => Ok(queue.renew(agent, lease, now)),
            Self::Redis(queue) => queue.renew(agent, lease, now).await,
        }
    }

    /// How one agent stands; `None` when they are not known.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn agent(
        &self,
        agent: AgentId,
        now: UtcMillis,
    ) -> Result<Option<AgentState>, QueueError> {
        match self {
            Self::Memory(queue) => queue.agent(agent, now),
            Self::Redis(queue) => queue.agent(agent, now).await,
        }
    }
}
