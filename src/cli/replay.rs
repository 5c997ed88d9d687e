//! `sportello replay`: updates that were set aside are read again with today's code.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::{FINDING, output, settings};
use crate::app;
use crate::domain::id::InboxId;
use crate::service::{ServiceError, replay};
use crate::store::inbox::set_aside;

/// How many updates `--all` reads again.
const ALL: i64 = 100_000;

/// What `replay` is told.
#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// The update's id, as the board and the log name it
    #[arg(value_name = "INBOX_ID", required_unless_present = "all")]
    id: Option<String>,
    /// Every update that was not understood or failed
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Lets them wait for their turn; the running service applies them.
pub(super) fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let doors = app::doors(&settings::load(args.config.as_deref())?)?;
    let one = match &args.id {
        Some(id) => match id.parse::<InboxId>() {
            Ok(id) => Some(id),
            Err(_) => bail!("{id:?} is no update's id; the board lists them at /board/letters"),
        },
        None => None,
    };
    let (done, refused) = settings::with_database(args.config.as_deref(), async |db, _| {
        let ids = match one {
            Some(id) => vec![id],
            None => set_aside(db, ALL).await?.into_iter().map(|update| update.id).collect(),
        };
        let (mut done, mut refused) = (0, 0);
        for id in ids {
            match replay::readmit(db, &doors, id).await {
                Ok(_) => done += 1,
                Err(ServiceError::Internal(cause)) => return Err(cause),
                Err(error @ (ServiceError::NotFound(_) | ServiceError::Unavailable(_))) => {
                    return Err(error.into());
                }
                Err(error) => {
                    output::complain(&format!("{id}: {error}"));
                    refused += 1;
                }
            }
        }
        Ok((done, refused))
    })?;
    let all = settings::counted(done, "update");
    output::tell(&format!("{all} to be applied by the running service, each once.\n"))?;
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(FINDING) })
}
