//! `sportello token`: API tokens.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{output, settings};
use crate::service::clock::Clock;
use crate::service::people;

/// What `token` is told.
#[derive(Args, Debug)]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    pub(super) command: TokenCommand,
}

/// What can be done with tokens.
#[derive(Subcommand, Debug)]
pub(super) enum TokenCommand {
    /// Make a token; it is printed once, alone, on standard output
    #[command(
        after_help = "Example:\n  sportello token create --user anna@shop.example --name nightly-report"
    )]
    Create {
        /// The e-mail address of the account that the token acts for
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// What the token is for
        #[arg(long)]
        name: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Does what was asked.
pub(super) fn run(command: &TokenCommand) -> anyhow::Result<ExitCode> {
    let TokenCommand::Create { user, name, config } = command;
    let token = settings::with_database(config.as_deref(), async |db, _| {
        Ok(people::create_token(db, user, name, Clock::System.now()).await?)
    })?;
    output::tell(&format!("{token}\n"))?;
    Ok(ExitCode::SUCCESS)
}
