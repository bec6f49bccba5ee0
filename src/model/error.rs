//! Why a model cannot be used.

use std::io;
use std::path::PathBuf;

use super::header;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the model cannot be read.
    #[error("cannot read `{path}` of the model", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A link of the shelf leads to a folder that is no longer there.
    #[error("the model `{}` is a link to `{}`, which is gone", link.display(), target.display())]
    Gone {
        /// The link.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A configuration is not what it should be.
    #[error("`{file}` of the model `{model}` is not understood")]
    Config {
        /// The file's name.
        file: String,
        /// The model.
        model: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A number of `photoplay.json` makes no sense.
    #[error("`photoplay.json` of the model `{model}` has `{name}` {value}")]
    Value {
        /// The model.
        model: String,
        /// The number's name.
        name: &'static str,
        /// The number.
        value: u64,
    },
    /// A file the layout requires is missing.
    #[error("the model `{model}` has no `{file}`")]
    Missing {
        /// The model.
        model: String,
        /// The file.
        file: String,
    },
    /// A folder holds several files of weights, none of which is the one.
    #[error(
        "the model `{model}` has several files of weights in `{folder}` ({}); name one in `weights` of `photoplay.json`",
        files.join(", ")
    )]
    Several {
        /// The model.
        model: String,
        /// The network's folder.
        folder: String,
        /// The files.
        files: Vec<String>,
    },
    /// Weights in a format that can run programs.
    #[error(
        "`{file}` of the model `{model}` is a pickle, which could run any program; take the `.safetensors` of the same name"
    )]
    Pickle {
        /// The model.
        model: String,
        /// The file.
        file: String,
    },
    /// An index names a shard that is not there.
    #[error("`{index}` names `{shard}`, which is not there")]
    MissingShard {
        /// The index.
        index: String,
        /// The shard.
        shard: String,
    },
    /// An index names no shard at all.
    #[error("`{index}` names no file")]
    EmptyIndex {
        /// The index.
        index: String,
    },
    /// A file of the model names one that would lie elsewhere.
    #[error("`{by}` names `{named}`, which would lie outside of its folder")]
    Outside {
        /// The file that names it.
        by: String,
        /// What it names.
        named: String,
    },
    /// There is no such adapter.
    #[error("there is no adapter `{file}`", file = file.display())]
    MissingAdapter {
        /// Where it was looked for first.
        file: PathBuf,
    },
    /// What a script adds to a model's name.
    #[error(
        "`+ {words}` after a model's name is not understood: write `+ lora FILE` or `+ lora FILE 0.8`"
    )]
    Added {
        /// The words.
        words: String,
    },
    /// A file of weights is not what it should be.
    #[error("`{file}` is damaged or cut short")]
    Damaged {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: header::Error,
    },
}
