//! The command line: one file per command.
//!
//! Exit codes: 0 done, 1 a finding (a failed check), 2 bad usage or input, with one line on standard
//! error that says what to change. A reader that closes standard output early is no error.

pub mod embedded;
pub mod sample_orders;

mod chat;
mod conversation;
mod csv_file;
mod demo;
mod doctor;
mod faults;
mod intents;
mod load;
mod migrate;
mod output;
mod replay;
mod scenario;
mod serve;
mod settings;
mod simulate;
mod sla;
mod token;
mod user;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

/// A check found something.
const FINDING: u8 = 1;
/// Bad usage or input.
const UNUSABLE: u8 = 2;

/// A conversational customer-care bot and ticket router: answers, escalates, listens
#[derive(Parser, Debug)]
#[command(
    name = "sportello",
    version,
    arg_required_else_help = true,
    after_help = "Examples:\n  sportello demo                 everything at once, on a sample shop\n  sportello chat --lang en       talk to the bot in the terminal\n  sportello serve --config shop.toml"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Try everything at once: sample shop, web chat, desk and board, without configuration
    #[command(after_help = "Example:\n  sportello demo --port 8080")]
    Demo(demo::DemoArgs),
    /// Run the service
    #[command(after_help = "Example:\n  sportello serve --config shop.toml")]
    Serve(serve::ServeArgs),
    /// Talk to the bot in the terminal; piped input is one message a line
    #[command(
        after_help = "Examples:\n  sportello chat --lang it\n  echo \"where is my order?\" | sportello chat --json"
    )]
    Chat(chat::ChatArgs),
    /// Check and test what the bot knows
    #[command(after_help = "Example:\n  sportello intents check intents --strict")]
    Intents(intents::IntentsArgs),
    /// Add people and change their passwords
    #[command(
        after_help = "Example:\n  sportello user add anna@shop.example --role agent < password.txt"
    )]
    User(user::UserArgs),
    /// Make API tokens
    #[command(
        after_help = "Example:\n  sportello token create --user anna@shop.example --name nightly-report"
    )]
    Token(token::TokenArgs),
    /// Service levels by hand: when something is due, and why
    #[command(
        after_help = "Example:\n  sportello sla deadline --calendar sla.yaml --start 2026-01-30T16:30:00Z --target 4h"
    )]
    Sla(sla::SlaArgs),
    /// One process of `sportello load queue --faults`
    #[command(
        hide = true,
        after_help = "Example:\n  sportello load queue --faults --operations 1000000"
    )]
    Faults(faults::FaultsArgs),
    /// Play a day at the desk under several rules, before customers live it
    #[command(
        after_help = "Example:\n  sportello simulate --scenario config/scenarios/overload.yaml\n\nThe scenario holds arrivals, agents, promises and the rules to compare: docs/simulate.md. The same\nseed gives the same day."
    )]
    Simulate(simulate::SimulateArgs),
    /// Measure the product under load, on this machine
    #[command(
        after_help = "Example:\n  sportello load queue --waiting 100000 --agents 1000 --lanes 256 --tasks 64 --seconds 2 --json"
    )]
    Load(load::LoadArgs),
    /// Check that all is well: database, queue, channels, clock, and that no message is missing
    #[command(
        after_help = "Examples:\n  sportello doctor --config shop.toml\n  sportello doctor --messages --since 7d\n  sportello doctor --channel telegram:shop\n\nExits 1 when something is wrong."
    )]
    Doctor(doctor::DoctorArgs),
    /// Read updates again that could not be read or applied
    #[command(
        after_help = "Examples:\n  sportello replay 019a1b2c-3d4e-7f00-8123-456789abcdef\n  sportello replay --all\n\nAn update is applied once, by the service, however often it is replayed."
    )]
    Replay(replay::ReplayArgs),
    /// Bring the database up to date
    #[command(after_help = "Example:\n  sportello migrate --config shop.toml")]
    Migrate(migrate::MigrateArgs),
}

/// Runs the command that the arguments name; the first argument is the program itself.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    match Cli::try_parse_from(&args) {
        Ok(cli) => finish(dispatch(cli.command)),
        Err(error) => refused(&error, &args),
    }
}

fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Chat(args) => chat::run(&args),
        Command::Intents(args) => intents::run(&args.command),
        Command::User(args) => user::run(args.command),
        Command::Token(args) => token::run(&args.command),
        Command::Sla(args) => sla::run(&args),
        Command::Faults(args) => faults::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Load(args) => load::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Migrate(args) => migrate::run(&args),
    }
}

fn finish(result: anyhow::Result<ExitCode>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(error) if output::is_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("sportello: {error:#}"));
            ExitCode::from(UNUSABLE)
        }
    }
}

/// Help and version are no errors; everything else is told in one line.
fn refused(error: &clap::Error, args: &[OsString]) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed output has nobody to tell.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(UNUSABLE)
        }
        _ => {
            output::complain(&format!(
                "{}; try `{} --help`",
                first_paragraph(&error.render().to_string()),
                spoken_command(args)
            ));
            ExitCode::from(UNUSABLE)
        }
    }
}

fn first_paragraph(text: &str) -> String {
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// The subcommands that were named, such as `sportello user add`.
fn spoken_command(args: &[OsString]) -> String {
    let mut spoken = vec!["sportello".to_owned()];
    let mut command = Cli::command();
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        let Some(next) = command.find_subcommand(arg).cloned() else { break };
        spoken.push(arg.to_owned());
        command = next;
    }
    spoken.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_command_tree_is_sound_and_each_command_shows_an_example() {
        Cli::command().debug_assert();
        let mut open = vec![Cli::command()];
        while let Some(command) = open.pop() {
            let children: Vec<_> = command.get_subcommands().cloned().collect();
            let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(example.contains("sportello"), "{} has no example", command.get_name());
            open.extend(children.into_iter().filter(|child| child.get_name() != "help"));
        }
    }

    #[test]
    fn a_refusal_is_one_line_that_points_to_the_help() {
        let error = parse("sportello user add a@b.example").unwrap_err();
        let line = first_paragraph(&error.render().to_string());
        assert!(line.starts_with("error: ") && line.contains("--role"), "{line}");
        assert!(!line.contains('\n'));
        let args: Vec<OsString> = ["sportello", "user", "add", "x"].map(OsString::from).to_vec();
        assert_eq!(spoken_command(&args), "sportello user add");
    }

    #[test]
    fn the_documented_lines_parse() {
        for line in [
            "sportello demo --port 9000 --data /tmp/x --no-traffic --reset",
            "sportello serve --config shop.toml",
            "sportello chat --intents shop --lang it --json",
            "sportello intents check shop --strict",
            "sportello intents check",
            "sportello intents test shop --filter orders",
            "sportello user add a@b.example --role agent --teams a,b --languages it,en --skills billing --capacity 4",
            "sportello user password a@b.example",
            "sportello token create --user a@b.example --name nightly",
            "sportello sla deadline --calendar sla.yaml --name milano --start 2026-01-30T16:30:00.25+01:00 --target 4h --pause 2026-01-30T16:00:00Z/2026-01-31T16:00:00Z --json",
            "sportello sla deadline --cases in.csv --output out.csv --calendar sla.yaml",
            "sportello simulate --scenario day.yaml --seed 7 --json",
            "sportello load queue --waiting 200 --agents 10 --lanes 16 --tasks 4 --seconds 1 --peer bullmq --json",
            "sportello load queue --all --redis redis://localhost:6379",
            "sportello load chats --idle 100 --active 10 --every 5s --seconds 2 --json",
            "sportello load turns --seconds 1 --senders 8 --peer node --postgres postgres://localhost/x --json",
            "sportello migrate",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
        for line in [
            "sportello chat --lang de",
            "sportello load queue --peer sidekiq",
            "sportello load queue --lanes 0",
            "sportello sla deadline --cases in.csv --calendar sla.yaml",
            "sportello sla deadline --calendar sla.yaml --target 4h",
            "sportello sla deadline --calendar sla.yaml --start 2026-01-30T16:30:00 --target 4h",
            "sportello user add a@b.example --role boss",
            "sportello user add a@b.example --role agent --languages fr",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
