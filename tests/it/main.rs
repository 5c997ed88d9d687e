//! The one integration binary.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's helper fails the test")]

mod support;

mod again;
mod architecture;
mod binary;
mod board;
mod desk;
mod dry_run;
mod faults;
mod figures;
mod hanging;
mod input;
mod ladder;
mod life;
mod merging;
mod offers;
mod oracle;
mod promise;
mod races;
mod reapply;
mod rest;
mod road;
mod roles;
mod security;
mod segments;
mod simulate;
mod sla;
mod telegram;
