//! The visitor's lines, from where they were left, and then as they come.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event;
use futures::stream;
use serde::Deserialize;

use super::{header, visitor};
use crate::events::Listener;
use crate::service::chat::{self, Visitor};
use crate::service::view::ChatLine;
use crate::service::{House, ServiceError};
use crate::web::error::Problem;
use crate::web::live;

/// How often an open stream looks again by itself.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
pub(in crate::web) struct Place {
    after: Option<i64>,
}

/// The stream. Its event `now` says that what follows is new.
pub(in crate::web) async fn stream(
    State(house): State<House>,
    headers: HeaderMap,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    chat::is_open(&house)?;
    let visitor = visitor(&house, &headers)?;
    let last = header(&headers, "last-event-id").and_then(|value| value.parse::<i64>().ok());
    let after = last.max(place.after).unwrap_or(0);
    let listener = chat::listen(&house, &visitor);
    let reading = Reading { house, visitor, listener, after, lines: Vec::new(), place: Past::Told };
    let events = stream::unfold(reading, |mut reading| async move {
        let event = match reading.next().await? {
            Step::Line(line) => Event::default().id(line.seq.to_string()).json_data(&line).ok()?,
            Step::CaughtUp => Event::default().event("now").data("{}"),
        };
        Some((event, reading))
    });
    Ok(live::events(events))
}

/// What the stream tells.
enum Step {
    Line(Box<ChatLine>),
    CaughtUp,
}

/// Whether what was said before is still being told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Past {
    Told,
    Over,
}

/// One visitor's place in the conversation.
struct Reading {
    house: House,
    visitor: Visitor,
    listener: Listener,
    after: i64,
    lines: Vec<ChatLine>,
    place: Past,
}

impl Reading {
    /// What comes next; `None` when the process stops, the records are away, or the customer is not
    /// known any more (the browser comes back and goes on from its place).
    async fn next(&mut self) -> Option<Step> {
        loop {
            if let Some(line) = self.lines.pop() {
                self.after = line.seq;
                return Some(Step::Line(Box::new(line)));
            }
            self.lines = self.more().await.ok()?;
            if !self.lines.is_empty() {
                continue;
            }
            if self.place == Past::Told {
                self.place = Past::Over;
                return Some(Step::CaughtUp);
            }
            self.wait().await?;
        }
    }

    /// The lines that are there, last one first.
    async fn more(&self) -> Result<Vec<ChatLine>, ServiceError> {
        let mut lines = chat::lines(&self.house, &self.visitor, self.after).await?;
        lines.reverse();
        Ok(lines)
    }

    async fn wait(&mut self) -> Option<()> {
        loop {
            if self.visitor.until().is_some_and(|until| until <= self.house.now()) {
                return None;
            }
            match tokio::time::timeout(LOOK_AGAIN, live::heard(&self.house, &mut self.listener))
                .await
            {
                Err(_) => return Some(()),
                Ok(None) => return None,
                Ok(Some(hint)) if self.visitor.is_meant(&hint) => return Some(()),
                Ok(Some(_)) => {}
            }
        }
    }
}
