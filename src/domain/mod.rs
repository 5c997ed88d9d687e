//! Values and rules, and every type that is persisted.
//!
//! Architecture invariant: the domain knows no clock, no database, no network and no randomness;
//! instants and ids are handed in.

pub mod agent;
pub mod channel;
pub mod contact;
pub mod conversation;
pub mod decision;
pub mod file;
pub mod id;
pub mod inbound;
pub mod language;
pub mod ledger;
pub mod life;
pub mod message;
pub mod person;
pub mod relaxation;
pub mod rich;
pub mod skill;
pub mod source;
pub mod survey;
pub mod ticket;
pub mod time;
pub mod traits;
