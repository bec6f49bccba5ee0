//! Finds the weights of a network in safetensors files: either scheme of names,
//! any format that weights are stored in, one file or several.
//!
//! Checks every header against the architecture before it makes a tensor. Knows
//! names, shapes and number formats; does not know what a tensor is for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tch::{Device, Kind, Tensor};

use super::lora::Lora;
use super::names::Scheme;
use super::stored::{FileBytes, kind_of};
use super::weights::{Parameter, TensorSource, WeightPath, Weights};
use super::{Error, runtime};
use crate::model::header::{Dtype, TensorInfo};
use crate::model::{Checkpoint, Model};

/// What loading accepts besides the architecture's own names, and what it keeps
/// in f32.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoadOptions<'a> {
    /// The names of the authors' own code, if it has others than diffusers.
    pub names: Option<Scheme>,
    /// Tensors with one of these parts in their names may be in the file although
    /// the network does not ask for them.
    pub ignored: &'a [&'a str],
    /// Other names for a tensor: (name asked for, name also accepted).
    pub aliases: &'a [(&'a str, &'a str)],
    /// Tensors with one of these parts in their names stay f32, whatever kind the
    /// network computes in.
    pub keep_f32: &'a [&'a str],
}

/// A tensor whose name ends so holds the factors of the `weight` beside it.
const SCALE_ENDS: &[&str] = &["scale_weight", "weight_scale"];

/// Tensors with one of these parts in their names are not needed: they describe a
/// file in fp8, or hold the tokenizer that some text encoders bring along.
const NOT_NEEDED: &[&str] =
    &["scale_input", "input_scale", "scaled_fp8", "comfy_quant", "spiece_model"];

/// What a tensor of a file is for.
enum Meaning {
    /// It is a parameter, by its name in diffusers.
    Weight(String),
    /// It holds the factors of a parameter, by its name in diffusers.
    Scale(String),
    /// The network does not need it.
    NotNeeded,
    /// The network has no such tensor.
    Unknown,
}

/// A tensor of one of a network's files.
struct Place {
    /// Which of the files.
    file: usize,
    stored: TensorInfo,
}

/// A parameter as it is stored.
struct StoredParameter {
    weight: Place,
    /// Factors: one for all, or one for each row.
    scale: Option<Place>,
}

/// The weights of a network in their files. [`Self::open`] finds and checks them all;
/// each is read when it is asked for.
pub struct StoredWeights<'a> {
    parameters: BTreeMap<String, StoredParameter>,
    file_names: Vec<String>,
    files: Vec<FileBytes>,
    adapters: Vec<Lora>,
    kind: Kind,
    device: Device,
    keep_f32: &'a [&'a str],
}

impl fmt::Debug for StoredWeights<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredWeights").field("files", &self.file_names).finish_non_exhaustive()
    }
}

impl<'a> StoredWeights<'a> {
    /// Finds the weights of one network of a model, whose files are in `folder` and
    /// have the name `stem` in diffusers. Fails unless they hold exactly
    /// `parameters`; allocates no tensor. The model's adapters are merged later,
    /// when a tensor is read.
    pub fn open(
        model: &Model,
        folder: &str,
        stem: &str,
        parameters: &[Parameter],
        kind: Kind,
        device: Device,
        loading: LoadOptions<'a>,
    ) -> Result<Self, Error> {
        let checkpoint = model.checkpoint(folder, stem)?;
        let found = find(model, &checkpoint, parameters, loading)?;
        let files = checkpoint
            .files
            .iter()
            .map(|file| FileBytes::open(model, file, device == Device::Cpu))
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            parameters: found,
            adapters: adapters(model, folder, parameters, loading)?,
            file_names: checkpoint.files,
            files,
            kind,
            device,
            keep_f32: loading.keep_f32,
        })
    }

    /// The root, from which modules read their tensors.
    pub fn root(&self) -> WeightPath<'_> {
        WeightPath::root_of(self)
    }
}

impl TensorSource for StoredWeights<'_> {
    fn file(&self) -> &str {
        &self.file_names[0]
    }

    /// Reads a parameter to the device and merges what adapters add to it.
    fn tensor(&self, name: &str) -> Option<Result<Tensor, Error>> {
        let stored = self.parameters.get(name)?;
        let to = if has_component(name, self.keep_f32) { Kind::Float } else { self.kind };
        let mut changing = self.adapters.iter().filter(|lora| lora.changes(name)).peekable();
        let tensor = if changing.peek().is_none() {
            stored.tensor(&self.files, to, self.device)
        } else {
            let exact = stored.tensor(&self.files, Kind::Float, self.device);
            let merged =
                changing.fold(exact, |sum, lora| sum.and_then(|sum| lora.applied(name, sum)));
            merged.and_then(|sum| sum.f_to_kind(to))
        };
        Some(tensor.map_err(runtime::failed))
    }
}

impl Weights {
    /// Reads all weights of a network; the arguments are those of
    /// [`StoredWeights::open`].
    pub fn load(
        model: &Model,
        folder: &str,
        stem: &str,
        parameters: &[Parameter],
        kind: Kind,
        device: Device,
        loading: LoadOptions<'_>,
    ) -> Result<Self, Error> {
        let opened = StoredWeights::open(model, folder, stem, parameters, kind, device, loading)?;
        let read = |parameter: &Parameter| {
            let name = &parameter.name;
            let tensor = opened.tensor(name).expect("`open` found every parameter")?;
            Ok((name.clone(), tensor))
        };
        let tensors = parameters.iter().map(read).collect::<Result<_, Error>>()?;
        Ok(Self { file: opened.file().to_owned(), tensors })
    }

    /// Refuses what [`Self::load`] would refuse, without reading a tensor.
    pub fn check(
        model: &Model,
        folder: &str,
        stem: &str,
        parameters: &[Parameter],
        loading: LoadOptions<'_>,
    ) -> Result<(), Error> {
        find(model, &model.checkpoint(folder, stem)?, parameters, loading)?;
        adapters(model, folder, parameters, loading).map(|_| ())
    }
}

/// The adapters of a model that change a network.
fn adapters(
    model: &Model,
    folder: &str,
    parameters: &[Parameter],
    loading: LoadOptions<'_>,
) -> Result<Vec<Lora>, Error> {
    let Some(names) = loading.names.filter(|_| folder.starts_with("transformer")) else {
        return Ok(Vec::new());
    };
    let meant = model
        .adapters
        .iter()
        .filter(|adapter| adapter.network.as_ref().is_none_or(|network| network == folder));
    meant.map(|adapter| Lora::read(adapter, parameters, names)).collect()
}

/// Finds where each parameter is stored. Reads only the headers of the files.
fn find(
    model: &Model,
    checkpoint: &Checkpoint,
    parameters: &[Parameter],
    loading: LoadOptions<'_>,
) -> Result<BTreeMap<String, StoredParameter>, Error> {
    let Tensors { mut weights, mut scales, unknown } =
        sort(model, checkpoint, parameters, loading)?;
    let mut found = BTreeMap::new();
    for parameter in parameters {
        let Some(weight) = weights.remove(&parameter.name) else {
            let (file, name) = (checkpoint.files[0].clone(), parameter.name.clone());
            return Err(Error::MissingTensor { file, name });
        };
        let scale = scales.remove(&parameter.name).map(|(_, place)| place);
        let stored = StoredParameter { weight, scale };
        stored.check(&checkpoint.files, parameter)?;
        found.insert(parameter.name.clone(), stored);
    }
    match unknown {
        Some((file, name)) => Err(Error::UnexpectedTensor { file, name }),
        None => Ok(found),
    }
}

/// The tensors of a network's files by what they are for.
#[derive(Default)]
struct Tensors {
    /// By the parameter.
    weights: BTreeMap<String, Place>,
    /// By the parameter whose factors they are; with their own names.
    scales: BTreeMap<String, (String, Place)>,
    /// The first unknown tensor, and its file.
    unknown: Option<(String, String)>,
}

/// Sorts the tensors of all files of a network. Each weight has at most one
/// tensor and one scale; each scale has a weight in the files; each tensor is in
/// the file that the index names.
fn sort(
    model: &Model,
    checkpoint: &Checkpoint,
    parameters: &[Parameter],
    loading: LoadOptions<'_>,
) -> Result<Tensors, Error> {
    let asked: BTreeSet<&str> =
        parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let mut tensors = Tensors::default();
    let mut there = BTreeSet::new();
    for (index, file) in checkpoint.files.iter().enumerate() {
        for (name, stored) in model.header(file)?.tensors {
            in_its_shard(checkpoint, file, &name)?;
            let place = Place { file: index, stored };
            match meaning(&name, &asked, loading) {
                Meaning::Weight(weight) => {
                    let alias = loading.aliases.iter().any(|(asked, _)| *asked == weight);
                    if tensors.weights.insert(weight, place).is_some() && !alias {
                        return Err(Error::Twice { file: file.clone(), name });
                    }
                }
                Meaning::Scale(weight) => {
                    let scale = (name.clone(), place);
                    if let Some((other, _)) = tensors.scales.insert(weight.clone(), scale) {
                        return Err(Error::SecondScale { file: file.clone(), name, other, weight });
                    }
                }
                Meaning::NotNeeded => {}
                Meaning::Unknown => {
                    let first = || (file.clone(), name.clone());
                    tensors.unknown = tensors.unknown.or_else(|| Some(first()));
                }
            }
            there.insert(name);
        }
    }
    if let Some(index) = &checkpoint.index
        && let Some((name, shard)) = index.shards.iter().find(|(name, _)| !there.contains(*name))
    {
        return Err(Error::MissingTensor { file: shard.clone(), name: name.clone() });
    }
    let lonely = |(weight, _): &(&String, _)| !tensors.weights.contains_key(*weight);
    if let Some((weight, (name, place))) = tensors.scales.iter().find(lonely) {
        return Err(Error::LonelyScale {
            file: checkpoint.files[place.file].clone(),
            name: name.clone(),
            weight: weight.clone(),
        });
    }
    Ok(tensors)
}

/// Fails if there is an index and it puts the tensor in another file.
fn in_its_shard(checkpoint: &Checkpoint, file: &str, name: &str) -> Result<(), Error> {
    let Some(index) = &checkpoint.index else { return Ok(()) };
    let listed = index.shards.get(name).map(String::as_str);
    let shard = file.split_once('/').map_or(file, |(_, shard)| shard);
    if listed == Some(shard) {
        return Ok(());
    }
    Err(Error::Misplaced {
        index: index.file.clone(),
        name: name.to_owned(),
        listed: listed.map_or_else(|| "no file".to_owned(), |listed| format!("`{listed}`")),
        found: shard.to_owned(),
    })
}

/// What a tensor is for, by its name.
fn meaning(name: &str, asked: &BTreeSet<&str>, loading: LoadOptions<'_>) -> Meaning {
    let parameter = |name: &str| {
        let alias = loading.aliases.iter().find(|(_, also)| *also == name);
        let name = alias.map_or(name, |(asked, _)| asked);
        if asked.contains(name) {
            return Some(name.to_owned());
        }
        let names = loading.names?;
        let bare = names.bare(name);
        if asked.contains(bare) {
            return Some(bare.to_owned());
        }
        names.in_diffusers(bare).filter(|name| asked.contains(name.as_str()))
    };
    if let Some(weight) = parameter(name) {
        return Meaning::Weight(weight);
    }
    if let Some((module, last)) = name.rsplit_once('.')
        && SCALE_ENDS.contains(&last)
        && let Some(weight) = parameter(&format!("{module}.weight"))
    {
        return Meaning::Scale(weight);
    }
    if has_component(name, loading.ignored) || has_component(name, NOT_NEEDED) {
        return Meaning::NotNeeded;
    }
    Meaning::Unknown
}

/// Whether one of the parts between the points of a name is in `parts`.
fn has_component(name: &str, parts: &[&str]) -> bool {
    name.split('.').any(|component| parts.contains(&component))
}

impl StoredParameter {
    /// Fails unless shape and format are those of the parameter, and the scale fits it.
    fn check(&self, files: &[String], parameter: &Parameter) -> Result<(), Error> {
        let wrong_dtype = |place: &Place, name: &str| {
            let (file, found) = (files[place.file].clone(), format!("{:?}", place.stored.dtype));
            Err(Error::Dtype { file, name: name.to_owned(), found })
        };
        let wrong_shape = |place: &Place, name: &str, expected: &[i64]| {
            let (file, found) = (files[place.file].clone(), place.stored.shape.clone());
            Err(Error::Shape { file, name: name.to_owned(), expected: expected.to_vec(), found })
        };
        let Parameter { name, shape, .. } = parameter;
        if self.weight.stored.shape != *shape {
            return wrong_shape(&self.weight, name, shape);
        }
        if kind_of(self.weight.stored.dtype).is_none() {
            return wrong_dtype(&self.weight, name);
        }
        let Some(scale) = &self.scale else { return Ok(()) };
        let name = format!("the scale of {name}");
        if !matches!(scale.stored.dtype, Dtype::F32 | Dtype::BF16 | Dtype::F16) {
            return wrong_dtype(scale, &name);
        }
        let rows = shape.first().copied().unwrap_or(1);
        let count: i64 = scale.stored.shape.iter().product();
        if count != 1 && (count != rows || scale.stored.shape.first() != Some(&rows)) {
            return wrong_shape(scale, &name, &[rows]);
        }
        Ok(())
    }

    /// Reads the parameter to a device in a kind.
    fn tensor(
        &self,
        files: &[FileBytes],
        to: Kind,
        device: Device,
    ) -> Result<Tensor, tch::TchError> {
        let Self { weight, scale } = self;
        let tensor = files[weight.file].tensor(&weight.stored, Some(to))?.f_to_device(device)?;
        let Some(scale) = scale else { return tensor.f_to_kind(to) };
        let factors = files[scale.file].tensor(&scale.stored, None)?;
        let factors = factors.f_to_device(device)?.f_to_kind(Kind::Float)?;
        let ones = vec![1; weight.stored.shape.len().saturating_sub(1)];
        let factors = factors.f_reshape([vec![-1], ones].concat())?;
        (tensor.f_to_kind(Kind::Float)? * factors).f_to_kind(to)
    }
}
