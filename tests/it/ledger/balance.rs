//! Random lives of messages, step by step beside a model that only counts: the accounts balance after
//! every step, and a delivery never goes back.

use sportello::domain::contact::{Address, ChannelName, Contact, Origin};
use sportello::domain::id::{AgentId, ContactId, ConversationId, InboxId, MessageId, OutboxId};
use sportello::domain::inbound::{Content, Inbound};
use sportello::domain::message::{Author, Body, Delivery, Message, Visibility};
use sportello::domain::time::{MINUTE, UtcMillis};
use sportello::service::clock::fresh_id;
use sportello::store::account::{self, Entry, Incoming, Outgoing};
use sportello::store::inbox::{self, NewInbox};
use sportello::store::letter::{self, Decision};
use sportello::store::outbox::{self, End, Task};
use sportello::store::{Db, conversation, message};

use crate::support::server::Database;
use crate::support::{Backend, MONDAY_10};

/// Chance from a seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let n = u64::try_from(all.len()).expect("a length");
        (n > 0).then(|| all[usize::try_from(self.below(n)).expect("an index")])
    }
}

/// One send as the model knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    id: OutboxId,
    pub(super) message: MessageId,
    state: &'static str,
}

pub(super) struct Life<'a> {
    db: &'a Db,
    chance: Chance,
    channel: ChannelName,
    conversation: ConversationId,
    now: UtcMillis,
    seq: i64,
    names: u64,
    incoming: Incoming,
    outgoing: Outgoing,
    aside: Vec<(InboxId, &'static str)>,
    pub(super) sends: Vec<Sent>,
}

pub(super) fn address() -> Address {
    Address("ada".to_owned())
}

fn inbound(channel: &ChannelName, name: &str) -> Inbound {
    Inbound {
        channel: channel.clone(),
        provider_id: name.to_owned(),
        address: address(),
        name: None,
        language: None,
        content: Content::Text { text: "hello".to_owned() },
        provider_at: None,
        origin: Origin::Real,
        segments: None,
    }
}

impl<'a> Life<'a> {
    pub(super) async fn begin(db: &'a Db, seed: u64) -> Self {
        let channel = ChannelName(format!("telegram:{seed}"));
        let contact = Contact {
            id: ContactId(fresh_id()),
            channel: channel.clone(),
            address: address(),
            name: None,
            language: None,
            segments: std::collections::BTreeSet::new(),
            origin: Origin::Real,
            created_at: MONDAY_10,
        };
        let id = ConversationId(fresh_id());
        let mut tx = db.begin().await.unwrap();
        conversation::create(&mut tx, &contact, id).await.unwrap();
        tx.commit().await.unwrap();
        Self {
            db,
            chance: Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            channel,
            conversation: id,
            now: MONDAY_10,
            seq: 0,
            names: 0,
            incoming: Incoming::default(),
            outgoing: Outgoing::default(),
            aside: Vec::new(),
            sends: Vec::new(),
        }
    }

    async fn step(&mut self) {
        self.now = self.now.plus(1_000);
        match self.chance.below(14) {
            0 | 1 => self.receive("new").await,
            2 => self.receive("known").await,
            3 => self.receive("strange").await,
            4 => self.reject().await,
            5 | 6 => self.process().await,
            7 => self.fail_a_turn().await,
            8 => self.replay().await,
            9 | 10 => self.send().await,
            11 | 12 => self.carry_out().await,
            _ => self.decide().await,
        }
    }

    async fn receive(&mut self, how: &str) {
        let name = if how == "known" && self.names > 0 {
            1 + self.chance.below(self.names)
        } else {
            self.names += 1;
            self.names
        };
        let name = name.to_string();
        let read = inbound(&self.channel, &name);
        let content = if how == "strange" { Err("strange") } else { Ok(&read) };
        let id = InboxId(fresh_id());
        let new = NewInbox {
            id,
            channel: &self.channel,
            provider_id: &name,
            content,
            raw: b"{}",
            at: self.now,
        };
        let mut tx = self.db.begin().await.unwrap();
        let stored = inbox::insert(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        self.incoming.received += 1;
        match (stored, how) {
            (false, _) => self.incoming.duplicate += 1,
            (true, "strange") => {
                self.incoming.unparsed += 1;
                self.aside.push((id, "unparsed"));
            }
            (true, _) => self.incoming.waiting += 1,
        }
    }

    async fn reject(&mut self) {
        let n = 1 + self.chance.below(5);
        let mut tx = self.db.begin().await.unwrap();
        let entry = (Entry::Rejected, i64::try_from(n).unwrap());
        account::enter(&mut tx, &self.channel, self.now, 0, entry).await.unwrap();
        tx.commit().await.unwrap();
        self.incoming.received += n;
        self.incoming.rejected += n;
    }

    async fn process(&mut self) {
        let mut tx = self.db.begin().await.unwrap();
        let row = inbox::next_waiting(&mut tx, &self.channel, &address()).await.unwrap();
        if let Some(row) = row {
            inbox::mark_processed(&mut tx, row.id, self.now).await.unwrap();
            // A second mark has no effect.
            inbox::mark_processed(&mut tx, row.id, self.now).await.unwrap();
            self.incoming.waiting -= 1;
            self.incoming.processed += 1;
        }
        tx.commit().await.unwrap();
    }

    async fn fail_a_turn(&mut self) {
        let mut tx = self.db.begin().await.unwrap();
        let row = inbox::next_waiting(&mut tx, &self.channel, &address()).await.unwrap();
        inbox::mark_attempt(&mut tx, &self.channel, &address(), "a defect", 1).await.unwrap();
        tx.commit().await.unwrap();
        if let Some(row) = row {
            self.incoming.waiting -= 1;
            self.incoming.failed += 1;
            self.aside.push((row.id, "failed"));
        }
    }

    async fn replay(&mut self) {
        let Some((id, was)) = self.chance.one_of(&self.aside) else { return };
        self.aside.retain(|(other, _)| *other != id);
        let read = inbound(&self.channel, "replayed");
        let mut tx = self.db.begin().await.unwrap();
        assert!(inbox::readmit(&mut tx, id, &read).await.unwrap());
        assert!(!inbox::readmit(&mut tx, id, &read).await.unwrap(), "once");
        tx.commit().await.unwrap();
        self.incoming.waiting += 1;
        match was {
            "failed" => self.incoming.failed -= 1,
            _ => self.incoming.unparsed -= 1,
        }
    }

    pub(super) async fn send(&mut self) {
        self.seq += 1;
        let message = Message {
            id: MessageId(fresh_id()),
            conversation_id: self.conversation,
            seq: self.seq,
            author: Author::Bot,
            visibility: Visibility::Public,
            body: Body::text("hello"),
            language: None,
            at: self.now,
            delivery: Delivery::Pending,
        };
        let id = OutboxId(fresh_id());
        let mut tx = self.db.begin().await.unwrap();
        message::insert(&mut tx, &message, None, None).await.unwrap();
        let task = Task::Send { message: message.id };
        outbox::insert(&mut tx, id, Some(self.conversation), &task, self.now).await.unwrap();
        tx.commit().await.unwrap();
        self.outgoing.asked += 1;
        self.outgoing.waiting += 1;
        self.sends.push(Sent { id, message: message.id, state: "waiting" });
    }

    /// Leases a send and ends it somehow: sent, refused, put off, or its process dies.
    async fn carry_out(&mut self) {
        let waiting: Vec<Sent> =
            self.sends.iter().copied().filter(|send| send.state == "waiting").collect();
        let Some(send) = self.chance.one_of(&waiting) else { return };
        let mut tx = self.db.begin().await.unwrap();
        assert!(outbox::lease(&mut tx, send.id, self.now.plus(MINUTE)).await.unwrap());
        assert!(!outbox::lease(&mut tx, send.id, self.now).await.unwrap(), "by one process");
        let problem = "so it is".to_owned();
        let (end, state) = match self.chance.below(5) {
            0 => (End::Again { at: self.now, problem }, "waiting"),
            1 => (End::Unconfirmed { problem }, "unconfirmed"),
            2 => (End::Dead { problem }, "dead"),
            _ => (End::Done, "sent"),
        };
        outbox::finish(&mut tx, send.id, &end, self.now).await.unwrap();
        let delivery = match state {
            "unconfirmed" => Some(Delivery::Unconfirmed),
            "dead" => Some(Delivery::Failed),
            "sent" => Some(Delivery::Sent),
            _ => None,
        };
        if let Some(delivery) = delivery {
            message::set_delivery(&mut tx, send.message, delivery, None).await.unwrap();
        }
        let mut state = state;
        if state == "unconfirmed" && self.chance.below(3) == 0 {
            // The process was not dead: its answer comes after the takeover.
            outbox::finish(&mut tx, send.id, &End::Done, self.now).await.unwrap();
            state = "sent";
        }
        tx.commit().await.unwrap();
        self.outgoing.waiting -= 1;
        self.becomes(send.id, state);
    }

    async fn decide(&mut self) {
        let Some(send) = self.chance.one_of(&self.sends.clone()) else { return };
        let open = matches!(send.state, "dead" | "unconfirmed");
        let (decision, next) = match self.chance.below(2) {
            0 => (Decision::Again, "waiting"),
            _ => (Decision::Dismiss, "dismissed"),
        };
        let mut tx = self.db.begin().await.unwrap();
        let stood = letter::decide(&mut tx, send.id, decision, self.now).await.unwrap();
        assert_eq!(stood.is_some(), open, "{send:?}");
        assert!(letter::decide(&mut tx, send.id, decision, self.now).await.unwrap().is_none());
        if let Some(stood) = &stood {
            let who = (AgentId(fresh_id()), decision);
            letter::record(&mut tx, fresh_id(), (send.id, stood), who, self.now).await.unwrap();
            if decision == Decision::Again {
                message::set_out_again(&mut tx, send.message).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        if open {
            match send.state {
                "dead" => self.outgoing.dead -= 1,
                _ => self.outgoing.unconfirmed -= 1,
            }
            self.becomes(send.id, next);
        }
    }

    fn becomes(&mut self, id: OutboxId, state: &'static str) {
        for send in self.sends.iter_mut().filter(|send| send.id == id) {
            send.state = state;
        }
        match state {
            "waiting" => self.outgoing.waiting += 1,
            "unconfirmed" => self.outgoing.unconfirmed += 1,
            "dead" => self.outgoing.dead += 1,
            "dismissed" => self.outgoing.dismissed += 1,
            _ => self.outgoing.sent += 1,
        }
    }

    async fn check(&self, step: u32) {
        let page = (self.channel.clone(), account::day_of(self.now));
        let incoming = account::incoming(self.db, self.now).await.unwrap();
        let found = incoming.get(&page).copied().unwrap_or_default();
        assert_eq!(found, self.incoming, "{page:?} step {step}");
        assert!(found.balances(), "{found:?} step {step}");
        let outgoing = account::outgoing(self.db, self.now).await.unwrap();
        let found = outgoing.get(&page).copied().unwrap_or_default();
        assert_eq!(found, self.outgoing, "{page:?} step {step}");
        assert!(found.balances(), "{found:?} step {step}");
    }
}

/// A database with nothing in it, and what must outlive it.
pub(super) async fn records(backend: Backend) -> (Db, Option<tempfile::TempDir>, Option<Database>) {
    let (url, folder, database) = match backend {
        Backend::Embedded => {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("house.db");
            (format!("sqlite://{}", file.display()), Some(folder), None)
        }
        Backend::Servers => {
            let own = Database::create().await;
            (own.url().to_owned(), None, Some(own))
        }
    };
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    (db, folder, database)
}

async fn whatever_happens_the_accounts_balance(backend: Backend) {
    let (db, folder, database) = records(backend).await;
    for seed in 1..=6 {
        let mut life = Life::begin(&db, seed).await;
        for step in 0..120 {
            life.step().await;
            if step % 5 == 0 {
                life.check(step).await;
            }
        }
        life.check(120).await;
        assert!(life.outgoing.asked > 5 && life.incoming.received > 20, "{:?}", life.incoming);
    }
    db.close().await;
    drop(folder);
    if let Some(database) = database {
        database.drop_it().await;
    }
}

crate::support::on_both!(whatever_happens_the_accounts_balance);
