//! Percentiles and intervals. (seam: signatures fixed, bodies to be written)

/// The nearest-rank percentile (0 < `percent` ≤ 100) of unsorted values; `None` of none.
#[must_use]
pub fn percentile(_values: &[i64], _percent: u8) -> Option<i64> {
    unimplemented!()
}

/// Wilson's 95 % interval of a proportion, 0 to 1; `None` of none.
#[must_use]
pub fn wilson(_successes: u64, _total: u64) -> Option<(f64, f64)> {
    unimplemented!()
}

/// Mean of the values; `None` of none.
#[must_use]
pub fn mean(_values: &[i64]) -> Option<f64> {
    unimplemented!()
}
