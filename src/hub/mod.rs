//! Downloads models from a hub: the files of a repository at one commit. A file
//! that was interrupted is resumed, checked against its digest, and gets its name
//! when it is complete.
//!
//! Speaks the protocol of the Hugging Face hub, at `HF_ENDPOINT` if that is set,
//! with the token `HF_TOKEN` if that is set. The token goes to no other host and
//! into no message. Knows names of files; does not know what is in them.

mod address;
mod digest;
mod error;
mod listing;
mod origin;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use crate::model::is_below;
use address::{absolute, encoded, is_repository, origin_of, sha256_of};
use digest::{git_name, hexadecimal};
use error::{cannot_read, cannot_write};
use listing::{Listing, Sibling, needed};
use origin::write_origin;

pub(crate) use digest::sha256;
pub(crate) use error::Error;
pub(crate) use origin::{Origin, read_origin};

/// The hub without `HF_ENDPOINT`.
const HUB: &str = "https://huggingface.co";

/// How often in a row a connection may fail without a byte received.
const ATTEMPTS: u32 = 5;

/// Redirections that are followed.
const REDIRECTIONS: u32 = 8;

/// Follows a download.
pub(crate) trait PullProgress {
    /// The download begins: so many files and bytes.
    fn begins(&mut self, files: usize, bytes: u64);
    /// A file begins.
    fn file(&mut self, name: &str);
    /// So many bytes more were received, or found from an earlier attempt.
    fn bytes(&mut self, more: u64);
    /// Whether to stop.
    fn stops(&self) -> bool;
}

/// A hub.
pub(crate) struct Hub {
    base: String,
    token: Option<String>,
    agent: Agent,
}

impl Hub {
    /// The hub that `HF_ENDPOINT` names, or the Hugging Face hub.
    pub(crate) fn of_environment() -> Self {
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

    /// Downloads what Photoplay needs of a repository. The files go to a partial
    /// folder beside `folder`, which is renamed to it when it is complete.
    pub(crate) fn pull(
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
        let partial = partial_folder(folder);
        let _lock = lock(&partial)?;
        let mut origin = Origin {
            repository: repository.to_owned(),
            commit: commit.clone(),
            files: BTreeMap::new(),
        };
        if read_origin(&partial).is_some_and(|before| before.commit != commit) {
            // The partial folder is of another commit.
            fs::remove_dir_all(&partial).map_err(cannot_write(&partial))?;
        }
        write_origin(&partial, &origin)?;
        progress.begins(needed.len(), needed.iter().filter_map(|sibling| sibling.size).sum());
        for sibling in &needed {
            let download = Download { repository, commit: &commit, folder: &partial };
            let digest = self.fetch(&download, sibling, progress)?;
            origin.files.insert(sibling.rfilename.clone(), digest);
        }
        write_origin(&partial, &origin)?;
        fs::rename(&partial, folder).map_err(cannot_write(folder))?;
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

    /// Downloads a file unless it is there; returns its SHA-256.
    fn fetch(
        &self,
        download: &Download<'_>,
        sibling: &Sibling,
        progress: &mut dyn PullProgress,
    ) -> Result<String, Error> {
        let name = &sibling.rfilename;
        let path = download.folder.join(name);
        progress.file(name);
        let listed = sibling.lfs.as_ref().map(|lfs| lfs.sha256.to_ascii_lowercase());
        if let Ok(there) = path.metadata() {
            // A file gets its name when it is complete.
            progress.bytes(there.len());
            return listed.map_or_else(|| sha256(&path).map_err(cannot_read(&path)), Ok);
        }
        let part = download.folder.join(format!("{name}.part"));
        if let Some(parent) = part.parent() {
            fs::create_dir_all(parent).map_err(cannot_write(parent))?;
        }
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&part)
            .map_err(cannot_write(&part))?;
        let mut received = Received { hash: Sha256::new(), bytes: 0 };
        received.hash_existing(&mut file, progress).map_err(cannot_write(&part))?;
        let mut attempt = 1;
        let mut linked = None;
        loop {
            let before = received.bytes;
            match self.resume(download, name, (&mut file, &part), &mut received, progress) {
                Ok(digest) => {
                    linked = digest.or(linked);
                    break;
                }
                Err(Error::Connection { .. }) if received.bytes > before || attempt < ATTEMPTS => {
                    // Gives up only when attempts receive nothing at all.
                    attempt = if received.bytes > before { 1 } else { attempt };
                    std::thread::sleep(Duration::from_millis(200 << attempt));
                    attempt += 1;
                }
                Err(other) => return Err(other),
            }
        }
        let expected = listed.or(linked);
        let found = hexadecimal(received.hash);
        if let Some(expected) = &expected
            && *expected != found
        {
            fs::remove_file(&part).map_err(cannot_write(&part))?;
            return Err(Error::Digest { file: name.clone(), expected: expected.clone(), found });
        }
        if let Some(size) = sibling.size
            && size != received.bytes
        {
            fs::remove_file(&part).map_err(cannot_write(&part))?;
            return Err(self.answer(name, format!("it has {} bytes, not {size}", received.bytes)));
        }
        if let (None, Some(expected)) = (&sibling.lfs, &sibling.git_name) {
            let found = git_name(&part).map_err(cannot_read(&part))?;
            if found != expected.to_ascii_lowercase() {
                fs::remove_file(&part).map_err(cannot_write(&part))?;
                let (file, expected) = (name.clone(), expected.clone());
                return Err(Error::Digest { file, expected, found });
            }
        }
        file.sync_all().map_err(cannot_write(&part))?;
        fs::rename(&part, &path).map_err(cannot_write(&path))?;
        Ok(found)
    }

    /// Requests the rest of a file and writes it; returns its digest if the hub sends
    /// one along.
    fn resume(
        &self,
        download: &Download<'_>,
        name: &str,
        (file, part): (&mut File, &Path),
        received: &mut Received,
        progress: &mut dyn PullProgress,
    ) -> Result<Option<String>, Error> {
        let Download { repository, commit, .. } = download;
        let url = format!("{}/{repository}/resolve/{commit}/{}", self.base, encoded(name));
        let from = (received.bytes > 0).then_some(received.bytes);
        let (response, linked) = self.get(&url, from, name)?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if begins_at(&response) == Some(received.bytes) => {}
            // All of it is there already.
            StatusCode::RANGE_NOT_SATISFIABLE if from.is_some() => return Ok(linked),
            StatusCode::OK => {
                file.set_len(0).map_err(cannot_write(part))?;
                *received = Received { hash: Sha256::new(), bytes: 0 };
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
            received.hash.update(&buffer[..count]);
            received.bytes += count as u64;
            progress.bytes(count as u64);
        }
    }

    /// Gets an address and follows redirections; also returns the SHA-256 that a
    /// header on the way gives. Sends the token to the hub alone.
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
struct Download<'a> {
    repository: &'a str,
    commit: &'a str,
    folder: &'a Path,
}

/// What has been received of a file.
struct Received {
    hash: Sha256,
    bytes: u64,
}

impl Received {
    /// Hashes what an earlier attempt has written.
    fn hash_existing(
        &mut self,
        file: &mut File,
        progress: &mut dyn PullProgress,
    ) -> io::Result<()> {
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

/// The folder that holds a model until it is complete.
fn partial_folder(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    folder.with_file_name(format!(".{name}.part"))
}

/// Locks a partial folder against other processes.
fn lock(partial: &Path) -> Result<File, Error> {
    let path = partial.with_extension("lock");
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(cannot_write(parent))?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.map_err(cannot_write(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Busy(partial.to_owned())),
        Err(fs::TryLockError::Error(source)) => Err(Error::Write { path, source }),
    }
}

/// The first byte of a partial answer.
fn begins_at(response: &Response<Body>) -> Option<u64> {
    let range = response.headers().get("content-range")?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}
