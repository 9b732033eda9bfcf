//! The state of a run at the end of an epoch, and what is new of its past; how far a long epoch is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Cost, Hyperparameters, UnitStatistics};
use crate::training::record::News;

/// What the trainer is doing with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activity {
    Paused,
    Training,
    /// Stopped at a non-finite cost, the last finite weights restored.
    Diverged,
    /// It is trained elsewhere, and what arrives of it is shown.
    Elsewhere,
}

/// The complete present of a run, and what is new of its past since the watcher last saw it. Published at most
/// every 33 ms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub activity: Activity,
    /// Epochs done; 0 for the initial weights.
    pub epoch: u64,
    /// The hyperparameters that the last epoch used (before the first: will use).
    pub settings: Hyperparameters,
    /// W1 (h, n), b1 (h), W2 (n, h), b2 (n), each row by row.
    pub weights: Vec<f32>,
    /// Over the whole data set, at this epoch's end.
    pub cost: Cost,
    /// Reconstruction loss ÷ data variance.
    pub fvu: f64,
    /// Over the whole data set, at this epoch's end; one a hidden unit.
    pub units: Vec<UnitStatistics>,
    /// x̂ (k, n) of the samples that are shown (see [`crate::training::snapshot::shown_samples`]), row by row.
    pub reconstructions: Vec<f32>,
    /// Hidden activations a2 (k, h) of the same, row by row.
    pub activations: Vec<f32>,
    /// What is new of the past since the frame that was last said to be seen.
    pub news: News,
    /// Over the last second or so; 0 while paused.
    pub epochs_per_second: f64,
    /// Time spent training, pauses left out.
    pub trained_for: Duration,
}

/// A long epoch before its end: costs and units are measured only there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Underway {
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// How many of its samples it has taken steps by; all of them while its end is measured.
    pub samples: u64,
    /// W1 (h, n), b1 (h), W2 (n, h), b2 (n), each row by row, as they are now.
    pub weights: Vec<f32>,
}
