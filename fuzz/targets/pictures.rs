//! Looks at any bytes as a picture of a project. Whatever a check lets pass, a build reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use photoplay::source::files::MemoryFiles;
use photoplay::source::pictures::{examine, read};

fuzz_target!(|picture: &[u8]| {
    for name in ["mara.png", "mara.jpg", "mara.webp"] {
        let files = MemoryFiles::new().with(name, picture);
        let examined = examine(&files, name.as_ref());
        if let Ok(picture) = read(&files, name.as_ref()) {
            assert!(examined.is_ok(), "{examined:?}");
            assert!(picture.width() > 0 && picture.height() > 0);
        }
    }
});
