//! `sportello user`: people and their passwords.

mod change;

use std::io::{self, BufRead, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::{chat, output, settings};
use crate::domain::agent::Role;
use crate::domain::language::Language;
use crate::service::clock::Clock;
use crate::service::people::{self, NewPerson};

/// What `user` is told.
#[derive(Args, Debug)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    pub(super) command: UserCommand,
}

/// What can be done with people.
#[derive(Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Add a person; the password is read from standard input
    #[command(
        after_help = "Example:\n  sportello user add anna@shop.example --role agent --name Anna --languages it,en < password.txt"
    )]
    Add(AddArgs),
    /// Change what a person can serve: teams, languages, skills, capacity
    #[command(
        after_help = "Example:\n  sportello user change anna@shop.example --add-skills legal --capacity 5"
    )]
    Change(change::ChangeArgs),
    /// Set a new password, read from standard input; every session of the person ends
    #[command(after_help = "Example:\n  sportello user password anna@shop.example < password.txt")]
    Password {
        /// The e-mail address of the account
        email: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// The person to add.
#[derive(Args, Debug)]
pub(super) struct AddArgs {
    /// The e-mail address: the login
    email: String,
    /// agent (works at the desk), supervisor (sees everything) or admin (people and configuration too)
    #[arg(long, value_parser = role)]
    role: Role,
    /// The name that customers read; the first part of the e-mail address when not given
    #[arg(long)]
    name: Option<String>,
    /// The teams, comma-separated; every team when not given
    #[arg(long, value_delimiter = ',')]
    teams: Vec<String>,
    /// The languages spoken, comma-separated: it, en; both when not given
    #[arg(long, value_delimiter = ',', value_parser = chat::language)]
    languages: Vec<Language>,
    /// The skills, comma-separated, each with a level from 1 to 5 if need be: billing,legal:3
    #[arg(long, value_delimiter = ',')]
    skills: Vec<String>,
    /// How much the person holds at once; an ordinary request costs 1
    #[arg(long, default_value_t = 4)]
    capacity: u32,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "the roles are agent, supervisor and admin".to_owned())
}

/// Does what was asked.
pub(super) fn run(command: UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add(args) => add(args),
        UserCommand::Change(args) => change::run(args),
        UserCommand::Password { email, config } => {
            let password = ask_password()?;
            settings::with_database(config.as_deref(), async |db, _| {
                Ok(people::set_password(db, &email, &password, Clock::System.now()).await?)
            })?;
            output::tell("The password is changed, and every session of the account has ended.\n")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn add(args: AddArgs) -> anyhow::Result<ExitCode> {
    let password = ask_password()?;
    let new = NewPerson {
        email: args.email,
        name: args.name,
        role: args.role,
        teams: words(args.teams),
        languages: args.languages.into_iter().collect(),
        skills: words(args.skills),
        capacity: args.capacity,
    };
    let agent = settings::with_database(args.config.as_deref(), async |db, _| {
        Ok(people::add(db, new, &password, Clock::System.now()).await?)
    })?;
    output::tell(&format!("Added {} ({}), {}.\n", agent.name, agent.email, agent.role.as_str()))?;
    Ok(ExitCode::SUCCESS)
}

fn words(given: Vec<String>) -> std::collections::BTreeSet<String> {
    let given = given.into_iter().map(|word| word.trim().to_owned());
    given.filter(|word| !word.is_empty()).collect()
}

fn ask_password() -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        output::complain("Type the password (it is shown as you type), press Enter, then Ctrl-D.");
    }
    read_password(&mut io::stdin().lock())
}

/// One line, which may be repeated.
fn read_password(input: &mut impl BufRead) -> anyhow::Result<String> {
    let lines: Vec<String> =
        input.lines().collect::<Result<_, _>>().context("reading the password")?;
    let mut lines = lines.iter().map(|line| line.trim_end_matches('\r'));
    let password = lines.next().unwrap_or_default();
    if password.is_empty() {
        bail!("the password is read from standard input, as one line, and there was none");
    }
    if lines.any(|line| !line.is_empty() && line != password) {
        bail!("the password was repeated with a difference");
    }
    Ok(password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        read_password(&mut text.as_bytes()).ok()
    }

    #[test]
    fn a_password_is_one_line_that_may_be_repeated() {
        for text in ["open sesame", "open sesame\n", "open sesame\r\nopen sesame\r\n"] {
            assert_eq!(read(text).as_deref(), Some("open sesame"), "{text:?}");
        }
        for text in ["", "\n", "open sesame\nopen sesam\n"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn lists_drop_blanks() {
        let given = words([" a", "", "b ", "a"].map(String::from).to_vec());
        assert_eq!(given.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
