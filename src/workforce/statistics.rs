//! Percentiles, means and intervals. Sources: nearest rank as in Hyndman and Fan (1996), type 1;
//! the interval of Wilson (1927); the net promoter score as a mean of +1, 0 and -1.

/// The two-sided 95 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The nearest-rank percentile (0 < `percent` ≤ 100) of unsorted values; `None` of none. Other
/// percents are read as the nearest allowed one.
#[must_use]
pub fn percentile(values: &[i64], percent: u8) -> Option<i64> {
    let mut sorted = values.to_vec();
    let rank = (sorted.len() * usize::from(percent.clamp(1, 100))).div_ceil(100);
    let index = rank.checked_sub(1)?;
    Some(*sorted.select_nth_unstable(index).1)
}

/// Wilson's 95 % interval of a proportion, 0 to 1; `None` of none. More successes than trials are
/// read as all of them.
#[must_use]
pub fn wilson(successes: u64, total: u64) -> Option<(f64, f64)> {
    if total == 0 {
        return None;
    }
    let n = total as f64;
    let p = successes.min(total) as f64 / n;
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
}

/// Mean of the values; `None` of none.
#[must_use]
pub fn mean(values: &[i64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum: i128 = values.iter().map(|&value| i128::from(value)).sum();
    Some(sum as f64 / values.len() as f64)
}

/// The net promoter score, -100 to 100, and the half-width of its 95 % interval in the same points;
/// `None` of no answers. Promoters gave 9-10, detractors 0-6, on a scale of 0 to 10 only.
#[must_use]
pub fn net_promoter(promoters: u64, passives: u64, detractors: u64) -> Option<(f64, f64)> {
    let n = promoters as f64 + passives as f64 + detractors as f64;
    if n == 0.0 {
        return None;
    }
    let (promoting, detracting) = (promoters as f64 / n, detractors as f64 / n);
    let score = promoting - detracting;
    let variance = (promoting + detracting - score * score).max(0.0);
    Some((100.0 * score, 100.0 * Z * (variance / n).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As published: percent with one decimal.
    fn tenths(share: f64) -> f64 {
        (share * 1000.0).round() / 10.0
    }

    #[test]
    fn satisfaction_of_42_in_50() {
        let (low, high) = wilson(42, 50).unwrap();
        assert_eq!((tenths(low), tenths(high)), (71.5, 91.7));
    }

    #[test]
    fn wilson_stays_inside_zero_and_one() {
        assert_eq!(wilson(0, 0), None);
        let (low, high) = wilson(0, 5).unwrap();
        assert!(low.abs() < 1e-12 && (tenths(high) - 43.4).abs() < 0.05, "{low} {high}");
        let (low, high) = wilson(5, 5).unwrap();
        assert!((high - 1.0).abs() < 1e-12 && (tenths(low) - 56.6).abs() < 0.05, "{low} {high}");
        assert_eq!(wilson(9, 5), wilson(5, 5));
    }

    #[test]
    fn net_promoter_as_published() {
        let tenth = |(score, half): (f64, f64)| ((score * 10.0).round(), (half * 10.0).round());
        assert_eq!(net_promoter(70, 20, 10).map(tenth), Some((600.0, 130.0)));
        assert_eq!(net_promoter(12, 5, 3).map(tenth), Some((450.0, 324.0)));
        assert_eq!(net_promoter(0, 0, 0), None);
        assert_eq!(net_promoter(3, 0, 0), Some((100.0, 0.0)));
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let waits = [50, 15, 40, 20, 35];
        let at = |percent| percentile(&waits, percent);
        assert_eq!([at(5), at(30), at(40), at(50), at(100)], [15, 20, 20, 35, 50].map(Some));
        assert_eq!(percentile(&[7], 90), Some(7));
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(at(0), Some(15));
        assert_eq!(at(200), Some(50));
    }

    #[test]
    fn means_do_not_overflow() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1, 2, 4, 5]), Some(3.0));
        assert_eq!(mean(&[i64::MAX, i64::MAX]), Some(i64::MAX as f64));
    }
}
