//! The parts that stand for the whole shop: the bot and the entities.

use std::collections::BTreeMap;

use serde_saphyr::{Location, Spanned};

use super::findings::Findings;
use super::format::{BotPart, EntityPart, Text};
use super::names::{Names, nearest};
use super::reply::{Variables, texts};
use super::{Bot, shape};
use crate::domain::channel::ChannelKind;
use crate::nlu::entity::Recogniser;
use crate::nlu::pattern;

const MOST_MENU: usize = 4;

/// Checks the bot.
pub(super) fn bot(findings: &mut Findings<'_>, names: &Names, spanned: &Spanned<BotPart>) -> Bot {
    let part = &spanned.value;
    if jiff::tz::TimeZone::get(&part.time_zone.value).is_err() {
        let message = format!("there is no time zone `{}`; see Europe/Rome", part.time_zone.value);
        findings.error(part.time_zone.referenced, message);
    }
    if !["https://", "http://"].iter().any(|start| part.privacy.value.starts_with(start)) {
        findings.error(part.privacy.referenced, "`privacy` must be an address (https://…)");
    }
    if let Some(too_many) = part.menu.get(MOST_MENU) {
        findings.error(too_many.referenced, format!("the menu holds at most {MOST_MENU} intents"));
    }
    Bot {
        name: findings.text("`name`", &part.name),
        default_language: part.default_language,
        time_zone: part.time_zone.value.clone(),
        privacy: part.privacy.value.clone(),
        welcome: texts(findings, "`welcome`", &part.welcome, Variables::default()),
        menu: part.menu.iter().map(|intent| names.intent(findings, intent)).collect(),
        channels: part.channels.iter().filter_map(|name| channel(findings, name)).collect(),
    }
}

/// A kind of channel that replies are written for.
fn channel(findings: &mut Findings<'_>, name: &Text) -> Option<ChannelKind> {
    let found = ChannelKind::ALL.into_iter().find(|kind| kind.word() == name.value);
    if found.is_none() {
        let all = ChannelKind::ALL.map(ChannelKind::word);
        let (hint, all) = (nearest(&name.value, all.into_iter()), all.join(", "));
        findings.error(
            name.referenced,
            format!("there is no channel `{}`{hint} (there are {all})", name.value),
        );
    }
    found
}

/// Checks one entity.
pub(super) fn entity(
    findings: &mut Findings<'_>,
    name: &str,
    spanned: &Spanned<EntityPart>,
) -> Option<Recogniser> {
    let place = spanned.referenced;
    findings.name("the entity's name", name, place);
    if Recogniser::BUILT_IN.iter().any(|(built_in, _)| *built_in == name) {
        findings.error(place, format!("`{name}` is built in; choose another name"));
    }
    let part = &spanned.value;
    match (&part.patterns, &part.values, &part.formats) {
        (Some(list), None, None) => {
            let upper = part.upper;
            Some(Recogniser::Patterns { patterns: patterns(findings, list, place), upper })
        }
        (None, Some(listed), None) => Some(Recogniser::Values(values(findings, listed, place))),
        (None, None, Some(list)) => Some(Recogniser::Formats(shape::all(findings, list, place))),
        _ => {
            let rule = "needs exactly one of `patterns:`, `values:` and `formats:`";
            findings.error(place, format!("entity `{name}` {rule}"));
            None
        }
    }
}

fn patterns(findings: &mut Findings<'_>, list: &[Text], place: Location) -> Vec<String> {
    if list.is_empty() {
        findings.error(place, "`patterns` is empty");
    }
    list.iter().filter_map(|text| expression(findings, text)).collect()
}

/// A valid regular expression that asks for at least one character.
pub(super) fn expression(findings: &mut Findings<'_>, text: &Text) -> Option<String> {
    match pattern::compile(&text.value) {
        Ok(regex) if regex.is_match("") => {
            findings.error(text.referenced, "the pattern matches everything, even nothing");
            None
        }
        Ok(_) => Some(text.value.clone()),
        Err(error) => {
            let reason = error.to_string();
            let short = reason.lines().last().unwrap_or(&reason).trim_start_matches("error: ");
            findings.error(text.referenced, format!("the pattern cannot be read: {short}"));
            None
        }
    }
}

fn values(
    findings: &mut Findings<'_>,
    listed: &BTreeMap<String, Vec<Text>>,
    place: Location,
) -> BTreeMap<String, Vec<String>> {
    if listed.is_empty() {
        findings.error(place, "`values` is empty");
    }
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let mut all = BTreeMap::new();
    for (key, synonyms) in listed {
        for synonym in synonyms {
            let words = findings.text("the synonym", synonym).to_lowercase();
            if let Some(other) = owners.insert(words, key).filter(|other| other != key) {
                let message = format!("`{}` stands for `{other}` already", synonym.value);
                findings.error(synonym.referenced, message);
            }
        }
        all.insert(key.clone(), synonyms.iter().map(|synonym| synonym.value.clone()).collect());
    }
    all
}
