//! Turns a message into what a channel can show: parts that fit, buttons or a numbered list.
//!
//! Nothing is ever cut off: what does not fit in one part goes into the next one, and choices that
//! cannot be buttons become numbered lines. Lengths are counted in UTF-16 units, as providers do;
//! that is never less than the number of characters.

use super::Capabilities;
use super::split::{split, width};
use crate::domain::language::Language;
use crate::domain::message::{Attachment, Body, Button};
use crate::text::Phrase;

/// Said above a numbered list that stands in for buttons.
const ANSWER_WITH_NUMBER: Phrase =
    Phrase { it: "Risponda con il numero della Sua scelta:", en: "Reply with a number:" };
/// Said above buttons when the message has no words of its own.
const CHOOSE: Phrase = Phrase { it: "Scelga un'opzione:", en: "Please choose:" };
/// Stands in for a file that this channel does not send.
const ATTACHMENT: Phrase = Phrase { it: "Allegato", en: "Attachment" };

/// One message as the channel sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its text, never empty, within the channel's limit.
    pub text: String,
    /// The buttons under it; only the last part has any.
    pub buttons: Vec<Button>,
}

/// The parts of a message, in the order in which they are sent; none when it says nothing.
#[must_use]
pub fn render(body: &Body, capabilities: Capabilities, language: Language) -> Vec<Part> {
    let choices = Choices::of(&body.buttons, capabilities);
    let text = whole_text(body, choices, language);
    let mut parts: Vec<Part> = split(&text, capabilities.text_chars)
        .into_iter()
        .map(|text| Part { text, buttons: Vec::new() })
        .collect();
    if let Some(last) = parts.last_mut() {
        last.buttons = choices.buttons(&body.buttons);
    }
    parts
}

/// How the choices of a message are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choices {
    /// As they are.
    Buttons,
    /// The labels in a list, under it buttons that carry the numbers.
    NumberedButtons,
    /// A list; the customer types the number.
    List,
}

impl Choices {
    fn of(buttons: &[Button], capabilities: Capabilities) -> Self {
        let digits = buttons.len().to_string().len();
        if buttons.len() > capabilities.buttons {
            Self::List
        } else if buttons.iter().all(|button| width(&button.label) <= capabilities.label_chars) {
            Self::Buttons
        } else if digits <= capabilities.label_chars {
            Self::NumberedButtons
        } else {
            Self::List
        }
    }

    fn buttons(self, buttons: &[Button]) -> Vec<Button> {
        match self {
            Self::Buttons => buttons.to_vec(),
            Self::NumberedButtons => (1..)
                .zip(buttons)
                .map(|(number, button)| Button {
                    label: i32::to_string(&number),
                    payload: button.payload.clone(),
                })
                .collect(),
            Self::List => Vec::new(),
        }
    }
}

fn whole_text(body: &Body, choices: Choices, language: Language) -> String {
    let mut blocks = Vec::new();
    let text = body.text.trim();
    if !text.is_empty() {
        blocks.push(text.to_owned());
    }
    if !body.attachments.is_empty() {
        blocks.push(attachment_lines(&body.attachments, language));
    }
    if choices != Choices::Buttons {
        blocks.push(numbered(&body.buttons, choices, language));
    } else if blocks.is_empty() && !body.buttons.is_empty() {
        blocks.push(CHOOSE.tell(language.code()).to_owned());
    }
    blocks.join("\n\n")
}

/// The choices as lines, with a heading that says what to do with them.
fn numbered(buttons: &[Button], choices: Choices, language: Language) -> String {
    let heading = if choices == Choices::List { ANSWER_WITH_NUMBER } else { CHOOSE };
    let mut lines = vec![heading.tell(language.code()).to_owned()];
    lines.extend(
        (1..)
            .zip(buttons)
            .map(|(number, button): (usize, _)| format!("{number}. {}", button.label)),
    );
    lines.join("\n")
}

fn attachment_lines(attachments: &[Attachment], language: Language) -> String {
    let word = ATTACHMENT.tell(language.code());
    let lines: Vec<String> = attachments
        .iter()
        .map(|file| format!("{word}: {}", file.name.as_deref().unwrap_or(&file.kind)))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channel::Reach;

    fn capabilities(text_chars: usize, buttons: usize, label_chars: usize) -> Capabilities {
        Capabilities { reach: Reach::Push, text_chars, buttons, label_chars }
    }

    fn choice(labels: &[&str]) -> Vec<Button> {
        labels
            .iter()
            .map(|label| Button { label: (*label).to_owned(), payload: format!("p:{label}") })
            .collect()
    }

    fn asks(text: &str, labels: &[&str]) -> Body {
        Body { text: text.to_owned(), buttons: choice(labels), attachments: Vec::new() }
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
        assert_eq!(parts, [Part { text, buttons: Vec::new() }]);
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
    fn attachments_are_named() {
        let file = Attachment { kind: "document".into(), ..Attachment::default() };
        let body = Body { attachments: vec![file], ..Body::text("Ecco") };
        let parts = render(&body, capabilities(100, 3, 10), Language::It);
        assert_eq!(parts[0].text, "Ecco\n\nAllegato: document");
    }

    fn letters(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_part_fits(
            text in "[a-zà😀 .!?\n]{0,400}",
            labels in prop::collection::vec("[a-z]{1,30}", 0..6),
            limit in 2_usize..80,
            most in 0_usize..6,
            label_chars in 1_usize..30,
        ) {
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let body = asks(&text, &labels);
            let parts = render(&body, capabilities(limit, most, label_chars), Language::En);
            let told: String = parts.iter().map(|part| letters(&part.text)).collect();
            prop_assert!(told.starts_with(&letters(&text)));
            for part in &parts {
                prop_assert!(!part.text.is_empty());
                prop_assert!(width(&part.text) <= limit);
            }
            let buttons: Vec<_> = parts.iter().flat_map(|part| &part.buttons).collect();
            prop_assert!(buttons.len() <= most);
            prop_assert!(buttons.iter().all(|button| width(&button.label) <= label_chars));
            for (button, label) in body.buttons.iter().zip(&labels) {
                let pressed = buttons.iter().any(|shown| shown.payload == button.payload);
                prop_assert!(pressed || told.contains(&letters(label)));
            }
        }
    }
}
