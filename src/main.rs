//! The `sportello` command.

fn main() {}
