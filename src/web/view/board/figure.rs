//! The large figures: what each shows, how it is computed, and where its tickets are.

use maud::{Markup, html};

use super::super::icon::icon;
use super::super::words::{Words, countdown};
use crate::service::view::{BoardView, ShareView};
use crate::text::Phrase;
use crate::text::screen;
use crate::text::screen::board as say;

/// One large figure.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub(super) id: &'static str,
    icon: &'static str,
    /// What it is called.
    pub(super) name: &'static str,
    value: String,
    unit: &'static str,
    below: String,
    /// Its formula in words.
    pub(super) formula: &'static str,
    link: Option<&'static str>,
    tone: &'static str,
    share: Option<ShareView>,
}

impl Figure {
    fn new(id: &'static str, icon: &'static str, name: Phrase, how: Phrase, words: &Words) -> Self {
        Self {
            id,
            icon,
            name: words.say(name),
            value: words.say(screen::NONE_YET).to_owned(),
            unit: "",
            below: String::new(),
            formula: words.say(how),
            link: None,
            tone: "",
            share: None,
        }
    }

    fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    fn below(mut self, below: impl Into<String>) -> Self {
        self.below = below.into();
        self
    }

    const fn link(mut self, link: &'static str) -> Self {
        self.link = Some(link);
        self
    }

    fn tone_from(mut self, count: u64, tone: &'static str) -> Self {
        if count > 0 {
            self.tone = tone;
        }
        self
    }

    fn share(mut self, share: ShareView, words: &Words) -> Self {
        if let Some(percent) = share.percent {
            self.value = words.decimal(percent);
            self.unit = "%";
        }
        self.share = Some(share);
        self
    }

    /// The figure's tickets, unless it is about something else.
    fn address(&self) -> String {
        self.link.map_or_else(|| format!("/board/tickets?of={}", self.id), str::to_owned)
    }

    /// The figure as a link to its tickets.
    pub(super) fn show(&self) -> Markup {
        html! {
            a id={ "figure-" (self.id) } class={ "figure " (self.tone) }
                href=(self.address()) title=(self.formula) {
                span class="figure-name" { (icon(self.icon)) (self.name) }
                span class="figure-value" {
                    (self.value)
                    @if !self.unit.is_empty() { span class="unit" { (self.unit) } }
                }
                @if let Some(share) = self.share { (bar(share)) }
                span class="figure-below" { (self.below) }
            }
        }
    }
}

/// A share as a bar, with its interval as a whisker.
fn bar(share: ShareView) -> Markup {
    html! {
        svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect class="track" x="0" y="1.5" width="100" height="3" rx="1.5" {}
            @if let Some(percent) = share.percent {
                rect class="fill" x="0" y="1.5" width=(percent) height="3" rx="1.5" {}
            }
            @if let Some((low, high)) = share.interval {
                rect class="whisker" x=(low) y="0" width=(high - low) height="6" {}
            }
        }
    }
}

/// The line below a share: its honesty.
fn interval(share: ShareView, words: &Words) -> String {
    let Some((low, high)) = share.interval else { return words.say(say::OF_NONE).to_owned() };
    words.fill(
        say::INTERVAL,
        &[
            ("low", &words.decimal(low)),
            ("high", &words.decimal(high)),
            ("part", &share.part.to_string()),
            ("whole", &share.whole.to_string()),
        ],
    )
}

/// The figures of this moment.
pub(super) fn now(view: &BoardView, words: &Words) -> Vec<Figure> {
    let oldest = view.oldest_wait.map_or_else(
        || words.say(say::WAITING_NONE).to_owned(),
        |wait| words.fill(say::WAITING_SUB, &[("t", &words.span(wait))]),
    );
    let online = words.fill(
        say::ONLINE_SUB,
        &[("busy", &view.busy.to_string()), ("away", &view.away.to_string())],
    );
    vec![
        Figure::new("waiting", "inbox", say::WAITING, say::WAITING_HOW, words)
            .value(view.waiting.to_string())
            .below(oldest),
        Figure::new("at-risk", "hourglass", say::AT_RISK, say::AT_RISK_HOW, words)
            .value(view.at_risk.to_string())
            .below(words.say(say::AT_RISK_SUB))
            .tone_from(view.at_risk, "soon"),
        Figure::new("breached", "late", say::BREACHED, say::BREACHED_HOW, words)
            .value(view.breached.to_string())
            .below(words.say(say::BREACHED_SUB))
            .tone_from(view.breached, "late"),
        Figure::new("online", "headset", say::ONLINE, say::ONLINE_HOW, words)
            .value(view.online.to_string())
            .below(online)
            .link("#agents"),
    ]
}

/// The figures of the last 24 hours.
pub(super) fn day(view: &BoardView, words: &Words) -> Vec<Figure> {
    let time = |millis: Option<i64>| {
        millis.map_or_else(|| words.say(screen::NONE_YET).to_owned(), countdown)
    };
    let first = words.fill(
        say::FIRST_REPLY_SUB,
        &[("t", &time(view.first_response_p90)), ("n", &view.first_response_n.to_string())],
    );
    let kept = words.fill(
        say::SLA_SUB,
        &[
            ("pending", &view.sla_pending.to_string()),
            ("provisional", &view.sla_provisional.to_string()),
        ],
    );
    vec![
        Figure::new("sla", "check", say::SLA, say::SLA_HOW, words)
            .share(view.sla, words)
            .link("/board/sla")
            .below(format!("{} · {kept}", interval(view.sla, words))),
        Figure::new("first-reply", "clock", say::FIRST_REPLY, say::FIRST_REPLY_HOW, words)
            .value(time(view.first_response_p50))
            .below(first),
        Figure::new("asa", "take", say::ASA, say::ASA_HOW, words)
            .value(time(view.asa))
            .below(words.say(say::ASA_SUB)),
        Figure::new("containment", "bot", say::CONTAINMENT, say::CONTAINMENT_HOW, words)
            .share(view.containment, words)
            .below(interval(view.containment, words)),
        Figure::new("told-waits", "hourglass", say::TOLD_WAITS, say::TOLD_WAITS_HOW, words)
            .share(view.told_waits, words)
            .below(told_waits(view, words)),
        Figure::new("csat", "star", say::CSAT, say::CSAT_HOW, words)
            .share(view.csat, words)
            .below(satisfaction(view, words)),
    ]
}

/// The line below told waits: its interval, and how many have not passed yet.
fn told_waits(view: &BoardView, words: &Words) -> String {
    let pending =
        words.fill(say::TOLD_WAITS_SUB, &[("pending", &view.told_waits_pending.to_string())]);
    format!("{} · {pending}", interval(view.told_waits, words))
}

/// The line below CSAT: mean, responses, invitations.
fn satisfaction(view: &BoardView, words: &Words) -> String {
    let Some(mean) = view.csat_mean else { return words.say(say::OF_NONE).to_owned() };
    let counts = words.fill(
        say::CSAT_SUB,
        &[
            ("mean", &words.decimal(mean)),
            ("n", &view.csat.whole.to_string()),
            ("invited", &view.invited.to_string()),
        ],
    );
    match view.csat.interval {
        Some((low, high)) => format!("{}–{} % · {counts}", words.decimal(low), words.decimal(high)),
        None => counts,
    }
}
