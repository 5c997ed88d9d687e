//! Another bot with the same intents, installed with npm into a folder that is kept.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::super::corpus::Corpus;
use crate::cli::output;

/// The lines that the figures were first taken with.
const PACKAGES: [&str; 2] = ["node-nlp@4", "express@4"];
const PROGRAM: &str = include_str!("bot.mjs");

/// Downloads it unless it is there, and teaches it; its folder.
///
/// # Errors
/// There is no npm or no node, or the registry cannot be reached.
pub(in super::super) fn install(folder: Option<&Path>, corpus: &Corpus) -> anyhow::Result<PathBuf> {
    let usual = || std::env::temp_dir().join("sportello-peer-node");
    let folder = folder.map_or_else(usual, Path::to_path_buf);
    std::fs::create_dir_all(&folder).context("a folder for the peer")?;
    std::fs::write(folder.join("package.json"), "{\"private\": true}")?;
    std::fs::write(folder.join("bot.mjs"), PROGRAM)?;
    std::fs::write(folder.join("intents.json"), serde_json::to_vec(&corpus.intents)?)?;
    if !folder.join("node_modules/node-nlp").is_dir() {
        output::complain("installing node-nlp and express with npm");
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]);
        npm.args(PACKAGES).current_dir(&folder);
        npm.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = npm.status().context("the program npm does not start: install Node.js")?;
        anyhow::ensure!(status.success(), "npm could not install {PACKAGES:?}");
    }
    output::complain("training node-nlp");
    let mut node = Command::new("node");
    node.args(["bot.mjs", "train"]).current_dir(&folder);
    node.stdin(Stdio::null()).stdout(Stdio::null());
    let status = node.status().context("the program node does not start: install Node.js")?;
    anyhow::ensure!(status.success(), "the peer could not be trained");
    folder.canonicalize().context("the peer's folder")
}
