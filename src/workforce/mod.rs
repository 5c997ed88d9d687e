//! Staffing and statistics: pure formulas with their sources.

pub mod statistics;
