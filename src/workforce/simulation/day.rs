//! The day itself: events in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::case::{Case, Place};
use super::figures::Report;
use super::floor::Floor;
use super::line::{Head, Line, Number};
use super::{Arrival, Mode, Rules, Stage};
use crate::domain::time::UtcMillis;
use crate::routing::choice::Best;

/// After how many arrivals the progress is told.
const STEP: usize = 1_000;

/// What happens; at one instant in this order, so that room that becomes free is there for who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    ShiftEnds(usize),
    Done { ticket: Number, person: usize },
    ShiftBegins(usize),
    Moves(Number),
}

/// Everything that changes.
struct Day<'a> {
    stage: &'a Stage,
    rules: Rules,
    cases: Vec<Case>,
    line: Line,
    floor: Floor<'a>,
    agenda: BinaryHeap<Reverse<(UtcMillis, Event)>>,
    /// Handling time by person, weighed by cost and counted only on shift: cost × ms.
    busy: i128,
}

/// Plays the arrivals (in order of time) under the rules; `progress` is told how many have come.
#[must_use]
pub fn run(
    stage: &Stage,
    arrivals: &[Arrival],
    rules: Rules,
    progress: &mut dyn FnMut(usize),
) -> Report {
    let mut day = Day::new(stage, rules, arrivals.len());
    for (count, arrival) in arrivals.iter().enumerate() {
        day.play_until(arrival.at);
        day.arrive(*arrival);
        if count % STEP == 0 {
            progress(count);
        }
    }
    day.play_until(stage.end.plus(-1));
    progress(arrivals.len());
    Report::new(stage, &day.cases, day.busy)
}

impl<'a> Day<'a> {
    fn new(stage: &'a Stage, rules: Rules, arrivals: usize) -> Self {
        let mut agenda = BinaryHeap::new();
        for (number, person) in stage.people.iter().enumerate() {
            for &(from, to) in &person.shifts {
                agenda.push(Reverse((from, Event::ShiftBegins(number))));
                agenda.push(Reverse((to, Event::ShiftEnds(number))));
            }
        }
        Self {
            stage,
            rules,
            cases: Vec::with_capacity(arrivals),
            line: Line::new(stage.classes.len()),
            floor: Floor::new(&stage.people, &stage.classes),
            agenda,
            busy: 0,
        }
    }

    /// Everything up to an instant and at it.
    fn play_until(&mut self, until: UtcMillis) {
        while let Some(Reverse((at, event))) = self.agenda.peek().copied() {
            if at > until {
                break;
            }
            self.agenda.pop();
            match event {
                Event::ShiftBegins(person) => self.floor.begin_shift(person, at),
                Event::ShiftEnds(person) => self.floor.end_shift(person),
                Event::Done { ticket, person } => {
                    let class = self.cases[ticket as usize].arrival.class;
                    self.floor.take_away(class, person, at);
                }
                Event::Moves(ticket) => self.queue(ticket, at),
            }
            self.settle(at);
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let class = &self.stage.classes[arrival.class];
        let Ok(number) = Number::try_from(self.cases.len()) else { return };
        self.cases.push(Case::new(arrival, class, self.stage.ageing_bound));
        self.queue(number, arrival.at);
        self.settle(arrival.at);
    }

    /// Puts a ticket that waits at the place it has now.
    fn queue(&mut self, number: Number, now: UtcMillis) {
        let case = &mut self.cases[number as usize];
        let Place::Waiting(before) = case.place else { return };
        let lane = case.arrival.class;
        let place = case.urgency.place(self.rules.order, now);
        self.line.remove(lane, before, number);
        self.line.insert(lane, place, number);
        case.place = Place::Waiting(place);
        if let Some(at) = case.urgency.next_change(self.rules.order, now) {
            self.agenda.push(Reverse((at, Event::Moves(number))));
        }
    }

    /// Gives out what can be given.
    fn settle(&mut self, now: UtcMillis) {
        if self.line.is_empty() || self.floor.is_full() {
            return;
        }
        match self.rules.mode {
            Mode::Pull => while self.pull(now) {},
            Mode::Push(best) => self.push(best, now),
        }
    }

    /// Of those who can take the next ticket they may serve, the longest idle takes it; whether
    /// anybody did. Whom it does not fit waits for room: a smaller one does not overtake it.
    fn pull(&mut self, now: UtcMillis) -> bool {
        let first = self.floor.groups().filter_map(|group| {
            let head = self.line.first(|lane| self.floor.may(lane, group))?;
            let (idle_since, person) = self.floor.idlest(head.lane, group)?;
            Some((idle_since, person, head))
        });
        let Some((_, person, head)) = first.min() else { return false };
        self.give(head, person, now);
        !self.line.is_empty()
    }

    /// Each ticket in order goes to the best of those who have room.
    fn push(&mut self, best: Best, now: UtcMillis) {
        let mut is_closed = vec![false; self.stage.classes.len()];
        while let Some(head) = self.line.first(|lane| !is_closed[lane]) {
            if let Some(person) = self.floor.best(head.lane, best, now) {
                self.give(head, person, now);
            } else {
                is_closed[head.lane] = true;
                self.floor.keep_for(head.lane);
            }
            if self.floor.is_full() {
                break;
            }
        }
        self.floor.release_all();
    }

    fn give(&mut self, head: Head, person: usize, now: UtcMillis) {
        let who = &self.stage.people[person];
        let case = &mut self.cases[head.ticket as usize];
        let accepted = now.plus(who.accept);
        let done = accepted.plus(case.arrival.handling);
        case.place = Place::Given { accepted, done };
        self.line.remove(head.lane, head.place, head.ticket);
        self.floor.give(head.lane, person, now);
        self.agenda.push(Reverse((done, Event::Done { ticket: head.ticket, person })));
        let cost = i128::from(self.stage.classes[head.lane].cost);
        let on_shift = who
            .shifts
            .iter()
            .map(|&(from, to)| done.min(to).min(self.stage.end).since(accepted.max(from)).max(0));
        self.busy += cost * i128::from(on_shift.sum::<i64>());
    }
}
