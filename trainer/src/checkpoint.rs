//! A training run on disk: one safetensors file with everything needed to continue
//! exactly. Knows tensors and counters; does not know what they train.

use std::fs;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use tch::{Device, Kind, Tensor};

use crate::Error;
use crate::optimiser::Optimiser;

/// The state of a run. Random numbers need no state: the seed and the number of the
/// step determine them.
#[derive(Debug)]
pub(crate) struct TrainingCheckpoint {
    /// The parameters, flat.
    pub(crate) parameters: Tensor,
    /// The optimiser's running mean.
    pub(crate) mean: Tensor,
    /// The optimiser's running mean of squares.
    pub(crate) square: Tensor,
    /// The running average of the parameters.
    pub(crate) average: Tensor,
    /// Steps taken.
    pub(crate) step: i64,
    /// The step at which the phase began.
    pub(crate) began: i64,
    /// Seconds that the phase has trained.
    pub(crate) seconds: f64,
    /// The phase: another phase starts its own clock.
    pub(crate) phase: String,
}

/// The checkpoint's name in a run folder.
pub(crate) const FILE: &str = "checkpoint.safetensors";

impl TrainingCheckpoint {
    /// The state of a run: its phase began at step `began` and has trained `seconds`.
    pub(crate) fn of(
        parameters: &Tensor,
        optimiser: &Optimiser,
        (seconds, began): (f64, i64),
        phase: &str,
    ) -> Self {
        Self {
            parameters: parameters.detach(),
            mean: optimiser.mean.shallow_clone(),
            square: optimiser.square.shallow_clone(),
            average: optimiser.average.shallow_clone(),
            step: optimiser.step,
            began,
            seconds,
            phase: phase.to_owned(),
        }
    }

    /// Restores the state of an optimiser, on the device it is on.
    pub(crate) fn restore(&self, optimiser: &mut Optimiser) {
        let device = optimiser.average.device();
        optimiser.mean = self.mean.to_device(device);
        optimiser.square = self.square.to_device(device);
        optimiser.average = self.average.to_device(device);
        optimiser.step = self.step;
    }

    /// A run that begins with these parameters and has no training state.
    pub(crate) fn beginning(parameters: &Tensor) -> Self {
        Self {
            parameters: parameters.copy(),
            mean: parameters.zeros_like(),
            square: parameters.zeros_like(),
            average: parameters.copy(),
            step: 0,
            began: 0,
            seconds: 0.0,
            phase: String::new(),
        }
    }

    /// Writes the file whole or not at all.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), Error> {
        let tensors = [
            ("parameters", &self.parameters),
            ("mean", &self.mean),
            ("square", &self.square),
            ("average", &self.average),
        ];
        let bytes = tensors.map(|(name, tensor)| {
            let (shape, bytes) = raw(tensor);
            (name, shape, bytes)
        });
        let path = folder.join(FILE);
        let damaged = |source| Error::Checkpoint { path: path.clone(), source };
        let views = bytes
            .iter()
            .map(|(name, shape, bytes)| {
                Ok((*name, TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(damaged)?))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let metadata = [
            ("step".to_owned(), self.step.to_string()),
            ("seconds".to_owned(), self.seconds.to_string()),
            ("began".to_owned(), self.began.to_string()),
            ("phase".to_owned(), self.phase.clone()),
        ];
        let encoded =
            safetensors::serialize(views, Some(metadata.into_iter().collect())).map_err(damaged)?;
        let temporary = folder.join(format!("{FILE}.part"));
        fs::write(&temporary, encoded).map_err(|source| Error::write(&temporary, source))?;
        fs::rename(&temporary, &path).map_err(|source| Error::write(&path, source))
    }

    /// Reads the file to the CPU.
    pub(crate) fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let bytes = fs::read(&path).map_err(|source| Error::read(&path, source))?;
        let damaged = |source| Error::Checkpoint { path: path.clone(), source };
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(damaged)?;
        let text = |key: &str| {
            header.metadata().as_ref().and_then(|map| map.get(key)).cloned().unwrap_or_default()
        };
        let stored = SafeTensors::deserialize(&bytes).map_err(damaged)?;
        let read = |name: &str| -> Result<Tensor, Error> {
            let view = stored.tensor(name).map_err(damaged)?;
            let shape: Vec<i64> = view.shape().iter().map(|size| *size as i64).collect();
            Ok(Tensor::from_data_size(view.data(), &shape, Kind::Float))
        };
        Ok(Self {
            parameters: read("parameters")?,
            mean: read("mean")?,
            square: read("square")?,
            average: read("average")?,
            step: text("step").parse().unwrap_or(0),
            seconds: text("seconds").parse().unwrap_or(0.0),
            began: text("began").parse().unwrap_or(0),
            phase: text("phase"),
        })
    }
}

fn raw(tensor: &Tensor) -> (Vec<usize>, Vec<u8>) {
    let tensor = tensor.detach().to_device(Device::Cpu).to_kind(Kind::Float).contiguous();
    let mut bytes = vec![0; tensor.numel() * 4];
    tensor.copy_data_u8(&mut bytes, tensor.numel());
    (tensor.size().iter().map(|size| *size as usize).collect(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::Flat;
    use crate::optimiser::Rates;
    use photoplay::diffusion::noise::Noise;
    use photoplay::diffusion::weights::{Init, Parameter};

    const RATES: Rates = Rates { muon: 0.02, adam: 0.01, decay: 0.01, clip: 1.0, average: 0.9 };

    fn problem() -> Flat {
        let matrix = |name: &str, shape: &[i64]| Parameter {
            name: format!("{name}.weight"),
            shape: shape.to_vec(),
            init: Init::fan_in(shape[1]),
        };
        let bias = Parameter { name: "bias".to_owned(), shape: vec![6], init: Init::Zeros };
        Flat::new(vec![matrix("first", &[12, 8]), matrix("second", &[6, 12]), bias])
    }

    /// Trains a fixed map on inputs that the number of the step determines.
    fn step(flat: &Flat, parameters: &Tensor, optimiser: &mut Optimiser) -> f64 {
        let mut noise = Noise::new(3, optimiser.step as u64);
        let x = noise.normal(&[16, 8]);
        let wanted = x.narrow(1, 0, 6).relu();
        let weights = flat.split(parameters);
        let hidden = x.matmul(&weights["first.weight"].tr()).relu();
        let y = hidden.matmul(&weights["second.weight"].tr()) + &weights["bias"];
        let loss = (y - wanted).square().mean(Kind::Float);
        let gradient = Tensor::run_backward(&[&loss], &[parameters], false, false);
        optimiser.step(parameters, &gradient[0], RATES, 1.0);
        loss.double_value(&[])
    }

    fn begin(flat: &Flat, from: &Tensor) -> (Tensor, Optimiser) {
        let parameters = from.copy().set_requires_grad(true);
        let optimiser = Optimiser::new(flat, &parameters.detach(), 2, |_| true);
        (parameters, optimiser)
    }

    #[test]
    fn a_resumed_run_is_the_run_itself() {
        let flat = problem();
        let start = flat.random(&mut Noise::new(1, 0));
        let (whole, mut optimiser) = begin(&flat, &start);
        let losses: Vec<f64> = (0..40).map(|_| step(&flat, &whole, &mut optimiser)).collect();
        assert!(losses[39] < 0.5 * losses[0], "{losses:?}");

        let (parameters, mut optimiser) = begin(&flat, &start);
        for _ in 0..20 {
            step(&flat, &parameters, &mut optimiser);
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        TrainingCheckpoint::of(&parameters, &optimiser, (1.5, 0), "a")
            .save(folder.path())
            .expect("the checkpoint is written");
        let read = TrainingCheckpoint::load(folder.path()).expect("the checkpoint is read");
        assert_eq!((read.step, read.seconds, read.phase.as_str()), (20, 1.5, "a"));
        let (parameters, mut optimiser) = begin(&flat, &read.parameters);
        optimiser.mean = read.mean;
        optimiser.square = read.square;
        optimiser.average = read.average;
        optimiser.step = read.step;
        let resumed: Vec<f64> =
            (20..40).map(|_| step(&flat, &parameters, &mut optimiser)).collect();
        assert_eq!(resumed, losses[20..]);
    }

    #[test]
    fn a_damaged_checkpoint_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join(FILE), b"not a checkpoint").expect("it is written");
        let error = TrainingCheckpoint::load(folder.path()).expect_err("it is damaged");
        assert!(error.to_string().contains("is damaged"), "{error}");
    }
}
