//! The capabilities as a table for people; `docs/channels.md` holds it, and a test compares them.

use super::{Addresses, Capabilities, Counting, Formatting, Links};
use crate::domain::channel::{ChannelKind, Standing};

/// The head of the table.
const HEAD: &str = "\
| channel | text | above buttons | caption | buttons | lists | cards | shown as itself | pages | lengths count |
|---|---|---|---|---|---|---|---|---|---|
";

/// The capabilities of every kind of channel in Markdown.
#[must_use]
pub fn table() -> String {
    let rows = ChannelKind::ALL.map(|kind| row(&Capabilities::of(kind)));
    format!("{HEAD}{}", rows.concat())
}

fn row(limits: &Capabilities) -> String {
    let known = match limits.kind.standing() {
        Standing::Served => "",
        Standing::Known => " (not yet)",
    };
    let cells = [
        format!("`{}`{known}", limits.kind.word()),
        figure(limits.text_chars),
        figure(limits.choice_text_chars),
        figure(limits.caption_chars),
        match limits.buttons {
            0 => "–".to_owned(),
            most => {
                let bytes = figure(limits.payload_bytes);
                format!("{most} of {}, {bytes} bytes back", limits.label_chars)
            }
        },
        limits.list.map_or_else(dash, |list| {
            format!("{} rows of {} + {}", list.rows, list.label, figure(list.description))
        }),
        limits.cards.map_or_else(dash, |cards| {
            let words = format!("{} + {}", cards.title, figure(cards.subtitle));
            format!("{} of {words}, {} buttons", cards.cards, cards.buttons)
        }),
        media(limits),
        match limits.links {
            Links::Buttons => "buttons",
            Links::Text => "addresses",
        }
        .to_owned(),
        match limits.counting {
            Counting::Characters => "characters",
            Counting::Utf16 => "UTF-16 units",
            Counting::Bytes => "bytes",
        }
        .to_owned(),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn dash() -> String {
    "–".to_owned()
}

fn media(limits: &Capabilities) -> String {
    if limits.media.is_empty() {
        return dash();
    }
    let each = limits.media.iter();
    let words: Vec<String> =
        each.map(|limit| format!("{} {} MB", limit.kind, limit.bytes >> 20)).collect();
    let ours = if limits.addresses == Addresses::Told { " (our copies)" } else { "" };
    format!("{}{ours}", words.join(", "))
}

/// With a comma between the thousands.
pub(in crate::channel) fn figure(number: usize) -> String {
    match number {
        0 => dash(),
        1..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

impl Formatting {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Signs => "signs",
            Self::Html => "html",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_has_this_table() {
        let manual = include_str!("../../../docs/channels.md");
        assert!(manual.contains(&table()), "docs/channels.md lacks this table:\n{}", table());
    }
}
