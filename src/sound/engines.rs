//! Users' own engines: what a file of the engines' folder says of one, and the voice
//! takes that it makes. A script only names an engine; what runs on this machine, this
//! machine decides.
//!
//! Knows files and bytes of sound; does not know films.

use std::env;
use std::fs;
use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::remote;
use crate::breakdown::description::Sex;
use crate::breakdown::language::speakers::{Speakers, VoiceBlend};

/// Names the folder of the engines instead of the one in the user's data.
pub(crate) const FOLDER_VARIABLE: &str = "PHOTOPLAY_ENGINES";

/// Where an engine answers that speaks as `OpenAI`'s does.
const PATH: &str = "/v1/audio/speech";

/// Seconds that a line may take.
#[cfg(feature = "ffmpeg")]
const SECONDS: u64 = 120;

/// An engine of the user's, from `NAME.yaml` in the engines' folder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnEngine {
    /// Its name.
    pub name: String,
    file: EngineFile,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct EngineFile {
    /// A program and its arguments: the words come on its standard input, sound leaves it
    /// on its standard output.
    command: Vec<String>,
    /// The address of a server.
    server: Option<String>,
    path: Option<String>,
    model: Option<String>,
    /// The environment variable that holds its key.
    key: Option<String>,
    /// What else is told to the server.
    fields: Map<String, Value>,
    /// Names of its voices.
    voices: IndexMap<Sex, Vec<String>>,
    licence: Option<String>,
    /// Of the engine: lines are spoken again when it changes.
    version: Option<Value>,
    /// The most seconds that a line may take.
    seconds: Option<u64>,
}

/// The most bytes of an answer.
#[cfg(feature = "ffmpeg")]
pub(super) const MOST_BYTES: u64 = 1 << 26;

/// Why an engine does not speak.
#[cfg(feature = "ffmpeg")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EngineFault {
    /// It cannot say this line.
    Line(String),
    /// It can say none.
    Always(String),
}

/// A word and its time as a server tells them.
#[cfg(feature = "ffmpeg")]
#[derive(Debug, Deserialize)]
pub(super) struct ToldWord {
    pub word: String,
    pub start_time: f64,
    pub end_time: f64,
}

/// How an engine is reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum EngineReach<'a> {
    /// A program with its arguments.
    Command(&'a [String]),
    /// A server.
    Server {
        /// Where it is asked.
        base: &'a str,
        /// What is asked there.
        path: &'a str,
        /// Its model.
        model: Option<&'a str>,
        /// The environment variable that holds its key.
        key: Option<&'a str>,
        /// What else it is told.
        fields: &'a Map<String, Value>,
    },
}

/// The folder of the engines.
pub(crate) fn folder() -> PathBuf {
    let named = env::var_os(FOLDER_VARIABLE).map(PathBuf::from);
    named.unwrap_or_else(|| remote::folder().with_file_name("engines"))
}

impl OwnEngine {
    /// The engine of a name; why there is none.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
        if name.starts_with('.') || !name.chars().all(plain) {
            return Err(format!("`{name}` is no name of an engine"));
        }
        let path = folder().join(format!("{name}.yaml"));
        let text = fs::read_to_string(&path)
            .map_err(|_| format!("there is no engine `{name}`: no file `{}`", path.display()))?;
        let wrong = |what: String| format!("the engine `{name}`: {what} in `{}`", path.display());
        let file: EngineFile = serde_yaml::from_str(&text).map_err(|why| wrong(why.to_string()))?;
        if file.command.is_empty() == file.server.is_none() {
            return Err(wrong("there must be either a `command` or a `server`".to_owned()));
        }
        Ok(Self { name: name.to_owned(), file })
    }

    /// How it is reached.
    pub(crate) fn reach(&self) -> EngineReach<'_> {
        let EngineFile { command, server, path, model, key, fields, .. } = &self.file;
        match server {
            None => EngineReach::Command(command),
            Some(server) => EngineReach::Server {
                base: server.trim_end_matches('/'),
                path: path.as_deref().unwrap_or(PATH),
                model: model.as_deref(),
                key: key.as_deref(),
                fields,
            },
        }
    }

    /// The most seconds that a line may take.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn seconds(&self) -> u64 {
        self.file.seconds.unwrap_or(SECONDS)
    }

    /// Its name, and its licence if that is known.
    pub(crate) fn title(&self) -> String {
        match &self.file.licence {
            Some(licence) => format!("{} ({licence})", self.name),
            None => format!("{} (licence not told)", self.name),
        }
    }

    /// Whether it is told how a line is spoken.
    pub(crate) fn hears_manner(&self) -> bool {
        match self.reach() {
            EngineReach::Command(words) => words.iter().any(|word| word.contains("{manner}")),
            EngineReach::Server { .. } => true,
        }
    }

    /// Its voice for somebody whom the default engine's voice fits: one of those for a
    /// woman or a man, always the same.
    pub(crate) fn voice(&self, cast: &VoiceBlend) -> VoiceBlend {
        let speakers = &Speakers::stdlib().voices;
        let largest = cast.shares().max_by(|one, other| one.1.total_cmp(&other.1));
        let name = largest.map_or("", |(name, _)| name);
        let sex = speakers.get(name).map_or(Sex::Woman, |speaker| speaker.sex);
        let alike = speakers.iter().filter(|(_, speaker)| speaker.sex == sex);
        let place = alike.clone().position(|(known, _)| known == name).unwrap_or(0);
        let voices = &self.file.voices;
        let own = voices.get(&sex).or_else(|| voices.values().next());
        match own.filter(|own| !own.is_empty()) {
            Some(own) => VoiceBlend::of(&own[place % own.len()]),
            None => VoiceBlend::of("default"),
        }
    }

    /// A digest of everything of it that decides how a line sounds; not where it is asked.
    pub(crate) fn digest(&self) -> String {
        #[derive(Serialize)]
        struct Meaning<'a> {
            name: &'a str,
            command: &'a [String],
            path: &'a Option<String>,
            model: &'a Option<String>,
            fields: &'a Map<String, Value>,
            version: &'a Option<Value>,
        }
        let Self { name, file } = self;
        let EngineFile { command, path, model, fields, version, .. } = file;
        let meaning = Meaning { name, command, path, model, fields, version };
        let text = serde_json::to_vec(&meaning).expect("plain data becomes JSON");
        blake3::hash(&text).to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(text: &str) -> OwnEngine {
        OwnEngine { name: "own".to_owned(), file: serde_yaml::from_str(text).expect("YAML") }
    }

    #[test]
    fn everybody_gets_a_voice_of_their_own_while_there_are_enough() {
        let own = engine("command: [say]\nvoices: { woman: [ann, bea, cleo], man: [dan] }");
        let voice = |name: &str| own.voice(&VoiceBlend::of(name)).to_string();
        assert_eq!([voice("af_alloy"), voice("af_aoede"), voice("am_adam")], ["ann", "bea", "dan"]);
        assert_eq!(voice("am_onyx"), "dan");
        assert_eq!(
            engine("command: [say]").voice(&VoiceBlend::of("af_alloy")).to_string(),
            "default"
        );
    }

    #[test]
    fn where_an_engine_is_does_not_matter_and_what_it_is_told_does() {
        let digest = |text: &str| engine(text).digest();
        let usual = digest("server: http://one\nmodel: a");
        assert_eq!(usual, digest("server: http://two\nmodel: a\nkey: SECRET\nlicence: MIT"));
        assert_ne!(usual, digest("server: http://one\nmodel: b"));
        assert_ne!(usual, digest("server: http://one\nmodel: a\nfields: { warmth: 2 }"));
        assert_ne!(usual, digest("server: http://one\nmodel: a\nversion: 2"));
    }
}
