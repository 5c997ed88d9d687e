//! Pages as pure functions: the same fragment serves a page, a live update and a test.
//!
//! Every fragment takes the view structs of the service, the reader's [`Words`](words::Words) and `now`; nothing
//! here reads a clock or knows HTTP. All text from customers passes through maud's escaping.

pub mod aside;
pub mod attachment;
pub mod board;
pub mod chat;
pub mod chip;
pub mod clocks;
pub mod decision;
pub mod desk;
pub mod fault;
pub mod icon;
pub mod known;
pub mod layout;
pub mod lists;
pub mod login;
pub mod moves;
pub mod offers;
pub mod person;
pub mod row;
pub mod shop;
pub mod thread;
pub mod words;
