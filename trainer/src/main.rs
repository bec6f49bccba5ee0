//! Stages scenes and trains Toy Theatre, Photoplay's embedded model.

mod stage;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Stages scenes and trains Toy Theatre, Photoplay's embedded model.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write contact sheets of everything the stage can show
    Sheet {
        /// Folder of the art (the unpacked npm package)
        #[arg(long, value_name = "DIR")]
        art: PathBuf,
        /// Path of the sheets; `-subjects` and so on is added to its stem
        #[arg(long, value_name = "PNG")]
        out: PathBuf,
    },
    /// Print the table of words for the model folder
    Words,
}

fn main() -> Result<(), Box<dyn Error>> {
    match Cli::parse().command {
        Command::Sheet { art, out } => {
            let written = stage::sheet(&stage::Stage::load(&art)?, &out)?;
            for path in written {
                writeln!(std::io::stderr(), "wrote `{}`", path.display())?;
            }
        }
        Command::Words => std::io::stdout().write_all(stage::words().as_bytes())?,
    }
    Ok(())
}
