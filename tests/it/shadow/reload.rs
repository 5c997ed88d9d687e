//! Knowledge changes while a customer is in the middle of a form.

use sportello::service::content::{ContentError, ContentFiles};
use sportello::service::shadow;

use super::{begin, shop};
use crate::support::call::Line;
use crate::support::cast::{newest, says, supervisor, visitor, words};
use crate::support::{Backend, TestApp, on_both, shop_with};

/// Other words at the end of the form, and another intent.
const MENDED: [(&str, &str); 1] = [("en: \"I am very sorry.\"", "en: \"We are truly sorry.\"")];

fn files(edits: &[(&str, &str)]) -> ContentFiles {
    let sources = shop_with(include_str!("../fixtures/sla.yaml"));
    ContentFiles { intents: shop(edits), policies: sources.policies, teams: sources.teams }
}

async fn a_form_goes_on_over_a_reload(backend: Backend) {
    let app = TestApp::start(backend).await;
    let ada = visitor(&app);
    assert!(words(&says(&app, &ada, "the item arrived broken").await).contains("order number"));
    app.house.republish(files(&MENDED)).await.unwrap();
    let said = words(&says(&app, &ada, "it is AB123456").await);
    assert!(said.contains("truly sorry"), "the answer counts, in the new words: {said}");
    let packet = newest(&app).await.ticket.packet;
    assert_eq!(packet.slots.get("order_number").map(String::as_str), Some("AB123456"));
    app.stop().await;
}

async fn a_form_goes_on_over_a_promotion(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let ada = visitor(&app);
    let id = begin(&app, &MENDED).await;
    says(&app, &ada, "the item arrived broken").await;
    shadow::promote(&app.house, &sara.board().unwrap(), id).await.unwrap();
    assert!(words(&says(&app, &ada, "it is AB123456").await).contains("truly sorry"));
    app.stop().await;
}

async fn a_form_that_is_gone_ends_in_words_and_not_in_silence(backend: Backend) {
    let app = TestApp::start(backend).await;
    let ada = visitor(&app);
    says(&app, &ada, "the item arrived broken").await;
    app.house
        .republish(files(&[("  - name: damaged_item", "  - name: broken_item")]))
        .await
        .unwrap();
    let said = words(&says(&app, &ada, "it is AB123456").await);
    assert!(!said.is_empty());
    assert!(words(&says(&app, &ada, "when do you open?").await).contains("Monday to Friday"));
    app.stop().await;
}

async fn refused_files_are_told_at_their_place_on_every_board_until_mended(backend: Backend) {
    let app = TestApp::start(backend).await;
    let second = app.second().await;
    let sara = supervisor(&app).await;
    let (here, there) = (Line::of(&app, &sara).await, Line::of(&second, &sara).await);
    let before = app.house.content.knowledge().version.clone();
    let bad = [
        ("menu: [opening_hours, order_status]", "menu: [opening_hours, nowhere]"),
        ("lookup: order\n", "lookup: invoice\n"),
    ];
    let refused = app.house.republish(files(&bad)).await;
    let Err(ContentError::Refused(problems)) = refused else { panic!("{refused:?}") };
    assert!(problems.len() >= 2, "{problems:?}");
    assert_eq!(app.house.content.knowledge().version, before, "the old one stays");
    for line in [&here, &there] {
        for (language, told) in [("it", "Contenuto rifiutato"), ("en", "Content refused")] {
            let html = line.get_in(language, "/board").await.body;
            for held in [told, "next/shop.yaml:7:", "nowhere", "invoice", "7 |", "^^^^^^^"] {
                assert!(html.contains(held), "{held} in {language}");
            }
        }
    }
    app.house.republish(files(&MENDED)).await.unwrap();
    for line in [&here, &there] {
        assert!(!line.get("/board").await.body.contains("Content refused"));
    }
    second.stop().await;

    assert!(app.house.republish(files(&bad)).await.is_err());
    let app = app.restart().await;
    let html = Line::of(&app, &sara).await.get("/board").await.body;
    assert!(!html.contains("Content refused"), "it began on good files: {html}");
    app.stop().await;
}

on_both!(
    a_form_goes_on_over_a_reload,
    a_form_goes_on_over_a_promotion,
    a_form_that_is_gone_ends_in_words_and_not_in_silence,
    refused_files_are_told_at_their_place_on_every_board_until_mended,
);
