//! Passwords: argon2id hashes with their own salt, made off the async threads and few at a time.

use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Argon2, Params};
use tokio::sync::Semaphore;

use crate::service::ServiceError;

/// How many are computed at once: each takes 34 MiB and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// An argon2id hash with its own salt.
pub(in crate::service) async fn hash_password(password: String) -> Result<String, ServiceError> {
    slowly(move || {
        costly()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))
    })
    .await
}

/// argon2id that takes 34 MiB. An allocator keeps smaller blocks for later, in every thread that ever
/// made a hash; one this large goes back to the system as soon as it is done.
fn costly() -> Argon2<'static> {
    Params::new(34 * 1_024, 2, 1, None).unwrap_or_default().into()
}

/// Without an account the same work is done, so that time does not tell who has one.
pub(super) async fn verify_password(
    password: String,
    hash: Option<String>,
) -> Result<bool, ServiceError> {
    slowly(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => costly()
                .hash_password(b"nobody")
                .map(|hash| hash.to_string())
                .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?,
        };
        let parsed = PasswordHash::new(&hash)
            .map_err(|error| anyhow::anyhow!("a stored password hash: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

/// Does slow work when its turn comes.
async fn slowly<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, anyhow::Error> + Send + 'static,
) -> Result<T, ServiceError> {
    let turn = tokio::time::timeout(PATIENCE, AT_ONCE.acquire()).await;
    let busy = |_| ServiceError::Unavailable("too many passwords are being checked".to_owned());
    let turn = turn.map_err(busy)?.map_err(|error| ServiceError::Internal(error.into()))?;
    // The turn ends with the work, also when nobody waits for it any more.
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await
        .map_err(|error| ServiceError::Internal(error.into()))?
        .map_err(ServiceError::Internal)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn only_few_are_computed_at_once() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let one = || {
            slowly(|| {
                MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                Argon2::default()
                    .hash_password(b"x")
                    .map_err(|error| anyhow::anyhow!("{error}"))?;
                NOW.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            })
        };
        let done = futures::future::join_all((0..12).map(|_| one())).await;
        assert!(done.iter().all(Result::is_ok));
        assert!(MOST.load(Ordering::SeqCst) <= 2, "{MOST:?}");
    }
}
