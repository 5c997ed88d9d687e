//! Turns a message into what a channel can show: parts that fit, choices as buttons, a list or
//! numbered lines, cards as cards, pictures or text.
//!
//! Nothing is ever cut off: what does not fit in one part goes into the next one, and what a channel
//! cannot show is said in words. Whatever is shown otherwise than written is named in
//! [`Rendered::degradations`]. A number in the text is that of `Body::choices`.

mod cards;
mod choices;
mod degradation;
mod media;
#[cfg(test)]
mod tests;

use super::Capabilities;
use super::measure::width;
use super::split::split;
use crate::domain::language::Language;
use crate::domain::message::{Attachment, Body, Button};
use crate::domain::rich::{Card, Link, List};
use crate::text::Phrase;

use self::choices::{Group, Shape};
pub use self::degradation::{Degradation, Reason};

/// Said above buttons when the message has no words of its own.
const CHOOSE: Phrase = Phrase { it: "Scelga un'opzione:", en: "Please choose:" };

/// One message as the channel sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its text, within the channel's limit; empty only under `media` or `cards`. With `media` it is
    /// the caption.
    pub text: String,
    /// The buttons under it.
    pub buttons: Vec<Button>,
    /// Buttons that open a page, below the others.
    pub links: Vec<Link>,
    /// What is shown above the text: our copy of a file, or one to be fetched at an address
    /// (`reference`).
    pub media: Option<Attachment>,
    /// A list to choose from, under the text.
    pub list: Option<List>,
    /// Cards side by side.
    pub cards: Vec<Card>,
}

/// A message as a channel shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The parts, in the order in which they are sent; none when the message says nothing.
    pub parts: Vec<Part>,
    /// What is shown otherwise than written.
    pub degradations: Vec<Degradation>,
}

/// The parts of a message for a sender of texts and buttons: everything else is said in words.
#[must_use]
pub fn render(body: &Body, capabilities: Capabilities, language: Language) -> Vec<Part> {
    compose(body, &capabilities.texts_and_buttons(), language).parts
}

/// The parts of a message, with all that the channel shows, and what became of the rest.
#[must_use]
pub fn compose(body: &Body, limits: &Capabilities, language: Language) -> Rendered {
    let mut draft = Draft { limits, language, degradations: Vec::new() };
    let sorted = draft.sort(&body.attachments);
    let cards = draft.cards_form(&body.cards);
    let mut blocks = vec![body.text.trim().to_owned()];
    blocks.push(sorted.lines.join("\n"));
    let group = Group::of(body, cards);
    let mut parts = Vec::new();
    if cards == cards::Form::Text {
        blocks.extend(body.cards.iter().map(|card| draft.card_words(card)));
        parts.extend(draft.message(&sorted.shown, blocks, Vec::new(), &group));
    } else {
        let apart = draft.cards(&body.cards, cards);
        let (with_text, below) =
            if apart.is_empty() { (&group, None) } else { (&Group::EMPTY, Some(&group)) };
        parts.extend(draft.message(&sorted.shown, blocks, Vec::new(), with_text));
        parts.extend(apart);
        parts.extend(
            below.into_iter().flat_map(|group| draft.message(&[], Vec::new(), Vec::new(), group)),
        );
    }
    Rendered { parts, degradations: draft.degradations }
}

/// A message in the making.
struct Draft<'a> {
    limits: &'a Capabilities,
    language: Language,
    degradations: Vec<Degradation>,
}

impl Draft<'_> {
    fn say(&self, phrase: Phrase) -> String {
        phrase.tell(self.language.code()).to_owned()
    }

    fn width(&self, text: &str) -> usize {
        width(text, self.limits.counting)
    }

    /// Media, then the text in as many parts as it needs; the choices under the last one.
    fn message(
        &mut self,
        media: &[Attachment],
        mut blocks: Vec<String>,
        links: Vec<Link>,
        group: &Group<'_>,
    ) -> Vec<Part> {
        let shape = self.shape(group);
        blocks.retain(|block| !block.is_empty());
        blocks.extend(self.choice_words(group, shape));
        if blocks.is_empty() && (shape != Shape::None || !links.is_empty()) {
            blocks.push(self.say(CHOOSE));
        }
        let follow =
            if shape.is_native() || !links.is_empty() { Follow::Choices } else { Follow::Nothing };
        let mut parts = self.texts(&blocks.join("\n\n"), follow);
        if let Some(last) = parts.last_mut() {
            last.buttons = shape.buttons(group);
            last.list = self.list(group, shape);
            last.links = links;
        }
        self.under_media(media, parts)
    }

    /// A text in parts that fit; the last one shorter where choices stand under it.
    fn texts(&mut self, text: &str, follow: Follow) -> Vec<Part> {
        let limits = self.limits;
        let mut texts = split(text, limits.text_chars, limits.counting);
        if follow == Follow::Choices
            && let Some(last) = texts.pop()
        {
            texts.extend(split(&last, limits.choice_text_chars, limits.counting));
        }
        if texts.len() > 1 {
            self.text_was_split(text, texts.len(), follow);
        }
        texts.into_iter().map(|text| Part { text, ..Part::default() }).collect()
    }

    /// Puts a text under the last of the media where it fits as a caption.
    fn under_media(&mut self, media: &[Attachment], mut parts: Vec<Part>) -> Vec<Part> {
        let mut shown: Vec<Part> = media
            .iter()
            .map(|file| Part { media: Some(file.clone()), ..Part::default() })
            .collect();
        if let (Some(last), [only]) = (shown.last_mut(), parts.as_mut_slice())
            && only.list.is_none()
            && width(&only.text, self.limits.counting) <= self.limits.caption_chars
        {
            let text = std::mem::take(only);
            *last = Part { media: last.media.take(), ..text };
            return shown;
        }
        if !shown.is_empty() && !parts.is_empty() {
            self.no_caption();
        }
        shown.append(&mut parts);
        shown
    }
}

/// What stands under a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follow {
    /// Buttons, a list or links.
    Choices,
    /// Nothing.
    Nothing,
}
