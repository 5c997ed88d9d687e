//! The terminal: `sportello chat`. A message is lines, a button is a number in brackets.

use super::{Capabilities, capabilities};
use crate::domain::inbound::Content;
use crate::domain::message::{Body, Button, clean};

/// The configured name of the terminal.
pub const NAME: &str = "terminal";

/// What a terminal can show.
pub const CAPABILITIES: Capabilities = capabilities::TERMINAL;

/// A message as lines: its text, its files, its cards, then one line for each choice.
#[must_use]
pub fn lines(body: &Body) -> Vec<String> {
    let text = clean(&body.text);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.extend(body.attachments.iter().map(|file| {
        match file.reference.as_deref().filter(|to| to.starts_with("https://")) {
            Some(address) => format!("({} {})", file.kind, clean(address)),
            None => format!("({})", file.name.as_ref().unwrap_or(&file.kind)),
        }
    }));
    let mut numbers = 1..;
    let mut choice = |label: &str| {
        let number: usize = numbers.next().unwrap_or_default();
        format!("[{number}] {}", clean(label))
    };
    for card in &body.cards {
        lines.extend(card.words().lines().map(|line| format!("| {}", clean(line))));
        lines.extend(card.buttons.iter().map(|button| format!("| {}", choice(&button.label))));
    }
    if let Some(list) = &body.list {
        lines.push(format!("{}:", clean(&list.title)));
        lines.extend(list.rows.iter().map(|row| match &row.description {
            Some(words) => format!("{} ({})", choice(&row.label), clean(words)),
            None => choice(&row.label),
        }));
    }
    lines.extend(body.buttons.iter().map(|button| choice(&button.label)));
    lines
}

/// The button that an input chooses, by its number or its words.
#[must_use]
pub fn choose<'a>(input: &str, offered: &'a [Button]) -> Option<&'a Button> {
    let input = input.trim();
    let number = input.trim_start_matches('[').trim_end_matches(']');
    match number.parse::<usize>() {
        Ok(number) => offered.get(number.checked_sub(1)?),
        Err(_) => offered.iter().find(|button| button.label.to_lowercase() == input.to_lowercase()),
    }
}

/// What a line of input says, given the buttons offered last; `None` for an empty line.
#[must_use]
pub fn read(input: &str, offered: &[Button]) -> Option<Content> {
    let text = clean(input);
    if text.is_empty() {
        return None;
    }
    Some(match choose(&text, offered) {
        Some(button) => {
            Content::Press { payload: button.payload.clone(), label: Some(button.label.clone()) }
        }
        None => Content::Text { text },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rich::{Card, List, Row};

    fn offered() -> Vec<Button> {
        ["Stato ordine", "Reso"]
            .map(|label| Button { label: label.to_owned(), payload: format!("i:{label}") })
            .to_vec()
    }

    #[test]
    fn buttons_are_numbered_lines() {
        let body = Body {
            text: "Buongiorno.\nCome posso aiutarLa?".into(),
            buttons: offered(),
            ..Body::default()
        };
        let shown = ["Buongiorno.", "Come posso aiutarLa?", "[1] Stato ordine", "[2] Reso"];
        assert_eq!(lines(&body), shown);
    }

    #[test]
    fn cards_and_lists_are_lines_whose_numbers_go_on() {
        let row = Row {
            label: "Tempi".into(),
            description: Some("Quando".into()),
            payload: "i:t".into(),
        };
        let card = Card { title: "Sapone".into(), buttons: offered(), ..Card::default() };
        let body = Body {
            cards: vec![card],
            list: Some(List { title: "Consegna".into(), rows: vec![row] }),
            ..Body::text("Ecco")
        };
        let expected = [
            "Ecco",
            "| Sapone",
            "| [1] Stato ordine",
            "| [2] Reso",
            "Consegna:",
            "[3] Tempi (Quando)",
        ];
        assert_eq!(lines(&body), expected);
        assert_eq!(choose("3", &body.choices()).unwrap().payload, "i:t");
    }

    #[test]
    fn a_number_or_the_words_choose() {
        let offered = offered();
        for input in ["2", " [2] ", "reso"] {
            assert_eq!(choose(input, &offered), Some(&offered[1]), "{input}");
        }
        for input in ["0", "3", "", "vorrei un reso"] {
            assert_eq!(choose(input, &offered), None, "{input}");
        }
    }

    #[test]
    fn anything_else_is_text() {
        assert_eq!(read("3", &offered()), Some(Content::Text { text: "3".into() }));
        assert_eq!(read(" \u{7} ", &offered()), None);
        let label = Some("Reso".to_owned());
        assert_eq!(read("2", &offered()), Some(Content::Press { payload: "i:Reso".into(), label }));
    }
}
