//! Whether the keys in Redis agree with each other.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use redis::aio::ConnectionManager;

use super::super::connect;
use super::super::server::Server;

type Zset = BTreeMap<String, i64>;

/// Looks at every key of the tag: one place for each ticket, heads are the lanes' first scores,
/// leases are exactly those of reserved tickets, loads are exactly what is reserved and held.
pub(super) async fn check(server: &Server, tag: &str) -> Result<(), TestCaseError> {
    let mut connection = connect(&server.url()).await.expect("a good address");
    let root = format!("{{{tag}}}:");
    let keys: Vec<String> = ask(&mut connection, "KEYS", &[&format!("{root}*")]).await;
    let (mut heads, mut waiting, mut load, mut states) =
        (Zset::new(), BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for key in &keys {
        let name = &key[root.len()..];
        if let Some(lane) = name.strip_prefix("l:") {
            let tickets: Vec<(String, i64)> =
                ask(&mut connection, "ZRANGE", &[key, "0", "-1", "WITHSCORES"]).await;
            heads.insert(lane.to_owned(), tickets[0].1);
            for (ticket, _) in tickets {
                prop_assert!(waiting.insert(ticket), "in two lanes");
            }
        } else if let Some(agent) = name.strip_prefix("at:") {
            let mut held: BTreeMap<String, String> = ask(&mut connection, "HGETALL", &[key]).await;
            held.remove("q");
            load.extend(held.into_keys().map(|ticket| (ticket, agent.to_owned())));
        } else if let Some(ticket) = name.strip_prefix("t:") {
            let fields: BTreeMap<String, String> = ask(&mut connection, "HGETALL", &[key]).await;
            states.insert(ticket.to_owned(), fields);
        }
    }
    let found: Zset =
        ask(&mut connection, "ZRANGE", &[&format!("{root}heads"), "0", "-1", "WITHSCORES"]).await;
    prop_assert_eq!(found, heads);
    let leases: Zset =
        ask(&mut connection, "ZRANGE", &[&format!("{root}rv"), "0", "-1", "WITHSCORES"]).await;
    let owned = |fields: &BTreeMap<String, String>| {
        fields.get("o").and_then(|owner| owner.split('|').next()).map(str::to_owned)
    };
    let free = states.iter().filter(|(_, fields)| owned(fields).is_none());
    prop_assert_eq!(free.map(|(ticket, _)| ticket.clone()).collect::<BTreeSet<_>>(), waiting);
    let holders = states.iter().filter_map(|(ticket, it)| Some((ticket.clone(), owned(it)?)));
    prop_assert_eq!(holders.collect::<BTreeSet<_>>(), load.clone());
    let reserved = leases.into_keys().all(|it| load.iter().any(|(ticket, _)| *ticket == it));
    prop_assert!(reserved, "a lease on what nobody has");
    Ok(())
}

async fn ask<T: redis::FromRedisValue>(
    connection: &mut ConnectionManager,
    command: &str,
    arguments: &[&str],
) -> T {
    let mut command = redis::cmd(command);
    command.arg(arguments).query_async(connection).await.expect("a good command")
}
