//! `/api/v1/tickets/{id}/…`: what changes a ticket's life. All take an `Idempotency-Key`; a move that the
//! status does not allow is a 409 that says what to do.

use axum::body::Bytes;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::error::Problem;
use super::{OnTicket, read, read_id};
use crate::domain::ticket::Priority;
use crate::domain::time::{MINUTE, UtcMillis};
use crate::service::ServiceError;
use crate::service::desk;

/// Resolves the ticket; the customer is asked for a rating.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/resolve", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn resolve(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::resolve(&on.house, &on.at.right, on.id, on.repeat("resolve")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a resolved ticket up again: it waits, at first for the caller.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/reopen", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn reopen(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::reopen(&on.house, &on.at.right, on.id, on.repeat("reopen")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ticket waits for the customer, whose next message opens it again.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/pending", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn pending(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::pend(&on.house, &on.at.right, on.id, on.repeat("pending")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ticket waits for a third party.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/hold", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn hold(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::hold(&on.house, &on.at.right, on.id, on.repeat("hold")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A ticket that is pending, on hold or snoozed is worked on again.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/resume", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn resume(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::resume(&on.house, &on.at.right, on.id, on.repeat("resume")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the ticket as spam: it counts nowhere, and the customer hears nothing.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/spam", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn spam(on: OnTicket) -> Result<StatusCode, Problem> {
    desk::spam(&on.house, &on.at.right, on.id, on.repeat("spam")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Until an instant, or for some minutes: exactly one.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::web) struct SnoozeBody {
    /// When it wakes, ms UTC.
    until: Option<i64>,
    /// After how many minutes it wakes.
    minutes: Option<i64>,
}

/// Puts the ticket aside; it wakes at its instant, or when the customer writes.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/snooze", request_body = SnoozeBody, params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do"), (status = 422)))]
pub(in crate::web) async fn snooze(on: OnTicket, body: Bytes) -> Result<StatusCode, Problem> {
    let until = match read(&body)? {
        SnoozeBody { until: Some(until), minutes: None } => UtcMillis(until),
        SnoozeBody { until: None, minutes: Some(minutes) } => {
            on.house.now().plus(minutes.saturating_mul(MINUTE))
        }
        _ => {
            let what = "say until when (ms UTC) or for how many minutes".to_owned();
            return Err(ServiceError::Invalid(what).into());
        }
    };
    let request = on.repeat("snooze");
    desk::snooze(&on.house, &on.at.right, on.id, until, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `low`, `normal`, `high` or `urgent`.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::web) struct PriorityBody {
    priority: String,
}

/// Sets how pressing a live ticket is.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/priority", request_body = PriorityBody, params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409), (status = 422)))]
pub(in crate::web) async fn priority(on: OnTicket, body: Bytes) -> Result<StatusCode, Problem> {
    let body: PriorityBody = read(&body)?;
    let priority = read_priority(&body.priority)?;
    let request = on.repeat("priority");
    desk::set_priority(&on.house, &on.at.right, on.id, priority, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a priority's word.
pub(in crate::web) fn read_priority(word: &str) -> Result<Priority, ServiceError> {
    Priority::parse(word).ok_or_else(|| {
        ServiceError::Invalid("priority must be one of low, normal, high, urgent".to_owned())
    })
}

/// The ticket that goes on, by its id.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::web) struct MergeBody {
    into: String,
}

/// Ends the ticket and goes on in another one; what was last said goes along as a note. Tickets of two
/// customers are merged by a supervisor only.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/merge", request_body = MergeBody, params(("id" = String, Path)),
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(in crate::web) async fn merge(on: OnTicket, body: Bytes) -> Result<StatusCode, Problem> {
    let body: MergeBody = read(&body)?;
    let request = on.repeat("merge");
    desk::merge(&on.house, &on.at.right, on.id, read_id(&body.into)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}
