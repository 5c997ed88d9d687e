//! The answers to an offer.

use axum::response::Response;

use super::super::error::Problem;
use super::{OnTicket, done};
use crate::service::desk;

pub(in crate::web) async fn accept(on: OnTicket) -> Result<Response, Problem> {
    let row = desk::accept(&on.house, &on.at.right, on.id).await?;
    Ok(done(&on.headers, &format!("/desk/tickets/{}?tab=mine", row.id), Some(&row.id)))
}

pub(in crate::web) async fn decline(on: OnTicket) -> Result<Response, Problem> {
    desk::decline(&on.house, &on.at.right, on.id).await?;
    Ok(done(&on.headers, &format!("/desk{}", on.sent.query()), None))
}
