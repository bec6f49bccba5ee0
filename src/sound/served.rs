//! An engine that is a server and speaks as `OpenAI`'s does: `POST /v1/audio/speech`.
//!
//! Knows HTTP and JSON; does not know what is said.

use std::env;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use ureq::Agent;

use super::engines::{EngineFault, EngineReach, MOST_BYTES, ToldWord};
use super::speech::SpeechRecipe;

/// What a server says that tells when words are heard.
#[derive(Debug, Deserialize)]
struct Captioned {
    audio: String,
    #[serde(default)]
    timestamps: Vec<ToldWord>,
}

/// What a server sends for a line, and the times of its words if it tells them.
pub(super) fn ask(
    reach: EngineReach<'_>,
    recipe: &SpeechRecipe,
    seconds: u64,
) -> Result<(Vec<u8>, Vec<ToldWord>), EngineFault> {
    let EngineReach::Server { base, path, model, key, fields } = reach else {
        return Err(EngineFault::Always("it is no server".to_owned()));
    };
    let config = Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(seconds)))
        .user_agent(concat!("photoplay/", env!("CARGO_PKG_VERSION")))
        .build();
    let mut request = Agent::new_with_config(config)
        .post(format!("{base}{path}"))
        .header("Content-Type", "application/json");
    if let Some(variable) = key {
        let secret = env::var(variable).map_err(|_| {
            EngineFault::Always(format!("its key is not in the environment: set {variable}"))
        })?;
        request = request.header("Authorization", format!("Bearer {}", secret.trim()));
    }
    let unreachable =
        |why: ureq::Error| EngineFault::Always(format!("`{base}` does not answer: {why}"));
    let body = order(recipe, model, fields).to_string();
    let mut answer = request.send(body).map_err(unreachable)?;
    let status = answer.status();
    let bytes = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
    let bytes = bytes.map_err(unreachable)?;
    if !status.is_success() {
        let said: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
        let reason = format!("`{base}` answered {status}: {}", said.trim());
        // A line may be wrong; a key, an address or a model is wrong for all.
        let always = matches!(status.as_u16(), 300..=399 | 401 | 403 | 404 | 405);
        return Err(if always { EngineFault::Always(reason) } else { EngineFault::Line(reason) });
    }
    match serde_json::from_slice::<Captioned>(&bytes) {
        Ok(Captioned { audio, timestamps }) => {
            let audio = BASE64_STANDARD.decode(audio.trim());
            let wrong = |_| EngineFault::Line("its `audio` is no base64".to_owned());
            Ok((audio.map_err(wrong)?, timestamps))
        }
        Err(_) => Ok((bytes, Vec::new())),
    }
}

/// The order for a line; what the user tells besides overrules it.
fn order(recipe: &SpeechRecipe, model: Option<&str>, fields: &Map<String, Value>) -> Value {
    let SpeechRecipe { engine: _, voice, text, speed, manner } = recipe;
    let mut order = json!({
        "input": text,
        "voice": voice.to_string(),
        "response_format": "wav",
        "speed": f64::from(*speed) / 100.0,
    });
    if let Some(model) = model {
        order["model"] = model.into();
    }
    if !manner.is_empty() {
        order["instructions"] = manner.as_str().into();
    }
    for (field, value) in fields {
        order[field] = value.clone();
    }
    order
}
