//! Forms: slots, the lookup, and how they end.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::findings::{Findings, MOST_LABEL};
use super::format::{Both, FormPart, SlotPart, Text};
use super::lookup::needed_slots;
use super::names::Names;
use super::reply::{Variables, escalation, replies, texts};
use super::{Form, Localised, Lookup, Slot, Then};

const MOST_OPTIONS: usize = 6;
/// Nobody answers more questions.
const MOST_SLOTS: usize = 20;
/// Names that mean something else in a template.
const TAKEN: [&str; 3] = ["shop", "privacy", "base"];

/// Checks one form.
pub(super) fn form(
    findings: &mut Findings<'_>,
    names: &Names,
    lookups: &BTreeMap<String, Lookup>,
    spanned: &Spanned<FormPart>,
) -> Option<Form> {
    let part = &spanned.value;
    let slot_names: Vec<String> = part.slots.iter().map(|slot| slot.name.value.clone()).collect();
    if let Some(one_too_many) = part.slots.get(MOST_SLOTS) {
        let message = format!("{} slots; a form has at most {MOST_SLOTS}", part.slots.len());
        findings.error(one_too_many.name.referenced, message);
        return None;
    }
    if part.slots.is_empty() {
        findings.error(spanned.referenced, "a form needs at least one slot");
    }
    let slots: Vec<Slot> =
        part.slots.iter().map(|part| slot(findings, names, part, &slot_names)).collect();
    for (at, slot) in part.slots.iter().enumerate() {
        if slot_names[..at].contains(&slot.name.value) {
            findings
                .error(slot.name.referenced, format!("slot `{}` stands twice", slot.name.value));
        }
    }
    let lookup = part.lookup.as_ref().map(|name| {
        let known = names.lookup(findings, name);
        check_needs(findings, lookups.get(&known), name, &slot_names);
        known
    });
    let then = then(findings, names, spanned, &slot_names)?;
    Some(Form { slots, lookup, then })
}

fn check_needs(
    findings: &mut Findings<'_>,
    lookup: Option<&Lookup>,
    name: &Text,
    slots: &[String],
) {
    for needed in lookup.map(needed_slots).unwrap_or_default() {
        if !slots.contains(&needed) {
            let message = format!("lookup `{}` needs the slot `{needed}` in this form", name.value);
            findings.error(name.referenced, message);
        }
    }
}

fn slot(findings: &mut Findings<'_>, names: &Names, part: &SlotPart, slots: &[String]) -> Slot {
    let name = part.name.value.clone();
    findings.name("the slot's name", &name, part.name.referenced);
    if TAKEN.contains(&name.as_str()) {
        findings.error(part.name.referenced, format!("a slot cannot be called `{name}`"));
    }
    let variables = Variables { slots, lookup: None };
    let options = part.options.as_ref().map(|both| options(findings, both));
    Slot {
        name,
        entity: names.entity(findings, &part.entity),
        role: part.role.as_ref().map(|role| names.role(findings, &part.entity, role)),
        ask: texts(findings, "`ask`", &part.ask, variables),
        invalid: texts(findings, "`invalid`", &part.invalid, variables),
        options: options.unwrap_or(Localised { it: Vec::new(), en: Vec::new() }),
    }
}

fn options(findings: &mut Findings<'_>, both: &Both<Vec<Text>>) -> Localised<Vec<String>> {
    let [it, en] = findings.both("`options`", both).map(|list| {
        let list = list.map(Vec::as_slice).unwrap_or_default();
        if let Some(first_too_many) = list.get(MOST_OPTIONS) {
            let message = format!("{} options; at most {MOST_OPTIONS} can be shown", list.len());
            findings.error(first_too_many.referenced, message);
        }
        list.iter().map(|option| self::option(findings, option)).collect()
    });
    Localised { it, en }
}

fn option(findings: &mut Findings<'_>, option: &Text) -> String {
    if option.value.chars().count() > MOST_LABEL {
        let message = format!("more than {MOST_LABEL} characters may be cut on a button");
        findings.warning(option.referenced, message);
    }
    findings.text("the option", option)
}

fn then(
    findings: &mut Findings<'_>,
    names: &Names,
    spanned: &Spanned<FormPart>,
    slots: &[String],
) -> Option<Then> {
    let part = &spanned.value;
    let lookup = part.lookup.as_ref().map(|name| name.value.as_str());
    let known = Variables { slots, lookup };
    match (&part.reply, &part.escalate) {
        (None, Some(escalate)) => Some(Then::Escalate(escalation(findings, escalate, known))),
        (Some(end), None) => {
            let found = replies(findings, names, "`found`", &end.value.found, known);
            let unknown = Variables { slots, lookup: None };
            let not_found = end.value.not_found.as_ref();
            if not_found.is_none() && lookup.is_some() {
                findings.error(end.referenced, "a form with a lookup needs `not_found:` too");
            }
            let not_found =
                not_found.map(|both| replies(findings, names, "`not_found`", both, unknown));
            Some(Then::Reply { found, not_found })
        }
        _ => {
            findings.error(spanned.referenced, "a form ends with either `reply:` or `escalate:`");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::source::{Severity, SourceFile};
    use crate::knowledge::load;

    /// The errors of a bot with one form, each as `line: message`.
    fn errors(form: &str) -> Vec<String> {
        let bot = "bot: {name: A, default_language: it, time_zone: Europe/Rome, privacy: 'https://a.example', welcome: {it: a, en: a}}\n";
        let text = format!(
            "{bot}intents:\n  - name: a\n    title: {{it: a, en: a}}\n    patterns: [zz]\n    form:\n{form}"
        );
        let problems = load::build(&[SourceFile { name: "a.yaml".to_owned(), text }]);
        let problems = problems.map_or_else(|problems| problems, |built| built.warnings);
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| format!("{}: {}", problem.line, problem.message)).collect()
    }

    const SLOT: &str =
        "        - {name: s, entity: text, ask: {it: a, en: a}, invalid: {it: a, en: a}}\n";
    const END: &str = "      reply: {found: {it: [a], en: [a]}}\n";

    #[test]
    fn every_question_is_asked_in_both_languages() {
        assert_eq!(errors(&format!("      slots:\n{SLOT}{END}")), [""; 0]);
        for (from, to, said) in [
            ("ask: {it: a, en: a}, ", "", "missing field `ask`"),
            (", invalid: {it: a, en: a}", "", "missing field `invalid`"),
            ("ask: {it: a, en: a}", "ask: {it: a}", "8: `ask`: English is missing"),
            (
                "invalid: {it: a, en: a}",
                "invalid: {it: a, en: \"{x}\"}",
                "8: there is no variable `{x}`",
            ),
        ] {
            let found = errors(&format!("      slots:\n{}{END}", SLOT.replace(from, to)));
            assert!(found.iter().any(|error| error.contains(said)), "{said}: {found:?}");
        }
    }

    #[test]
    fn nobody_is_asked_too_much_or_offered_too_many_buttons() {
        let many: String = (0..21)
            .map(|n| SLOT.replace("name: s", &["name: s", &n.to_string()].concat()))
            .collect();
        let found = errors(&format!("      slots:\n{many}{END}"));
        assert!(found.contains(&"28: 21 slots; a form has at most 20".to_owned()), "{found:?}");
        let buttons = ["{label: a, intent: a}"; 7].join(", ");
        let end = END.replace("it: [a]", &format!("it: [{{text: a, buttons: [{buttons}]}}]"));
        let found = errors(&format!("      slots:\n{SLOT}{end}"));
        assert_eq!(found, ["9: 7 buttons; at most 6 can be shown"]);
    }
}
