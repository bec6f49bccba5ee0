//! `photoplay.json`: the defaults of a model.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::adapter::AdapterFile;
use super::error::Error;
use super::files::{Files, describe};
use super::index::{Conditioning, ModelIndex, ScheduleDefaults};

/// `photoplay.json`: defaults that belong to a model but to no diffusers config.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelDefaults {
    /// What people call the model, e.g. `Toy Theatre`.
    pub name: String,
    /// Prompt template in `stdlib/prompts/`, e.g. `toy-theatre` or `wan`.
    pub prompt_template: String,
    /// Width of a take in pixels.
    pub width: u32,
    /// Height of a take in pixels.
    pub height: u32,
    /// Native frames per second.
    pub frame_rate: u32,
    /// Most frames of one take; 4k+1.
    pub max_frames: u32,
    /// Denoising steps.
    pub steps: u32,
    /// Classifier-free guidance scale; 1 or less runs the conditional branch alone.
    pub guidance_scale: f64,
    /// Guidance scale of the expert for little noise, if a model has two; that of the
    /// other if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance_scale_2: Option<f64>,
    /// Scheduler by its diffusers name: `unipc`, `dpmsolver_multistep` or
    /// `flow_match_euler`.
    pub scheduler: String,
    /// Time shift of the flow schedule.
    pub shift: f64,
    /// Tokens that the text encoder takes, including padding.
    pub text_length: usize,
    /// What to steer away from if the script does not say.
    #[serde(default)]
    pub negative_prompt: String,
    /// The licence as an SPDX expression.
    pub licence: String,
    /// Files of weights with other names than diffusers', by network:
    /// `{"transformer": "wan2.1_vace_1.3B_fp16.safetensors"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, String>,
    /// Low-rank adapters that are part of the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapters: Vec<AdapterFile>,
    /// How the model sees a blocking; `None` if it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocking: Option<ControlSignal>,
    /// Whether these are the defaults of a published checkpoint without `photoplay.json`.
    #[serde(skip)]
    pub published: bool,
    /// The most people and things that it learned to show at once; `None` if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_subjects: Option<usize>,
    /// How the stills of a story reel are made; without it, the model makes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reel: Option<ReelDefaults>,
}

/// How Photoplay draws a blocking for a model that learned to follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlSignal {
    /// How far everything is from the camera.
    Depth,
}

/// How a model makes the stills of a story reel: sets with nobody in them, and every figure
/// alone in one set at two hours, whose difference separates the figure from the set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReelDefaults {
    /// Whether a film of the model is its story reel, unless its script or its writer asks
    /// for takes of the network.
    #[serde(default)]
    pub finished: bool,
    /// The place of figures that are alone, in the model's words: a plain one without light
    /// of its own.
    pub ground: String,
    /// The two hours: bright, and dark.
    pub times: [String; 2],
    /// How much of the bright hour's red and green the dark hour has, for the set and for
    /// figures.
    pub night_share: [f32; 2],
    /// The colour (red, green, blue) of the place of single figures, if it is a colour that
    /// no figure has. Then the bright hour is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<[u8; 3]>,
    /// Width and height of a set in pixels; wider than a take, for cameras that move.
    pub plate: [u32; 2],
    /// Where the floor of a set begins and ends on its still, as shares of the height.
    pub floor: [f32; 2],
    /// The same by place, for figures on its water.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub water: BTreeMap<String, [f32; 2]>,
    /// Words for several people in one picture, e.g. `crowd`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<String>,
    /// The light of the times of day on people: a factor of red, green and blue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub light: BTreeMap<String, [f32; 3]>,
    /// Where the mouths of figures that speak are on a still of the whole figure: the
    /// middle in shares of its width and height, and the reach to one side in shares of its
    /// height.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mouths: BTreeMap<String, [f32; 3]>,
}

impl ModelDefaults {
    /// The defaults of published Wan checkpoints, which have no `photoplay.json`:
    /// sizes, steps and guidance of the reference code and of diffusers' examples, the
    /// schedule of the model's own configuration.
    pub(super) fn published(files: &Files) -> Self {
        let index = ModelIndex::read(files).unwrap_or_default();
        let schedule = ScheduleDefaults::read(files);
        let name = match files {
            Files::Embedded => None,
            Files::Folder(folder) => folder.canonicalize().ok(),
        };
        let name = name.as_deref().and_then(Path::file_name);
        let defaults = Self {
            name: name.map_or_else(|| describe(files), |name| name.to_string_lossy().into_owned()),
            prompt_template: "wan".to_owned(),
            width: 832,
            height: 480,
            frame_rate: 16,
            max_frames: 81,
            steps: 30,
            guidance_scale: 5.0,
            guidance_scale_2: None,
            scheduler: schedule.scheduler().to_owned(),
            shift: schedule.shift().unwrap_or(3.0),
            text_length: 512,
            negative_prompt: NEGATIVE_PROMPT.to_owned(),
            licence: "see the model's own folder".to_owned(),
            weights: BTreeMap::new(),
            adapters: Vec::new(),
            blocking: None,
            published: true,
            most_subjects: None,
            reel: None,
        };
        if index.expand_timesteps {
            // Wan 2.2 TI2V-5B.
            let (width, height, frame_rate, max_frames) = (1280, 704, 24, 121);
            return Self { width, height, frame_rate, max_frames, steps: 50, ..defaults };
        }
        if index.boundary_ratio.is_some() {
            // Wan 2.2 A14B.
            let guidance_scale_2 = Some(3.0);
            return Self { steps: 40, guidance_scale: 4.0, guidance_scale_2, ..defaults };
        }
        defaults
    }

    /// Whether takes can follow the depth of a blocking. VACE's published checkpoints were
    /// trained on depth, and have no `photoplay.json` that says so.
    pub fn follows_depth(&self, conditioning: Conditioning) -> bool {
        let trained = self.published || self.blocking == Some(ControlSignal::Depth);
        trained && conditioning == Conditioning::Control
    }

    /// Fails if a size or count is zero, or the text is longer than a network reads.
    pub(super) fn check(&self, files: &Files) -> Result<(), Error> {
        let counts = [
            ("width", self.width, u32::MAX),
            ("height", self.height, u32::MAX),
            ("frame_rate", self.frame_rate, u32::MAX),
            ("max_frames", self.max_frames, u32::MAX),
            ("steps", self.steps, u32::MAX),
            (
                "reel.plate",
                self.reel.as_ref().map_or(1, |reel| reel.plate[0].min(reel.plate[1])),
                4096,
            ),
            ("text_length", u32::try_from(self.text_length).unwrap_or(u32::MAX), 1 << 16),
        ];
        match counts.into_iter().find(|(_, count, most)| *count == 0 || count > most) {
            Some((name, value, _)) => {
                Err(Error::Value { model: describe(files), name, value: value.into() })
            }
            None => Ok(()),
        }
    }
}

/// A short form of the negative prompt that published Wan checkpoints were tuned with.
const NEGATIVE_PROMPT: &str = "overexposed, static, blurred details, subtitles, worst quality, low quality, JPEG artefacts, ugly, deformed, extra fingers, poorly drawn hands, poorly drawn face, fused fingers, still picture, cluttered background, three legs, walking backwards";
