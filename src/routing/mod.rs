//! Who may serve what, and in which order. Pure.

pub mod eligibility;
