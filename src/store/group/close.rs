//! The end of a group: one COMMIT, in a task of its own, so that no unit's caller can cut it short.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;

use super::{Batch, Shared};

/// Commits the group of whoever sits here.
pub(super) fn now(seat: Option<OwnedMutexGuard<Option<Batch>>>) {
    let Some(seat) = seat else { return };
    start(close(seat));
}

/// Commits an open group that nobody would commit, when the seat is free.
pub(super) fn soon(shared: &Arc<Shared>) {
    let seat = Arc::clone(&shared.seat);
    start(async move { close(seat.lock_owned().await).await });
}

/// Without a runtime (the process ends) the group is dropped: rolled back, and nobody acknowledged.
fn start(task: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = Handle::try_current() {
        drop(runtime.spawn(task));
    }
}

async fn close(mut seat: OwnedMutexGuard<Option<Batch>>) {
    let Some(mut batch) = seat.take() else { return };
    if batch.released == 0 {
        return;
    }
    metrics::histogram!("sportello_group_units").record(batch.released as f64);
    let Batch { tx, outcome, .. } = match batch.mend().await {
        Ok(()) => batch,
        Err(error) => {
            batch.outcome.send_replace(Some(Err(error.to_string())));
            return;
        }
    };
    let done = tx.commit().await.map_err(|error| error.to_string());
    outcome.send_replace(Some(done));
}
