//! The channel against a Telegram of our own, over real HTTP.

use std::sync::{Mutex, MutexGuard};

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::*;
use crate::channel::{Cursor, Intake, Lease, NotStored, Receipt};
use crate::domain::contact::Address;
use crate::domain::inbound::{Content, Inbound};
use crate::domain::language::Language;
use crate::domain::message::{Body, Button};
use crate::domain::time::UtcMillis;

mod checking;
#[expect(
    dead_code,
    unused_imports,
    reason = "the tests over the whole road use the rest of the fake"
)]
#[path = "../../../tests/fakes/telegram.rs"]
mod fake;
mod files;
mod polling;
mod reading;
mod sending;
mod webhook;

use fake::{FakeTelegram, Fault, File, PollFault, TOKEN};

const CHAT: i64 = 42;
const LIMIT: Duration = Duration::from_secs(20);

/// A house of one room: what was accepted, and the polling position.
#[derive(Default)]
struct Room {
    accepted: Vec<Received>,
    repeats: usize,
    refusals: usize,
    position: Option<String>,
    held_elsewhere: bool,
    asked: usize,
    given_up: usize,
}

#[derive(Default)]
struct House {
    room: Mutex<Room>,
    changes: watch::Sender<u64>,
}

impl House {
    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap()
    }

    fn change<T>(&self, act: impl FnOnce(&mut Room) -> T) -> T {
        let result = act(&mut self.room());
        self.changes.send_modify(|count| *count += 1);
        result
    }

    async fn until(&self, what: &str, look: impl Fn(&Room) -> bool) {
        let mut changes = self.changes.subscribe();
        let waiting = async {
            while !look(&self.room()) {
                changes.changed().await.unwrap();
            }
        };
        assert!(tokio::time::timeout(LIMIT, waiting).await.is_ok(), "not in time: {what}");
    }

    fn said(&self) -> Vec<Content> {
        self.inbounds().into_iter().map(|inbound| inbound.content).collect()
    }

    fn inbounds(&self) -> Vec<Inbound> {
        let room = self.room();
        let read = |it: &Received| match &it.content {
            Err(reason) => {
                assert!(it.raw.starts_with(b"{\"telepathy\""), "{reason}: {it:?}");
                None
            }
            Ok(inbound) => Some(inbound.clone()),
        };
        room.accepted.iter().filter_map(read).collect()
    }
}

#[async_trait]
impl Intake for House {
    async fn accept(&self, _: &ChannelName, received: Received) -> Result<Receipt, NotStored> {
        self.change(|room| {
            if room.refusals > 0 {
                room.refusals -= 1;
                return Err(NotStored("the database is away".to_owned()));
            }
            if room.accepted.iter().any(|known| known.provider_id == received.provider_id) {
                room.repeats += 1;
                return Ok(Receipt::Duplicate);
            }
            room.accepted.push(received);
            Ok(Receipt::Stored)
        })
    }
}

#[async_trait]
impl Cursor for House {
    async fn hold(&self, channel: &ChannelName) -> Result<Option<Lease>, NotStored> {
        Ok(self.change(|room| {
            room.asked += 1;
            let position = room.position.clone();
            (!room.held_elsewhere).then(|| Lease { channel: channel.clone(), fence: 1, position })
        }))
    }

    async fn save(&self, _: &Lease, position: &str) -> Result<(), NotStored> {
        self.change(|room| room.position = Some(position.to_owned()));
        Ok(())
    }

    async fn drop_lease(&self, _: Lease) {
        self.change(|room| room.given_up += 1);
    }
}

fn channel(fake: &FakeTelegram, mode: Mode) -> TelegramChannel {
    let pace = Pace {
        long_poll: Duration::from_secs(1),
        renew: Duration::from_millis(100),
        lease_retry: Duration::from_millis(5),
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(20),
        send_limit: Duration::from_secs(5),
    };
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().unwrap();
    let root = Some(fake.api_root());
    let settings = TelegramSettings { mode, pace };
    let name = ChannelName("telegram:shop".into());
    TelegramChannel::new(name, &Secret::new(TOKEN), root, client, settings).unwrap()
}

/// A bot that polls, its house, and its Telegram.
struct Scene {
    fake: FakeTelegram,
    house: Arc<House>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Scene {
    fn begin() -> Self {
        Self::with(|_| {})
    }

    #[expect(clippy::disallowed_methods, reason = "a test awaits the task itself")]
    fn with(prepare: impl FnOnce(&mut Room)) -> Self {
        let fake = FakeTelegram::start();
        let house = Arc::new(House::default());
        prepare(&mut house.room());
        let ports = Ports { intake: house.clone(), cursor: house.clone() };
        let stop = CancellationToken::new();
        let channel = Arc::new(channel(&fake, Mode::Polling));
        let running = tokio::spawn(channel.run(ports, stop.clone()));
        Self { fake, house, stop, running }
    }

    async fn accepted(&self, n: usize) {
        self.house.until("updates accepted", |room| room.accepted.len() >= n).await;
    }

    async fn end(self) {
        self.stop.cancel();
        tokio::time::timeout(LIMIT, self.running).await.unwrap().unwrap();
    }
}

fn text(words: &str) -> Content {
    Content::Text { text: words.to_owned() }
}

fn outbound(body: Body) -> Outbound {
    Outbound { address: Address(CHAT.to_string()), body, language: Language::It }
}

fn asking(labels: &[(&str, &str)]) -> Body {
    let button = |(label, payload): &(&str, &str)| Button {
        label: (*label).to_owned(),
        payload: (*payload).to_owned(),
    };
    Body { buttons: labels.iter().map(button).collect(), ..Body::text("Come posso aiutarLa?") }
}
