//! HTTP: parse, call one service function, render.
//!
//! Architecture invariant: a page calls `service` and nothing below it. Every route stands in
//! [`table::routes`] with the least role that may call it; a test walks the list.

pub mod assets;
pub mod view;

mod api;
mod board;
mod caller;
mod chat;
mod contact;
mod csv;
mod demo;
mod desk;
mod error;
mod files;
mod live;
mod login;
mod operations;
mod rest;
mod session;
mod stats;
pub mod table;
mod webhook;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::from_fn;
use axum::response::Response;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;

use crate::service::House;
use crate::service::clock::fresh_id;

/// What pages are told by the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address that customers and agents use; empty for http and the listen address.
    pub public_url: String,
    /// The proxies whose word about the caller's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// The largest request body, bytes.
    pub body_bytes: usize,
    /// The bearer token that REST callers must send; empty for none.
    pub rest_token: String,
    /// The sites whose pages may embed the chat, as browsers write them.
    pub chat_origins: Vec<String>,
    /// The chat's words in other languages, and other words in ours.
    pub chat_words: Arc<view::chat::texts::Catalogue>,
    /// The process's metrics.
    pub metrics: Option<PrometheusHandle>,
    /// The demo's logins and orders, when this is the demo.
    pub demo: Option<Demo>,
}

impl Settings {
    /// Whether cookies must travel over HTTPS only.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// What the demo shows.
#[derive(Clone, Debug)]
pub struct Demo {
    /// E-mail and password of each login, for the login page.
    pub logins: Vec<(String, String)>,
    /// Answers the sample shop's order lookups, by number.
    pub order: fn(&str) -> Option<serde_json::Value>,
}

/// What every handler may ask for.
#[derive(Clone)]
pub(crate) struct Front {
    house: House,
    settings: Arc<Settings>,
}

impl FromRef<Front> for House {
    fn from_ref(front: &Front) -> Self {
        front.house.clone()
    }
}

impl FromRef<Front> for Arc<Settings> {
    fn from_ref(front: &Front) -> Self {
        Arc::clone(&front.settings)
    }
}

/// The whole site.
pub fn router(house: House, settings: Settings) -> Router {
    let (body_bytes, secure) = (settings.body_bytes, settings.is_secure());
    let compress = SizeAbove::new(1_024).and(NotForContentType::new("text/event-stream"));
    let compress = compress.and(NotForContentType::IMAGES).and(NotForContentType::new("audio/"));
    let compress = compress.and(NotForContentType::new("video/"));
    let compress = compress.and(NotForContentType::new("application/pdf"));
    table::router()
        .with_state(Front { house, settings: Arc::new(settings) })
        .layer(from_fn(error::designed))
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(from_fn(move |request, next: axum::middleware::Next| async move {
            protect(next.run(request).await, secure)
        }))
        .layer(CompressionLayer::new().gzip(true).compress_when(compress))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<_>| {
            let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
            tracing::debug_span!("request", method = %request.method(), path = request.uri().path(),
                request.id = id.unwrap_or_default())
        }))
        .layer(SetRequestIdLayer::x_request_id(FreshRequestId))
}

#[derive(Clone, Copy)]
struct FreshRequestId;

impl MakeRequestId for FreshRequestId {
    fn make_request_id<B>(&mut self, _request: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&fresh_id().to_string()).ok().map(RequestId::new)
    }
}

/// What every answer carries. Pages set their own content policy only to be framed by us.
fn protect(mut answer: Response, secure: bool) -> Response {
    let policy = HeaderValue::from_static(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    let headers = answer.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    answer
}
