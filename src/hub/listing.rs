//! What a hub says of a repository, and which of its files Photoplay needs.

use std::path::Path;

use serde::Deserialize;

use crate::model::NETWORKS;

/// What a hub says of a repository.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Listing {
    pub(super) sha: String,
    pub(super) siblings: Vec<Sibling>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sibling {
    pub(super) rfilename: String,
    pub(super) size: Option<u64>,
    pub(super) lfs: Option<LargeFile>,
    /// Git's name of its content: for a large file, of what stands in its place.
    #[serde(rename = "blobId")]
    pub(super) git_name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LargeFile {
    pub(super) sha256: String,
}

/// The files of a repository that Photoplay reads: configurations, the tokenizer,
/// and weights as safetensors in one variant.
pub(super) fn needed(siblings: Vec<Sibling>) -> Vec<Sibling> {
    let names: Vec<String> = siblings.iter().map(|sibling| sibling.rfilename.clone()).collect();
    let stem =
        |folder: &str| NETWORKS.iter().find(|(name, _)| *name == folder).map(|(_, stem)| *stem);
    let regular = |folder: &str, name: &str| {
        let rest = stem(folder).and_then(|stem| name.strip_prefix(stem));
        rest.is_some_and(|rest| rest.starts_with(".safetensors") || rest.starts_with('-'))
    };
    let read = |file: &str| match file.split_once('/') {
        None => file == "model_index.json" || file.starts_with("LICENSE"),
        Some(("scheduler" | "tokenizer", name)) => {
            Path::new(name).extension().is_some_and(|end| end == "json") && !name.contains('/')
        }
        Some((folder, "config.json")) => stem(folder).is_some(),
        Some((folder, name)) if stem(folder).is_some() && !name.contains('/') => {
            let weights =
                name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
            let others = || names.iter().filter_map(|other| other.split_once('/'));
            let has_regular = others().any(|(of, other)| of == folder && regular(folder, other));
            weights && (regular(folder, name) || !has_regular)
        }
        Some(_) => false,
    };
    siblings.into_iter().filter(|sibling| read(&sibling.rfilename)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_variant_of_weights_is_needed_and_no_pickle() {
        let all = [
            "README.md",
            "model_index.json",
            "LICENSE.txt",
            "photo.png",
            "transformer/config.json",
            "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
            "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
            "transformer/diffusion_pytorch_model.safetensors.index.json",
            "transformer/diffusion_pytorch_model.fp16.safetensors",
            "transformer/diffusion_pytorch_model.bin",
            "vae/only.fp16.safetensors",
            "vae/model.pt",
            "tokenizer/tokenizer.json",
            "tokenizer/spiece.model",
            "image_encoder/model.safetensors",
            "text_encoder/model.safetensors",
            "scheduler/scheduler_config.json",
            "other.safetensors",
            "transformer/x/y.safetensors",
        ];
        let sibling = |name: &&str| Sibling {
            rfilename: (*name).to_owned(),
            size: None,
            lfs: None,
            git_name: None,
        };
        let needed = needed(all.iter().map(sibling).collect());
        let names: Vec<&str> = needed.iter().map(|sibling| sibling.rfilename.as_str()).collect();
        let expected = [
            "model_index.json",
            "LICENSE.txt",
            "transformer/config.json",
            "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
            "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
            "transformer/diffusion_pytorch_model.safetensors.index.json",
            "vae/only.fp16.safetensors",
            "tokenizer/tokenizer.json",
            "text_encoder/model.safetensors",
            "scheduler/scheduler_config.json",
        ];
        assert_eq!(names, expected);
    }
}
