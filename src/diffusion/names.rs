//! Names of tensors in the authors' own code, which ComfyUI and most adapters also use,
//! and in diffusers.
//!
//! Tables, and how to read them in either direction; knows no files. Note that `norm2`
//! and `norm3` of a block are swapped.

/// How to rename a network's tensors: the authors' names left, those of diffusers
/// right; `*` stands for a number.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// Prefixes that files add to the names of either kind.
    prefixes: &'static [&'static str],
    /// Beginnings of names; the first match counts.
    places: &'static [(&'static str, &'static str)],
    /// What may come next, inside a place.
    inside: &'static [(&'static str, &'static str)],
}

/// The transformer.
pub const TRANSFORMER: Scheme = Scheme {
    prefixes: &["model.diffusion_model.", "diffusion_model.", "transformer.", "model."],
    places: &[
        ("patch_embedding", "patch_embedding"),
        ("vace_patch_embedding", "vace_patch_embedding"),
        ("text_embedding.0", "condition_embedder.text_embedder.linear_1"),
        ("text_embedding.2", "condition_embedder.text_embedder.linear_2"),
        ("time_embedding.0", "condition_embedder.time_embedder.linear_1"),
        ("time_embedding.2", "condition_embedder.time_embedder.linear_2"),
        ("time_projection.1", "condition_embedder.time_proj"),
        ("head.head", "proj_out"),
        ("head.modulation", "scale_shift_table"),
        ("blocks.*", "blocks.*"),
        ("vace_blocks.*", "vace_blocks.*"),
    ],
    inside: &[
        ("self_attn.q", "attn1.to_q"),
        ("self_attn.k", "attn1.to_k"),
        ("self_attn.v", "attn1.to_v"),
        ("self_attn.o", "attn1.to_out.0"),
        ("self_attn", "attn1"),
        ("cross_attn.q", "attn2.to_q"),
        ("cross_attn.k", "attn2.to_k"),
        ("cross_attn.v", "attn2.to_v"),
        ("cross_attn.o", "attn2.to_out.0"),
        ("cross_attn", "attn2"),
        ("norm3", "norm2"),
        ("ffn.0", "ffn.net.0.proj"),
        ("ffn.2", "ffn.net.2"),
        ("modulation", "scale_shift_table"),
        ("before_proj", "proj_in"),
        ("after_proj", "proj_out"),
    ],
};

/// The autoencoders of Wan 2.1, with one flat list of stages, and of 2.2, with nested
/// ones.
pub const VAE: Scheme = Scheme {
    prefixes: &["first_stage_model.", "vae.", "model."],
    places: &[
        ("conv1", "quant_conv"),
        ("conv2", "post_quant_conv"),
        ("encoder.conv1", "encoder.conv_in"),
        ("encoder.head.0", "encoder.norm_out"),
        ("encoder.head.2", "encoder.conv_out"),
        ("encoder.middle.0", "encoder.mid_block.resnets.0"),
        ("encoder.middle.1", "encoder.mid_block.attentions.0"),
        ("encoder.middle.2", "encoder.mid_block.resnets.1"),
        ("encoder.downsamples.*.downsamples.2", "encoder.down_blocks.*.downsampler"),
        ("encoder.downsamples.*.downsamples.*", "encoder.down_blocks.*.resnets.*"),
        ("encoder.downsamples.*", "encoder.down_blocks.*"),
        ("decoder.conv1", "decoder.conv_in"),
        ("decoder.head.0", "decoder.norm_out"),
        ("decoder.head.2", "decoder.conv_out"),
        ("decoder.middle.0", "decoder.mid_block.resnets.0"),
        ("decoder.middle.1", "decoder.mid_block.attentions.0"),
        ("decoder.middle.2", "decoder.mid_block.resnets.1"),
        ("decoder.upsamples.*.upsamples.3", "decoder.up_blocks.*.upsampler"),
        ("decoder.upsamples.*.upsamples.*", "decoder.up_blocks.*.resnets.*"),
        ("decoder.upsamples.0", "decoder.up_blocks.0.resnets.0"),
        ("decoder.upsamples.1", "decoder.up_blocks.0.resnets.1"),
        ("decoder.upsamples.2", "decoder.up_blocks.0.resnets.2"),
        ("decoder.upsamples.3", "decoder.up_blocks.0.upsamplers.0"),
        ("decoder.upsamples.4", "decoder.up_blocks.1.resnets.0"),
        ("decoder.upsamples.5", "decoder.up_blocks.1.resnets.1"),
        ("decoder.upsamples.6", "decoder.up_blocks.1.resnets.2"),
        ("decoder.upsamples.7", "decoder.up_blocks.1.upsamplers.0"),
        ("decoder.upsamples.8", "decoder.up_blocks.2.resnets.0"),
        ("decoder.upsamples.9", "decoder.up_blocks.2.resnets.1"),
        ("decoder.upsamples.10", "decoder.up_blocks.2.resnets.2"),
        ("decoder.upsamples.11", "decoder.up_blocks.2.upsamplers.0"),
        ("decoder.upsamples.12", "decoder.up_blocks.3.resnets.0"),
        ("decoder.upsamples.13", "decoder.up_blocks.3.resnets.1"),
        ("decoder.upsamples.14", "decoder.up_blocks.3.resnets.2"),
    ],
    inside: &[
        ("residual.0", "norm1"),
        ("residual.2", "conv1"),
        ("residual.3", "norm2"),
        ("residual.6", "conv2"),
        ("shortcut", "conv_shortcut"),
    ],
};

/// The text encoder.
pub const TEXT_ENCODER: Scheme = Scheme {
    prefixes: &["text_encoders.umt5xxl.transformer.", "text_encoder.", "transformer.", "model."],
    places: &[
        ("token_embedding", "shared"),
        ("norm", "encoder.final_layer_norm"),
        ("blocks.*", "encoder.block.*"),
    ],
    inside: &[
        ("norm1", "layer.0.layer_norm"),
        ("norm2", "layer.1.layer_norm"),
        ("attn", "layer.0.SelfAttention"),
        ("pos_embedding.embedding", "layer.0.SelfAttention.relative_attention_bias"),
        ("ffn.gate.0", "layer.1.DenseReluDense.wi_0"),
        ("ffn.fc1", "layer.1.DenseReluDense.wi_1"),
        ("ffn.fc2", "layer.1.DenseReluDense.wo"),
    ],
};

impl Scheme {
    /// A name without the prefix of its file.
    pub fn bare<'a>(&self, name: &'a str) -> &'a str {
        self.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
    }

    /// The name in diffusers of the tensor or module with this bare name in the
    /// authors' code; `None` if it has no such name there.
    pub fn in_diffusers(&self, name: &str) -> Option<String> {
        self.renamed(name, |(theirs, ours)| (*theirs, *ours))
    }

    /// The name in the authors' code of the tensor or module with this name in
    /// diffusers.
    pub fn in_authors(&self, name: &str) -> Option<String> {
        self.renamed(name, |(theirs, ours)| (*ours, *theirs))
    }

    fn renamed(
        &self,
        name: &str,
        side: impl Fn(&(&'static str, &'static str)) -> (&'static str, &'static str),
    ) -> Option<String> {
        let (place, rest) =
            self.places.iter().map(&side).find_map(|(from, to)| replaced(name, from, to))?;
        let inside = self.inside.iter().map(&side).find_map(|(from, to)| replaced(rest, from, to));
        let parts = match &inside {
            Some((inside, rest)) => [place.as_str(), inside.as_str(), rest],
            None => [place.as_str(), rest, ""],
        };
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Some(parts.join("."))
    }
}

/// `to` with the numbers at the stars of `from`, and the rest of the name, if the name
/// begins with `from`.
fn replaced<'a>(name: &'a str, from: &str, to: &str) -> Option<(String, &'a str)> {
    let mut rest = name;
    let mut numbers = Vec::new();
    for part in from.split('.') {
        let (next, after) = rest.split_once('.').unwrap_or((rest, ""));
        match part {
            "*" if !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_digit()) => {
                numbers.push(next);
            }
            _ if part != next => return None,
            _ => {}
        }
        rest = after;
    }
    let mut numbers = numbers.into_iter();
    let parts = to.split('.').map(|part| match part {
        "*" => numbers.next().unwrap_or(part),
        _ => part,
    });
    Some((parts.collect::<Vec<_>>().join("."), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_nothing_are_not_renamed() {
        let renamed = |name| TRANSFORMER.in_diffusers(name);
        for name in ["", "blocks", "blocks.x.modulation", "blocks..modulation", "head", "img_emb"] {
            assert_eq!(renamed(name), None, "{name}");
        }
        assert_eq!(renamed("blocks.3.norm3.weight").as_deref(), Some("blocks.3.norm2.weight"));
        assert_eq!(renamed("blocks.3.self_attn.q").as_deref(), Some("blocks.3.attn1.to_q"));
        assert_eq!(TRANSFORMER.bare("model.diffusion_model.head.head.bias"), "head.head.bias");
    }
}
