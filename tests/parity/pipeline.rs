//! Whole pipelines of tiny models against diffusers, from the same noise, and their
//! errors.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use image::{GrayImage, RgbImage};
use indexmap::IndexMap;
use photoplay::diffusion::{
    EncodedReference, Error, Inpaint, NotFiniteCause, Parameter, Pipeline, Request,
    TextEncoderConfig, TransformerConfig, VaeConfig, Weights,
};
use photoplay::model::{Model, Placement};
use safetensors::SafeTensors;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use super::fixture::{Fixture, cases, fill, weights};
use super::{config, number, numbers, real, text};

fn picture(name: &str, width: u32, height: u32) -> RgbImage {
    let unit = fill(name, &[i64::from(height), i64::from(width), 3], 1.0, 0.0);
    let bytes = ((unit.to_kind(Kind::Double) + 1.0) * 127.5).floor().to_kind(Kind::Uint8);
    let mut raw = vec![0; bytes.numel()];
    let count = raw.len();
    bytes.copy_data(&mut raw, count);
    RgbImage::from_raw(width, height, raw).expect("the size fits")
}

/// A model of the test networks in a folder, as the cases name it.
pub(super) fn write_model(folder: &Path, name: &str) {
    let cases = cases();
    let model = &cases["pipeline"]["models"][name];
    let named = |kind: &str, name: &Value| {
        let all = cases[kind].as_array().expect("cases");
        all.iter().find(|case| case["name"] == *name).expect("the network is there").clone()
    };
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("can be made");
        fs::write(path, bytes).expect("can be written");
    };
    let (vae, transformer) =
        (named("vae", &model["vae"]), named("transformer", &model["transformer"]));
    let text_encoder = &cases["text_encoder"];
    let of_transformer = config::<TransformerConfig>(&transformer).parameters();
    let of_transformer = of_transformer.expect("supported");
    let part = |file: &str, prefix: &str, case: &Value, parameters| {
        let bytes = weights(prefix, parameters).to_safetensors().expect("f32");
        write(&format!("{file}.safetensors"), &bytes);
        let (part, _) = file.split_once('/').expect("in a folder");
        write(&format!("{part}/config.json"), case["config"].to_string().as_bytes());
    };
    let of_vae = config::<VaeConfig>(&vae).parameters().expect("supported");
    part("vae/diffusion_pytorch_model", "", &vae, &of_vae);
    let of_text = config::<TextEncoderConfig>(text_encoder).parameters().expect("supported");
    part("text_encoder/model", "", text_encoder, &of_text);
    part("transformer/diffusion_pytorch_model", "", &transformer, &of_transformer);
    let mut index = model.clone();
    if !model["boundary_ratio"].is_null() {
        let file = "transformer_2/diffusion_pytorch_model";
        part(file, "transformer_2.", &transformer, &of_transformer);
        index["transformer_2"] = serde_json::json!(["diffusers", "WanTransformer3DModel"]);
    }
    write("model_index.json", index.to_string().as_bytes());
    write("scheduler/scheduler_config.json", b"{}");
    let tokenizer = fs::read(super::folder().join("tokenizer.json")).expect("the tokenizer");
    write("tokenizer/tokenizer.json", &tokenizer);
    let settings = serde_json::json!({
        "name": "Test", "prompt_template": "wan", "width": 32, "height": 32, "frame_rate": 12,
        "max_frames": 13, "steps": 2, "guidance_scale": 1.0, "scheduler": "unipc", "shift": 3.0,
        "text_length": cases["pipeline"]["text_length"], "licence": "MIT",
    });
    write("photoplay.json", settings.to_string().as_bytes());
}

fn open(folder: &Path) -> Result<Pipeline, Error> {
    open_as(folder, Kind::Float, Placement::default())
}

fn open_as(folder: &Path, kind: Kind, placement: Placement) -> Result<Pipeline, Error> {
    Pipeline::load_as(&Model::open(folder)?, Device::Cpu, kind, placement)
}

/// A model that stays open as long as its folder.
fn opened(name: &str) -> (tempfile::TempDir, Pipeline) {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path(), name);
    let pipeline = open(folder.path()).expect("the model is whole");
    (folder, pipeline)
}

fn request(case: &Value) -> Request {
    Request {
        prompt: text(&case["prompt"]),
        negative_prompt: text(&case["negative_prompt"]),
        references: Vec::new(),
        first_frame: None,
        last_frame: None,
        preceding: Vec::new(),
        inpaint: None,
        control: Vec::new(),
        conditioning_scale: vec![1.0],
        width: number(&case["width"]) as u32,
        height: number(&case["height"]) as u32,
        frames: number(&case["frames"]) as u32,
        steps: number(&case["steps"]) as u32,
        guidance_scale: real(&case["guidance_scale"]),
        guidance_scale_2: case["guidance_scale_2"].as_f64(),
        shift: real(&case["shift"]),
        reuse: None,
        scheduler: text(&case["scheduler"]),
        seed: 1,
    }
}

fn go_on(_: u32, _: u32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The request of a case with its pictures.
fn illustrated(case: &Value, pipeline: &Pipeline) -> Request {
    let mut request = request(case);
    let (width, height) = (request.width, request.height);
    for (index, size) in case["references"].as_array().expect("sizes").iter().enumerate() {
        let [of_width, of_height] = numbers(size)[..] else { panic!("a width and a height") };
        let picture = picture(&format!("reference.{index}"), of_width as u32, of_height as u32);
        let reference = pipeline.encode_reference(&picture, width, height).expect("the size fits");
        let bytes = reference.to_bytes().expect("it can be stored");
        request.references.push(EncodedReference::from_bytes(&bytes).expect("it is whole"));
    }
    let frame = |index: i64| picture(&format!("frame.{index}"), width, height);
    let last = i64::from(request.frames) - 1;
    match numbers(&case["kept"])[..] {
        [0] => request.first_frame = Some(frame(0)),
        [kept] if kept == last => request.last_frame = Some(frame(last)),
        [0, kept] if kept == last => {
            request.first_frame = Some(frame(0));
            request.last_frame = Some(frame(last));
        }
        ref kept => request.preceding = kept.iter().map(|index| frame(*index)).collect(),
    }
    if case["control"] == true {
        let control = |index: i64| {
            let red = picture(&format!("control.{index}"), width, height);
            RgbImage::from_fn(width, height, |x, y| image::Rgb([red.get_pixel(x, y).0[0]; 3]))
        };
        request.control = (0..=last).map(control).collect();
    }
    match &case["conditioning_scale"] {
        Value::Null => {}
        Value::Array(scales) => request.conditioning_scale = scales.iter().map(real).collect(),
        scale => request.conditioning_scale = vec![real(scale)],
    }
    if case["inpaint"] == true {
        let mask = |index: i64| {
            let red = picture(&format!("mask.{index}"), width, height);
            GrayImage::from_fn(width, height, |x, y| image::Luma([red.get_pixel(x, y).0[0]]))
        };
        request.inpaint = Some(Inpaint {
            video: (0..=last).map(frame).collect(),
            mask: (0..=last).map(mask).collect(),
        });
    }
    request
}

#[test]
fn pipelines() {
    let cases = cases();
    let fixture = Fixture::open("pipeline");
    let mut models = BTreeMap::new();
    for case in cases["pipeline"]["cases"].as_array().expect("cases") {
        let (name, model) = (text(&case["name"]), text(&case["model"]));
        let (_, pipeline) = models.entry(model.clone()).or_insert_with(|| opened(&model));
        let request = illustrated(case, pipeline);
        let noise = fill("noise", &pipeline.latent_shape(&request), 1.7, 0.0);
        let mut heard = Vec::new();
        let latents = pipeline
            .generate_latents(&request, &noise, &mut |done, of| {
                heard.push((done, of));
                ControlFlow::Continue(())
            })
            .expect("the clip can be made");
        fixture.check(&name, &latents, 1e-4);
        let pixels = pipeline.decode_video(&latents).expect("the latents fit");
        fixture.check_every(17, &format!("{name}.pixels"), &pixels, 1e-4);
        let frames = pipeline.decode(&latents).expect("the latents fit");
        assert_eq!(frames.len() as u32, request.frames, "{name}");
        assert!(frames.iter().all(|f| f.dimensions() == (request.width, request.height)));
        assert_eq!(
            heard,
            (1..=request.steps).map(|done| (done, request.steps)).collect::<Vec<_>>()
        );

        let stopped = pipeline.generate(&request, &mut |_, _| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Cancelled)), "{name}");
    }
}

/// The first two steps of each expert and the last of all are always computed.
#[test]
fn velocities_are_used_again_as_far_as_is_asked() {
    let cases = cases();
    let all = cases["pipeline"]["cases"].as_array().expect("cases");
    for (model, computed) in [("vace", 3), ("vace_fun_a14b", 5)] {
        let (_folder, mut pipeline) = opened(model);
        let case = all.iter().find(|case| case["model"] == model).expect("a case");
        let mut request = illustrated(case, &pipeline);
        (request.steps, request.guidance_scale, request.guidance_scale_2) = (12, 2.5, None);
        let mut latents = |reuse| {
            let request = Request { reuse, ..request.clone() };
            let noise = fill("noise", &pipeline.latent_shape(&request), 1.7, 0.0);
            let made = pipeline.generate_latents(&request, &noise, &mut go_on);
            (made.expect("it can be made"), pipeline.reused())
        };
        let (full, none) = latents(None);
        assert_eq!((none.passes, none.reused), (24, 0), "{model}");
        let (same, none) = latents(Some(0.0));
        assert_eq!(none.reused, 0, "{model}");
        assert!(same.equal(&full), "{model}: nothing was used again, and the clip is another");
        let (rough, most) = latents(Some(f64::INFINITY));
        assert_eq!(most.passes - most.reused, 2 * computed, "{model}");
        assert!(!rough.equal(&full) && most.difference > 0.0, "{model}: {most:?}");
    }
}

/// An adapter for every block and what is around them, with numbers of the test.
fn write_adapter(folder: &Path, transformer: &Value) {
    let of_transformer = config::<TransformerConfig>(transformer).parameters();
    let mut tensors = IndexMap::new();
    for Parameter { name, shape, .. } in of_transformer.expect("supported") {
        let (&[outputs, inputs], Some(module)) = (&shape[..], name.strip_suffix(".weight")) else {
            continue;
        };
        for (half, shape) in [("lora_A", [3, inputs]), ("lora_B", [outputs, 3])] {
            let name = format!("{module}.{half}.weight");
            let numbers = fill(&name, &shape, 0.3, 0.0);
            tensors.insert(name, numbers);
        }
    }
    let bytes = Weights::from_tensors("adapter", tensors).to_safetensors().expect("f32");
    fs::write(folder.join("adapter.safetensors"), bytes).expect("can be written");
    let settings = folder.join("photoplay.json");
    let mut said: Value =
        serde_json::from_slice(&fs::read(&settings).expect("is there")).expect("JSON");
    said["adapters"] = serde_json::json!([{ "file": "adapter.safetensors", "strength": 0.7 }]);
    fs::write(settings, said.to_string()).expect("can be written");
}

/// Blocks brought to the device one at a time make the same bits, whatever is
/// merged into them and whatever they are converted from.
#[test]
fn streamed_blocks_leave_no_trace() {
    let cases = cases();
    let streamed = Placement { streamed: true, read_on_cpu: true };
    for model in ["vace", "t2v", "ti2v", "vace_fun_a14b"] {
        let folder = tempfile::tempdir().expect("a folder");
        write_model(folder.path(), model);
        let all = cases["pipeline"]["cases"].as_array().expect("cases");
        let case = all.iter().find(|case| case["model"] == model).expect("a case");
        let latents = |kind, placement| {
            let mut pipeline = open_as(folder.path(), kind, placement).expect("it is whole");
            let request = illustrated(case, &pipeline);
            let noise = fill("noise", &pipeline.latent_shape(&request), 1.7, 0.0);
            pipeline.generate_latents(&request, &noise, &mut go_on).expect("it can be made")
        };
        let same = |what: &str, kind| {
            let (held, brought) = (latents(kind, Placement::default()), latents(kind, streamed));
            assert!(held.equal(&brought), "{model}, {what}: streaming changes the clip");
            held
        };
        let plain = same("stored as computed with", Kind::Float);
        let converted = same("converted", Kind::BFloat16);
        assert!(!converted.equal(&plain), "{model}: bf16 changes nothing");
        let transformer = &cases["pipeline"]["models"][model]["transformer"];
        let networks = cases["transformer"].as_array().expect("cases");
        let network = networks.iter().find(|network| network["name"] == *transformer);
        write_adapter(folder.path(), network.expect("the network is there"));
        let adapted = same("with an adapter", Kind::Float);
        assert!(!adapted.equal(&plain), "{model}: the adapter changes nothing");
    }
}

/// One expert is in memory at a time: after the boundary the other's file is
/// read, and before the next clip the first's again.
#[test]
fn experts_take_turns() {
    let (folder, mut pipeline) = opened("t2v_a14b");
    let cases = cases();
    let all = cases["pipeline"]["cases"].as_array().expect("cases");
    let request = request(all.iter().find(|case| case["name"] == "t2v_a14b").expect("a case"));
    let one = pipeline.generate(&request, &mut go_on).expect("it can be made");
    let two = pipeline.generate(&request, &mut go_on).expect("it can be made");
    assert!(one == two, "a clip depends on the expert the last one left in memory");

    let files = ["transformer", "transformer_2"]
        .map(|part| folder.path().join(part).join("diffusion_pytorch_model.safetensors"));
    fs::remove_file(&files[0]).expect("can be removed");
    let mut steps = 0;
    let error = pipeline.generate(&request, &mut |done, _| {
        steps = done;
        ControlFlow::Continue(())
    });
    assert!(error.is_err(), "the first expert was still in memory");
    assert_eq!(steps, 0);
}

/// Changes to a model's files, each with the message of the error.
#[test]
fn damaged_weights_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path(), "vace");
    let file = folder.path().join("transformer/diffusion_pytorch_model.safetensors");
    let whole = fs::read(&file).expect("it is there");
    let check = |bytes: &[u8], expected: &str| {
        fs::write(&file, bytes).expect("can be written");
        let error = open(folder.path()).expect_err("the weights are damaged").to_string();
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    };
    let config: TransformerConfig = config(&cases()["transformer"][0]);
    let parameters = config.parameters().expect("supported");
    let altered = |alter: &dyn Fn(&mut IndexMap<String, Tensor>)| {
        let mut weights = weights("", &parameters);
        alter(&mut weights.tensors);
        weights.to_safetensors().expect("can be stored")
    };
    check(&whole[..whole.len() - 4], "cut short");
    check(&whole[..20], "cut short");
    check(&[], "cut short");
    check(&[0xFF; 64], "damaged");
    let mut bytes = whole.clone();
    bytes[9] = b'!';
    check(&bytes, "damaged");
    check(
        &altered(&|tensors| {
            let _ = tensors.shift_remove("proj_out.bias");
        }),
        "has no tensor `proj_out.bias`",
    );
    check(
        &altered(&|tensors| {
            tensors.insert("proj_out.bias".to_owned(), fill("x", &[3], 1.0, 0.0));
        }),
        "`proj_out.bias` of `transformer/diffusion_pytorch_model.safetensors` has shape [3]",
    );
    check(
        &altered(&|tensors| {
            tensors.insert("lora.down".to_owned(), fill("x", &[3], 1.0, 0.0));
        }),
        "has a tensor `lora.down`",
    );
    let header = String::from_utf8_lossy(&whole[8..]).replacen("\"F32\"", "\"I32\"", 1);
    let length = u64::from_le_bytes(whole[..8].try_into().expect("eight bytes")) as usize;
    let mut bytes = whole.clone();
    bytes[8..8 + length].copy_from_slice(&header.as_bytes()[..length]);
    check(&bytes, "is stored as I32");

    // What diffusers ignores is ignored; half precision is read.
    let bytes = altered(&|tensors| {
        tensors.insert("blocks.0.attn2.norm_added_q.weight".to_owned(), fill("x", &[3], 1.0, 0.0));
        for tensor in tensors.values_mut() {
            *tensor = tensor.to_kind(Kind::BFloat16);
        }
    });
    fs::write(&file, bytes).expect("can be written");
    open(folder.path()).expect("the weights are whole");
}

/// NaN spreads to the latents; the error names its step and origin.
#[test]
fn latents_that_are_not_finite_stop_the_take() {
    let case = &cases()["pipeline"]["cases"][0];
    let broken = |file: &str, tensor: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        write_model(folder.path(), "vace");
        let file = folder.path().join(file);
        let mut bytes = fs::read(&file).expect("it is there");
        let (header, whole) = (8 + bytes[0] as usize + 256 * bytes[1] as usize, bytes.clone());
        let stored = SafeTensors::deserialize(&whole).expect("it is whole");
        let data = stored.tensor(tensor).expect("it is there").data();
        let start = data.as_ptr() as usize - whole.as_ptr() as usize;
        assert!(start >= header, "tensors lie behind the header");
        bytes[start..start + 4].copy_from_slice(&f32::NAN.to_le_bytes());
        fs::write(&file, bytes).expect("can be written");
        open(folder.path()).expect("the weights are whole")
    };
    let check = |mut pipeline: Pipeline, guidance: f64, expected: NotFiniteCause| {
        let mut request = illustrated(case, &pipeline);
        request.guidance_scale = guidance;
        match pipeline.generate(&request, &mut go_on) {
            Err(Error::NotFinite { step: 1, of: 3, cause }) => assert_eq!(cause, expected),
            other => panic!("{other:?} where {expected:?} is the cause"),
        }
    };
    let transformer = "transformer/diffusion_pytorch_model.safetensors";
    check(broken(transformer, "proj_out.bias"), 1.0, NotFiniteCause::Transformer(Kind::Float));
    let text_encoder = "text_encoder/model.safetensors";
    check(broken(text_encoder, "encoder.final_layer_norm.weight"), 1.0, NotFiniteCause::Prompt);
    let vae = "vae/diffusion_pytorch_model.safetensors";
    check(broken(vae, "quant_conv.bias"), 1.0, NotFiniteCause::Pictures);
    check(opened("vace").1, 1e39, NotFiniteCause::Schedule);
}

#[test]
fn impossible_requests_are_refused() {
    let (_folder, mut pipeline) = opened("vace");
    let good = request(&cases()["pipeline"]["cases"][1]);
    let mut check = |alter: &dyn Fn(&mut Request), expected: &str| {
        let mut request = good.clone();
        alter(&mut request);
        let error = pipeline
            .generate(&request, &mut go_on)
            .expect_err("the request is impossible")
            .to_string();
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    };
    check(&|request| request.width = 40, "a width of 40 pixels is not a multiple of 16");
    check(&|request| request.height = 0, "a height of 0 pixels");
    check(&|request| request.frames = 8, "8 frames are not 4k+1");
    check(&|request| request.frames = 0, "0 frames are not 4k+1");
    check(&|request| request.steps = 0, "at least one step");
    check(&|request| request.shift = f64::NAN, "a shift is a positive number");
    check(&|request| request.scheduler = "ddim".to_owned(), "the scheduler `ddim`");
    check(&|request| request.preceding = vec![picture("x", 32, 32); 3], "3 preceding frames");
    check(&|request| request.preceding = vec![picture("x", 32, 32); 9], "9 preceding frames");
    check(&|request| request.preceding = vec![picture("x", 16, 32); 5], "of another size");
    check(
        &|request| {
            request.preceding = vec![picture("x", 32, 32)];
            request.first_frame = Some(picture("x", 32, 32));
        },
        "starts with a first frame or goes on",
    );
    check(&|request| request.first_frame = Some(RgbImage::new(0, 0)), "is empty");
    check(&|request| request.guidance_scale = f64::NAN, "a guidance scale is a number");
    check(&|request| request.conditioning_scale = vec![f64::NAN], "a conditioning scale is a");
    check(&|request| request.conditioning_scale = Vec::new(), "0 conditioning scales for");
    check(&|request| request.control = vec![picture("x", 32, 32); 5], "where the clip has 9");
    check(&|request| request.control = vec![picture("x", 16, 32); 9], "control frames are of");
    check(&|request| request.guidance_scale_2 = Some(2.0), "has no second expert");
    let inpaint = |frames: usize, masks: usize, size: u32| Inpaint {
        video: vec![picture("x", 32, 32); frames],
        mask: vec![GrayImage::new(size, size); masks],
    };
    check(&|request| request.inpaint = Some(inpaint(9, 5, 32)), "9 frames with 5 masks");
    check(&|request| request.inpaint = Some(inpaint(5, 5, 32)), "where the clip has 9");
    check(&|request| request.inpaint = Some(inpaint(9, 9, 16)), "of another size");
    check(
        &|request| {
            request.inpaint = Some(inpaint(9, 9, 32));
            request.last_frame = Some(picture("x", 32, 32));
        },
        "has its first and last frames already",
    );
    check(
        &|request| {
            request.inpaint = Some(inpaint(9, 9, 32));
            request.control = vec![picture("x", 32, 32); 9];
        },
        "has its control already",
    );
}

#[test]
fn a_model_takes_the_pictures_it_can() {
    let check = |name: &str, alter: &dyn Fn(&mut Request), expected: Option<&str>| {
        let (_folder, mut pipeline) = opened(name);
        let mut request = request(&cases()["pipeline"]["cases"][1]);
        (request.width, request.steps) = (64, 1);
        alter(&mut request);
        let made = pipeline.generate(&request, &mut go_on);
        match expected {
            None => drop(made.expect("it can be made")),
            Some(expected) => {
                let error = made.expect_err("the model takes no such picture").to_string();
                assert!(error.contains(expected), "{error:?} lacks {expected:?}");
            }
        }
    };
    let first = |request: &mut Request| request.first_frame = Some(picture("x", 20, 20));
    let last = |request: &mut Request| request.last_frame = Some(picture("x", 20, 20));
    let one = |request: &mut Request| request.preceding = vec![picture("x", 64, 32)];
    let five = |request: &mut Request| request.preceding = vec![picture("x", 64, 32); 5];
    check("vace", &last, None);
    check("vace", &five, None);
    check("t2v", &first, Some("takes no pictures"));
    check("t2v", &one, Some("takes no pictures"));
    check("ti2v", &first, None);
    check("ti2v", &one, None);
    check("ti2v", &last, Some("need a VACE model"));
    check("ti2v", &five, Some("need a VACE model"));
    let followed = |request: &mut Request| request.control = vec![picture("x", 64, 32); 9];
    check("vace", &followed, None);
    check("ti2v", &followed, Some("need a VACE model"));
    check("t2v", &followed, Some("takes no pictures"));
}

/// Values that `model_index.json` must not have.
#[test]
fn models_that_contradict_themselves_are_refused() {
    let check = |model: &str, index: Value, expected: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        write_model(folder.path(), model);
        fs::write(folder.path().join("model_index.json"), index.to_string()).expect("written");
        let error = open(folder.path()).expect_err("it contradicts itself").to_string();
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    };
    use serde_json::json;
    check("t2v", json!({ "boundary_ratio": 0.9 }), "without a `transformer_2`");
    let two = json!(["diffusers", "WanTransformer3DModel"]);
    check(
        "t2v",
        json!({ "boundary_ratio": 0.9, "transformer_2": two }),
        "`transformer_2/config.json`",
    );
    check("vace", json!({ "expand_timesteps": true }), "`expand_timesteps`");
    check("t2v", json!({ "boundary_ratio": "0.9" }), "is not understood");
}

/// The frames of a seed. If they change on purpose, raise
/// `photoplay::diffusion::REVISION` with `PHOTOPLAY_GOLDEN=write`.
#[test]
fn golden_frames() {
    let (_folder, mut pipeline) = opened("vace");
    let request = request(&cases()["pipeline"]["cases"][0]);
    let frames = pipeline.generate(&request, &mut go_on).expect("it can be made");
    let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.as_raw().clone()).collect();
    let size = [frames.len() as i64, i64::from(request.height), i64::from(request.width), 3];
    let found = Tensor::from_slice(&bytes).reshape(size);
    let key = format!("revision {}", photoplay::diffusion::REVISION);
    if std::env::var_os("PHOTOPLAY_GOLDEN").is_some() {
        let tensors = IndexMap::from([(key.clone(), found.to_kind(Kind::Half))]);
        let bytes = Weights::from_tensors("golden", tensors).to_safetensors().expect("f16");
        fs::write(super::folder().join("golden.safetensors"), bytes).expect("can be written");
    }
    Fixture::open("golden").check(&key, &found, 1.0);
}
