//! What an inspection of one unit finds.

use serde::Serialize;

use super::Forces;
use crate::model::sampling::EvenSample;

/// Everything about one unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitInspection {
    pub unit: usize,
    /// ‖W1_j‖
    pub feature_norm: f64,
    /// ‖W2_:j‖
    pub decoder_norm: f64,
    /// b1_j
    pub encoder_bias: f64,
    pub activation: ActivationDistribution,
    /// Strongest first.
    pub most_exciting: Vec<Excitation>,
    /// Weakest first.
    pub least_exciting: Vec<Excitation>,
    pub ablation: Ablation,
    /// Most similar first, by |cos|.
    pub similar: Vec<Similarity>,
    pub forces: Forces,
}

/// The activation a of one unit over the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActivationDistribution {
    pub sample: EvenSample,
    /// f's range, (0, 1) or (−1, 1), which the bins divide evenly.
    pub range: (f64, f64),
    /// [`BINS`] counts; they add up to `sample.count`.
    pub histogram: Vec<u32>,
    pub minimum: f64,
    pub maximum: f64,
    /// of a
    pub mean: f64,
    /// of a, ÷ m
    pub standard_deviation: f64,
    /// ρ̂: the mean of p, the activation mapped into (0, 1).
    pub mean_activation: f64,
    /// max p − min p
    pub spread: f64,
}

/// An input and what the unit answers to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Excitation {
    /// The sample's row in the data set.
    pub index: usize,
    /// What the lists are ordered by: an activation at the end of its range can't tell inputs apart.
    pub pre_activation: f64,
    pub activation: f64,
}

/// The reconstruction with the unit, and with its activation replaced by its mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ablation {
    pub sample: EvenSample,
    /// 1/(2m) Σ‖x̂ − x‖² over the sample
    pub loss: f64,
    pub loss_without: f64,
    /// Loss ÷ the sample's own variance; NaN where that is 0.
    pub fvu: f64,
    pub fvu_without: f64,
}

impl Ablation {
    /// How much worse the loss is without the unit; negative where it does harm.
    pub fn loss_increase(&self) -> f64 {
        self.loss_without - self.loss
    }

    /// How much worse the FVU is without the unit: below [`crate::model::units::dead_below`] it does nothing.
    pub fn fvu_increase(&self) -> f64 {
        self.fvu_without - self.fvu
    }
}

/// Another unit, and how similar its feature is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Similarity {
    pub unit: usize,
    /// cos of the two encoder rows, with its sign; 0 where one is 0.
    pub cosine: f64,
}
