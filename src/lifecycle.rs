//! Starts tracked tasks and stops the process gracefully.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts a task that shutdown waits for.
#[expect(clippy::disallowed_methods, reason = "the one place that starts tasks")]
pub fn start(tasks: &TaskTracker, task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(tasks.track_future(task));
}

/// Repeats a step until the stop, with a pause after each; the step logs its own failures.
pub fn repeat<F: Future<Output = ()> + Send>(
    tasks: &TaskTracker,
    stop: &CancellationToken,
    pause: Duration,
    mut work: impl FnMut() -> F + Send + 'static,
) {
    let stop = stop.clone();
    start(tasks, async move {
        while !stop.is_cancelled() {
            work().await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}

/// Waits for the first interrupt or termination signal. A second one ends the process at once.
pub async fn signalled() {
    wait_for_signal().await;
    tracing::info!("stopping: finishing what has begun (signal again to stop at once)");
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        drop(tokio::signal::ctrl_c().await);
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    drop(tokio::signal::ctrl_c().await);
}

/// Stops the tasks: they are told, waited for, and left behind when the patience is over.
pub async fn stop(tasks: &TaskTracker, token: &CancellationToken, patience: Duration) {
    token.cancel();
    tasks.close();
    let finished = tokio::select! {
        done = tokio::time::timeout(patience, tasks.wait()) => done.is_ok(),
        () = wait_for_signal() => false,
    };
    if !finished {
        tracing::warn!(
            "some tasks did not finish in time; what they left is taken up at the next start"
        );
    }
}
