//! `sportello serve`: the service.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// What `serve` is told.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// The configuration file; without it the embedded defaults and the environment count
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// Runs until it is told to stop.
pub(super) fn run(_args: ServeArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("serve is not built yet")
}
