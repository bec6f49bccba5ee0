//! Writes every script of the repository into a folder, each with a list of the
//! compiler's classes, for the tests of the editors' grammars:
//!
//! ```text
//! cargo run -p tree-sitter-photoplay --example classes FOLDER
//! ```
//!
//! A list has lines `line:first-last class`, lines from 1, bytes from 0; other
//! bytes have no class.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    for script in common::scripts() {
        let name: String = script
            .name
            .rsplit("../../")
            .next()
            .unwrap_or_default()
            .chars()
            .map(
                |letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' },
            )
            .collect();
        fs::write(folder.join(format!("{name}.classes")), list(&script))?;
        fs::write(folder.join(name), &script.text)?;
    }
    Ok(())
}

fn list(script: &common::Script) -> String {
    let classes = common::compiler_classes(script);
    let mut list = String::new();
    let mut start = 0;
    for (row, line) in script.text.split('\n').enumerate() {
        let mut at = 0;
        while at < line.len() {
            let class = &classes[start + at];
            let end = (at..line.len()).find(|byte| &classes[start + byte] != class);
            let end = end.unwrap_or(line.len());
            if let Some(class) = class {
                writeln!(list, "{}:{at}-{end} {class}", row + 1).expect("strings are writable");
            }
            at = end;
        }
        start += line.len() + 1;
    }
    list
}
