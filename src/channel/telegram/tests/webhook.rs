//! Webhook mode, and what is never shown.

use super::*;

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
    for received in bot.parse(&request(None, br#"{"update_id":4,"callback_query":{"id":"abc"}}"#)) {
        bot.stored(&received);
    }
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
