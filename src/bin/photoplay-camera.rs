//! The camera: makes takes with the networks for `photoplay`, which starts it
//! and speaks with it over standard input and output.

use std::process::ExitCode;

fn main() -> ExitCode {
    photoplay::shoot::serve::serve(photoplay::cut::titles::on_paper)
}
