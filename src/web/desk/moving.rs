//! The forms that change a ticket's life.

use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::super::api::read_priority;
use super::super::error::Problem;
use super::{OnTicket, done};
use crate::domain::time::{HOUR, UtcMillis};
use crate::service::ServiceError;
use crate::service::desk;

pub(in crate::web) async fn pending(on: OnTicket) -> Result<Response, Problem> {
    desk::pend(&on.house, &on.at.right, on.id, on.request("pending")).await?;
    Ok(on.back())
}

pub(in crate::web) async fn hold(on: OnTicket) -> Result<Response, Problem> {
    desk::hold(&on.house, &on.at.right, on.id, on.request("hold")).await?;
    Ok(on.back())
}

pub(in crate::web) async fn resume(on: OnTicket) -> Result<Response, Problem> {
    desk::resume(&on.house, &on.at.right, on.id, on.request("resume")).await?;
    Ok(on.back())
}

pub(in crate::web) async fn snooze(on: OnTicket) -> Result<Response, Problem> {
    let known = TimeZoneDatabase::bundled().get(&on.sent.zone).ok();
    let zone = known.unwrap_or_else(|| desk::zone(&on.house));
    let until = instant(&on.sent.until, &on.sent.at, &zone, on.house.now())
        .ok_or_else(|| ServiceError::Invalid("choose until when".to_owned()))?;
    desk::snooze(&on.house, &on.at.right, on.id, until, on.request("snooze")).await?;
    Ok(on.back())
}

pub(in crate::web) async fn priority(on: OnTicket) -> Result<Response, Problem> {
    let priority = read_priority(&on.sent.priority)?;
    desk::set_priority(&on.house, &on.at.right, on.id, priority, on.request("priority")).await?;
    Ok(on.back())
}

pub(in crate::web) async fn spam(on: OnTicket) -> Result<Response, Problem> {
    desk::spam(&on.house, &on.at.right, on.id, on.request("spam")).await?;
    Ok(done(&on.headers, "/desk", None))
}

pub(in crate::web) async fn reopen(on: OnTicket) -> Result<Response, Problem> {
    desk::reopen(&on.house, &on.at.right, on.id, on.request("reopen")).await?;
    Ok(on.back())
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
