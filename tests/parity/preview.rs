//! Drafts decoded by a model's preview decoder.

use std::borrow::Cow;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use image::RgbImage;
use photoplay::diffusion::{PreviewDecoderConfig, inspect};
use photoplay::media::take::TakeReader;
use photoplay::model::Model;
use photoplay::programs::camera::{NetworkCamera, ShootRequest};
use photoplay::shoot::recipe::Recipe;
use serde_json::json;

use super::fixture::weights;
use super::pipeline::write_model;

/// Puts a preview decoder of so many latent channels into a model's folder.
fn write_decoder(folder: &Path, z_dim: i64) {
    let config = PreviewDecoderConfig { z_dim, patch_size: 1, grown: [1, 2, 2] };
    let mut weights = weights("", &config.parameters().expect("supported"));
    // Published files hold the encoder, too.
    weights.tensors.insert("encoder.0.bias".to_owned(), weights.tensors["decoder.1.bias"].copy());
    let folder = folder.join("preview_decoder");
    fs::create_dir_all(&folder).expect("can be made");
    fs::write(folder.join("taew.safetensors"), weights.to_safetensors().expect("f32"))
        .expect("can be written");
}

fn recipe(model: &Model) -> Recipe {
    let nothing = json!({
        "model": {}, "prompt": "a mammoth", "negative_prompt": "", "text_length": 8, "seed": 7,
        "scheduler": "unipc", "steps": 2, "shift": 3.0, "guidance_scale": 1.0, "width": 32,
        "height": 32, "frames": 5, "references": [], "first_image": null, "last_image": null,
        "lettering": [], "preceding": null,
    });
    let recipe: Recipe = serde_json::from_value(nothing).expect("a recipe");
    Recipe { model: model.digests().expect("they can be read").into(), ..recipe }
}

fn shoot(camera: &mut NetworkCamera, recipe: &Recipe, folder: &Path) -> Vec<RgbImage> {
    let call = ShootRequest {
        recipe: Cow::Borrowed(recipe),
        references: Vec::new(),
        first_image: None,
        last_image: None,
        preceding: Vec::new(),
        control: None,
    };
    let file = folder.join("take");
    let go_on = &mut |_: u32, _: u32| ControlFlow::Continue(());
    camera.shoot(&call, &file, &|_| (), go_on).expect("it can be made");
    let frames = TakeReader::open(&file, recipe.width, recipe.height, recipe.frames);
    frames.expect("it is a take").map(|frame| frame.expect("a frame")).collect()
}

#[test]
fn a_draft_is_decoded_by_it_and_a_take_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path(), "t2v");
    let digests = || Model::open(folder.path()).and_then(|model| model.digests());
    let before = digests().expect("they can be read");
    write_decoder(folder.path(), 4);
    let model = Model::open(folder.path()).expect("a model");
    assert_eq!(inspect(&model), Vec::<String>::new());
    assert_eq!(digests().expect("they can be read"), before, "takes are as they were");

    let take = recipe(&model);
    let draft = Recipe { preview_decoder: Some(blake3::hash(b"its file")), ..take.clone() };
    let vault = folder.path().join("vault");
    let digest = blake3::hash(b"model");
    let letters = |_: &[String], width, height| RgbImage::new(width, height);
    let mut camera = NetworkCamera::new(model, (digest, digest), vault, letters);
    let seen = shoot(&mut camera, &take, folder.path());
    let previewed = shoot(&mut camera, &draft, folder.path());
    assert_eq!((seen.len(), previewed.len()), (5, 5));
    assert_ne!(seen, previewed);
    assert_eq!(previewed, shoot(&mut camera, &draft, folder.path()));
    assert_eq!(seen, shoot(&mut camera, &take, folder.path()), "the next take is whole again");
}

#[test]
fn one_that_does_not_fit_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path(), "t2v");
    let wrong = || inspect(&Model::open(folder.path()).expect("a model")).join("; ");
    write_decoder(folder.path(), 16);
    assert_eq!(
        wrong(),
        "a preview decoder of 16 latent channels beside an autoencoder of 4 is not supported"
    );
    let file = folder.path().join("preview_decoder/taew.safetensors");
    let whole = fs::read(&file).expect("it is there");
    fs::write(&file, &whole[..whole.len() - 1]).expect("can be written");
    assert!(wrong().contains("`preview_decoder/taew.safetensors` is damaged"), "{}", wrong());
    for (name, instead, told) in [
        (&b"decoder.22.bias"[..], &b"decoder.22.bier"[..], "has no tensor `decoder.22.bias`"),
        (b"decoder.1.bias", b"decoder.0.bias", "has no tensor `decoder.1.bias`"),
        (b"decoder.1.weight", b"decoder.0.weight", "the larger variant"),
    ] {
        write_decoder(folder.path(), 4);
        let mut bytes = fs::read(&file).expect("it is there");
        let at = bytes.windows(name.len()).position(|found| found == name).expect("it is named");
        bytes[at..at + name.len()].copy_from_slice(instead);
        fs::write(&file, bytes).expect("can be written");
        assert!(wrong().contains(told), "{told}: {}", wrong());
    }
    fs::rename(&file, file.with_extension("pth")).expect("can be renamed");
    assert!(wrong().contains("`preview_decoder/taew.pth`"), "{}", wrong());
    assert!(wrong().contains("is a pickle"), "{}", wrong());
}
