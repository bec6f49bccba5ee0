//! Reads any bytes as the header of a file of weights: what it says of tensors lies in the
//! file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use photoplay::model::header::Header;

fuzz_target!(|file: &[u8]| {
    let Ok(header) = Header::of(file) else { return };
    for tensor in header.tensors.values() {
        assert!(file.get(tensor.bytes.clone()).is_some(), "{tensor:?}");
    }
});
