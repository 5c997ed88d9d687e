//! Properties: of any message and any capabilities.

use proptest::prelude::*;

use super::*;
use crate::channel::capabilities::{CardLimits, Counting, ListLimits, MediaLimit};
use crate::channel::measure::signs;
use crate::domain::channel::ChannelKind;

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn any_text(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "ba",
            "è",
            "e\u{301}",
            "😀",
            "👍🏽",
            "👩‍👩‍👧",
            "🇮🇹",
            ". ",
            "! ",
            "\n",
            "\n\n",
            " ",
            " ",
            "parola",
            "3. ",
        ]),
        0..most,
    )
    .prop_map(|pieces| pieces.concat())
}

fn any_limits() -> impl Strategy<Value = Capabilities> {
    let counting =
        prop::sample::select(vec![Counting::Characters, Counting::Utf16, Counting::Bytes]);
    let media: &'static [MediaLimit] = TELEGRAM.media;
    let list = prop::option::of((1_usize..8, 1_usize..30, 1_usize..30, 1_usize..30));
    let cards = prop::option::of((1_usize..3, 1_usize..60, 0_usize..3));
    (
        counting,
        120_usize..400,
        0_usize..120,
        0_usize..8,
        1_usize..30,
        list,
        cards,
        any::<[bool; 2]>(),
    )
        .prop_map(
            move |(counting, text, less, buttons, label, list, cards, [shows, opens])| {
                Capabilities {
                    kind: ChannelKind::Sms,
                    reach: TELEGRAM.reach,
                    counting,
                    text_chars: text,
                    choice_text_chars: text - less / 2,
                    caption_chars: less,
                    buttons,
                    label_chars: label,
                    payload_bytes: 64,
                    list: list.map(|(rows, title, label, description)| ListLimits {
                        rows,
                        title,
                        label,
                        description,
                    }),
                    cards: cards.map(|(cards, words, buttons)| CardLimits {
                        cards,
                        title: words,
                        subtitle: words,
                        buttons,
                        label: words,
                    }),
                    media: if shows { media } else { &[] },
                    addresses: if label > 4 { Addresses::Shown } else { Addresses::Told },
                    links: if opens { Links::Buttons } else { Links::Text },
                    formatting: TELEGRAM.formatting,
                }
            },
        )
}

fn any_body() -> impl Strategy<Value = Body> {
    let labels = || prop::collection::vec("[a-z]{1,28}", 0..5);
    let rows = prop::option::of(prop::collection::vec(
        ("[a-z]{1,28}", prop::option::of("[a-z]{1,28}")),
        1..6,
    ));
    let cards = prop::collection::vec(
        ("[a-z]{1,40}", prop::option::of("[a-z]{1,40}"), any::<[bool; 2]>(), labels()),
        0..4,
    );
    (any_text(150), labels(), rows, cards, 0_usize..3).prop_map(
        |(text, labels, rows, cards, photos)| {
            let mut number = 0;
            let mut button = |label: String| {
                number += 1;
                Button { label, payload: format!("p:{number}") }
            };
            let cards = cards
                .into_iter()
                .enumerate()
                .map(|(at, (title, subtitle, [image, link], labels))| Card {
                    title,
                    subtitle,
                    image: image.then(|| format!("https://a.example/{at}.jpg")),
                    link: link.then(|| Link {
                        label: "vedi".into(),
                        url: format!("https://a.example/{at}"),
                    }),
                    buttons: labels.into_iter().map(&mut button).collect(),
                })
                .collect();
            let list = rows.map(|rows| List {
                title: "titolo".into(),
                rows: rows
                    .into_iter()
                    .map(|(label, description)| {
                        let Button { label, payload } = button(label);
                        Row { label, description, payload }
                    })
                    .collect(),
            });
            let buttons = labels.into_iter().map(&mut button).collect();
            let attachments = vec![photo(); photos];
            Body { text, buttons, attachments, list, cards }
        },
    )
}

/// Everything that a customer can read in the parts, in order.
fn read(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let cards = part.cards.iter().flat_map(|card| {
            [Some(card.words()), Some(card.buttons.iter().map(|b| b.label.clone()).collect())]
        });
        let list = part.list.iter().map(|list| {
            let row = |row: &Row| {
                format!("{}{}", row.label, row.description.as_deref().unwrap_or_default())
            };
            Some(format!("{}{}", list.title, list.rows.iter().map(row).collect::<String>()))
        });
        let media = part.media.iter().map(|file| file.reference.clone());
        let links = part.links.iter().map(|link| Some(link.url.clone()));
        let buttons = part.buttons.iter().map(|button| Some(button.label.clone()));
        let words: Vec<String> = media
            .chain([Some(part.text.clone())])
            .chain(buttons)
            .chain(links)
            .chain(list)
            .chain(cards)
            .flatten()
            .collect();
        words.concat()
    };
    letters(&parts.iter().map(part).collect::<String>())
}

/// The payload behind each number that the texts name, and behind everything that can be pressed.
fn pressed(parts: &[Part]) -> Vec<String> {
    let part = |part: &Part| -> Vec<String> {
        let cards = part.cards.iter().flat_map(|card| card.buttons.clone());
        let rows = part.list.iter().flat_map(|list| list.rows.iter().map(Row::button));
        part.buttons.iter().cloned().chain(rows).chain(cards).map(|b| b.payload).collect()
    };
    parts.iter().flat_map(part).collect()
}

fn fits(part: &Part, limits: &Capabilities) -> Result<(), TestCaseError> {
    let width = |text: &str| width(text, limits.counting);
    let native = !part.buttons.is_empty() || part.list.is_some() || !part.links.is_empty();
    prop_assert!(!part.text.is_empty() || part.media.is_some() || !part.cards.is_empty());
    prop_assert!(width(&part.text) <= limits.text_chars);
    prop_assert!(!native || width(&part.text) <= limits.choice_text_chars);
    prop_assert!(part.media.is_none() || width(&part.text) <= limits.caption_chars);
    prop_assert!(part.buttons.len() <= limits.buttons);
    prop_assert!(part.buttons.iter().all(|button| width(&button.label) <= limits.label_chars));
    if let Some(list) = &part.list {
        let most = limits.list.unwrap();
        prop_assert!(list.rows.len() <= most.rows && width(&list.title) <= most.title.max(8));
        prop_assert!(list.rows.iter().all(|row| width(&row.label) <= most.label));
    }
    if !part.cards.is_empty() {
        let most = limits.cards.unwrap();
        prop_assert!(part.cards.len() <= most.cards);
        prop_assert!(part.cards.iter().all(|card| width(&card.title) <= most.title));
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_is_lost_every_part_fits_and_numbers_choose(body in any_body(), limits in any_limits()) {
        let Rendered { parts, degradations } = compose(&body, &limits, Language::En);
        for part in &parts {
            fits(part, &limits)?;
        }
        let read = read(&parts);
        // The words in their order, and everything else that was written.
        prop_assert!(read.contains(&letters(&body.text)), "{read}");
        let pressed = pressed(&parts);
        for (index, choice) in body.choices().iter().enumerate() {
            prop_assert!(read.contains(&choice.label) || pressed.contains(&choice.payload));
            prop_assert!(read.contains(&choice.label), "{} in {read}", choice.label);
            // Pressing works, or the text says its number.
            let line = format!("{}. ", index + 1);
            let numbered = parts.iter().flat_map(|part| part.text.lines()).any(|text| {
                text.starts_with(&line) && text.contains(choice.label.get(..1).unwrap())
            });
            prop_assert!(pressed.contains(&choice.payload) || numbered, "{} in {parts:?}", index + 1);
        }
        for card in &body.cards {
            let said = [Some(&card.title), card.subtitle.as_ref(), card.image.as_ref(), card.link.as_ref().map(|link| &link.url)];
            for words in said.into_iter().flatten() {
                prop_assert!(read.contains(words.as_str()), "{words} in {read}");
            }
        }
        for row in body.list.iter().flat_map(|list| &list.rows) {
            prop_assert!(row.description.as_ref().is_none_or(|words| read.contains(words)));
        }
        for file in &body.attachments {
            prop_assert!(read.contains(file.reference.as_deref().unwrap()));
        }
        let plain = body.attachments.is_empty() && body.cards.is_empty() && body.list.is_none();
        if plain && parts.len() == 1 && parts[0].buttons.len() == body.buttons.len() && parts[0].text == body.text.trim() {
            prop_assert!(degradations.is_empty(), "{degradations:?}");
        }
    }

    #[test]
    fn no_sign_is_ever_cut(text in any_text(200), limit in 14_usize..60) {
        let parts = render(&Body::text(text.clone()), capabilities(limit, 0, 0), Language::It);
        let whole: Vec<&str> = signs(&text).map(|(_, sign)| sign).filter(|sign| !sign.trim().is_empty()).collect();
        let shown: Vec<&str> = parts.iter().flat_map(|part| signs(&part.text)).map(|(_, sign)| sign)
            .filter(|sign| !sign.trim().is_empty()).collect();
        prop_assert_eq!(whole, shown);
    }
}
