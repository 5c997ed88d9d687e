//! How cards are shown: as they are, one message each with the picture, or as text.

use super::choices::Group;
use super::degradation::Reason;
use super::{Draft, Part};
use crate::channel::capabilities::{Addresses, CardLimits, Links};
use crate::domain::message::Attachment;
use crate::domain::rich::{Card, Link};

/// The kind of a card's picture.
const PHOTO: &str = "photo";

/// How the cards of a message are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As cards.
    Cards,
    /// A message each: the picture, its words as the caption, its buttons.
    Messages,
    /// Words in the message's own text, their choices among its choices.
    Text,
}

impl Draft<'_> {
    /// How the cards of a message are shown, the nearest to what was written first.
    pub(super) fn cards_form(&mut self, cards: &[Card]) -> Form {
        let limits = self.limits;
        if cards.is_empty() {
            return Form::Text;
        }
        let fit = limits.cards.map(|most| cards.iter().all(|card| self.fits(card, most)));
        if fit == Some(true) {
            return Form::Cards;
        }
        let fetched = limits.addresses == Addresses::Shown && limits.shows(PHOTO).is_some();
        let pictures = fetched && limits.buttons > 0;
        let (form, becomes) = if pictures {
            (Form::Messages, "a message each")
        } else {
            (Form::Text, "text with their addresses")
        };
        let title = limits.kind.title();
        let (why, reason) = match fit {
            None => (format!("{title} has no cards"), Reason::Lacks),
            Some(_) => (
                format!("a title, text or button is longer or more than {title} shows on a card"),
                Reason::Exceeds,
            ),
        };
        let what =
            if cards.len() == 1 { "1 card".to_owned() } else { format!("{} cards", cards.len()) };
        self.degrade(what, becomes, why, reason);
        form
    }

    fn fits(&self, card: &Card, most: CardLimits) -> bool {
        let within = |text: &str, most: usize| self.width(text) <= most;
        let title = card.title.trim();
        let mut labels = card
            .buttons
            .iter()
            .map(|button| button.label.as_str())
            .chain(card.link.iter().map(|link| link.label.as_str()));
        let count = card.buttons.len() + usize::from(card.link.is_some());
        !title.is_empty()
            && within(title, most.title)
            && card.subtitle.as_deref().is_none_or(|text| within(text, most.subtitle))
            && count <= most.buttons
            && labels.all(|label| within(label, most.label))
            && card.buttons.iter().all(|button| self.limits.carries(&button.payload))
    }

    /// The parts that show cards apart from the text.
    pub(super) fn cards(&mut self, cards: &[Card], form: Form) -> Vec<Part> {
        match form {
            Form::Text => Vec::new(),
            Form::Cards => self.side_by_side(cards),
            Form::Messages => {
                let mut first = 1;
                let mut parts = Vec::new();
                for card in cards {
                    parts.extend(self.one(card, first));
                    first += card.buttons.len();
                }
                parts
            }
        }
    }

    fn side_by_side(&mut self, cards: &[Card]) -> Vec<Part> {
        let most = self.limits.cards.map_or(1, |limits| limits.cards.max(1));
        let parts: Vec<Part> = cards
            .chunks(most)
            .map(|cards| Part { cards: cards.to_vec(), ..Part::default() })
            .collect();
        if parts.len() > 1 {
            let why = format!("{} shows at most {most} cards", self.limits.kind.title());
            let becomes = format!("{} messages", parts.len());
            self.degrade(format!("{} cards", cards.len()), &becomes, why, Reason::Exceeds);
        }
        parts
    }

    /// A card as a message of its own; its choices are counted from `first`.
    fn one(&mut self, card: &Card, first: usize) -> Vec<Part> {
        let media: Vec<Attachment> = card.image.iter().map(|address| picture(address)).collect();
        let short = |link: &&Link| {
            self.limits.links == Links::Buttons
                && self.width(&link.label) <= self.limits.label_chars
        };
        let links: Vec<Link> = card.link.iter().filter(short).cloned().collect();
        let words = card_lines(card, if links.is_empty() { card.link.as_ref() } else { None });
        self.message(&media, vec![words.join("\n")], links, &Group::of_card(card, first))
    }

    /// A card as text: its words, its link, its picture's address.
    pub(super) fn card_words(&self, card: &Card) -> String {
        let mut lines = card_lines(card, card.link.as_ref());
        lines.extend(card.image.as_deref().map(|address| self.picture_line(address)));
        lines.join("\n")
    }
}

fn card_lines(card: &Card, link: Option<&Link>) -> Vec<String> {
    let link = link.map(|link| format!("{}: {}", link.label, link.url));
    let lines = [Some(card.title.trim().to_owned()), card.subtitle.clone(), link];
    lines.into_iter().flatten().filter(|line| !line.trim().is_empty()).collect()
}

fn picture(address: &str) -> Attachment {
    Attachment {
        kind: PHOTO.to_owned(),
        reference: Some(address.to_owned()),
        ..Attachment::default()
    }
}
