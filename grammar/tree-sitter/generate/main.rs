//! Writes `src/parser.c` out of `grammar.js`. Needs Node.
//!
//! ```text
//! cargo run --manifest-path grammar/tree-sitter/generate/Cargo.toml [OUT]
//! ```

use std::path::Path;
use std::process::ExitCode;

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// What Emacs 29, Neovim 0.7 and all later editors read.
const ABI: usize = 14;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it lies in the grammar");
    let out = std::env::args_os().nth(1);
    let mut remarks = Vec::new();
    let generated = generate_parser_in_directory(
        root,
        Some(out.map_or_else(|| root.join("src"), Into::into)),
        Some(root.join("grammar.js")),
        ABI,
        None,
        Some("node"),
        true,
        OptLevel::default(),
        &mut remarks,
    );
    match generated {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
