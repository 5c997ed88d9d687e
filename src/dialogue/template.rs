//! Replies with `{variable}` places; `{{` and `}}` are braces.

use std::collections::BTreeMap;

/// Shown where a variable has no value, such as a field that the shop's answer lacks or leaves empty.
const MISSING: &str = "–";

/// Fills the places of a text. Values are never read as templates themselves.
pub(super) fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
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
            filled.push_str(value(values, name.trim()));
            tail
        } else {
            filled.push_str(brace);
            after
        };
    }
    filled.push_str(rest);
    filled
}

fn value<'v>(values: &'v BTreeMap<String, String>, name: &str) -> &'v str {
    values.get(name).filter(|value| !value.trim().is_empty()).map_or(MISSING, String::as_str)
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
        fill(text, &values)
    }

    #[test]
    fn fills_variables_and_dotted_fields() {
        assert_eq!(filled("{name}: {order.status}."), "Ada {shop}: spedito.");
        assert_eq!(filled("Arriva il {order.eta}, {order.tracking}"), "Arriva il –, –");
    }

    #[test]
    fn doubled_braces_are_braces_and_lonely_ones_stay() {
        assert_eq!(filled("{{name}} {"), "{name} {");
        assert_eq!(filled("} è {name"), "} è {name");
    }
}
