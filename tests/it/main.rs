//! The one integration binary.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's helper fails the test")]

mod support;

mod architecture;
mod binary;
mod desk;
mod faults;
mod input;
mod rest;
mod road;
mod roles;
mod security;
mod sla;
mod telegram;
