//! The binary `broadgate`: reads the command line, calls the library, prints.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
