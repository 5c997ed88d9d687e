//! Lookups: where to ask, how long to wait, and who may be told.

use std::collections::BTreeSet;

use serde_saphyr::Location;

use super::findings::Findings;
use super::format::{LookupPart, Text};
use super::template::{Piece, parse};
use super::{Lookup, Owner};

const USUAL_TIMEOUT: i64 = 3_000;

/// Checks one lookup.
pub(super) fn lookup(
    findings: &mut Findings<'_>,
    name: &str,
    part: &LookupPart,
    place: Location,
) -> Lookup {
    findings.name("the lookup's name", name, place);
    let url = findings.text("`url`", &part.url);
    if let Err(bad) = parse(&url) {
        findings.error(part.url.referenced, bad.to_string());
    }
    if !["{base}", "https://", "http://"].iter().any(|start| url.starts_with(start)) {
        findings.error(part.url.referenced, "`url` must start with `{base}` or `https://`");
    }
    for slot in variables(&url).filter(|slot| slot.contains('.')) {
        findings.error(part.url.referenced, format!("`{{{slot}}}`: only slots can stand in `url`"));
    }
    let owner = part.owner.as_ref().map(|owner| Owner {
        field: findings.text("`field`", &owner.field),
        slot: findings.text("`slot`", &owner.slot),
    });
    let timeout = part.timeout.as_ref().map_or(USUAL_TIMEOUT, |text| timeout(findings, text));
    Lookup { name: name.to_owned(), url, timeout, owner }
}

/// The slots that a form must have to make a lookup.
pub(super) fn needed_slots(lookup: &Lookup) -> BTreeSet<String> {
    let owner = lookup.owner.iter().map(|owner| owner.slot.clone());
    variables(&lookup.url).filter(|name| *name != "base").map(str::to_owned).chain(owner).collect()
}

fn variables(url: &str) -> impl Iterator<Item = &str> {
    parse(url).unwrap_or_default().into_iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        _ => None,
    })
}

/// `3s` or `500ms`, from 100 ms to 10 s.
fn timeout(findings: &mut Findings<'_>, text: &Text) -> i64 {
    let millis = milliseconds(text.value.trim()).filter(|millis| (100..=10_000).contains(millis));
    millis.unwrap_or_else(|| {
        let rule = "a time such as `3s` or `500ms`, from 100ms to 10s";
        findings.error(text.referenced, format!("`timeout: {}`: give {rule}", text.value));
        USUAL_TIMEOUT
    })
}

fn milliseconds(text: &str) -> Option<i64> {
    if let Some(number) = text.strip_suffix("ms") {
        return number.trim().parse().ok();
    }
    text.strip_suffix('s')?.trim().parse::<i64>().ok()?.checked_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(milliseconds("3s"), Some(3_000));
        assert_eq!(milliseconds("250 ms"), Some(250));
        for bad in ["3", "s", "3m", "-", "9223372036854775807s"] {
            assert_eq!(milliseconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn needed_slots_are_those_of_the_address_and_the_owner() {
        let owner = Some(Owner { field: "email".to_owned(), slot: "email".to_owned() });
        let url = "{base}/orders/{order_number}".to_owned();
        let lookup = Lookup { name: "order".to_owned(), url, timeout: 1, owner };
        assert_eq!(
            needed_slots(&lookup).into_iter().collect::<Vec<_>>(),
            ["email", "order_number"]
        );
    }
}
