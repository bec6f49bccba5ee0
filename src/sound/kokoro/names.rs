//! Reads words that no dictionary has, names above all, letter by letter with a small
//! net (Hibari's, Apache-2.0).
//!
//! Knows one word; does not know its sentence.

use std::sync::{Mutex, PoisonError};

use misaki_rs::Fallback;
use misaki_rs::fallback::FallbackError;
use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;
use serde::Deserialize;

use crate::breakdown::language::speakers::Accent;

/// The letters that a net reads and the phonemes it answers with.
#[derive(Debug, Deserialize)]
struct Letters {
    #[serde(rename = "in")]
    read: Vec<String>,
    #[serde(rename = "out")]
    spoken: Vec<String>,
    #[serde(rename = "maxlen")]
    longest: usize,
}

/// A net with its letters.
pub(super) struct NameReader {
    letters: Letters,
    net: Mutex<Session>,
}

/// The nets, American and British, with their letters.
const NETS: [(&[u8], &str); 2] = [
    (
        include_bytes!("../../../assets/voices/names/oov.onnx"),
        include_str!("../../../assets/voices/names/oov.json"),
    ),
    (
        include_bytes!("../../../assets/voices/names/oov_gb.onnx"),
        include_str!("../../../assets/voices/names/oov_gb.json"),
    ),
];

impl NameReader {
    pub(super) fn new(runtime: &Environment, accent: Accent) -> Result<Self, String> {
        let (net, letters) = NETS[usize::from(accent == Accent::British)];
        let letters = serde_json::from_str(letters).expect("the table is embedded and tested");
        let net = Session::builder(runtime)
            .and_then(|mut builder| builder.commit_from_memory(net))
            .map_err(|why| why.to_string())?;
        Ok(Self { letters, net: Mutex::new(net) })
    }

    /// The phonemes of a word: of the net's answers, repetitions and blanks count once.
    fn read(&self, word: &str) -> Result<String, ort::Error> {
        let number = |letter: char| {
            let mut known = self.letters.read.iter();
            known.position(|known| known.chars().eq([letter])).map(|at| at as i64 + 1)
        };
        let numbers: Vec<i64> = word.chars().filter_map(number).collect();
        let mut spoken = String::new();
        let mut net = self.net.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in numbers.chunks(self.letters.longest.max(1)) {
            let letters = Tensor::from_array(([1, piece.len()], piece.to_vec()))?;
            let answer = net.run(ort::inputs!["chars" => letters])?;
            let (_, answer) = answer["ids"].try_extract_tensor::<i64>()?;
            let mut before = 0;
            for id in answer {
                if *id != before && *id > 0 {
                    spoken.extend(self.letters.spoken.get(*id as usize - 1).map(String::as_str));
                }
                before = *id;
            }
        }
        Ok(spoken)
    }
}

impl Fallback for NameReader {
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        // A word in another script has no letter that a net knows, and is left out.
        Ok(self.read(word).unwrap_or_default())
    }
}
