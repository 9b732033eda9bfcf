//! A whole experiment as one declarative value.

use serde::{Deserialize, Serialize};

use crate::data::{DataSet, DataSpec};
use crate::model::{Architecture, HiddenActivation, Hyperparameters, OutputActivation};
use crate::numerics::Precision;

/// Everything that is needed to run it again. Changing anything but `hyperparameters` restarts the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    pub data: DataSpec,
    /// h, at least 1
    pub hidden: usize,
    pub hidden_activation: HiddenActivation,
    pub output_activation: OutputActivation,
    /// Seed of the initial weights and of the shuffling.
    pub seed: u64,
    pub precision: Precision,
    pub hyperparameters: Hyperparameters,
}

impl Experiment {
    /// The network for samples of `inputs` values.
    pub fn architecture(&self, inputs: usize) -> Architecture {
        Architecture {
            inputs,
            hidden: self.hidden,
            hidden_activation: self.hidden_activation,
            output_activation: self.output_activation,
        }
    }

    /// The output whose reach suits `data`: linear where their values have no bounds.
    pub fn output_for(data: &DataSet) -> OutputActivation {
        if data.prepared().is_unbounded() {
            OutputActivation::Linear
        } else {
            OutputActivation::Sigmoid
        }
    }
}

impl Default for Experiment {
    /// The post's own values on the photographs.
    fn default() -> Self {
        Self {
            data: DataSpec::default(),
            hidden: 25,
            hidden_activation: HiddenActivation::Sigmoid,
            output_activation: OutputActivation::Sigmoid,
            seed: 1,
            precision: Precision::F32,
            hyperparameters: Hyperparameters::default(),
        }
    }
}
