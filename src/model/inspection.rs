//! One hidden unit in detail: what it responds to, what is lost without it, what it resembles, and which forces
//! act on it.
//!
//! [`Inspector::new`] takes one forward pass, in f64, over an even sample of the data ([`EvenSample`]; all of it where
//! that is cheap); [`Inspector::unit`] then costs little, so that a person can leaf through the units. The activation's
//! distribution and the most exciting inputs are taken over all samples, not only those of the pass, up to
//! [`DISTRIBUTION_VALUES`] values.
//!
//! **Architecture invariant:** it shares no formula with [`super::reference`], which the tests hold it against.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Zip};

use super::ablation::squared_error_without;
use super::look_through::{self, Pass, ShapeError, hidden_value};
use super::sampling::EvenSample;
use super::{Architecture, HiddenActivation, Objective, Parameters};
use crate::numerics::{Real, Rows};

mod forces;
mod result;
#[cfg(test)]
mod tests;

pub use forces::{Force, ForceKind, Forces};
pub use result::{Ablation, ActivationDistribution, Excitation, Similarity, UnitInspection};

/// Multiply-adds of one matrix product of the forward pass, m·n·h, that a sample may cost: 2,000 samples of 784-196-784.
pub const PASS_PRODUCTS: usize = 2_000 * 784 * 196;
/// Values of data, m·n, that the forward pass may hold: 32 MiB in f64.
pub const PASS_VALUES: usize = 1 << 22;
/// Values of data, m·n, that the distribution of one unit's activation may be taken over.
pub const DISTRIBUTION_VALUES: usize = 1 << 26;
/// Bins of a histogram of activations, over f's whole range.
pub const BINS: usize = 50;

/// How many of a kind an inspection lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The inputs that excite the unit most, and least.
    pub inputs: usize,
    /// The units most like it.
    pub similar: usize,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            inputs: 12,
            similar: 6,
        }
    }
}

/// A model and a sample of its data, gone through once.
pub struct Inspector {
    architecture: Architecture,
    parameters: Parameters<f64>,
    objective: Objective,
    sample: EvenSample,
    samples: Array2<f64>,
    pass: Pass,
    loss: f64,
    variance: f64,
}

impl Inspector {
    /// Goes through as much of `data` (m, n), m ≥ 1, as [`PASS_PRODUCTS`] and [`PASS_VALUES`] allow.
    ///
    /// # Errors
    /// The data have another n than the model.
    pub fn new<'a, T: Real, S: Real>(
        architecture: Architecture,
        parameters: &Parameters<T>,
        data: impl Into<Rows<'a, S>>,
        objective: Objective,
    ) -> Result<Self, ShapeError> {
        let data = data.into();
        let (n, h) = (parameters.inputs(), parameters.hidden());
        ShapeError::check("a sample", n, data.ncols())?;
        let most = (PASS_PRODUCTS / (n * h)).min(PASS_VALUES / n.max(h));
        let sample = EvenSample::of(data.nrows(), most);
        let parameters = parameters.cast::<f64>();
        let samples = sample.take(data);
        let pass = look_through::pass(&architecture, &parameters, samples.view());
        let count = sample.count as f64;
        let mut squares = 0.0;
        Zip::from(&pass.reconstructions)
            .and(&samples)
            .for_each(|output, x| squares += (output - x).powi(2));
        Ok(Self {
            loss: squares / (2.0 * count),
            variance: variance(samples.view()),
            architecture,
            parameters,
            objective,
            sample,
            samples,
            pass,
        })
    }

    /// The rows that reconstruction, ablation and forces are taken over.
    pub fn sample(&self) -> EvenSample {
        self.sample
    }

    /// h
    pub fn units(&self) -> usize {
        self.parameters.hidden()
    }

    /// Everything about `unit`, `data` being those that [`Self::new`] had; `None` where there is no such unit or `data`
    /// have another shape.
    pub fn unit<'a, S: Real>(
        &self,
        data: impl Into<Rows<'a, S>>,
        unit: usize,
        listing: Listing,
    ) -> Option<UnitInspection> {
        let data = data.into();
        let shape = (self.sample.total, self.parameters.inputs());
        if unit >= self.units() || data.dim() != shape {
            return None;
        }
        let (rows, pre_activations) = self.pre_activations(data, unit);
        let activations = self.activations(&pre_activations);
        let (most_exciting, least_exciting) =
            extremes(rows, &pre_activations, &activations, listing.inputs);
        Some(UnitInspection {
            unit,
            feature_norm: norm(self.parameters.encoder_weights().row(unit)),
            decoder_norm: norm(self.parameters.decoder_weights().column(unit)),
            encoder_bias: self.parameters.encoder_bias()[unit],
            activation: self.distribution(rows, &activations),
            most_exciting,
            least_exciting,
            ablation: self.ablation(unit),
            similar: self.similar(unit, listing.similar),
            forces: forces::of_unit(
                &self.architecture,
                &self.parameters,
                self.samples.view(),
                &self.pass,
                &self.objective,
                unit,
            ),
        })
    }

    /// a_j over `data` as the distribution has it, and over which of its rows; `None` as for [`Self::unit`].
    pub fn activations_of<'a, S: Real>(
        &self,
        data: impl Into<Rows<'a, S>>,
        unit: usize,
    ) -> Option<(EvenSample, Vec<f64>)> {
        let data = data.into();
        let shape = (self.sample.total, self.parameters.inputs());
        (unit < self.units() && data.dim() == shape).then(|| {
            let (sample, pre_activations) = self.pre_activations(data, unit);
            (sample, self.activations(&pre_activations))
        })
    }

    /// z2_j over the data, and over which of its rows.
    fn pre_activations<S: Real>(&self, data: Rows<'_, S>, unit: usize) -> (EvenSample, Vec<f64>) {
        if self.sample.is_whole() {
            return (self.sample, self.pass.pre_activations.column(unit).to_vec());
        }
        let sample = EvenSample::of(data.nrows(), DISTRIBUTION_VALUES / data.ncols());
        let weights = self.parameters.encoder_weights();
        let weights = weights.row(unit);
        let bias = self.parameters.encoder_bias()[unit];
        let mut room = Vec::new();
        let values = sample
            .rows()
            .map(|row| bias + dot(weights, data.row(row, &mut room)))
            .collect();
        (sample, values)
    }

    /// f of each.
    fn activations(&self, pre_activations: &[f64]) -> Vec<f64> {
        let f = |z: &f64| hidden_value(self.architecture.hidden_activation, *z);
        pre_activations.iter().map(f).collect()
    }

    fn distribution(&self, sample: EvenSample, activations: &[f64]) -> ActivationDistribution {
        let (range, c) = match self.architecture.hidden_activation {
            HiddenActivation::Sigmoid => ((0.0, 1.0), 1.0),
            HiddenActivation::Tanh => ((-1.0, 1.0), 0.5),
        };
        let mut histogram = vec![0u32; BINS];
        let (mut minimum, mut maximum, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for a in activations {
            histogram[bin(*a, range)] += 1;
            minimum = minimum.min(*a);
            maximum = maximum.max(*a);
            sum += a;
        }
        let count = activations.len() as f64;
        let mean = sum / count;
        let squares: f64 = activations.iter().map(|a| (a - mean).powi(2)).sum();
        ActivationDistribution {
            sample,
            range,
            histogram,
            minimum,
            maximum,
            mean,
            standard_deviation: (squares / count).sqrt(),
            // p is a, or (a + 1)/2
            mean_activation: c * (mean - range.0),
            spread: c * (maximum - minimum),
        }
    }

    fn ablation(&self, unit: usize) -> Ablation {
        let activations = self.pass.activations.column(unit);
        let mean = activations.mean().unwrap_or_default();
        let decoder = self.parameters.decoder_weights().column(unit).to_vec();
        let squares = squared_error_without(
            self.architecture.output_activation,
            (self.pass.output_pre_activations.view(), self.samples.view()),
            activations,
            mean,
            &decoder,
        );
        let loss_without = squares / (2.0 * self.sample.count as f64);
        Ablation {
            sample: self.sample,
            loss: self.loss,
            loss_without,
            fvu: self.loss / self.variance,
            fvu_without: loss_without / self.variance,
        }
    }

    fn similar(&self, unit: usize, most: usize) -> Vec<Similarity> {
        let features = self.parameters.encoder_weights();
        let own = features.row(unit);
        let own_norm = norm(own);
        let mut all: Vec<Similarity> = features
            .outer_iter()
            .enumerate()
            .filter(|(other, _)| *other != unit)
            .map(|(other, feature)| {
                let norms = own_norm * norm(feature);
                let cosine = own.dot(&feature) / norms;
                Similarity {
                    unit: other,
                    cosine: if norms > 0.0 { cosine } else { 0.0 },
                }
            })
            .collect();
        all.sort_by(|a, b| b.cosine.abs().total_cmp(&a.cosine.abs()));
        all.truncate(most);
        all
    }
}

/// Which of the [`BINS`] equal parts of `range` an activation falls into.
pub fn bin(activation: f64, range: (f64, f64)) -> usize {
    let part = (activation - range.0) / (range.1 - range.0);
    ((part * BINS as f64) as usize).min(BINS - 1)
}

/// The `most` strongest and the `most` weakest, each the most extreme first; of equals the earlier row. By the
/// pre-activation: activations at the end of their range are equal where their inputs are not.
fn extremes(
    sample: EvenSample,
    pre_activations: &[f64],
    activations: &[f64],
    most: usize,
) -> (Vec<Excitation>, Vec<Excitation>) {
    let most = most.min(activations.len());
    let first = |order: &dyn Fn(f64, f64) -> std::cmp::Ordering| {
        let mut indices: Vec<usize> = (0..activations.len()).collect();
        let compare = |a: &usize, b: &usize| {
            order(pre_activations[*a], pre_activations[*b]).then_with(|| a.cmp(b))
        };
        if most < indices.len() {
            indices.select_nth_unstable_by(most, compare);
            indices.truncate(most);
        }
        indices.sort_unstable_by(compare);
        indices
            .into_iter()
            .map(|index| Excitation {
                index: sample.row(index),
                pre_activation: pre_activations[index],
                activation: activations[index],
            })
            .collect()
    };
    (
        first(&|a, b| b.total_cmp(&a)),
        first(&|a, b| a.total_cmp(&b)),
    )
}

/// 1/(2m) Σ‖x − x̄‖² of (m, n)
fn variance(samples: ArrayView2<'_, f64>) -> f64 {
    let Some(mean) = samples.mean_axis(Axis(0)) else {
        return f64::NAN;
    };
    let squares: f64 = samples
        .outer_iter()
        .map(|row| {
            row.iter()
                .zip(&mean)
                .map(|(x, mean)| (x - mean).powi(2))
                .sum::<f64>()
        })
        .sum();
    squares / (2.0 * samples.nrows() as f64)
}

fn norm(vector: ArrayView1<'_, f64>) -> f64 {
    vector.dot(&vector).sqrt()
}

/// weights·x, in eight sums so that the processor can work on them side by side.
fn dot<S: Real>(weights: ArrayView1<'_, f64>, x: ArrayView1<'_, S>) -> f64 {
    let (Some(weights), Some(x)) = (weights.as_slice(), x.as_slice()) else {
        return weights.iter().zip(&x).map(|(w, x)| w * x.f64()).sum();
    };
    let mut sums = [0.0; 8];
    let (chunks, rest) = weights.as_chunks::<8>();
    let (values, values_rest) = x.as_chunks::<8>();
    for (w, x) in chunks.iter().zip(values) {
        for lane in 0..8 {
            sums[lane] += w[lane] * x[lane].f64();
        }
    }
    let rest: f64 = rest.iter().zip(values_rest).map(|(w, x)| w * x.f64()).sum();
    sums.iter().sum::<f64>() + rest
}
