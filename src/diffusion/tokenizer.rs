//! Turns prompts into token numbers by the model's `tokenizer.json`.
//!
//! Knows the file; does not know what a prompt is about.

use htmlize::unescape;
use tch::Tensor;
use tokenizers::Tokenizer as Inner;
use unicode_normalization::UnicodeNormalization as _;

use super::Error;
use super::TextEncoderConfig;

/// A tokenizer that pads to one length.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    inner: Inner,
    length: usize,
    eos: u32,
    pad: i64,
}

impl Tokenizer {
    /// Reads the bytes of `tokenizer.json`.
    pub(crate) fn new(
        bytes: &[u8],
        config: &TextEncoderConfig,
        length: usize,
    ) -> Result<Self, Error> {
        let failed = |reason: String| Error::Tokenizer {
            file: "tokenizer/tokenizer.json".to_owned(),
            reason,
        };
        let mut inner = Inner::from_bytes(bytes).map_err(|error| failed(error.to_string()))?;
        inner.with_truncation(None).map_err(|error| failed(error.to_string()))?;
        inner.with_padding(None);
        let known = inner.get_vocab_size(true) as i64;
        if known > config.vocab_size {
            return Err(failed(format!(
                "it has {known} tokens where the text encoder knows {}",
                config.vocab_size
            )));
        }
        if length < 2 {
            return Err(failed(format!("a text length of {length} leaves no room for words")));
        }
        let eos = u32::try_from(config.eos_token_id)
            .map_err(|_| failed(format!("{} is not a token", config.eos_token_id)))?;
        if inner.id_to_token(eos).is_none() {
            return Err(failed(format!("it has no token {eos}, which ends a prompt")));
        }
        Ok(Self { inner, length, eos, pad: config.pad_token_id })
    }

    /// Tokens and mask of a prompt, both (1, length). Cleans the prompt, truncates it
    /// to the length and marks its end.
    pub(crate) fn encode(&self, prompt: &str) -> Result<(Tensor, Tensor), Error> {
        let encoding =
            self.inner.encode(clean(prompt), true).map_err(|error| Error::Tokenizer {
                file: "tokenizer/tokenizer.json".to_owned(),
                reason: error.to_string(),
            })?;
        let mut ids = encoding.get_ids().to_vec();
        if ids.last() == Some(&self.eos) {
            ids.pop();
        }
        ids.truncate(self.length - 1);
        ids.push(self.eos);
        let mut tokens: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let mut mask = vec![1i64; tokens.len()];
        tokens.resize(self.length, self.pad);
        mask.resize(self.length, 0);
        Ok((Tensor::from_slice(&tokens).unsqueeze(0), Tensor::from_slice(&mask).unsqueeze(0)))
    }
}

/// Cleans a prompt as `prompt_clean` of diffusers' Wan pipelines does: plain
/// typography, HTML entities resolved twice, whitespace collapsed.
fn clean(prompt: &str) -> String {
    let plain = unescape(unescape(plain(prompt))).into_owned();
    // Python counts the ASCII separators as whitespace; Unicode does not.
    let space = |letter: char| letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter);
    plain.split(space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Does what ftfy 6.3's `fix_text` does, except for repairing text that was decoded
/// wrongly: straightens quotes, splits ligatures, replaces letters of full and half
/// width by usual ones, removes what controls a terminal, and applies NFC.
fn plain(prompt: &str) -> String {
    // Text with a tag may mean its entities literally; `clean` resolves them later.
    let resolved = if prompt.contains('<') { prompt.into() } else { unescape(prompt) };
    let mut plain = String::with_capacity(resolved.len());
    for letter in resolved.chars() {
        match letter {
            '\u{0}'..='\u{8}'
            | '\u{b}'
            | '\u{e}'..='\u{1f}'
            | '\u{7f}'
            | '\u{206a}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffc}' => {}
            '\u{2bc}' | '\u{2018}'..='\u{201b}' => plain.push('\''),
            '\u{201c}'..='\u{201f}' => plain.push('"'),
            'ŉ' => plain.push_str("'n"),
            'ﬅ' => plain.push_str("ſt"),
            // Digraphs of Dutch and Serbian, ligatures, full and half width.
            'Ĳ'
            | 'ĳ'
            | 'Ǆ'..='ǌ'
            | 'Ǳ'..='ǳ'
            | 'ﬀ'..='ﬆ'
            | '\u{ff01}'..='\u{ffef}'
            | '\u{3000}' => {
                plain.extend(std::iter::once(letter).nfkc());
            }
            letter => plain.push(letter),
        }
    }
    plain.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_cleaned_as_diffusers_does() {
        let cases = [
            ("  a fox\n\tand  a bear ", "a fox and a bear"),
            ("a fox &amp; a bear", "a fox & a bear"),
            ("Fish &amp;amp; Chips", "Fish & Chips"),
            ("a&nbsp;red\u{1f}fox", "a redfox"),
            (
                "&#8220;Ahoy&#x201d; &lt;she&gt; &copy &notit; &nothing;",
                r#""Ahoy" <she> © ¬it; ¬hing;"#,
            ),
            (
                "“It’s ﬁne,” she said in Cafe\u{301} Ｎｏ． ９",
                r#""It's fine," she said in Café No. 9"#,
            ),
            ("&#8220;a <b> tag&#8221;", "“a <b> tag”"),
            ("Ǆep ĲSSEL ŉ ﬅ ｶﾞ\u{3000}é", "DŽep IJSSEL 'n ſt ガ é"),
            ("rum & cola; R&D", "rum & cola; R&D"),
        ];
        for (prompt, cleaned) in cases {
            assert_eq!(clean(prompt), cleaned, "{prompt}");
        }
    }
}
