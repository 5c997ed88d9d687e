//! `/api/v1/tickets/{id}/…`: what changes a ticket's life. All take an `Idempotency-Key`; a move that the
//! status does not allow is a 409 that says what to do.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::error::Problem;
use super::super::session::AtDesk;
use super::{read, read_id, repeat};
use crate::domain::ticket::Priority;
use crate::domain::time::{MINUTE, UtcMillis};
use crate::service::desk;
use crate::service::{House, ServiceError};

/// Resolves the ticket; the customer is asked for a rating.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/resolve", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn resolve(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, &format!("resolve {id}"));
    desk::resolve(&house, &at.right, read_id(&id)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a resolved ticket up again: it waits, at first for the caller.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/reopen", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn reopen(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, &format!("reopen {id}"));
    desk::reopen(&house, &at.right, read_id(&id)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ticket waits for the customer, whose next message opens it again.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/pending", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn pending(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, &format!("pending {id}"));
    desk::pend(&house, &at.right, read_id(&id)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ticket waits for a third party.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/hold", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn hold(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, &format!("hold {id}"));
    desk::hold(&house, &at.right, read_id(&id)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A ticket that is pending, on hold or snoozed is worked on again.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/resume", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn resume(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, &format!("resume {id}"));
    desk::resume(&house, &at.right, read_id(&id)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the ticket as spam: it counts nowhere, and the customer hears nothing.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/spam", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "what stands in the way, and what to do")))]
pub(in crate::web) async fn spam(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let request = repeat(&at, &headers, &format!("spam {id}"));
    desk::spam(&house, &at.right, read_id(&id)?, request).await?;
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
pub(in crate::web) async fn snooze(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let until = match read(&body)? {
        SnoozeBody { until: Some(until), minutes: None } => UtcMillis(until),
        SnoozeBody { until: None, minutes: Some(minutes) } => {
            house.now().plus(minutes.saturating_mul(MINUTE))
        }
        _ => {
            let what = "say until when (ms UTC) or for how many minutes".to_owned();
            return Err(ServiceError::Invalid(what).into());
        }
    };
    let request = repeat(&at, &headers, &format!("snooze {id}"));
    desk::snooze(&house, &at.right, read_id(&id)?, until, request).await?;
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
pub(in crate::web) async fn priority(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let body: PriorityBody = read(&body)?;
    let priority = read_priority(&body.priority)?;
    let request = repeat(&at, &headers, &format!("priority {id}"));
    desk::set_priority(&house, &at.right, read_id(&id)?, priority, request).await?;
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
pub(in crate::web) async fn merge(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    at.who.own_form(None)?;
    let source = read_id(&id)?;
    let body: MergeBody = read(&body)?;
    let request = repeat(&at, &headers, &format!("merge {id}"));
    desk::merge(&house, &at.right, source, read_id(&body.into)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}
