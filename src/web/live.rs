//! Server-sent events: hints for screens. They end when the process stops, so that a graceful stop
//! does not wait for open tabs.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::future::BoxFuture;
use futures::{Stream, StreamExt as _, stream};

use crate::events::{Hint, Listener};
use crate::service::House;

/// How often a quiet stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The next hint; `None` when the process stops.
pub(super) async fn heard(house: &House, listener: &mut Listener) -> Option<Hint> {
    tokio::select! {
        () = house.stop.cancelled() => None,
        hint = listener.next() => hint,
    }
}

/// A stream of the hints that `wanted` lets through.
pub(super) fn hints(house: House, wanted: fn(&Hint) -> bool) -> Response {
    hints_while(house, wanted, std::future::pending())
}

/// As [`hints`], with something that goes on as long as the stream is open.
pub(super) fn hints_while(
    house: House,
    wanted: fn(&Hint) -> bool,
    beat: impl Future<Output = Infallible> + Send + 'static,
) -> Response {
    let listener = house.bus().listen();
    let begin = stream::iter([Event::default().retry(Duration::from_secs(2)).comment("open")]);
    let beat: BoxFuture<'static, Infallible> = Box::pin(beat);
    let state = (house, listener, beat);
    let live = stream::unfold(state, move |(house, mut listener, mut beat)| async move {
        loop {
            let hint = tokio::select! {
                hint = heard(&house, &mut listener) => hint?,
                never = &mut beat => match never {},
            };
            if wanted(&hint)
                && let Ok(event) = Event::default().json_data(&hint)
            {
                return Some((event, (house, listener, beat)));
            }
        }
    });
    events(begin.chain(live))
}

/// A response of events.
pub(super) fn events(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let sse = Sse::new(events.map(Ok::<_, Infallible>));
    let mut answer = sse.keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    answer.headers_mut().insert(unbuffered, HeaderValue::from_static("no"));
    answer
}
