//! How the report says numbers and names.

use crate::domain::language::Language;
use crate::knowledge::Knowledge;
use crate::text::Phrase;

/// A share below this is told with one decimal.
const SMALL: f64 = 0.0995;

/// The language of a report and the shop behind it.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) language: Language,
    pub(super) knowledge: Option<&'a Knowledge>,
}

impl Words<'_> {
    pub(super) fn say(self, phrase: Phrase) -> &'static str {
        phrase.tell(self.language.code())
    }

    pub(super) fn fill(self, phrase: Phrase, values: &[(&str, &str)]) -> String {
        phrase.fill(self.language.code(), values)
    }

    /// A share as people write it: `94%`, and `4,5%` where one decimal says more.
    pub(super) fn percent(self, share: f64) -> String {
        let percent = 100.0 * share;
        let whole = (percent - percent.round()).abs() < 0.05;
        if share >= SMALL || whole {
            return format!("{percent:.0}%");
        }
        let text = format!("{percent:.1}%");
        match self.language {
            Language::It => text.replace('.', ","),
            Language::En => text,
        }
    }

    /// What an intent is called on its button; its name where there is no shop.
    pub(super) fn title(self, intent: &str) -> String {
        let known = self.knowledge.and_then(|knowledge| knowledge.intents.get(intent));
        known.map_or(intent, |known| known.title.in_language(self.language)).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_as_people_of_the_language_write_them() {
        let italian = Words { language: Language::It, knowledge: None };
        let english = Words { language: Language::En, knowledge: None };
        assert_eq!(italian.percent(0.045), "4,5%");
        assert_eq!(english.percent(0.045), "4.5%");
        assert_eq!(english.percent(0.9449), "94%");
        assert_eq!([italian.percent(0.0), italian.percent(0.02)], ["0%", "2%"]);
    }

    #[test]
    fn an_unknown_intent_keeps_its_name() {
        assert_eq!(Words { language: Language::It, knowledge: None }.title("order"), "order");
    }
}
