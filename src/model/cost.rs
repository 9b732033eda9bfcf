//! The cost J and its three terms.

use serde::{Deserialize, Serialize};

use super::{CheckedHyperparameters, GradientForm};

/// What the model needs of the hyperparameters to compute J and ∇J.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// ρ in (0, 1)
    pub sparsity_target: f64,
    /// β ≥ 0
    pub sparsity_weight: f64,
    /// λ ≥ 0
    pub weight_decay: f64,
    pub gradient: GradientForm,
}

impl From<&CheckedHyperparameters> for Objective {
    fn from(settings: &CheckedHyperparameters) -> Self {
        Self {
            sparsity_target: settings.sparsity_target,
            sparsity_weight: settings.sparsity_weight,
            weight_decay: settings.weight_decay,
            gradient: settings.gradient,
        }
    }
}

/// J = reconstruction + decay + sparsity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// 1/(2m) Σ‖x̂−x‖²
    pub reconstruction_loss: f64,
    /// λ/2 (ΣW1² + ΣW2²); biases are not decayed
    pub decay_penalty: f64,
    /// β Σ_j KL(ρ‖ρ̂_j), natural log, not divided by m
    pub sparsity_penalty: f64,
}

impl Cost {
    pub fn total(&self) -> f64 {
        self.reconstruction_loss + self.decay_penalty + self.sparsity_penalty
    }

    pub fn is_finite(&self) -> bool {
        self.total().is_finite()
    }
}
