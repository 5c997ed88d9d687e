//! How the scripts write things down: identifiers as raw bytes, numbers as decimals of a fixed width.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Held, QueueError, Waiting, reply};
use crate::domain::agent::Presence;
use crate::domain::ticket::{Fence, Requirement};

/// What goes to the server and comes from it.
pub(super) type Bytes = Vec<u8>;

/// Bytes of the digest that a lane is found by.
pub(super) const DIGEST: usize = 16;

/// What stands in the place of the request when a ticket was taken by name.
pub(super) const NO_REQUEST: [u8; 16] = [0xff; 16];

/// How all keys begin. The number counts layouts: a version of this program that writes another one
/// does not read this one, and fills its own from SQL.
pub(super) fn root(tag: &str) -> String {
    format!("{{{tag}}}:3:")
}

/// An identifier.
pub(super) fn id(id: Uuid) -> Bytes {
    id.as_bytes().to_vec()
}

/// A number as wide as its place.
pub(super) fn fixed(number: impl Into<i64>, width: usize) -> Bytes {
    format!("{:0width$}", number.into()).into_bytes()
}

/// A number that is not kept as it is.
pub(super) fn number(number: i64) -> Bytes {
    number.to_string().into_bytes()
}

/// A presence.
pub(super) const fn letter(presence: Presence) -> u8 {
    match presence {
        Presence::Online => b'o',
        Presence::Away => b'a',
        Presence::Offline => b'-',
    }
}

/// A fence: too wide a one is never that of a record.
pub(super) fn fence(fence: Fence) -> Bytes {
    [fixed(fence.generation, 12), fixed(fence.epoch, 16)].concat()
}

/// A generation.
pub(super) fn generation(generation: i64) -> Result<Bytes, QueueError> {
    let text = fixed(generation, 12);
    if text.len() == 12 && generation >= 0 { Ok(text) } else { Err(out_of_bounds()) }
}

/// The record of a ticket that is held.
pub(super) fn record(held: &Held) -> Result<Bytes, QueueError> {
    let fence = fence(held.fence);
    if fence.len() != 28 {
        return Err(out_of_bounds());
    }
    let (cost, none) = (fixed(held.cost, 10), [b'0'; 20]);
    let ticket = id(held.ticket.0);
    Ok([&NO_REQUEST, &*ticket, &*fence, &*cost, &none, &none[..14], b"h", &none[..10]].concat())
}

fn out_of_bounds() -> QueueError {
    QueueError::Unavailable("a fence from the records has too many digits".to_owned())
}

/// A lane to be: what it asks for, the same as JSON, and its digest.
pub(super) struct Lane<'a> {
    pub(super) requirement: &'a Requirement,
    pub(super) asked: Bytes,
    pub(super) digest: Bytes,
}

impl<'a> Lane<'a> {
    /// Equal requirements have equal JSON, since its parts are ordered.
    pub(super) fn of(requirement: &'a Requirement) -> Result<Self, QueueError> {
        let asked = to_json(requirement)?;
        let digest = Sha256::digest(&asked).iter().take(DIGEST).copied().collect();
        Ok(Self { requirement, asked, digest })
    }

    /// A ticket that waits in it, as scripts take it.
    pub(super) fn waiting(&self, it: &Waiting) -> [Bytes; 4] {
        [id(it.ticket.0), self.digest.clone(), fixed(it.cost, 10), fixed(it.score.0, 20)]
    }
}

/// As JSON.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<Bytes, QueueError> {
    serde_json::to_vec(value).map_err(|error| QueueError::Unavailable(error.to_string()))
}

/// From JSON.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, QueueError> {
    serde_json::from_slice(text).map_err(|_| reply::unreadable(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{AgentId, TicketId};

    #[test]
    fn everything_has_its_width() {
        assert_eq!(fixed(-5, 20), b"-0000000000000000005");
        assert_eq!(fixed(i64::MIN, 20).len(), 20);
        assert_eq!(fixed(u32::MAX, 10).len(), 10);
        let fence = Fence { generation: 7, epoch: 70 };
        let (ticket, agent) = (TicketId(Uuid::nil()), AgentId(Uuid::nil()));
        let mut held = Held { ticket, agent, cost: 3, fence };
        assert_eq!(record(&held).expect("it fits").len(), 115);
        held.fence.generation = 1_000_000_000_000;
        assert!(record(&held).is_err() && generation(-1).is_err());
    }
}
