//! Load on parts of the product, measured: the harness ships with it, so that anybody can check.

mod chats;
mod crowd;
mod gauge;
mod node;
mod peer;
mod phase;
mod queue;
mod report;
mod turns;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// `sportello load …`
#[derive(Args, Debug)]
pub(super) struct LoadArgs {
    #[command(subcommand)]
    command: LoadCommand,
}

#[derive(Subcommand, Debug)]
enum LoadCommand {
    /// Measure the routing queue: claims, life cycles, and how they bear a long backlog
    #[command(
        after_help = "Example:\n  sportello load queue --waiting 100000 --agents 1000 --lanes 256 --tasks 64 --seconds 2 --json\n  sportello load queue --faults --operations 1000000 --json"
    )]
    Queue(queue::QueueArgs),
    /// Measure messages answered over REST, beside the least that answers durably
    #[command(
        after_help = "Example:\n  sportello load turns --seconds 3 --senders 64 --peer node --json"
    )]
    Turns(turns::TurnsArgs),
    /// Measure open web chats: the memory of idle ones, and what active ones add to answers
    #[command(
        after_help = "Example:\n  sportello load chats --idle 10000 --active 1000 --every 5s --seconds 10 --json"
    )]
    Chats(chats::ChatsArgs),
    /// The least that answers durably, which `load turns` measures beside ours
    #[command(hide = true, after_help = "Example:\n  sportello load turns")]
    Bare(turns::BareArgs),
}

/// Runs the command.
///
/// # Errors
/// What is needed cannot be had, such as the program redis-server.
pub(super) fn run(args: &LoadArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        LoadCommand::Queue(args) => queue::run(args),
        LoadCommand::Turns(args) => turns::run(args),
        LoadCommand::Chats(args) => chats::run(args),
        LoadCommand::Bare(args) => turns::run_bare(args),
    }
}
