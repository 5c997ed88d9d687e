//! `sportello intents`: checks, tests and figures of what the bot knows.

mod diff;
mod eval;
mod eval_advice;
mod eval_queries;
mod messages;
mod predict;
mod preview;
mod rasa;
mod report;
mod report_chart;
mod report_lists;
mod report_words;
mod schema;
mod shadow;
mod spoken;
mod suggest;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::Form;
use super::scenario::{self, Failure, Ink, Scenario};
use super::settings::{self, counted};
use super::{FINDING, embedded, output};
use crate::config::Config;
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::knowledge::Knowledge;
use crate::knowledge::lint::lint;
use crate::knowledge::load::{self, Built};
use crate::sla::book::PolicyBook;

/// The folder of conversation tests within the intents.
const TESTS: &str = "tests";

/// What `intents` is told.
#[derive(Args, Debug)]
pub(super) struct IntentsArgs {
    #[command(subcommand)]
    pub(super) command: IntentsCommand,
}

/// What can be done with intents.
#[derive(Subcommand, Debug)]
pub(super) enum IntentsCommand {
    /// Find every problem at once, each at its place; exit code 1 if there is an error
    #[command(after_help = "Example:\n  sportello intents check intents --strict")]
    Check {
        /// The folder of intents; the configured one or the sample when not given
        folder: Option<PathBuf>,
        /// Warnings fail too
        #[arg(long)]
        strict: bool,
    },
    /// Hold the conversations of tests/*.yaml and print what differs; exit code 1 if any does
    #[command(after_help = "Example:\n  sportello intents test intents --filter order")]
    Test {
        /// The folder of intents; the configured one or the sample when not given
        folder: Option<PathBuf>,
        /// Only tests whose name or file holds these words
        #[arg(long, value_name = "NAME")]
        filter: Option<String>,
    },
    /// How good the understanding is on examples that it has not seen (cross-validation)
    #[command(
        after_help = "Examples:\n  sportello intents eval intents --html report.html\n  sportello intents eval --train questions.csv --folds 10 --json"
    )]
    Eval(eval::EvalArgs),
    /// Let a folder run silently beside the published knowledge; the board lists what it would change
    #[command(
        after_help = "Example:\n  sportello intents shadow intents-next --config sportello.toml"
    )]
    Shadow {
        /// The folder of the candidate
        folder: PathBuf,
        /// The configuration file of the service, which names its database
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Which answers would change with other files; exit code 1 if any does
    #[command(
        after_help = "Examples:\n  sportello intents diff intents intents-new\n  sportello intents diff intents intents-new --messages questions.csv --json\n\nWithout --messages the examples of both folders are tried, and what customers wrote in the last 30 days\nif the configured database is there. Exit code: 0 no answer changes, 1 some do, 2 a folder cannot be used."
    )]
    Diff(diff::DiffArgs),
    /// What customers see of each reply, channel by channel, and what is shown otherwise than written
    #[command(
        after_help = "Examples:\n  sportello intents preview --channel telegram\n  sportello intents preview intents --channel whatsapp --intent delivery_times --lang it\n  sportello intents preview --channel sms --strict > /dev/null\n\nExit code 1 with --strict if anything is shown otherwise than written."
    )]
    Preview(preview::PreviewArgs),
    /// Print the JSON Schema of the intent files, by which editors complete and check them
    #[command(
        after_help = "Examples:\n  sportello intents schema > intents.schema.json\n  sportello intents schema --out intents\n\nThen let a file begin with\n  # yaml-language-server: $schema=intents.schema.json"
    )]
    Schema {
        /// The schema of the conversation tests instead
        #[arg(long)]
        tests: bool,
        /// Write both schemas into this folder of intents
        #[arg(long, value_name = "DIR", conflicts_with = "tests")]
        out: Option<PathBuf>,
    },
    /// What customers ask and the bot cannot answer, as intents ready to paste
    #[command(
        after_help = "Example:\n  sportello intents suggest --since 7d > suggested.yaml\n\nMessages that were not understood, that were asked back about without the customer choosing, or that went to\na person, are put together and ranked by conversations x expected handling minutes (`effort:` of teams.yaml).\nE-mail addresses, numbers and names are covered."
    )]
    Suggest(suggest::SuggestArgs),
    /// Turn another program's training data into intent files
    #[command(
        subcommand,
        after_help = "Example:\n  sportello intents import rasa nlu.yml --out my-intents"
    )]
    Import(rasa::ImportCommand),
    /// Turn intent files into another program's training data
    #[command(
        subcommand,
        after_help = "Example:\n  sportello intents export rasa intents --out rasa"
    )]
    Export(rasa::ExportCommand),
    /// Learn from one CSV file and answer another
    #[command(
        after_help = "Example:\n  sportello intents predict --train train.csv --input questions.csv --output answers.csv --json\n\nThe file to learn from has the columns text,label; the label `oos` is out of scope. The answers have\nthe columns text,label,predicted,confidence,answered,outright: `answered` is 1 unless the bot would\nsay that it did not understand, `outright` is 1 when it would not ask back."
    )]
    Predict {
        /// What to learn from: a CSV file with the columns text,label
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// What to answer: a CSV file with a column text
        #[arg(long, value_name = "FILE")]
        input: PathBuf,
        /// Where the answers go
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        /// Print what it took as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Does what was asked.
pub(super) fn run(command: &IntentsCommand) -> anyhow::Result<ExitCode> {
    let config = settings::load(None)?;
    match command {
        IntentsCommand::Check { folder, strict } => {
            let least = if *strict { Severity::Warning } else { Severity::Error };
            check(&Sources::of(folder.clone(), &config)?, least)
        }
        IntentsCommand::Test { folder, filter } => {
            test(&Sources::of(folder.clone(), &config)?, filter.as_deref(), &config)
        }
        IntentsCommand::Eval(args) => eval::run(args, &config),
        IntentsCommand::Shadow { folder, config } => shadow::run(folder, config.as_deref()),
        IntentsCommand::Diff(args) => diff::run(args, &config),
        IntentsCommand::Preview(args) => preview::run(args, &config),
        IntentsCommand::Schema { tests, out } => {
            schema::run(schema::Kind::of(*tests), out.as_deref())
        }
        IntentsCommand::Suggest(args) => suggest::run(args, &config),
        IntentsCommand::Import(command) => rasa::import_from(command),
        IntentsCommand::Export(command) => rasa::export_to(command, &config),
        IntentsCommand::Predict { train, input, output, json } => {
            predict::run(train, input, output, Form::of(*json))
        }
    }
}

/// The files of a folder, or of the sample.
pub(super) struct Sources {
    intents: Vec<SourceFile>,
    tests: Vec<SourceFile>,
}

impl Sources {
    /// Reads the given folder, else the configured one, else the sample.
    pub(super) fn of(folder: Option<PathBuf>, config: &Config) -> anyhow::Result<Self> {
        let Some(folder) = folder.or_else(|| settings::intents_folder(config)) else {
            return Ok(Self { intents: embedded::intents(), tests: embedded::tests() });
        };
        let tests = folder.join(TESTS);
        let tests = if has_yaml(&tests) { read(&tests)? } else { Vec::new() };
        Ok(Self { intents: read(&folder)?, tests })
    }

    /// Trains; the problems of files that cannot be used are printed whole.
    pub(super) fn build(&self) -> anyhow::Result<Built> {
        load::build(&self.intents).map_err(|problems| {
            let errors = problems.into_iter().filter(|found| found.severity == Severity::Error);
            settings::refused("intents", &errors.collect::<Vec<_>>())
        })
    }
}

fn has_yaml(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "yaml"))
        })
    })
}

fn read(folder: &Path) -> anyhow::Result<Vec<SourceFile>> {
    load::read_folder(folder).map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("; "))
    })
}

/// Prints every problem; the code tells whether one is at least as bad as `least`.
fn check(sources: &Sources, least: Severity) -> anyhow::Result<ExitCode> {
    let (scenarios, mut problems) = scenario::read(&sources.tests);
    let mut found = match load::build(&sources.intents) {
        Ok(built) => {
            let knowledge = &built.knowledge;
            problems.extend(scenario::unknown_intents(&scenarios, &sources.tests, knowledge));
            let mut found = lint(&sources.intents, Some(&knowledge.engine));
            found.extend(spoken::problems(knowledge, &sources.intents)?);
            found.extend(built.warnings);
            found
        }
        Err(mut found) => {
            found.extend(lint(&sources.intents, None));
            found
        }
    };
    found.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    problems.splice(0..0, found);
    let mut lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.push(summary(sources, &problems));
    output::tell(&lines.join("\n"))?;
    let fails = problems.iter().any(|problem| problem.severity >= least);
    Ok(if fails { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}

fn summary(sources: &Sources, problems: &[Problem]) -> String {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    format!(
        "{}: {}, {}\n",
        counted(sources.intents.len() + sources.tests.len(), "file"),
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
    )
}

fn test(sources: &Sources, filter: Option<&str>, config: &Config) -> anyhow::Result<ExitCode> {
    let (scenarios, problems) = scenario::read(&sources.tests);
    if !problems.is_empty() {
        return Err(settings::refused("tests", &problems));
    }
    let wanted = |scenario: &&Scenario| filter.is_none_or(|words| scenario.is_called(words));
    let scenarios: Vec<_> = scenarios.iter().filter(wanted).collect();
    if scenarios.is_empty() {
        anyhow::bail!(
            "no test matches: tests are the *.yaml files in `{TESTS}` beside the intents"
        );
    }
    let built = sources.build()?;
    let book = settings::policies(config)?;
    let failed = hold(&scenarios, &built.knowledge, &book)?;
    output::tell(&closing(scenarios.len(), &failed))?;
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FINDING) })
}

/// Prints each failure as it comes; returns them.
fn hold(
    scenarios: &[&Scenario],
    knowledge: &Knowledge,
    book: &PolicyBook,
) -> anyhow::Result<Vec<Failure>> {
    let ink = Ink::of_output();
    let mut failed = Vec::new();
    for scenario in scenarios {
        if let Some(failure) = scenario.run(knowledge, book) {
            output::tell(&(failure.told(ink) + "\n"))?;
            failed.push(failure);
        }
    }
    Ok(failed)
}

/// The last lines: what failed, and how many there were.
fn closing(all: usize, failed: &[Failure]) -> String {
    let several = failed.iter().filter(|_| failed.len() > 1);
    let lines: Vec<_> = several.map(|failure| format!("FAIL {}\n", failure.heading())).collect();
    format!("{}{} passed, {} failed\n", lines.concat(), all - failed.len(), failed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_no_problem_and_its_conversations_go_as_expected() {
        let config = settings::load(None).unwrap();
        let sources = Sources { intents: embedded::intents(), tests: embedded::tests() };
        let built = sources.build().unwrap();
        assert_eq!(built.warnings, []);
        let (scenarios, problems) = scenario::read(&sources.tests);
        assert_eq!(problems, []);
        assert_eq!(scenario::unknown_intents(&scenarios, &sources.tests, &built.knowledge), []);
        let book = settings::policies(&config).unwrap();
        for scenario in &scenarios {
            assert_eq!(scenario.run(&built.knowledge, &book), None, "{}", scenario.name.value);
        }
    }

    #[test]
    fn files_and_findings_are_counted() {
        let sources = Sources { intents: embedded::intents(), tests: Vec::new() };
        let problem = Problem::of_file(Severity::Warning, "x.yaml", "could be better");
        let told = summary(&sources, &[problem]);
        assert!(told.ends_with(" files: 0 errors, 1 warning\n"), "{told}");
    }
}
