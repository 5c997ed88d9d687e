//! Polling: nothing lost, nothing doubled, one poller at a time.

use super::*;
use crate::channel::file::NoFiles;

#[tokio::test]
async fn an_update_is_confirmed_only_after_it_is_stored() {
    let scene = Scene::with(|room| room.refusals = 3);
    let first = scene.fake.customer_says(CHAT, "Dov'è il mio pacco?");
    scene.house.until("one refusal", |room| room.refusals < 3).await;
    assert!(!scene.fake.is_confirmed(first), "confirmed before it was stored");
    let second = scene.fake.customer_says(CHAT, "Ordine 1001");
    scene.fake.confirmed(second).await;
    assert_eq!(scene.house.said(), [text("Dov'è il mio pacco?"), text("Ordine 1001")]);
    assert!(scene.fake.offsets().contains(&Some(second + 1)));
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
    assert_eq!(scene.fake.offsets()[0], Some(900_000_002));
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
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().unwrap();
    client.post(url).form(&[("timeout", "0")]).send().await.unwrap();
    scene.fake.customer_says(CHAT, "ciao");
    scene.accepted(1).await;
    assert_eq!(scene.fake.conflicts(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_press_is_taken_in_and_answered() {
    let scene = Scene::begin();
    scene.fake.customer_says(CHAT, "/start order_1001");
    let bot = channel(&scene.fake, Mode::Polling);
    scene.accepted(1).await;
    let sent = bot.send(&outbound(asking(&[("Sì", "yes"), ("No", "no")])), &NoFiles).await;
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
async fn ids_that_begin_anew_lose_nothing() {
    let scene = Scene::begin();
    let first = scene.fake.customer_says(CHAT, "uno");
    scene.fake.confirmed(first).await;
    scene.house.until("the position is let go", |room| room.position.as_deref() == Some("")).await;
    let low = scene.fake.customer_says_as(17, CHAT, "due");
    scene.fake.confirmed(low).await;
    let next = scene.fake.customer_says(CHAT, "tre");
    scene.fake.confirmed(next).await;
    assert_eq!(scene.house.said(), [text("uno"), text("due"), text("tre")]);
    assert_eq!(next, 18);
    scene.end().await;
}

#[tokio::test]
async fn a_position_that_telegram_does_not_know_is_let_go() {
    let scene = Scene::with(|room| {
        room.held_elsewhere = true;
        room.position = Some("900000001".into());
    });
    scene.fake.fail_polls(&[PollFault::BadOffset]);
    scene.fake.customer_says(CHAT, "ciao");
    scene.house.change(|room| room.held_elsewhere = false);
    scene.accepted(1).await;
    assert_eq!(scene.fake.offsets()[..2], [Some(900_000_001), None]);
    scene.end().await;
}

#[tokio::test]
async fn polls_that_break_are_asked_again_and_nothing_is_doubled() {
    let scene = Scene::with(|room| room.held_elsewhere = true);
    scene.fake.fail_polls(&[PollFault::Cut, PollFault::BadGateway, PollFault::TooMany(0)]);
    let update = scene.fake.customer_says(CHAT, "ciao");
    scene.house.change(|room| room.held_elsewhere = false);
    scene.fake.confirmed(update).await;
    assert_eq!(scene.house.said(), [text("ciao")]);
    assert!(
        scene.fake.count("getupdates") >= 5,
        "three broken, one that brings it, one that confirms"
    );
    scene.end().await;
}

#[tokio::test]
async fn updates_in_the_wrong_order_are_all_taken_and_all_confirmed() {
    let scene = Scene::begin();
    scene.fake.shuffle();
    let ids = scene
        .fake
        .at_once(|| ["uno", "due", "tre"].map(|words| scene.fake.customer_says(CHAT, words)));
    for id in ids {
        scene.fake.confirmed(id).await;
    }
    assert_eq!(scene.house.said(), [text("tre"), text("due"), text("uno")]);
    scene.end().await;
}

#[tokio::test]
async fn a_press_that_is_answered_too_late_is_taken_all_the_same() {
    let scene = Scene::begin();
    scene.fake.customer_says(CHAT, "ciao");
    scene.accepted(1).await;
    let bot = channel(&scene.fake, Mode::Polling);
    bot.send(&outbound(asking(&[("Sì", "yes")])), &NoFiles).await;
    let shown = scene.fake.sent_to(CHAT, 1).await.remove(0);
    scene.fake.customer_presses_late(CHAT, "yes", shown.message_id);
    scene.accepted(2).await;
    scene.fake.answered(1).await;
    let next = scene.fake.customer_says(CHAT, "e poi?");
    scene.fake.confirmed(next).await;
    assert_eq!(
        scene.house.said()[1..],
        [Content::Press { payload: "yes".into(), label: Some("Sì".into()) }, text("e poi?"),]
    );
    scene.end().await;
}
