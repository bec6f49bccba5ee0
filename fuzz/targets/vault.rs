//! A vault with any record beside any payload: it is whole, damaged or absent, and verified
//! only if the record tells the digest of the payload.

#![no_main]

use std::fs;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use photoplay::shoot::recipe::TakeKey;
use photoplay::shoot::vault::{Vault, payload, records};
use tempfile::TempDir;

fn folder() -> &'static TempDir {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        // In memory where the system has such a folder.
        let memory = std::path::Path::new("/dev/shm");
        let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        made.expect("a folder can be made")
    })
}

fuzz_target!(|entry: (&[u8], &[u8])| {
    let (record, take) = entry;
    let root = folder().path();
    let key = TakeKey([7; 32]);
    let vault = Vault::open(root).expect("a vault can be opened");
    let path = payload(root, &key);
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
    fs::write(&path, take).expect("it can be written");
    fs::write(path.with_extension("json"), record).expect("it can be written");
    let whole = matches!(vault.verify(&key), Ok(true));
    let told = vault.record(&key).ok().flatten().map(|record| record.payload);
    let digest = blake3::hash(take).to_hex().to_string();
    assert!(!whole || told.as_ref() == Some(&digest), "{told:?}");
    let _ = (vault.holds(&key), vault.glance(&key), records(root), vault.list());
    vault.discard(&key).expect("it can be removed");
});
