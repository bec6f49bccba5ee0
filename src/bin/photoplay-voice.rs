//! The voice: speaks lines with the default engine. `photoplay` starts this program
//! and sends it orders on standard input; replies go to standard output.

use std::process::ExitCode;

fn main() -> ExitCode {
    photoplay::programs::photoplay_voice()
}
