//! Sportello: a conversational customer-care bot and ticket router.
//!
//! Three jobs: answer, escalate, listen. One promise: no message lost or doubled, no number that
//! cannot be explained. The modules below are in reading order; `docs/architecture.md` has the map.

pub mod domain;
pub mod text;

pub mod sla;

pub mod nlu;

pub mod knowledge;

pub mod dialogue;

pub mod routing;

pub mod outreach;

pub mod workforce;

pub mod store;

pub mod queue;

pub mod channel;

pub mod events;

pub mod service;

pub mod web;

pub mod app;

pub mod config;

pub mod lifecycle;

pub mod telemetry;

pub mod cli;
