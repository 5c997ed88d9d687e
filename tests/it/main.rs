//! The one integration binary.

mod support;

mod architecture;
mod faults;
mod road;
mod sla;
mod telegram;
