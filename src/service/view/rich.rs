//! What a message shows besides text and buttons, for pages that draw it.

use serde::Serialize;
use utoipa::ToSchema;

use super::ButtonView;
use crate::domain::message::{Attachment, Body, Button};
use crate::domain::rich::{Card, Link, List, Row};

/// A list, cards, pictures and files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct RichView {
    /// Choices with a few words about each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<ListView>,
    /// Things shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardView>,
    /// Pictures and files at addresses of the shop's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediaView>,
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ListView {
    /// What stands above it.
    pub title: String,
    /// Its rows.
    pub rows: Vec<RowView>,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RowView {
    /// What it says.
    pub label: String,
    /// A few words more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What choosing it sends.
    pub payload: String,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CardView {
    /// What it is called.
    pub title: String,
    /// A few words more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The address of its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The page that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkView>,
    /// Choices under it.
    pub buttons: Vec<ButtonView>,
}

/// A page to open.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LinkView {
    /// What it says.
    pub label: String,
    /// The address.
    pub url: String,
}

/// A picture or a file at an address.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MediaView {
    /// `photo`, `document`, …
    pub kind: String,
    /// Its name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    pub url: String,
}

impl RichView {
    /// What a message shows.
    pub(crate) fn of(body: &Body) -> Self {
        Self {
            list: body.list.as_ref().map(list),
            cards: body.cards.iter().map(card).collect(),
            media: body.attachments.iter().filter_map(media).collect(),
        }
    }
}

fn list(list: &List) -> ListView {
    let row = |row: &Row| RowView {
        label: row.label.clone(),
        description: row.description.clone(),
        payload: row.payload.clone(),
    };
    ListView { title: list.title.clone(), rows: list.rows.iter().map(row).collect() }
}

fn card(card: &Card) -> CardView {
    let link = |link: &Link| LinkView { label: link.label.clone(), url: link.url.clone() };
    let button = |button: &Button| ButtonView {
        label: button.label.clone(),
        payload: button.payload.clone(),
    };
    CardView {
        title: card.title.clone(),
        subtitle: card.subtitle.clone(),
        image: card.image.clone(),
        link: card.link.as_ref().map(link),
        buttons: card.buttons.iter().map(button).collect(),
    }
}

/// What anybody can fetch at an address; files of which we have a copy are shown otherwise.
fn media(file: &Attachment) -> Option<MediaView> {
    let url = file.reference.as_deref().filter(|url| url.starts_with("https://"))?;
    let shown =
        || MediaView { kind: file.kind.clone(), name: file.name.clone(), url: url.to_owned() };
    file.file.is_none().then(shown)
}
