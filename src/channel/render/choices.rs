//! How the choices of a message are shown: as buttons, as a list, or as numbered lines.

use super::Draft;
use super::cards::Form;
use super::degradation::{Degradation, Reason};
use crate::channel::Capabilities;
use crate::channel::measure::width;
use crate::domain::message::{Body, Button};
use crate::domain::rich::{Card, List, Row};
use crate::text::Phrase;

/// Said above a numbered list that stands in for buttons.
const ANSWER_WITH_NUMBER: Phrase =
    Phrase { it: "Risponda con il numero della Sua scelta:", en: "Reply with a number:" };
/// Said above numbered lines with buttons that carry the numbers.
const PRESS_NUMBER: Phrase = super::CHOOSE;
/// The title of a list that has none of its own.
const OPTIONS: Phrase = Phrase { it: "Opzioni", en: "Options" };

/// Choices that are shown together.
pub(super) struct Group<'a> {
    /// The choices.
    rows: Vec<Row>,
    /// Their title, where they were written as a list.
    title: Option<&'a str>,
    /// The number of the first one.
    first: usize,
}

impl<'a> Group<'a> {
    /// No choices.
    pub(super) const EMPTY: Self = Self { rows: Vec::new(), title: None, first: 1 };

    /// The choices of a message that are not shown with its cards.
    pub(super) fn of(body: &'a Body, cards: Form) -> Self {
        let of_cards: usize = body.cards.iter().map(|card| card.buttons.len()).sum();
        let (mut rows, first) = match cards {
            Form::Text => (merged(&body.cards), 1),
            Form::Cards | Form::Messages => (Vec::new(), of_cards + 1),
        };
        rows.extend(body.list.iter().flat_map(|list| list.rows.iter().cloned()));
        rows.extend(body.buttons.iter().map(row));
        let title = body.list.as_ref().map(|list| list.title.trim());
        Self { rows, title: title.filter(|title| !title.is_empty()), first }
    }

    /// The buttons of one card, counted from a number.
    pub(super) fn of_card(card: &Card, first: usize) -> Self {
        Self { rows: card.buttons.iter().map(row).collect(), title: None, first }
    }

    fn is_list(&self) -> bool {
        self.title.is_some() || self.rows.iter().any(|row| row.description.is_some())
    }

    /// The shape that needs no change.
    fn as_written(&self) -> Shape {
        if self.is_list() { Shape::List } else { Shape::Buttons }
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Row)> {
        (self.first..).zip(&self.rows)
    }

    fn last(&self) -> usize {
        self.first + self.rows.len().saturating_sub(1)
    }
}

/// The buttons of several cards in one list tell which card they belong to.
fn merged(cards: &[Card]) -> Vec<Row> {
    let all = cards.iter().flat_map(|card| card.buttons.iter().map(move |button| (card, button)));
    all.map(|(card, button)| {
        let title = card.title.trim();
        let label = match cards.len() {
            1 => button.label.clone(),
            _ if title.is_empty() => button.label.clone(),
            _ => format!("{title}: {}", button.label),
        };
        Row { label, description: None, payload: button.payload.clone() }
    })
    .collect()
}

fn row(button: &Button) -> Row {
    Row { label: button.label.clone(), description: None, payload: button.payload.clone() }
}

/// How choices are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// There are none.
    None,
    /// As buttons.
    Buttons,
    /// As a list.
    List,
    /// Numbered lines, under them buttons that carry the numbers.
    NumberedButtons,
    /// Numbered lines; the customer types the number.
    Numbers,
}

impl Shape {
    /// Whether something to press stands under the text.
    pub(super) const fn is_native(self) -> bool {
        matches!(self, Self::Buttons | Self::List | Self::NumberedButtons)
    }

    /// The buttons.
    pub(super) fn buttons(self, group: &Group<'_>) -> Vec<Button> {
        let button = |label: String, row: &Row| Button { label, payload: row.payload.clone() };
        match self {
            Self::Buttons => group.rows.iter().map(Row::button).collect(),
            Self::NumberedButtons => {
                group.numbered().map(|(number, row)| button(number.to_string(), row)).collect()
            }
            Self::None | Self::List | Self::Numbers => Vec::new(),
        }
    }
}

/// What keeps choices from being shown in a way.
enum Obstacle {
    /// The channel has no such thing.
    Lacks(&'static str),
    /// More than it shows, and of what.
    Many(usize, &'static str),
    /// Words longer than it shows; a few of them, and the bound.
    Long(String, usize),
    /// More bytes behind a choice than come back.
    Payload(usize),
}

impl Capabilities {
    fn long<'r>(&self, words: impl Iterator<Item = &'r str>, most: usize) -> Option<Obstacle> {
        let mut words = words.filter(|text| width(text, self.counting) > most);
        words.next().map(|text| Obstacle::Long(text.to_owned(), most))
    }

    fn payload(&self, rows: &[Row]) -> Option<Obstacle> {
        let whole = rows.iter().all(|row| self.carries(&row.payload));
        (!whole).then_some(Obstacle::Payload(self.payload_bytes))
    }

    fn against_buttons(&self, rows: &[Row]) -> Option<Obstacle> {
        if self.buttons == 0 {
            return Some(Obstacle::Lacks("buttons"));
        }
        let labels = rows.iter().map(|row| row.label.as_str());
        self.payload(rows)
            .or_else(|| {
                (rows.len() > self.buttons).then_some(Obstacle::Many(self.buttons, "buttons"))
            })
            .or_else(|| self.long(labels, self.label_chars))
    }

    fn against_list(&self, group: &Group<'_>) -> Option<Obstacle> {
        let Some(list) = self.list else { return Some(Obstacle::Lacks("lists")) };
        let rows = &group.rows;
        let labels = rows.iter().map(|row| row.label.as_str());
        let descriptions = rows.iter().filter_map(|row| row.description.as_deref());
        self.payload(rows)
            .or_else(|| (rows.len() > list.rows).then_some(Obstacle::Many(list.rows, "rows")))
            .or_else(|| self.long(group.title.into_iter(), list.title))
            .or_else(|| self.long(labels, list.label))
            .or_else(|| self.long(descriptions, list.description))
    }

    /// How choices are numbered: with buttons that carry the numbers where those fit.
    fn numbered(&self, group: &Group<'_>) -> Shape {
        let digits = group.last().to_string().len();
        let counted = group.rows.len() <= self.buttons && digits <= self.label_chars;
        let carried = self.payload(&group.rows).is_none();
        if counted && carried { Shape::NumberedButtons } else { Shape::Numbers }
    }
}

impl Draft<'_> {
    /// How choices are shown, the nearest to what was written first.
    pub(super) fn shape(&mut self, group: &Group<'_>) -> Shape {
        let limits = self.limits;
        if group.rows.is_empty() {
            return Shape::None;
        }
        let (buttons, list) = (limits.against_buttons(&group.rows), limits.against_list(group));
        let rest = limits.numbered(group);
        let (shape, obstacle) = match (group.is_list(), buttons, list) {
            (true, _, None) | (false, None, _) => return group.as_written(),
            (true, None, Some(why)) => (Shape::Buttons, why),
            (false, Some(why), None) => (Shape::List, why),
            (true, Some(Obstacle::Lacks(_)), Some(Obstacle::Lacks(_))) => {
                (rest, Obstacle::Lacks("lists and no buttons"))
            }
            (true, Some(why), Some(Obstacle::Lacks(_)))
            | (true, _, Some(why))
            | (false, Some(why), _) => (rest, why),
        };
        self.degradations.push(limits.told(group, shape, &obstacle));
        shape
    }

    /// What the text says of the choices.
    pub(super) fn choice_words(&self, group: &Group<'_>, shape: Shape) -> Option<String> {
        let line = |row: &Row| match row.description.as_deref().map(str::trim) {
            Some(words) if !words.is_empty() => format!("{}: {words}", row.label),
            _ => row.label.clone(),
        };
        let heading = match shape {
            Shape::None | Shape::List => return None,
            Shape::Buttons => {
                let described = group.rows.iter().filter(|row| row.description.is_some());
                let lines = group.title.map(str::to_owned).into_iter().chain(described.map(line));
                let lines: Vec<String> = lines.collect();
                return (!lines.is_empty()).then(|| lines.join("\n"));
            }
            Shape::NumberedButtons => PRESS_NUMBER,
            Shape::Numbers => ANSWER_WITH_NUMBER,
        };
        let mut lines: Vec<String> = group.title.map(str::to_owned).into_iter().collect();
        lines.push(self.say(heading));
        lines.extend(group.numbered().map(|(number, row)| format!("{number}. {}", line(row))));
        Some(lines.join("\n"))
    }

    /// The list under the text.
    pub(super) fn list(&self, group: &Group<'_>, shape: Shape) -> Option<List> {
        let title = || group.title.map_or_else(|| self.say(OPTIONS), str::to_owned);
        (shape == Shape::List).then(|| List { title: title(), rows: group.rows.clone() })
    }
}

impl Capabilities {
    fn told(&self, group: &Group<'_>, shape: Shape, obstacle: &Obstacle) -> Degradation {
        let count = group.rows.len();
        let list = group.is_list();
        let what = match (list, count) {
            (true, 1) => "a list of one row".to_owned(),
            (true, _) => format!("a list of {count} rows"),
            (false, 1) => "1 button".to_owned(),
            (false, _) => format!("{count} buttons"),
        };
        let becomes = match shape {
            Shape::None | Shape::Buttons => "buttons",
            Shape::List => "a list",
            Shape::NumberedButtons => "a numbered list with the numbers as buttons",
            Shape::Numbers => "a numbered list",
        };
        let title = self.kind.title();
        let (why, reason) = match obstacle {
            Obstacle::Lacks(things) => (format!("{title} has no {things}"), Reason::Lacks),
            Obstacle::Many(most, things) => {
                (format!("{title} shows at most {most} {things}"), Reason::Exceeds)
            }
            Obstacle::Long(words, most) => {
                let length = width(words, self.counting);
                let why = format!("{title} shows at most {most} letters of \"{words}\" ({length})");
                (why, Reason::Exceeds)
            }
            Obstacle::Payload(most) => (
                format!("{title} gives back at most {most} bytes of what stands behind a button"),
                Reason::Impossible,
            ),
        };
        Degradation { what, becomes: becomes.to_owned(), why, reason }
    }
}
