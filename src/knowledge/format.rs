//! The shape of an intent file, as written. Everything that can be checked with more than its own
//! line at hand keeps its place.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_saphyr::Spanned;

use crate::domain::language::Language;
use crate::domain::ticket::Priority;

/// A text at its place.
pub(super) type Text = Spanned<String>;

/// One value a language, at the place of both.
pub(super) type Both<T> = Spanned<Languages<T>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentFile {
    #[serde(default)]
    pub(super) bot: Option<Spanned<BotPart>>,
    #[serde(default)]
    pub(super) none: Option<Vec<Text>>,
    #[serde(default)]
    pub(super) entities: Option<BTreeMap<String, Spanned<EntityPart>>>,
    #[serde(default)]
    pub(super) lookups: Option<BTreeMap<String, Spanned<LookupPart>>>,
    #[serde(default)]
    pub(super) intents: Option<Vec<IntentPart>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Languages<T> {
    pub(super) it: Option<T>,
    pub(super) en: Option<T>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BotPart {
    pub(super) name: Text,
    pub(super) default_language: Language,
    pub(super) time_zone: Text,
    pub(super) privacy: Text,
    pub(super) welcome: Both<Text>,
    #[serde(default)]
    pub(super) menu: Vec<Text>,
    #[serde(default)]
    pub(super) channels: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntityPart {
    #[serde(default)]
    pub(super) patterns: Option<Vec<Text>>,
    #[serde(default)]
    pub(super) upper: bool,
    #[serde(default)]
    pub(super) values: Option<BTreeMap<String, Vec<Text>>>,
    #[serde(default)]
    pub(super) formats: Option<Vec<Text>>,
    #[serde(default)]
    pub(super) roles: Option<BTreeMap<String, Vec<Text>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookupPart {
    pub(super) url: Text,
    #[serde(default)]
    pub(super) timeout: Option<Text>,
    #[serde(default)]
    pub(super) owner: Option<OwnerPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnerPart {
    pub(super) field: Text,
    pub(super) slot: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentPart {
    pub(super) name: Text,
    pub(super) title: Both<Text>,
    #[serde(default)]
    pub(super) examples: Option<Both<Vec<Text>>>,
    #[serde(default)]
    pub(super) patterns: Vec<Text>,
    #[serde(default)]
    pub(super) answer_from: Option<Spanned<f32>>,
    #[serde(default)]
    pub(super) ask_from: Option<Spanned<f32>>,
    #[serde(default)]
    pub(super) reply: Option<Both<Vec<Variant>>>,
    #[serde(default)]
    pub(super) form: Option<Spanned<FormPart>>,
    #[serde(default)]
    pub(super) escalate: Option<EscalatePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormPart {
    pub(super) slots: Vec<SlotPart>,
    #[serde(default)]
    pub(super) lookup: Option<Text>,
    #[serde(default)]
    pub(super) reply: Option<Spanned<EndPart>>,
    #[serde(default)]
    pub(super) escalate: Option<EscalatePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotPart {
    pub(super) name: Text,
    pub(super) entity: Text,
    #[serde(default)]
    pub(super) role: Option<Text>,
    pub(super) ask: Both<Text>,
    pub(super) invalid: Both<Text>,
    #[serde(default)]
    pub(super) options: Option<Both<Vec<Text>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndPart {
    pub(super) found: Both<Vec<Variant>>,
    #[serde(default)]
    pub(super) not_found: Option<Both<Vec<Variant>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EscalatePart {
    #[serde(default)]
    pub(super) team: Option<Text>,
    #[serde(default)]
    pub(super) skills: Vec<Text>,
    #[serde(default)]
    pub(super) priority: Priority,
    #[serde(default)]
    pub(super) asked: bool,
    #[serde(default)]
    pub(super) verify: Option<super::Verify>,
    pub(super) message: Both<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoicePart {
    pub(super) label: Text,
    pub(super) intent: Text,
}

/// One answer at its place.
pub(super) type Variant = Spanned<VariantPart>;

/// One answer: a text, or a text with what stands under it.
#[derive(Debug, Default)]
pub(super) struct VariantPart {
    pub(super) text: String,
    pub(super) buttons: Vec<ChoicePart>,
    pub(super) rich: RichPart,
}

/// What an answer shows besides text and buttons.
#[derive(Debug, Default)]
pub(super) struct RichPart {
    pub(super) list: Option<Spanned<ListPart>>,
    pub(super) cards: Vec<Spanned<CardPart>>,
    pub(super) image: Option<Text>,
    pub(super) file: Option<Text>,
}

/// An answer with more than text, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithButtons {
    text: String,
    #[serde(default)]
    buttons: Vec<ChoicePart>,
    #[serde(default)]
    list: Option<Spanned<ListPart>>,
    #[serde(default)]
    cards: Vec<Spanned<CardPart>>,
    #[serde(default)]
    image: Option<Text>,
    #[serde(default)]
    file: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListPart {
    pub(super) title: Text,
    pub(super) rows: Vec<RowPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowPart {
    pub(super) label: Text,
    #[serde(default)]
    pub(super) description: Option<Text>,
    pub(super) intent: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CardPart {
    pub(super) title: Text,
    #[serde(default)]
    pub(super) subtitle: Option<Text>,
    #[serde(default)]
    pub(super) image: Option<Text>,
    #[serde(default)]
    pub(super) link: Option<LinkPart>,
    #[serde(default)]
    pub(super) buttons: Vec<ChoicePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkPart {
    pub(super) label: Text,
    pub(super) url: Text,
}

impl<'de> Deserialize<'de> for VariantPart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = VariantPart;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a text, or `text:` with `buttons:`, `list:`, `cards:`, `image:` or `file:`",
                )
            }

            fn visit_str<E>(self, text: &str) -> Result<VariantPart, E> {
                Ok(VariantPart { text: text.to_owned(), ..VariantPart::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<VariantPart, A::Error> {
                let read = WithButtons::deserialize(MapAccessDeserializer::new(map))?;
                let WithButtons { text, buttons, list, cards, image, file } = read;
                Ok(VariantPart { text, buttons, rich: RichPart { list, cards, image, file } })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
