//! Holds all parameters of a training run in one f32 tensor, so that an optimiser step,
//! clipping the gradient and averaging take a few kernels whatever the number of
//! layers. Knows names and shapes; does not know what they are for.

use indexmap::IndexMap;
use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::weights::{Init, Parameter, Weights};
use tch::{Device, Kind, Tensor};

/// The layout of one flat tensor.
#[derive(Debug, Clone)]
pub(crate) struct Flat {
    /// In the order of the tensor.
    pub(crate) parameters: Vec<Parameter>,
    sizes: Vec<i64>,
}

impl Flat {
    pub(crate) fn new(parameters: Vec<Parameter>) -> Self {
        let sizes = parameters.iter().map(|parameter| parameter.shape.iter().product()).collect();
        Self { parameters, sizes }
    }

    /// Number of scalars.
    pub(crate) fn len(&self) -> i64 {
        self.sizes.iter().sum()
    }

    /// Random initial values, on the CPU.
    pub(crate) fn random(&self, noise: &mut Noise) -> Tensor {
        let weights = Weights::random(&self.parameters, noise);
        self.join(&weights.tensors)
    }

    /// Joins named tensors to the flat tensor, in f32 on the CPU.
    pub(crate) fn join(&self, tensors: &IndexMap<String, Tensor>) -> Tensor {
        let flattened: Vec<_> = self
            .parameters
            .iter()
            .map(|parameter| {
                tensors[&parameter.name].to_device(Device::Cpu).to_kind(Kind::Float).reshape([-1])
            })
            .collect();
        Tensor::cat(&flattened, 0)
    }

    /// Views of a flat tensor by name; gradients flow through them.
    pub(crate) fn split(&self, flat: &Tensor) -> IndexMap<String, Tensor> {
        flat.split_with_sizes(&self.sizes, 0)
            .into_iter()
            .zip(&self.parameters)
            .map(|(view, parameter)| (parameter.name.clone(), view.view(&parameter.shape[..])))
            .collect()
    }

    /// Start and length of every parameter.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (&Parameter, i64, i64)> {
        let mut start = 0;
        self.parameters.iter().zip(&self.sizes).map(move |(parameter, size)| {
            let span = (parameter, start, *size);
            start += size;
            span
        })
    }

    /// One where `keep` leaves it, zero elsewhere; a factor of gradients.
    pub(crate) fn mask(&self, mut keep: impl FnMut(&Parameter, &Tensor)) -> Tensor {
        let mask = Tensor::ones([self.len()], (Kind::Float, Device::Cpu));
        for (parameter, start, size) in self.spans() {
            keep(parameter, &mask.narrow(0, start, size).view(&parameter.shape[..]));
        }
        mask
    }
}

/// The tensors whose names begin with `prefix.`, without the prefix.
pub(crate) fn part(tensors: &IndexMap<String, Tensor>, prefix: &str) -> IndexMap<String, Tensor> {
    tensors
        .iter()
        .filter_map(|(name, tensor)| {
            let name = name.strip_prefix(prefix)?.strip_prefix('.')?;
            Some((name.to_owned(), tensor.shallow_clone()))
        })
        .collect()
}

/// The parameters with `prefix.` before their names.
pub(crate) fn prefixed(prefix: &str, parameters: Vec<Parameter>) -> Vec<Parameter> {
    parameters
        .into_iter()
        .map(|parameter| Parameter { name: format!("{prefix}.{}", parameter.name), ..parameter })
        .collect()
}

/// The same parameters, with the initialisation of `start` where it gives one.
pub(crate) fn restarted(
    parameters: Vec<Parameter>,
    start: impl Fn(&Parameter) -> Option<Init>,
) -> Vec<Parameter> {
    parameters
        .into_iter()
        .map(|parameter| {
            let init = start(&parameter).unwrap_or(parameter.init);
            Parameter { init, ..parameter }
        })
        .collect()
}
