//! Files with false headers.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use photoplay::diffusion::{Error, PreviewDecoder, PreviewDecoderConfig};
use proptest::prelude::*;
use serde_json::json;
use tch::{Device, Kind};

use super::{
    Folder, Raw, TRANSFORMER, file, network, numbers, raw_f32, refused, stored, text_config,
    transformer_config, vae_config,
};

/// Records the largest allocation.
struct Watched;

thread_local! {
    /// In the thread of this test only.
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator.
#[allow(unsafe_code, reason = "an allocator has no safe form")]
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(layout.size())));
        // SAFETY: as asked.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as asked.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// The parts of a model; each has a loader.
const PARTS: [&str; 5] = ["transformer", "vae", "text_encoder", "preview_decoder", "adapter"];

fn tensors(part: &str) -> BTreeMap<String, Raw> {
    let parameters = match part {
        "preview_decoder" => {
            let config = PreviewDecoderConfig { z_dim: 1, patch_size: 1, grown: [1, 2, 2] };
            config.parameters().expect("supported")
        }
        "adapter" => {
            let shapes = [("lora_A", [2, 24]), ("lora_B", [24, 2])];
            return BTreeMap::from(shapes.map(|(half, shape)| {
                let name = format!("transformer.blocks.0.attn1.to_q.{half}.weight");
                let numbers = numbers(&name, &shape);
                (name, raw_f32(&shape, &numbers))
            }));
        }
        part => network(part).1,
    };
    stored(&parameters, str::to_owned)
}

/// The tensors of a part, and the file that holds them.
type Whole = (BTreeMap<String, Raw>, Vec<u8>);

fn whole(part: usize) -> &'static Whole {
    static WHOLE: [OnceLock<Whole>; PARTS.len()] = [const { OnceLock::new() }; PARTS.len()];
    WHOLE[part].get_or_init(|| {
        let tensors = tensors(PARTS[part]);
        let bytes = file(&tensors, &[]);
        (tensors, bytes)
    })
}

fn load(folder: &Folder, part: &str) -> Result<(), Error> {
    match part {
        "preview_decoder" => {
            let vae = serde_json::from_value(vae_config()).expect("understood");
            PreviewDecoder::load(&folder.model(), &vae, Device::Cpu, Kind::Float).map(drop)
        }
        "adapter" => folder.load("transformer").map(drop),
        part => folder.load(part).map(drop),
    }
}

fn folder(part: usize, bytes: &[u8]) -> Folder {
    let part = PARTS[part];
    if part == "adapter" {
        let file = "loras/a.safetensors";
        let folder = Folder::new(&[(TRANSFORMER, &whole(0).1), (file, bytes)]);
        folder.settings(json!({ "adapters": [{ "file": file, "strength": 1.0 }] }));
        return folder;
    }
    let stem = if part == "text_encoder" { "model" } else { "diffusion_pytorch_model" };
    Folder::new(&[(&format!("{part}/{stem}.safetensors"), bytes)])
}

/// A file with a false header is an error that names it, and its claims cause no
/// allocation.
fn hostile(part: usize, bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = folder(part, bytes);
    LARGEST.set(0);
    let result = load(&folder, PARTS[part]);
    let largest = LARGEST.get();
    prop_assert!(largest < 16 << 20, "{} bytes were allocated", largest);
    let error = match result {
        Ok(()) => return Err(TestCaseError::fail("it was believed")),
        Err(error) => photoplay::diagnostic::chain(&error),
    };
    prop_assert!(error.contains('`'), "{}", error);
    Ok(())
}

fn header_length(bytes: &[u8]) -> usize {
    u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize
}

#[test]
fn files_that_do_not_lie_are_believed() {
    for (part, name) in PARTS.iter().enumerate() {
        load(&folder(part, &whole(part).1), name).expect("it is whole");
    }
}

/// A part with some tensors more, or others.
fn altered(part: usize, alter: impl FnOnce(&mut BTreeMap<String, Raw>)) -> Folder {
    let mut tensors = whole(part).0.clone();
    alter(&mut tensors);
    folder(part, &file(&tensors, &[]))
}

#[test]
fn a_scale_belongs_to_one_weight_and_a_weight_to_one_scale() {
    let scale = |tensors: &mut BTreeMap<String, Raw>, name: &str| {
        tensors.insert(name.to_owned(), raw_f32(&[], &[1.0]));
    };
    let lonely = altered(0, |tensors| {
        scale(tensors, "proj_out.scale_weight");
        tensors.remove("proj_out.weight");
    });
    let expected =
        "has a scale `proj_out.scale_weight`, but no file has the weight `proj_out.weight`";
    refused(lonely.load("transformer"), expected);
    for second in ["proj_out.weight_scale", "head.head.scale_weight"] {
        let twice = altered(0, |tensors| {
            scale(tensors, "proj_out.scale_weight");
            scale(tensors, second);
        });
        refused(twice.load("transformer"), "scales the weight `proj_out.weight` already");
    }
    // An adapter has each half of a product once.
    let twice = altered(4, |tensors| {
        let down = tensors["transformer.blocks.0.attn1.to_q.lora_A.weight"].clone();
        tensors.insert("transformer.blocks.0.attn1.to_q.lora_down.weight".to_owned(), down);
    });
    refused(twice.load("transformer"), "there already under another name");
}

/// Beside a size of none a file may claim any other and still end where it says.
#[test]
fn sizes_beyond_reckoning_are_refused() {
    let huge = [1 << 62, 2, 0];
    for (part, name) in PARTS.iter().enumerate() {
        let folder = altered(part, |tensors| {
            tensors.insert("x.scale_weight".to_owned(), ("F32", huge.to_vec(), Vec::new()));
        });
        let error = load(&folder, name).expect_err("it claims too much");
        let error = photoplay::diagnostic::chain(&error);
        assert!(error.contains("`x.scale_weight` claims more numbers"), "{error}");
    }
    let grown = altered(3, |tensors| {
        tensors.insert(
            "decoder.7.conv.weight".to_owned(),
            ("F32", vec![1 << 40, 0, 1, 1], Vec::new()),
        );
    });
    let error = load(&grown, "preview_decoder").expect_err("it claims too much").to_string();
    assert!(error.contains("`decoder.7.conv.weight`"), "{error}");
}

#[test]
fn an_index_of_nothing_is_refused() {
    let folder = Folder::new(&[(&format!("{TRANSFORMER}.index.json"), br#"{"weight_map": {}}"#)]);
    refused(folder.load("transformer"), "names no file");
}

/// Sizes that a network cannot have, in each configuration.
#[test]
fn configurations_that_claim_the_earth_are_refused() {
    let folder = Folder::new(&[]);
    let parts = [
        ("transformer", transformer_config()),
        ("vae", vae_config()),
        ("text_encoder", text_config()),
    ];
    for (part, config) in &parts {
        let sizes = config.as_object().expect("an object").iter();
        for (name, _) in sizes.filter(|(_, value)| value.is_i64() || value.is_u64()) {
            for size in [-1, i64::MAX] {
                for (part, config) in &parts {
                    folder.write(&format!("{part}/config.json"), config.to_string().as_bytes());
                }
                let mut lies = config.clone();
                lies[name] = json!(size);
                folder.write(&format!("{part}/config.json"), lies.to_string().as_bytes());
                // The files of weights are missing; nothing worse may happen.
                let wrong = photoplay::diffusion::inspect(&folder.model());
                assert!(wrong.len() >= 3, "{part} {name} {size}: {wrong:?}");
            }
        }
    }
}

#[test]
fn defaults_that_make_no_sense_are_refused() {
    for (name, value) in [
        ("width", 0u64),
        ("frame_rate", 0),
        ("max_frames", 0),
        ("steps", 0),
        ("text_length", 1 << 40),
    ] {
        let folder = Folder::new(&[]);
        folder.settings(json!({ name: value }));
        let error = photoplay::model::Model::open(folder.path()).expect_err("it makes no sense");
        assert!(error.to_string().contains(&format!("has `{name}`")), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn truncated_files_are_refused(part in 0..PARTS.len(), cut in any::<prop::sample::Index>()) {
        let bytes = &whole(part).1;
        hostile(part, &bytes[..cut.index(bytes.len())])?;
    }

    #[test]
    fn lengthened_files_are_refused(part in 0..PARTS.len(), more in 1..64usize) {
        hostile(part, &[&whole(part).1[..], &vec![0; more]].concat())?;
    }

    #[test]
    fn headers_with_a_flipped_bit_are_refused(part in 0..PARTS.len(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut bytes = whole(part).1.clone();
        // Padding of the header is no part of what it says.
        let end = 8 + bytes[8..8 + header_length(&bytes)].trim_ascii_end().len();
        bytes[at.index(end)] ^= 1 << bit;
        hostile(part, &bytes)?;
    }

    #[test]
    fn headers_that_claim_the_earth_are_refused(part in 0..PARTS.len(), claim in any::<u64>(), shape in prop::collection::vec(any::<u64>(), 0..6), end in any::<u64>()) {
        let mut bytes = whole(part).1.clone();
        bytes[..8].copy_from_slice(&claim.to_le_bytes());
        hostile(part, &bytes)?;
        let header = json!({ "x": { "dtype": "F32", "shape": shape, "data_offsets": [0, end] } }).to_string();
        hostile(part, &[&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat())?;
    }

    #[test]
    fn tensors_of_another_kind_are_refused(part in 0..PARTS.len(), at in any::<prop::sample::Index>(), what in 0..5u8) {
        let mut tensors = whole(part).0.clone();
        let name = tensors.keys().nth(at.index(tensors.len())).expect("one of them").clone();
        let (dtype, shape, bytes) = tensors.get_mut(&name).expect("it is there");
        match what {
            0 => *dtype = "I32",
            1 => {
                shape.push(2);
                bytes.extend(bytes.clone());
            }
            2 => {
                shape[0] += 1;
                let row = bytes.len() / (shape[0] as usize - 1);
                bytes.extend(vec![0; row]);
            }
            3 => {
                tensors.remove(&name);
            }
            _ => {
                tensors.insert(format!("{name}.more"), raw_f32(&[1], &[1.0]));
            }
        }
        hostile(part, &file(&tensors, &[]))?;
    }
}
