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
use crate::service::access::{self, Caller, Key};

/// How often a quiet stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The bounds of the pause between two beats of a stream, ms.
const SHORTEST_BEAT: u64 = 1_000;
const LONGEST_BEAT: u64 = 20_000;

/// The next hint; `None` when the process stops.
pub(super) async fn heard(house: &House, listener: &mut Listener) -> Option<Hint> {
    tokio::select! {
        () = house.stop.cancelled() => None,
        hint = listener.next() => hint,
    }
}

/// Who holds a key now; `None` when nobody does any more. While the records are away it waits.
pub(super) async fn holder(house: &House, key: &Key) -> Option<Caller> {
    loop {
        match access::holder(house, key).await {
            Ok(found) => return found,
            Err(error) => tracing::debug!(%error, "who hears the stream is not known now"),
        }
        pause(house).await;
    }
}

/// Waits until an open stream shows that its agent is there, and asks whether it may go on: well
/// within the lease of a presence.
pub(super) async fn pause(house: &House) {
    let third = u64::try_from(house.settings.presence_lease / 3).unwrap_or_default();
    tokio::time::sleep(Duration::from_millis(third.clamp(SHORTEST_BEAT, LONGEST_BEAT))).await;
}

/// A stream of the hints that `wanted` lets through, until `beat` ends.
pub(super) fn hints_while(
    house: House,
    wanted: fn(&Hint) -> bool,
    beat: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let listener = house.bus().listen();
    let begin = stream::iter([Event::default().retry(Duration::from_secs(2)).comment("open")]);
    let beat: BoxFuture<'static, ()> = Box::pin(beat);
    let state = (house, listener, beat);
    let live = stream::unfold(state, move |(house, mut listener, mut beat)| async move {
        loop {
            let hint = tokio::select! {
                biased;
                () = &mut beat => return None,
                hint = heard(&house, &mut listener) => hint?,
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
