//! The pages: the demo's shop, and the chat that pages of allowed sites may frame.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::service::House;
use crate::service::chat;
use crate::web::Settings;
use crate::web::error::Problem;
use crate::web::session::{language, words};
use crate::web::view::{chat as view, shop as shop_view};

/// The demo's shop. A house without a demo shows the chat.
pub(in crate::web) async fn shop(
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
) -> Response {
    if settings.demo.is_none() {
        return Redirect::to("/chat/frame").into_response();
    }
    let mut answer = shop_view::page(&words(&headers)).into_response();
    let policy = HeaderValue::from_static(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

/// What the widget's address tells.
#[derive(Deserialize)]
pub(in crate::web) struct Around {
    /// The origin of the page around the frame.
    site: Option<String>,
    /// The language that the page asks for.
    lang: Option<String>,
}

/// The chat itself. Its policy names the one site that may frame it: that of the page around it when the
/// house allows it, else only our own. The page speaks to no other origin.
pub(in crate::web) async fn frame(
    State(house): State<House>,
    State(settings): State<Arc<Settings>>,
    Query(around): Query<Around>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    chat::is_open(&house)?;
    let site = around.site.as_deref().filter(|site| allowed(site, &settings.chat_origins));
    let texts = settings.chat_words.texts(around.lang.as_deref(), language(&headers));
    let form = &house.settings.chat.form;
    let frame = view::Frame { texts: &texts, site: site.unwrap_or_default(), form };
    let mut answer = view::frame(&frame).into_response();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; \
         media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {}",
        site.unwrap_or("'self'")
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(answer)
}

fn allowed(site: &str, origins: &[String]) -> bool {
    origins.iter().any(|origin| origin == site)
}
