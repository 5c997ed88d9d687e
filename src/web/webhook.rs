//! Providers' webhooks: bytes untouched, verified before they are parsed, stored before the 200.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};

use super::error::Problem;
use crate::service::{House, intake};

pub(super) async fn telegram(
    State(house): State<House>,
    Path(bot): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
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
