//! Providers' webhooks: bytes untouched, verified before they are parsed, stored before the 200.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};

use super::error::Problem;
use crate::service::{House, intake};

/// The most bytes of one update: more than any provider sends, as a refused one would come for days.
const UPDATE_BYTES: usize = 4 * 1024 * 1024;

pub(super) async fn telegram(
    State(house): State<House>,
    Path(bot): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let body = to_bytes(body, UPDATE_BYTES)
        .await
        .map_err(|_| Problem::too_large("an update has at most 4 MB"))?;
    let headers = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let channel = format!("telegram:{bot}");
    let query = query.unwrap_or_default();
    intake::webhook(&house, &channel, headers, query, body.to_vec()).await?;
    Ok(StatusCode::OK)
}
