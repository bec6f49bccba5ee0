//! The networks beside Python diffusers: the same weights, inputs, precision and
//! threads, in pairs one after the other. `make bench-networks` sets diffusers
//! up first; `benches/RESULTS.md` has the results.
#![allow(clippy::print_stdout, reason = "its figures are for whoever runs it")]

#[path = "networks/diffusers.rs"]
mod diffusers;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use photoplay::breakdown::shot::HANDLE;
use photoplay::diffusion::{
    Noise, Parameter, StoredWeights, Transformer, TransformerConfig, Vae, VaeConfig, best_device,
    best_kind, keep_memory, transformer, vae,
};
use photoplay::model::{Model, PART_BYTES};
use photoplay::shoot::plan::take_frames;
use photoplay::time::{Rate, Seconds};
use serde_json::{Value, json};
use tch::{Cuda, Device, Kind, Tensor};

use diffusers::{Diffusers, field, python, taken};

/// The default number of pairs; the report gives their median.
const PAIRS: usize = 11;

/// Frames of the clip: two seconds and one frame of Toy Theatre.
const FRAMES: i64 = 25;

/// Wan 2.1 T2V 1.3B, as published.
const FULL_SIZE: &str = r#"{
    "patch_size": [1, 2, 2], "num_attention_heads": 12, "attention_head_dim": 128,
    "in_channels": 16, "out_channels": 16, "text_dim": 4096, "freq_dim": 256,
    "ffn_dim": 8960, "num_layers": 30, "cross_attn_norm": true,
    "qk_norm": "rms_norm_across_heads", "eps": 1e-6, "rope_max_seq_len": 1024
}"#;

/// Wan 2.1 VACE 1.3B: the same with a control branch at every other block.
fn vace() -> String {
    let mut config: Value = serde_json::from_str(FULL_SIZE).expect("well formed");
    config["vace_layers"] = (0..30).step_by(2).collect();
    config["vace_in_channels"] = json!(96);
    config.to_string()
}

/// A computation that both sides do.
struct Case {
    name: &'static str,
    /// `transformer`, `decode` or `encode`.
    part: &'static str,
    /// The model.
    folder: PathBuf,
    kind: Kind,
    device: Device,
    /// Whether our side streams the blocks to the device.
    streamed: bool,
    inputs: IndexMap<String, Tensor>,
    /// The most of diffusers' time that Photoplay may take, as a factor.
    bar: Option<f64>,
}

/// Photoplay's side of a case: seconds to load, a run, and a run that also does the
/// preparation of a clip.
type Ours = (f64, Box<dyn Fn() -> Tensor>, Option<Box<dyn Fn() -> Tensor>>);

impl Case {
    fn config<T: for<'de> serde::Deserialize<'de>>(&self, part: &str) -> T {
        let path = self.folder.join(part).join("config.json");
        serde_json::from_slice(&fs::read(path).expect("the configuration")).expect("understood")
    }

    fn open(&self, part: &str, parameters: &[Parameter]) -> StoredWeights<'static> {
        let model = Model::open(&self.folder).expect("the model");
        let loading =
            if part == "transformer" { transformer::LOAD_OPTIONS } else { vae::LOAD_OPTIONS };
        let stem = "diffusion_pytorch_model";
        StoredWeights::open(&model, part, stem, parameters, self.kind, self.device, loading)
            .expect("the weights")
    }

    fn input(&self, name: &str) -> Tensor {
        self.inputs[name].to_device(self.device)
    }

    /// Waits until the device has done its work.
    fn finish(&self) {
        if let Device::Cuda(index) = self.device {
            Cuda::synchronize(index as i64);
        }
    }

    fn ours(&self) -> Ours {
        let start = Instant::now();
        if self.part == "transformer" {
            let config: TransformerConfig = self.config("transformer");
            let weights = self.open("transformer", &config.parameters().expect("supported"));
            let network = if self.streamed {
                Transformer::streamed(weights, &config)
            } else {
                Transformer::new(&weights.root(), &config)
            };
            let network = std::rc::Rc::new(network.expect("they fit"));
            self.finish();
            let seconds = start.elapsed().as_secs_f64();
            let (latents, timestep) = (self.input("latents"), self.input("timestep"));
            let text = self.input("text");
            let given = self.inputs.contains_key("control").then(|| self.input("control"));
            let prompt = network.prompt(&text).expect("in memory");
            let control = given.as_ref().and_then(|given| network.control(given));
            let rope = network.rotations(&latents);
            let step = {
                let (network, latents) = (network.clone(), latents.shallow_clone());
                let timestep = timestep.shallow_clone();
                move || {
                    network
                        .forward(&latents, &timestep, &prompt, control.as_ref(), &rope)
                        .expect("in memory")
                }
            };
            let whole = move || {
                let prompt = network.prompt(&text).expect("in memory");
                let control = given.as_ref().and_then(|given| network.control(given));
                let rope = network.rotations(&latents);
                network
                    .forward(&latents, &timestep, &prompt, control.as_ref(), &rope)
                    .expect("in memory")
            };
            return (seconds, Box::new(step), Some(Box::new(whole)));
        }
        let config: VaeConfig = self.config("vae");
        let weights = self.open("vae", &config.parameters().expect("supported"));
        let network = Vae::new(&weights.root(), &config).expect("they fit");
        self.finish();
        let seconds = start.elapsed().as_secs_f64();
        if self.part == "encode" {
            let pixels = self.input("pixels");
            return (seconds, Box::new(move || network.encode(&pixels).mean), None);
        }
        let latents = self.input("latents");
        let decode = move || match part(&network, &latents) {
            Some(part) => network.decode_in_parts(&latents, part),
            None => network.decode(&latents),
        };
        (seconds, Box::new(decode), None)
    }

    /// Runs the case on both sides and prints the results.
    fn compare(&self, diffusers: &mut Diffusers, work: &Path, threads: usize, pairs: usize) {
        let (inputs, output) = (work.join("inputs"), work.join("output"));
        let tensors = self.inputs.iter().map(|(name, x)| (name.as_str(), x.shallow_clone()));
        Tensor::write_safetensors(&tensors.collect::<Vec<_>>(), &inputs).expect("can be written");
        let kind = if self.kind == Kind::BFloat16 { "bf16" } else { "f32" };
        let on_gpu = self.device.is_cuda();
        let taken = || if on_gpu { taken() } else { 0 };
        diffusers.order(&json!({"close": true}));
        let before = taken();
        let theirs_loading = diffusers.order(&json!({
            "open": self.part, "folder": self.folder, "kind": kind, "threads": threads,
            "inputs": inputs, "output": output, "device": if on_gpu { "cuda" } else { "cpu" },
        }));
        let with_theirs = taken();
        let (ours_loading, step, whole) = self.ours();
        let found = step().to_device(Device::Cpu).to_kind(Kind::Float);
        let with_both = taken();
        let expected = Tensor::read_safetensors(&output).expect("diffusers wrote it").remove(0).1;
        let difference = (&found - &expected).abs().max() / expected.abs().max();
        let difference = difference.double_value(&[]);
        // bf16 has eight bits, and both sides round after every layer; on a GPU
        // libtorch's convolutions multiply f32 as TF32, with eleven.
        let tolerance = match (self.kind, on_gpu) {
            (Kind::Float, false) => 1e-3,
            (Kind::Float, true) => 1e-2,
            _ => 0.2,
        };
        assert!(difference < tolerance, "{}: the results differ by {difference}", self.name);

        let whole = whole.as_deref().filter(|_| !on_gpu);
        let Times { theirs: theirs_times, steps, wholes } =
            self.alternate(diffusers, &*step, whole, pairs);
        report(&format!("{}, {kind}", self.name), &theirs_times, &steps, self.bar);
        if !wholes.is_empty() {
            report(
                &format!("{}, prompt and control again, {kind}", self.name),
                &theirs_times,
                &wholes,
                None,
            );
        }
        // Our allocator keeps memory of the GPU that it has freed.
        static TAKEN: AtomicBool = AtomicBool::new(false);
        if on_gpu && !TAKEN.swap(true, Ordering::Relaxed) {
            let (theirs, ours) = (with_theirs - before, with_both - with_theirs);
            let ratio = ours as f64 / theirs as f64;
            println!(
                "| {}, memory of the GPU, {kind} | {} MB | {} MB | {ratio:.2} | | 1.05 | {} |",
                self.name,
                theirs >> 20,
                ours >> 20,
                holds(ratio <= 1.05)
            );
        }
        if on_gpu && self.part == "transformer" {
            self.report_operations(kind, &theirs_times, &steps);
        } else if self.name.starts_with("Wan") {
            self.report_loading(kind, theirs_loading, ours_loading, diffusers);
        }
    }

    /// Runs both sides in turn; in each pair the other side begins.
    fn alternate(
        &self,
        diffusers: &mut Diffusers,
        step: &dyn Fn() -> Tensor,
        whole: Option<&dyn Fn() -> Tensor>,
        pairs: usize,
    ) -> Times {
        let ours = |run: &dyn Fn() -> Tensor| {
            let start = Instant::now();
            let _made = run();
            self.finish();
            start.elapsed().as_secs_f64()
        };
        let mut times = Times::default();
        for pair in 0..=pairs {
            let (them, us) = if pair % 2 == 0 {
                let them = diffusers.order(&json!({}));
                (them, ours(step))
            } else {
                let us = ours(step);
                (diffusers.order(&json!({})), us)
            };
            let whole = whole.map(ours);
            // The first pair warms both up.
            if pair > 0 {
                times.theirs.push(them);
                times.steps.push(us);
                times.wholes.extend(whole);
            }
        }
        times
    }

    fn report_operations(&self, kind: &str, theirs: &[f64], ours: &[f64]) {
        let config: TransformerConfig = self.config("transformer");
        let operations = operations(&config, &self.inputs["latents"]);
        let reached = |times: &[f64]| operations / median(times) / 1e12;
        println!(
            "| {}, TFLOP/s, {kind} | {:.0} | {:.0} | | | | |",
            self.name,
            reached(theirs),
            reached(ours)
        );
    }

    fn report_loading(&self, kind: &str, theirs: f64, ours: f64, diffusers: &Diffusers) {
        println!(
            "| load {}, {kind} | {theirs:.2} s | {ours:.2} s | | | 2 s | {} |",
            self.name,
            holds(ours <= 2.0)
        );
        let peak = field(std::process::id(), "VmHWM");
        println!(
            "| peak of the whole process with it, {kind} | {} MB | {} MB | | | 24 GB | {} |",
            diffusers.memory() >> 20,
            peak >> 20,
            holds(peak < 24 << 30)
        );
    }
}

/// Seconds of each run.
#[derive(Default)]
struct Times {
    theirs: Vec<f64>,
    steps: Vec<f64>,
    /// With the preparation of a clip.
    wholes: Vec<f64>,
}

/// Operations of the matrix products of a step, as diffusers does it: with the
/// keys and values of 512 tokens of text.
fn operations(config: &TransformerConfig, latents: &Tensor) -> f64 {
    let tokens = latents.numel() as f64 / (4 * latents.size()[1]) as f64;
    let (width, text) = (config.width() as f64, 512.0);
    let linear = 6.0 * tokens * width * width + 2.0 * text * width * width;
    let attention = 2.0 * tokens * (tokens + text) * width;
    let ffn = 2.0 * tokens * width * config.ffn_dim as f64;
    let hints = config.vace_layers.len() as f64;
    let blocks = config.num_layers as f64 + hints;
    2.0 * (blocks * (linear + attention + ffn) + hints * tokens * width * width)
}

/// The parts in which the pipeline passes a clip through the autoencoder.
fn part(network: &Vae, latents: &Tensor) -> Option<vae::ClipPart> {
    let (_, _, frames, rows, columns) = latents.size5().expect("a clip");
    let unit = network.config().scale_factor_spatial;
    network.part_within(PART_BYTES, frames, rows * unit, columns * unit)
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(values: &[f64]) -> f64 {
    let values = sorted(values.iter().copied());
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

fn holds(held: bool) -> &'static str {
    if held { "holds" } else { "**does not hold**" }
}

fn report(name: &str, theirs: &[f64], ours: &[f64], bar: Option<f64>) {
    let ratios = sorted(ours.iter().zip(theirs).map(|(us, them)| us / them));
    let ratio = median(&ratios);
    let (low, high) = (ratios[ratios.len() / 4], ratios[ratios.len() * 3 / 4]);
    let (bar, verdict) = match bar {
        Some(bar) => (format!("{bar:.2}"), holds(ratio <= bar)),
        None => Default::default(),
    };
    println!(
        "| {name} | {} | {} | {ratio:.2} | {low:.2} to {high:.2} | {bar} | {verdict} |",
        seconds(median(theirs)),
        seconds(median(ours)),
    );
}

fn seconds(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// Toy Theatre's networks at the size of its clip.
fn toy_theatre(kind: Kind) -> [Case; 3] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/toy-theatre");
    let settings = Model::open(&folder).expect("the model").defaults;
    let (width, height) = (i64::from(settings.width), i64::from(settings.height));
    let mut noise = Noise::new(1, 0);
    let mut draw = |shape: &[i64]| noise.normal(shape).to_kind(kind);
    let grid = [1 + (FRAMES - 1) / 4, height / 16, width / 16];
    let of = |channels: i64| [1, channels, grid[0], grid[1], grid[2]];
    let latents = draw(&of(16));
    let step = IndexMap::from([
        ("latents".to_owned(), latents.shallow_clone()),
        ("timestep".to_owned(), Tensor::from_slice(&[750i64])),
        ("text".to_owned(), draw(&[1, settings.text_length as i64, 128])),
        ("control".to_owned(), draw(&of(288))),
    ]);
    let pixels = draw(&[1, 3, FRAMES, height, width]).clamp(-1.0, 1.0);
    let case = |name, part, inputs, bar| Case {
        name,
        part,
        folder: folder.clone(),
        kind,
        device: Device::Cpu,
        streamed: false,
        inputs,
        bar,
    };
    [
        case("Toy Theatre, a step", "transformer", step, Some(1.05)),
        case(
            "Toy Theatre, decode",
            "decode",
            IndexMap::from([("latents".to_owned(), latents * 3.0)]),
            Some(0.5),
        ),
        case(
            "Toy Theatre, encode",
            "encode",
            IndexMap::from([("pixels".to_owned(), pixels)]),
            None,
        ),
    ]
}

/// Writes a network with random weights into a model's folder.
fn random(class: &str, config: &str, folder: &Path, part: &str) {
    let status = python("random").args([class, config]).arg(folder.join(part)).status();
    assert!(status.expect("Python can be started").success(), "the weights were written");
    fs::write(folder.join("model_index.json"), "{}").expect("can be written");
}

/// Wan 2.1 VACE 1.3B on a GPU with random weights, 81 frames of 832×480: a step,
/// the same with blocks that come one at a time, and decoding; each with its group.
fn gpu(folder: &Path, device: Device) -> [(&'static str, Case); 4] {
    random("WanVACETransformer3DModel", &vace(), folder, "transformer");
    random("AutoencoderKLWan", "{}", folder, "vae");
    let mut noise = Noise::new(1, 0);
    let mut draw = |shape: &[i64]| noise.normal(shape).to_kind(Kind::BFloat16);
    let [latents, control] = [16, 96].map(|channels| draw(&[1, channels, 21, 60, 104]));
    let text = draw(&[1, 512, 4096]);
    let case = |name, part, kind, streamed, bar| {
        let mut inputs =
            IndexMap::from([("latents".to_owned(), latents.to_kind(kind).shallow_clone())]);
        if part == "transformer" {
            inputs.insert("timestep".to_owned(), Tensor::from_slice(&[750i64]));
            inputs.insert("text".to_owned(), text.shallow_clone());
            inputs.insert("control".to_owned(), control.shallow_clone());
        }
        Case { name, part, folder: folder.to_owned(), kind, device, streamed, inputs, bar }
    };
    let (step, bf16) = ("transformer", Kind::BFloat16);
    [
        ("gpu", case("Wan 2.1 VACE 1.3B, a step", step, bf16, false, Some(1.05))),
        ("gpu-streamed", case("Wan 2.1 VACE 1.3B, a step with `--vram`", step, bf16, true, None)),
        ("gpu-decode", case("Wan 2.1, decode", "decode", Kind::Float, false, None)),
        ("gpu-decode-bf16", case("Wan 2.1, decode", "decode", bf16, false, None)),
    ]
}

/// Wan 2.1 T2V 1.3B with random weights: two latent frames of 160×160.
fn full_size(folder: &Path) -> Case {
    random("WanTransformer3DModel", FULL_SIZE, folder, "transformer");
    let mut noise = Noise::new(1, 0);
    let mut draw = |shape: &[i64]| noise.normal(shape).to_kind(Kind::BFloat16);
    Case {
        name: "Wan 2.1 T2V 1.3B, a step",
        part: "transformer",
        folder: folder.to_owned(),
        kind: Kind::BFloat16,
        device: Device::Cpu,
        streamed: false,
        inputs: IndexMap::from([
            ("latents".to_owned(), draw(&[1, 16, 2, 20, 20])),
            ("timestep".to_owned(), Tensor::from_slice(&[750i64])),
            ("text".to_owned(), draw(&[1, 512, 4096])),
        ]),
        bar: Some(1.05),
    }
}

/// Seconds of a whole process, and the peak memory of it and its children in bytes:
/// resident, and the part of it that is not of mapped files.
type Run = (f64, u64, u64);

fn process(command: &mut Command) -> Run {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().expect("it can be started");
    let (mut resident, mut own) = (BTreeMap::new(), 0);
    let status = loop {
        let mut family = vec![child.id()];
        let mut next = 0;
        while let Some(id) = family.get(next) {
            let path = format!("/proc/{id}/task/{id}/children");
            let children = fs::read_to_string(path).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
            next += 1;
        }
        for id in &family {
            let peak: &mut u64 = resident.entry(*id).or_default();
            *peak = (*peak).max(field(*id, "VmHWM"));
        }
        own = own.max(family.iter().map(|id| field(*id, "RssAnon")).sum());
        if let Some(status) = child.try_wait().expect("it is our child") {
            break status;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?} did not succeed");
    (seconds, resident.values().sum(), own)
}

/// The time from a command to two seconds of Toy Theatre, with nothing loaded before.
/// A take has handles for transitions: diffusers makes as many frames as the take
/// has and, for comparison, those of two seconds alone.
fn clip(work: &Path, pairs: usize) {
    let script = work.join("clip.play");
    let text = "[[film: cards off | captions off]]\n\nEXT. JUNKYARD - DUSK\n\n!! WIDE ON A MAMMOTH [[pan right, 2s]]\n\nA mammoth lumbers between the towers.\n";
    let kind = if best_kind(Device::Cpu) == Kind::BFloat16 { "bf16" } else { "f32" };
    let settings = Model::embedded().expect("the embedded model").defaults;
    let (rate, shown) = (Rate::FILM, Seconds::millis(2000));
    let frames = take_frames(HANDLE, shown.to_frames(rate), rate, &settings);
    let (mut theirs, mut fewer, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..=pairs {
        let film = work.join(format!("film-{pair}"));
        fs::create_dir(&film).expect("can be made");
        fs::write(film.join(script.file_name().expect("a name")), text).expect("can be written");
        let mut build = Command::new(env!("CARGO_BIN_EXE_photoplay"));
        build.current_dir(&film).args(["build", "clip.play", "-o", "clip.mp4"]);
        build.stderr(Stdio::null());
        let diffusers = |frames: u32| {
            let mut script = python("clip");
            script.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/toy-theatre"));
            script.args([kind, "wide. mammoth. walk. scrapyard. dusk. pan right."]);
            process(script.arg(frames.to_string()))
        };
        let (them, us) = if pair % 2 == 0 {
            let them = diffusers(frames);
            (them, process(&mut build))
        } else {
            let us = process(&mut build);
            (diffusers(frames), us)
        };
        let alone = diffusers(FRAMES as u32);
        assert!(film.join("clip.mp4").exists(), "there is a film");
        if pair > 0 {
            theirs.push(them);
            fewer.push(alone);
            ours.push(us);
        }
    }
    let row = |theirs: &[Run],
               (name, bar): (&str, Option<f64>),
               of: &dyn Fn(&Run) -> f64,
               shown: &dyn Fn(f64) -> String| {
        let [theirs, ours] =
            [theirs, ours.as_slice()].map(|all| all.iter().map(of).collect::<Vec<_>>());
        let ratios = sorted(ours.iter().zip(&theirs).map(|(us, them)| us / them));
        let (ratio, quarter) = (median(&ratios), ratios.len() / 4);
        println!(
            "| command to clip, {name}, {kind} | {} | {} | {ratio:.2} | {:.2} to {:.2} | {} | {} |",
            shown(median(&theirs)),
            shown(median(&ours)),
            ratios[quarter],
            ratios[ratios.len() - 1 - quarter],
            bar.map_or_else(String::new, |bar| format!("{bar:.2}")),
            bar.map_or("", |bar| holds(ratio <= bar)),
        );
    };
    let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
    let (same, alone) = (format!("{frames} frames"), format!("{FRAMES} frames of diffusers"));
    row(&theirs, (&same, Some(0.25)), &|run| run.0, &seconds);
    row(&theirs, ("peak resident", Some(0.8)), &|run| run.1 as f64, &megabytes);
    row(&theirs, ("peak without files", Some(0.8)), &|run| run.2 as f64, &megabytes);
    row(&fewer, (&alone, None), &|run| run.0, &seconds);
}

fn main() {
    // Arguments that cargo gives every benchmark are no names of groups.
    let words = std::env::args().skip(1).filter(|word| !word.starts_with('-'));
    let (numbers, groups): (Vec<String>, Vec<String>) =
        words.partition(|word| word.parse::<usize>().is_ok());
    let pairs = numbers.first().and_then(|number| number.parse().ok()).unwrap_or(PAIRS).max(1);
    let wanted = |group: &str| groups.is_empty() || groups.iter().any(|asked| asked == group);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    keep_memory();
    tch::set_num_threads(threads as i32);
    let _guard = tch::no_grad_guard();
    let work = tempfile::tempdir().expect("a folder");
    let (mut diffusers, versions) = Diffusers::start();
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cpu = cpu.map_or("an unnamed CPU", |(_, name)| name);
    let load = || read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned();
    println!("{cpu}, {threads} threads, load {}", load());
    println!("torch {}, diffusers {}\n", versions["torch"], versions["diffusers"]);
    println!("| what | diffusers | Photoplay | ratio | its middle half | bar | |");
    println!("|---|---|---|---|---|---|---|");
    for kind in [Kind::Float, Kind::BFloat16] {
        for case in toy_theatre(kind).iter().filter(|case| wanted(case.part)) {
            case.compare(&mut diffusers, work.path(), threads, pairs);
        }
    }
    if wanted("full-size") {
        full_size(work.path()).compare(&mut diffusers, work.path(), threads, pairs);
    }
    let device = best_device();
    if device.is_cuda() && (groups.is_empty() || groups.iter().any(|it| it.starts_with("gpu"))) {
        for (_, case) in gpu(work.path(), device).iter().filter(|(group, _)| wanted(group)) {
            case.compare(&mut diffusers, work.path(), threads, pairs);
        }
    }
    drop(diffusers);
    if wanted("clip") {
        clip(work.path(), pairs);
    }
    println!("\nload at the end {}", load());
}
