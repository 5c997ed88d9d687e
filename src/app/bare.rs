//! The least that answers a message durably: what the load harness measures the product beside.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::channel::rest::RestRequest;
use crate::service::clock::{Clock, fresh_id};
use crate::store::bare::{Bare, Row};

/// Stores one row for each request and answers after its commit, until the process ends.
///
/// # Errors
/// The database cannot be opened, or the address is taken.
pub async fn serve(database: &str, listen: SocketAddr) -> anyhow::Result<()> {
    let (bare, writer) = Bare::open(database).await.context("opening the database")?;
    let listener = TcpListener::bind(listen).await.context("listening")?;
    let router = Router::new().route("/webhooks/rest/webhook", post(ask)).with_state(bare);
    let serving = axum::serve(listener, router);
    tokio::select! {
        ended = serving => ended.context("serving"),
        () = async { writer.run().await; std::future::pending().await } => Ok(()),
    }
}

async fn ask(
    State(bare): State<Bare>,
    Json(request): Json<RestRequest>,
) -> Result<Json<Value>, StatusCode> {
    let answer = json!([{"recipient_id": request.sender, "text": "ok"}]);
    let row = Row {
        id: fresh_id(),
        sender: request.sender,
        message: request.message,
        at: Clock::System.now(),
    };
    bare.insert(row).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(answer))
}
