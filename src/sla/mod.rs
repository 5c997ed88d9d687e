//! Service-level agreements: clocks derived from a ticket's ledger, a policy and a calendar.
//!
//! Architecture invariant: nothing here is stored as a mutable due date; every clock can be
//! recomputed from the ledger. Formulas: `docs/sla.md`.

pub mod book;
pub mod calendar;
pub mod clock;
pub mod condition;
pub mod deadline;
pub mod duration;
pub mod explain;
pub(crate) mod findings;
pub mod hours;
pub mod ical;
pub mod metric;
pub mod policy;
pub mod replay;
pub mod share;
pub mod slices;

mod calendar_file;
mod condition_file;
mod history;
mod instance;
mod ladder_file;
mod policy_file;
mod run;
mod terms;

#[cfg(test)]
mod measured;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod scenarios;
