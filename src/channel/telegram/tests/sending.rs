//! Sending: what became of a message, told honestly.

use super::*;
use crate::channel::file::NoFiles;

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
    let sending = bot.send(&outbound(Body::text("ciao")), &NoFiles).await;
    assert!(matches!(sending, Sending::Throttled { after: 7_000, .. }), "{sending:?}");
    assert_eq!(fake.sent_to(CHAT, 0).await, []);
}

#[tokio::test]
async fn a_customer_who_blocked_or_never_wrote_is_unreachable() {
    let (fake, bot) = sender();
    fake.fail_next(1, Fault::Blocked);
    let sending = bot.send(&outbound(Body::text("ciao")), &NoFiles).await;
    assert!(matches!(sending, Sending::Unreachable { .. }), "{sending:?}");
    let stranger = Outbound { address: Address("7".into()), ..outbound(Body::text("ciao")) };
    let sending = bot.send(&stranger, &NoFiles).await;
    assert!(matches!(sending, Sending::Unreachable { .. }), "{sending:?}");
    let nobody = Outbound { address: Address("Ada".into()), ..stranger };
    assert!(matches!(bot.send(&nobody, &NoFiles).await, Sending::Refused { .. }));
}

#[tokio::test]
async fn a_cut_or_missing_answer_is_unconfirmed_and_not_repeated() {
    let (fake, mut bot) = sender();
    bot.settings.pace.send_limit = Duration::from_millis(200);
    for (n, fault) in [Fault::Cut, Fault::Hang].into_iter().enumerate() {
        fake.fail_next(1, fault);
        let sending = bot.send(&outbound(Body::text("ciao")), &NoFiles).await;
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
    let sending = bot.send(&outbound(Body::text("ciao")), &NoFiles).await;
    let Sending::Later { reason, .. } = &sending else { panic!("{sending:?}") };
    assert!(!reason.contains(TOKEN), "{reason}");
    drop(fake);
}

#[tokio::test]
async fn a_long_text_goes_in_parts_with_the_buttons_under_the_last() {
    let (fake, bot) = sender();
    let mut body = asking(&[("Sì", "yes")]);
    body.text = "Una frase di prova. ".repeat(450);
    let sending = bot.send(&outbound(body.clone()), &NoFiles).await;
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
    let sending = bot.send(&long, &NoFiles).await;
    let Sending::Unconfirmed { reason } = &sending else { panic!("{sending:?}") };
    assert!(reason.starts_with("only 1 of 2 parts were sent"), "{reason}");
    assert_eq!(fake.sent_to(CHAT, 1).await.len(), 1);
}

#[tokio::test]
async fn a_later_part_waits_for_its_turn() {
    let (fake, bot) = sender();
    fake.fail_after(1, Fault::TooMany(0));
    let sending = bot.send(&outbound(Body::text("parola ".repeat(1_000))), &NoFiles).await;
    assert!(matches!(sending, Sending::Sent { .. }), "{sending:?}");
    assert_eq!(fake.sent_to(CHAT, 2).await.len(), 2);
}

#[tokio::test]
async fn a_button_that_carries_much_stays_a_button() {
    let (fake, bot) = sender();
    let payload = format!("t:{}", "è".repeat(60));
    bot.send(&outbound(asking(&[("Sì", &payload), ("No", "no")])), &NoFiles).await;
    let shown = fake.sent_to(CHAT, 1).await.remove(0);
    let [(label, stand_in), (_, short)] = shown.buttons.as_slice() else { panic!("{shown:?}") };
    assert_eq!((label.as_str(), short.as_str()), ("Sì", "no"));
    assert!(stand_in.len() <= 64, "{stand_in}");
    let known = ["no", payload.as_str()];
    assert_eq!(crate::channel::token::meant(stand_in, known), Some(payload.as_str()));
}

#[tokio::test]
async fn a_group_that_moved_is_followed() {
    let (fake, bot) = sender();
    fake.arrives(json!({"message": {"message_id": 1, "date": 1, "text": "x",
        "chat": {"id": -1_009, "type": "supergroup", "title": "Desk"}}}));
    fake.fail_next(1, Fault::Moved(-1_009));
    let sending = bot.send(&outbound(Body::text("ciao")), &NoFiles).await;
    assert!(matches!(sending, Sending::Sent { .. }), "{sending:?}");
    assert_eq!(fake.sent_to(-1_009, 1).await[0].text, "ciao");
}

#[tokio::test]
async fn typing_is_shown_and_its_failure_is_nobodys() {
    let (fake, bot) = sender();
    bot.typing(&Address(CHAT.to_string())).await;
    fake.typing(CHAT, 1).await;
    bot.typing(&Address("Ada".into())).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = Url::parse(&format!("http://{port}")).unwrap();
    let bot = TelegramChannel { bot: bot.bot.clone().set_api_url(nowhere), ..bot };
    bot.typing(&Address(CHAT.to_string())).await;
    assert_eq!(fake.count("sendchataction"), 1);
}
