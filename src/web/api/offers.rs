//! What the caller is offered, and the answers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::super::error::Problem;
use super::super::session::AtDesk;
use super::OnTicket;
use crate::service::view::{OfferView, TicketRow};
use crate::service::{House, desk};

/// What the caller is offered now, oldest first.
#[utoipa::path(get, path = "/api/v1/offers",
    responses((status = 200, body = Vec<OfferView>), (status = 401)))]
pub(in crate::web) async fn offers(
    State(house): State<House>,
    at: AtDesk,
) -> Result<Json<Vec<OfferView>>, Problem> {
    Ok(Json(desk::offers(&house, &at.right).await?))
}

/// Accepts the offer of this ticket; again gives the same answer.
#[utoipa::path(post, path = "/api/v1/offers/{id}/accept", params(("id" = String, Path)),
    responses((status = 200, body = TicketRow), (status = 404), (status = 409, description = "too late; `winner` names who has it")))]
pub(in crate::web) async fn accept(on: OnTicket) -> Result<Json<TicketRow>, Problem> {
    Ok(Json(desk::accept(&on.house, &on.at.right, on.id).await?))
}

/// Declines the offer of this ticket, which keeps its place in the queue; again changes nothing.
#[utoipa::path(post, path = "/api/v1/offers/{id}/decline", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "too late")))]
pub(in crate::web) async fn decline(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::decline(&on.house, &on.at.right, on.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
