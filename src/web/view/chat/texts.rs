//! The chat's words in any language: built in are Italian and English, a file adds others or replaces
//! words. What a language lacks is shown in English.

use std::collections::BTreeMap;

use crate::domain::language::Language;
use crate::text::screen::chat as say;
use crate::text::{Phrase, screen};
use crate::web::view::words::Words;

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

/// Every phrase of the chat by the key that a file gives it.
const PHRASES: &[(&str, Phrase)] = &[
    ("again", say::UPLOAD_AGAIN),
    ("attach", say::ATTACH),
    ("bot", say::BOT),
    ("choose", say::CHOOSE),
    ("close", say::CLOSE),
    ("drop", say::DROP),
    ("field_email", say::FIELD_EMAIL),
    ("field_name", say::FIELD_NAME),
    ("field_phone", say::FIELD_PHONE),
    ("file", say::FILE),
    ("form", say::FORM),
    ("form_lead", say::FORM_LEAD),
    ("form_optional", say::FORM_OPTIONAL),
    ("form_send", say::FORM_SEND),
    ("form_wrong", say::FORM_WRONG),
    ("greeting", say::GREETING),
    ("hint", say::HINT),
    ("known", say::KNOWN),
    ("label", say::LABEL),
    ("log", say::LOG),
    ("no_script", say::NO_SCRIPT),
    ("offline", say::OFFLINE),
    ("open", say::OPEN),
    ("person", say::PERSON),
    ("person_said", say::PERSON_SAID),
    ("presence", say::PRESENCE),
    ("presence_person", say::PRESENCE_PERSON),
    ("promise_opens", say::PROMISE_OPENS),
    ("promise_within", say::PROMISE_WITHIN),
    ("rate", say::RATE),
    ("rate_send", say::RATE_SEND),
    ("refused", say::REFUSED),
    ("save", say::SAVE),
    ("save_failed", say::SAVE_FAILED),
    ("save_page", say::SAVE_PAGE),
    ("save_text", say::SAVE_TEXT),
    ("send", say::SEND),
    ("sending", say::SENDING),
    ("star", say::STAR),
    ("title", say::TITLE),
    ("today", screen::TODAY),
    ("transcript", say::TRANSCRIPT),
    ("unread", say::UNREAD),
    ("upload_failed", say::UPLOAD_FAILED),
    ("upload_refused", say::UPLOAD_REFUSED),
    ("uploading", say::UPLOADING),
    ("waiting", say::WAITING),
];

/// Those that a translation would need as well, but that other screens own.
const MORE: &[(&str, Phrase)] = &[("yesterday", screen::YESTERDAY), ("you", say::YOU)];

fn phrases() -> impl Iterator<Item = (&'static str, Phrase)> {
    PHRASES.iter().chain(MORE).copied()
}

/// The words of `channels.webchat.texts_file`: language, key, phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<String, BTreeMap<String, String>>);

impl Catalogue {
    /// Words by language and key.
    #[must_use]
    pub fn new(words: BTreeMap<String, BTreeMap<String, String>>) -> Self {
        Self(words)
    }

    /// Keys that the chat does not have, and languages that are no code.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (language, words) in &self.0 {
            if !is_code(language) {
                problems.push(format!("{language:?} is no language code such as \"de\""));
            }
            let unknown = words.keys().filter(|key| phrases().all(|(known, _)| known != *key));
            problems.extend(unknown.map(|key| format!("{language}: there is no text {key:?}")));
        }
        problems
    }

    /// The keys that a language lacks, for each language that has none built in.
    #[must_use]
    pub fn missing(&self) -> Vec<(&str, Vec<&'static str>)> {
        let added = self.0.iter().filter(|(code, _)| Language::from_tag(code).is_none());
        let lacks = added.map(|(code, words)| {
            let lacking = phrases().map(|(key, _)| key).filter(|key| !words.contains_key(*key));
            (code.as_str(), lacking.collect::<Vec<_>>())
        });
        lacks.filter(|(_, lacking)| !lacking.is_empty()).collect()
    }

    /// The words for a reader: of the language asked for when there is one, else of the page's.
    #[must_use]
    pub fn texts(&self, asked: Option<&str>, page: Language) -> Texts {
        let asked = asked
            .map(primary)
            .filter(|code| self.0.contains_key(code) || Language::from_tag(code).is_some());
        let code = asked.unwrap_or_else(|| page.code().to_owned());
        let base = Language::from_tag(&code).unwrap_or(Language::En);
        let own = self.0.get(&code).cloned().unwrap_or_default();
        Texts { code, words: Words::new(base), own }
    }
}

/// The first part of a language tag, in small letters.
fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

fn is_code(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())
}

/// The chat's words for one reader.
#[derive(Clone, Debug)]
pub struct Texts {
    /// The language's code.
    pub code: String,
    /// The built-in words that it rests on.
    pub words: Words,
    own: BTreeMap<String, String>,
}

impl Texts {
    /// A phrase by its key.
    #[must_use]
    pub fn say(&self, key: &str) -> &str {
        let built_in = || {
            let found = phrases().find(|(known, _)| *known == key);
            found.map_or("", |(_, phrase)| self.words.say(phrase))
        };
        self.own.get(key).map_or_else(built_in, String::as_str)
    }

    /// `rtl` or `ltr`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        if RIGHT_TO_LEFT.contains(&self.code.as_str()) { "rtl" } else { "ltr" }
    }

    /// What a question is called: the shop's own word, else the built-in one, else its field.
    #[must_use]
    pub fn label<'a>(&'a self, field: &'a str, labels: &'a BTreeMap<String, String>) -> &'a str {
        let own = labels.get(&self.code).or_else(|| labels.get(self.words.language.code()));
        let built_in = self.say(match field {
            "name" => "field_name",
            "email" => "field_email",
            "phone" => "field_phone",
            _ => "",
        });
        let any = || labels.values().next().map_or(field, String::as_str);
        own.map_or_else(|| if built_in.is_empty() { any() } else { built_in }, String::as_str)
    }

    /// All of them, for the scripts.
    #[must_use]
    pub fn json(&self) -> String {
        let all: BTreeMap<&str, &str> = phrases().map(|(key, _)| (key, self.say(key))).collect();
        let all = serde_json::to_string(&all).unwrap_or_default();
        all.replace('<', "\\u003c")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(words: &[(&str, &[(&str, &str)])]) -> Catalogue {
        let pairs = |words: &[(&str, &str)]| {
            words.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        Catalogue(words.iter().map(|(code, own)| ((*code).to_owned(), pairs(own))).collect())
    }

    #[test]
    fn a_file_adds_languages_and_replaces_words() {
        let words = catalogue(&[("ar", &[("send", "إرسال")]), ("it", &[("title", "Bottega")])]);
        assert!(words.problems().is_empty());
        let arabic = words.texts(Some("ar-EG"), Language::It);
        assert_eq!((arabic.say("send"), arabic.say("hint")), ("إرسال", "Write here…"));
        assert_eq!((arabic.direction(), arabic.code.as_str()), ("rtl", "ar"));
        let italian = words.texts(None, Language::It);
        assert_eq!((italian.say("title"), italian.say("send")), ("Bottega", "Invia"));
        assert_eq!(words.texts(Some("xx"), Language::En).code, "en", "a language nobody wrote");
        assert_eq!(words.missing()[0].0, "ar");
        assert!(!words.missing()[0].1.contains(&"send") && words.missing()[0].1.contains(&"hint"));
    }

    #[test]
    fn typing_errors_are_found() {
        let wrong =
            catalogue(&[("German", &[]), ("de", &[("sned", "Senden")])]).problems().join(" ");
        assert!(wrong.contains("German") && wrong.contains("sned"), "{wrong}");
    }

    #[test]
    fn questions_have_a_word_in_every_language() {
        let texts = Catalogue::default().texts(Some("it"), Language::En);
        let none = BTreeMap::new();
        assert_eq!(texts.label("email", &none), "E-mail");
        let labels = BTreeMap::from([("en".to_owned(), "Order".to_owned())]);
        assert_eq!(texts.label("order", &labels), "Order");
        assert_eq!(texts.label("email", &labels), "E-mail");
    }

    #[test]
    fn keys_are_told_once() {
        let mut keys: Vec<&str> = phrases().map(|(key, _)| key).collect();
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }
}
