//! Fetches models from a server of the test: only needed files, resumed, compared with
//! digests; an incomplete model never gets its name.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const REPOSITORY: &str = "someone/small-model";
const WEIGHTS: &str = "transformer/diffusion_pytorch_model.safetensors";
const SMALL: &str = "transformer/config.json";
const TOKEN: &str = "hf_secretsecretsecret";

/// The requests to a server.
#[derive(Debug, Clone)]
struct Asked {
    path: String,
    range: Option<usize>,
    token: Option<String>,
}

/// Its responses.
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// Closes the connection after so many bytes of the body.
    cut: Option<usize>,
    /// Waits a little after every so many bytes.
    slow: Option<usize>,
}

impl Answer {
    fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), cut: None, slow: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn new(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (asked.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (log.clone(), answer.clone());
                thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked, usize) -> Answer) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut asked = Asked { path, range: None, token: None };
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name.to_ascii_lowercase().as_str() {
            "range" => {
                let from = value.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-'));
                asked.range = from.and_then(|from| from.parse().ok());
            }
            "authorization" => asked.token = Some(value.to_owned()),
            _ => {}
        }
    }
    let before = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.iter().filter(|earlier| earlier.path == asked.path).count() - 1
    };
    let Answer { status, headers, body, cut, slow } = answer(&asked, before);
    let mut head =
        format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = &body[..cut.unwrap_or(body.len())];
    // The client may have closed the connection.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(b"\r\n"));
    for part in body.chunks(slow.unwrap_or(body.len()).max(1)) {
        if stream.write_all(part).is_err() {
            return;
        }
        if slow.is_some() {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Files of the smallest model, and files that belong to no model.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let header =
        json!({ "x": { "dtype": "U8", "shape": [400_000], "data_offsets": [0, 400_000] } });
    let header = header.to_string();
    let data: Vec<u8> =
        (0..400_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let weights = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat();
    vec![
        ("model_index.json", b"{}".to_vec()),
        ("transformer/config.json", b"{\"vace_layers\": [0]}".to_vec()),
        (WEIGHTS, weights),
        ("tokenizer/tokenizer.json", b"{}".to_vec()),
        ("transformer/diffusion_pytorch_model.bin", b"pickle".to_vec()),
        ("README.md", b"read me".to_vec()),
    ]
}

fn listing(files: &[(&str, Vec<u8>)], digest: impl Fn(&str, &[u8]) -> Option<String>) -> Answer {
    let siblings: Vec<Value> = files
        .iter()
        .map(|(name, bytes)| match digest(name, bytes) {
            Some(digest) => {
                json!({ "rfilename": name, "size": bytes.len(), "lfs": { "sha256": digest } })
            }
            None => {
                json!({ "rfilename": name, "size": bytes.len(), "blobId": git_name(bytes) })
            }
        })
        .collect();
    Answer::of(200, json!({ "sha": COMMIT, "siblings": siblings }).to_string())
}

/// The name that git gives to a content.
fn git_name(bytes: &[u8]) -> String {
    let head = format!("blob {}\0", bytes.len());
    format!("{:x}", Sha1::digest([head.as_bytes(), bytes].concat()))
}

/// Of weights only, as hubs do.
fn large(name: &str, bytes: &[u8]) -> Option<String> {
    name.ends_with(".safetensors").then(|| sha256(bytes))
}

fn is_listing(asked: &Asked) -> bool {
    asked.path.starts_with(&format!("/api/models/{REPOSITORY}/revision/main"))
}

/// A file of the repository, or the rest of it.
fn file(asked: &Asked, files: &[(&str, Vec<u8>)]) -> Answer {
    let prefix = format!("/{REPOSITORY}/resolve/{COMMIT}/");
    let name = asked.path.strip_prefix(&prefix).unwrap_or_default();
    let Some((_, bytes)) = files.iter().find(|(known, _)| *known == name) else {
        return Answer::of(404, "");
    };
    match asked.range {
        None => Answer::of(200, bytes.clone()),
        Some(from) if from >= bytes.len() => Answer::of(416, ""),
        Some(from) => Answer::of(206, &bytes[from..])
            .with("content-range", format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len())),
    }
}

struct Shelf(tempfile::TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("shelf").join(name)
    }

    fn command(&self, hub: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_photoplay"));
        for name in
            ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        {
            command.env_remove(name);
        }
        command.arg("models").args(arguments).current_dir(self.0.path());
        command.env("PHOTOPLAY_MODELS", self.0.path().join("shelf")).env("HF_ENDPOINT", hub);
        command.env("HF_TOKEN", TOKEN).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn pull(&self, hub: &str) -> Output {
        self.command(hub, &["pull", REPOSITORY]).output().unwrap()
    }

    /// What is on it.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path().join("shelf")).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| !name.contains(".lock"));
        names.sort();
        names
    }
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", words(output));
}

fn failed(output: &Output, expected: &str) {
    assert_eq!(output.status.code(), Some(3), "{}", words(output));
    assert!(
        words(output).replace('\n', " ").contains(expected),
        "{} lacks {expected}",
        words(output)
    );
    assert!(!words(output).contains(TOKEN));
}

fn here(shelf: &Shelf, name: &str, files: &[(&str, Vec<u8>)]) {
    for (file, bytes) in files.iter().take(4) {
        assert_eq!(fs::read(shelf.path(name).join(file)).unwrap(), *bytes, "{file}");
    }
    for (file, _) in files.iter().skip(4) {
        assert!(!shelf.path(name).join(file).exists(), "{file}");
    }
}

/// Large files are on another host, which must not get the token.
#[test]
fn what_is_needed_comes_and_the_token_stays() {
    let store = Server::new(|asked, _| {
        let (_, bytes) = files().swap_remove(2);
        if asked.path == "/blobs/1?signed" { Answer::of(200, bytes) } else { Answer::of(404, "") }
    });
    let elsewhere = format!("{}/blobs/1?signed", store.url);
    let hub = Server::new(move |asked, _| {
        if is_listing(asked) {
            return listing(&files(), |_, _| None);
        }
        if asked.path.ends_with(WEIGHTS) {
            let digest = format!("\"{}\"", sha256(&files()[2].1));
            let answer = Answer::of(302, "").with("x-linked-etag", digest);
            return answer.with("location", elsewhere.clone());
        }
        file(asked, &files())
    });
    let shelf = Shelf::new();
    let output = shelf.pull(&hub.url);
    done(&output);
    here(&shelf, "small-model", &files());
    assert_eq!(shelf.names(), ["small-model"]);
    assert!(!words(&output).contains(TOKEN));
    assert!(
        hub.asked().iter().all(|asked| asked.token.as_deref() == Some(&format!("Bearer {TOKEN}")))
    );
    assert_eq!(store.asked().len(), 1);
    assert!(store.asked()[0].token.is_none());
    assert!(
        !hub.asked().iter().any(|asked| asked.path.contains(".bin") || asked.path.contains(".md"))
    );

    // One name for one model; and the digest is stored.
    failed(&shelf.pull(&hub.url), "there is a model `small-model` on the shelf");
    let list = shelf.command(&hub.url, &["list"]).output().unwrap();
    assert!(words(&list).contains("small-model"), "{}", words(&list));
    let check = || shelf.command(&hub.url, &["check", "small-model"]).output().unwrap();
    assert!(!words(&check()).contains("is not the file that was fetched"), "{}", words(&check()));
    let weights = shelf.path("small-model").join(WEIGHTS);
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    failed(&check(), "is not the file that was fetched from someone/small-model");
}

#[test]
fn a_connection_that_is_cut_goes_on_where_it_was() {
    let hub = Server::new(|asked, before| {
        if is_listing(asked) {
            return listing(&files(), large);
        }
        let mut answer = file(asked, &files());
        if asked.path.ends_with(WEIGHTS) && before < 2 {
            answer.cut = Some(100_000);
        }
        answer
    });
    let shelf = Shelf::new();
    done(&shelf.pull(&hub.url));
    here(&shelf, "small-model", &files());
    let asked = hub.asked();
    let ranges =
        asked.iter().filter(|asked| asked.path.ends_with(WEIGHTS)).map(|asked| asked.range);
    assert_eq!(ranges.collect::<Vec<_>>(), [None, Some(100_000), Some(200_000)]);
}

/// A server without ranges sends the whole file again.
#[test]
fn a_server_without_ranges_begins_again() {
    let hub = Server::new(|asked, before| {
        if is_listing(asked) {
            return listing(&files(), large);
        }
        let mut answer = file(&Asked { range: None, ..asked.clone() }, &files());
        if asked.path.ends_with(WEIGHTS) && before == 0 {
            answer.cut = Some(100_000);
        }
        answer
    });
    let shelf = Shelf::new();
    done(&shelf.pull(&hub.url));
    here(&shelf, "small-model", &files());
}

#[test]
fn what_never_comes_is_given_up_and_kept() {
    let hub = Server::new(|asked, before| {
        if is_listing(asked) {
            return listing(&files(), large);
        }
        let mut answer = file(asked, &files());
        if asked.path.ends_with(WEIGHTS) && before < 6 {
            answer.cut = Some(if before == 0 { 1000 } else { 0 });
        }
        answer
    });
    let shelf = Shelf::new();
    failed(&shelf.pull(&hub.url), "try again: what was fetched is kept");
    assert_eq!(shelf.names(), [".small-model.part"]);
    done(&shelf.pull(&hub.url));
    here(&shelf, "small-model", &files());
    let last = hub.asked().into_iter().rfind(|asked| asked.path.ends_with(WEIGHTS)).unwrap();
    assert_eq!(last.range, Some(1000));
}

#[test]
fn a_wrong_digest_is_refused_and_removed() {
    let hub = Server::new(|asked, before| {
        if is_listing(asked) {
            return listing(&files(), large);
        }
        let mut answer = file(asked, &files());
        if asked.path.ends_with(WEIGHTS) && before == 0 {
            answer.body[300_000] ^= 1;
        }
        answer
    });
    let shelf = Shelf::new();
    failed(&shelf.pull(&hub.url), "is not what the hub says it is");
    assert_eq!(shelf.names(), [".small-model.part"]);
    let part = shelf.path(".small-model.part");
    assert!(!part.join(WEIGHTS).exists() && !part.join(format!("{WEIGHTS}.part")).exists());
    done(&shelf.pull(&hub.url));
    here(&shelf, "small-model", &files());
}

/// Small files, for which a hub tells no SHA-256, have git's names.
#[test]
fn a_small_file_that_is_another_is_refused() {
    let hub = Server::new(|asked, before| {
        if is_listing(asked) {
            return listing(&files(), large);
        }
        let mut answer = file(asked, &files());
        if asked.path.ends_with(SMALL) && before == 0 {
            answer.body[0] ^= 1;
        }
        answer
    });
    let shelf = Shelf::new();
    failed(&shelf.pull(&hub.url), "is not what the hub says it is");
    let part = shelf.path(".small-model.part");
    assert!(!part.join(SMALL).exists() && !part.join(format!("{SMALL}.part")).exists());
    done(&shelf.pull(&hub.url));
    here(&shelf, "small-model", &files());
    fs::write(shelf.path("small-model").join(SMALL), "{ }").unwrap();
    let check = shelf.command(&hub.url, &["check", "small-model"]).output().unwrap();
    failed(&check, "is not the file that was fetched from someone/small-model");
}

#[test]
fn refusals_say_what_to_do() {
    let shelf = Shelf::new();
    let answering = |status: u16| Server::new(move |_, _| Answer::of(status, ""));
    failed(&shelf.pull(&answering(404).url), "there is no `someone/small-model`");
    failed(&shelf.pull(&answering(401).url), "set HF_TOKEN");
    failed(&shelf.pull(&answering(403).url), "does not give `someone/small-model` to everybody");
    failed(&shelf.pull(&answering(500).url), "it answered 500");
    let garbage = Server::new(|_, _| Answer::of(200, "<html>"));
    failed(&shelf.pull(&garbage.url), "gave no `someone/small-model`");
    let around = Server::new(|_, _| Answer::of(302, "").with("location", "/again"));
    failed(&shelf.pull(&around.url), "points elsewhere more than");
    let nowhere = Server::new(|_, _| Answer::of(302, "").with("location", "file:///etc/passwd"));
    failed(&shelf.pull(&nowhere.url), "it points nowhere");
    let outside = Server::new(|_, _| {
        listing(&[("model_index.json", vec![]), ("vae/../../evil.json", vec![])], |_, _| None)
    });
    failed(&shelf.pull(&outside.url), "it lists `vae/../../evil.json`");
    let other = Server::new(|_, _| listing(&[("config.json", vec![])], |_, _| None));
    failed(&shelf.pull(&other.url), "not in the layout of diffusers");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    failed(&shelf.pull(&format!("http://{closed}")), "the connection to http://127.0.0.1");
    let output = shelf.command(&garbage.url, &["pull", "../escape"]).output().unwrap();
    failed(&output, "is not the name of a repository");
    assert!(shelf.names().is_empty(), "{:?}", shelf.names());
}

#[cfg(unix)]
#[test]
fn interrupting_keeps_what_came() {
    let hub = Server::new(|asked, before| {
        if is_listing(asked) {
            return listing(&files(), large);
        }
        let mut answer = file(asked, &files());
        if asked.path.ends_with(WEIGHTS) && before == 0 {
            answer.slow = Some(4000);
        }
        answer
    });
    let shelf = Shelf::new();
    let child: Child = shelf.command(&hub.url, &["pull", REPOSITORY]).spawn().unwrap();
    let part = shelf.path(".small-model.part").join(format!("{WEIGHTS}.part"));
    let started = Instant::now();
    while fs::metadata(&part).map_or(0, |meta| meta.len()) < 20_000 {
        assert!(started.elapsed() < Duration::from_mins(1), "nothing comes");
        thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", words(&output));
    assert!(words(&output).contains("what was fetched is kept"), "{}", words(&output));
    let kept = fs::metadata(&part).unwrap().len();
    assert!((20_000..400_000).contains(&kept), "{kept}");
    done(&shelf.pull(&hub.url));
    here(&shelf, "small-model", &files());
    let last = hub.asked().into_iter().rfind(|asked| asked.path.ends_with(WEIGHTS)).unwrap();
    assert_eq!(last.range, Some(kept as usize));
}

#[test]
fn folders_are_put_on_the_shelf_by_link_or_copy() {
    let shelf = Shelf::new();
    let settings = json!({
        "name": "Small", "prompt_template": "wan", "width": 32, "height": 32, "frame_rate": 12,
        "max_frames": 13, "steps": 2, "guidance_scale": 1.0, "scheduler": "unipc", "shift": 3.0,
        "text_length": 8, "licence": "MIT",
    });
    let folder = shelf.0.path().join("mine");
    fs::create_dir_all(folder.join("transformer")).unwrap();
    fs::write(folder.join("photoplay.json"), settings.to_string()).unwrap();
    fs::write(folder.join("transformer/config.json"), "{}").unwrap();
    let add =
        |more: &[&str]| shelf.command("", &[&["add", "mine"], more].concat()).output().unwrap();
    done(&add(&[]));
    done(&add(&["--copy", "--name", "copied"]));
    failed(&add(&[]), "there is a model `mine` on the shelf");
    failed(&add(&["--name", "../up"]), "cannot be the name of a model");
    assert!(shelf.path("copied/transformer/config.json").is_file());
    // A folder that moved is told as such, by whoever asks for the model.
    fs::rename(&folder, shelf.0.path().join("moved")).unwrap();
    for arguments in [&["check", "mine"][..], &["list"]] {
        let told = words(&shelf.command("", arguments).output().unwrap());
        assert!(told.contains("is a link to") && told.contains("which is gone"), "{told}");
    }
    fs::rename(shelf.0.path().join("moved"), &folder).unwrap();
    assert!(!Path::new(&shelf.path("copied")).is_symlink());
    let list = shelf.command("", &[]).output().unwrap();
    assert_eq!(words(&list).matches("Small (").count(), 2, "{}", words(&list));
    fs::create_dir(shelf.0.path().join("empty")).unwrap();
    let output = shelf.command("", &["add", "empty"]).output().unwrap();
    failed(&output, "is not a model");
    let output = shelf.command("", &["check", "copied"]).output().unwrap();
    failed(&output, "`vae/config.json` is missing");
}
