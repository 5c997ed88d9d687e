//! Whether the keys in Redis agree with each other.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{Link, layout};

type Bytes = Vec<u8>;
type Zset = BTreeMap<Bytes, i64>;

/// What is found under the tag.
#[derive(Default)]
struct Found {
    /// Lane's first score, and the places of all that wait.
    heads: Zset,
    waiting: BTreeMap<Bytes, Bytes>,
    /// Where tickets wait, or waited before somebody had them, by the `t:` keys.
    places: BTreeMap<Bytes, Bytes>,
    /// Whose ticket it is, by agents' records.
    had: BTreeMap<Bytes, Bytes>,
    /// When agents must be looked at, and when they say they will be.
    leases: BTreeMap<Bytes, i64>,
    looks: Zset,
}

/// Looks at every key of the tag: one place for each ticket, heads are the lanes' first scores,
/// whoever has something reserved is looked at in time, loads are exactly what is reserved and held.
pub(super) async fn check(connection: &Link, tag: &str) -> Result<(), TestCaseError> {
    let mut connection = connection.clone();
    let root = layout::root(tag).into_bytes();
    let all = [&root[..], b"*"].concat();
    let keys: Vec<Bytes> = ask(&mut connection, "KEYS", &[&all]).await;
    let mut found = Found::default();
    for key in &keys {
        let name = &key[root.len()..];
        match (name.get(..2), name.get(2..)) {
            (Some(b"l:"), Some(lane)) => {
                found.lane(lane, &scores(&mut connection, key).await)?;
            }
            (Some(b"t:"), Some(ticket)) => {
                let place: Bytes = ask(&mut connection, "GET", &[key]).await;
                found.places.insert(ticket.to_vec(), place);
            }
            (Some(b"a:"), Some(agent)) => {
                found.agent(agent, &ask::<Bytes>(&mut connection, "GET", &[key]).await)?;
            }
            _ => {}
        }
    }
    let heads = scores(&mut connection, &[&root[..], b"heads"].concat()).await;
    prop_assert_eq!(heads.into_iter().collect::<Zset>(), found.heads.clone());
    let looks = scores(&mut connection, &[&root[..], b"rv"].concat()).await;
    prop_assert_eq!(looks.into_iter().collect::<Zset>(), found.looks.clone());
    found.agree()
}

impl Found {
    fn lane(&mut self, lane: &[u8], members: &[(Bytes, i64)]) -> Result<(), TestCaseError> {
        self.heads.insert(lane.to_vec(), members[0].1);
        for (member, score) in members {
            let place = [lane, &member[16..]].concat();
            prop_assert_eq!(number(&place[14..]), *score);
            let twice = self.waiting.insert(member[..16].to_vec(), place);
            prop_assert!(twice.is_none(), "in two lanes");
        }
        Ok(())
    }

    fn agent(&mut self, agent: &[u8], state: &[u8]) -> Result<(), TestCaseError> {
        let (head, records) = state.split_at(67);
        prop_assert_eq!(records.len() % 115, 0);
        if number(&head[24..38]) > 0 {
            self.looks.insert(agent.to_vec(), number(&head[24..38]));
        }
        for record in records.chunks(115) {
            let twice = self.had.insert(record[16..32].to_vec(), agent.to_vec());
            prop_assert!(twice.is_none(), "two agents have it");
            let expires = number(&record[90..104]);
            if record[104] == b'r' {
                let first = self.leases.entry(agent.to_vec()).or_insert(expires);
                *first = expires.min(*first);
            }
        }
        Ok(())
    }

    fn agree(self) -> Result<(), TestCaseError> {
        for (ticket, place) in &self.places {
            prop_assert_eq!(place.len(), 34);
            let waits = self.waiting.get(ticket);
            prop_assert_eq!(waits.is_some(), !self.had.contains_key(ticket), "one place for each");
            prop_assert!(waits.is_none_or(|waits| waits == place), "it waits where its place is");
        }
        prop_assert_eq!(self.places.len(), self.waiting.len() + self.had.len());
        for (agent, expires) in self.leases {
            let look = self.looks.get(&agent);
            prop_assert!(look.is_some_and(|look| *look <= expires), "nobody looks in time");
        }
        Ok(())
    }
}

fn number(text: &[u8]) -> i64 {
    std::str::from_utf8(text).expect("digits").parse().expect("a number")
}

async fn scores(connection: &mut Link, key: &[u8]) -> Vec<(Bytes, i64)> {
    ask(connection, "ZRANGE", &[key, b"0", b"-1", b"WITHSCORES"]).await
}

async fn ask<T: redis::FromRedisValue>(
    connection: &mut Link,
    command: &str,
    arguments: &[&[u8]],
) -> T {
    let mut command = redis::cmd(command);
    command.arg(arguments).query_async(connection).await.expect("a good command")
}
