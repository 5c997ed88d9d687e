//! What the commands take from the configuration.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::Config;
use crate::store::Db;

/// Where the records are.
fn database_url(file: Option<&Path>) -> anyhow::Result<String> {
    Ok(Config::load(file)?.database.url.0)
}

/// The folder of intents; `None` for the embedded sample.
pub(super) fn intents_folder() -> anyhow::Result<Option<PathBuf>> {
    let folder = PathBuf::from(Config::load(None)?.intents.dir);
    Ok(Some(folder).filter(|folder| !folder.as_os_str().is_empty()))
}

/// Opens the database, applies what is missing as `serve` does, and works with it.
pub(super) fn with_database<T>(
    config: Option<&Path>,
    work: impl AsyncFnOnce(&Db) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let url = database_url(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let db = Db::open(&url).await.context("opening the database")?;
        db.migrate().await.context("bringing the database up to date")?;
        let done = work(&db).await;
        db.close().await;
        done
    })
}
