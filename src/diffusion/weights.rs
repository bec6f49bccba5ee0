//! Weights by their names in diffusers, and [`WeightPath`], through which modules take
//! them from memory or from files (`super::checkpoint`).
//!
//! Knows names, shapes and number formats; does not know what a tensor is for.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Display;

use indexmap::IndexMap;
use safetensors::Dtype;
use tch::{Device, Kind, Tensor};

use super::{Error, Noise};

/// How a tensor starts before any training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// All zero.
    Zeros,
    /// All one.
    Ones,
    /// Normal with this standard deviation.
    Normal(f64),
    /// Uniform between minus and plus this.
    Uniform(f64),
}

impl Init {
    /// `PyTorch`'s default of linear and convolution layers:
    /// uniform within 1/√(inputs of one output).
    pub fn fan_in(inputs: i64) -> Self {
        Self::Uniform(1.0 / (inputs as f64).sqrt())
    }
}

/// A tensor that an architecture asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name in diffusers.
    pub name: String,
    /// Its shape.
    pub shape: Vec<i64>,
    /// How it starts.
    pub init: Init,
}

/// Tensors by name, in the order the architecture asks for them.
///
/// Modules hold shallow clones, so tensors that require a gradient (leaves, or
/// views of one flat parameter) make the modules trainable.
#[derive(Debug)]
pub struct Weights {
    /// Where they come from, for messages.
    pub file: String,
    /// The tensors.
    pub tensors: IndexMap<String, Tensor>,
}

impl Weights {
    /// Weights from tensors already in memory.
    pub fn from_tensors(file: impl Into<String>, tensors: IndexMap<String, Tensor>) -> Self {
        Self { file: file.into(), tensors }
    }

    /// Freshly initialised f32 weights on the CPU.
    pub fn random(parameters: &[Parameter], noise: &mut Noise) -> Self {
        let tensors = parameters.iter().map(|parameter| {
            let shape = parameter.shape.as_slice();
            let tensor = match parameter.init {
                Init::Zeros => Tensor::zeros(shape, (Kind::Float, Device::Cpu)),
                Init::Ones => Tensor::ones(shape, (Kind::Float, Device::Cpu)),
                Init::Normal(deviation) => noise.normal(shape) * deviation,
                Init::Uniform(bound) => (noise.uniform(shape) * 2.0 - 1.0) * bound,
            };
            (parameter.name.clone(), tensor)
        });
        Self { file: "random weights".to_owned(), tensors: tensors.collect() }
    }

    /// The weights as bytes of one safetensors file, in their own kinds.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, Error> {
        let stored: Vec<(&str, TensorBytes)> = self
            .tensors
            .iter()
            .map(|(name, tensor)| (name.as_str(), TensorBytes::new(tensor)))
            .collect();
        safetensors::serialize(stored, None)
            .map_err(|source| Error::Serialise { file: self.file.clone(), source })
    }

    /// The root, from which modules take their tensors.
    pub fn root(&self) -> WeightPath<'_> {
        WeightPath::root_of(self)
    }
}

/// A tensor's bytes on their way to a file.
struct TensorBytes {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl TensorBytes {
    fn new(tensor: &Tensor) -> Self {
        let tensor = tensor.detach().to_device(Device::Cpu).contiguous();
        let dtype = match tensor.kind() {
            Kind::BFloat16 => Dtype::BF16,
            Kind::Half => Dtype::F16,
            Kind::Float => Dtype::F32,
            other => panic!("weights are not stored as {other:?}"),
        };
        let mut bytes = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
        tensor.copy_data_u8(&mut bytes, tensor.numel());
        let shape = tensor.size().iter().map(|size| *size as usize).collect();
        Self { dtype, shape, bytes }
    }
}

impl safetensors::View for TensorBytes {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Something that holds the weights of a network.
pub(super) trait TensorSource {
    /// Its file, for messages.
    fn file(&self) -> &str;
    /// The tensor of this name; `None` if there is none.
    fn tensor(&self, name: &str) -> Option<Result<Tensor, Error>>;
}

impl TensorSource for Weights {
    fn file(&self) -> &str {
        &self.file
    }

    fn tensor(&self, name: &str) -> Option<Result<Tensor, Error>> {
        self.tensors.get(name).map(|tensor| Ok(tensor.shallow_clone()))
    }
}

#[derive(Clone, Copy)]
enum Source<'a> {
    /// Gives tensors.
    Tensors(&'a dyn TensorSource),
    /// Gives tensors without contents, and lists what is asked for.
    Listed(&'a RefCell<Vec<Parameter>>),
}

/// A prefix of the names of weights, below which a module takes its tensors.
#[derive(Clone)]
pub struct WeightPath<'a> {
    source: Source<'a>,
    prefix: String,
}

impl<'a> WeightPath<'a> {
    /// The root of all names of a source.
    pub(super) fn root_of(source: &'a dyn TensorSource) -> Self {
        Self { source: Source::Tensors(source), prefix: String::new() }
    }

    /// The path one name further down.
    #[must_use]
    pub fn sub(&self, name: impl Display) -> Self {
        Self { source: self.source, prefix: self.name(name) }
    }

    /// The tensor of this name below the path. Fails if it is missing or has another
    /// shape; `init` says how it starts before any training.
    pub fn get(&self, name: &str, shape: &[i64], init: Init) -> Result<Tensor, Error> {
        let name = self.name(name);
        match self.source {
            Source::Listed(list) => {
                list.borrow_mut().push(Parameter { name, shape: shape.to_vec(), init });
                Ok(Tensor::zeros([1], (Kind::Float, Device::Cpu)).expand(shape, false))
            }
            Source::Tensors(source) => fitting(source.tensor(&name), shape, source.file(), name),
        }
    }

    fn name(&self, name: impl Display) -> String {
        if self.prefix.is_empty() { name.to_string() } else { format!("{}.{name}", self.prefix) }
    }
}

/// The tensor, if it exists and has this shape.
fn fitting(
    tensor: Option<Result<Tensor, Error>>,
    shape: &[i64],
    file: &str,
    name: String,
) -> Result<Tensor, Error> {
    let file = || file.to_owned();
    let Some(tensor) = tensor.transpose()? else {
        return Err(Error::MissingTensor { file: file(), name });
    };
    let found = tensor.size();
    if found != shape {
        return Err(Error::Shape { file: file(), name, expected: shape.to_vec(), found });
    }
    Ok(tensor)
}

/// The tensors that a constructor asks for, in its order. The constructor gets tensors
/// of the right shapes without contents.
pub fn parameters<T>(
    construct: impl FnOnce(&WeightPath<'_>) -> Result<T, Error>,
) -> Result<Vec<Parameter>, Error> {
    let list = RefCell::new(Vec::new());
    construct(&WeightPath { source: Source::Listed(&list), prefix: String::new() })?;
    Ok(list.into_inner())
}

/// A linear layer.
#[derive(Debug)]
pub(super) struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    pub(super) fn new(path: &WeightPath<'_>, inputs: i64, outputs: i64) -> Result<Self, Error> {
        let init = Init::fan_in(inputs);
        Ok(Self {
            weight: path.get("weight", &[outputs, inputs], init)?,
            bias: Some(path.get("bias", &[outputs], init)?),
        })
    }

    pub(super) fn without_bias(
        path: &WeightPath<'_>,
        inputs: i64,
        outputs: i64,
        init: Init,
    ) -> Result<Self, Error> {
        Ok(Self { weight: path.get("weight", &[outputs, inputs], init)?, bias: None })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, self.bias.as_ref())
    }

    /// Computes in f32, whatever the layer's kind.
    pub(super) fn forward_f32(&self, x: &Tensor) -> Tensor {
        let bias = self.bias.as_ref().map(|bias| bias.to_kind(Kind::Float));
        x.to_kind(Kind::Float).linear(&self.weight.to_kind(Kind::Float), bias.as_ref())
    }

    pub(super) fn kind(&self) -> Kind {
        self.weight.kind()
    }
}
