//! The one integration binary.

mod support;

mod architecture;
mod binary;
mod faults;
mod road;
mod roles;
mod sla;
mod telegram;
