//! A reply with a list or cards, from the intent files to the customer and back.

use serde_json::{Value, json};
use sportello::channel::capabilities::SMS;
use sportello::channel::render::render;
use sportello::config::{Config, Hidden};
use sportello::domain::language::Language;
use sportello::domain::message::Author;
use sportello::domain::source::SourceFile;

use crate::support::cast::{agent, asks_for_a_person, read, says, thread, visitor, words};
use crate::support::{Backend, TestApp, on_both, shop_with};

async fn start(backend: Backend, change: impl FnOnce(&mut Config)) -> TestApp {
    let mut sources = shop_with(include_str!("fixtures/sla.yaml"));
    let text = include_str!("fixtures/rich.yaml").to_owned();
    sources.intents.push(SourceFile { name: "rich.yaml".to_owned(), text });
    TestApp::start_from(backend, sources, change).await
}

async fn a_list_and_cards_are_drawn_and_chosen_by_number(backend: Backend) {
    let app = start(backend, |_| {}).await;
    let customer = visitor(&app);
    let shown = says(&app, &customer, "hello, what can you do?").await;
    let drawn = serde_json::to_value(shown.last().unwrap()).unwrap();
    assert_eq!(drawn["list"]["rows"][1]["payload"], "i:shipping_costs", "{drawn}");
    assert!(drawn["list"]["rows"][0]["description"].as_str().unwrap().starts_with("Of Bottega"));
    assert_eq!(drawn["media"][0]["name"], "prices.pdf");
    assert_eq!(drawn["buttons"], json!([]));
    let costs = words(&says(&app, &customer, "2").await);

    let shown = says(&app, &customer, "what do you recommend?").await;
    let drawn = serde_json::to_value(shown.last().unwrap()).unwrap();
    assert_eq!(drawn["cards"][0]["link"]["url"], "https://shop.example/soap", "{drawn}");
    assert_eq!(drawn["cards"][1], json!({"title": "Candle", "buttons": []}));
    assert_eq!(words(&says(&app, &customer, "1").await), costs);
    says(&app, &customer, "what do you recommend?").await;
    assert_eq!(words(&says(&app, &customer, "press:i:shipping_costs").await), costs);
    app.stop().await;
}

async fn a_stored_reply_is_whole_by_text_message_and_at_the_desk(backend: Backend) {
    let app = start(backend, |_| {}).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    says(&app, &customer, "press:back_to_bot").await;
    says(&app, &customer, "what do you recommend?").await;
    let stored = thread(&app, ticket).await;
    let said = stored.iter().rfind(|one| one.message.author == Author::Bot).unwrap();
    let parts = render(&said.message.body, SMS, Language::En);
    let expected = "Our best loved:\n\nBay leaf soap\nFor dry skin\nSee it: https://shop.example/soap\n\
        Picture: https://shop.example/soap.jpg\n\nCandle\n\n\
        Reply with a number:\n1. Bay leaf soap: Delivery costs\n2. Opening hours";
    assert_eq!(parts[0].text, expected);
    let view = read(&app, &anna, ticket).await;
    let line = view.thread.iter().rfind(|line| line.kind == "bot").unwrap();
    assert!(line.text.contains("Bay leaf soap\nFor dry skin"), "{}", line.text);
    assert_eq!(line.buttons.len(), 2);
    app.stop().await;
}

on_both!(
    a_list_and_cards_are_drawn_and_chosen_by_number,
    a_stored_reply_is_whole_by_text_message_and_at_the_desk,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rest_carries_everything_as_data() {
    let open = |config: &mut Config| config.channels.rest.token = Hidden("word".to_owned());
    let app = start(Backend::Embedded, open).await;
    let said =
        json!({"sender": "ada", "message": "what can you do?", "metadata": {"language": "en"}});
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().unwrap();
    let request = client.post(format!("http://{}/webhooks/rest/webhook", app.address));
    let answer = request.bearer_auth("word").body(said.to_string()).send().await.unwrap();
    let replies: Vec<Value> = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let last = replies.last().unwrap();
    assert_eq!(last["list"]["rows"][0]["label"], "Opening hours", "{replies:?}");
    assert_eq!(last["attachment"]["payload"]["src"], "https://shop.example/prices.pdf");
    assert!(last.get("cards").is_none(), "{last}");
    app.stop().await;
}
