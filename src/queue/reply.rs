//! From the scripts' answers to ours. What cannot be read is an unreachable queue, never a panic.

use std::str::FromStr;

use uuid::Uuid;

use super::layout::Bytes;
use super::{AgentState, Claim, Expired, QueueError, Reservation, Snapshot, Waiting};
use crate::domain::agent::Presence;
use crate::domain::id::{AgentId, TicketId};
use crate::domain::ticket::Fence;
use crate::domain::time::UtcMillis;

/// The answer to a claim: a word, or the record of the reservation.
pub(super) fn claim(agent: AgentId, answer: &[u8]) -> Result<Claim, QueueError> {
    match answer {
        b"empty" => Ok(Claim::Empty),
        b"full" => Ok(Claim::Full),
        b"absent" => Ok(Claim::Absent),
        record => reservation(agent, record).map(Claim::Reserved),
    }
}

/// Request 16, ticket 16, generation 12, epoch 16, cost 10, score 20, expires 14, state 1, load 10.
fn reservation(agent: AgentId, record: &[u8]) -> Result<Reservation, QueueError> {
    let part = |from: usize, to: usize| record.get(from..to).ok_or_else(|| unreadable(record));
    let end = record.len();
    Ok(Reservation {
        ticket: TicketId(id(part(16, 32)?)?),
        agent,
        fence: Fence { generation: read(part(32, 44)?)?, epoch: read(part(44, 60)?)? },
        score: UtcMillis(read(part(70, 90)?)?),
        load: cost(part(105, end)?)?,
        expires_at: UtcMillis(read(part(90, 104)?)?),
    })
}

/// What `expire` found: ticket and agent in turn, then agents.
pub(super) fn expired(returned: &[Bytes], absent: &[Bytes]) -> Result<Expired, QueueError> {
    let pair = |pair: &[Bytes]| Ok((TicketId(id(&pair[0])?), AgentId(id(&pair[1])?)));
    Ok(Expired {
        reservations: returned.chunks_exact(2).map(pair).collect::<Result<_, QueueError>>()?,
        absent: absent.iter().map(|it| id(it).map(AgentId)).collect::<Result<_, _>>()?,
    })
}

/// How the queue looks: requirement and member of each ticket, five texts an agent.
pub(super) fn snapshot(
    total_waiting: u64,
    waiting: &[Bytes],
    agents: &[Bytes],
) -> Result<Snapshot, QueueError> {
    let mut agents = agents.chunks_exact(5).map(agent_state).collect::<Result<Vec<_>, _>>()?;
    agents.sort_unstable_by_key(|state| state.agent);
    let waiting = waiting.chunks_exact(2).map(self::waiting).collect::<Result<_, _>>()?;
    Ok(Snapshot { waiting, total_waiting, agents })
}

fn waiting(fields: &[Bytes]) -> Result<Waiting, QueueError> {
    let member = &fields[1];
    let part = |from: usize, to: usize| member.get(from..to).ok_or_else(|| unreadable(member));
    Ok(Waiting {
        ticket: TicketId(id(part(0, 16)?)?),
        requirement: serde_json::from_slice(&fields[0]).map_err(|_| unreadable(&fields[0]))?,
        score: UtcMillis(read(part(26, member.len())?)?),
        cost: read(part(16, 26)?)?,
    })
}

/// How an agent stands: five texts.
pub(super) fn agent_state(fields: &[Bytes]) -> Result<AgentState, QueueError> {
    let [agent, presence, since, load, capacity] = fields else {
        return Err(unreadable(&fields.concat()));
    };
    let presence = match presence.as_slice() {
        b"o" => Presence::Online,
        b"a" => Presence::Away,
        b"-" => Presence::Offline,
        other => return Err(unreadable(other)),
    };
    Ok(AgentState {
        agent: AgentId(id(agent)?),
        presence,
        since: UtcMillis(read(since)?),
        load: cost(load)?,
        capacity: read(capacity)?,
    })
}

/// A lane's number, from one.
pub(super) fn lane_number(lane: &[u8]) -> Result<usize, QueueError> {
    read(lane)
}

/// A sum of costs: it may be larger than any one cost.
fn cost(text: &[u8]) -> Result<u32, QueueError> {
    Ok(u32::try_from(read::<u64>(text)?).unwrap_or(u32::MAX))
}

fn id(bytes: &[u8]) -> Result<Uuid, QueueError> {
    Uuid::from_slice(bytes).map_err(|_| unreadable(bytes))
}

fn read<T: FromStr>(text: &[u8]) -> Result<T, QueueError> {
    let text_read = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    text_read.ok_or_else(|| unreadable(text))
}

pub(super) fn unreadable(text: &[u8]) -> QueueError {
    let text = String::from_utf8_lossy(text);
    QueueError::Unavailable(format!("it answered what this version cannot read: {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_make_no_sense_are_errors_not_panics() {
        let agent = AgentId(Uuid::nil());
        let long = [b'x'; 115];
        for answer in [&b""[..], b"reserved", b"full|", &long, &long[..50]] {
            assert!(claim(agent, answer).is_err(), "{answer:?}");
        }
        assert_eq!(claim(agent, b"full").expect("readable"), Claim::Full);
    }
}
