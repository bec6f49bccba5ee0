//! Bakes into the binary what makes `photoplay` run from any folder: the place
//! of libtorch (rpath, no `LD_LIBRARY_PATH`), the files of the embedded model,
//! and their digests.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if env::var_os("CARGO_FEATURE_TORCH").is_some()
        && let Some(libtorch) = env::var_os("LIBTORCH")
        && let Ok(lib) = PathBuf::from(libtorch).join("lib").canonicalize()
    {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", lib.display());
        if let Some(libtorch) = lib.parent() {
            println!("cargo:rustc-env=PHOTOPLAY_LIBTORCH={}", libtorch.display());
        }
        // `photoplay` uses nothing of libtorch, whose loading alone takes longer
        // than planning a film. lld drops a library nobody needs, once inline
        // functions of C++ headers are not exported on its behalf.
        println!("cargo:rustc-link-arg-bin=photoplay=-Wl,--exclude-libs=ALL");
    }
    embed_model();
    if env::var_os("CARGO_FEATURE_VOICES").is_some() {
        list_voices();
    }
}

/// The tables of the voices, by their names.
fn list_voices() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let voices = root.join("assets/voices/kokoro");
    println!("cargo:rerun-if-changed={}", voices.display());
    let mut files = Vec::new();
    list(&voices, &mut files);
    files.retain(|file| file.extension().is_some_and(|end| end == "bin"));
    files.sort();
    let mut table = String::from("[\n");
    for file in &files {
        let name = file.file_stem().expect("it has a name").to_string_lossy();
        writeln!(
            table,
            "    ({name:?}, include_bytes!({:?}).as_slice()),",
            file.display().to_string()
        )
        .expect("a String takes everything");
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("kokoro_voices.rs"), table).expect("OUT_DIR can be written");
}

fn embed_model() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let model = root.join("models/toy-theatre");
    println!("cargo:rerun-if-changed={}", model.display());
    let mut files = Vec::new();
    list(&model, &mut files);
    files.sort();
    let mut table = String::from("[\n");
    let mut digests = String::from("[\n");
    for file in &files {
        let name = file.strip_prefix(&model).expect("listed below it").display().to_string();
        writeln!(
            table,
            "    ({name:?}, include_bytes!({:?}).as_slice()),",
            file.display().to_string()
        )
        .expect("a String takes everything");
        let digest = blake3::hash(&fs::read(file).expect("a file that was listed"));
        writeln!(digests, "    ({name:?}, {:?}),", digest.as_bytes())
            .expect("a String takes everything");
    }
    table.push(']');
    digests.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("toy_theatre.rs"), table).expect("OUT_DIR can be written");
    fs::write(out.join("toy_theatre_digests.rs"), digests).expect("OUT_DIR can be written");
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}
