//! What the bot says besides words and buttons: an answer's list, cards, picture and file.

use super::payload;
use super::{Say, Words};
use crate::domain::language::Language;
use crate::domain::message::{Attachment, Button};
use crate::domain::rich::{self, Card, List, Row};
use crate::knowledge::{Choice, ChoiceList, Media, MediaKind, Reply, ReplyCard, Slot};

/// What is said besides words and buttons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rich {
    /// Choices with a few words about each.
    pub list: Option<List>,
    /// Things shown.
    pub cards: Vec<Card>,
    /// Pictures and files, by their addresses.
    pub attachments: Vec<Attachment>,
}

impl Rich {
    /// What an answer shows, its templates filled.
    pub(super) fn of(reply: &Reply, fill: &dyn Fn(&str) -> String) -> Self {
        let rich = &reply.rich;
        Self {
            list: rich.list.as_ref().map(|list| self::list(list, fill)),
            cards: rich.cards.iter().map(|card| self::card(card, fill)).collect(),
            attachments: rich.media.iter().map(attachment).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.list.is_none() && self.cards.is_empty() && self.attachments.is_empty()
    }
}

impl Say {
    /// Words with choices under them.
    pub(crate) fn new(words: Words, buttons: Vec<Button>) -> Self {
        Self { words, buttons, rich: Rich::default() }
    }

    /// An answer of the knowledge, its templates filled.
    #[must_use]
    pub fn reply(reply: &Reply, fill: &dyn Fn(&str) -> String) -> Self {
        let words = Words::Known(fill(&reply.text));
        Self { words, buttons: buttons(&reply.buttons), rich: Rich::of(reply, fill) }
    }

    /// A form's question, its template filled.
    #[must_use]
    pub fn question(slot: &Slot, language: Language, fill: &dyn Fn(&str) -> String) -> Self {
        let words = Words::Known(fill(slot.ask.in_language(language)));
        Self::new(words, options(slot, language))
    }

    /// Every choice that it offers, in the order of the numbers that choose them.
    #[must_use]
    pub fn choices(&self) -> Vec<Button> {
        rich::choices(&self.rich.cards, self.rich.list.as_ref(), &self.buttons)
    }

    /// Whether there is nothing to be said.
    pub(super) fn is_empty(&self) -> bool {
        let silent = matches!(&self.words, Words::Known(words) if words.trim().is_empty());
        silent && self.buttons.is_empty() && self.rich.is_empty()
    }
}

/// The buttons under a form's question: its offered answers, and the way out.
pub(super) fn options(slot: &Slot, language: Language) -> Vec<Button> {
    let options = slot.options.in_language(language).iter();
    let texts = options.map(|option| payload::text(option));
    texts.chain([payload::house(payload::CANCEL_FORM)]).collect()
}

fn buttons(choices: &[Choice]) -> Vec<Button> {
    choices.iter().map(|choice| payload::intent(&choice.intent, &choice.label)).collect()
}

fn list(list: &ChoiceList, fill: &dyn Fn(&str) -> String) -> List {
    let rows = list.rows.iter().map(|row| {
        let Button { label, payload } = payload::intent(&row.intent, &row.label);
        Row { label, payload, description: row.description.as_deref().map(fill) }
    });
    List { title: list.title.clone(), rows: rows.collect() }
}

fn card(card: &ReplyCard, fill: &dyn Fn(&str) -> String) -> Card {
    Card {
        title: fill(&card.title),
        subtitle: card.subtitle.as_deref().map(fill),
        image: card.image.clone(),
        link: card.link.clone(),
        buttons: buttons(&card.buttons),
    }
}

fn attachment(media: &Media) -> Attachment {
    let (kind, name) = match media.kind {
        MediaKind::Image => ("photo", None),
        MediaKind::File => ("document", file_name(&media.url)),
    };
    Attachment {
        kind: kind.to_owned(),
        name,
        reference: Some(media.url.clone()),
        ..Attachment::default()
    }
}

/// The last part of an address's path.
fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.strip_prefix("https://")?;
    let (_, name) = path.rsplit_once('/')?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Effect;
    use super::super::scene::Talk;
    use super::*;

    #[test]
    fn the_number_of_any_choice_is_an_answer() {
        let mut talk = Talk::greeted();
        let offer = "\"Offerte\" [i:shipping i:hours i:order_status]";
        for (said, answer) in [
            ("1", "\"Tre giorni\""),
            ("2", "\"Acqua: 9-18\" [i:order_status]"),
            ("3", "\"order_number?\" [cancel_form]"),
        ] {
            assert_eq!(talk.says("offerte"), [offer]);
            assert_eq!(talk.says(said)[0], answer, "{said}");
        }
        talk.says("annulla");
        talk.says("offerte");
        assert!(talk.says("Orari!")[0].contains("9-18"));
    }

    #[test]
    fn templates_are_filled_and_files_are_named() {
        let mut talk = Talk::greeted();
        talk.says("offerte");
        let said = talk.step().effects.iter().find_map(|effect| match effect {
            Effect::Say(say) => Some(say.rich.clone()),
            _ => None,
        });
        let rich = said.unwrap();
        assert_eq!(rich.cards[0].title, "Sapone di Acqua");
        assert_eq!(rich.list.unwrap().rows[0].description.as_deref(), Some("di Acqua"));
        assert_eq!(rich.attachments[0].name.as_deref(), Some("listino.pdf"));
        assert_eq!(file_name("https://a.example"), None);
    }
}
