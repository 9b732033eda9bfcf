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

    /// f′ where the activation, mapped into (0, 1), is `p`: p(1−p) for sigmoid, 4p(1−p) for tanh.
    pub fn slope_at(self, p: f64) -> f64 {
        self.greatest_slope() * 4.0 * p * (1.0 - p)
    }

    /// The greatest f′, that at p = ½: ¼ for sigmoid, 1 for tanh.
    pub fn greatest_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 0.25,
            Self::Tanh => 1.0,
        }
    }

    /// dp/da, where p is the activation mapped into (0, 1): 1 for sigmoid, ½ for tanh.
    pub fn probability_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 1.0,
            Self::Tanh => 0.5,
        }
    }

    /// The activation a whose p, in (0, 1), this is: p for sigmoid, 2p − 1 for tanh.
    pub fn activation_of(self, p: f64) -> f64 {
        match self {
            Self::Sigmoid => p,
            Self::Tanh => 2.0 * p - 1.0,
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
    /// g′ where the output is `output`, which is within its reach.
    pub fn slope_at(self, output: f64) -> f64 {
        match self {
            Self::Sigmoid => output * (1.0 - output),
            Self::Tanh => (1.0 - output) * (1.0 + output),
            Self::Linear => 1.0,
        }
    }

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
