//! What the house said in its log, for tests of messages that people must understand.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

fn lines() -> MutexGuard<'static, Vec<u8>> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        lines().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps what is logged from now on, in this process.
pub(crate) fn keep() {
    static KEEP: Once = Once::new();
    KEEP.call_once(|| {
        let kept = tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log);
        kept.with_max_level(tracing::Level::INFO).init();
    });
}

/// Whether these words were logged.
pub(crate) fn says(words: &str) -> bool {
    String::from_utf8_lossy(&lines()).contains(words)
}

/// The first line with these words.
pub(crate) fn line_with(words: &str) -> Option<String> {
    let all = String::from_utf8_lossy(&lines()).into_owned();
    all.lines().find(|line| line.contains(words)).map(str::to_owned)
}
