//! `sportello migrate`: brings the database up to date.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{output, settings};

/// What `migrate` is told.
#[derive(Args, Debug)]
pub(super) struct MigrateArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Applies what is missing and says so.
pub(super) fn run(args: &MigrateArgs) -> anyhow::Result<ExitCode> {
    let (before, after) = settings::with_database(args.config.as_deref(), async |db, before| {
        Ok((before, db.migrations().await?))
    })?;
    output::tell(&told(&before, &after))?;
    Ok(ExitCode::SUCCESS)
}

fn told(before: &[String], after: &[String]) -> String {
    let fresh = after.iter().filter(|name| !before.contains(name));
    let mut lines: Vec<_> = fresh.map(|name| format!("applied {name}")).collect();
    let all = settings::counted(after.len(), "migration");
    lines.push(format!("The database is up to date ({all})."));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_missing_is_told_as_applied() {
        let all = ["0001 house", "0002 desk"].map(String::from);
        assert_eq!(
            told(&all[..1], &all),
            "applied 0002 desk\nThe database is up to date (2 migrations).\n"
        );
        assert_eq!(told(&all, &all), "The database is up to date (2 migrations).\n");
    }
}
