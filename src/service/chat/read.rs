//! How far a visitor has read.

use super::{Visitor, is_open};
use crate::service::{House, ServiceError};

/// Notes that the visitor has read everything up to a place of the thread. Repeats and late calls do
/// no harm.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn read(house: &House, visitor: &Visitor, seq: i64) -> Result<(), ServiceError> {
    is_open(house)?;
    tracing::debug!(address = visitor.address().0, seq, "read");
    std::future::ready(Ok(())).await
}
