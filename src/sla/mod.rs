//! Service-level agreements: clocks derived from a ticket's ledger, a policy and a calendar.
//!
//! Architecture invariant: nothing here is stored as a mutable due date; every clock can be
//! recomputed from the ledger. Formulas: `docs/sla.md`.

pub mod book;
pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod duration;
pub mod hours;
pub mod ical;
pub mod slices;

mod calendar_file;
mod findings;
mod history;
mod policy_file;
mod promise;
mod run;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod scenarios;
