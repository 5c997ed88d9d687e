//! What a stretch of work cost: time here, and processor time of the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::queue::Link;

/// A stretch of work.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stretch {
    /// Calls or tickets.
    pub(super) count: f64,
    /// Seconds that passed.
    pub(super) seconds: f64,
    /// Processor seconds of the server's main thread.
    pub(super) processor: f64,
}

impl Stretch {
    /// How many a second.
    pub(super) fn rate(&self) -> f64 {
        self.count / self.seconds.max(f64::EPSILON)
    }

    /// Microseconds of the server for each.
    pub(super) fn cost(&self) -> f64 {
        1e6 * self.processor / self.count.max(f64::EPSILON)
    }

    /// The two together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            seconds: self.seconds + other.seconds,
            processor: self.processor + other.processor,
        }
    }
}

/// Processor seconds that the server's main thread has used; 0 without a server.
///
/// # Errors
/// The server does not answer, or does not tell.
pub(super) async fn processor(server: Option<&Link>) -> anyhow::Result<f64> {
    let Some(mut connection) = server.cloned() else { return Ok(0.0) };
    let text: String = redis::cmd("INFO").arg("cpu").query_async(&mut connection).await?;
    used(&text).context("the server does not tell its processor time")
}

fn used(text: &str) -> Option<f64> {
    let field = |name: &str| -> Option<f64> {
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.trim().parse().ok())
    };
    let sum = |user: &str, sys: &str| Some(field(user)? + field(sys)?);
    sum("used_cpu_user_main_thread", "used_cpu_sys_main_thread")
        .or_else(|| sum("used_cpu_user", "used_cpu_sys"))
}

/// Does `work` for each number below `count`, in as many tasks as asked, and measures it.
///
/// # Errors
/// Those of the work.
pub(super) async fn measure<W, F>(
    server: Option<&Link>,
    tasks: usize,
    count: u64,
    work: W,
) -> anyhow::Result<Stretch>
where
    W: Fn(u64) -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let next = Arc::new(AtomicU64::new(0));
    let before = processor(server).await?;
    let start = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks.max(1) {
        let (next, work) = (Arc::clone(&next), work.clone());
        running.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return anyhow::Ok(());
                }
                work(number).await?;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let processor = processor(server).await? - before;
    Ok(Stretch { count: count as f64, seconds, processor })
}

/// The middle of a list; `None` of an empty one.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_thread_counts_where_the_server_tells_it() {
        let old = "# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_user:2.0\r\n";
        assert_eq!(used(old), Some(3.5));
        let new =
            format!("{old}used_cpu_sys_main_thread:0.25\r\nused_cpu_user_main_thread:0.50\r\n");
        assert_eq!(used(&new), Some(0.75));
        assert_eq!(used("# CPU"), None);
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
    }
}
