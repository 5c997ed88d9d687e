//! The `sportello` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sportello::cli::run(std::env::args_os())
}
