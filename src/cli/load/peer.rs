//! Another product under the same load: `BullMQ`, installed with npm into a temporary folder.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde::Deserialize;

use super::gauge::Stretch;
use crate::cli::output;
use crate::service::clock::fresh_id;

/// The newest of the line that the figures were first taken with, and the client that it needs.
const PACKAGES: [&str; 2] = ["bullmq@6", "ioredis@5"];
const PROGRAM: &str = include_str!("bullmq.mjs");

/// An installed peer; its folder goes when this is dropped.
pub(super) struct Peer {
    folder: PathBuf,
    url: String,
    /// Its queue, the same in every run: what waits in it stays.
    name: String,
}

#[derive(Deserialize)]
struct Answer {
    count: f64,
    seconds: f64,
    processor: f64,
}

impl Peer {
    /// Downloads it.
    ///
    /// # Errors
    /// There is no npm, or the registry cannot be reached.
    pub(super) fn install(url: &str) -> anyhow::Result<Self> {
        output::complain("installing BullMQ with npm");
        let folder = std::env::temp_dir().join(format!("sportello-peer-{}", fresh_id()));
        std::fs::create_dir_all(&folder).context("a temporary folder for BullMQ")?;
        let name = format!("load-{}", fresh_id());
        let peer = Self { folder, url: url.to_owned(), name };
        std::fs::write(peer.folder.join("package.json"), "{\"private\": true}")?;
        std::fs::write(peer.folder.join("bullmq.mjs"), PROGRAM)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).args(PACKAGES);
        npm.current_dir(&peer.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = npm.status().context("the program npm does not start: install Node.js")?;
        anyhow::ensure!(status.success(), "npm could not install {PACKAGES:?}");
        Ok(peer)
    }

    /// Adds and processes prioritised jobs for about so many seconds, beside so many that wait; with
    /// no seconds it only clears its queue.
    ///
    /// # Errors
    /// Its program fails.
    pub(super) fn run(&self, tasks: usize, seconds: f64, waiting: u64) -> anyhow::Result<Stretch> {
        let mut node = Command::new("node");
        node.args(["bullmq.mjs", &self.url, &self.name]);
        node.args([tasks.to_string(), seconds.to_string(), waiting.to_string()]);
        node.current_dir(&self.folder).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = node.output().context("the program node does not start: install Node.js")?;
        anyhow::ensure!(output.status.success(), "BullMQ's program failed: {}", output.status);
        let Answer { count, seconds, processor } = serde_json::from_slice(&output.stdout)
            .context("BullMQ's program printed something else than figures")?;
        Ok(Stretch { count, seconds, processor })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // What cannot be removed stays in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
