//! Merges low-rank adapters (LoRA) into weights when the weights are loaded, so that a
//! step takes no longer with them.
//!
//! A weight becomes W + strength · α/r · B·A. An adapter may use the names of diffusers
//! (PEFT), those of the authors' code as ComfyUI and its extensions write them, or
//! those of kohya's trainers, which write underscores for points. Refuses
//! weight-decomposed adapters (DoRA) and other factorisations. Source: Hu et al., arXiv
//! 2106.09685.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tch::{Kind, TchError, Tensor};

use super::Error;
use super::names::Scheme;
use super::stored::{FileBytes, kind_of};
use super::weights::Parameter;
use crate::model::header::{Dtype, Header, TensorInfo};
use crate::model::{self, AdapterFile};

/// What a tensor of an adapter does to the module in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// A, (rank, inputs).
    Down,
    /// B, (outputs, rank).
    Up,
    /// Added to the bias with the same factor as B·A.
    UpBias,
    /// α; without it, α is the rank.
    Alpha,
    /// Added to the weight as it is.
    Weight,
    /// Added to the bias as it is.
    Bias,
}

/// Ends of names.
const ROLES: &[(&str, Role)] = &[
    (".lora_A.weight", Role::Down),
    (".lora_A.default.weight", Role::Down),
    (".lora_down.weight", Role::Down),
    (".lora.down.weight", Role::Down),
    (".lora_B.weight", Role::Up),
    (".lora_B.default.weight", Role::Up),
    (".lora_up.weight", Role::Up),
    (".lora.up.weight", Role::Up),
    (".lora_B.bias", Role::UpBias),
    (".lora_B.default.bias", Role::UpBias),
    (".lora_up.bias", Role::UpBias),
    (".alpha", Role::Alpha),
    (".diff", Role::Weight),
    (".diff_b", Role::Bias),
];

/// The end of a name that changes the modulation of a block or of the head, read as
/// [`Role::Weight`].
const MODULATION: &str = ".diff_m";

/// Parts of names that only other kinds of adapters have.
const OTHERS: &[(&str, &str)] = &[
    ("dora_scale", "a weight-decomposed adapter (DoRA)"),
    ("lora_magnitude_vector", "a weight-decomposed adapter (DoRA)"),
    ("hada_", "a LoHa adapter"),
    ("lokr_", "a LoKr adapter"),
    ("oft_", "an orthogonal adapter (OFT)"),
];

/// Prefixes that trainers add to names, besides those of the scheme.
const PREFIXES: &[&str] = &["base_model.model.", "unet."];

/// Prefixes of names that have underscores instead of points.
const UNDERSCORED: &[&str] = &["lora_unet_", "lora_transformer_"];

/// Something added to a parameter.
enum Change {
    /// `factor` · up · down.
    LowRank { down: TensorInfo, up: TensorInfo, factor: f64 },
    /// `factor` times a tensor of the parameter's shape.
    Whole { by: TensorInfo, factor: f64 },
}

/// An adapter for one network.
pub(super) struct Lora {
    changes: BTreeMap<String, Vec<Change>>,
    bytes: FileBytes,
}

impl Lora {
    /// Reads an adapter for a network with these parameters. Fails if a tensor of the
    /// adapter matches none of them.
    pub(super) fn read(
        adapter: &AdapterFile,
        parameters: &[Parameter],
        names: Scheme,
    ) -> Result<Self, Error> {
        let file = adapter.file.display().to_string();
        let header = Header::read(&adapter.file)
            .map_err(|source| model::Error::Damaged { file: file.clone(), source })?;
        let bytes = FileBytes::map(&adapter.file, false)?;
        let modules = Modules::new(parameters, names);
        let scaling =
            Scaling::of(&header).map_err(|what| Error::Adapter { file: file.clone(), what })?;
        let mut found: BTreeMap<Cow<'_, str>, BTreeMap<Role, Tensored<'_>>> = BTreeMap::new();
        for (name, stored) in &header.tensors {
            let tensor = Tensored { file: &file, name, stored };
            let (module, role) = tensor.role()?;
            if found.entry(module).or_default().insert(role, tensor).is_some() {
                return Err(Error::Twice { file: file.clone(), name: name.clone() });
            }
        }
        let mut changes: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for (module, roles) in found {
            let first = *roles.values().next().expect("a module that was found has a tensor");
            let module = modules.find(&module).ok_or_else(|| modules.unknown(first))?;
            for (parameter, change) in module.changes(&roles, &bytes, scaling, adapter.strength)? {
                changes.entry(parameter).or_default().push(change);
            }
        }
        if changes.is_empty() {
            return Err(Error::Adapter { file, what: "changes nothing".to_owned() });
        }
        Ok(Self { changes, bytes })
    }

    /// Whether the adapter changes a parameter.
    pub(super) fn changes(&self, parameter: &str) -> bool {
        self.changes.contains_key(parameter)
    }

    /// The parameter in f32 plus what the adapter adds to it.
    pub(super) fn applied(&self, parameter: &str, mut sum: Tensor) -> Result<Tensor, TchError> {
        let exact = |stored: &TensorInfo| {
            self.bytes.tensor(stored, None)?.f_to_device(sum.device())?.f_to_kind(Kind::Float)
        };
        let mut added = Vec::new();
        for change in self.changes.get(parameter).into_iter().flatten() {
            added.push(match change {
                Change::Whole { by, factor } => exact(by)? * *factor,
                Change::LowRank { down, up, factor } => {
                    let (down, up) = (exact(down)?.f_flatten(1, -1)?, exact(up)?.f_flatten(1, -1)?);
                    up.f_matmul(&down)?.f_reshape(sum.size())? * *factor
                }
            });
        }
        for change in added {
            sum = sum.f_add(&change)?;
        }
        Ok(sum)
    }
}

/// A tensor of the file.
#[derive(Clone, Copy)]
struct Tensored<'a> {
    file: &'a str,
    name: &'a str,
    stored: &'a TensorInfo,
}

impl<'a> Tensored<'a> {
    /// The module that the tensor changes, as the file spells it, and how.
    fn role(self) -> Result<(Cow<'a, str>, Role), Error> {
        if let Some((_, kind)) = OTHERS.iter().find(|(part, _)| self.name.contains(part)) {
            return Err(self.wrong(format!(
                "is {kind} by its `{}`; only plain low-rank adapters can be merged",
                self.name
            )));
        }
        let modulation = |of: &str| (Cow::from(format!("{of}.modulation")), Role::Weight);
        let role = ROLES
            .iter()
            .find_map(|(end, role)| Some((self.name.strip_suffix(end)?.into(), *role)))
            .or_else(|| self.name.strip_suffix(MODULATION).map(modulation))
            .ok_or_else(|| self.matches_nothing())?;
        if role.1 != Role::Alpha && kind_of(self.stored.dtype).is_none() {
            let (file, name) = (self.file.to_owned(), self.name.to_owned());
            return Err(Error::Dtype { file, name, found: format!("{:?}", self.stored.dtype) });
        }
        Ok(role)
    }

    fn wrong(self, what: String) -> Error {
        Error::Adapter { file: self.file.to_owned(), what }
    }

    fn matches_nothing(self) -> Error {
        self.wrong(format!("has a tensor `{}` that matches nothing in the transformer", self.name))
    }

    fn must_be(self, expected: &[i64]) -> Result<(), Error> {
        if self.stored.shape == expected {
            return Ok(());
        }
        Err(Error::Shape {
            file: self.file.to_owned(),
            name: self.name.to_owned(),
            expected: expected.to_vec(),
            found: self.stored.shape.clone(),
        })
    }

    /// The only number of the tensor.
    fn number(self, bytes: &FileBytes) -> Result<f64, Error> {
        let raw = bytes.all().get(self.stored.bytes.clone()).unwrap_or_default();
        let number = match (self.stored.dtype, raw) {
            (Dtype::F32, &[a, b, c, d]) => Some(f64::from(f32::from_le_bytes([a, b, c, d]))),
            (Dtype::BF16, &[a, b]) => Some(f64::from(f32::from_le_bytes([0, 0, a, b]))),
            (Dtype::F16, &[_, _]) => {
                let tensor = bytes.tensor(self.stored, None).map_err(super::runtime::failed)?;
                Some(tensor.flatten(0, -1).double_value(&[0]))
            }
            (Dtype::F64, raw) => raw.try_into().ok().map(f64::from_le_bytes),
            (Dtype::I64, raw) => raw.try_into().ok().map(|raw| i64::from_le_bytes(raw) as f64),
            (Dtype::I32, raw) => raw.try_into().ok().map(|raw| i32::from_le_bytes(raw).into()),
            _ => None,
        };
        number.filter(|number| number.is_finite()).ok_or_else(|| {
            self.wrong(format!("has an alpha `{}` that is not one number", self.name))
        })
    }
}

/// How the file scales B·A where no tensor says it.
#[derive(Debug, Clone, Copy, Default)]
struct Scaling {
    alpha: Option<f64>,
    /// Divides by the root of the rank instead of the rank (rsLoRA).
    by_root: bool,
}

impl Scaling {
    /// Reads what diffusers writes beside the tensors.
    fn of(header: &Header) -> Result<Self, String> {
        let Some(words) = header.words.get("lora_adapter_metadata") else {
            return Ok(Self::default());
        };
        let config: BTreeMap<String, serde_json::Value> = serde_json::from_str(words)
            .map_err(|error| format!("has settings that are not understood ({error})"))?;
        let said = |what: &str| {
            let mut all = config.iter();
            let last =
                |name: &str| name.rsplit_once('.').map_or(name == what, |(_, end)| end == what);
            all.find_map(|(name, value)| last(name).then_some(value))
        };
        if said("use_dora").and_then(serde_json::Value::as_bool) == Some(true) {
            return Err("is a weight-decomposed adapter (DoRA) by its settings; only plain low-rank adapters can be merged".to_owned());
        }
        if let Some(patterns) = said("alpha_pattern").and_then(serde_json::Value::as_object)
            && !patterns.is_empty()
        {
            return Err("has an alpha of its own for some modules (`alpha_pattern`), which is not supported".to_owned());
        }
        Ok(Self {
            alpha: said("lora_alpha").and_then(serde_json::Value::as_f64),
            by_root: said("use_rslora").and_then(serde_json::Value::as_bool) == Some(true),
        })
    }

    fn factor(self, rank: i64, alpha: Option<f64>) -> f64 {
        let rank = rank as f64;
        alpha.or(self.alpha).unwrap_or(rank) / if self.by_root { rank.sqrt() } else { rank }
    }
}

/// The modules of a network.
struct Modules<'a> {
    parameters: BTreeMap<&'a str, &'a Parameter>,
    /// Modules by their names in either scheme, with underscores instead of points.
    underscored: BTreeMap<String, &'a str>,
    names: Scheme,
}

impl<'a> Modules<'a> {
    fn new(parameters: &'a [Parameter], names: Scheme) -> Self {
        let mut underscored = BTreeMap::new();
        for Parameter { name, .. } in parameters {
            let Some((module, _)) = name.rsplit_once('.') else { continue };
            underscored.insert(module.replace('.', "_"), module);
            let theirs = names.in_authors(module);
            underscored.extend(theirs.map(|theirs| (theirs.replace('.', "_"), module)));
        }
        let parameters = parameters.iter().map(|p| (p.name.as_str(), p)).collect();
        Self { parameters, underscored, names }
    }

    fn find(&self, named: &str) -> Option<Module<'_>> {
        for prefix in UNDERSCORED {
            if let Some(name) = named.strip_prefix(prefix) {
                return self.module(self.underscored.get(&*name.replace('.', "_"))?);
            }
        }
        let named = PREFIXES.iter().find_map(|prefix| named.strip_prefix(prefix)).unwrap_or(named);
        let bare = self.names.bare(named);
        self.module(bare).or_else(|| self.module(&self.names.in_diffusers(bare)?))
    }

    /// Why a tensor matches nothing.
    fn unknown(&self, tensor: Tensored<'_>) -> Error {
        let block = |name: &str| {
            let after = name.split(['.', '_']).skip_while(|part| *part != "blocks").nth(1);
            after.and_then(|number| number.parse::<u32>().ok())
        };
        let blocks = self.parameters.keys().filter_map(|name| block(name)).max();
        let why = match (block(tensor.name), blocks) {
            (Some(block), Some(last)) if block > last => format!(
                "it has {} blocks, and this is for block {}: the adapter is for a larger model",
                last + 1,
                u64::from(block) + 1
            ),
            _ => "names are known as diffusers, the authors of Wan and kohya's trainers write them, like `transformer.blocks.0.attn1.to_q.lora_A.weight`".to_owned(),
        };
        tensor.wrong(format!(
            "has a tensor `{}` that matches nothing in the transformer: {why}",
            tensor.name
        ))
    }

    /// The module with this name in diffusers.
    fn module(&self, name: &str) -> Option<Module<'_>> {
        let parameter = |name: &str| self.parameters.get(name).copied();
        let weight = parameter(&format!("{name}.weight")).or_else(|| parameter(name));
        let bias = parameter(&format!("{name}.bias"));
        (weight.is_some() || bias.is_some()).then_some(Module { weight, bias })
    }
}

/// The parameters that an adapter may change together.
struct Module<'a> {
    weight: Option<&'a Parameter>,
    bias: Option<&'a Parameter>,
}

impl Module<'_> {
    fn changes(
        &self,
        roles: &BTreeMap<Role, Tensored<'_>>,
        bytes: &FileBytes,
        scaling: Scaling,
        strength: f64,
    ) -> Result<Vec<(String, Change)>, Error> {
        let mut changes = Vec::new();
        let mut factor = None;
        match (roles.get(&Role::Down), roles.get(&Role::Up)) {
            (Some(down), Some(up)) => {
                let parameter = self.weight.ok_or_else(|| down.matches_nothing())?;
                let rank = down.stored.shape.first().copied().unwrap_or(0).max(1);
                let alpha = roles.get(&Role::Alpha).map(|alpha| alpha.number(bytes)).transpose()?;
                factor = Some(scaling.factor(rank, alpha));
                let [outputs, inputs @ ..] = parameter.shape.as_slice() else {
                    return Err(down.matches_nothing());
                };
                down.must_be(&[&[rank], inputs].concat())?;
                up.must_be(
                    &[vec![*outputs, rank], vec![1; up.stored.shape.len().saturating_sub(2)]]
                        .concat(),
                )?;
                changes.push((
                    parameter.name.clone(),
                    Change::LowRank {
                        down: down.stored.clone(),
                        up: up.stored.clone(),
                        factor: strength * factor.expect("just found"),
                    },
                ));
            }
            (Some(half), None) | (None, Some(half)) => {
                return Err(half.wrong(format!("has `{}` without its other half", half.name)));
            }
            (None, None) => {}
        }
        for (role, parameter) in
            [(Role::Weight, self.weight), (Role::Bias, self.bias), (Role::UpBias, self.bias)]
        {
            let Some(by) = roles.get(&role) else { continue };
            let parameter = parameter.ok_or_else(|| by.matches_nothing())?;
            by.must_be(&parameter.shape)?;
            let factor = if role == Role::UpBias { factor.unwrap_or(1.0) } else { 1.0 };
            let change = Change::Whole { by: by.stored.clone(), factor: strength * factor };
            changes.push((parameter.name.clone(), change));
        }
        Ok(changes)
    }
}
