//! A model that a command is given, and what its record says of how it was made.

use std::path::Path;

use crate::cli::CliError;
use crate::data::FittedPreparation;
use crate::io::{self, ModelRecord};
use crate::model::{GradientForm, Parameters};
use crate::numerics::{Precision, Real};

/// Weights in f64, whatever the file has, and their record.
#[derive(Debug)]
pub struct Model {
    /// As it was given.
    name: String,
    pub parameters: Parameters<f64>,
    pub record: Option<ModelRecord>,
}

impl Model {
    /// # Errors
    /// The file cannot be read, is no model, or has a record that cannot be used.
    pub fn read(path: &Path) -> Result<Self, CliError> {
        let (parameters, record) = io::npz::read_model::<f64>(path)?;
        Ok(Self {
            name: path.display().to_string(),
            parameters,
            record,
        })
    }

    /// One that was read already.
    pub fn of(name: &str, parameters: Parameters<f64>, record: Option<ModelRecord>) -> Self {
        Self {
            name: name.to_owned(),
            parameters,
            record,
        }
    }

    /// As it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the training data taught, where it is known.
    pub fn preparation(&self) -> Option<&std::sync::Arc<FittedPreparation>> {
        self.record.as_ref()?.preparation.as_ref()
    }

    /// The weights in `T`.
    ///
    /// # Errors
    /// One is beyond `T`'s range.
    pub fn weights<T: Real>(&self) -> Result<Parameters<T>, CliError> {
        let weights = self.parameters.cast::<T>();
        if weights.flat().iter().all(|weight| weight.is_finite()) {
            return Ok(weights);
        }
        Err(CliError::Usage(format!(
            "{} has weights beyond the range of 32-bit floating point: give --precision f64",
            self.name
        )))
    }

    /// # Errors
    /// The model takes another number of inputs than the data have.
    pub fn check_inputs(&self, inputs: usize) -> Result<(), CliError> {
        if self.parameters.inputs() == inputs {
            return Ok(());
        }
        Err(CliError::Usage(format!(
            "{} was trained on samples of {} values, the data have {inputs}: give the data it was trained on",
            self.name,
            self.parameters.inputs()
        )))
    }
}

/// What a command takes from a record, for the line that says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub hidden_activation: bool,
    pub output_activation: bool,
    pub rho: bool,
    pub beta: bool,
    pub lambda: bool,
    pub gradient: bool,
    pub precision: bool,
    /// The optimiser's settings and the seed: `train` alone says so.
    pub training: bool,
    pub data: bool,
    pub preparation: bool,
}

impl Model {
    /// "from the record of model.npz: tanh hidden units, linear output, ρ 0.05, …"; `None` where nothing was
    /// taken.
    pub fn sentence(&self, taken: Taken) -> Option<String> {
        let record = self.record.as_ref()?;
        let (experiment, settings) = (&record.experiment, &record.experiment.hyperparameters);
        let mut parts: Vec<String> = Vec::new();
        let mut say = |is: bool, part: String| {
            if is {
                parts.push(part);
            }
        };
        let hidden = experiment.hidden_activation.name();
        say(taken.hidden_activation, format!("{hidden} hidden units"));
        let output = experiment.output_activation.name();
        say(taken.output_activation, format!("{output} output"));
        say(taken.rho, format!("ρ {}", short(settings.sparsity_target)));
        say(taken.beta, format!("β {}", short(settings.sparsity_weight)));
        say(taken.lambda, format!("λ {}", short(settings.weight_decay)));
        say(
            taken.gradient && settings.gradient == GradientForm::Printed,
            "the gradient as printed".into(),
        );
        say(
            taken.training,
            format!(
                "α {}, {}, batch {}, seed {}",
                short(settings.learning_rate),
                settings.optimizer.name(),
                settings.batch,
                experiment.seed
            ),
        );
        say(
            taken.precision && experiment.precision == Precision::F64,
            "double precision".into(),
        );
        say(
            taken.data,
            format!("the data {}", experiment.data.source.title()),
        );
        if let Some(fitted) = &record.preparation {
            say(
                taken.preparation,
                format!("the preparation of {}", fitted.name),
            );
        }
        self.sentence_of(&parts)
    }

    /// The sentence that says what was taken from the record; `None` where that is nothing.
    pub fn sentence_of(&self, parts: &[String]) -> Option<String> {
        (!parts.is_empty())
            .then(|| format!("from the record of {}: {}", self.name, parts.join(", ")))
    }
}

/// 0.05, 3, 1e-4
fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}
