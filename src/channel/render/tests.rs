mod any;

use super::*;
use crate::channel::capabilities::{
    Addresses, EMAIL, Links, MESSENGER, SMS, TELEGRAM, WEBCHAT, WHATSAPP,
};
use crate::domain::rich::Row;

fn capabilities(text_chars: usize, buttons: usize, label_chars: usize) -> Capabilities {
    let plain = TELEGRAM.texts_and_buttons();
    Capabilities { text_chars, choice_text_chars: text_chars, buttons, label_chars, ..plain }
}

/// A provider like Telegram whose sender carries all that it shows.
const RICH: Capabilities =
    Capabilities { addresses: Addresses::Shown, links: Links::Buttons, ..TELEGRAM };

fn choice(labels: &[&str]) -> Vec<Button> {
    labels
        .iter()
        .map(|label| Button { label: (*label).to_owned(), payload: format!("p:{label}") })
        .collect()
}

fn asks(text: &str, labels: &[&str]) -> Body {
    Body { buttons: choice(labels), ..Body::text(text) }
}

fn list(title: &str, rows: &[(&str, Option<&str>)]) -> List {
    let rows = rows.iter().map(|(label, description)| Row {
        label: (*label).to_owned(),
        description: description.map(str::to_owned),
        payload: format!("i:{label}"),
    });
    List { title: title.to_owned(), rows: rows.collect() }
}

fn card(title: &str, labels: &[&str]) -> Card {
    Card {
        title: title.to_owned(),
        subtitle: Some("100 g".to_owned()),
        image: Some(format!("https://shop.example/{title}.jpg")),
        link: Some(Link { label: "Vedi".into(), url: format!("https://shop.example/{title}") }),
        buttons: choice(labels),
    }
}

fn photo() -> Attachment {
    let reference = Some("https://shop.example/a.jpg".to_owned());
    Attachment { kind: "photo".into(), reference, ..Attachment::default() }
}

fn told(rendered: &Rendered) -> Vec<String> {
    rendered.degradations.iter().map(ToString::to_string).collect()
}

#[test]
fn buttons_that_fit_stay_under_the_last_part() {
    let body = asks("Prima frase. Seconda frase.", &["Sì", "No"]);
    let parts = render(&body, capabilities(15, 3, 20), Language::It);
    let texts: Vec<_> = parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(texts, ["Prima frase.", "Seconda frase."]);
    assert_eq!(parts[0].buttons, []);
    assert_eq!(parts[1].buttons, choice(&["Sì", "No"]));
}

#[test]
fn too_many_buttons_become_a_list_in_the_given_language() {
    let body = asks("Which one?", &["a", "b", "c"]);
    let parts = render(&body, capabilities(100, 2, 20), Language::En);
    let text = "Which one?\n\nReply with a number:\n1. a\n2. b\n3. c".to_owned();
    assert_eq!(parts, [Part { text, ..Part::default() }]);
    let italian = render(&body, capabilities(100, 0, 20), Language::It);
    assert!(italian[0].text.contains("Risponda con il numero"), "{italian:?}");
}

#[test]
fn long_labels_are_listed_and_their_numbers_are_the_buttons() {
    let body = asks("", &["a very long label", "b"]);
    let parts = render(&body, capabilities(100, 3, 10), Language::En);
    assert_eq!(parts[0].text, "Please choose:\n1. a very long label\n2. b");
    let shown: Vec<_> =
        parts[0].buttons.iter().map(|b| (b.label.as_str(), b.payload.as_str())).collect();
    assert_eq!(shown, [("1", "p:a very long label"), ("2", "p:b")]);
}

#[test]
fn a_message_without_words_gets_some_when_it_has_buttons() {
    let parts = render(&asks(" ", &["Sì"]), capabilities(100, 3, 10), Language::It);
    assert_eq!(parts[0].text, "Scelga un'opzione:");
    assert_eq!(render(&Body::default(), capabilities(9, 9, 9), Language::It), []);
}

#[test]
fn attachments_are_named_where_they_are_not_shown() {
    let file = Attachment { kind: "document".into(), ..Attachment::default() };
    let body = Body { attachments: vec![file, photo()], ..Body::text("Ecco") };
    let parts = render(&body, capabilities(100, 3, 10), Language::It);
    let expected = "Ecco\n\nAllegato: document\nImmagine: https://shop.example/a.jpg";
    assert_eq!(parts[0].text, expected);
}

#[test]
fn four_buttons_are_a_list_on_whatsapp_and_numbers_by_sms() {
    let body = asks("Quale?", &["Uno", "Due", "Tre", "Quattro"]);
    let shown = compose(&body, &WHATSAPP, Language::It);
    assert_eq!(shown.parts[0].list.as_ref().unwrap().rows.len(), 4);
    assert_eq!(told(&shown), ["4 buttons: a list, because WhatsApp shows at most 3 buttons"]);
    let sent = compose(&body, &SMS, Language::It);
    assert!(sent.parts[0].text.ends_with("3. Tre\n4. Quattro"), "{sent:?}");
    assert_eq!(told(&sent), ["4 buttons: a numbered list, because SMS has no buttons"]);
    assert_eq!(sent.degradations[0].reason, Reason::Lacks);
    assert_eq!(told(&compose(&body, &TELEGRAM, Language::It)), [""; 0]);
}

#[test]
fn a_list_is_a_list_or_buttons_with_its_words_above() {
    let rows = [("Tempi", Some("Quando arriva")), ("Costi", None)];
    let body = Body { list: Some(list("Consegna", &rows)), ..Body::text("Ecco") };
    let whatsapp = compose(&body, &WHATSAPP, Language::It);
    assert_eq!(
        whatsapp.parts,
        [Part { text: "Ecco".into(), list: body.list.clone(), ..Part::default() }]
    );
    assert_eq!(told(&whatsapp), [""; 0]);
    let telegram = compose(&body, &TELEGRAM, Language::It);
    assert_eq!(telegram.parts[0].text, "Ecco\n\nConsegna\nTempi: Quando arriva");
    assert_eq!(telegram.parts[0].buttons.len(), 2);
    assert_eq!(told(&telegram), ["a list of 2 rows: buttons, because Telegram has no lists"]);
    let email = compose(&body, &EMAIL, Language::It);
    assert!(email.parts[0].text.ends_with("1. Tempi: Quando arriva\n2. Costi"), "{email:?}");
    let why = "a list of 2 rows: a numbered list, because e-mail has no lists and no buttons";
    assert_eq!(told(&email), [why]);
}

#[test]
fn what_stands_behind_a_button_is_never_cut() {
    let button = Button { label: "Sì".into(), payload: "x".repeat(65) };
    let body = Body { buttons: vec![button], ..Body::text("Va bene?") };
    let shown = compose(&body, &Capabilities { payload_bytes: 64, ..TELEGRAM }, Language::It);
    assert_eq!(shown.parts[0].buttons, []);
    assert!(shown.parts[0].text.ends_with("1. Sì"));
    assert_eq!(shown.degradations[0].reason, Reason::Impossible);
}

#[test]
fn cards_are_cards_or_captions_or_text() {
    let body = Body {
        cards: vec![card("Sapone", &["Costi"]), card("Olio", &["Tempi", "Costi"])],
        ..Body::text("Ecco")
    };
    let web = compose(&body, &WEBCHAT, Language::It);
    assert_eq!((web.parts.len(), web.parts[1].cards.len()), (2, 2));
    assert_eq!(compose(&body, &MESSENGER, Language::It).parts[1].cards.len(), 2);
    let telegram = compose(&body, &RICH, Language::It);
    let [words, first, second] = telegram.parts.as_slice() else { panic!("{telegram:?}") };
    assert_eq!(words.text, "Ecco");
    assert_eq!(first.text, "Sapone\n100 g");
    assert_eq!(first.media.as_ref().unwrap().reference, body.cards[0].image);
    assert_eq!(first.links, [body.cards[0].link.clone().unwrap()]);
    assert_eq!(second.buttons.len(), 2);
    assert_eq!(told(&telegram), ["2 cards: a message each, because Telegram has no cards"]);
    let plain = compose(&body, &TELEGRAM, Language::It);
    assert_eq!((plain.parts.len(), plain.parts[0].buttons.len()), (1, 3), "{plain:?}");
    assert_eq!(plain.parts, render(&body, TELEGRAM, Language::It));
    let sms = compose(&body, &SMS, Language::It);
    let expected = "Ecco\n\n\
        Sapone\n100 g\nVedi: https://shop.example/Sapone\nImmagine: https://shop.example/Sapone.jpg\n\n\
        Olio\n100 g\nVedi: https://shop.example/Olio\nImmagine: https://shop.example/Olio.jpg\n\n\
        Risponda con il numero della Sua scelta:\n1. Sapone: Costi\n2. Olio: Tempi\n3. Olio: Costi";
    assert_eq!(sms.parts[0].text, expected);
}

#[test]
fn a_picture_carries_the_text_where_it_fits() {
    let body = Body { attachments: vec![photo()], ..asks("Ecco", &["Sì"]) };
    let telegram = compose(&body, &RICH, Language::It);
    let [only] = telegram.parts.as_slice() else { panic!("{telegram:?}") };
    assert_eq!((only.text.as_str(), only.buttons.len()), ("Ecco", 1));
    assert_eq!(only.media, Some(photo()));
    let long = Body { text: "Ecco. ".repeat(200), ..body };
    let telegram = compose(&long, &RICH, Language::It);
    assert_eq!(telegram.parts.len(), 2);
    let why = "Telegram shows at most 1,024 letters under a picture";
    assert_eq!(
        told(&telegram),
        [format!("a picture or file with text: two messages, because {why}")]
    );
    let large = Attachment { bytes: Some(11 << 20), ..photo() };
    let body = Body { attachments: vec![large], ..Body::text("Ecco") };
    assert_eq!(compose(&body, &RICH, Language::It).degradations[0].reason, Reason::Impossible);
}
