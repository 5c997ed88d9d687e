//! Staffing, simulation and statistics: pure formulas with their sources.

pub mod erlang;
pub mod scenario;
pub mod simulation;
pub mod statistics;
