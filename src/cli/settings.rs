//! What the commands take from the configuration.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{embedded, output};
use crate::app::read_policies;
use crate::config::Config;
use crate::domain::source::{Problem, Severity};
use crate::sla::book::PolicyBook;
use crate::store::Db;

/// The configuration of all layers; its problems in one line.
pub(super) fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    Config::load(file).map_err(|problems| {
        anyhow::anyhow!("the configuration cannot be used: {}", problems.0.join("; "))
    })
}

/// The configured folder of intents; `None` for the embedded sample.
pub(super) fn intents_folder(config: &Config) -> Option<PathBuf> {
    Some(config.intents.dir.as_str()).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// The configured policies, else the embedded ones.
pub(super) fn policies(config: &Config) -> anyhow::Result<PolicyBook> {
    match config.policies.file.as_str() {
        "" => PolicyBook::read(&embedded::policies()).map_err(|p| refused("policies", &p)),
        name => policies_at(Path::new(name)),
    }
}

/// The policies of a file, with the holiday files beside it.
pub(super) fn policies_at(file: &Path) -> anyhow::Result<PolicyBook> {
    let files = read_policies(file).map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let Some((policies, beside)) = files.split_first() else {
        anyhow::bail!("{} cannot be read", file.display());
    };
    let (book, problems) = PolicyBook::check_with(policies, beside);
    let book = book.ok_or_else(|| refused("policies", &problems))?;
    for warning in &problems {
        output::complain(&warning.to_string());
    }
    Ok(book)
}

/// Files that cannot be used: every problem is told at its place, the error counts them.
pub(super) fn refused(what: &str, problems: &[Problem]) -> anyhow::Error {
    for problem in problems {
        output::complain(&problem.to_string());
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    anyhow::anyhow!("the {what} cannot be used: {}", counted(errors, "error"))
}

/// `1 error`, `2 errors`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Opens the database, applies what is missing as `serve` does, and works with it; the second
/// argument of `work` are the migrations that were there before.
pub(super) fn with_database<T>(
    config: Option<&Path>,
    work: impl AsyncFnOnce(&Db, Vec<String>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let url = load(config)?.database.url.0;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let db = Db::open(&url).await.context("opening the database")?;
        let before = db.migrations().await.context("reading the database")?;
        db.migrate().await.context("bringing the database up to date")?;
        let done = work(&db, before).await;
        db.close().await;
        done
    })
}
