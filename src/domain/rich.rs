//! What a message may hold besides text and buttons: a list to choose from, and cards.

use serde::{Deserialize, Serialize};

use super::message::{Body, Button};

/// Choices with a few words about each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// What stands above them, and on the button that opens the list where there is one.
    pub title: String,
    /// The choices.
    pub rows: Vec<Row>,
}

/// One choice of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What the customer reads.
    pub label: String,
    /// A few words more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What comes back when it is chosen; at most 64 bytes.
    pub payload: String,
}

/// A thing shown: a product, a shop, an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What it is called.
    pub title: String,
    /// A few words more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The address of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The page it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Choices under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// A page to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What the customer reads.
    pub label: String,
    /// The address.
    pub url: String,
}

impl Row {
    /// The row as a button.
    #[must_use]
    pub fn button(&self) -> Button {
        Button { label: self.label.clone(), payload: self.payload.clone() }
    }
}

impl Body {
    /// Every choice that the message offers, in the order of the numbers that choose them: those of
    /// the cards, of the list, and the buttons.
    #[must_use]
    pub fn choices(&self) -> Vec<Button> {
        choices(&self.cards, self.list.as_ref(), &self.buttons)
    }
}

impl Body {
    /// The text, then what the cards and attached addresses say, in plain lines; without the choices.
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        if !self.text.is_empty() {
            lines.push(self.text.clone());
        }
        lines.extend(self.cards.iter().map(Card::words));
        lines.join("\n\n")
    }
}

impl Card {
    /// Its words and addresses, a line each.
    #[must_use]
    pub fn words(&self) -> String {
        let link = self.link.as_ref().map(|link| format!("{}: {}", link.label, link.url));
        let lines = [Some(self.title.clone()), self.subtitle.clone(), link, self.image.clone()];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        lines.join("\n")
    }
}

/// As [`Body::choices`], of the parts.
#[must_use]
pub fn choices(cards: &[Card], list: Option<&List>, buttons: &[Button]) -> Vec<Button> {
    let cards = cards.iter().flat_map(|card| card.buttons.iter().cloned());
    let rows = list.into_iter().flat_map(|list| list.rows.iter().map(Row::button));
    cards.chain(rows).chain(buttons.iter().cloned()).collect()
}
