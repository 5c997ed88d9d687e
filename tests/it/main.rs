//! The one integration binary.

mod support;

mod binary;
mod road;
mod roles;
