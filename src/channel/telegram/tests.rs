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

#[path = "../../../tests/fakes/telegram.rs"]
mod fake;

use fake::{FakeTelegram, Fault, TOKEN};

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

#[tokio::test]
async fn an_update_is_confirmed_only_after_it_is_stored() {
    let scene = Scene::with(|room| room.refusals = 3);
    let first = scene.fake.customer_says(CHAT, "Dov'è il mio pacco?");
    scene.house.until("one refusal", |room| room.refusals < 3).await;
    assert!(scene.fake.offset() <= first, "confirmed before it was stored");
    let second = scene.fake.customer_says(CHAT, "Ordine 1001");
    scene.fake.confirmed(second).await;
    assert_eq!(scene.house.said(), [text("Dov'è il mio pacco?"), text("Ordine 1001")]);
    let position = scene.house.room().position.clone();
    assert_eq!(position, Some((second + 1).to_string()));
    scene.end().await;
}

#[tokio::test]
async fn a_failure_within_a_batch_brings_the_whole_batch_again() {
    let scene = Scene::with(|room| room.held_elsewhere = true);
    for words in ["uno", "due", "tre"] {
        scene.fake.customer_says(CHAT, words);
    }
    scene.house.change(|room| {
        room.refusals = 1;
        room.held_elsewhere = false;
    });
    scene.accepted(3).await;
    assert_eq!(scene.house.said(), [text("uno"), text("due"), text("tre")]);
    scene.end().await;
}

#[tokio::test]
async fn polling_goes_on_where_it_stopped() {
    let scene = Scene::with(|room| room.position = Some("900000002".into()));
    scene.fake.customer_says(CHAT, "known already");
    let update = scene.fake.customer_says(CHAT, "new");
    scene.fake.confirmed(update).await;
    assert_eq!(scene.house.said(), [text("new")]);
    let house = Arc::clone(&scene.house);
    scene.end().await;
    assert_eq!(house.room().given_up, 1, "the lease is given up at the end");
}

#[tokio::test]
async fn a_repeated_update_is_no_new_one() {
    let scene = Scene::begin();
    let update = scene.fake.customer_says(CHAT, "ciao");
    scene.fake.confirmed(update).await;
    scene.fake.redeliver(update);
    scene.house.until("the repeat", |room| room.repeats == 1).await;
    assert_eq!(scene.house.said().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn without_the_lease_nothing_is_polled() {
    let scene = Scene::with(|room| room.held_elsewhere = true);
    scene.fake.customer_says(CHAT, "ciao");
    scene.house.until("asked again", |room| room.asked >= 4).await;
    assert_eq!(scene.fake.count("getupdates"), 0);
    scene.house.change(|room| room.held_elsewhere = false);
    scene.accepted(1).await;
    scene.end().await;
}

#[tokio::test]
async fn a_lease_lost_during_a_poll_ends_it() {
    let scene = Scene::begin();
    scene.fake.called("getupdates", 1).await;
    scene.house.change(|room| room.held_elsewhere = true);
    let asked = scene.house.room().asked;
    scene.house.until("noticed", |room| room.asked >= asked + 4).await;
    let polls = scene.fake.count("getupdates");
    scene.fake.customer_says(CHAT, "ciao");
    let asked = scene.house.room().asked;
    scene.house.until("still waiting", |room| room.asked >= asked + 4).await;
    assert_eq!(scene.fake.count("getupdates"), polls);
    assert_eq!(scene.house.said(), []);
    scene.end().await;
}

#[tokio::test]
async fn another_poller_is_survived() {
    let scene = Scene::begin();
    scene.fake.called("getupdates", 1).await;
    let url = format!("{}bot{TOKEN}/getUpdates", scene.fake.api_root());
    let client = reqwest::Client::builder().build().unwrap();
    client.post(url).form(&[("timeout", "0")]).send().await.unwrap();
    scene.fake.customer_says(CHAT, "ciao");
    scene.accepted(1).await;
    scene.end().await;
}

#[tokio::test]
async fn a_press_is_taken_in_and_answered() {
    let scene = Scene::begin();
    scene.fake.customer_says(CHAT, "/start order_1001");
    let bot = channel(&scene.fake, Mode::Polling);
    scene.accepted(1).await;
    let sent = bot.send(&outbound(asking(&[("Sì", "yes"), ("No", "no")]))).await;
    let shown = scene.fake.sent_to(CHAT, 1).await.remove(0);
    assert_eq!(sent, Sending::Sent { provider_id: shown.message_id.to_string() });
    assert_eq!(shown.buttons[0], ("Sì".to_owned(), "yes".to_owned()));
    assert_eq!((shown.buttons.len(), shown.rows), (2, 1));
    scene.fake.customer_presses(CHAT, "no", shown.message_id);
    scene.accepted(2).await;
    let press = Content::Press { payload: "no".into(), label: Some("No".into()) };
    let start = Content::Start { reference: Some("order_1001".into()) };
    assert_eq!(scene.house.said(), [start, press]);
    assert_eq!(scene.fake.answered(1).await.len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn updates_of_every_kind_are_read() {
    let scene = Scene::begin();
    let frame = json!({"message_id": 5, "date": 1_795_319_728,
        "from": {"id": 42, "is_bot": false, "first_name": "Ada"},
        "chat": {"id": 42, "type": "private", "first_name": "Ada"}});
    let photo = |id: &str| json!({"file_id": id, "file_unique_id": id, "width": 9, "height": 9});
    scene.fake.customer_says(CHAT, "/track_order@bottega_bot 1001");
    scene.fake.customer_sends(
        CHAT,
        json!({"photo": [photo("small"), photo("large")], "caption": "è rotto"}),
    );
    scene.fake.customer_sends(CHAT, json!({"location": {"latitude": 45.5, "longitude": 9.2}}));
    scene.fake.customer_sends(CHAT, json!({"dice": {"emoji": "🎲", "value": 3}}));
    let mut edited = frame.clone();
    edited["edit_date"] = json!(1_795_319_729);
    edited["text"] = json!("corretto");
    scene.fake.arrives(json!({"edited_message": edited}));
    let mut group = frame;
    group["chat"] = json!({"id": -100_123, "type": "supergroup", "title": "Desk"});
    group["text"] = json!("ciao a tutti");
    scene.fake.arrives(json!({"message": group}));
    scene.fake.customer_blocks(CHAT);
    scene.accepted(7).await;
    let said = scene.house.said();
    assert_eq!(said[0], text("track order 1001"));
    let Content::Files { caption, attachments } = &said[1] else { panic!("{said:?}") };
    assert_eq!((caption.as_str(), attachments[0].kind.as_str()), ("è rotto", "photo"));
    assert_eq!(attachments[0].reference.as_deref(), Some("large"));
    let Content::Files { attachments, .. } = &said[2] else { panic!("{said:?}") };
    assert_eq!(attachments[0].reference.as_deref(), Some("45.5,9.2"));
    assert_eq!(said[3], Content::Unsupported { kind: "dice".into() });
    assert_eq!(said[4], Content::Edited { text: "corretto".into() });
    assert_eq!(said[5], Content::Unsupported { kind: "group".into() });
    assert_eq!(said[6], Content::Unreachable);
    scene.end().await;
}

#[tokio::test]
async fn who_wrote_is_told_as_telegram_tells_it() {
    let scene = Scene::begin();
    let update = scene.fake.customer_says(CHAT, "ciao");
    scene.accepted(1).await;
    let inbound = scene.house.inbounds().remove(0);
    assert_eq!(inbound.provider_id, update.to_string());
    assert_eq!(inbound.address, Address("42".into()));
    assert_eq!(inbound.name.as_deref(), Some("Ada Rossi"));
    assert_eq!(inbound.language, Some(Language::It));
    assert_eq!(inbound.provider_at, Some(UtcMillis((1_795_319_728 + 11) * 1_000)));
    scene.end().await;
}

#[tokio::test]
async fn an_unknown_update_is_kept_and_does_not_block_the_next() {
    let scene = Scene::begin();
    let strange = scene.fake.arrives(json!({"telepathy": {"thought": "dov'è?"}}));
    let next = scene.fake.customer_says(CHAT, "ciao");
    scene.fake.confirmed(next).await;
    let kept = scene.house.room().accepted[0].clone();
    assert_eq!(kept.provider_id, strange.to_string());
    assert!(kept.content.is_err(), "{kept:?}");
    let raw = String::from_utf8(kept.raw).unwrap();
    assert!(raw.contains("telepathy") && raw.contains("dov'è?"), "{raw}");
    assert_eq!(scene.house.said(), [text("ciao")]);
    scene.end().await;
}

/// A bot that only sends, to a customer who has written.
fn sender() -> (FakeTelegram, TelegramChannel) {
    let fake = FakeTelegram::start();
    fake.customer_says(CHAT, "ciao");
    let bot = channel(&fake, Mode::Polling);
    (fake, bot)
}

#[tokio::test]
async fn too_many_requests_mean_later() {
    let (fake, bot) = sender();
    fake.fail_next(1, Fault::TooMany(7));
    let sending = bot.send(&outbound(Body::text("ciao"))).await;
    assert!(matches!(sending, Sending::Later { after: 7_000, .. }), "{sending:?}");
    assert_eq!(fake.sent_to(CHAT, 0).await, []);
}

#[tokio::test]
async fn a_customer_who_blocked_or_never_wrote_is_unreachable() {
    let (fake, bot) = sender();
    fake.fail_next(1, Fault::Blocked);
    let sending = bot.send(&outbound(Body::text("ciao"))).await;
    assert!(matches!(sending, Sending::Unreachable { .. }), "{sending:?}");
    let stranger = Outbound { address: Address("7".into()), ..outbound(Body::text("ciao")) };
    let sending = bot.send(&stranger).await;
    assert!(matches!(sending, Sending::Unreachable { .. }), "{sending:?}");
    let nobody = Outbound { address: Address("Ada".into()), ..stranger };
    assert!(matches!(bot.send(&nobody).await, Sending::Refused { .. }));
}

#[tokio::test]
async fn a_cut_or_missing_answer_is_unconfirmed_and_not_repeated() {
    let (fake, mut bot) = sender();
    bot.settings.pace.send_limit = Duration::from_millis(200);
    for (n, fault) in [Fault::Cut, Fault::Hang].into_iter().enumerate() {
        fake.fail_next(1, fault);
        let sending = bot.send(&outbound(Body::text("ciao"))).await;
        assert!(matches!(sending, Sending::Unconfirmed { .. }), "{fault:?}: {sending:?}");
        assert_eq!(fake.count("sendmessage"), n + 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_means_later() {
    let (fake, bot) = sender();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = Url::parse(&format!("http://{port}")).unwrap();
    let bot = TelegramChannel { bot: bot.bot.clone().set_api_url(nowhere), ..bot };
    let sending = bot.send(&outbound(Body::text("ciao"))).await;
    let Sending::Later { reason, .. } = &sending else { panic!("{sending:?}") };
    assert!(!reason.contains(TOKEN), "{reason}");
    drop(fake);
}

#[tokio::test]
async fn a_long_text_goes_in_parts_with_the_buttons_under_the_last() {
    let (fake, bot) = sender();
    let mut body = asking(&[("Sì", "yes")]);
    body.text = "Una frase di prova. ".repeat(450);
    let sending = bot.send(&outbound(body.clone())).await;
    let shown = fake.sent_to(CHAT, 3).await;
    let last = &shown[2];
    assert_eq!(sending, Sending::Sent { provider_id: last.message_id.to_string() });
    assert!(shown.iter().all(|part| part.text.ends_with("prova.")), "cut within a sentence");
    let told: Vec<_> = shown.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(told.join(" "), body.text.trim());
    let under: Vec<_> = shown.iter().map(|part| part.buttons.len()).collect();
    assert_eq!(under, [0, 0, 1]);
}

#[tokio::test]
async fn a_message_broken_off_between_parts_is_unconfirmed() {
    let (fake, bot) = sender();
    let long = outbound(Body::text("parola ".repeat(1_000)));
    fake.fail_after(1, Fault::Blocked);
    let sending = bot.send(&long).await;
    let Sending::Unconfirmed { reason } = &sending else { panic!("{sending:?}") };
    assert!(reason.starts_with("only 1 of 2 parts were sent"), "{reason}");
    assert_eq!(fake.sent_to(CHAT, 1).await.len(), 1);
}

#[tokio::test]
async fn a_later_part_waits_for_its_turn() {
    let (fake, bot) = sender();
    fake.fail_after(1, Fault::TooMany(0));
    let sending = bot.send(&outbound(Body::text("parola ".repeat(1_000)))).await;
    assert!(matches!(sending, Sending::Sent { .. }), "{sending:?}");
    assert_eq!(fake.sent_to(CHAT, 2).await.len(), 2);
}

#[tokio::test]
async fn choices_too_big_for_telegram_become_a_list() {
    let (fake, bot) = sender();
    let payload = "x".repeat(65);
    bot.send(&outbound(asking(&[("Sì", &payload), ("No", "no")]))).await;
    let shown = fake.sent_to(CHAT, 1).await.remove(0);
    assert_eq!(shown.buttons, []);
    assert!(shown.text.ends_with("1. Sì\n2. No"), "{}", shown.text);
}

fn webhook() -> Mode {
    let url = Url::parse("https://shop.example/webhooks/telegram/shop").unwrap();
    Mode::Webhook { url, secret: Secret::new("s3cret") }
}

fn request(secret: Option<&str>, body: &[u8]) -> WebhookRequest {
    let header = |word: &str| ("x-telegram-bot-api-secret-token".to_owned(), word.to_owned());
    let headers = secret.map(header).into_iter().collect();
    WebhookRequest { headers, query: String::new(), body: body.to_vec() }
}

#[tokio::test]
async fn a_webhook_needs_the_secret() {
    let fake = FakeTelegram::start();
    let bot = channel(&fake, webhook());
    assert_eq!(bot.verify(&request(Some("s3cret"), b"")), Ok(()));
    for wrong in [None, Some(""), Some("s3cre"), Some("s3creT"), Some("s3cret ")] {
        assert_eq!(bot.verify(&request(wrong, b"")), Err(Refusal::Unsigned), "{wrong:?}");
    }
    let polling = channel(&fake, Mode::Polling);
    assert_eq!(polling.verify(&request(Some("s3cret"), b"")), Err(Refusal::NoWebhook));
}

#[tokio::test]
async fn a_webhook_body_is_read_or_kept() {
    let fake = FakeTelegram::start();
    let bot = channel(&fake, webhook());
    let body = br#"{ "update_id": 3, "message": {"message_id": 1, "date": 1795319728, "text": "hi",
        "from": {"id": 42, "is_bot": false, "first_name": "Ann"},
        "chat": {"id": 42, "type": "private", "first_name": "Ann"}}}"#;
    let received = bot.parse(&request(None, body)).remove(0);
    assert_eq!(received.raw, body);
    assert_eq!(received.provider_id, "3");
    assert_eq!(received.content.unwrap().content, text("hi"));
    let broken = bot.parse(&request(None, b"\xff{")).remove(0);
    assert!(broken.content.is_err());
    assert_eq!(broken.provider_id, bot.parse(&request(None, b"\xff{")).remove(0).provider_id);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test awaits the task itself")]
async fn in_webhook_mode_the_bot_registers_and_answers_presses() {
    let fake = FakeTelegram::start();
    let bot = Arc::new(channel(&fake, webhook()));
    let house = Arc::new(House::default());
    let ports = Ports { intake: house.clone(), cursor: house };
    let stop = CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&bot).run(ports, stop.clone()));
    let set = fake.webhook().await;
    assert_eq!(set["secret_token"], "s3cret");
    assert_eq!(set["url"], "https://shop.example/webhooks/telegram/shop");
    bot.parse(&request(None, br#"{"update_id":4,"callback_query":{"id":"abc"}}"#));
    assert_eq!(fake.answered(1).await, ["abc"]);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn the_token_is_in_no_debug_output() {
    let fake = FakeTelegram::start();
    let bot = channel(&fake, webhook());
    let shown = format!("{bot:?} {:?}", Secret::new(TOKEN));
    assert!(!shown.contains(TOKEN) && !shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_root_with_a_trailing_slash_or_a_path_works_and_nonsense_is_refused() {
    assert_eq!(usable(Url::parse("http://h/tg/").unwrap()).unwrap().as_str(), "http://h/tg");
    assert!(usable(Url::parse("mailto:a@b").unwrap()).is_err());
}
