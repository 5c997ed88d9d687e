//! Who comes, and when: a Poisson stream whose rate is constant within each stretch of time.

use super::Arrival;
use super::chance::{Chance, Spread, whole};
use crate::domain::time::{HOUR, UtcMillis};

/// A stretch with one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Its first instant.
    pub from: UtcMillis,
    /// The first instant after it.
    pub to: UtcMillis,
    /// Arrivals per hour.
    pub per_hour: f64,
}

/// How one class comes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Source {
    /// Its part of all arrivals; parts are taken in relation to their sum.
    pub share: f64,
    /// Its mean handling time, ms.
    pub mean: i64,
    /// How handling times are spread.
    pub spread: Spread,
}

/// Everything that comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// Ascending and apart.
    pub stretches: Vec<Stretch>,
    /// One for each class.
    pub sources: Vec<Source>,
}

impl Demand {
    /// How many arrivals are to be expected.
    #[must_use]
    pub fn expected(&self) -> f64 {
        let hours = |stretch: &Stretch| stretch.to.since(stretch.from).max(0) as f64 / HOUR as f64;
        self.stretches.iter().map(|stretch| stretch.per_hour * hours(stretch)).sum()
    }

    /// The arrivals at so much of the usual load (1 is the usual), in order; the same for the same
    /// seed.
    #[must_use]
    pub fn arrivals(&self, seed: u64, load: f64) -> Vec<Arrival> {
        let mut chance = Chance::new(seed);
        let mut arrivals = Vec::new();
        for stretch in &self.stretches {
            let rate = stretch.per_hour * load;
            if !(rate > 0.0 && rate.is_finite()) {
                continue;
            }
            let length = stretch.to.since(stretch.from) as f64;
            let mut at = chance.exponential(HOUR as f64 / rate);
            while at < length {
                let instant = stretch.from.plus(whole(at));
                arrivals.extend(self.draw(instant, &mut chance));
                at += chance.exponential(HOUR as f64 / rate);
            }
        }
        arrivals
    }

    fn draw(&self, at: UtcMillis, chance: &mut Chance) -> Option<Arrival> {
        let all: f64 = self.sources.iter().map(|source| source.share).sum();
        let mut left = chance.even() * all;
        let chosen = self.sources.iter().position(|source| {
            left -= source.share;
            left <= 0.0
        });
        let class = chosen.or_else(|| self.sources.len().checked_sub(1))?;
        let source = self.sources.get(class)?;
        let handling = chance.duration(source.mean, source.spread);
        Some(Arrival { at, class, handling })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::MINUTE;

    fn demand() -> Demand {
        let stretch = |from: i64, to: i64, per_hour| Stretch {
            from: UtcMillis(from * HOUR),
            to: UtcMillis(to * HOUR),
            per_hour,
        };
        let source = |share| Source { share, mean: MINUTE, spread: Spread::Exponential };
        Demand {
            stretches: vec![stretch(0, 10, 1_000.0), stretch(10, 20, 0.0), stretch(20, 30, 200.0)],
            sources: vec![source(3.0), source(0.0), source(1.0)],
        }
    }

    #[test]
    fn rates_and_shares_come_out() {
        let demand = demand();
        assert!((demand.expected() - 12_000.0).abs() < 1e-6);
        let arrivals = demand.arrivals(5, 1.3);
        assert!(arrivals.is_sorted_by_key(|arrival| arrival.at));
        let count = |is: &dyn Fn(&Arrival) -> bool| {
            i64::try_from(arrivals.iter().filter(|one| is(one)).count()).unwrap()
        };
        let hour = |one: &Arrival| one.at.0 / HOUR;
        // Four deviations of a Poisson count.
        assert!((count(&|one| hour(one) < 10) - 13_000).abs() < 460);
        assert_eq!(count(&|one| (10..20).contains(&hour(one))), 0);
        assert!((count(&|one| hour(one) >= 20) - 2_600).abs() < 205);
        assert!((count(&|one| one.class == 2) - 3_900).abs() < 250);
        assert_eq!(count(&|one| one.class == 1), 0);
    }

    #[test]
    fn a_seed_is_a_day() {
        assert_eq!(demand().arrivals(5, 1.0), demand().arrivals(5, 1.0));
        assert_ne!(demand().arrivals(5, 1.0), demand().arrivals(6, 1.0));
        assert!(demand().arrivals(5, 0.0).is_empty());
    }
}
