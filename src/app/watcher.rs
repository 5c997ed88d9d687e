//! Looks again at the files that intents, policies and teams' rules come from.

use super::{LOOK_AGAIN, Sources};
use crate::lifecycle;
use crate::service::House;
use crate::service::content::{ContentError, ContentFiles};

/// Changed files are checked and published; refused ones leave the active version as it is.
pub(super) fn start(house: &House, sources: Sources) {
    if !sources.is_watched() {
        return;
    }
    let watched = house.clone();
    lifecycle::start(&house.tasks, async move {
        let mut files = ContentWatcher::new(sources);
        while !watched.stop.is_cancelled() {
            files.look(&watched).await;
            tokio::select! {
                () = watched.stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    });
}

/// What was read last and what became of it.
pub(super) struct ContentWatcher {
    sources: Sources,
    /// What was last published or refused.
    settled: ContentFiles,
    /// What the last look saw: only what two looks in a row see alike is published, because a file may
    /// be half written.
    seen: Option<ContentFiles>,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The files are the active content.
    Active,
    /// They were refused; the board says so.
    Refused,
    /// They could not be read; the board says so.
    Unreadable(bool),
}

impl ContentWatcher {
    /// Begins with what was published at start.
    pub(super) fn new(sources: Sources) -> Self {
        let settled = sources.files();
        Self { sources, settled, seen: None, standing: Standing::Active }
    }

    /// Publishes what changed. What could not be published for want of the database is tried again.
    pub(super) async fn look(&mut self, house: &House) {
        let fresh = match self.sources.read_again().await {
            Ok(fresh) => fresh,
            Err(problems) => {
                let was_active = match self.standing {
                    Standing::Active => true,
                    Standing::Refused => false,
                    Standing::Unreadable(_) => return,
                };
                self.standing = Standing::Unreadable(was_active);
                house.refuse_content(&problems).await;
                return;
            }
        };
        let restored = self.standing == Standing::Unreadable(true);
        if fresh == self.settled && !matches!(self.standing, Standing::Unreadable(_)) {
            return;
        }
        if fresh == self.settled && restored {
            self.standing = Standing::Active;
            house.accept_content().await;
            return;
        }
        if self.seen.as_ref() != Some(&fresh) {
            self.seen = Some(fresh);
            return;
        }
        match house.republish(fresh.clone()).await {
            Ok(()) => {
                tracing::info!("content published");
                (self.settled, self.standing) = (fresh, Standing::Active);
            }
            Err(ContentError::Refused(problems)) => {
                for problem in problems {
                    tracing::warn!("content refused: {problem}");
                }
                (self.settled, self.standing) = (fresh, Standing::Refused);
            }
            Err(error) => tracing::warn!(%error, "content not published"),
        }
    }
}
