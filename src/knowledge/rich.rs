//! What an answer shows besides text and buttons: a list, cards, a picture, a file.

use serde_saphyr::{Location, Spanned};

use super::Choice;
use super::findings::Findings;
use super::format::{CardPart, ListPart, RowPart, Text, VariantPart};
use super::names::Names;
use super::reply::{Variables, choice};
use crate::domain::rich::Link;

/// The most rows of a list, cards of an answer, and buttons of a card.
const MOST_ROWS: usize = 10;
const MOST_CARDS: usize = 10;
const MOST_CARD_BUTTONS: usize = 3;
/// The longest words about a row, in characters.
const MOST_DESCRIPTION: usize = 72;
/// The longest title and subtitle of a card, in characters.
const MOST_CARD_TEXT: usize = 80;
/// The longest address, in bytes.
const MOST_ADDRESS: usize = 2_000;

/// What an answer shows besides text and buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RichReply {
    /// Choices with a few words about each.
    pub list: Option<ChoiceList>,
    /// Things shown.
    pub cards: Vec<ReplyCard>,
    /// A picture and a file.
    pub media: Vec<Media>,
}

/// A list of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceList {
    /// What stands above it, at most 24 characters.
    pub title: String,
    /// Its rows.
    pub rows: Vec<ChoiceRow>,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceRow {
    /// What it says, at most 24 characters.
    pub label: String,
    /// A few words more, with variables, at most 72 characters.
    pub description: Option<String>,
    /// The intent it leads to.
    pub intent: String,
}

/// A card of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyCard {
    /// What it is called, with variables, at most 80 characters.
    pub title: String,
    /// A few words more, with variables, at most 80 characters.
    pub subtitle: Option<String>,
    /// The address of its picture.
    pub image: Option<String>,
    /// The page it leads to.
    pub link: Option<Link>,
    /// Choices under it, at most three.
    pub buttons: Vec<Choice>,
}

/// A picture or file of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Which of the two.
    pub kind: MediaKind,
    /// Its address.
    pub url: String,
}

/// A picture or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// Shown as it is.
    Image,
    /// To be opened or kept.
    File,
}

/// Checks what stands beside a text.
pub(super) fn read(
    findings: &mut Findings<'_>,
    names: &Names,
    part: &VariantPart,
    variables: Variables<'_>,
) -> RichReply {
    let rich = &part.rich;
    if let Some(list) = &rich.list
        && !part.buttons.is_empty()
    {
        findings.error(list.referenced, "a reply has `list:` or `buttons:`, not both");
    }
    if let Some(card) = rich.cards.get(MOST_CARDS) {
        let message = format!("{} cards; at most {MOST_CARDS} can be shown", rich.cards.len());
        findings.error(card.referenced, message);
    }
    let media = [(MediaKind::Image, &rich.image), (MediaKind::File, &rich.file)];
    RichReply {
        list: rich.list.as_ref().map(|part| list(findings, names, part, variables)),
        cards: rich.cards.iter().map(|part| card(findings, names, part, variables)).collect(),
        media: media
            .into_iter()
            .filter_map(|(kind, text)| {
                text.as_ref().map(|text| Media { kind, url: address(findings, text) })
            })
            .collect(),
    }
}

fn list(
    findings: &mut Findings<'_>,
    names: &Names,
    part: &Spanned<ListPart>,
    variables: Variables<'_>,
) -> ChoiceList {
    let rows = &part.value.rows;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        let message = format!("a list has 1 to {MOST_ROWS} rows; this one has {}", rows.len());
        findings.error(part.referenced, message);
    }
    ChoiceList {
        title: findings.label("the list's title", &part.value.title),
        rows: rows.iter().map(|row| self::row(findings, names, row, variables)).collect(),
    }
}

fn row(
    findings: &mut Findings<'_>,
    names: &Names,
    part: &RowPart,
    variables: Variables<'_>,
) -> ChoiceRow {
    let description = part.description.as_ref();
    ChoiceRow {
        label: findings.label("the row's label", &part.label),
        description: description
            .map(|text| words(findings, "the description", text, MOST_DESCRIPTION, variables)),
        intent: names.intent(findings, &part.intent),
    }
}

fn card(
    findings: &mut Findings<'_>,
    names: &Names,
    spanned: &Spanned<CardPart>,
    variables: Variables<'_>,
) -> ReplyCard {
    let part = &spanned.value;
    if part.buttons.len() > MOST_CARD_BUTTONS {
        let message =
            format!("{} buttons; at most {MOST_CARD_BUTTONS} fit a card", part.buttons.len());
        findings.error(spanned.referenced, message);
    }
    let mut of = |what: &str, text: &Text| words(findings, what, text, MOST_CARD_TEXT, variables);
    let title = of("the card's title", &part.title);
    let subtitle = part.subtitle.as_ref().map(|text| of("the card's subtitle", text));
    ReplyCard {
        title,
        subtitle,
        image: part.image.as_ref().map(|text| address(findings, text)),
        link: part.link.as_ref().map(|link| Link {
            label: findings.label("the link's label", &link.label),
            url: address(findings, &link.url),
        }),
        buttons: part.buttons.iter().map(|button| choice(findings, names, button)).collect(),
    }
}

/// A short text with variables.
fn words(
    findings: &mut Findings<'_>,
    what: &str,
    text: &Text,
    most: usize,
    variables: Variables<'_>,
) -> String {
    let length = text.value.chars().count();
    if length > most {
        findings.error(
            text.referenced,
            format!("{what} is {length} characters long; at most {most} can be shown"),
        );
    }
    variables.check(findings, &text.value, text.referenced);
    findings.text(what, text)
}

/// The address of a page, a picture or a file.
fn address(findings: &mut Findings<'_>, text: &Text) -> String {
    if let Some(wrong) = wrong_address(&text.value) {
        let place: Location = text.referenced;
        findings.error(place, format!("`{}`: {wrong}", text.value));
    }
    text.value.clone()
}

fn wrong_address(text: &str) -> Option<&'static str> {
    let Some(rest) = text.strip_prefix("https://") else {
        return Some("give its whole address, beginning with https://");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if text.len() > MOST_ADDRESS {
        return Some("the address is longer than 2,000 bytes");
    }
    let strange = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
    if host.is_empty() || !host.contains('.') || host.contains('@') || rest.contains(strange) {
        return Some("this is no address of the web; blanks are written %20");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::{Severity, SourceFile};
    use crate::knowledge::{Action, load};

    const SHOP: &str = r#"
bot: {name: A, default_language: it, time_zone: Europe/Rome, privacy: "https://a.example", welcome: {it: a, en: a}, menu: [a], channels: [telegram, whatsapp]}
intents:
  - name: a
    title: {it: A, en: A}
    patterns: [aaa]
    reply:
      en: ["x"]
      it:
        - text: "Ecco"
          image: https://shop.example/a.jpg
          file: https://shop.example/listino.pdf
          list:
            title: "Consegna"
            rows:
              - {label: "Tempi", description: "Quando arriva da {shop}", intent: a}
        - text: "Guardi"
          cards:
            - title: "Sapone"
              subtitle: "100 g"
              image: https://shop.example/sapone.jpg
              link: {label: "Vedi", url: "https://shop.example/p?x=1"}
              buttons: [{label: "Tempi", intent: a}]
"#;

    fn errors(from: &str, to: &str) -> Vec<String> {
        assert!(SHOP.contains(from), "{from}");
        let text = SHOP.replacen(from, to, 1);
        let found = load::build(&[SourceFile { name: "x.yaml".into(), text }]);
        let found = found.map(|_| ()).unwrap_err().into_iter();
        let errors = found.filter(|problem| problem.severity == Severity::Error);
        errors.map(|p| format!("{}:{}: {}", p.line, p.column, p.message)).collect()
    }

    #[test]
    fn a_list_cards_and_media_are_read() {
        let file = SourceFile { name: "x.yaml".into(), text: SHOP.to_owned() };
        let knowledge = load::build(&[file]).unwrap().knowledge;
        let Action::Reply(replies) = &knowledge.intents["a"].action else { panic!() };
        let [first, second] = replies.it.as_slice() else { panic!() };
        assert_eq!(first.rich.list.as_ref().unwrap().rows[0].intent, "a");
        assert_eq!(first.rich.media[1].kind, MediaKind::File);
        assert_eq!(second.rich.cards[0].link.as_ref().unwrap().url, "https://shop.example/p?x=1");
        assert_eq!(knowledge.bot.channels.len(), 2);
    }

    #[test]
    fn each_mistake_is_named_at_its_place() {
        for (from, to, expected) in [
            (
                "whatsapp]",
                "watsapp]",
                "2:149: there is no channel `watsapp`; did you mean `whatsapp`?",
            ),
            ("image: https://shop.example/a.jpg", "image: a.jpg", "11:18: `a.jpg`: give its whole"),
            ("https://shop.example/sapone.jpg", "https://localhost/x.jpg", "21:22: `https://local"),
            ("- title: \"Sapone\"\n              subtitle", "- subtitle", "missing field `title`"),
            ("\"Sapone\"", "\" \"", "19:22: the card's title is empty"),
            ("da {shop}", "da {shp}", "16:47: there is no variable `{shp}`"),
            (
                "label: \"Tempi\", description",
                "label: \"Tempi e costi della consegna\", description",
                "16:",
            ),
            (
                "          list:",
                "          buttons: [{label: B, intent: a}]\n          list:",
                "not both",
            ),
            ("intent: a}\n        -", "intent: b}\n        -", "16:"),
        ] {
            let found = errors(from, to);
            assert!(found.iter().any(|error| error.contains(expected)), "{to}: {found:#?}");
        }
    }
}
