//! The one integration binary.

mod support;

mod architecture;
mod desk;
mod faults;
mod input;
mod road;
mod sla;
mod telegram;
