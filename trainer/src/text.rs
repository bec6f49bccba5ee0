//! The tokenizer of Toy Theatre: whole words of the world's captions, in the
//! format of T5's tokenizers. Knows words; not what they mean.

use std::collections::BTreeSet;

use photoplay::model::{ModelWords, Slot};
use serde_json::{Value, json};
use tch::Tensor;
use tokenizers::Tokenizer;

use crate::Error;

/// Tokens of a prompt, padding included.
pub(crate) const LENGTH: usize = 32;

/// Rows of the embedding: more than the first world has words.
const VOCABULARY: usize = 256;
/// The same of the second edition.
pub(crate) const SECOND_VOCABULARY: usize = 512;

/// `tokenizer.json`: a unigram model whose pieces are the words.
pub(crate) fn tokenizer_json(words: &ModelWords) -> Result<Value, Error> {
    let slots = [
        &words.subjects,
        &words.places,
        &words.times,
        &words.actions,
        &words.sizes,
        &words.moves,
        &words.weathers,
        &words.colours,
    ];
    let known: BTreeSet<String> = slots
        .into_iter()
        .flat_map(Slot::canonical)
        .flat_map(|canonical| canonical.split_whitespace())
        .map(str::to_owned)
        .chain(["and".to_owned()])
        .collect();
    json_of(known, VOCABULARY)
}

/// `tokenizer.json` of these words, with `rows` pieces.
fn json_of(known: BTreeSet<String>, rows: usize) -> Result<Value, Error> {
    let mut vocabulary = vec![
        json!(["<pad>", 0.0]),
        json!(["</s>", 0.0]),
        json!(["<unk>", 0.0]),
        json!(["\u{2581}", -10.0]),
        json!([".", -2.0]),
        json!([",", -2.0]),
    ];
    vocabulary.extend(known.iter().map(|word| json!([format!("\u{2581}{word}"), -4.0])));
    if vocabulary.len() > rows {
        let count = vocabulary.len();
        return Err(Error::Tokenizer(format!(
            "the world has {count} words; there is room for {rows}"
        )));
    }
    for spare in vocabulary.len()..rows {
        vocabulary.push(json!([format!("<extra_{spare}>"), -20.0]));
    }
    let special = |id: u32, content: &str| {
        json!({
            "id": id, "content": content, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true
        })
    };
    let metaspace = json!({
        "type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "always", "split": true
    });
    let sequence = |id: &str| json!({"Sequence": {"id": id, "type_id": 0}});
    let end = json!({"SpecialToken": {"id": "</s>", "type_id": 0}});
    Ok(json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [special(0, "<pad>"), special(1, "</s>"), special(2, "<unk>")],
        "normalizer": null,
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [sequence("A"), end],
            "pair": [sequence("A"), end, sequence("B"), end],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}
        },
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": 2, "vocab": vocabulary, "byte_fallback": false}
    }))
}

/// The tokenizer of a world.
pub(crate) fn tokenizer(words: &ModelWords) -> Result<Tokenizer, Error> {
    read(tokenizer_json(words)?)
}

/// The tokenizer of these words, with `rows` pieces.
pub(crate) fn tokenizer_of(words: BTreeSet<String>, rows: usize) -> Result<Tokenizer, Error> {
    read(json_of(words, rows)?)
}

fn read(json: Value) -> Result<Tokenizer, Error> {
    serde_json::from_value(json).map_err(|error| Error::Tokenizer(error.to_string()))
}

/// Token numbers and mask of prompts, (B, L) each.
pub(crate) fn tokens(tokenizer: &Tokenizer, prompts: &[&str]) -> Result<(Tensor, Tensor), Error> {
    let (mut ids, mut mask) = (Vec::new(), Vec::new());
    for prompt in prompts {
        let encoding =
            tokenizer.encode(*prompt, true).map_err(|error| Error::Tokenizer(error.to_string()))?;
        let known = encoding.get_ids();
        if known.len() > LENGTH {
            return Err(Error::Tokenizer(format!("`{prompt}` has more than {LENGTH} tokens")));
        }
        ids.extend(known.iter().map(|id| i64::from(*id)));
        ids.resize(ids.len() + LENGTH - known.len(), 0);
        mask.extend((0..LENGTH).map(|index| i64::from(index < known.len())));
    }
    let shape = [prompts.len() as i64, LENGTH as i64];
    Ok((Tensor::from_slice(&ids).reshape(shape), Tensor::from_slice(&mask).reshape(shape)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_world_is_one_token() {
        let words: ModelWords = serde_json::from_str(&crate::stage::words()).expect("well formed");
        let tokenizer = tokenizer(&words).expect("the vocabulary fits");
        let prompt =
            "close-up. red old woman and mammoth. open mouth. scrapyard. dusk, overcast. push in.";
        let encoding = tokenizer.encode(prompt, true).expect("a prompt is text");
        let known = encoding.get_tokens().to_vec();
        let wanted = [
            "▁close-up",
            ".",
            "▁red",
            "▁old",
            "▁woman",
            "▁and",
            "▁mammoth",
            ".",
            "▁open",
            "▁mouth",
            ".",
            "▁scrapyard",
            ".",
            "▁dusk",
            ",",
            "▁overcast",
            ".",
            "▁push",
            "▁in",
            ".",
            "</s>",
        ];
        assert_eq!(known, wanted);
        let (tokens, mask) = tokens(&tokenizer, &[prompt, ""]).expect("it fits");
        assert_eq!(tokens.size(), [2, LENGTH as i64]);
        assert_eq!(mask.sum(tch::Kind::Int64).int64_value(&[]), wanted.len() as i64 + 1);
    }
}
