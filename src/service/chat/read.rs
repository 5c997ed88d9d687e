//! How far a visitor has read.

use super::{Visitor, thread};
use crate::service::{House, ServiceError, receipts};

/// Notes that the visitor has read everything up to a place of the thread. Repeats and late calls do
/// no harm.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn read(house: &House, visitor: &Visitor, seq: i64) -> Result<(), ServiceError> {
    match thread(house, visitor).await? {
        Some(conversation) => receipts::read_up_to(house, &conversation, seq).await,
        None => Ok(()),
    }
}
