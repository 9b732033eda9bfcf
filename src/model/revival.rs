//! Restarting dead units from the inputs that the model reconstructs worst.
//!
//! After the resampling of dead units of Bricken et al. ("Towards Monosemanticity", 2023), made deterministic: the worst
//! inputs themselves instead of a draw, and no two alike.

use ndarray::{Array1, Array2, ArrayView1};

use super::inspection::{PASS_PRODUCTS, PASS_VALUES};
use super::look_through::pass;
use super::sampling::EvenSample;
use super::{Architecture, HiddenActivation, Parameters};
use crate::numerics::{Real, Rows};

/// Two residuals with a larger |cos| would make two units alike.
const ALIKE: f64 = 0.8;
/// Halvings of the bracket in which a bias is sought.
const HALVINGS: usize = 60;

/// Restarts `units` in `parameters`, and says which: all of them, unless there is nothing left to learn.
///
/// Over an even sample of `data` (m, n), m ≥ 1, the residuals x − x̂ are taken, the greatest first, no two alike, one a
/// unit. Of a unit j with residual r (its mean over the inputs removed):
/// - W1_j = r/‖r‖ times the mean ‖W1_k‖ of the other units that `alive` (h) names, W2_:j likewise of ‖W2_:k‖; where no
///   other is alive, times what a random initial weight vector has;
/// - b1_j is such that ρ̂_j is ρ = `sparsity_target` over the sample;
/// - b2 takes over what the unit gave on average before, and gives up what it gives on average now, so that the other
///   inputs' reconstructions stay.
pub fn revive<'a, T: Real>(
    architecture: &Architecture,
    parameters: &mut Parameters<T>,
    data: impl Into<Rows<'a, T>>,
    units: &[usize],
    alive: &[bool],
    sparsity_target: f64,
) -> Vec<usize> {
    let data = data.into();
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let sample = EvenSample::of(
        data.nrows(),
        (PASS_PRODUCTS / (n * h)).min(PASS_VALUES / n.max(h)),
    );
    let samples = sample.take(data);
    let wide = parameters.cast::<f64>();
    let pass = pass(architecture, &wide, samples.view());
    let residuals = &samples - &pass.reconstructions;

    // U(±r) has the variance r²/3
    let initial = (2.0 * n as f64 / (n + h + 1) as f64).sqrt();
    let mean_norm = |norm_of: &dyn Fn(usize) -> f64| {
        let others: Vec<f64> = (0..h)
            .filter(|unit| alive.get(*unit) == Some(&true) && !units.contains(unit))
            .map(norm_of)
            .filter(|norm| *norm > 0.0)
            .collect();
        if others.is_empty() {
            initial
        } else {
            others.iter().sum::<f64>() / others.len() as f64
        }
    };
    let encoder_norm = mean_norm(&|unit| norm(wide.encoder_weights().row(unit)));
    let decoder_norm = mean_norm(&|unit| norm(wide.decoder_weights().column(unit)));

    let directions = worst_directions(&residuals, units.len());
    let mut revived = Vec::new();
    for (unit, direction) in units.iter().copied().zip(directions) {
        let encoder = &direction * encoder_norm;
        let decoder = &direction * decoder_norm;
        let z = samples.dot(&encoder);
        let (bias, mean) = bias_for(architecture, &z, sparsity_target);
        let before = pass.activations.column(unit).mean().unwrap_or_default();
        let shift = &wide.decoder_weights().column(unit) * before - &decoder * mean;
        assign(parameters.encoder_weights_mut().row_mut(unit), &encoder);
        assign(parameters.decoder_weights_mut().column_mut(unit), &decoder);
        parameters.encoder_bias_mut()[unit] = T::of(bias);
        for (to, shift) in parameters.decoder_bias_mut().iter_mut().zip(&shift) {
            *to = T::of(to.f64() + shift);
        }
        revived.push(unit);
    }
    revived
}

fn assign<T: Real>(mut to: ndarray::ArrayViewMut1<'_, T>, from: &Array1<f64>) {
    to.zip_mut_with(from, |to, from| *to = T::of(*from));
}

/// Unit vectors along at most `count` rows of `residuals` (k, n), each row's mean removed: the longest rows first, none
/// like one before it as long as there are others.
fn worst_directions(residuals: &Array2<f64>, count: usize) -> Vec<Array1<f64>> {
    let lengths: Vec<f64> = residuals.outer_iter().map(norm).collect();
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by(|a, b| lengths[*b].total_cmp(&lengths[*a]).then(a.cmp(b)));
    let direction = |index: usize| {
        let residual = residuals.row(index);
        // what is left of a constant residual is rounding
        let least = 1e-6 * lengths[index];
        let centred = &residual - residual.mean().unwrap_or_default();
        let length = norm(centred.view());
        if length > least {
            Some(centred / length)
        } else if lengths[index] > 0.0 {
            Some(&residual / lengths[index])
        } else {
            None
        }
    };
    let mut chosen: Vec<Array1<f64>> = Vec::with_capacity(count);
    let mut passed_over = Vec::new();
    for index in order {
        if chosen.len() == count {
            break;
        }
        let Some(direction) = direction(index) else {
            continue;
        };
        if chosen
            .iter()
            .any(|other| other.dot(&direction).abs() > ALIKE)
        {
            passed_over.push(index);
        } else {
            chosen.push(direction);
        }
    }
    let missing = count - chosen.len();
    chosen.extend(passed_over.into_iter().filter_map(direction).take(missing));
    chosen
}

/// (b, mean a) with the mean of p over z + b at `target`.
fn bias_for(architecture: &Architecture, z: &Array1<f64>, target: f64) -> (f64, f64) {
    let scale = match architecture.hidden_activation {
        HiddenActivation::Sigmoid => 1.0,
        HiddenActivation::Tanh => 2.0,
    };
    let mean_p = |bias: f64| {
        let p = |z: &f64| 1.0 / (1.0 + (-scale * (z + bias)).exp());
        z.iter().map(p).sum::<f64>() / z.len() as f64
    };
    let (least, greatest) = z
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |range, z| {
            (range.0.min(*z), range.1.max(*z))
        });
    // at the lower end every p is at most the target, at the upper at least
    let logit = (target / (1.0 - target)).ln() / scale;
    let (mut low, mut high) = (logit - greatest, logit - least);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if mean_p(middle) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mean = architecture.hidden_activation.activation_of(mean_p(low));
    (low, mean)
}

fn norm(vector: ArrayView1<'_, f64>) -> f64 {
    vector.dot(&vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{OutputActivation, reference};
    use ndarray::Axis;

    fn data() -> Array2<f64> {
        Array2::from_shape_fn((120, 9), |(i, j)| {
            0.5 + 0.4 * ((i * (j / 3 + 1) + j) as f64 * 0.37).sin()
        })
    }

    #[test]
    fn a_revived_unit_lies_along_a_bad_residual_and_starts_at_rho() {
        for hidden_activation in HiddenActivation::ALL {
            let architecture = Architecture {
                inputs: 9,
                hidden: 4,
                hidden_activation,
                output_activation: OutputActivation::Sigmoid,
            };
            let data = data();
            let before = Parameters::<f64>::initial(9, 4, 5);
            let mut after = before.clone();
            let alive = [true, false, true, false];
            let revived = revive(
                &architecture,
                &mut after,
                data.view(),
                &[1, 3],
                &alive,
                0.05,
            );
            assert_eq!(revived, [1, 3]);

            let forward = reference::forward(&architecture, &before, data.view());
            let residuals = &data - &forward.reconstructions;
            let worst = residuals
                .outer_iter()
                .max_by(|a, b| a.dot(a).total_cmp(&b.dot(b)))
                .unwrap();
            let centred = &worst - worst.mean().unwrap();
            let cosine =
                |a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>| a.dot(&b) / (norm(a) * norm(b));
            let (w1, w2) = (after.encoder_weights(), after.decoder_weights());
            assert!((cosine(w1.row(1), centred.view()) - 1.0).abs() < 1e-12);
            assert!((cosine(w2.column(1), centred.view()) - 1.0).abs() < 1e-12);
            assert!(cosine(w1.row(1), w1.row(3)).abs() <= ALIKE);
            let old = before.encoder_weights();
            let average = 0.5 * (norm(old.row(0)) + norm(old.row(2)));
            assert!((norm(w1.row(1)) - average).abs() < 1e-12);

            let now = reference::forward(&architecture, &after, data.view());
            let c = hidden_activation.probability_slope();
            for unit in [1, 3] {
                let mean = now.activations.column(unit).mean().unwrap();
                let p = if c == 1.0 { mean } else { 0.5 * (mean + 1.0) };
                assert!((p - 0.05).abs() < 1e-9, "{p}");
            }
            // the others are as they were, and the mean of z3 too
            for unit in [0, 2] {
                assert_eq!(w1.row(unit), old.row(unit));
                assert_eq!(w2.column(unit), before.decoder_weights().column(unit));
            }
            let mean_z3 = |parameters: &Parameters<f64>, activations: &Array2<f64>| {
                let z = activations.dot(&parameters.decoder_weights().t());
                (z + parameters.decoder_bias()).mean_axis(Axis(0)).unwrap()
            };
            let moved = mean_z3(&after, &now.activations) - mean_z3(&before, &forward.activations);
            assert!(moved.iter().all(|d| d.abs() < 1e-9), "{moved}");
        }
    }

    #[test]
    fn there_may_be_more_units_than_different_residuals_or_none_to_learn_from() {
        let architecture = Architecture {
            inputs: 2,
            hidden: 5,
            hidden_activation: HiddenActivation::Sigmoid,
            output_activation: OutputActivation::Linear,
        };
        let data = Array2::from_shape_fn((6, 2), |(i, j)| (i + j) as f32);
        let mut parameters = Parameters::<f32>::initial(2, 5, 1);
        let all = [0, 1, 2, 3, 4];
        let revived = revive(&architecture, &mut parameters, data.view(), &all, &[], 0.1);
        assert_eq!(revived, all);
        assert!(parameters.is_finite());
        // nothing is left over: x̂ = x
        let zeros = Array2::<f32>::zeros((3, 2));
        let mut silent = Parameters::<f32>::zeros(2, 5);
        assert!(revive(&architecture, &mut silent, zeros.view(), &all, &[], 0.1).is_empty());
    }
}
