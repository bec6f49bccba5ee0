//! Reads `scheduler/scheduler_config.json` of a model and checks that these solvers
//! support it.

use serde::Deserialize;

use crate::diffusion::error::Error;

/// `scheduler/scheduler_config.json`, of any of the schedulers.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are those of diffusers")]
pub struct SchedulerConfig {
    /// Its class in diffusers.
    #[serde(rename = "_class_name")]
    pub class_name: String,
    /// Timesteps that the network was trained with.
    pub num_train_timesteps: f64,
    /// Order of a multistep solver, 1 to 3.
    pub solver_order: usize,
    /// A solver's variant: `bh2` of `UniPC` (`bh1` is not finite at σ = 0),
    /// `midpoint` or `heun` of DPM-Solver++. As in diffusers, a variant of the
    /// other solver means the solver's own default.
    pub solver_type: String,
    /// DPM-Solver's formulas; must be `dpmsolver++`.
    pub algorithm_type: String,
    /// Steps after which `UniPC` does not correct.
    pub disable_corrector: Vec<usize>,
    /// Whether a multistep solver's last steps are of lower order.
    pub lower_order_final: bool,
    /// Whether `UniPC` works on the predicted clip; must be true.
    pub predict_x0: bool,
    /// Whether a multistep solver's σ are a flow's; must be true.
    pub use_flow_sigmas: bool,
    /// Whether flow-match Euler adds noise at each step; must be false.
    pub stochastic_sampling: bool,
    /// Whether flow-match Euler inverts σ; must be false.
    pub invert_sigmas: bool,
    /// What the network predicts; must be `flow_prediction`.
    pub prediction_type: String,
    /// Whether to clip predictions to a quantile; must be false.
    pub thresholding: bool,
    /// Whether the shift depends on the picture's size; must be false.
    pub use_dynamic_shifting: bool,
    /// Where the schedule ends; must be null.
    pub shift_terminal: Option<f64>,
    /// The last σ; must be `zero`.
    pub final_sigmas_type: String,
    /// Whether to space σ differently; must be false.
    pub use_karras_sigmas: bool,
    /// Whether to space σ differently; must be false.
    pub use_exponential_sigmas: bool,
    /// Whether to space σ differently; must be false.
    pub use_beta_sigmas: bool,
    /// Whether to space σ differently; must be false.
    pub use_lu_lambdas: bool,
}

impl Default for SchedulerConfig {
    fn default() -> Self {
        Self {
            class_name: String::new(),
            num_train_timesteps: 1000.0,
            solver_order: 2,
            solver_type: String::new(),
            algorithm_type: "dpmsolver++".to_owned(),
            disable_corrector: Vec::new(),
            lower_order_final: true,
            predict_x0: true,
            use_flow_sigmas: true,
            stochastic_sampling: false,
            invert_sigmas: false,
            prediction_type: "flow_prediction".to_owned(),
            thresholding: false,
            use_dynamic_shifting: false,
            shift_terminal: None,
            final_sigmas_type: "zero".to_owned(),
            use_karras_sigmas: false,
            use_exponential_sigmas: false,
            use_beta_sigmas: false,
            use_lu_lambdas: false,
        }
    }
}

impl SchedulerConfig {
    pub(super) fn check(&self) -> Result<(), Error> {
        let unsupported = |what: &str| Err(Error::Unsupported(format!("a scheduler with {what}")));
        if self.prediction_type != "flow_prediction" {
            return unsupported("a `prediction_type` other than `flow_prediction`");
        }
        if self.use_dynamic_shifting || self.shift_terminal.is_some() {
            return unsupported("`use_dynamic_shifting` or `shift_terminal`");
        }
        if self.use_karras_sigmas
            || self.use_exponential_sigmas
            || self.use_beta_sigmas
            || self.use_lu_lambdas
        {
            return unsupported("Karras, exponential or beta sigmas or Lu's lambdas");
        }
        if !self.predict_x0 || !self.use_flow_sigmas {
            return unsupported("`predict_x0` or `use_flow_sigmas` false");
        }
        if self.stochastic_sampling || self.invert_sigmas {
            return unsupported("`stochastic_sampling` or `invert_sigmas`");
        }
        if self.thresholding {
            return unsupported("`thresholding`");
        }
        if self.final_sigmas_type != "zero" {
            return unsupported("a `final_sigmas_type` other than `zero`");
        }
        if !(1..=3).contains(&self.solver_order) {
            return unsupported("a `solver_order` other than 1, 2 or 3");
        }
        let variants = ["", "bh1", "bh2", "midpoint", "heun", "logrho"];
        if !variants.contains(&self.solver_type.as_str()) {
            return unsupported(&format!("a `solver_type` of `{}`", self.solver_type));
        }
        Ok(())
    }

    pub(super) fn check_unipc(&self) -> Result<(), Error> {
        if self.solver_type == "bh1" {
            return Err(Error::Unsupported("`UniPC` with a `solver_type` of `bh1`".to_owned()));
        }
        if self.solver_order > 1 && !self.lower_order_final {
            // The last step would divide by zero, in diffusers too.
            return Err(Error::Unsupported(
                "`UniPC` of an order above 1 without `lower_order_final`".to_owned(),
            ));
        }
        Ok(())
    }

    pub(super) fn check_dpmsolver(&self) -> Result<(), Error> {
        match self.algorithm_type.as_str() {
            "dpmsolver++" | "deis" => Ok(()),
            other => Err(Error::Unsupported(format!(
                "DPM-Solver with an `algorithm_type` of `{other}` instead of `dpmsolver++`"
            ))),
        }
    }
}
