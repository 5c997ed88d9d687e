//! Answers that not every channel can show as they are, and buttons that lead nowhere.

use std::collections::BTreeSet;

use super::{Folder, warn};
use crate::domain::source::{Problem, SourceFile};
use crate::knowledge::findings::Findings;
use crate::knowledge::format::{Both, IntentPart, Text, Variant};

/// The longest text under which WhatsApp shows buttons, in characters.
const WITH_BUTTONS: usize = 1_024;
/// The longest text of Messenger, in characters.
const PLAIN: usize = 2_000;
/// The longest name that fits the 64 bytes of a button of Telegram, its prefix aside.
const LONGEST_NAME: usize = 60;

pub(super) fn find(folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    let mut bots = folder.files.iter().filter_map(|(_, file)| file.bot.as_ref());
    // A folder that names its channels hears of those alone, from `intents check`.
    let any_channel = bots.all(|bot| bot.value.channels.is_empty());
    for (source, intent) in folder.intents() {
        let name = &intent.name;
        if any_channel && name.value.len() > LONGEST_NAME {
            let message = format!(
                "the name has {} letters; buttons of Telegram that lead here fit {LONGEST_NAME}",
                name.value.len()
            );
            warn(problems, source, name, message);
        }
        for both in answers(intent) {
            let lists = [&both.value.it, &both.value.en];
            for variant in lists.into_iter().flatten().flatten() {
                let own = Some(name.value.as_str()).filter(|_| intent.form.is_none());
                answer(source, own, variant, problems);
                if any_channel {
                    answer_length(source, variant, problems);
                }
            }
        }
        for text in messages(intent).into_iter().filter(|_| any_channel) {
            length(source, text, problems);
        }
    }
}

/// Every list of answers of an intent.
fn answers(intent: &IntentPart) -> Vec<&Both<Vec<Variant>>> {
    let end = intent.form.as_ref().and_then(|form| form.value.reply.as_ref());
    let found = end.map(|end| &end.value.found);
    let not_found = end.and_then(|end| end.value.not_found.as_ref());
    intent.reply.iter().chain(found).chain(not_found).collect()
}

/// Every other text that is sent.
fn messages(intent: &IntentPart) -> Vec<&Text> {
    let form = intent.form.as_ref().map(|form| &form.value);
    let escalations = intent.escalate.iter().chain(form.and_then(|form| form.escalate.as_ref()));
    let slots = form.into_iter().flat_map(|form| &form.slots);
    let both = escalations
        .map(|part| &part.message)
        .chain(slots.flat_map(|slot| [&slot.ask, &slot.invalid]));
    both.flat_map(|both| [&both.value.it, &both.value.en]).flatten().collect()
}

fn length(source: &SourceFile, text: &Text, problems: &mut Vec<Problem>) {
    let length = text.value.chars().count();
    if length > PLAIN {
        let message =
            format!("{length} characters; Messenger takes {PLAIN}: shorten it or split it");
        warn(problems, source, text, message);
    }
}

/// `own` is the intent whose answer it is, where choosing it again says the same again: a form begins
/// anew.
fn answer(source: &SourceFile, own: Option<&str>, variant: &Variant, problems: &mut Vec<Problem>) {
    let part = &variant.value;
    let mut labels = BTreeSet::new();
    for button in &part.buttons {
        if own == Some(button.intent.value.as_str()) {
            let name = &button.intent.value;
            let message = format!("the button leads to `{name}`, where the customer is already");
            warn(problems, source, &button.intent, message);
        }
        if !labels.insert(button.label.value.trim().to_lowercase()) {
            let message = format!("two buttons say \"{}\"", button.label.value.trim());
            warn(problems, source, &button.label, message);
        }
    }
}

fn answer_length(source: &SourceFile, variant: &Variant, problems: &mut Vec<Problem>) {
    let part = &variant.value;
    let length = part.text.chars().count();
    let (most, channel) = if part.buttons.is_empty() {
        (PLAIN, "Messenger takes")
    } else {
        (WITH_BUTTONS, "WhatsApp shows buttons under at most")
    };
    if length > most {
        let message = format!("the answer has {length} characters; {channel} {most}");
        Findings::of(source, problems).warning(variant.referenced, message);
    }
}
