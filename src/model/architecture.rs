//! What cannot change without restarting the run: sizes and activations.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// The hidden layer's f.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray,
)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum HiddenActivation {
    /// f(z) = 1/(1+e⁻ᶻ); ρ̂ is the mean of a itself.
    #[default]
    Sigmoid,
    /// f(z) = tanh z; ρ̂ is the mean of (a+1)/2 = sigmoid(2z), so that ρ stays in (0, 1).
    Tanh,
}

/// The output layer's g.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray,
)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum OutputActivation {
    #[default]
    Sigmoid,
    Tanh,
    Linear,
}

impl HiddenActivation {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn name(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
        }
    }

    /// dp/da, where p is the activation mapped into (0, 1): 1 for sigmoid, ½ for tanh.
    pub fn probability_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 1.0,
            Self::Tanh => 0.5,
        }
    }
}

impl OutputActivation {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn name(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Linear => "linear",
        }
    }
}

impl OutputActivation {
    /// The least and greatest value that it tends to; `None` where it reaches every number.
    pub fn reach(self) -> Option<(f64, f64)> {
        match self {
            Self::Sigmoid => Some((0.0, 1.0)),
            Self::Tanh => Some((-1.0, 1.0)),
            Self::Linear => None,
        }
    }
}

/// Sizes and activations of an n-h-n autoencoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Architecture {
    /// n, at least 1.
    pub inputs: usize,
    /// h, at least 1.
    pub hidden: usize,
    pub hidden_activation: HiddenActivation,
    pub output_activation: OutputActivation,
}

impl Architecture {
    /// The number of parameters, 2nh + h + n.
    pub fn parameter_count(&self) -> usize {
        2 * self.inputs * self.hidden + self.hidden + self.inputs
    }
}
