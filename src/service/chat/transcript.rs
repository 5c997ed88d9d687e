//! What was said, for the customer to take along.

use super::{Visitor, lines};
use crate::service::view::ChatLine;
use crate::service::{House, ServiceError};

/// The most lines of a transcript.
const LONGEST: usize = 5_000;

/// Everything that the visitor sees, oldest first, at most 5,000 lines.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn transcript(house: &House, visitor: &Visitor) -> Result<Vec<ChatLine>, ServiceError> {
    let mut all: Vec<ChatLine> = Vec::new();
    while all.len() < LONGEST {
        let after = all.last().map_or(0, |line| line.seq);
        let more = lines(house, visitor, after).await?;
        if more.is_empty() {
            break;
        }
        all.extend(more);
    }
    all.truncate(LONGEST);
    Ok(all)
}
