//! Simulated customers: they write through the web chat's own door.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::chance;
use super::scripts::{SCRIPTS, Script};
use crate::domain::contact::Origin;
use crate::lifecycle;
use crate::service::chat::{self, Said, Visitor};
use crate::service::clock::fresh_id;
use crate::service::view::ChatLine;
use crate::service::{House, ServiceError};

/// The first customers come close together, so that there is life at once.
const FIRST: usize = 6;
/// The pause between customers after that, at least and at most, ms.
const PAUSE: (u32, u32) = (5_000, 11_000);
/// How long a customer stays without anything happening.
const PATIENCE: Duration = Duration::from_mins(4);
/// The most customers at once.
const CROWD: usize = 14;

/// Starts the stream of customers.
pub(super) fn start(house: &House) {
    let crowd = Arc::new(AtomicUsize::new(0));
    let door = house.clone();
    lifecycle::start(&house.tasks, async move {
        for turn in 0_usize.. {
            if rest(&door, if turn < FIRST { 700 } else { between(PAUSE) }).await {
                return;
            }
            if crowd.load(Ordering::Relaxed) >= CROWD {
                continue;
            }
            crowd.fetch_add(1, Ordering::Relaxed);
            let (house, crowd) = (door.clone(), Arc::clone(&crowd));
            let script = &SCRIPTS[turn % SCRIPTS.len()];
            lifecycle::start(&door.tasks, async move {
                if let Err(error) = visit(&house, script).await {
                    tracing::debug!(%error, "a simulated customer left");
                }
                crowd.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
}

fn between((low, high): (u32, u32)) -> u32 {
    low + chance(high - low)
}

/// Pauses; `true` when the house stops meanwhile.
pub(super) async fn rest(house: &House, millis: u32) -> bool {
    tokio::select! {
        () = house.stop.cancelled() => true,
        () = tokio::time::sleep(Duration::from_millis(u64::from(millis))) => false,
    }
}

async fn visit(house: &House, script: &Script) -> Result<(), ServiceError> {
    let visitor = chat::new_visitor(house)?;
    for words in script.says {
        say(house, &visitor, script, Said::Text((*words).to_owned())).await?;
        if rest(house, between((1_200, 3_500))).await {
            return Ok(());
        }
    }
    let mut hints = house.bus().listen();
    let (mut seen, mut answers) = (0, script.answers.iter());
    loop {
        for line in chat::lines(house, &visitor, seen).await? {
            seen = line.seq;
            if rates(&line, script.rates.0).is_some() {
                return feed_back(house, &visitor, script, &line).await;
            }
            if line.from == "agent" {
                if rest(house, between((1_500, 4_000))).await {
                    return Ok(());
                }
                if let Some(words) = answers.next() {
                    say(house, &visitor, script, Said::Text((*words).to_owned())).await?;
                }
            }
        }
        let heard =
            async { while !hints.next().await.is_none_or(|hint| visitor.is_meant(&hint)) {} };
        tokio::select! {
            () = house.stop.cancelled() => return Ok(()),
            heard = tokio::time::timeout(PATIENCE, heard) => {
                if heard.is_err() {
                    return Ok(());
                }
            }
        }
    }
}

/// The button of this rating, when the line asks for one.
fn rates(line: &ChatLine, rating: u8) -> Option<String> {
    let wanted = format!(":{rating}");
    let button =
        line.buttons.iter().find(|b| b.payload.starts_with("r:") && b.payload.ends_with(&wanted));
    button.map(|button| button.payload.clone())
}

async fn feed_back(
    house: &House,
    visitor: &Visitor,
    script: &Script,
    line: &ChatLine,
) -> Result<(), ServiceError> {
    let (rating, words) = script.rates;
    // One in five says nothing, as customers do.
    if rest(house, between((1_500, 5_000))).await || chance(5) == 0 {
        return Ok(());
    }
    if let Some(payload) = rates(line, rating) {
        let label = format!("{rating} ★");
        say(house, visitor, script, Said::Press { payload, label }).await?;
        if !words.is_empty() && !rest(house, between((1_500, 3_000))).await {
            say(house, visitor, script, Said::Text(words.to_owned())).await?;
        }
    }
    Ok(())
}

async fn say(
    house: &House,
    visitor: &Visitor,
    script: &Script,
    said: Said,
) -> Result<(), ServiceError> {
    let id = fresh_id().to_string();
    let who = (Some(script.name), Origin::Simulated);
    chat::say_as(house, visitor, &id, said, Some(script.language), who).await
}
