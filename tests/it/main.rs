//! The one integration binary.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on ends there")]

mod support;

mod architecture;
mod desk;
mod faults;
mod input;
mod road;
mod sla;
mod telegram;
