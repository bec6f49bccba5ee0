//! `model_index.json`: how to use a model's parts together, and which pictures it
//! takes.
//!
//! Knows what the configurations say; does not know the networks.

use serde::Deserialize;

use super::error::Error;
use super::files::{Files, parse, read};

/// `model_index.json`: what the configurations of the parts do not say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ModelIndex {
    /// Library and class of the second expert, or nulls.
    pub transformer_2: (Option<String>, Option<String>),
    /// Where the second expert takes over, as a fraction of the training timesteps.
    pub boundary_ratio: Option<f64>,
    /// Whether latent frames have times of their own (Wan 2.2 TI2V).
    pub expand_timesteps: bool,
}

impl ModelIndex {
    /// A model without the file has one expert and one time.
    pub(super) fn read(files: &Files) -> Result<Self, Error> {
        let file = "model_index.json";
        match read(files, file) {
            Ok(bytes) => parse(files, file, &bytes),
            Err(Error::Missing { .. }) => Ok(Self::default()),
            Err(other) => Err(other),
        }
    }
}

/// Which pictures a model takes besides the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conditioning {
    /// Nothing: it reads the prompt alone.
    Prompt,
    /// It begins with a given frame (Wan 2.2 TI2V).
    FirstFrame,
    /// References, frames to keep and masks (VACE).
    Control,
}

/// `scheduler/scheduler_config.json`, as far as it holds defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ScheduleDefaults {
    #[serde(rename = "_class_name")]
    class_name: String,
    flow_shift: Option<f64>,
    shift: Option<f64>,
}

impl ScheduleDefaults {
    pub(super) fn read(files: &Files) -> Self {
        let file = "scheduler/scheduler_config.json";
        // Loading the model reports what is wrong with it.
        let read = read(files, file).and_then(|bytes| parse(files, file, &bytes));
        read.unwrap_or_default()
    }

    /// Photoplay's name of the class.
    pub(super) fn scheduler(&self) -> &'static str {
        match self.class_name.as_str() {
            "FlowMatchEulerDiscreteScheduler" => "flow_match_euler",
            "DPMSolverMultistepScheduler" => "dpmsolver_multistep",
            _ => "unipc",
        }
    }

    /// The time shift that the model is published with.
    pub(super) fn shift(&self) -> Option<f64> {
        self.flow_shift.or(self.shift)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::*;
    use crate::model::{Model, ModelDefaults};

    fn read(
        index: &Value,
        transformer: &Value,
        scheduler: &Value,
    ) -> (ModelDefaults, Conditioning) {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("model_index.json", index),
            ("transformer/config.json", transformer),
            ("scheduler/scheduler_config.json", scheduler),
        ];
        for (file, content) in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content.to_string()).unwrap();
        }
        let model = Model::open(folder.path()).unwrap();
        assert_eq!(model.index().unwrap().boundary_ratio, index["boundary_ratio"].as_f64());
        (model.defaults.clone(), model.conditioning().unwrap())
    }

    /// Published models bring no settings but their schedule.
    #[test]
    fn published_models_are_known_by_their_configurations() {
        let unipc =
            |shift: f64| json!({ "_class_name": "UniPCMultistepScheduler", "flow_shift": shift });
        let (settings, conditioning) = read(
            &json!({ "boundary_ratio": null }),
            &json!({ "vace_layers": [0, 2] }),
            &unipc(3.0),
        );
        assert_eq!(conditioning, Conditioning::Control);
        assert!(settings.follows_depth(conditioning) && settings.blocking.is_none());
        assert!(!settings.follows_depth(Conditioning::Prompt));
        assert_eq!((settings.width, settings.height, settings.frame_rate), (832, 480, 16));
        assert_eq!((settings.scheduler.as_str(), settings.shift), ("unipc", 3.0));
        assert_eq!(settings.guidance_scale_2, None);

        let index = json!({ "expand_timesteps": true, "boundary_ratio": null });
        let (settings, conditioning) = read(&index, &json!({}), &unipc(5.0));
        assert_eq!(conditioning, Conditioning::FirstFrame);
        assert_eq!((settings.width, settings.height, settings.max_frames), (1280, 704, 121));
        assert_eq!((settings.frame_rate, settings.shift), (24, 5.0));

        let two = json!(["diffusers", "WanTransformer3DModel"]);
        let index = json!({ "boundary_ratio": 0.875, "transformer_2": two });
        let euler = json!({ "_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 8.0 });
        let (settings, conditioning) = read(&index, &json!({}), &euler);
        assert_eq!(conditioning, Conditioning::Prompt);
        assert_eq!((settings.scheduler.as_str(), settings.shift), ("flow_match_euler", 8.0));
        assert_eq!((settings.guidance_scale, settings.guidance_scale_2), (4.0, Some(3.0)));
    }
}
