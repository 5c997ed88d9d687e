//! What became of the day: counts, waits and promises, by class and in all.

use serde::Serialize;

use super::case::{Case, PROMISED, Place};
use super::{Class, Stage};
use crate::domain::time::UtcMillis;
use crate::sla::deadline;
use crate::sla::metric::Metric;
use crate::workforce::statistics::{mean, percentile};

/// The whole day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Over all classes.
    pub all: Figures,
    /// Each class, in the order of the scenario.
    pub classes: Vec<Figures>,
    /// Handling time over what people on shift can hold at once, weighed by cost, 0 to 1; `None`
    /// when nobody was on shift.
    pub occupancy: Option<f64>,
    /// The longest that any ticket may be passed over, ms.
    pub ageing_bound_ms: i64,
}

/// The figures of some tickets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// The class; `None` over all.
    pub class: Option<String>,
    /// How many came in.
    pub arrivals: usize,
    /// How many were done by the end.
    pub served: usize,
    /// How many were being worked on at the end.
    pub in_service: usize,
    /// How many still waited at the end.
    pub waiting: usize,
    /// The share answered within the time asked for, 0 to 1, over all that were answered or waited
    /// for longer; `None` of none.
    pub service_level: Option<f64>,
    /// Waits of those that were answered.
    pub waits: Waits,
    /// The longest wait of anybody, also of those who still wait, ms.
    pub longest_wait_ms: i64,
    /// How many waited beyond the ageing bound.
    pub past_bound: usize,
    /// Promises in all.
    pub promises: Kept,
    /// How many tickets broke at least one promise.
    pub late_tickets: usize,
    /// Each kind of promise.
    pub by_metric: Vec<Kept>,
}

/// From coming in to being accepted, ms.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Waits {
    /// The mean, which is the ASA; `None` when nobody was answered.
    pub mean_ms: Option<f64>,
    /// The median.
    pub p50_ms: Option<i64>,
    /// Nine of ten waited no longer.
    pub p90_ms: Option<i64>,
    /// Nineteen of twenty waited no longer.
    pub p95_ms: Option<i64>,
    /// The longest.
    pub max_ms: Option<i64>,
}

/// What became of promises.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Kept {
    /// The kind; `None` for all kinds.
    pub metric: Option<Metric>,
    /// Kept.
    pub met: usize,
    /// Broken: late, or not kept by the end and overdue.
    pub missed: usize,
    /// Neither by the end.
    pub pending: usize,
    /// Broken over kept and broken, 0 to 1; `None` of none.
    pub missed_share: Option<f64>,
    /// By how much in all, working ms.
    pub late_total_ms: i64,
    /// By how much at most, working ms.
    pub late_max_ms: i64,
}

impl Report {
    pub(super) fn new(stage: &Stage, cases: &[Case], busy: i128) -> Self {
        let mut of_class: Vec<Count> = vec![Count::default(); stage.classes.len()];
        for case in cases {
            of_class[case.arrival.class].add(case, stage);
        }
        let mut all = Count::default();
        for count in &of_class {
            all.join(count);
        }
        let classes = stage.classes.iter().zip(of_class);
        let classes = classes.map(|(class, count)| count.figures(Some(class), stage)).collect();
        let offered: i128 = stage
            .people
            .iter()
            .map(|person| {
                let time =
                    person.shifts.iter().map(|&(from, to)| to.min(stage.end).since(from).max(0));
                i128::from(person.profile.capacity) * i128::from(time.sum::<i64>())
            })
            .sum();
        Self {
            all: all.figures(None, stage),
            classes,
            occupancy: (offered > 0).then(|| busy as f64 / offered as f64),
            ageing_bound_ms: stage.ageing_bound,
        }
    }
}

/// Figures in the making.
#[derive(Clone, Debug, Default)]
struct Count {
    arrivals: usize,
    served: usize,
    in_service: usize,
    answered: Vec<i64>,
    still: Vec<i64>,
    late_tickets: usize,
    kept: [Kept; 3],
}

impl Count {
    fn add(&mut self, case: &Case, stage: &Stage) {
        self.arrivals += 1;
        let at = case.arrival.at;
        match case.place {
            Place::Given { accepted, done } if accepted < stage.end => {
                self.answered.push(accepted.since(at));
                let is_done = done < stage.end;
                self.served += usize::from(is_done);
                self.in_service += usize::from(!is_done);
            }
            Place::Given { .. } | Place::Waiting(_) => self.still.push(stage.end.since(at)),
        }
        let class = &stage.classes[case.arrival.class];
        let ends = case.kept_at(class);
        let mut is_late = false;
        for ((kept, due), end) in self.kept.iter_mut().zip(case.due).zip(ends) {
            let Some(due) = due else { continue };
            is_late |= kept.count(class, due, end.filter(|end| *end < stage.end), stage.end);
        }
        self.late_tickets += usize::from(is_late);
    }

    fn join(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.served += other.served;
        self.in_service += other.in_service;
        self.answered.extend(&other.answered);
        self.still.extend(&other.still);
        self.late_tickets += other.late_tickets;
        for (kept, other) in self.kept.iter_mut().zip(&other.kept) {
            kept.join(other);
        }
    }

    fn figures(self, class: Option<&Class>, stage: &Stage) -> Figures {
        let within = stage.answer_within;
        let quick = self.answered.iter().filter(|wait| **wait <= within).count();
        let decided = self.answered.len() + self.still.iter().filter(|w| **w > within).count();
        let every = || self.answered.iter().chain(&self.still).copied();
        let mut promises = Kept::default();
        for kept in &self.kept {
            promises.join(kept);
        }
        let by_metric =
            PROMISED.into_iter().zip(self.kept.clone()).filter(|(_, kept)| kept.all() > 0);
        Figures {
            class: class.map(|class| class.name.clone()),
            arrivals: self.arrivals,
            served: self.served,
            in_service: self.in_service,
            waiting: self.still.len(),
            service_level: share(quick, decided),
            waits: Waits::of(&self.answered),
            longest_wait_ms: every().max().unwrap_or(0),
            past_bound: every().filter(|wait| *wait > stage.ageing_bound).count(),
            promises: promises.shared(None),
            late_tickets: self.late_tickets,
            by_metric: by_metric.map(|(metric, kept)| kept.shared(Some(metric))).collect(),
        }
    }
}

impl Waits {
    fn of(waits: &[i64]) -> Self {
        Self {
            mean_ms: mean(waits),
            p50_ms: percentile(waits, 50),
            p90_ms: percentile(waits, 90),
            p95_ms: percentile(waits, 95),
            max_ms: waits.iter().max().copied(),
        }
    }
}

impl Kept {
    /// Counts one promise; whether it was broken. Equality is in time.
    fn count(
        &mut self,
        class: &Class,
        due: UtcMillis,
        end: Option<UtcMillis>,
        horizon: UtcMillis,
    ) -> bool {
        let until = end.unwrap_or(horizon);
        if until > due {
            let late = deadline::active(&class.calendar, due, until, &[]);
            self.missed += 1;
            self.late_total_ms = self.late_total_ms.saturating_add(late);
            self.late_max_ms = self.late_max_ms.max(late);
        } else if end.is_some() {
            self.met += 1;
        } else {
            self.pending += 1;
        }
        until > due
    }

    fn join(&mut self, other: &Self) {
        self.met += other.met;
        self.missed += other.missed;
        self.pending += other.pending;
        self.late_total_ms = self.late_total_ms.saturating_add(other.late_total_ms);
        self.late_max_ms = self.late_max_ms.max(other.late_max_ms);
    }

    const fn all(&self) -> usize {
        self.met + self.missed + self.pending
    }

    fn shared(mut self, metric: Option<Metric>) -> Self {
        self.metric = metric;
        self.missed_share = share(self.missed, self.met + self.missed);
        self
    }
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
