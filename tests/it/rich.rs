//! A reply with a list or cards, from the intent files to the customer and back.

use serde_json::{Value, json};
use sportello::config::Hidden;
use sportello::domain::message::Author;

use crate::support::cast::{agent, asks_for_a_person, read, says, thread, visitor, words};
use crate::support::{Backend, TestApp, on_both};

async fn a_list_and_cards_are_stored_drawn_and_chosen_by_number(backend: Backend) {
    let app = TestApp::start(backend).await;
    let customer = visitor(&app);
    says(&app, &customer, "hello").await;
    let shown = says(&app, &customer, "what can you help me with?").await;
    let line = shown.last().unwrap();
    let list = line.rich.list.as_ref().unwrap_or_else(|| panic!("{shown:?}"));
    assert_eq!((list.rows.len(), line.buttons.len()), (6, 0));
    assert_eq!(list.rows[2].description.as_deref(), Some("In Italy, islands included"));
    let drawn = serde_json::to_value(line).unwrap();
    assert_eq!(drawn["list"]["rows"][2]["payload"], "i:delivery_costs");
    assert!(words(&says(&app, &customer, "3").await).contains("4.90 EUR"));

    let shown = says(&app, &customer, "which product do you recommend as a present?").await;
    let cards = &shown.last().unwrap().rich.cards;
    assert_eq!(cards.len(), 3, "{shown:?}");
    assert!(cards[0].link.as_ref().unwrap().url.ends_with("/bentrovata"));
    let payload = format!("press:{}", cards[1].buttons[0].payload);
    assert!(words(&says(&app, &customer, &payload).await).contains("INCI"));
    app.stop().await;
}

async fn the_desk_reads_what_the_customer_saw(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = agent(&app, "anna").await;
    let (customer, ticket) = asks_for_a_person(&app).await;
    says(&app, &customer, "press:back_to_bot").await;
    says(&app, &customer, "which product do you recommend as a present?").await;
    let stored = thread(&app, ticket).await;
    let said = stored.iter().rfind(|one| one.message.author == Author::Bot).unwrap();
    assert_eq!(said.message.body.cards.len(), 3);
    let view = read(&app, &anna, ticket).await;
    let line = view.thread.iter().rfind(|line| line.kind == "bot").unwrap();
    assert!(line.text.contains("Bay leaf soap\nFor dry skin"), "{}", line.text);
    assert_eq!(line.buttons.len(), 4);
    app.stop().await;
}

on_both!(
    a_list_and_cards_are_stored_drawn_and_chosen_by_number,
    the_desk_reads_what_the_customer_saw,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rest_carries_everything_as_data() {
    let app = TestApp::start_with(Backend::Embedded, |config| {
        config.channels.rest.token = Hidden("word".to_owned());
    })
    .await;
    let said =
        json!({"sender": "ada", "message": "what can you do?", "metadata": {"language": "en"}});
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder().build().unwrap();
    let request = client.post(format!("http://{}/webhooks/rest/webhook", app.address));
    let answer = request.bearer_auth("word").body(said.to_string()).send().await.unwrap();
    let replies: Vec<Value> = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let last = replies.last().unwrap();
    assert_eq!(last["list"]["rows"][0]["label"], "Where is my order", "{replies:?}");
    assert!(last.get("cards").is_none(), "{last}");
    app.stop().await;
}
