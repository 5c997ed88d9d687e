//! From the scripts' answers to ours. What cannot be read is an unreachable queue, never a panic.

use std::str::FromStr;

use super::{AgentState, Claim, Expired, QueueError, Reservation, Snapshot, Waiting};
use crate::domain::agent::Presence;
use crate::domain::id::AgentId;
use crate::domain::ticket::Fence;
use crate::domain::time::UtcMillis;

/// The answer to a claim, such as `empty` or
/// `reserved|ticket|generation|epoch|score|load|expires`.
pub(super) fn claim(agent: AgentId, answer: &str) -> Result<Claim, QueueError> {
    let parts: Vec<&str> = answer.split('|').collect();
    match parts[..] {
        ["empty"] => Ok(Claim::Empty),
        ["full"] => Ok(Claim::Full),
        ["absent"] => Ok(Claim::Absent),
        ["reserved", ticket, generation, epoch, score, load, expires] => {
            Ok(Claim::Reserved(Reservation {
                ticket: read(ticket)?,
                agent,
                fence: Fence { generation: read(generation)?, epoch: read(epoch)? },
                score: UtcMillis(read(score)?),
                load: cost(load)?,
                expires_at: UtcMillis(read(expires)?),
            }))
        }
        _ => Err(unreadable(answer)),
    }
}

/// What `expire` found: ticket and agent in turn, then agents.
pub(super) fn expired(returned: &[String], absent: &[String]) -> Result<Expired, QueueError> {
    let pairs = returned.chunks_exact(2).map(|pair| Ok((read(&pair[0])?, read(&pair[1])?)));
    Ok(Expired {
        reservations: pairs.collect::<Result<_, QueueError>>()?,
        absent: absent.iter().map(|agent| read(agent)).collect::<Result<_, _>>()?,
    })
}

/// How the queue looks: four texts a ticket, five an agent.
pub(super) fn snapshot(
    total_waiting: u64,
    waiting: &[String],
    agents: &[String],
) -> Result<Snapshot, QueueError> {
    let mut agents = agents.chunks_exact(5).map(agent_state).collect::<Result<Vec<_>, _>>()?;
    agents.sort_unstable_by_key(|state| state.agent);
    let waiting = waiting.chunks_exact(4).map(self::waiting).collect::<Result<_, _>>()?;
    Ok(Snapshot { waiting, total_waiting, agents })
}

fn waiting(fields: &[String]) -> Result<Waiting, QueueError> {
    Ok(Waiting {
        ticket: read(&fields[0])?,
        requirement: serde_json::from_str(&fields[1]).map_err(|_| unreadable(&fields[1]))?,
        score: UtcMillis(read(&fields[2])?),
        cost: read(&fields[3])?,
    })
}

fn agent_state(fields: &[String]) -> Result<AgentState, QueueError> {
    Ok(AgentState {
        agent: read(&fields[0])?,
        presence: Presence::parse(&fields[1]).ok_or_else(|| unreadable(&fields[1]))?,
        since: UtcMillis(read(&fields[2])?),
        load: cost(&fields[3])?,
        capacity: read(&fields[4])?,
    })
}

/// A sum of costs: it may be larger than any one cost.
fn cost(text: &str) -> Result<u32, QueueError> {
    Ok(u32::try_from(read::<u64>(text)?).unwrap_or(u32::MAX))
}

fn read<T: FromStr>(text: &str) -> Result<T, QueueError> {
    text.parse().map_err(|_| unreadable(text))
}

pub(super) fn unreadable(text: &str) -> QueueError {
    QueueError::Unavailable(format!("it answered what this version cannot read: {text:?}"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn answers_that_make_no_sense_are_errors_not_panics() {
        let agent = AgentId(Uuid::nil());
        for answer in ["", "reserved", "reserved|x|1|2|3|4|5", "full|", "held"] {
            assert!(claim(agent, answer).is_err(), "{answer}");
        }
        assert_eq!(claim(agent, "full").expect("readable"), Claim::Full);
    }
}
