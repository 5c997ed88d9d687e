//! How far a simulation is, on a terminal only.

use std::io::{self, IsTerminal as _, Write as _};

/// How many characters the bar has.
const WIDTH: usize = 30;

/// A bar on standard error.
pub(super) struct Progress {
    runs: usize,
    shown: Option<usize>,
    is_shown: bool,
}

impl Progress {
    /// Of so many runs.
    pub(super) fn of(runs: usize) -> Self {
        Self { runs: runs.max(1), shown: None, is_shown: io::stderr().is_terminal() }
    }

    /// So many of so many arrivals of this run have come.
    pub(super) fn tell(&mut self, run: usize, count: usize, of: usize) {
        let permille = (run * 1_000 + count * 1_000 / of.max(1)) / self.runs;
        if !self.is_shown || self.shown == Some(permille) {
            return;
        }
        self.shown = Some(permille);
        // There is nobody to tell when the terminal is gone.
        let _ = write!(io::stderr().lock(), "\r{}", bar(permille));
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if self.is_shown {
            let _ = write!(io::stderr().lock(), "\r{}\r", " ".repeat(WIDTH + 8));
        }
    }
}

fn bar(permille: usize) -> String {
    let done = (permille * WIDTH / 1_000).min(WIDTH);
    format!("[{}{}] {:>3} %", "=".repeat(done), " ".repeat(WIDTH - done), permille / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert_eq!(bar(0), format!("[{}]   0 %", " ".repeat(30)));
        assert_eq!(bar(505), format!("[{}{}]  50 %", "=".repeat(15), " ".repeat(15)));
        assert_eq!(bar(1_000), format!("[{}] 100 %", "=".repeat(30)));
    }
}
