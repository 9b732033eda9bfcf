//! What is lost without a hidden unit: its activation replaced by its mean over the data, everything else as it is.
//!
//! This is what "dead" means ([`super::units`] estimates it, at every epoch): exact, in f64, and as dear as h passes over
//! the data.

use ndarray::{ArrayView1, ArrayView2, s};

use super::look_through::{self, output_value};
use super::{Architecture, OutputActivation, Parameters};
use crate::numerics::Real;

/// Rows that [`loss_changes`] takes at once.
const BLOCK: usize = 1_024;

/// Σ‖x̂ − x‖² where the activations a (k) of one unit are replaced by `mean`, from its decoder column W2_:j (n), z3
/// (k, n) and x (k, n): x̂ anew with z3 + (ā − a) W2_:j.
pub fn squared_error_without(
    output: OutputActivation,
    (pre_activations, samples): (ArrayView2<'_, f64>, ArrayView2<'_, f64>),
    activations: ArrayView1<'_, f64>,
    mean: f64,
    decoder: &[f64],
) -> f64 {
    let rows = pre_activations.outer_iter().zip(samples.outer_iter());
    rows.zip(&activations)
        .map(|((z, x), a)| {
            let shift = mean - a;
            let values = z.iter().zip(decoder).zip(&x);
            values
                .map(|((z, w), x)| (output_value(output, z + shift * w) - x).powi(2))
                .sum::<f64>()
        })
        .sum()
}

/// For every unit (h), how much 1/(2m) Σ‖x̂ − x‖² over all of `data` (m, n), m ≥ 1, changes without it; below 0 where it
/// does harm. Over the data's variance it is the change of the FVU.
pub fn loss_changes<T: Real, S: Real>(
    architecture: &Architecture,
    parameters: &Parameters<T>,
    data: ArrayView2<'_, S>,
) -> Vec<f64> {
    let parameters = parameters.cast::<f64>();
    let (m, h) = (data.nrows(), parameters.hidden());
    let block = |start: usize| {
        let rows = data.slice(s![start..m.min(start + BLOCK), ..]);
        let samples = rows.mapv(|x| x.f64());
        let pass = look_through::pass(architecture, &parameters, samples.view());
        (samples, pass)
    };
    let mut means = vec![0.0; h];
    for start in (0..m).step_by(BLOCK) {
        let (_, pass) = block(start);
        for (mean, column) in means.iter_mut().zip(pass.activations.columns()) {
            *mean += column.sum() / m as f64;
        }
    }
    let mut changes = vec![0.0; h];
    for start in (0..m).step_by(BLOCK) {
        let (samples, pass) = block(start);
        let with: f64 = (&pass.reconstructions - &samples)
            .iter()
            .map(|error| error * error)
            .sum();
        for (unit, change) in changes.iter_mut().enumerate() {
            let without = squared_error_without(
                architecture.output_activation,
                (pass.output_pre_activations.view(), samples.view()),
                pass.activations.column(unit),
                means[unit],
                &parameters.decoder_weights().column(unit).to_vec(),
            );
            *change += (without - with) / (2.0 * m as f64);
        }
    }
    changes
}
