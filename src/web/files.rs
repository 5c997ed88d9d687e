//! Files over HTTP: read by whoever may, in ranges if wanted, and taken in as a raw body, streamed.
//!
//! Architecture invariant: what may carry a script is never rendered, whatever its name says: only types
//! that our own look at the bytes found are shown, each under `nosniff` and a policy that allows nothing.

mod range;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use self::range::{Wanted, wanted};
use super::chat::visitor;
use super::error::Problem;
use super::session::{AtDesk, Who};
use crate::domain::file::{Showing, showing};
use crate::domain::id::{FileId, TicketId};
use crate::domain::language::Language;
use crate::domain::message::Attachment;
use crate::service::file::{self, FileRefused, OpenFile};
use crate::service::{House, ServiceError};

/// The description of what programs may call.
#[derive(OpenApi)]
#[openapi(paths(read_by_program, upload_by_program), components(schemas(Uploaded)))]
pub(super) struct Document;

/// For the desk's pages.
pub(super) async fn read_at_desk(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = file::for_caller(&house, &at.who.caller, read_id(&id)?).await?;
    Ok(answer(&file, &headers))
}

/// The bytes of a file; `Range` is honoured.
#[utoipa::path(get, path = "/api/v1/files/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The bytes, under their own type", content_type = "application/octet-stream"),
        (status = 206), (status = 304), (status = 404), (status = 416)))]
pub(super) async fn read_by_program(
    State(house): State<House>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = file::for_caller(&house, &who.caller, read_id(&id)?).await?;
    Ok(answer(&file, &headers))
}

/// For the visitor of the web chat whose conversation it is.
pub(super) async fn read_in_chat(
    State(house): State<House>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visitor = visitor(&house, &headers)?;
    let file = file::for_visitor(&house, &visitor, read_id(&id)?).await?;
    Ok(answer(&file, &headers))
}

fn read_id(text: &str) -> Result<FileId, Problem> {
    text.parse().map_err(|_| ServiceError::NotFound("the file").into())
}

/// A file's bytes, or the part of them that is asked for.
pub(super) fn answer(file: &OpenFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.tag);
    let asked = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let mut answer = if asked(header::IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // A part is only good for who has the rest of the same bytes.
        let same = asked(header::IF_RANGE).is_none_or(|known| known == tag);
        let part = asked(header::RANGE).filter(|_| same);
        match wanted(part, file.bytes) {
            Wanted::All => whole(file),
            Wanted::Part { from, length } => part_of(file, from, length),
            Wanted::Nothing => {
                let range = format!("bytes */{}", file.bytes);
                let refused = StatusCode::RANGE_NOT_SATISFIABLE;
                (refused, [(header::CONTENT_RANGE, range)]).into_response()
            }
        }
    };
    guard(&mut answer, file, &tag);
    answer
}

fn whole(file: &OpenFile) -> Response {
    let length = [(header::CONTENT_LENGTH, file.bytes.to_string())];
    (length, Body::from_stream(file.read(0, file.bytes))).into_response()
}

fn part_of(file: &OpenFile, from: u64, length: u64) -> Response {
    let range = format!("bytes {from}-{}/{}", from + length - 1, file.bytes);
    let about = [(header::CONTENT_RANGE, range), (header::CONTENT_LENGTH, length.to_string())];
    let body = Body::from_stream(file.read(from, length));
    (StatusCode::PARTIAL_CONTENT, about, body).into_response()
}

/// What keeps a browser from doing more with a file than showing or saving it.
fn guard(answer: &mut Response, file: &OpenFile, tag: &str) {
    let shown = showing(&file.mime);
    // A sandbox would also keep the browser's own reader of PDF from its work.
    let policy = match shown {
        Showing::Window => {
            "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
        }
        Showing::Inline | Showing::Saved => "default-src 'none'; sandbox; frame-ancestors 'none'",
    };
    let kind = if file.mime.starts_with("text/") {
        format!("{}; charset=utf-8", file.mime)
    } else {
        file.mime.clone()
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition(&file.name, shown)),
        (header::CONTENT_SECURITY_POLICY, policy.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, tag.to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// The name twice: in plain letters, and as RFC 8187 writes all others.
fn disposition(name: &str, shown: Showing) -> String {
    let way = match shown {
        Showing::Inline | Showing::Window => "inline",
        Showing::Saved => "attachment",
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ._-()".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let escaped = percent(name);
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{escaped}")
}

fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What the sender says about a file.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Named {
    /// Its name.
    name: Option<String>,
}

/// A file that was taken in and waits for the message that carries it.
#[derive(Serialize, ToSchema)]
pub(super) struct Uploaded {
    /// Its id, for `files` of a reply.
    id: String,
    /// Its cleaned name.
    name: Option<String>,
    /// What it is, by its first bytes.
    mime: String,
    /// How many bytes it has.
    bytes: u64,
}

impl Uploaded {
    /// What the sender is told of an attachment.
    pub(super) fn new(attachment: Attachment) -> Self {
        Self {
            id: attachment.file.map(|id| id.to_string()).unwrap_or_default(),
            name: attachment.name,
            mime: attachment.mime.unwrap_or_default(),
            bytes: attachment.bytes.unwrap_or(0),
        }
    }
}

/// From the desk's composer.
pub(super) async fn upload_at_desk(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<Response, Problem> {
    upload(&house, &at, &id, named, request).await
}

/// Keeps a file for a reply of the caller's: the body is its bytes. Unused, it is gone after a day.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/files", params(("id" = String, Path), Named),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = Uploaded), (status = 400, description = "cut off"), (status = 404),
        (status = 409), (status = 413), (status = 422)))]
pub(super) async fn upload_by_program(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<Response, Problem> {
    upload(&house, &at, &id, named, request).await
}

async fn upload(
    house: &House,
    at: &AtDesk,
    id: &str,
    named: Named,
    request: Request,
) -> Result<Response, Problem> {
    at.who.own_form(None)?;
    let language = at.who.words().language;
    let ticket: TicketId = id.parse().map_err(|_| ServiceError::NotFound("the ticket"))?;
    let told = |refused| problem(refused, language);
    let pieces = pieces(house, request).await.map_err(told)?;
    let kept = file::keep_for_ticket(house, &at.right, ticket, named.name, pieces).await;
    let kept = kept.map_err(told)?;
    Ok((StatusCode::CREATED, Json(Uploaded::new(kept))).into_response())
}

/// A request's body as it comes; the limit of other bodies does not hold for it, the file's own does. One
/// that says it is larger is refused before anything is stored.
///
/// # Errors
/// [`FileRefused::TooLarge`].
pub(super) async fn pieces(house: &House, request: Request) -> Result<file::Pieces, FileRefused> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let body = request.into_body().into_data_stream();
    let pieces: file::Pieces = Box::pin(body.map(|piece| piece.map_err(std::io::Error::other)));
    match length {
        Some(bytes) => file::admit(house, bytes, pieces).await,
        None => Ok(pieces),
    }
}

/// Why a file was not taken in, in the sender's language.
pub(super) fn problem(refused: FileRefused, language: Language) -> Problem {
    let told = refused.tell(language);
    match refused {
        FileRefused::Failed(error) => error.into(),
        FileRefused::TooLarge { .. } => Problem::too_large(told),
        FileRefused::CutOff(_) => Problem::unreadable(told),
        FileRefused::Empty | FileRefused::Type { .. } | FileRefused::TooMany => {
            ServiceError::Invalid(told).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_plain_letters_and_in_all() {
        let told = disposition("perché \"è\"\r\n.pdf", Showing::Window);
        let plain = "inline; filename=\"perch_ ______.pdf\"; filename*=UTF-8''";
        assert!(told.starts_with("inline; filename=\"perch_ "), "{told} {plain}");
        assert!(told.contains("filename*=UTF-8''perch%C3%A9%20%22%C3%A8%22%0D%0A.pdf"), "{told}");
        assert!(HeaderValue::from_str(&told).is_ok());
        assert!(disposition("a.html", showing("text/html")).starts_with("attachment;"));
    }
}
