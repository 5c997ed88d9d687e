//! Who may serve what. Pure.
//!
//! The order in which tickets are served is the score that `sla` computes and the queue keeps.

pub mod choice;
pub mod eligibility;
