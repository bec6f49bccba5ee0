//! Why a model cannot be loaded or a clip cannot be made.

use std::io;
use std::path::PathBuf;

use tch::Kind;

use crate::model;

/// Why latents are not finite, most likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotFiniteCause {
    /// Embeddings of a prompt are not finite.
    #[error(
        "the text encoder's output for the prompt is not finite; its weights are damaged, or were stored as f16, which it overflows"
    )]
    Prompt,
    /// Latents of pictures are not finite.
    #[error(
        "the autoencoder's output for the given pictures is not finite; its weights are damaged"
    )]
    Pictures,
    /// The velocity is not finite.
    #[error(
        "the transformer's output is not finite; its weights or its adapters are damaged, or overflow {0:?}"
    )]
    Transformer(Kind),
    /// The velocity was finite.
    #[error(
        "the steps are too long for the model; more steps, less guidance or another shift may help"
    )]
    Schedule,
}

/// A failure of the networks or of their files.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the model is missing or not understood.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// Weights cannot be mapped.
    #[error("cannot read the weights `{path}`", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A tensor cannot be cached.
    #[error("cannot write `{path}`", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Tensors cannot be made into a safetensors file.
    #[error("`{file}` cannot be stored as safetensors")]
    Serialise {
        /// What was to be stored.
        file: String,
        /// Why.
        #[source]
        source: safetensors::SafeTensorError,
    },
    /// A configuration is not what it should be.
    #[error("`{file}` is not understood")]
    Config {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The tokenizer cannot be used.
    #[error("`{file}` is not a tokenizer: {reason}")]
    Tokenizer {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The architecture needs a tensor that no file has.
    #[error("`{file}` has no tensor `{name}`")]
    MissingTensor {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
    },
    /// A tensor has another shape than the configuration says.
    #[error(
        "tensor `{name}` of `{file}` has shape {found:?} where the configuration says {expected:?}"
    )]
    Shape {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// What the configuration says.
        expected: Vec<i64>,
        /// What the file holds.
        found: Vec<i64>,
    },
    /// A tensor has a number format that weights do not have.
    #[error(
        "tensor `{name}` of `{file}` is stored as {found}; weights are f32, bf16, f16 or fp8 (e4m3fn)"
    )]
    Dtype {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// What the file holds.
        found: String,
    },
    /// The file has a tensor that the architecture does not ask for.
    #[error("`{file}` has a tensor `{name}` that its configuration has no place for")]
    UnexpectedTensor {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
    },
    /// Two tensors stand for one.
    #[error(
        "`{file}` has a tensor `{name}` that is there already under another name or in another file"
    )]
    Twice {
        /// The file.
        file: String,
        /// The second of them.
        name: String,
    },
    /// A file scales a weight that it does not hold.
    #[error("`{file}` has a scale `{name}`, but no file has the weight `{weight}`")]
    LonelyScale {
        /// The file.
        file: String,
        /// The scale.
        name: String,
        /// The weight, by its name in diffusers.
        weight: String,
    },
    /// Two tensors scale one weight.
    #[error("`{file}` has a scale `{name}`, but `{other}` scales the weight `{weight}` already")]
    SecondScale {
        /// The file.
        file: String,
        /// The second scale.
        name: String,
        /// The first scale.
        other: String,
        /// The weight, by its name in diffusers.
        weight: String,
    },
    /// A tensor is in another file than its index says.
    #[error("`{index}` puts tensor `{name}` in {listed}, but it is in `{found}`")]
    Misplaced {
        /// The index.
        index: String,
        /// The tensor.
        name: String,
        /// Where the index puts it, in words.
        listed: String,
        /// The shard that has it.
        found: String,
    },
    /// An adapter cannot be merged.
    #[error("the adapter `{file}` {what}")]
    Adapter {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The configuration asks for something that these networks do not do.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// The request contradicts itself or the model.
    #[error("{0}")]
    Request(String),
    /// Latents became infinite or not a number.
    #[error("a latent is not finite at step {step} of {of}: {cause}")]
    NotFinite {
        /// Steps done, counting from one.
        step: u32,
        /// Of how many.
        of: u32,
        /// The most likely cause.
        cause: NotFiniteCause,
    },
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// Memory ran out.
    #[error(
        "there is too little memory ({0}): close other programs, load the networks to a graphics card in parts (`--vram 8G`), make the picture smaller (`width`, `height` in the model's `photoplay.json`), or take a smaller model; finished latents are kept"
    )]
    Memory(String),
    /// libtorch failed.
    #[error("libtorch: {0}")]
    Torch(String),
}
