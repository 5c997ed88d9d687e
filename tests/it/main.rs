//! The one integration binary.

mod support;

mod architecture;
mod road;
mod telegram;
