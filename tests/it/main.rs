//! The one integration binary.

mod support;

mod architecture;
mod desk;
mod faults;
mod road;
mod sla;
mod telegram;
