//! Weights from safetensors files, in either scheme of names and in any of the
//! formats that weights are stored in.
//!
//! Headers are held against the architecture before a tensor is made. Files on
//! disk are mapped: what needs no conversion is used where it lies. Knows names,
//! shapes and number formats; does not know what a tensor is for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;

use tch::{Device, Kind, Tensor};

use super::lora::Lora;
use super::names::Scheme;
use super::weights::{Parameter, WeightPath, Weights};
use super::{Error, runtime};
use crate::model::header::{Dtype, TensorInfo};
use crate::model::{Checkpoint, Model};

/// What loading may forgive and how it converts.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoadOptions<'a> {
    /// The authors' names, if they have their own.
    pub names: Option<Scheme>,
    /// Parts of names of tensors that may be there without being asked for.
    pub ignored: &'a [&'a str],
    /// Other names for a tensor: (asked for, also accepted).
    pub aliases: &'a [(&'a str, &'a str)],
    /// Parts of names of tensors that stay f32 whatever the compute kind.
    pub keep_f32: &'a [&'a str],
}

/// Last parts of the names of tensors that a stored weight is multiplied by.
const SCALES: &[&str] = &["scale_weight", "weight_scale"];

/// Parts of names that say something of a file in fp8 or of how to multiply in
/// it, and the words of a tokenizer that some files of text encoders bring.
const REMARKS: &[&str] =
    &["scale_input", "input_scale", "scaled_fp8", "comfy_quant", "spiece_model"];

/// What a tensor of a file is.
enum Meaning {
    /// A parameter, by its name in diffusers.
    Weight(String),
    /// What a parameter is to be multiplied by.
    Scale(String),
    /// Nothing that is needed.
    Remark,
    /// Nothing that is known.
    Unknown,
}

/// Where a parameter is stored.
struct Place {
    file: usize,
    stored: TensorInfo,
    scale: Option<(usize, TensorInfo)>,
}

/// The weights of a network where they are stored: each has been found and
/// checked, none is read before it is asked for.
pub struct StoredWeights<'a> {
    places: BTreeMap<String, Place>,
    file_names: Vec<String>,
    files: Vec<Bytes>,
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
    /// The weights of one network of a model, in its folder, with the stem that
    /// its files have in diffusers, altered by the model's adapters. Everything
    /// is checked against `parameters` before a tensor is allocated.
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
        let places = find(model, &checkpoint, parameters, loading)?;
        let files = checkpoint
            .files
            .iter()
            .map(|file| Bytes::open(model, file, device == Device::Cpu))
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            places,
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
        WeightPath::stored(self)
    }

    /// Its first file, for messages.
    pub(super) fn file(&self) -> &str {
        &self.file_names[0]
    }

    /// A parameter on the device, its adapters merged; `None` if it is not one
    /// of the network's.
    pub(super) fn tensor(&self, name: &str) -> Option<Result<Tensor, Error>> {
        let place = self.places.get(name)?;
        let to = if has_component(name, self.keep_f32) { Kind::Float } else { self.kind };
        let mut changing = self.adapters.iter().filter(|lora| lora.changes(name)).peekable();
        let tensor = if changing.peek().is_none() {
            place.tensor(&self.files, to, self.device)
        } else {
            let exact = place.tensor(&self.files, Kind::Float, self.device);
            let merged =
                changing.fold(exact, |sum, lora| sum.and_then(|sum| lora.applied(name, sum)));
            merged.and_then(|sum| sum.f_to_kind(to))
        };
        Some(tensor.map_err(runtime::failed))
    }
}

impl Weights {
    /// All of [`StoredWeights`].
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
            let tensor = opened.tensor(name).expect("every parameter was found")?;
            Ok((name.clone(), tensor))
        };
        let tensors = parameters.iter().map(read).collect::<Result<_, Error>>()?;
        Ok(Self { file: opened.file().to_owned(), tensors })
    }

    /// As [`Self::load`], but only looks: what it would refuse is refused here.
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

/// The adapters of a model that are for a network.
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

/// Where each parameter is stored, all of the files read as far as their headers.
fn find(
    model: &Model,
    checkpoint: &Checkpoint,
    parameters: &[Parameter],
    loading: LoadOptions<'_>,
) -> Result<BTreeMap<String, Place>, Error> {
    let asked: BTreeSet<&str> =
        parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut scales = BTreeMap::new();
    let mut unknown = None;
    let mut there = BTreeSet::new();
    for (index, file) in checkpoint.files.iter().enumerate() {
        for (name, stored) in model.header(file)?.tensors {
            in_its_shard(checkpoint, file, &name)?;
            match meaning(&name, &asked, loading) {
                Meaning::Weight(weight) => {
                    let alias = loading.aliases.iter().any(|(asked, _)| *asked == weight);
                    let place = Place { file: index, stored, scale: None };
                    if places.insert(weight, place).is_some() && !alias {
                        return Err(Error::Twice { file: file.clone(), name });
                    }
                }
                Meaning::Scale(weight) => {
                    scales.insert(weight, (index, stored));
                }
                Meaning::Remark => {}
                Meaning::Unknown => {
                    unknown = unknown.or_else(|| Some((file.clone(), name.clone())));
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
    for (name, (scaled_in, scale)) in scales {
        let place = places.get_mut(&name).expect("the scale of a parameter that is there");
        place.scale = Some((scaled_in, scale));
    }
    for parameter in parameters {
        let Some(place) = places.get(&parameter.name) else {
            let (file, name) = (checkpoint.files[0].clone(), parameter.name.clone());
            return Err(Error::MissingTensor { file, name });
        };
        place.check(&checkpoint.files, parameter)?;
    }
    match unknown {
        Some((file, name)) => Err(Error::UnexpectedTensor { file, name }),
        None => Ok(places),
    }
}

/// A tensor is where the index says, if there is one.
fn in_its_shard(checkpoint: &Checkpoint, file: &str, name: &str) -> Result<(), Error> {
    let Some(index) = &checkpoint.index else { return Ok(()) };
    let told = index.shards.get(name).map(String::as_str);
    let shard = file.split_once('/').map_or(file, |(_, shard)| shard);
    if told == Some(shard) {
        return Ok(());
    }
    Err(Error::Misplaced {
        index: index.file.clone(),
        name: name.to_owned(),
        told: told.map_or_else(|| "no file".to_owned(), |told| format!("`{told}`")),
        found: shard.to_owned(),
    })
}

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
        && SCALES.contains(&last)
        && let Some(weight) = parameter(&format!("{module}.weight"))
    {
        return Meaning::Scale(weight);
    }
    if has_component(name, loading.ignored) || has_component(name, REMARKS) {
        return Meaning::Remark;
    }
    Meaning::Unknown
}

fn has_component(name: &str, parts: &[&str]) -> bool {
    name.split('.').any(|component| parts.contains(&component))
}

/// The kind of a stored format, if weights come in it.
pub(super) fn kind_of(dtype: Dtype) -> Option<Kind> {
    match dtype {
        Dtype::F32 => Some(Kind::Float),
        Dtype::BF16 => Some(Kind::BFloat16),
        Dtype::F16 => Some(Kind::Half),
        Dtype::F8_E4M3 => Some(Kind::Float8e4m3fn),
        _ => None,
    }
}

impl Place {
    fn check(&self, files: &[String], parameter: &Parameter) -> Result<(), Error> {
        let name = &parameter.name;
        let wrong_dtype = |file: usize, name: String, dtype: Dtype| {
            Err(Error::Dtype { file: files[file].clone(), name, found: format!("{dtype:?}") })
        };
        let wrong_shape = |file: usize, name: String, expected: &[i64], found: &[i64]| {
            let (expected, found) = (expected.to_vec(), found.to_vec());
            Err(Error::Shape { file: files[file].clone(), name, expected, found })
        };
        if self.stored.shape != parameter.shape {
            return wrong_shape(self.file, name.clone(), &parameter.shape, &self.stored.shape);
        }
        if kind_of(self.stored.dtype).is_none() {
            return wrong_dtype(self.file, name.clone(), self.stored.dtype);
        }
        let Some((file, scale)) = &self.scale else { return Ok(()) };
        let name = format!("the scale of {name}");
        if !matches!(scale.dtype, Dtype::F32 | Dtype::BF16 | Dtype::F16) {
            return wrong_dtype(*file, name, scale.dtype);
        }
        let rows = parameter.shape.first().copied().unwrap_or(1);
        let count: i64 = scale.shape.iter().product();
        if count != 1 && (count != rows || scale.shape.first() != Some(&rows)) {
            return wrong_shape(*file, name, &[rows], &scale.shape);
        }
        Ok(())
    }

    /// The parameter on a device in a kind.
    fn tensor(&self, files: &[Bytes], to: Kind, device: Device) -> Result<Tensor, tch::TchError> {
        let tensor = files[self.file].tensor(&self.stored, Some(to))?.f_to_device(device)?;
        let Some((file, scale)) = &self.scale else { return tensor.f_to_kind(to) };
        let scale =
            files[*file].tensor(scale, None)?.f_to_device(device)?.f_to_kind(Kind::Float)?;
        let ones = vec![1; self.stored.shape.len().saturating_sub(1)];
        let scale = scale.f_reshape([vec![-1], ones].concat())?;
        (tensor.f_to_kind(Kind::Float)? * scale).f_to_kind(to)
    }
}

/// The bytes of a file.
pub(super) enum Bytes {
    /// In memory.
    Read(Cow<'static, [u8]>),
    /// Mapped for as long as it is read.
    Mapped(memmap2::Mmap),
    /// Mapped for as long as the process lives, since tensors lie in it. That
    /// costs addresses, not memory: pages are the file's.
    Kept(&'static memmap2::Mmap),
}

impl Bytes {
    fn open(model: &Model, file: &str, keep: bool) -> Result<Self, Error> {
        match model.path(file) {
            Some(path) => Self::map(&path, keep),
            None => Ok(Self::Read(model.read(file)?)),
        }
    }

    /// Maps a file.
    pub(super) fn map(path: &std::path::Path, keep: bool) -> Result<Self, Error> {
        let failed = |source| Error::Read { path: path.to_owned(), source };
        let opened = File::open(path).map_err(failed)?;
        // SAFETY: the map is read only. A file that is written to meanwhile gives
        // wrong numbers, as reading it would; one that is cut short ends the
        // process, which is the camera's, with nothing but the take in work.
        #[allow(unsafe_code, reason = "mapping a file has no safe form")]
        let map = unsafe { memmap2::Mmap::map(&opened) }.map_err(failed)?;
        Ok(if keep { Self::Kept(Box::leak(Box::new(map))) } else { Self::Mapped(map) })
    }

    /// All of them.
    pub(super) fn all(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Mapped(map) => map,
            Self::Kept(map) => map,
        }
    }

    /// A tensor as it is stored: where it lies, if it is wanted in its own
    /// `kind` and its bytes stay there, else copied.
    pub(super) fn tensor(
        &self,
        stored: &TensorInfo,
        kind: Option<Kind>,
    ) -> Result<Tensor, tch::TchError> {
        let own = kind_of(stored.dtype).expect("checked before");
        // The file may have been cut since its header was read.
        let bytes = self.all().get(stored.bytes.clone());
        let cut = || tch::TchError::Torch("a file of weights was cut short while read".to_owned());
        let bytes = bytes.ok_or_else(cut)?;
        let aligned = bytes.as_ptr().addr() % own.elt_size_in_bytes() == 0;
        if !(matches!(self, Self::Kept(_)) && kind == Some(own) && aligned) {
            return Tensor::f_from_data_size(bytes, &stored.shape, own);
        }
        let mut strides = vec![1; stored.shape.len()];
        for axis in (1..stored.shape.len()).rev() {
            strides[axis - 1] = strides[axis] * stored.shape[axis].max(1);
        }
        // SAFETY: the bytes are there for as long as the process, aligned, and as
        // many as shape and kind say; nothing writes to weights in place.
        #[allow(unsafe_code, reason = "a tensor where its bytes are has no safe form")]
        unsafe {
            Tensor::f_from_blob(bytes.as_ptr(), &stored.shape, &strides, own, Device::Cpu)
        }
    }
}
