//! The settings that every headless command shares.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::CliError;
use crate::data::{Colour, Cut, DataSet, DataSpec, Preprocessing, Whitening};
use crate::io;
use crate::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
    Parameters,
};
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::Experiment;

#[derive(Debug, Args)]
pub struct ExperimentArguments {
    #[command(flatten)]
    pub data: DataChoice,
    /// Hidden units; those of the model where one is given [default: 25]
    #[arg(long, value_name = "H")]
    pub hidden: Option<usize>,
    /// ρ, the target activation
    #[arg(long, default_value_t = 0.05, allow_negative_numbers = true)]
    pub rho: f64,
    /// β, the weight of the sparsity term
    #[arg(long, default_value_t = 3.0, allow_negative_numbers = true)]
    pub beta: f64,
    /// α, the learning rate
    #[arg(long, default_value_t = 0.1, allow_negative_numbers = true)]
    pub alpha: f64,
    /// λ, the weight decay
    #[arg(long, default_value_t = 1e-4, allow_negative_numbers = true)]
    pub lambda: f64,
    #[arg(long, value_enum, default_value_t)]
    pub hidden_activation: HiddenActivation,
    /// [default: sigmoid; linear for data that were whitened by ZCA or standardised]
    #[arg(long, value_enum)]
    pub output_activation: Option<OutputActivation>,
    #[arg(long, value_enum, default_value_t)]
    pub optimizer: OptimizerKind,
    /// μ of the momentum optimiser
    #[arg(long, default_value_t = 0.9, allow_negative_numbers = true)]
    pub momentum: f64,
    /// Samples an update, or `full`
    #[arg(long, value_name = "N|full", default_value = "50")]
    pub batch: BatchSize,
    /// Seed of the initial weights and the shuffling
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, value_enum, default_value_t)]
    pub precision: Precision,
    /// `printed` is the post's formula with the misplaced bracket: not the gradient of the cost
    #[arg(long, value_enum, default_value_t)]
    pub gradient: GradientForm,
    /// Threads to compute with [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// Which data, and what is done to them before training.
#[derive(Debug, Args)]
pub struct DataChoice {
    /// photos, photos-raw, leaves, bars, fashion, digits, or the path of a file or folder; several times for several
    /// pictures
    #[arg(long, value_name = "SPEC", default_value = "photos")]
    pub data: Vec<PathBuf>,
    /// The array of a .npz or .mat to take, where it holds several [default: what looks most like data]
    #[arg(long, value_name = "NAME")]
    pub variable: Option<String>,
    /// Whether pictures are samples as they are or cut into patches
    #[arg(long, value_enum, default_value_t)]
    pub cut: Cut,
    /// Side of the square patches that photographs are cut into
    #[arg(long, default_value_t = DataSpec::DEFAULT_PATCH)]
    pub patch: usize,
    /// Patches to cut, or samples to generate [default: 10000; bars: 2000]
    #[arg(long)]
    pub patches: Option<usize>,
    /// Seed of the places where patches are cut, and of generated sets
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub data_seed: u64,
    /// What is done to the values before training, by name
    #[arg(long, value_enum, default_value_t)]
    pub preprocess: Preprocessing,
    /// ε of ZCA whitening [default: 0.1]
    #[arg(long, value_name = "EPSILON")]
    pub epsilon: Option<f64>,
    /// Turn colour to grey
    #[arg(long)]
    pub grey: bool,
}

impl DataChoice {
    /// # Errors
    /// Arguments that contradict one another.
    pub fn spec(&self) -> Result<DataSpec, CliError> {
        let named = match &self.data[..] {
            [one] => one
                .to_str()
                .map_or_else(|| DataSpec::file(one), DataSpec::parse),
            several => DataSpec::files(several.to_vec()),
        };
        let mut preparation = self.preprocess.preparation();
        if let Some(asked) = self.epsilon {
            match preparation
                .as_mut()
                .map(|preparation| &mut preparation.whitening)
            {
                Some(Whitening::Zca { epsilon }) => *epsilon = asked,
                _ => {
                    return Err(CliError::Usage(
                        "--epsilon is ZCA whitening's: give --preprocess zca with it".into(),
                    ));
                }
            }
        }
        if self.grey {
            match &mut preparation {
                Some(preparation) => preparation.colour = Colour::Grey,
                None => {
                    return Err(CliError::Usage(
                        "--grey needs to know what else to do: give --preprocess with it, say whiten".into(),
                    ));
                }
            }
        }
        Ok(DataSpec {
            cut: self.cut,
            patch: self.patch,
            patches: self.patches.unwrap_or(named.patches),
            seed: self.data_seed,
            preparation,
            variable: self.variable.clone(),
            ..named
        })
    }
}

impl ExperimentArguments {
    /// The experiment on `data`, with the hidden units of `model` where there is one.
    ///
    /// # Errors
    /// `--hidden` contradicts the model, or is 0.
    pub fn experiment<T: Real>(
        &self,
        data: &DataSet,
        model: Option<&Parameters<T>>,
    ) -> Result<Experiment, CliError> {
        let hidden = match (self.hidden, model) {
            (Some(asked), Some(model)) if asked != model.hidden() => {
                return Err(CliError::Usage(format!(
                    "--hidden {asked} contradicts the model, which has {} hidden units: leave --hidden out",
                    model.hidden()
                )));
            }
            (Some(0), _) => {
                return Err(CliError::Usage(
                    "--hidden 0 learns nothing: give at least 1".into(),
                ));
            }
            (Some(asked), _) => asked,
            (None, Some(model)) => model.hidden(),
            (None, None) => 25,
        };
        Ok(Experiment {
            data: data.spec.clone(),
            hidden,
            hidden_activation: self.hidden_activation,
            output_activation: self
                .output_activation
                .unwrap_or(Experiment::output_for(data)),
            seed: self.seed,
            precision: self.precision,
            hyperparameters: Hyperparameters {
                sparsity_target: self.rho,
                sparsity_weight: self.beta,
                learning_rate: self.alpha,
                weight_decay: self.lambda,
                momentum: self.momentum,
                optimizer: self.optimizer,
                batch: self.batch,
                gradient: self.gradient,
            },
        })
    }

    /// The threads to compute with.
    pub fn pool(&self) -> Arc<WorkerPool> {
        let all = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = self.threads.map_or_else(all, usize::from);
        Arc::new(WorkerPool::new(threads))
    }
}

/// The model in `path`, in `T`, checked against the data's n.
///
/// # Errors
/// It can't be read, or takes another number of inputs than the data has.
pub fn read_model<T: Real>(path: &Path, inputs: usize) -> Result<Parameters<T>, CliError> {
    let model = io::npz::read_parameters::<T>(path)?;
    if model.inputs() == inputs {
        return Ok(model);
    }
    Err(CliError::Usage(format!(
        "{} was trained on samples of {} values, the data have {inputs}: give the data it was trained on",
        path.display(),
        model.inputs()
    )))
}
