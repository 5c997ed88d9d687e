//! `sportello demo`: the main job on embedded defaults.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// What `demo` is told.
#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// The port to listen on, on this computer only
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// The folder that keeps the demo's database
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// No simulated customers and agents
    #[arg(long)]
    pub(super) no_traffic: bool,
    /// Begin with a fresh database
    #[arg(long)]
    pub(super) reset: bool,
}

/// Runs until it is told to stop.
pub(super) fn run(_args: DemoArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("demo is not built yet")
}
