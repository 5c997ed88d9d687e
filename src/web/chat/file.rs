//! Files that the visitor sends, and the conversation to take along.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header as names};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::{header, visitor};
use crate::domain::language::Language;
use crate::service::chat;
use crate::service::{House, ServiceError};
use crate::web::Settings;
use crate::web::caller::address;
use crate::web::error::Problem;
use crate::web::files::{pieces, problem};
use crate::web::session::{language, same_origin};
use crate::web::view::chat::transcript as view;

/// Takes a file in as a message: its bytes are the body, its name stands percent-encoded in a header.
pub(in crate::web) async fn upload(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let headers = request.headers().clone();
    if !same_origin(&headers) {
        return Err(Problem::forged());
    }
    house.logins.admit_file(address(from.ip(), &headers, &settings.trusted_proxies))?;
    let visitor = visitor(&house, &headers)?;
    let client_id = header(&headers, "x-client-id");
    let client_id = client_id.ok_or_else(|| {
        ServiceError::Invalid("send x-client-id, an id of the message".to_owned())
    })?;
    let name = header(&headers, "x-file-name").map(unescaped);
    let spoken = header(&headers, "x-language").and_then(Language::from_tag);
    let told = spoken.unwrap_or_else(|| language(&headers));
    let told = |refused| problem(refused, told);
    let pieces = pieces(&house, request).await.map_err(told)?;
    let sent = chat::send_file(&house, &visitor, client_id, (name, spoken), pieces).await;
    sent.map_err(told)?;
    Ok(StatusCode::ACCEPTED)
}

/// Undoes `encodeURIComponent`; what is no such code stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(byte) = code.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Deserialize)]
pub(in crate::web) struct Form {
    #[serde(default)]
    format: Format,
    lang: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Text,
    Page,
}

/// What was said so far, as a file.
pub(in crate::web) async fn transcript(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    Query(form): Query<Form>,
) -> Result<Response, Problem> {
    let visitor = visitor(&house, &headers)?;
    let lines = chat::transcript(&house, &visitor).await?;
    let texts = settings.chat_words.texts(form.lang.as_deref(), language(&headers));
    let (body, kind) = match form.format {
        Format::Text => (view::text(&lines, &texts), "text/plain; charset=utf-8"),
        Format::Page => (view::page(&lines, &texts).into_string(), "text/html; charset=utf-8"),
    };
    let about = [(names::CONTENT_TYPE, kind), (names::CONTENT_DISPOSITION, "attachment")];
    Ok((about, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        assert_eq!(unescaped("caff%C3%A8%20100%25.pdf"), "caffè 100%.pdf");
        assert_eq!(unescaped("100%"), "100%");
        assert_eq!(unescaped("%zz%C3"), "%zz\u{fffd}");
    }
}
