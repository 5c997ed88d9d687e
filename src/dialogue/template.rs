//! Replies with `{variable}` places; `{{` and `}}` are braces.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::language::Language;

/// Shown where a variable has no value, such as a field that the shop's answer lacks or leaves empty.
const MISSING: &str = "–";
/// How systems write a date.
const ISO_DATE: &str = "2026-11-24";
const MESI: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Fills the places of a text. Values are never read as templates themselves; those that are dates are
/// written as people write them.
pub(super) fn fill(text: &str, values: &BTreeMap<String, String>, language: Language) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        rest = if let Some(tail) = after.strip_prefix(brace) {
            filled.push_str(brace);
            tail
        } else if brace == "{"
            && let Some((name, tail)) = after.split_once('}')
        {
            filled.push_str(&value(values, name.trim(), language));
            tail
        } else {
            filled.push_str(brace);
            after
        };
    }
    filled.push_str(rest);
    filled
}

fn value(values: &BTreeMap<String, String>, name: &str, language: Language) -> String {
    let value = values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let Some(value) = value else { return MISSING.to_owned() };
    match value.parse::<Date>() {
        Ok(date) if value.len() == ISO_DATE.len() => spoken(date, language),
        _ => value.to_owned(),
    }
}

/// "24 novembre 2026".
fn spoken(date: Date, language: Language) -> String {
    let months = match language {
        Language::It => &MESI,
        Language::En => &MONTHS,
    };
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| months.get(month));
    format!("{} {} {}", date.day(), month.unwrap_or(&""), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let values = BTreeMap::from([
            ("name".to_owned(), "Ada {shop}".to_owned()),
            ("order.status".to_owned(), "spedito".to_owned()),
            ("order.tracking".to_owned(), String::new()),
        ]);
        fill(text, &values, Language::It)
    }

    #[test]
    fn fills_variables_and_dotted_fields() {
        assert_eq!(filled("{name}: {order.status}."), "Ada {shop}: spedito.");
        assert_eq!(filled("Arriva il {order.eta}, {order.tracking}"), "Arriva il –, –");
    }

    #[test]
    fn dates_are_written_as_people_do_and_nothing_else_is_touched() {
        let values = [("eta", "2026-11-04"), ("slot", "2026-11-04T10:00"), ("code", "20261104")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!(fill("{eta}", &values, Language::It), "4 novembre 2026");
        assert_eq!(
            fill("{eta} {slot} {code}", &values, Language::En),
            "4 November 2026 2026-11-04T10:00 20261104"
        );
    }

    #[test]
    fn doubled_braces_are_braces_and_lonely_ones_stay() {
        assert_eq!(filled("{{name}} {"), "{name} {");
        assert_eq!(filled("} è {name"), "} è {name");
    }
}
