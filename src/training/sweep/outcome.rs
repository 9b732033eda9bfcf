//! What came of a run, in numbers.

use serde::{Deserialize, Serialize};

use super::Falls;
use crate::model::units::StateCounts;
use crate::numerics::Real;
use crate::training::{Run, measures};

/// J fell by less than this part of itself over the last tenth of the epochs: the run has converged.
pub const CONVERGED: f64 = 1e-3;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// With all of its epochs.
    Done,
    /// Its cost became infinite: the numbers are those of its last finite weights.
    Diverged,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Diverged => "diverged",
        }
    }
}

/// A run of a sweep in numbers. Those that are not finite are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Epochs done.
    pub epochs: u64,
    /// J
    pub total_cost: Option<f64>,
    pub reconstruction_loss: Option<f64>,
    /// `None` where the data never vary.
    pub fvu: Option<f64>,
    pub counts: StateCounts,
    /// Whether J fell by less than [`CONVERGED`] of itself over the last tenth of the epochs.
    pub converged: bool,
    pub status: Status,
    /// The median of the features' orientation selectivity; `None` where they are no square grey pictures.
    pub selectivity: Option<f64>,
    /// Of Földiák's bars; `None` on other data.
    pub bars_found: Option<usize>,
    /// When J and the FVU first fell to what.
    #[serde(default)]
    pub falls: Falls,
}

impl Outcome {
    /// Of `run` at its end; `earlier` is J a tenth of the epochs before, where it got so far, and `falls` is of all its
    /// epochs.
    pub fn of<T: Real>(run: &Run<T>, status: Status, earlier: Option<f64>, falls: Falls) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let cost = run.state().cost;
        let (data, weights) = (run.data(), run.parameters().encoder_weights());
        Self {
            epochs: run.state().epoch,
            total_cost: finite(cost.total()),
            reconstruction_loss: finite(cost.reconstruction_loss),
            fvu: finite(run.fvu()),
            counts: run.counts(),
            converged: status == Status::Done
                && earlier.is_some_and(|earlier| has_converged(earlier, cost.total())),
            status,
            selectivity: measures::selectivity(data, weights),
            bars_found: measures::bars_found(data, weights),
            falls,
        }
    }
}

/// How many epochs are the last tenth, at least one.
pub(super) fn last_tenth(epochs: u64) -> u64 {
    epochs.div_ceil(10)
}

fn has_converged(earlier: f64, last: f64) -> bool {
    earlier - last < CONVERGED * earlier.abs() || earlier == last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converged_is_less_than_a_thousandth_of_j() {
        assert!(has_converged(1.0, 0.9991) && !has_converged(1.0, 0.9989));
        assert!(has_converged(1.0, 1.0) && has_converged(0.0, 0.0) && has_converged(1.0, 1.1));
        assert!(!has_converged(f64::NAN, 1.0));
        assert_eq!([0, 1, 10, 11, 100].map(last_tenth), [0, 1, 1, 2, 10]);
    }
}
