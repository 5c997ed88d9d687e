//! Whether the bot is well, in one line.

use super::*;

#[tokio::test]
async fn a_bot_that_is_well_says_its_name() {
    let fake = FakeTelegram::start();
    let bot = channel(&fake, Mode::Polling);
    assert_eq!(bot.checked().await, Ok("@bottega_bot is well, 0 updates are waiting".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let fake = FakeTelegram::start();
    let polling = channel(&fake, Mode::Polling);
    let wrong = TelegramChannel {
        bot: Bot::new("1:wrong").set_api_url(fake.api_root()),
        ..channel(&fake, Mode::Polling)
    };
    let said = wrong.checked().await.unwrap_err();
    assert!(said.contains("BotFather") && !said.contains("1:wrong"), "{said}");

    let url = Url::parse("https://shop.example/webhooks/telegram/shop").unwrap();
    let webhook = channel(&fake, Mode::Webhook { url: url.clone(), secret: Secret::new("s") });
    let said = webhook.checked().await.unwrap_err();
    assert!(said.contains("no webhook is set"), "{said}");

    fake.has_webhook(url.as_str(), None);
    assert!(webhook.checked().await.is_ok());
    let said = polling.checked().await.unwrap_err();
    assert!(said.contains("deleteWebhook") && said.contains("shop.example"), "{said}");

    fake.customer_says(CHAT, "ciao");
    fake.has_webhook(url.as_str(), Some("Connection timed out"));
    let said = webhook.checked().await.unwrap_err();
    assert!(said.contains("Connection timed out") && said.contains("1 updates"), "{said}");

    fake.has_webhook("https://old.example/hook", None);
    let said = webhook.checked().await.unwrap_err();
    assert!(said.contains("old.example/hook"), "{said}");
}

#[tokio::test]
async fn a_telegram_that_is_away_is_said_so_without_the_token() {
    let fake = FakeTelegram::start();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = Url::parse(&format!("http://{port}")).unwrap();
    let bot = channel(&fake, Mode::Polling);
    let bot = TelegramChannel { bot: bot.bot.clone().set_api_url(nowhere), ..bot };
    let said = bot.checked().await.unwrap_err();
    assert!(said.contains("cannot be reached") && !said.contains(TOKEN), "{said}");
}
