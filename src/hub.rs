//! Fetches models from a hub: the files of a repository at one commit, each
//! resumed where it was cut, held against its digest, and named only when whole.
//!
//! Speaks the protocol of the Hugging Face hub, at `HF_ENDPOINT` if that is set,
//! with the token `HF_TOKEN` if there is one, which is told to no other host and
//! to nobody in words. Knows names of files; does not know what is in them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use crate::model::{NETWORKS, is_below};
use crate::source::write_whole;

/// Where the hub is when nobody says.
const HUB: &str = "https://huggingface.co";

/// How often a file is asked for again after its connection was cut.
const ATTEMPTS: u32 = 5;

/// Redirections that are followed.
const REDIRECTIONS: u32 = 8;

/// What stands in a fetched model's folder beside its files.
pub const ORIGIN: &str = "photoplay-origin.json";

/// Where a model came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The repository.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// SHA-256 of each file whose digest the hub told, in hexadecimal digits.
    pub files: BTreeMap<String, String>,
}

/// Why a model cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No name of a repository.
    #[error("`{0}` is not the name of a repository; it looks like `owner/model`")]
    Name(String),
    /// There is nothing of this name.
    #[error("there is no `{what}` on {hub}")]
    Missing {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
    },
    /// The hub wants to know who asks.
    #[error("{hub} does not give `{what}` to everybody ({status})")]
    Refused {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
        /// Its answer.
        status: StatusCode,
    },
    /// The hub answers what it should not.
    #[error("{hub} gave no `{what}`: {reason}")]
    Answer {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
        /// What is wrong.
        reason: String,
    },
    /// The hub cannot be reached, or the connection was cut too often.
    #[error("the connection to {hub} failed")]
    Connection {
        /// The hub.
        hub: String,
        /// Why.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The repository is no model.
    #[error("`{0}` has no `model_index.json`: it is not in the layout of diffusers")]
    Layout(String),
    /// What came is not what was asked for.
    #[error(
        "`{file}` is not what the hub says it is: its SHA-256 is {found}, not {expected}; it was removed"
    )]
    Digest {
        /// The file.
        file: String,
        /// What the hub says.
        expected: String,
        /// What came.
        found: String,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process fetches it.
    #[error("another photoplay fetches into `{path}`", path = .0.display())]
    Busy(PathBuf),
    /// Somebody asked to stop.
    #[error("interrupted")]
    Cancelled,
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Refused { .. } => Some(
                "accept the model's licence on its page and set HF_TOKEN to a token that may read it",
            ),
            Self::Connection { .. } | Self::Answer { .. } => {
                Some("try again: what was fetched is kept, and the rest is asked for")
            }
            Self::Missing { .. } => Some("a private model is not seen without HF_TOKEN"),
            Self::Write { .. } => {
                Some("make room, or set PHOTOPLAY_MODELS to a folder that has it")
            }
            Self::Busy(_)
            | Self::Name(_)
            | Self::Layout(_)
            | Self::Digest { .. }
            | Self::Cancelled => None,
        }
    }
}

/// What a hub says of a repository.
#[derive(Debug, Clone, Deserialize)]
struct Listing {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(Debug, Clone, Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    lfs: Option<LargeFile>,
}

#[derive(Debug, Clone, Deserialize)]
struct LargeFile {
    sha256: String,
}

/// What is heard while files come.
pub trait PullProgress {
    /// These files of this many bytes will come.
    fn begins(&mut self, files: usize, bytes: u64);
    /// A file comes.
    fn file(&mut self, name: &str);
    /// So many bytes more have come, or were there already.
    fn bytes(&mut self, more: u64);
    /// Whether to stop.
    fn stops(&self) -> bool;
}

/// A hub.
pub struct Hub {
    base: String,
    token: Option<String>,
    agent: Agent,
}

impl Hub {
    /// The one that the environment names, or the default.
    pub fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let base = set("HF_ENDPOINT").unwrap_or_else(|| HUB.to_owned());
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(30)))
            .timeout_recv_response(Some(Duration::from_mins(1)))
            .user_agent(concat!("photoplay/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            base: base.trim().trim_end_matches('/').to_owned(),
            token: set("HF_TOKEN").map(|token| token.trim().to_owned()),
            agent: Agent::new_with_config(config),
        }
    }

    /// Fetches what Photoplay needs of a repository into a folder that appears
    /// when all of it is there; until then it grows beside it.
    pub fn pull(
        &self,
        repository: &str,
        revision: &str,
        folder: &Path,
        progress: &mut dyn PullProgress,
    ) -> Result<Origin, Error> {
        if !is_repository(repository) {
            return Err(Error::Name(repository.to_owned()));
        }
        let Listing { sha: commit, siblings } = self.listing(repository, revision)?;
        if !siblings.iter().any(|sibling| sibling.rfilename == "model_index.json") {
            return Err(Error::Layout(repository.to_owned()));
        }
        let needed = needed(siblings);
        let growing = growing(folder);
        let _alone = alone(&growing)?;
        let mut origin = Origin {
            repository: repository.to_owned(),
            commit: commit.clone(),
            files: BTreeMap::new(),
        };
        if read_origin(&growing).is_some_and(|before| before.commit != commit) {
            // What is there is of another commit.
            fs::remove_dir_all(&growing).map_err(cannot_write(&growing))?;
        }
        write_origin(&growing, &origin)?;
        progress.begins(needed.len(), needed.iter().filter_map(|sibling| sibling.size).sum());
        for sibling in &needed {
            let place = Place { repository, commit: &commit, folder: &growing };
            if let Some(digest) = self.fetch(&place, sibling, progress)? {
                origin.files.insert(sibling.rfilename.clone(), digest);
            }
        }
        write_origin(&growing, &origin)?;
        fs::rename(&growing, folder).map_err(cannot_write(folder))?;
        Ok(origin)
    }

    fn listing(&self, repository: &str, revision: &str) -> Result<Listing, Error> {
        let path = format!("/api/models/{repository}/revision/{}?blobs=true", encoded(revision));
        let (response, _) = self.get(&format!("{}{path}", self.base), None, repository)?;
        if response.status() != StatusCode::OK {
            return Err(self.refused(repository, response.status()));
        }
        let bytes = response.into_body().into_with_config().limit(64 << 20).read_to_vec();
        let wrong = |reason: String| self.answer(repository, reason);
        let listing: Listing = serde_json::from_slice(&bytes.map_err(|e| wrong(e.to_string()))?)
            .map_err(|error| wrong(error.to_string()))?;
        if listing.sha.is_empty() || !listing.sha.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(wrong("it names no commit".to_owned()));
        }
        match listing.siblings.iter().find(|sibling| !is_below(&sibling.rfilename)) {
            Some(outside) => Err(wrong(format!("it lists `{}`", outside.rfilename))),
            None => Ok(listing),
        }
    }

    /// Fetches a file unless it is there; its digest, if the hub tells one.
    fn fetch(
        &self,
        place: &Place<'_>,
        sibling: &Sibling,
        progress: &mut dyn PullProgress,
    ) -> Result<Option<String>, Error> {
        let name = &sibling.rfilename;
        let path = place.folder.join(name);
        progress.file(name);
        let told = sibling.lfs.as_ref().map(|lfs| lfs.sha256.to_ascii_lowercase());
        if let Ok(there) = path.metadata() {
            // It got its name when it was whole.
            progress.bytes(there.len());
            return Ok(told);
        }
        let part = place.folder.join(format!("{name}.part"));
        if let Some(parent) = part.parent() {
            fs::create_dir_all(parent).map_err(cannot_write(parent))?;
        }
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&part)
            .map_err(cannot_write(&part))?;
        let mut arriving = Arriving { hash: Sha256::new(), bytes: 0 };
        arriving.take_up(&mut file, progress).map_err(cannot_write(&part))?;
        let mut attempt = 1;
        let mut linked = None;
        loop {
            let before = arriving.bytes;
            match self.go_on(place, name, (&mut file, &part), &mut arriving, progress) {
                Ok(digest) => {
                    linked = digest.or(linked);
                    break;
                }
                Err(Error::Connection { .. }) if arriving.bytes > before || attempt < ATTEMPTS => {
                    // Only what does not move at all is given up.
                    attempt = if arriving.bytes > before { 1 } else { attempt };
                    std::thread::sleep(Duration::from_millis(200 << attempt));
                    attempt += 1;
                }
                Err(other) => return Err(other),
            }
        }
        let expected = told.or(linked);
        let found = hexadecimal(arriving.hash);
        if let Some(expected) = &expected
            && *expected != found
        {
            fs::remove_file(&part).map_err(cannot_write(&part))?;
            return Err(Error::Digest { file: name.clone(), expected: expected.clone(), found });
        }
        if let Some(size) = sibling.size
            && size != arriving.bytes
        {
            fs::remove_file(&part).map_err(cannot_write(&part))?;
            return Err(self.answer(name, format!("it has {} bytes, not {size}", arriving.bytes)));
        }
        file.sync_all().map_err(cannot_write(&part))?;
        fs::rename(&part, &path).map_err(cannot_write(&path))?;
        Ok(expected)
    }

    /// Asks for the rest of a file and writes it as it comes; the digest that
    /// the hub tells beside it, if any.
    fn go_on(
        &self,
        place: &Place<'_>,
        name: &str,
        (file, part): (&mut File, &Path),
        arriving: &mut Arriving,
        progress: &mut dyn PullProgress,
    ) -> Result<Option<String>, Error> {
        let Place { repository, commit, .. } = place;
        let url = format!("{}/{repository}/resolve/{commit}/{}", self.base, encoded(name));
        let from = (arriving.bytes > 0).then_some(arriving.bytes);
        let (response, linked) = self.get(&url, from, name)?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if begins_at(&response) == Some(arriving.bytes) => {}
            // All of it is there already.
            StatusCode::RANGE_NOT_SATISFIABLE if from.is_some() => return Ok(linked),
            StatusCode::OK => {
                file.set_len(0).map_err(cannot_write(part))?;
                *arriving = Arriving { hash: Sha256::new(), bytes: 0 };
            }
            status => return Err(self.refused(name, status)),
        }
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; 1 << 18];
        loop {
            if progress.stops() {
                return Err(Error::Cancelled);
            }
            let count = match body.read(&mut buffer) {
                Ok(0) => return Ok(linked),
                Ok(count) => count,
                Err(source) if source.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(self.cut(ureq::Error::Io(source))),
            };
            file.write_all(&buffer[..count]).map_err(cannot_write(part))?;
            arriving.hash.update(&buffer[..count]);
            arriving.bytes += count as u64;
            progress.bytes(count as u64);
        }
    }

    /// Gets what is at an address, following redirections, and the SHA-256 that
    /// is told on the way. The token goes to the hub alone.
    fn get(
        &self,
        url: &str,
        from: Option<u64>,
        what: &str,
    ) -> Result<(Response<Body>, Option<String>), Error> {
        let mut url = url.to_owned();
        let mut linked = None;
        for _ in 0..REDIRECTIONS {
            let mut request = self.agent.get(&url);
            if let Some(token) =
                self.token.as_ref().filter(|_| origin_of(&url) == origin_of(&self.base))
            {
                request = request.header("Authorization", format!("Bearer {token}"));
            }
            if let Some(from) = from {
                request = request.header("Range", format!("bytes={from}-"));
            }
            let response = request.call().map_err(|error| self.cut(error))?;
            let header = |name: &str| response.headers().get(name)?.to_str().ok();
            linked = ["x-linked-etag", "etag"]
                .iter()
                .find_map(|name| sha256_of(header(name)?))
                .or(linked);
            if !response.status().is_redirection() {
                return Ok((response, linked));
            }
            let to = header("location").and_then(|to| absolute(&url, to));
            url = to.ok_or_else(|| self.answer(what, "it points nowhere".to_owned()))?;
        }
        Err(self.answer(what, format!("it points elsewhere more than {REDIRECTIONS} times")))
    }

    fn refused(&self, what: &str, status: StatusCode) -> Error {
        let (what, hub) = (what.to_owned(), self.base.clone());
        match status.as_u16() {
            404 => Error::Missing { what, hub },
            401 | 403 => Error::Refused { what, hub, status },
            _ => Error::Answer { what, hub, reason: format!("it answered {status}") },
        }
    }

    fn answer(&self, what: &str, reason: String) -> Error {
        Error::Answer { what: what.to_owned(), hub: self.base.clone(), reason }
    }

    fn cut(&self, source: ureq::Error) -> Error {
        Error::Connection { hub: self.base.clone(), source: Box::new(source) }
    }
}

/// Where a file comes from and goes to.
struct Place<'a> {
    repository: &'a str,
    commit: &'a str,
    folder: &'a Path,
}

/// What has come of a file.
struct Arriving {
    hash: Sha256,
    bytes: u64,
}

impl Arriving {
    /// Takes up what came before.
    fn take_up(&mut self, file: &mut File, progress: &mut dyn PullProgress) -> io::Result<()> {
        let mut buffer = vec![0; 1 << 18];
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            self.hash.update(&buffer[..count]);
            self.bytes += count as u64;
            progress.bytes(count as u64);
        }
    }
}

/// SHA-256 of a file in hexadecimal digits.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(hexadecimal(hash))
}

/// What is known of where a model came from.
pub fn read_origin(folder: &Path) -> Option<Origin> {
    serde_json::from_slice(&fs::read(folder.join(ORIGIN)).ok()?).ok()
}

fn write_origin(folder: &Path, origin: &Origin) -> Result<(), Error> {
    let path = folder.join(ORIGIN);
    let text = serde_json::to_vec_pretty(origin).expect("an origin is plain data");
    write_whole(&path, &text).map_err(cannot_write(&path))
}

/// The folder in which a model grows until all of it is there.
fn growing(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    folder.with_file_name(format!(".{name}.part"))
}

/// The right to let a folder grow.
fn alone(growing: &Path) -> Result<File, Error> {
    let path = growing.with_extension("lock");
    if let Some(shelf) = path.parent() {
        fs::create_dir_all(shelf).map_err(cannot_write(shelf))?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.map_err(cannot_write(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Busy(growing.to_owned())),
        Err(fs::TryLockError::Error(source)) => Err(Error::Write { path, source }),
    }
}

/// Of the files of a repository those that are read: configurations, the
/// tokenizer, and of weights safetensors alone, in one variant.
fn needed(siblings: Vec<Sibling>) -> Vec<Sibling> {
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

/// `owner/model`.
fn is_repository(name: &str) -> bool {
    let good = |part: &str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(letters)
    };
    name.split_once('/').is_some_and(|(owner, model)| good(owner) && good(model))
}

/// A path as addresses have it.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// `https://host:port` of an address.
fn origin_of(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    Some(&url[..url[host..].find(['/', '?', '#']).map_or(url.len(), |end| host + end)])
}

/// Where a redirection leads; never from a safe connection to an open one.
fn absolute(from: &str, to: &str) -> Option<String> {
    if to.starts_with("https://") || (to.starts_with("http://") && from.starts_with("http://")) {
        return Some(to.to_owned());
    }
    to.starts_with('/').then(|| origin_of(from).map(|origin| format!("{origin}{to}")))?
}

/// An entity tag that is a SHA-256; small files have others.
fn sha256_of(tag: &str) -> Option<String> {
    let digits = tag.trim_start_matches("W/").trim_matches('"');
    let is_digest = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| digits.to_ascii_lowercase())
}

/// The first byte of a partial answer.
fn begins_at(response: &Response<Body>) -> Option<u64> {
    let range = response.headers().get("content-range")?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

fn hexadecimal(hash: Sha256) -> String {
    format!("{:x}", hash.finalize())
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Write { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections_never_leave_a_safe_connection() {
        let absolute = |to| absolute("https://a.example/x/y", to);
        assert_eq!(absolute("https://b.example/z").as_deref(), Some("https://b.example/z"));
        assert_eq!(absolute("/z?q").as_deref(), Some("https://a.example/z?q"));
        assert_eq!(absolute("http://b.example/z"), None);
        assert_eq!(absolute("file:///etc/passwd"), None);
        assert_eq!(origin_of("https://a.example:8?x"), Some("https://a.example:8"));
    }

    #[test]
    fn repositories_have_an_owner_and_a_model() {
        for name in ["Wan-AI/Wan2.1-VACE-1.3B-diffusers", "a/b"] {
            assert!(is_repository(name), "{name}");
        }
        for name in ["", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a b/c", "a/b?c"] {
            assert!(!is_repository(name), "{name}");
        }
    }

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
        let sibling =
            |name: &&str| Sibling { rfilename: (*name).to_owned(), size: None, lfs: None };
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
