//! The settings that every headless command shares.

use std::num::NonZeroUsize;
use std::sync::Arc;

use clap::Args;

use super::CliError;
use super::base::Base;
use super::data_choice::{DataChoice, RecipeChoice};
use super::model::{Model, Taken};
use super::output::aside;
use crate::data::DataSet;
use crate::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use crate::numerics::{Precision, WorkerPool};
use crate::training::{Experiment, Preset, Recipe};

/// Everything here may be left out: then it is the preset that says it, or the model's record, and without either the
/// default.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct ExperimentArguments {
    /// A whole experiment: data, hidden units and all settings; any other option goes before it, wherever it stands
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
    #[command(flatten)]
    pub data: DataChoice,
    /// Hidden units; those of the model where one is given [default: the preset's, or else 25]
    #[arg(long, value_name = "H")]
    pub hidden: Option<usize>,
    /// ρ, the target activation [default: the model's, or else 0.05]
    #[arg(long, allow_negative_numbers = true)]
    pub rho: Option<f64>,
    /// β, the weight of the sparsity term [default: the model's, or else 3]
    #[arg(long, allow_negative_numbers = true)]
    pub beta: Option<f64>,
    /// α, the learning rate [default: the model's, or else 0.1]
    #[arg(long, allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    /// λ, the weight decay [default: the model's, or else 1e-4]
    #[arg(long, allow_negative_numbers = true)]
    pub lambda: Option<f64>,
    /// [default: the model's, or else sigmoid]
    #[arg(long, value_enum)]
    pub hidden_activation: Option<HiddenActivation>,
    /// [default: the model's, or else sigmoid; linear for data that were whitened by ZCA or standardised]
    #[arg(long, value_enum)]
    pub output_activation: Option<OutputActivation>,
    /// [default: the model's, or else momentum]
    #[arg(long, value_enum)]
    pub optimizer: Option<OptimizerKind>,
    /// μ of the momentum optimiser [default: the model's, or else 0.9]
    #[arg(long, allow_negative_numbers = true)]
    pub momentum: Option<f64>,
    /// Samples an update, or `full` [default: the model's, or else 50]
    #[arg(long, value_name = "N|full")]
    pub batch: Option<BatchSize>,
    /// Seed of the initial weights and the shuffling [default: the model's, or else 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// [default: the model's, or else f32]
    #[arg(long, value_enum)]
    pub precision: Option<Precision>,
    /// `printed` is the post's formula with the misplaced bracket: not the gradient of the cost [default: the model's, or
    /// else exact]
    #[arg(long, value_enum)]
    pub gradient: Option<GradientForm>,
    /// A run that was told in a line: what a preset is, with its data's reading.
    #[arg(skip)]
    pub shared: Option<Box<Experiment>>,
    /// Threads to compute with [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// What a command works on.
#[derive(Debug)]
pub struct Resolved {
    pub data: DataSet,
    pub experiment: Experiment,
    /// After how many epochs the features stand, where a recipe says it.
    pub epochs: Option<u64>,
}

impl ExperimentArguments {
    /// Loads the data and settles every setting: an option says it, or else the preset, or else the record of `model`, or
    /// else the default.
    /// What was taken from the record goes to standard error, in one line; `training` says whether the optimiser's
    /// settings matter.
    ///
    /// # Errors
    /// Data that cannot be read or do not suit the model's preparation, another number of inputs than the model's;
    /// `--hidden`, or the preset, contradicts the model, or `--hidden` is 0.
    pub fn resolve(&self, model: Option<&Model>, training: bool) -> Result<Resolved, CliError> {
        let base = self.base(model);
        let told = matches!(base, Base::Shared(_));
        if let (RecipeChoice::Auto, Some(_)) = (self.data.recipe, model) {
            return Err(CliError::Usage(
                "--recipe auto chooses for new data what a model says: leave one of them out"
                    .into(),
            ));
        }
        let chosen = self.data.choose(&base)?;
        let (_, data) = chosen.load()?;
        if let Some(model) = model {
            model.check_inputs(data.inputs())?;
        }
        let mut hidden = self.hidden_units(model)?;
        let taken_from = base.record().and(model);
        let mut base = base.experiment();
        let recipe =
            (self.data.recipe == RecipeChoice::Auto).then(|| Recipe::of(&data, data.len()));
        if let Some(recipe) = &recipe {
            base = recipe.choices().applied_to(base);
            hidden = self.hidden.unwrap_or(recipe.hidden);
            for reason in &recipe.reasons {
                aside!("note: {reason}");
            }
        }
        let output = match taken_from {
            None if !told && data.prepared().is_unbounded() => OutputActivation::Linear,
            None | Some(_) => base.output_activation,
        };
        let settings = base.hyperparameters;
        let experiment = Experiment {
            data: data.spec.clone(),
            hidden,
            hidden_activation: self.hidden_activation.unwrap_or(base.hidden_activation),
            output_activation: self.output_activation.unwrap_or(output),
            seed: self.seed.unwrap_or(base.seed),
            precision: self.precision(model),
            hyperparameters: Hyperparameters {
                sparsity_target: self.rho.unwrap_or(settings.sparsity_target),
                sparsity_weight: self.beta.unwrap_or(settings.sparsity_weight),
                learning_rate: self.alpha.unwrap_or(settings.learning_rate),
                weight_decay: self.lambda.unwrap_or(settings.weight_decay),
                momentum: self.momentum.unwrap_or(settings.momentum),
                optimizer: self.optimizer.unwrap_or(settings.optimizer),
                batch: self.batch.unwrap_or(settings.batch),
                gradient: self.gradient.unwrap_or(settings.gradient),
            },
        };
        let taken = Taken {
            hidden_activation: self.hidden_activation.is_none(),
            output_activation: self.output_activation.is_none(),
            rho: self.rho.is_none(),
            beta: self.beta.is_none(),
            lambda: self.lambda.is_none(),
            gradient: self.gradient.is_none(),
            precision: self.precision.is_none(),
            training: training
                && self.alpha.is_none()
                && self.optimizer.is_none()
                && self.batch.is_none()
                && self.seed.is_none(),
            data: self.data.data.is_empty(),
            preparation: chosen.fitted.is_some(),
        };
        if let Some(sentence) = taken_from.and_then(|model| model.sentence(taken)) {
            aside!("{sentence}");
        }
        Ok(Resolved {
            data,
            experiment,
            epochs: recipe.map(|recipe| recipe.epochs),
        })
    }

    /// Whether nothing is said but where the data are and how many threads compute.
    pub fn is_where_and_how(&self) -> bool {
        let rest = Self {
            data: DataChoice {
                data: Vec::new(),
                ..self.data.clone()
            },
            threads: None,
            ..self.clone()
        };
        rest == Self::default()
    }

    /// What is computed in.
    pub fn precision(&self, model: Option<&Model>) -> Precision {
        self.precision
            .unwrap_or_else(|| self.base(model).experiment().precision)
    }

    /// A line that tells a whole run goes before a preset and a model.
    fn base<'a>(&'a self, model: Option<&'a Model>) -> Base<'a> {
        match &self.shared {
            Some(experiment) => Base::Shared(experiment),
            None => Base::of(self.preset, model),
        }
    }

    fn hidden_units(&self, model: Option<&Model>) -> Result<usize, CliError> {
        let model = model.map(|model| model.parameters.hidden());
        let shared = self.shared.as_ref().map(|experiment| experiment.hidden);
        let preset = self.preset.map(|preset| preset.experiment().hidden);
        let preset = shared.or(preset);
        match (self.hidden.or(preset), model) {
            (Some(asked), Some(model)) if asked != model => {
                Err(CliError::Usage(match self.hidden {
                    Some(_) => format!(
                        "--hidden {asked} contradicts the model, which has {model} hidden units: leave --hidden out"
                    ),
                    None => format!(
                        "the preset has {asked} hidden units, the model {model}: give --hidden {model}"
                    ),
                }))
            }
            (Some(0), _) => Err(CliError::Usage(
                "--hidden 0 learns nothing: give at least 1".into(),
            )),
            (asked, model) => Ok(asked.or(model).unwrap_or(Experiment::default().hidden)),
        }
    }

    /// The threads to compute with.
    pub fn pool(&self) -> Arc<WorkerPool> {
        let all = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = self.threads.map_or_else(all, usize::from);
        Arc::new(WorkerPool::new(threads))
    }
}
