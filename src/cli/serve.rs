//! `sportello serve`: the service.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::settings::counted;
use super::{embedded, output};
use crate::app::{App, Sources};
use crate::config::Config;
use crate::domain::source::{Problem, SourceFile};
use crate::service::clock::Clock;
use crate::service::content::ContentError;
use crate::{lifecycle, telemetry};

/// What `serve` is told.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// The configuration file; without it the embedded defaults and the environment count
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// Runs until it is told to stop.
pub(super) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?;
    telemetry::start_logs(&config.log)?;
    let sources = open_sources(&config)?;
    runtime()?.block_on(async {
        let app = match App::build(&config, sources, Clock::System).await {
            Ok(app) => app,
            Err(error) => return Err(explained(error)),
        };
        tracing::info!(address = %app.address, "listening");
        app.run(lifecycle::signalled()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The async runtime of a server.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Reads intents and policies; every problem is told before the one line that ends the command.
fn open_sources(config: &Config) -> anyhow::Result<Sources> {
    open_sources_or(config, embedded::policies())
}

/// As `serve` does, with other policies where none are configured.
pub(super) fn open_sources_or(config: &Config, policies: SourceFile) -> anyhow::Result<Sources> {
    Sources::open(config, (embedded::intents(), vec![policies]))
        .map_err(|problems| refused(&problems))
}

/// Content that is refused at start names every problem.
pub(super) fn explained(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<ContentError>() {
        Ok(ContentError::Refused(problems)) => refused(&problems),
        Ok(other) => other.into(),
        Err(error) => error,
    }
}

fn refused(problems: &[Problem]) -> anyhow::Error {
    for problem in problems {
        output::complain(&problem.to_string());
    }
    let counted = counted(problems.len(), "problem");
    anyhow::anyhow!("intents or policies have {counted}, listed above")
}
