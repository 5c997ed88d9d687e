//! `sportello user change`: what a person can serve.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::super::{chat, output, settings};
use super::words;
use crate::domain::language::Language;
use crate::service::clock::Clock;
use crate::service::profiles::{self, Change, Parts};

/// The change.
#[derive(Args, Debug)]
pub(in crate::cli) struct ChangeArgs {
    /// The e-mail address of the account
    email: String,
    /// Teams to add, comma-separated
    #[arg(long, value_delimiter = ',')]
    add_teams: Vec<String>,
    /// Languages to add, comma-separated: it, en
    #[arg(long, value_delimiter = ',', value_parser = chat::language)]
    add_languages: Vec<Language>,
    /// Skills to add, comma-separated
    #[arg(long, value_delimiter = ',')]
    add_skills: Vec<String>,
    /// Teams to take away, comma-separated
    #[arg(long, value_delimiter = ',')]
    remove_teams: Vec<String>,
    /// Languages to take away, comma-separated
    #[arg(long, value_delimiter = ',', value_parser = chat::language)]
    remove_languages: Vec<Language>,
    /// Skills to take away, comma-separated
    #[arg(long, value_delimiter = ',')]
    remove_skills: Vec<String>,
    /// How much the person holds at once from now on
    #[arg(long)]
    capacity: Option<u32>,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Changes what the person can serve.
pub(super) fn run(args: ChangeArgs) -> anyhow::Result<ExitCode> {
    let parts = |teams, languages: Vec<Language>, skills| Parts {
        teams: words(teams),
        languages: languages.into_iter().collect(),
        skills: words(skills),
    };
    let change = Change {
        add: parts(args.add_teams, args.add_languages, args.add_skills),
        remove: parts(args.remove_teams, args.remove_languages, args.remove_skills),
        capacity: args.capacity,
    };
    if change == Change::default() {
        bail!("nothing to change: see `sportello user change --help`");
    }
    let agent = settings::with_database(args.config.as_deref(), async |db, _| {
        Ok(profiles::change(db, &args.email, &change, Clock::System.now()).await?)
    })?;
    let profile = &agent.profile;
    let list = |words: &BTreeSet<String>, none: &str| {
        if words.is_empty() {
            none.to_owned()
        } else {
            words.iter().cloned().collect::<Vec<_>>().join(", ")
        }
    };
    let languages = profile.languages.iter().map(|language| language.code().to_owned()).collect();
    output::tell(&format!(
        "{} ({}): teams {}; languages {}; skills {}; capacity {}. A running house knows within ten seconds.\n",
        agent.name,
        agent.email,
        list(&profile.teams, "all"),
        list(&languages, "none"),
        list(&profile.skills.texts().into_iter().collect(), "none"),
        profile.capacity,
    ))?;
    Ok(ExitCode::SUCCESS)
}
