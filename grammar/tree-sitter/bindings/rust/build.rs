//! Builds the parser and its scanner.

use std::env;
use std::path::PathBuf;

fn main() {
    let mut build = cc::Build::new();
    build.std("c11").include("src").flag_if_supported("-Wno-unused");
    for file in ["parser.c", "scanner.c"] {
        build.file(format!("src/{file}"));
    }
    println!("cargo:rerun-if-changed=src");
    build.compile("tree-sitter-photoplay");
    // The tests compare with the compiler, which has libtorch beside it when
    // the whole workspace is tested.
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if let Some(libtorch) = env::var_os("LIBTORCH")
        && let Ok(lib) = PathBuf::from(libtorch).join("lib").canonicalize()
    {
        println!("cargo:rustc-link-arg-tests=-Wl,-rpath,{}", lib.display());
    }
}
