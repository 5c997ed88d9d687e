//! Answers: variants, buttons, and the variables they may use.

use serde_saphyr::Location;

use super::findings::Findings;
use super::format::{Both, ChoicePart, EscalatePart, Text, Variant};
use super::names::{Names, nearest};
use super::template::{Piece, parse};
use super::{Choice, Escalation, Localised, Reply, rich};
use crate::domain::skill::Skill;

const MOST_BUTTONS: usize = 6;
/// The longest text that every channel can send, in characters.
const MOST_TEXT: usize = 4_096;

/// The variables that a text may use.
#[derive(Clone, Copy, Default)]
pub(super) struct Variables<'a> {
    /// The form's slots.
    pub(super) slots: &'a [String],
    /// The form's lookup, whose fields are free.
    pub(super) lookup: Option<&'a str>,
}

impl Variables<'_> {
    const ALWAYS: [&'static str; 2] = ["shop", "privacy"];

    /// Reports braces without partner and unknown variables.
    pub(super) fn check(self, findings: &mut Findings<'_>, text: &str, place: Location) {
        if text.chars().count() > MOST_TEXT {
            findings.error(place, format!("the text is longer than {MOST_TEXT} characters"));
            return;
        }
        match parse(text) {
            Err(bad) => findings.error(place, bad.to_string()),
            Ok(pieces) => {
                for piece in pieces {
                    if let Piece::Variable(name) = piece {
                        self.check_name(findings, name, place);
                    }
                }
            }
        }
    }

    fn check_name(self, findings: &mut Findings<'_>, name: &str, place: Location) {
        if let Some((lookup, _)) = name.split_once('.') {
            if self.lookup != Some(lookup) {
                let reason = "only the lookup of the same form can be told, once it has been made";
                findings.error(place, format!("`{{{name}}}`: {reason}"));
            }
        } else if !Self::ALWAYS.contains(&name) && !self.slots.iter().any(|slot| slot == name) {
            let all = self.slots.iter().map(String::as_str).chain(Self::ALWAYS);
            let hint = nearest(name, all);
            findings.error(place, format!("there is no variable `{{{name}}}` here{hint}"));
        }
    }
}

/// A text in both languages, with variables.
pub(super) fn texts(
    findings: &mut Findings<'_>,
    what: &str,
    both: &Both<Text>,
    variables: Variables<'_>,
) -> Localised<String> {
    let [it, en] = findings.both(what, both).map(|text| {
        text.map(|text| {
            let words = findings.text(what, text);
            variables.check(findings, &words, text.referenced);
            words
        })
        .unwrap_or_default()
    });
    Localised { it, en }
}

/// Answers in both languages, at least one each.
pub(super) fn replies(
    findings: &mut Findings<'_>,
    names: &Names,
    what: &str,
    both: &Both<Vec<Variant>>,
    variables: Variables<'_>,
) -> Localised<Vec<Reply>> {
    let [it, en] = findings.both(what, both).map(|variants| {
        let variants = variants.map(Vec::as_slice).unwrap_or_default();
        variants.iter().map(|variant| reply(findings, names, what, variant, variables)).collect()
    });
    let given = Localised { it, en };
    let empty = |list: Option<&Vec<Variant>>| list.is_some_and(Vec::is_empty);
    if empty(both.value.it.as_ref()) || empty(both.value.en.as_ref()) {
        findings.error(both.referenced, format!("{what}: give at least one text in each language"));
    }
    given
}

fn reply(
    findings: &mut Findings<'_>,
    names: &Names,
    what: &str,
    variant: &Variant,
    variables: Variables<'_>,
) -> Reply {
    let place = variant.referenced;
    let part = &variant.value;
    if part.text.trim().is_empty() {
        findings.error(place, format!("{what}: the text is empty"));
    }
    variables.check(findings, &part.text, place);
    if part.buttons.len() > MOST_BUTTONS {
        let message =
            format!("{} buttons; at most {MOST_BUTTONS} can be shown", part.buttons.len());
        findings.error(place, message);
    }
    let buttons = part.buttons.iter().map(|button| choice(findings, names, button)).collect();
    let rich = rich::read(findings, names, part, variables);
    Reply { text: part.text.clone(), buttons, rich }
}

pub(super) fn choice(findings: &mut Findings<'_>, names: &Names, part: &ChoicePart) -> Choice {
    let label = findings.label("the button's label", &part.label);
    Choice { label, intent: names.intent(findings, &part.intent) }
}

/// A skill, with a level or without.
fn skill_at_level(findings: &mut Findings<'_>, skill: &Text) -> String {
    let text = findings.text("a skill", skill);
    if let Err(wrong) = text.parse::<Skill>()
        && !text.trim().is_empty()
    {
        findings.error(skill.referenced, wrong.to_string());
    }
    text
}

/// How an intent or a form goes to a human.
pub(super) fn escalation(
    findings: &mut Findings<'_>,
    part: &EscalatePart,
    variables: Variables<'_>,
) -> Escalation {
    Escalation {
        team: part.team.as_ref().map(|team| findings.text("`team`", team)),
        skills: part.skills.iter().map(|skill| skill_at_level(findings, skill)).collect(),
        priority: part.priority,
        message: texts(findings, "`message`", &part.message, variables),
        asked: part.asked,
        verify: part.verify,
    }
}
