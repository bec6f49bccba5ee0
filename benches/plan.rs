//! The time from a command to the shot list, in whole processes, for every
//! example. `make bench`.

use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    divan::main();
}

#[divan::bench(args = [
    "examples/junkyard/junkyard.play",
    "examples/novel/the-road-of-yellow-brick.play",
    "examples/plain/the-orchard-let.fountain",
], sample_count = 30, sample_size = 1)]
fn plan(script: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .arg("plan")
        .arg(root.join(script))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the binary was built with this benchmark");
    assert!(status.success(), "{script} has no mistakes");
}
