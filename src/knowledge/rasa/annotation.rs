//! `[words](entity)` and `[words]{"entity": …}` within an example.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// Something marked in an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The words that are marked.
    pub(super) words: String,
    /// What they are.
    pub(super) entity: String,
    /// What they stand for, where it is said.
    pub(super) value: Option<String>,
    /// The part that they play, where it is said.
    pub(super) role: Option<String>,
    /// With what they belong together, where it is said.
    pub(super) group: Option<String>,
}

/// An example without its marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marked {
    /// The words.
    pub(super) text: String,
    /// What was marked, in order.
    pub(super) marks: Vec<Mark>,
    /// Marks that cannot be read, as they stand.
    pub(super) unreadable: Vec<String>,
}

#[derive(Deserialize)]
struct Written {
    entity: String,
    value: Option<String>,
    role: Option<String>,
    group: Option<String>,
}

/// The words in brackets, and then a name, an object, or a list of objects.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"\(([^:()]+)(?::([^()]*))?\)";
    let object = r"(\{[^{}]*\})";
    let list = r"(\[\s*\{[^{}]*\}(?:\s*,\s*\{[^{}]*\})*\s*\])";
    Regex::new(&format!(r"\[([^\[\]]+)\](?:{name}|{object}|{list})")).ok()
});

/// Takes the marks out of an example.
pub(super) fn read(example: &str) -> Marked {
    let mut marked = Marked::default();
    let mut end = 0;
    let found = MARK.iter().flat_map(|mark| mark.captures_iter(example));
    for captures in found {
        let (Some(whole), Some(words)) = (captures.get(0), captures.get(1)) else { continue };
        marked.text.push_str(&example[end..whole.start()]);
        marked.text.push_str(words.as_str());
        end = whole.end();
        let said = |at: usize| captures.get(at).map(|part| part.as_str());
        let written = match (said(2), said(4), said(5)) {
            (Some(entity), ..) => Some(vec![Written {
                entity: entity.trim().to_owned(),
                value: said(3).map(str::to_owned),
                role: None,
                group: None,
            }]),
            (_, Some(object), _) => serde_json::from_str(object).ok().map(|one| vec![one]),
            (.., list) => list.and_then(|list| serde_json::from_str(list).ok()),
        };
        match written {
            Some(all) => marked.marks.extend(all.into_iter().map(|one| one.of(words.as_str()))),
            None => marked.unreadable.push(whole.as_str().to_owned()),
        }
    }
    marked.text.push_str(&example[end..]);
    marked
}

impl Written {
    fn of(self, words: &str) -> Mark {
        let Self { entity, value, role, group } = self;
        Mark { words: words.to_owned(), entity, value, role, group }
    }
}

/// The words marked as an entity.
pub(super) fn mark(words: &str, entity: &str, value: &str) -> String {
    if words == value {
        return format!("[{words}]({entity})");
    }
    let object = serde_json::json!({"entity": entity, "value": value});
    format!("[{words}]{object}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_every_kind_are_taken_out() {
        let marked = read(
            r#"from [Berlin]{"entity": "city", "role": "from"} to [SF](city:San Francisco) on [Monday](day), [a](b"#,
        );
        assert_eq!(marked.text, "from Berlin to SF on Monday, [a](b");
        let told: Vec<_> =
            marked.marks.iter().map(|m| (m.entity.as_str(), m.words.as_str())).collect();
        assert_eq!(told, [("city", "Berlin"), ("city", "SF"), ("day", "Monday")]);
        assert_eq!(marked.marks[0].role.as_deref(), Some("from"));
        assert_eq!(marked.marks[1].value.as_deref(), Some("San Francisco"));
        let two = read(r#"[x][{"entity": "a"}, {"entity": "b", "group": "1"}]"#);
        assert_eq!((two.text.as_str(), two.marks.len()), ("x", 2));
    }

    #[test]
    fn what_cannot_be_read_keeps_its_words() {
        let marked = read(r#"a [b]{"entity" c} d"#);
        assert_eq!(marked.text, "a b d");
        assert_eq!(marked.unreadable, [r#"[b]{"entity" c}"#]);
        assert_eq!(read("no [marks] (here)").text, "no [marks] (here)");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (words, value) in [("rotto", "rotto"), ("broken", "a \"b\"")] {
            let marked = read(&mark(words, "problem", value));
            assert_eq!(marked.text, words);
            let found = &marked.marks[0];
            assert_eq!(found.value.as_deref().unwrap_or(&found.words), value);
        }
    }
}
