//! Builds the parser and its scanner.

fn main() {
    let mut build = cc::Build::new();
    build.std("c11").include("src").flag_if_supported("-Wno-unused");
    for file in ["parser.c", "scanner.c"] {
        build.file(format!("src/{file}"));
    }
    println!("cargo:rerun-if-changed=src");
    build.compile("tree-sitter-photoplay");
}
