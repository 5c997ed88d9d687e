//! Reads a folder of intent files. (seam: signatures fixed, bodies to be written)

use std::path::Path;

use super::Knowledge;
use crate::domain::source::{Problem, SourceFile};

/// Reads the `*.yaml` files of a folder, sorted by name (not its sub-folders).
///
/// # Errors
/// The folder or a file cannot be read, is not UTF-8, or is larger than 10 MB.
pub fn read_folder(_folder: &Path) -> Result<Vec<SourceFile>, Vec<Problem>> {
    unimplemented!()
}

/// Parses, checks and trains. Every problem is found at once.
///
/// # Errors
/// All problems, warnings included, when at least one is an error.
pub fn build(_sources: &[SourceFile]) -> Result<Built, Vec<Problem>> {
    unimplemented!()
}

/// A usable knowledge and what could still be better.
#[derive(Debug)]
pub struct Built {
    /// The knowledge.
    pub knowledge: Knowledge,
    /// Warnings only.
    pub warnings: Vec<Problem>,
}
