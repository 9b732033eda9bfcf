//! The settings that may change while a run goes on, unchecked and checked.

use serde::{Deserialize, Serialize};
use strum::VariantArray;
use thiserror::Error;

/// Which δ2 the run descends on (see the crate docs, "The bracket").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum GradientForm {
    /// The gradient of J: the sparsity term inside the product with f′(z2).
    #[default]
    Exact,
    /// The formula as the post prints it, the sparsity term outside the product. Not the gradient of J.
    Printed,
}

/// How many samples one update sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BatchSize {
    /// All of them: ρ̂ and the gradient are exact.
    Full,
    /// Mini-batches of this many (the last may be smaller); ρ̂ in the gradient is the batch's own mean.
    Samples(usize),
}

impl BatchSize {
    /// The number of rows of one batch out of `samples`.
    pub fn rows(self, samples: usize) -> usize {
        match self {
            Self::Full => samples,
            Self::Samples(rows) => rows.min(samples),
        }
    }
}

impl std::fmt::Display for BatchSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Samples(rows) => rows.fmt(f),
        }
    }
}

impl std::str::FromStr for BatchSize {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "full" => Ok(Self::Full),
            _ => match text.parse() {
                Ok(rows) if rows > 0 => Ok(Self::Samples(rows)),
                _ => Err("a batch is `full` or a whole number of samples, at least 1".into()),
            },
        }
    }
}

/// Which rule turns a gradient into an update.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray,
)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// P ← P − α∇J
    Descent,
    /// V ← μV − α∇J, P ← P + V (Polyak's heavy ball)
    #[default]
    Momentum,
    /// Moments of the gradient, bias-corrected (Kingma & Ba)
    Adam,
    /// Limited-memory BFGS: full batch, its own step length (α is not used), an iteration an epoch
    Lbfgs,
}

impl OptimizerKind {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn name(self) -> &'static str {
        match self {
            Self::Descent => "gradient descent",
            Self::Momentum => "momentum",
            Self::Adam => "Adam",
            Self::Lbfgs => "L-BFGS",
        }
    }
}

/// The settings that a person may change at any moment, as they came: unchecked.
///
/// The default is the post's own: ρ .05, β 3, α .1, λ 1e-4, with momentum .9 and batches of 50.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hyperparameters {
    /// ρ, the mean activation that every hidden unit is held to; in (0, 1).
    pub sparsity_target: f64,
    /// β, the weight of Σ KL(ρ‖ρ̂); ≥ 0.
    pub sparsity_weight: f64,
    /// α, the step; > 0.
    pub learning_rate: f64,
    /// λ, the weight of ½(ΣW1² + ΣW2²); ≥ 0.
    pub weight_decay: f64,
    /// μ of the momentum optimiser; in [0, 1).
    pub momentum: f64,
    pub optimizer: OptimizerKind,
    pub batch: BatchSize,
    pub gradient: GradientForm,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self {
            sparsity_target: 0.05,
            sparsity_weight: 3.0,
            learning_rate: 0.1,
            weight_decay: 1e-4,
            momentum: 0.9,
            optimizer: OptimizerKind::Momentum,
            batch: BatchSize::Samples(50),
            gradient: GradientForm::Exact,
        }
    }
}

impl Hyperparameters {
    /// Checks every range once; the model takes only what comes out of here.
    ///
    /// # Errors
    /// The first setting out of its range, with the range.
    pub fn check(self) -> Result<CheckedHyperparameters, HyperparameterError> {
        let within = |name, value: f64, range: &'static str, ok: bool| {
            if ok && value.is_finite() {
                Ok(())
            } else {
                Err(HyperparameterError::Range { name, value, range })
            }
        };
        let rho = self.sparsity_target;
        within(
            "ρ (target activation)",
            rho,
            "between 0 and 1, both excluded",
            rho > 0.0 && rho < 1.0,
        )?;
        within(
            "β (sparsity weight)",
            self.sparsity_weight,
            "0 or more",
            self.sparsity_weight >= 0.0,
        )?;
        within(
            "α (learning rate)",
            self.learning_rate,
            "above 0",
            self.learning_rate > 0.0,
        )?;
        within(
            "λ (weight decay)",
            self.weight_decay,
            "0 or more",
            self.weight_decay >= 0.0,
        )?;
        within(
            "momentum",
            self.momentum,
            "from 0 to below 1",
            (0.0..1.0).contains(&self.momentum),
        )?;
        if self.batch == BatchSize::Samples(0) {
            return Err(HyperparameterError::EmptyBatch);
        }
        Ok(CheckedHyperparameters(self))
    }
}

/// A set of hyperparameters whose every value is in range; read it through `Deref`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CheckedHyperparameters(Hyperparameters);

impl std::ops::Deref for CheckedHyperparameters {
    type Target = Hyperparameters;
    fn deref(&self) -> &Hyperparameters {
        &self.0
    }
}

/// Why a set of hyperparameters was refused.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum HyperparameterError {
    #[error("{name} is {value}: it must be {range}")]
    Range {
        name: &'static str,
        value: f64,
        range: &'static str,
    },
    #[error("a batch of 0 samples is empty: choose at least 1, or the full batch")]
    EmptyBatch,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_posts_values_are_the_default() {
        let h = Hyperparameters::default();
        assert_eq!(
            (
                h.sparsity_target,
                h.sparsity_weight,
                h.learning_rate,
                h.weight_decay
            ),
            (0.05, 3.0, 0.1, 1e-4)
        );
        assert!(h.check().is_ok());
    }

    #[test]
    fn out_of_range_is_refused_with_the_symbol_and_the_range() {
        let base = Hyperparameters::default();
        let bad = [
            (
                Hyperparameters {
                    sparsity_target: 0.0,
                    ..base
                },
                "ρ",
            ),
            (
                Hyperparameters {
                    sparsity_target: 1.0,
                    ..base
                },
                "ρ",
            ),
            (
                Hyperparameters {
                    sparsity_target: f64::NAN,
                    ..base
                },
                "ρ",
            ),
            (
                Hyperparameters {
                    sparsity_weight: -1.0,
                    ..base
                },
                "β",
            ),
            (
                Hyperparameters {
                    learning_rate: 0.0,
                    ..base
                },
                "α",
            ),
            (
                Hyperparameters {
                    learning_rate: f64::INFINITY,
                    ..base
                },
                "α",
            ),
            (
                Hyperparameters {
                    weight_decay: -1e-9,
                    ..base
                },
                "λ",
            ),
            (
                Hyperparameters {
                    momentum: 1.0,
                    ..base
                },
                "momentum",
            ),
            (
                Hyperparameters {
                    batch: BatchSize::Samples(0),
                    ..base
                },
                "batch",
            ),
        ];
        for (settings, symbol) in bad {
            let message = settings.check().unwrap_err().to_string();
            assert!(message.contains(symbol), "{message}");
        }
    }

    #[test]
    fn batch_sizes_parse() {
        assert_eq!("full".parse(), Ok(BatchSize::Full));
        assert_eq!("50".parse(), Ok(BatchSize::Samples(50)));
        assert!("0".parse::<BatchSize>().is_err() && "-3".parse::<BatchSize>().is_err());
    }
}
