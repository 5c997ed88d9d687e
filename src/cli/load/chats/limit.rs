//! How many files and connections a process may have open.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::Context as _;

/// Sees to it that this process and its children may have so many files open. When the limit can be
/// raised only by beginning anew, the command runs again under the higher one: its exit code.
///
/// # Errors
/// The user may not have so many.
#[cfg(target_os = "linux")]
pub(super) fn raise(needed: u64) -> anyhow::Result<Option<ExitCode>> {
    let limits = std::fs::read_to_string("/proc/self/limits").context("/proc/self/limits")?;
    let (soft, hard) = open_files(&limits).context("the limit of open files is not told")?;
    if soft >= needed {
        return Ok(None);
    }
    anyhow::ensure!(
        hard >= needed,
        "{needed} connections are needed and {hard} files may be open: raise the limit (ulimit -Hn, or \
         LimitNOFILE of the service), or ask for fewer chats"
    );
    let program = std::env::current_exe().context("this program's own file")?;
    let mut again = Command::new("sh");
    again.args(["-c", "ulimit -n \"$1\" && shift && exec \"$@\"", "sh", &needed.to_string()]);
    again.arg(program).args(std::env::args_os().skip(1));
    Err(again.exec()).context("running again with more open files")
}

/// Elsewhere the limit is what it is.
#[cfg(not(target_os = "linux"))]
pub(super) fn raise(_needed: u64) -> anyhow::Result<Option<ExitCode>> {
    Ok(None)
}

/// The soft and the hard limit.
fn open_files(limits: &str) -> Option<(u64, u64)> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let read = |word: &str| if word == "unlimited" { Some(u64::MAX) } else { word.parse().ok() };
    let mut words = line.split_whitespace();
    Some((read(words.next()?)?, read(words.next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 unlimited            files\n";
        assert_eq!(open_files(limits), Some((1_024, u64::MAX)));
        assert_eq!(open_files(""), None);
    }
}
