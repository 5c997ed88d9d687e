//! Tests on the real binary, from outside.

mod content;
mod crash;
mod failpoints;
mod http;
