//! HTTP: parse, call one service function, render.

use metrics_exporter_prometheus::PrometheusHandle;

use crate::service::House;

/// What pages are told by the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address that customers and agents use; empty for http and the listen address.
    pub public_url: String,
    /// The largest request body, bytes.
    pub body_bytes: usize,
    /// The bearer token that REST callers must send; empty for none.
    pub rest_token: String,
    /// The process's metrics.
    pub metrics: Option<PrometheusHandle>,
    /// The demo's logins and orders, when this is the demo.
    pub demo: Option<Demo>,
}

/// What the demo shows.
#[derive(Clone, Debug)]
pub struct Demo {
    /// E-mail and password of each login, for the login page.
    pub logins: Vec<(String, String)>,
    /// Answers the sample shop's order lookups, by number.
    pub order: fn(&str) -> Option<serde_json::Value>,
}

/// (seam)
pub fn router(_house: House, _settings: Settings) -> axum::Router {
    axum::Router::new()
}
