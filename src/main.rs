//! Reads the command line, runs the command, ends with its exit code.

use std::process::ExitCode;

/// Scripts are understood anew at every keystroke, in many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    photoplay::programs::photoplay()
}
