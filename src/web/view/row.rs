//! One ticket in a list.

use maud::{Markup, html};

use super::chip;
use super::icon::icon;
use super::words::{Words, since};
use crate::domain::time::UtcMillis;
use crate::service::view::TicketRow;
use crate::text::screen::{self, desk};

/// Where a row leads, besides its ticket: the list it stands in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The query that keeps the list, such as `?tab=waiting`.
    pub query: &'a str,
    /// The ticket that is open beside the list.
    pub open: Option<&'a str>,
}

/// A row of the desk's list: a link to the ticket.
#[must_use]
pub fn ticket_row(row: &TicketRow, place: Place<'_>, words: &Words, now: UtcMillis) -> Markup {
    let current = (place.open == Some(row.id.as_str())).then_some("true");
    html! {
        li id={ "row-" (row.id) } {
            a class={ "row" @if row.customer_waits { " waits" } }
                href={ "/desk/tickets/" (row.id) (place.query) } aria-current=[current] {
                span class="row-top" {
                    @if row.customer_waits {
                        span class="unread" title=(words.say(desk::CUSTOMER_WAITS)) {}
                        span class="unseen" { (words.say(desk::CUSTOMER_WAITS)) }
                    }
                    span class="row-name" { (row.customer) }
                    @if let Some(due) = &row.due { (chip::due(due, words, now)) }
                }
                span class="row-preview" lang=[row.language.as_deref()] { (row.preview) }
                span class="row-foot" { (facts(row, words)) (since(row.created_at, words, now)) }
            }
        }
    }
}

/// Channel, status, priority, holder: what tells rows apart at a glance.
fn facts(row: &TicketRow, words: &Words) -> Markup {
    html! {
        span class="fact" title=(chip::channel(&row.channel, words)) {
            (icon(chip::channel_icon(&row.channel)))
            span class="unseen" { (chip::channel(&row.channel, words)) }
        }
        @if row.status != "open" && row.status != "new" { (chip::status_chip(&row.status, words)) }
        (chip::priority_chip(&row.priority, words))
        @if let Some(team) = &row.team { span class="fact" { (team) } }
        @if row.late { span class="fact" title=(words.say(desk::LATE_TITLE)) { (words.say(desk::LATE)) } }
        @if let Some(holder) = &row.assignee {
            span class="fact" title=(words.fill(desk::HELD_BY, &[("name", holder)])) {
                (icon("user")) (holder)
            }
        }
        @if row.simulated { (simulated(words)) }
        span class="grow" {}
    }
}

/// The mark of the demo's traffic.
#[must_use]
pub fn simulated(words: &Words) -> Markup {
    html! {
        span class="chip demo" title=(words.say(screen::DEMO_TITLE)) { (words.say(screen::DEMO)) }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::service::view::DueView;

    /// A row as the service would hand it over.
    pub(crate) fn sample() -> TicketRow {
        TicketRow {
            id: "0192f0c1-0000-7000-8000-000000000001".into(),
            code: "7F3K-9QXM".into(),
            customer: "Ada <script>alert(1)</script>".into(),
            channel: "webchat".into(),
            preview: "il pacco è \"rotto\" & <b>bagnato</b>".into(),
            status: "open".into(),
            priority: "high".into(),
            language: Some("it".into()),
            team: Some("orders".into()),
            assignee: Some("Marta".into()),
            snoozed_until: None,
            due: Some(DueView {
                metric: "next_response".into(),
                due: Some(1_060_000),
                state: "soon".into(),
                amount: None,
            }),
            late: false,
            enqueued_at: 900_000,
            created_at: 880_000,
            customer_waits: true,
            simulated: true,
        }
    }

    #[test]
    fn what_cannot_be_answered_in_time_is_marked() {
        let words = Words::new(Language::En);
        let html = |late| {
            let row = TicketRow { late, ..sample() };
            ticket_row(&row, Place::default(), &words, UtcMillis(1_000_000)).into_string()
        };
        assert!(
            html(true).contains("behind the others") && !html(false).contains("behind the others")
        );
    }

    #[test]
    fn customer_text_is_escaped() {
        let words = Words::new(Language::En);
        let html =
            ticket_row(&sample(), Place::default(), &words, UtcMillis(1_000_000)).into_string();
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("Ada &lt;script&gt;"), "{html}");
    }

    #[test]
    fn the_open_ticket_is_marked() {
        let row = sample();
        let place = Place { query: "?tab=team", open: Some(&row.id) };
        let html = ticket_row(&row, place, &Words::new(Language::It), UtcMillis(0)).into_string();
        assert!(html.contains("aria-current=\"true\"") && html.contains("?tab=team"), "{html}");
    }
}
