//! A checkpoint, or a keyframe, apart from its arrays: for a format that keeps arrays as arrays.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, LbfgsMemory, Numbers, OptimizerMemory, UNPLANNED, VERSION};
use super::keyframe::Keyframe;
use super::samples::SamplesIdentity;
use crate::data::FittedPreparation;
use crate::model::{Cost, Hyperparameters, UnitStatistics};
use crate::numerics::Precision;
use crate::training::Experiment;
use crate::training::plan::Planned;
use crate::training::record::{Change, History};

/// W1, b1, W2, b2, one after the other.
pub const PARAMETERS: &str = "parameters";
const VELOCITY: &str = "velocity";
const FIRST: &str = "first_moments";
const SECOND: &str = "second_moments";
const GRADIENT: &str = "gradient";

/// An array as long as the parameters: them, or what the optimiser remembers of each.
pub struct Array<'a> {
    pub name: String,
    pub numbers: &'a Numbers,
}

/// What an optimiser remembers, without its arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimizerHead {
    Descent,
    Momentum,
    Adam {
        steps: i32,
    },
    /// `None` before the first step.
    Lbfgs(Option<LbfgsHead>),
    /// It has taken no step yet.
    Fresh,
}

/// What L-BFGS knows at the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LbfgsHead {
    pub cost: f64,
    /// Pairs of a step and the change of the gradient.
    pub corrections: usize,
}

/// A [`Checkpoint`] without its arrays, its history and its preparation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckpointHead {
    /// Of the checkpoint: [`super::VERSION`].
    pub version: u32,
    /// The kernels that the run computed on, and what their arithmetic is numbered.
    pub kernel_path: String,
    pub numerics_version: u32,
    pub samples: SamplesIdentity,
    pub test_samples: Option<SamplesIdentity>,
    pub experiment: Experiment,
    /// In force.
    pub settings: Hyperparameters,
    pub staged: Vec<Change>,
    #[serde(default)]
    pub planned: Vec<Planned>,
    pub epoch: u64,
    pub precision: Precision,
    pub optimizer: OptimizerHead,
    pub gradient_known: bool,
    pub cost: Cost,
    pub units: Vec<UnitStatistics>,
}

/// A [`Keyframe`] without its arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyframeHead {
    pub epoch: u64,
    pub settings: Hyperparameters,
    pub cost: Cost,
    pub units: Vec<UnitStatistics>,
    pub edits: u64,
    pub revived: u64,
    pub gradient_known: bool,
    /// `None` where the weights alone are kept.
    pub optimizer: Option<OptimizerHead>,
    pub checksum: u64,
}

impl Checkpoint {
    pub fn head(&self) -> CheckpointHead {
        CheckpointHead {
            version: self.version,
            kernel_path: self.kernel_path.clone(),
            numerics_version: self.numerics_version,
            samples: self.samples,
            test_samples: self.test_samples,
            experiment: self.experiment.clone(),
            settings: self.settings,
            staged: self.staged.clone(),
            planned: self.planned.clone(),
            epoch: self.epoch,
            precision: self.precision(),
            optimizer: OptimizerHead::of(&self.optimizer),
            gradient_known: self.gradient_known,
            cost: self.cost,
            units: self.units.clone(),
        }
    }

    /// The parameters, and what the optimiser remembers.
    pub fn arrays(&self) -> Vec<Array<'_>> {
        arrays(&self.parameters, Some(&self.optimizer))
    }

    /// What [`Self::head`] and [`Self::arrays`] took apart; `array` gives an array by its name. Whether all of it fits
    /// is for [`super::Run::resume`] to see.
    ///
    /// # Errors
    /// Those of `array`.
    pub fn of_parts<E>(
        head: CheckpointHead,
        mut array: impl FnMut(&str) -> Result<Numbers, E>,
        preparation: Arc<FittedPreparation>,
        history: History,
    ) -> Result<Self, E> {
        Ok(Self {
            version: match head.version {
                UNPLANNED => VERSION,
                version => version,
            },
            kernel_path: head.kernel_path,
            numerics_version: head.numerics_version,
            samples: head.samples,
            test_samples: head.test_samples,
            experiment: head.experiment,
            preparation,
            settings: head.settings,
            staged: head.staged,
            planned: head.planned,
            epoch: head.epoch,
            parameters: array(PARAMETERS)?,
            optimizer: head.optimizer.with(&mut array)?,
            gradient_known: head.gradient_known,
            cost: head.cost,
            units: head.units,
            history,
        })
    }
}

impl Keyframe {
    pub fn head(&self) -> KeyframeHead {
        KeyframeHead {
            epoch: self.epoch,
            settings: self.settings,
            cost: self.cost,
            units: self.units.clone(),
            edits: self.edits,
            revived: self.revived,
            gradient_known: self.gradient_known,
            optimizer: self.optimizer.as_ref().map(OptimizerHead::of),
            checksum: self.checksum(),
        }
    }

    /// The parameters, and what the optimiser remembers.
    pub fn arrays(&self) -> Vec<Array<'_>> {
        arrays(&self.parameters, self.optimizer.as_ref())
    }

    /// What [`Self::head`] and [`Self::arrays`] took apart; `array` gives an array by its name.
    ///
    /// # Errors
    /// Those of `array`.
    pub fn of_parts<E>(
        head: KeyframeHead,
        mut array: impl FnMut(&str) -> Result<Numbers, E>,
    ) -> Result<Self, E> {
        let parameters = array(PARAMETERS)?;
        let optimizer = match head.optimizer {
            Some(optimizer) => Some(optimizer.with(&mut array)?),
            None => None,
        };
        Ok(Self {
            epoch: head.epoch,
            settings: head.settings,
            cost: head.cost,
            units: head.units,
            edits: head.edits,
            revived: head.revived,
            gradient_known: head.gradient_known,
            parameters,
            optimizer,
            checksum: head.checksum,
        })
    }
}

fn arrays<'a>(parameters: &'a Numbers, memory: Option<&'a OptimizerMemory>) -> Vec<Array<'a>> {
    let named = |name: &str, numbers| Array {
        name: name.to_owned(),
        numbers,
    };
    let mut arrays = vec![named(PARAMETERS, parameters)];
    match memory {
        None
        | Some(OptimizerMemory::Descent | OptimizerMemory::Lbfgs(None) | OptimizerMemory::Fresh) => {
        }
        Some(OptimizerMemory::Momentum { velocity }) => arrays.push(named(VELOCITY, velocity)),
        Some(OptimizerMemory::Adam { first, second, .. }) => {
            arrays.push(named(FIRST, first));
            arrays.push(named(SECOND, second));
        }
        Some(OptimizerMemory::Lbfgs(Some(memory))) => {
            arrays.push(named(GRADIENT, &memory.gradient));
            for (number, (step, change)) in memory.corrections.iter().enumerate() {
                arrays.push(named(&step_name(number), step));
                arrays.push(named(&change_name(number), change));
            }
        }
    }
    arrays
}

fn step_name(number: usize) -> String {
    format!("step_{number}")
}

fn change_name(number: usize) -> String {
    format!("gradient_change_{number}")
}

impl OptimizerHead {
    fn of(memory: &OptimizerMemory) -> Self {
        match memory {
            OptimizerMemory::Descent => Self::Descent,
            OptimizerMemory::Momentum { .. } => Self::Momentum,
            OptimizerMemory::Adam { steps, .. } => Self::Adam { steps: *steps },
            OptimizerMemory::Fresh => Self::Fresh,
            OptimizerMemory::Lbfgs(memory) => {
                Self::Lbfgs(memory.as_ref().map(|memory| LbfgsHead {
                    cost: memory.cost,
                    corrections: memory.corrections.len(),
                }))
            }
        }
    }

    fn with<E>(
        self,
        mut array: impl FnMut(&str) -> Result<Numbers, E>,
    ) -> Result<OptimizerMemory, E> {
        Ok(match self {
            Self::Descent => OptimizerMemory::Descent,
            Self::Momentum => OptimizerMemory::Momentum {
                velocity: array(VELOCITY)?,
            },
            Self::Adam { steps } => OptimizerMemory::Adam {
                first: array(FIRST)?,
                second: array(SECOND)?,
                steps,
            },
            Self::Lbfgs(None) => OptimizerMemory::Lbfgs(None),
            Self::Fresh => OptimizerMemory::Fresh,
            Self::Lbfgs(Some(head)) => {
                let gradient = array(GRADIENT)?;
                // a count that lies ends at the first array that isn't there
                let mut corrections = Vec::new();
                for number in 0..head.corrections {
                    corrections.push((array(&step_name(number))?, array(&change_name(number))?));
                }
                OptimizerMemory::Lbfgs(Some(LbfgsMemory {
                    cost: head.cost,
                    gradient,
                    corrections,
                }))
            }
        })
    }
}
