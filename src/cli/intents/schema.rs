//! `sportello intents schema`: the JSON Schemas for editors.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::super::output;
use crate::knowledge::schema;

/// Which files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The files of a folder of intents.
    Intents,
    /// The conversation tests beside them.
    Tests,
}

impl Kind {
    /// From the switch `--tests`.
    pub(super) const fn of(tests: bool) -> Self {
        if tests { Self::Tests } else { Self::Intents }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Intents => schema::INTENTS,
            Self::Tests => schema::TESTS,
        }
    }
}

/// Prints one schema, or writes both beside the files that they are for.
pub(super) fn run(kind: Kind, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Some(folder) = folder else {
        output::tell(kind.text())?;
        return Ok(ExitCode::SUCCESS);
    };
    let tests = folder.join(super::TESTS);
    std::fs::create_dir_all(&tests).with_context(|| format!("making {}", tests.display()))?;
    let files: [(PathBuf, Kind); 2] = [
        (folder.join("intents.schema.json"), Kind::Intents),
        (tests.join("tests.schema.json"), Kind::Tests),
    ];
    for (path, kind) in files {
        std::fs::write(&path, kind.text())
            .with_context(|| format!("writing {}", path.display()))?;
        output::tell(&format!("{} written\n", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::cli::embedded;
    use crate::cli::scenario::{Expected, Scenario, Turn};
    use crate::domain::source::read_yaml;
    use crate::knowledge::schema::probe::{keys, keys_of, wrong};

    #[test]
    fn the_tests_schema_and_the_parser_know_the_same_keys() {
        let schema: Value = serde_json::from_str(schema::TESTS).unwrap();
        let parts = &schema["$defs"];
        assert_eq!(keys_of(&parts["test"]), keys::<Scenario>());
        assert_eq!(keys_of(&parts["turn"]), keys::<Turn>());
        assert_eq!(keys_of(&parts["ticket"]), keys::<Expected>());
    }

    #[test]
    fn the_sample_is_as_the_schemas_say() {
        let all = [(schema::INTENTS, embedded::intents()), (schema::TESTS, embedded::tests())];
        for (text, files) in all {
            let schema: Value = serde_json::from_str(text).unwrap();
            assert!(files.len() > 1);
            for file in files {
                let document: Value = read_yaml(&file).unwrap();
                assert_eq!(wrong(&schema, &schema, &document, ""), [""; 0], "{}", file.name);
            }
        }
        let schema: Value = serde_json::from_str(schema::TESTS).unwrap();
        let bad: Value =
            serde_json::json!([{"name": "x", "turns": [{"customer": "a", "press": "b"}]}]);
        assert!(!wrong(&schema, &schema, &bad, "").is_empty());
    }

    #[test]
    fn both_are_written_where_they_belong() {
        let folder = tempfile::tempdir().unwrap();
        run(Kind::Intents, Some(folder.path())).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("intents.schema.json"), schema::INTENTS);
        assert_eq!(read("tests/tests.schema.json"), schema::TESTS);
    }
}
