//! Erlang B and C: what a line with one kind of call and patient customers costs in waiting.
//!
//! Sources: the recursion of Erlang B (no factorials), and Erlang C from it. Nobody leaves in this
//! model, so it asks for more people than are needed where customers do leave.

/// What comes in, and how long one takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traffic {
    /// Arrivals per hour.
    pub per_hour: f64,
    /// Mean handling time, seconds.
    pub handling: f64,
}

/// What a number of people gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staffed {
    /// The share that has to wait, 0 to 1.
    pub waits: f64,
    /// The share answered within the time asked for, 0 to 1.
    pub service_level: f64,
    /// Mean wait over all, seconds.
    pub mean_wait: f64,
    /// The share of time that people are busy, 0 to 1.
    pub occupancy: f64,
}

impl Traffic {
    /// The load in erlangs: how many people it keeps busy.
    #[must_use]
    pub fn load(self) -> f64 {
        self.per_hour * self.handling / 3_600.0
    }

    /// What `people` give, with the service level within so many seconds; `None` when the line grows
    /// without end, or a figure is no positive number.
    #[must_use]
    pub fn with(self, people: u32, within: f64) -> Option<Staffed> {
        let load = self.load();
        let waits = erlang_c(load, people)?;
        let spare = f64::from(people) - load;
        Some(Staffed {
            waits,
            service_level: 1.0 - waits * (-spare * within.max(0.0) / self.handling).exp(),
            mean_wait: waits * self.handling / spare,
            occupancy: load / f64::from(people),
        })
    }
}

/// The share of callers who find all lines busy, when nobody can wait.
#[must_use]
pub fn erlang_b(load: f64, lines: u32) -> f64 {
    (1..=lines).fold(1.0, |blocked, line| load * blocked / (f64::from(line) + load * blocked))
}

/// The share of callers who wait; `None` unless 0 < load < people.
#[must_use]
pub fn erlang_c(load: f64, people: u32) -> Option<f64> {
    if !(load > 0.0 && load < f64::from(people)) {
        return None;
    }
    let blocked = erlang_b(load, people);
    Some(blocked / (1.0 - load / f64::from(people) * (1.0 - blocked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As published: five decimals, the wait with three.
    fn told(per_hour: f64, handling: f64, people: u32, within: f64) -> String {
        let found = Traffic { per_hour, handling }.with(people, within).unwrap();
        let Staffed { waits, service_level, mean_wait, occupancy } = found;
        format!("{waits:.5} {service_level:.5} {mean_wait:.3} {occupancy:.5}")
    }

    #[test]
    fn golden_values_hold() {
        assert_eq!(told(200.0, 180.0, 13, 20.0), "0.28527 0.79559 17.116 0.76923");
        assert_eq!(told(200.0, 180.0, 14, 20.0), "0.17413 0.88835 7.836 0.71429");
        assert_eq!(told(720.0, 240.0, 55, 15.0), "0.23870 0.84588 8.184 0.87273");
    }

    #[test]
    fn a_line_that_grows_without_end_has_no_figures() {
        let ten = Traffic { per_hour: 200.0, handling: 180.0 };
        assert_eq!(ten.with(10, 20.0), None);
        assert_eq!(ten.with(0, 20.0), None);
        assert_eq!(Traffic { per_hour: f64::NAN, ..ten }.with(20, 20.0), None);
        assert_eq!(Traffic { per_hour: 0.0, ..ten }.with(20, 20.0), None);
        assert!(erlang_b(10.0, 0) >= 1.0);
    }
}
