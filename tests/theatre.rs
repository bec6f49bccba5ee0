//! Toy Theatre's own checkpoint against Python diffusers, from the same noise:
//! `make parity`, which sets diffusers up first.
#![cfg(feature = "torch")]
#![allow(clippy::print_stdout, reason = "what it finds is for whoever runs it")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::RgbImage;
use photoplay::diffusion::{Pipeline, Request};
use photoplay::model::{Model, Placement};
use safetensors::SafeTensors;
use serde::Deserialize;
use tch::{Device, Kind, Tensor};

/// One of `tests/parity/theatre.json`.
#[derive(Deserialize)]
struct Case {
    name: String,
    prompt: String,
    frames: u32,
    seed: u64,
    references: Vec<serde_json::Value>,
    first_frame: Option<serde_json::Value>,
}

/// The output of `tests/parity/theatre.py` for the cases.
fn made_by_diffusers(root: &Path, cases: &Path, folder: &Path) -> Vec<u8> {
    let python = std::env::var_os("PHOTOPLAY_DIFFUSERS")
        .expect("PHOTOPLAY_DIFFUSERS names a Python that has diffusers: run `make parity`");
    let frames = folder.join("frames.safetensors");
    let status = Command::new(PathBuf::from(python))
        .arg(root.join("tests/parity/theatre.py"))
        .args([&root.join("models/toy-theatre"), cases, &frames])
        .status()
        .expect("Python can be started");
    assert!(status.success(), "diffusers made the clips");
    fs::read(frames).expect("the frames are there")
}

/// Bytes of (H, W, 3) as a picture.
fn picture(size: &[usize], bytes: &[u8]) -> RgbImage {
    RgbImage::from_raw(size[1] as u32, size[0] as u32, bytes.to_vec()).expect("the size fits")
}

#[test]
#[ignore = "needs Python diffusers: make parity"]
fn frames_are_those_of_diffusers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = root.join("tests/parity/theatre.json");
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = made_by_diffusers(root, &cases, folder.path());
    let file = SafeTensors::deserialize(&bytes).expect("the file is whole");
    let cases: Vec<Case> =
        serde_json::from_slice(&fs::read(&cases).expect("the cases")).expect("cases");

    let model = Model::open(&root.join("models/toy-theatre")).expect("the model is there");
    let settings = model.defaults.clone();
    let (width, height) = (settings.width, settings.height);
    let mut pipeline = Pipeline::load_as(&model, Device::Cpu, Kind::Float, Placement::default())
        .expect("the model is whole");
    for case in cases {
        let given = |what: &str| {
            file.tensor(&format!("{}.{what}", case.name)).expect("diffusers wrote the tensor")
        };
        let given_picture = |what: &str| picture(given(what).shape(), given(what).data());
        let references = (0..case.references.len())
            .map(|index| given_picture(&format!("reference.{index}")))
            .map(|picture| pipeline.encode_reference(&picture, width, height).expect("it fits"))
            .collect();
        let request = Request {
            references,
            first_frame: case.first_frame.as_ref().map(|_| given_picture("first_frame")),
            ..Request::of(&settings, case.prompt.clone(), case.frames, case.seed)
        };
        let noise = given("noise");
        let shape: Vec<i64> = noise.shape().iter().map(|size| *size as i64).collect();
        assert_eq!(shape, pipeline.latent_shape(&request), "the noise of {}", case.name);
        let noise = Tensor::from_data_size(noise.data(), &shape, Kind::Float);
        let latents = pipeline
            .generate_latents(&request, &noise, &mut |_, _| ControlFlow::Continue(()))
            .expect("the clip can be made");
        let found: Vec<u8> = pipeline
            .decode(&latents)
            .expect("the latents fit")
            .iter()
            .flat_map(|frame| frame.as_raw().clone())
            .collect();

        let expected = given("frames").data();
        assert_eq!(found.len(), expected.len(), "bytes of {}", case.name);
        let differences = || found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b));
        let worst = differences().max().expect("a clip has pixels");
        let differing = differences().filter(|difference| *difference > 0).count();
        let share = 100.0 * differing as f64 / found.len() as f64;
        println!("{}: differs by at most {worst}/255, in {share:.4} % of the values", case.name);
        // Frames of a single grey would also agree.
        let (least, most) = (expected.iter().min(), expected.iter().max());
        assert!(most > least.map(|least| least + 100).as_ref(), "{} shows something", case.name);
        assert!(worst <= 1, "{} differs by {worst}/255", case.name);
    }
}
