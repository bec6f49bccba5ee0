//! Models as a script or a command names them, by the whole program.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::pipeline::write_model;

fn photoplay(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the binary was built for this test")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

const SCENES: &str =
    "EXT. QUAY - DAY\n\n!! WIDE [[1s]]\n\nWaves break.\n\n!! CLOSE ON A GULL [[1s]]\n\nIt waits.\n";

#[test]
fn a_missing_expert_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("two");
    write_model(&model, "t2v_a14b");
    let check = || photoplay(folder.path(), &["models", "check", "two"]);
    assert_eq!(said(&check()), "Test is whole\n");

    let config = model.join("transformer_2/config.json");
    let kept = fs::read(&config).expect("it is there");
    fs::remove_file(&config).expect("it is there");
    assert!(!check().status.success());
    assert!(said(&check()).contains("`transformer_2/config.json` is missing"));

    fs::write(&config, kept).expect("can be written");
    let weights = "transformer_2/diffusion_pytorch_model.safetensors";
    fs::remove_file(model.join(weights)).expect("it is there");
    assert!(said(&check()).contains(weights), "{}", said(&check()));
    fs::write(folder.path().join("film.play"), SCENES).expect("can be written");
    let built = photoplay(folder.path(), &["build", "film.play", "--model", "two"]);
    let words = said(&built);
    assert!(!built.status.success() && words.contains(weights), "{words}");
    assert!(!words.contains("step"), "nothing was begun: {words}");
}

/// The keys of all takes of a film.
fn keys(folder: &Path, model: &str) -> Vec<String> {
    let script = format!("[[film: model {model}]]\n\n{SCENES}");
    fs::write(folder.join("film.play"), script).expect("can be written");
    let planned = photoplay(folder, &["plan", "film.play", "--format", "json"]);
    assert!(planned.status.success(), "{}", said(&planned));
    let plan: Value = serde_json::from_slice(&planned.stdout).expect("a plan");
    let shots = plan["shots"].as_array().expect("shots").iter();
    let keys: Vec<String> =
        shots.filter_map(|shot| shot["key"].as_str().map(str::to_owned)).collect();
    assert_eq!(keys.len(), 2, "{plan:#}");
    keys
}

#[test]
fn an_adapter_is_part_of_every_take() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(&folder.path().join("tiny"), "t2v");
    let adapter = folder.path().join("red.safetensors");
    fs::write(&adapter, b"one").expect("can be written");
    let plain = keys(folder.path(), "tiny");
    let red = keys(folder.path(), "tiny + lora red.safetensors 0.8");
    assert_eq!(keys(folder.path(), "tiny + lora red.safetensors 0.8"), red);
    let faint = keys(folder.path(), "tiny + lora red.safetensors 0.5");
    let twice = keys(folder.path(), "tiny + lora red.safetensors 0.8 + lora red.safetensors 0.8");
    fs::write(&adapter, b"two").expect("can be written");
    let other = keys(folder.path(), "tiny + lora red.safetensors 0.8");
    assert_eq!(keys(folder.path(), "tiny"), plain);
    let all = [plain, red, faint, twice, other];
    for (index, one) in all.iter().enumerate() {
        for next in &all[index + 1..] {
            assert!(one.iter().zip(next).all(|(key, other)| key != other), "{all:#?}");
        }
    }
}
