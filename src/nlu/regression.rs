//! Logistic regression held to a prior, with values that may not become negative.

use std::ops::Range;

/// Newton's method has long arrived by then.
const MOST_PASSES: usize = 40;
/// No value changes more in one pass.
const LONGEST_STEP: f64 = 5.0;
/// Arrived when no value changes more.
const ARRIVED: f64 = 1e-7;

/// One observation; the last of the row is a one.
pub(super) struct Sample<const N: usize> {
    pub(super) row: [f64; N],
    pub(super) right: bool,
    pub(super) weight: f64,
}

/// Fits by Newton's method, projected: values in `favourable` that would have to become negative stay
/// at zero. All but the last are held to `prior` by `ridge`.
pub(super) fn regress<const N: usize>(
    samples: &[Sample<N>],
    prior: &[f64; N],
    ridge: f64,
    favourable: Range<usize>,
) -> [f64; N] {
    let mut fitted = *prior;
    for _ in 0..MOST_PASSES {
        let (mut slope, mut curve) = bend(samples, prior, ridge, &fitted);
        for at in favourable.clone().filter(|at| fitted[*at] <= 0.0) {
            if slope[at] > 0.0 {
                hold(at, &mut slope, &mut curve);
            }
        }
        let mut largest = 0.0_f64;
        for (at, change) in solve(curve, slope).into_iter().enumerate() {
            let before = fitted[at];
            fitted[at] -= change.clamp(-LONGEST_STEP, LONGEST_STEP);
            if favourable.contains(&at) {
                fitted[at] = fitted[at].max(0.0);
            }
            largest = largest.max((fitted[at] - before).abs());
        }
        if largest < ARRIVED {
            break;
        }
    }
    fitted
}

/// First and second derivatives of the loss.
fn bend<const N: usize>(
    samples: &[Sample<N>],
    prior: &[f64; N],
    ridge: f64,
    fitted: &[f64; N],
) -> ([f64; N], [[f64; N]; N]) {
    let mut slope: [f64; N] = std::array::from_fn(|at| (fitted[at] - prior[at]) * ridge);
    slope[N - 1] = 0.0;
    let mut curve = [[0.0; N]; N];
    for Sample { row, right, weight } in samples {
        let probability = logistic(dot(fitted, row));
        let miss = weight * (probability - if *right { 1.0 } else { 0.0 });
        let sway = weight * probability * (1.0 - probability);
        for (at, curve) in curve.iter_mut().enumerate() {
            slope[at] += miss * row[at];
            let scaled = sway * row[at];
            for (cell, other) in curve.iter_mut().zip(row) {
                *cell += scaled * other;
            }
        }
    }
    for (at, row) in curve.iter_mut().enumerate() {
        row[at] += if at + 1 < N { ridge } else { 1e-6 };
    }
    (slope, curve)
}

/// Takes a value out of the equations: it does not change.
fn hold<const N: usize>(at: usize, slope: &mut [f64; N], curve: &mut [[f64; N]; N]) {
    slope[at] = 0.0;
    curve[at] = [0.0; N];
    for row in curve.iter_mut() {
        row[at] = 0.0;
    }
    curve[at][at] = 1.0;
}

/// The logistic function: from a score to a probability.
pub(super) fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// The sum of the products.
pub(super) fn dot<const N: usize>(left: &[f64; N], right: &[f64; N]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Solves a small system of equations by elimination with pivots; a singular one gives zeros.
fn solve<const N: usize>(mut rows: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for column in 0..N {
        let pivot = (column..N)
            .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
            .unwrap_or(column);
        if rows[pivot][column].abs() < 1e-12 {
            return [0.0; N];
        }
        rows.swap(column, pivot);
        right.swap(column, pivot);
        for row in (0..N).filter(|row| *row != column) {
            let times = rows[row][column] / rows[column][column];
            let from = rows[column];
            for (value, from) in rows[row].iter_mut().zip(from) {
                *value -= times * from;
            }
            right[row] -= times * right[column];
        }
    }
    std::array::from_fn(|at| right[at] / rows[at][at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved() {
        const N: usize = 9;
        let mut rows = [[0.0; N]; N];
        for (at, row) in rows.iter_mut().enumerate() {
            row[(at + 1) % N] = 2.0;
        }
        let right: [f64; N] = std::array::from_fn(|at| 2.0 * (at + 1) as f64);
        let solved = solve(rows, right);
        for (at, value) in solved.iter().enumerate() {
            let wanted = if at == 0 { N } else { at } as f64;
            assert!((value - wanted).abs() < 1e-12, "{solved:?}");
        }
        let singular = solve([[0.0; N]; N], [1.0; N]);
        assert!(singular.iter().all(|value| value.abs() < 1e-12));
    }

    /// Right when the first sign is high; the second is its opposite with some noise.
    fn samples() -> Vec<Sample<3>> {
        let sample = |i: u32| {
            let first = f64::from(i % 40) / 20.0 - 1.0;
            let second = f64::from(i * 7 % 11) / 11.0 - 0.5;
            let right = first + 0.4 * second > 0.0;
            Sample { row: [first, -first - second, 1.0], right, weight: 1.0 }
        };
        (0..400).map(sample).collect()
    }

    #[test]
    fn the_fit_is_where_the_slope_is_nothing() {
        let prior = [0.5, 0.2, 0.0];
        let fitted = regress(&samples(), &prior, 2.0, 0..0);
        let (slope, _) = bend(&samples(), &prior, 2.0, &fitted);
        assert!(slope.iter().all(|slope| slope.abs() < 1e-5), "{fitted:?} {slope:?}");
        assert!(fitted[1] < 0.0);
    }

    #[test]
    fn what_must_speak_for_an_answer_never_speaks_against_it() {
        let prior = [0.5, 0.2, 0.0];
        let fitted = regress(&samples(), &prior, 2.0, 0..2);
        let (slope, _) = bend(&samples(), &prior, 2.0, &fitted);
        assert!(fitted[1].abs() < 1e-12 && slope[1] > 0.0, "{fitted:?}");
        assert!(slope[0].abs() < 1e-5 && slope[2].abs() < 1e-5, "{fitted:?} {slope:?}");
    }
}
