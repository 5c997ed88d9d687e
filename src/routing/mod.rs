//! Who may serve what, in which order, and how that changes while a ticket waits. Pure.
//!
//! The order in which tickets are served is the score that `sla` computes and the queue keeps;
//! [`order`] says where a ticket stands that cannot be saved any more.

pub mod choice;
pub mod eligibility;
pub mod fairness;
pub mod gap;
pub mod holding;
pub mod order;
pub mod plan;
pub mod record;
pub mod ring;
pub mod teams;

mod overflow;
mod ring_file;
mod teams_file;

#[cfg(test)]
mod reading;
pub mod weight;
