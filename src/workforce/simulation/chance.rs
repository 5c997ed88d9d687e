//! Numbers that look like chance and are the same for the same seed.
//!
//! The generator is `SplitMix64` (Steele, Lea and Flood 2014).

use std::f64::consts::TAU;

use crate::domain::time::DAY;

/// The longest that one ticket can take, ms.
const LONGEST: f64 = (7 * DAY) as f64;

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

/// How durations are spread around their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// All alike.
    Constant,
    /// Many short ones and a few long ones; the deviation is the mean.
    Exponential,
    /// Like real handling times: none near zero, a long tail; with this deviation, ms.
    Lognormal(f64),
}

impl Chance {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Evenly in `(0, 1]`.
    pub fn even(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Exponential with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.even().ln()
    }

    /// Normal with mean 0 and deviation 1 (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.even().ln()).sqrt();
        radius * (TAU * self.even()).cos()
    }

    /// A duration of at least 1 ms and at most a week, around `mean` ms.
    pub fn duration(&mut self, mean: i64, spread: Spread) -> i64 {
        let mean = mean as f64;
        let drawn = match spread {
            Spread::Constant => mean,
            Spread::Exponential => self.exponential(mean),
            Spread::Lognormal(deviation) => {
                let variance = (1.0 + (deviation / mean).powi(2)).ln();
                (mean.ln() - variance / 2.0 + variance.sqrt() * self.normal()).exp()
            }
        };
        whole(drawn.clamp(1.0, LONGEST))
    }
}

/// Whole ms, cut off.
#[expect(clippy::cast_possible_truncation, reason = "callers stay far below 2^53")]
pub(super) const fn whole(millis: f64) -> i64 {
    millis as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 200_000;

    fn mean_and_deviation(spread: Spread) -> (f64, f64) {
        let mut chance = Chance::new(1);
        let drawn: Vec<f64> =
            (0..MANY).map(|_| chance.duration(360_000, spread) as f64 / 1_000.0).collect();
        let mean = drawn.iter().sum::<f64>() / MANY as f64;
        let variance = drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / MANY as f64;
        (mean, variance.sqrt())
    }

    #[test]
    fn durations_have_the_mean_and_deviation_asked_for() {
        for (spread, deviation) in [
            (Spread::Constant, 0.0),
            (Spread::Exponential, 360.0),
            (Spread::Lognormal(240_000.0), 240.0),
        ] {
            let found = mean_and_deviation(spread);
            assert!((found.0 - 360.0).abs() < 4.0, "{spread:?}: {found:?}");
            assert!((found.1 - deviation).abs() < 8.0, "{spread:?}: {found:?}");
        }
    }

    #[test]
    fn a_seed_is_a_stream() {
        let drawn = |seed| {
            let mut chance = Chance::new(seed);
            [chance.bits(), chance.bits(), chance.bits()]
        };
        assert_eq!(drawn(0)[0], 0xE220_A839_7B1D_CDAF, "as published for the seed 0");
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn absurd_means_stay_in_bounds() {
        let mut chance = Chance::new(3);
        for mean in [0, 1, i64::MAX] {
            for spread in [Spread::Constant, Spread::Exponential, Spread::Lognormal(1e300)] {
                let drawn = chance.duration(mean, spread);
                assert!((1..=7 * DAY).contains(&drawn), "{mean} {spread:?}: {drawn}");
            }
        }
    }
}
