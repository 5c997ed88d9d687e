//! The shapes of codes (`formats:`) and the roles of entities.

use serde_saphyr::Location;

use super::findings::Findings;
use super::format::{EntityPart, IntentFile, Text};
use crate::domain::source::SourceFile;
use crate::nlu::entity::RoleWords;
use crate::nlu::entity::format::{BadFormat, check};

/// Checks the shapes of a code.
pub(super) fn all(findings: &mut Findings<'_>, list: &[Text], place: Location) -> Vec<String> {
    if list.is_empty() {
        findings.error(place, "`formats` is empty");
    }
    let mut sound = Vec::new();
    for shape in list {
        match check(&shape.value) {
            Ok(()) => sound.push(shape.value.clone()),
            Err(BadFormat::TooPlain) => {
                let rule = "must hold two or more of `A` (letter), `9` (digit) and `X` (either)";
                findings.error(shape.referenced, format!("`{}` {rule}", shape.value));
            }
            Err(BadFormat::TooLong) => {
                findings.error(shape.referenced, "a format has at most 40 characters");
            }
        }
    }
    sound
}

/// The roles of all entities.
pub(super) fn roles(files: &[(&SourceFile, IntentFile)]) -> RoleWords {
    let parts = files.iter().flat_map(|(_, file)| file.entities.iter().flatten());
    let words = |part: &EntityPart| {
        let all = part.roles.iter().flatten();
        all.map(|(role, cues)| (role.clone(), cues.iter().map(|cue| cue.value.clone()).collect()))
            .collect()
    };
    parts
        .filter(|(_, part)| part.value.roles.is_some())
        .map(|(name, part)| (name.clone(), words(&part.value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::{Problem, Severity};
    use crate::domain::time::UtcMillis;
    use crate::knowledge::load::{self, Built};

    fn built(entities: &str, slot: &str) -> Result<Built, Vec<Problem>> {
        let text = format!(
            "bot: {{name: B, default_language: it, time_zone: Europe/Rome, privacy: 'https://b.example', welcome: {{it: a, en: b}}}}\nentities:\n{entities}intents:\n  - name: trip\n    title: {{it: Viaggio, en: Trip}}\n    examples: {{it: [viaggio], en: [trip]}}\n    form:\n      slots:\n        - {{name: city, {slot}, ask: {{it: a, en: b}}, invalid: {{it: a, en: b}}}}\n      reply: {{found: {{it: [ok], en: [ok]}}}}\n"
        );
        load::build(&[SourceFile { name: "a.yaml".to_owned(), text }])
    }

    fn errors(entities: &str, slot: &str) -> Vec<String> {
        let problems = built(entities, slot).map(|_| ()).unwrap_err();
        let errors = problems.into_iter().filter(|one| one.severity == Severity::Error);
        errors.map(|one| one.message).collect()
    }

    #[test]
    fn a_format_is_an_entity() {
        let built = built("  order: {formats: [AA999999]}\n", "entity: order").unwrap();
        let read = |text: &str| built.knowledge.entities.read("order", text, UtcMillis(0), "UTC");
        assert_eq!(read("ordine ab-123456").as_deref(), Some("AB123456"));
    }

    #[test]
    fn bad_formats_and_roles_are_named() {
        let plain = errors("  order: {formats: [W-]}\n", "entity: order");
        assert!(plain[0].starts_with("`W-` must hold two or more of `A`"), "{plain:?}");
        let both = errors("  order: {formats: [A9], patterns: [x]}\n", "entity: order");
        assert!(both[0].contains("exactly one of"), "{both:?}");
        let city = "  city: {values: {roma: [Rome]}, roles: {from: [da], to: [a]}}\n";
        let role = errors(city, "entity: city, role: form");
        assert_eq!(role, ["entity `city` has no role `form`; did you mean `from`?"]);
        assert!(built(city, "entity: city, role: from").is_ok());
    }
}
