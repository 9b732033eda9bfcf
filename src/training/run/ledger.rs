//! What moved one unit's weights over some epochs, term by term.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumIter, IntoEnumIterator};
use thiserror::Error;

use crate::model::OptimizerKind;

/// What moves weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumCount, EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// −α ∇ of 1/(2m) Σ‖x̂−x‖², in every step's own batch
    Reconstruction,
    /// −α λ W; biases are not decayed
    Decay,
    /// −α ∇ of β Σ KL(ρ‖ρ̂_j): of W1 and b1 alone
    Sparsity,
    /// What was on its way at the first of the epochs: the velocity that momentum had gathered before. What it gathers
    /// later is counted to the term that it comes from.
    Momentum,
    /// What the run's precision rounded away, step by step: in f32 some 1e-6 of the change, in f64 nothing to speak of.
    Rounding,
}

impl Force {
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Reconstruction => "reconstruction",
            Self::Decay => "weight decay",
            Self::Sparsity => "sparsity",
            Self::Momentum => "momentum from before",
            Self::Rounding => "rounding",
        }
    }
}

/// The change of W1_j, b1_j and W2_:j of one unit from the end of one epoch to that of another, and what each force did
/// of it. Vectors have 2n + 1 numbers: W1_j (n), b1_j, W2_:j (n).
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// j, counted from 0.
    pub unit: usize,
    /// From the end of this epoch …
    pub from: u64,
    /// … to the end of this one.
    pub to: u64,
    /// (2n + 1), as the weights have it.
    pub change: Vec<f64>,
    pub(super) parts: [Vec<f64>; Force::COUNT],
}

/// Why there is no ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoLedger {
    #[error(
        "{} divides by what it remembers of all terms together, so its steps can't be split into terms: descent and \
         momentum have a ledger",
        kind.name()
    )]
    Optimizer { kind: OptimizerKind },
    #[error("unit {} was revived at epoch {epoch}: its weights were replaced, not moved", unit + 1)]
    Revived {
        /// Counted from 0.
        unit: usize,
        epoch: u64,
    },
}

impl Ledger {
    /// What `force` did (2n + 1).
    pub fn part(&self, force: Force) -> &[f64] {
        &self.parts[force as usize]
    }

    /// ‖change‖
    pub fn length(&self) -> f64 {
        norm(&self.change)
    }

    /// How far `force` moved the weights in the direction of their change: of all forces it adds up to [`Self::length`].
    /// Below 0 where it pulled the other way.
    pub fn along(&self, force: Force) -> f64 {
        let length = self.length();
        if length == 0.0 {
            return 0.0;
        }
        let products = self.part(force).iter().zip(&self.change);
        products.map(|(a, b)| a * b).sum::<f64>() / length
    }

    /// How long what `force` did is, as a part of the longest of the change and of all that forces did.
    pub fn share(&self, force: Force) -> f64 {
        self.part_of_longest(self.part(force))
    }

    /// What the forces leave unexplained, ‖change − their sum‖, as a part of the longest of these vectors.
    pub fn gap(&self) -> f64 {
        let left: Vec<f64> = (0..self.change.len())
            .map(|place| {
                let sum: f64 = self.parts.iter().map(|part| part[place]).sum();
                self.change[place] - sum
            })
            .collect();
        self.part_of_longest(&left)
    }

    fn part_of_longest(&self, vector: &[f64]) -> f64 {
        let longest = self.parts.iter().map(|part| norm(part));
        let longest = longest.fold(self.length(), f64::max);
        if longest == 0.0 {
            0.0
        } else {
            norm(vector) / longest
        }
    }
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}
