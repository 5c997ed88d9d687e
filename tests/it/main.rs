//! The one integration binary.

mod support;

mod road;
