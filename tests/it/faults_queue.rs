//! The real binary, several replicas of it, while everything around it breaks.

pub(crate) mod checker;
