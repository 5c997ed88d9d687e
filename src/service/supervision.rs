//! What supervisors see. (seam: signatures fixed, bodies to be written)

use super::access::BoardRight;
use super::view::BoardView;
use super::{House, ServiceError};

/// The board as of now.
///
/// # Errors
/// `Unavailable`.
#[expect(clippy::unused_async, reason = "seam")]
pub async fn board(_house: &House, _right: &BoardRight) -> Result<BoardView, ServiceError> {
    unimplemented!()
}
