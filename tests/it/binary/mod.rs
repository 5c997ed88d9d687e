//! Tests on the real binary, from outside.

mod crash;
mod http;
