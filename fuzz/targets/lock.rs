//! Reads any text as a lock file, alone and behind the head of one; what is read is written
//! and read again as the same choices.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use photoplay::shoot::lock::Lock;
use photoplay::source::files::MemoryFiles;

const HEADS: [&str; 3] = ["", "version = 4\n", "version = 3\ncheck = \"00\"\n"];

fuzz_target!(|text: &str| {
    for head in HEADS {
        let files = MemoryFiles::new().with("film/photoplay.lock", format!("{head}{text}"));
        let _ = Lock::read(&files, Path::new("film"));
    }
});
