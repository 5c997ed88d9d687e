//! The forms that change a ticket's life.

use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::super::api::read_priority;
use super::super::error::Problem;
use super::super::session::AtDesk;
use super::{Sent, done, read_id};
use crate::domain::id::RequestId;
use crate::domain::time::{HOUR, UtcMillis};
use crate::service::desk;
use crate::service::{House, ServiceError};

/// The request of one of several buttons that share a form's key.
fn request(sent: &Sent, at: &AtDesk, verb: &str) -> Option<RequestId> {
    let words = sent.request.as_deref().filter(|words| !words.is_empty())?;
    Some(super::request_id(at.right.agent().id, &format!("{verb} {words}")))
}

fn back(headers: &HeaderMap, id: &str, sent: &Sent) -> Response {
    done(headers, &format!("/desk/tickets/{id}{}", sent.query()), Some(id))
}

pub(in crate::web) async fn pending(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    desk::pend(&house, &at.right, read_id(&id)?, request(&sent, &at, "pending")).await?;
    Ok(back(&headers, &id, &sent))
}

pub(in crate::web) async fn hold(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    desk::hold(&house, &at.right, read_id(&id)?, request(&sent, &at, "hold")).await?;
    Ok(back(&headers, &id, &sent))
}

pub(in crate::web) async fn resume(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    desk::resume(&house, &at.right, read_id(&id)?, request(&sent, &at, "resume")).await?;
    Ok(back(&headers, &id, &sent))
}

pub(in crate::web) async fn snooze(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let known = TimeZoneDatabase::bundled().get(&sent.zone).ok();
    let zone = known.unwrap_or_else(|| desk::zone(&house));
    let until = instant(&sent.until, &sent.at, &zone, house.now())
        .ok_or_else(|| ServiceError::Invalid("choose until when".to_owned()))?;
    desk::snooze(&house, &at.right, read_id(&id)?, until, request(&sent, &at, "snooze")).await?;
    Ok(back(&headers, &id, &sent))
}

pub(in crate::web) async fn priority(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    let priority = read_priority(&sent.priority)?;
    let request = request(&sent, &at, "priority");
    desk::set_priority(&house, &at.right, read_id(&id)?, priority, request).await?;
    Ok(back(&headers, &id, &sent))
}

pub(in crate::web) async fn spam(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    desk::spam(&house, &at.right, read_id(&id)?, request(&sent, &at, "spam")).await?;
    Ok(done(&headers, "/desk", None))
}

pub(in crate::web) async fn reopen(
    State(house): State<House>,
    at: AtDesk,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    at.who.own_form(sent.csrf.as_deref())?;
    desk::reopen(&house, &at.right, read_id(&id)?, request(&sent, &at, "reopen")).await?;
    Ok(back(&headers, &id, &sent))
}

/// Until when: `hour`, `tomorrow` and `monday` at nine, or `at` a local date and time.
fn instant(choice: &str, at: &str, zone: &TimeZone, now: UtcMillis) -> Option<UtcMillis> {
    let local = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
    let today = local.date();
    let nine = |date: jiff::civil::Date| Some(date.at(9, 0, 0, 0));
    let when: DateTime = match choice {
        "hour" => return Some(now.plus(HOUR)),
        "tomorrow" => nine(today.checked_add(1.day()).ok()?)?,
        "monday" => nine(today.nth_weekday(1, Weekday::Monday).ok()?)?,
        "at" => at.parse().ok()?,
        _ => return None,
    };
    let found = zone.to_ambiguous_timestamp(when).compatible().ok()?;
    Some(UtcMillis(found.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snooze_ends_when_the_local_clock_says_so() {
        let rome = TimeZoneDatabase::bundled().get("Europe/Rome").unwrap();
        let read = |choice, at, now: &str| {
            let now: jiff::Timestamp = now.parse().unwrap();
            let found = instant(choice, at, &rome, UtcMillis(now.as_millisecond()))?;
            Some(jiff::Timestamp::from_millisecond(found.0).unwrap().to_string())
        };
        let monday = "2026-03-23T23:30:00Z";
        assert_eq!(read("hour", "", monday).unwrap(), "2026-03-24T00:30:00Z");
        assert_eq!(
            read("tomorrow", "", monday).unwrap(),
            "2026-03-25T08:00:00Z",
            "it is Tuesday in Rome"
        );
        let saturday = "2026-03-28T10:00:00Z";
        assert_eq!(read("tomorrow", "", saturday).unwrap(), "2026-03-29T07:00:00Z", "summer time");
        assert_eq!(read("monday", "", saturday).unwrap(), "2026-03-30T07:00:00Z");
        assert_eq!(read("monday", "", "2026-03-30T06:00:00Z").unwrap(), "2026-04-06T07:00:00Z");
        assert_eq!(read("at", "2026-12-24T17:05", saturday).unwrap(), "2026-12-24T16:05:00Z");
        assert_eq!(read("at", "soon", saturday), None);
        assert_eq!(read("", "", saturday), None);
    }
}
