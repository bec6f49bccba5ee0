//! The commands of the server that make takes and films, each in a process of its
//! own.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::client::{Client, change};

/// A film for which no model runs.
const CARDS: &str = "Title: Cards\n\nINT. ROOM - DAY\n\n> Nobody is here. <\n";

/// A server with a saved script.
fn saved(text: &str) -> (Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("a.play");
    fs::write(&path, text).expect("the folder takes a file");
    let mut client = Client::launch(folder.path(), &[]);
    client.open(&path, text);
    (client, folder)
}

fn command(client: &mut Client, name: &str, number: &str) -> Value {
    let arguments = json!([client.uri, number]);
    client.request("workspace/executeCommand", &json!({ "command": name, "arguments": arguments }))
}

/// What `photoplay plan` says of the script.
fn plan(folder: &Path) -> Value {
    let plan = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["plan", "a.play", "--format", "json"])
        .current_dir(folder)
        .output()
        .expect("the binary was built for this test");
    serde_json::from_slice(&plan.stdout).expect("a plan is JSON")
}

/// The number of the first shot of the film, a card.
fn card(folder: &Path) -> String {
    plan(folder)["shots"][0]["number"].as_str().expect("shots have numbers").to_owned()
}

/// The next message for the user: its type and its words.
fn message(client: &mut Client) -> (i64, String) {
    let said = client.message("window/showMessage");
    let words = said["message"].as_str().expect("a message has words");
    (said["type"].as_i64().expect("a message has a kind"), words.to_owned())
}

#[test]
#[cfg(feature = "ffmpeg")]
fn a_film_is_made_on_command() {
    let (mut client, folder) = saved(CARDS);
    let number = card(folder.path());
    assert_eq!(command(&mut client, "photoplay.shootShot", &number), "shooting a.play");
    let token = client.message("window/workDoneProgress/create")["token"].clone();
    let mut kinds = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "end") {
        let told = client.message("$/progress");
        assert_eq!(told["token"], token);
        kinds.push(told["value"]["kind"].as_str().expect("progress has a kind").to_owned());
    }
    assert_eq!(kinds[0], "begin");
    assert!(kinds.len() > 2 && kinds[1..kinds.len() - 1].iter().all(|kind| kind == "report"));
    assert_eq!(message(&mut client), (3, "a.mp4: 0 stills made".to_owned()));
    assert!(folder.path().join("a.mp4").is_file());

    command(&mut client, "photoplay.moreTakes", &number);
    let (kind, words) = message(&mut client);
    assert_eq!(kind, 1, "{words}");
    assert!(words.contains("is a card or a plain colour"), "{words}");
    assert_eq!(client.shut_down(), Some(0));
}

#[test]
#[cfg(feature = "ffmpeg")]
fn one_command_runs_at_a_time_and_can_be_stopped() {
    // A build that would last very long.
    let (mut client, folder) = saved(&format!("{CARDS}\n!! BLACK [[exactly 600s]]\n"));
    let number = card(folder.path());
    command(&mut client, "photoplay.shootShot", &number);
    let begun = client.message("$/progress");
    assert_eq!(begun["value"]["kind"], "begin");
    command(&mut client, "photoplay.shootShot", &number);
    let (kind, words) = message(&mut client);
    assert!(kind == 2 && words.starts_with("another command still runs"), "{words}");
    client.notify("window/workDoneProgress/cancel", &json!({ "token": begun["token"] }));
    assert_eq!(message(&mut client), (3, "stopped; every finished take is kept".to_owned()));

    command(&mut client, "photoplay.shootShot", &number);
    while client.message("$/progress")["value"]["kind"] != "report" {}
    assert_eq!(client.shut_down(), Some(0));
    // No process holds the vault any more.
    let cleared = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["vault", "clear"])
        .current_dir(folder.path())
        .output()
        .expect("the binary was built for this test");
    assert_eq!(cleared.status.code(), Some(0), "{}", String::from_utf8_lossy(&cleared.stderr));
    assert!(!folder.path().join("a.mp4").exists());
}

/// A shot of a reel is stills that are moved: a film is cut of them and shown.
#[test]
fn a_shot_of_several_files_is_cut_to_be_played() {
    let (mut client, folder) = saved("EXT. FOREST - DAY\n\n!! WIDE ON A FOX [[2s]]\n\nIt runs.\n");
    let stills = plan(folder.path())["shots"][0]["stills"].clone();
    let stills = stills.as_array().expect("a shot of a reel has stills");
    assert!(stills.len() > 1, "{stills:?}");
    for still in stills {
        let key = still["key"].as_str().expect("nothing waits for a portrait");
        let take = folder.path().join(format!(".photoplay/takes/{}/{key}.mkv", &key[..2]));
        let payload = b"every pixel of it";
        let record = json!({
            "key": key, "payload": blake3::hash(payload).to_hex().as_str(), "stamp": null,
            "recipe": {}, "made": { "photoplay": "", "device": "", "seconds": 1.0 },
        });
        fs::create_dir_all(take.parent().expect("it is in a folder")).expect("can be made");
        fs::write(&take, payload).expect("the folder takes a file");
        fs::write(take.with_extension("json"), record.to_string()).expect("and another");
    }
    assert_eq!(command(&mut client, "photoplay.playShot", "1.1"), "cutting shot 1.1");
}

#[test]
fn a_script_that_is_unsaved_or_has_errors_is_not_built() {
    let (mut client, folder) = saved(CARDS);
    let number = card(folder.path());
    client.change(&[change((4, 2), (4, 8), "Somebody")]);
    for name in ["photoplay.shootShot", "photoplay.moreTakes"] {
        let answer = command(&mut client, name, &number);
        assert!(answer.as_str().is_some_and(|words| words.contains("not saved")), "{answer}");
    }
    let text = format!("{CARDS}\n!! WIDE [[slow dolley in]]\n\nRain.\n");
    let (mut client, _folder) = saved(&text);
    let answer = command(&mut client, "photoplay.shootShot", &number);
    assert!(answer.as_str().is_some_and(|words| words.contains("has errors")), "{answer}");
}

#[test]
#[cfg(not(feature = "ffmpeg"))]
fn a_server_without_a_camera_says_so() {
    let (mut client, folder) = saved(CARDS);
    let number = card(folder.path());
    command(&mut client, "photoplay.shootShot", &number);
    let (kind, words) = message(&mut client);
    assert!(kind == 1 && words.contains("was built without FFmpeg"), "{words}");
}
