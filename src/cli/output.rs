//! Writing to the terminal without ever panicking.

use std::io::{self, ErrorKind, Write as _};

/// How results are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

impl Form {
    /// From the switch `--json`.
    pub(super) const fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// Writes to standard output at once.
///
/// # Errors
/// Standard output is closed or full.
pub(super) fn tell(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes lines to standard error; there is nobody to tell when that fails.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether the reader of standard output went away.
pub(super) fn is_closed(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn a_closed_pipe_is_told_from_other_failures() {
        let closed = io::Error::from(ErrorKind::BrokenPipe);
        assert!(is_closed(&Err::<(), _>(closed).context("writing").unwrap_err()));
        assert!(!is_closed(&anyhow::anyhow!("no such file")));
    }
}
