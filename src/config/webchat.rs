//! `[channels.webchat]`: who may embed the chat, how its customers prove who they are, what it asks
//! first, and its words in other languages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};

use super::Hidden;
use super::listed::entries;

/// The shortest secret that may sign identities, in characters.
const SHORTEST_SECRET: usize = 32;
/// The most questions of a form.
const QUESTIONS: usize = 10;

/// `[channels.webchat]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct WebChat {
    pub enabled: bool,
    #[serde(deserialize_with = "entries")]
    pub origins: Vec<String>,
    pub identity_secret: Hidden,
    pub texts_file: String,
    #[serde(deserialize_with = "questions")]
    pub form: Vec<Asked>,
}

/// One question of the form before the chat.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `name`, `email`, `phone`, or a name of the shop's own.
    pub field: String,
    /// Whether the chat waits for an answer.
    #[serde(default)]
    pub required: bool,
    /// What the customer reads, by language; those of the house have words of their own.
    #[serde(default)]
    pub label: BTreeMap<String, String>,
}

impl Asked {
    /// Reads `email`, or `email!` for one that must be answered.
    fn from_word(word: &str) -> Self {
        let field = word.trim().trim_end_matches('!').to_owned();
        Self { field, required: word.trim().ends_with('!'), label: BTreeMap::new() }
    }

    fn is_known(&self) -> bool {
        matches!(self.field.as_str(), "name" | "email" | "phone")
    }
}

impl WebChat {
    /// What is wrong with these settings, each with its key.
    pub(super) fn problems(&self) -> Vec<String> {
        let wrong = self.origins.iter().filter(|origin| !is_origin(origin));
        let mut problems: Vec<String> = wrong
            .map(|origin| {
                format!(
                    "channels.webchat.origins: {origin:?} must be like \"https://shop.example.com\", \
                     without a path and in small letters"
                )
            })
            .collect();
        let secret = self.identity_secret.0.len();
        if secret > 0 && secret < SHORTEST_SECRET {
            problems.push(format!(
                "channels.webchat.identity_secret must have at least {SHORTEST_SECRET} characters"
            ));
        }
        problems.extend(self.wrong_questions());
        problems
    }

    fn wrong_questions(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        if self.form.len() > QUESTIONS {
            problems.push(format!("channels.webchat.form asks more than {QUESTIONS} questions"));
        }
        for asked in &self.form {
            let field = &asked.field;
            let plain =
                field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if field.is_empty() || field.len() > 40 || !plain {
                problems.push(format!(
                    "channels.webchat.form: {field:?} must be 1 to 40 of a-z, 0-9 and _"
                ));
            } else if !asked.is_known() && asked.label.is_empty() {
                problems.push(format!(
                    "channels.webchat.form: {field} needs a label, such as label = {{ en = \"Order\" }}"
                ));
            }
            if !seen.insert(field) {
                problems.push(format!("channels.webchat.form asks for {field} twice"));
            }
        }
        problems
    }
}

/// Whether a text is an origin as browsers write it: scheme, host, and a port that is not the usual one.
fn is_origin(text: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(text) else { return false };
    matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
}

/// A list of questions, each a table or a word such as `email!`, or one text of words with commas.
fn questions<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Asked>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Question {
        Word(String),
        Whole(Asked),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Listed(Vec<Question>),
        Text(String),
    }
    let given = match Given::deserialize(from)? {
        Given::Listed(list) => list,
        Given::Text(text) => text.split(',').map(|word| Question::Word(word.to_owned())).collect(),
    };
    let read = given.into_iter().filter_map(|question| match question {
        Question::Word(word) if word.trim().is_empty() => None,
        Question::Word(word) => Some(Asked::from_word(&word)),
        Question::Whole(asked) => Some(asked),
    });
    Ok(read.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> WebChat {
        let all = format!("enabled = true\nidentity_secret = \"\"\ntexts_file = \"\"\n{toml}");
        let source = config::File::from_str(&all, config::FileFormat::Toml);
        config::Config::builder().add_source(source).build().unwrap().try_deserialize().unwrap()
    }

    #[test]
    fn origins_are_what_browsers_send() {
        let good = read(
            r#"origins = ["https://shop.example.com", "http://localhost:8081"]
form = []"#,
        );
        assert_eq!(good.problems(), Vec::<String>::new());
        let bad = [
            "https://a.example/",
            "a.example",
            "https://a.example:443",
            "https://A.example",
            "ftp://a.example",
            "*",
            "null",
            "https://a.example/shop",
        ];
        for origin in bad {
            let settings = read(&format!("origins = \"{origin}\"\nform = []"));
            assert!(settings.problems()[0].contains(origin), "{origin}");
        }
    }

    #[test]
    fn questions_are_words_or_tables() {
        let words = read("origins = []\nform = \"name!, email\"");
        assert_eq!(words.form, [Asked::from_word("name!"), Asked::from_word("email")]);
        assert!(words.form[0].required && !words.form[1].required);
        let tables = read(
            r#"origins = []
form = ["email", { field = "order", required = true, label = { en = "Order", it = "Ordine" } }]"#,
        );
        assert!(tables.problems().is_empty() && tables.form[1].required);
        let bad = read("origins = []\nform = \"Name,order,email,email\"").problems().join("\n");
        assert!(bad.contains("\"Name\"") && bad.contains("order needs a label"), "{bad}");
        assert!(bad.contains("email twice"), "{bad}");
    }
}
