//! What the binary carries: the sample shop's intents, their tests, and the policies.

use rust_embed::Embed;

use crate::domain::source::SourceFile;

/// The folder of tests within the intents.
const TESTS: &str = "tests/";

#[derive(Embed)]
#[folder = "intents/"]
struct Sample;

/// The sample shop's intents, sorted by name.
#[must_use]
pub fn intents() -> Vec<SourceFile> {
    sample(|name| !name.contains('/'))
}

/// The conversation tests of the sample shop, sorted by name.
#[must_use]
pub fn tests() -> Vec<SourceFile> {
    sample(|name| name.starts_with(TESTS))
}

/// The calendars and policies.
#[must_use]
pub fn policies() -> SourceFile {
    let text = include_str!("../../config/sla.yaml").to_owned();
    SourceFile { name: "config/sla.yaml".to_owned(), text }
}

/// How the teams' tickets wait.
#[must_use]
pub fn teams() -> SourceFile {
    let text = include_str!("../../config/teams.yaml").to_owned();
    SourceFile { name: "config/teams.yaml".to_owned(), text }
}

fn sample(wanted: impl Fn(&str) -> bool) -> Vec<SourceFile> {
    let mut names: Vec<_> =
        Sample::iter().filter(|name| name.ends_with(".yaml") && wanted(name)).collect();
    names.sort();
    let files = names.into_iter().filter_map(|name| {
        let text = String::from_utf8(Sample::get(&name)?.data.into_owned()).ok()?;
        Some(SourceFile { name: format!("intents/{name}"), text })
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::teams::Teams;
    use crate::sla::book::PolicyBook;

    #[test]
    fn intents_and_tests_are_kept_apart() {
        assert!(intents().iter().any(|file| file.name == "intents/bot.yaml"));
        assert!(intents().iter().all(|file| !file.name.contains("tests")));
        assert!(tests().iter().any(|file| file.name == "intents/tests/answers.yaml"));
    }

    #[test]
    fn policies_and_teams_can_be_used() {
        assert!(PolicyBook::read(&policies()).is_ok());
        assert!(Teams::read(&teams()).is_ok());
    }
}
