//! Every number of an inspection against the reference, or against the plainest loop that gives it.

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::model::{GradientForm, OutputActivation, reference};

const OBJECTIVE: Objective = Objective {
    sparsity_target: 0.1,
    sparsity_weight: 3.0,
    weight_decay: 2e-3,
    gradient: GradientForm::Exact,
};

fn samples(rows: usize, columns: usize) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    Array2::from_shape_simple_fn((rows, columns), || 0.1 + 0.8 * rng.random::<f64>())
}

/// A model of every pair of activations, its weights large enough that units differ.
fn cases() -> impl Iterator<Item = (Architecture, Parameters<f64>)> {
    let pairs = HiddenActivation::ALL
        .into_iter()
        .flat_map(|hidden| OutputActivation::ALL.map(|output| (hidden, output)));
    pairs.map(|(hidden_activation, output_activation)| {
        let architecture = Architecture {
            inputs: 9,
            hidden: 5,
            hidden_activation,
            output_activation,
        };
        let mut parameters = Parameters::<f64>::initial(9, 5, 7);
        parameters.flat_mut().iter_mut().for_each(|w| *w *= 2.0);
        for (unit, bias) in parameters.encoder_bias_mut().iter_mut().enumerate() {
            *bias = unit as f64 - 2.5;
        }
        (architecture, parameters)
    })
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}

#[test]
fn the_activations_distribution_is_that_of_the_reference() {
    let data = samples(301, 9);
    for (architecture, parameters) in cases() {
        let forward = reference::forward(&architecture, &parameters, data.view());
        let golden =
            reference::cost_and_gradient(&architecture, &parameters, data.view(), &OBJECTIVE);
        let inspector = Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).unwrap();
        assert!(inspector.sample().is_whole());
        for unit in 0..5 {
            let values = forward.activations.column(unit).to_vec();
            let found = inspector
                .unit(data.view(), unit, Listing::default())
                .unwrap();
            let activation = &found.activation;
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            assert!(near(activation.minimum, sorted[0], 1e-14));
            assert!(near(activation.maximum, sorted[300], 1e-14));
            let mean = values.iter().sum::<f64>() / 301.0;
            assert!(near(activation.mean, mean, 1e-14));
            let deviation =
                (values.iter().map(|a| a * a).sum::<f64>() / 301.0 - mean * mean).sqrt();
            assert!(near(activation.standard_deviation, deviation, 1e-9));
            assert!(near(
                activation.mean_activation,
                golden.mean_activations[unit],
                1e-13
            ));
            let c = architecture.hidden_activation.probability_slope();
            assert!(near(
                activation.spread,
                c * (sorted[300] - sorted[0]),
                1e-13
            ));
            // bin by bin, by the bins' edges
            let (low, high) = activation.range;
            let width = (high - low) / BINS as f64;
            for (bin, count) in activation.histogram.iter().enumerate() {
                let (from, to) = (low + bin as f64 * width, low + (bin + 1) as f64 * width);
                let within = values.iter().filter(|a| **a >= from && **a < to).count();
                assert_eq!(*count as usize, within, "bin {bin}");
            }
            assert_eq!(activation.histogram.iter().sum::<u32>(), 301);
            // the most and the least exciting, by sorting everything
            let mut order: Vec<usize> = (0..301).collect();
            order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
            let rows = |list: &[Excitation]| list.iter().map(|e| e.index).collect::<Vec<_>>();
            assert_eq!(rows(&found.most_exciting), order[..12]);
            order.reverse();
            assert_eq!(rows(&found.least_exciting), order[..12]);
            for Excitation {
                index, activation, ..
            } in found.most_exciting.iter().chain(&found.least_exciting)
            {
                assert!(near(*activation, values[*index], 1e-14));
            }
        }
        assert!(inspector.unit(data.view(), 5, Listing::default()).is_none());
        let other = samples(300, 9);
        assert!(
            inspector
                .unit(other.view(), 0, Listing::default())
                .is_none()
        );
    }
}

#[test]
fn the_forces_add_up_to_the_gradient_and_each_is_its_terms_own() {
    let data = samples(57, 9);
    for (architecture, parameters) in cases() {
        for gradient in [GradientForm::Exact, GradientForm::Printed] {
            let objective = Objective {
                gradient,
                ..OBJECTIVE
            };
            let gradient_of = |sparsity_weight, weight_decay| {
                let objective = Objective {
                    sparsity_weight,
                    weight_decay,
                    ..objective
                };
                reference::cost_and_gradient(&architecture, &parameters, data.view(), &objective)
                    .gradient
            };
            let inspector =
                Inspector::new(architecture, &parameters, data.view(), objective).unwrap();
            let (total, reconstruction) = (gradient_of(3.0, 2e-3), gradient_of(0.0, 0.0));
            let (with_decay, with_sparsity) = (gradient_of(0.0, 2e-3), gradient_of(3.0, 0.0));
            for unit in 0..5 {
                let forces = inspector
                    .unit(data.view(), unit, Listing::default())
                    .unwrap()
                    .forces;
                let row = |gradient: &Parameters<f64>| {
                    let mut all = gradient.encoder_weights().row(unit).to_vec();
                    all.push(gradient.encoder_bias()[unit]);
                    all.extend(gradient.decoder_weights().column(unit));
                    Array1::from(all)
                };
                let flat = |force: &Force| {
                    let mut all = force.encoder.clone();
                    all.push(force.encoder_bias);
                    all.extend(&force.decoder);
                    Array1::from(all)
                };
                let apart = |found: Array1<f64>, golden: Array1<f64>| {
                    let scale = golden.iter().fold(1e-3f64, |top, g| top.max(g.abs()));
                    let difference = found - golden;
                    difference.iter().fold(0.0f64, |top, d| top.max(d.abs())) / scale
                };
                assert!(apart(flat(&forces.total()), row(&total)) < 1e-12);
                let base = row(&reconstruction);
                assert!(apart(flat(&forces.reconstruction), base.clone()) < 1e-12);
                assert!(apart(flat(&forces.decay), row(&with_decay) - &base) < 1e-12);
                assert!(apart(flat(&forces.sparsity), row(&with_sparsity) - &base) < 1e-12);
                let along = forces.along_total();
                assert!(near(along.iter().sum(), forces.total().norm(), 1e-12));
                assert!(near(forces.growth[1], -2e-3, 1e-12));
                let strongest = forces.of(forces.strongest()).norm();
                assert!(
                    ForceKind::ALL
                        .iter()
                        .all(|k| forces.of(*k).norm() <= strongest)
                );
            }
        }
    }
}

#[test]
fn the_ablation_is_a_re_run_without_the_unit() {
    let data = samples(83, 9);
    for (architecture, parameters) in cases() {
        let inspector = Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).unwrap();
        let loss = |parameters: &Parameters<f64>| {
            let evaluation =
                reference::cost_and_gradient(&architecture, parameters, data.view(), &OBJECTIVE);
            evaluation.cost.reconstruction_loss
        };
        let forward = reference::forward(&architecture, &parameters, data.view());
        let mean_of_data = data.mean_axis(Axis(0)).unwrap();
        let variance = (&data - &mean_of_data).mapv(|d| d * d).sum() / (2.0 * 83.0);
        for unit in 0..5 {
            // the unit cut off the decoder, its mean folded into b2
            let mut without = parameters.clone();
            let mean = forward.activations.column(unit).mean().unwrap();
            let column = parameters.decoder_weights().column(unit).to_owned();
            without.decoder_weights_mut().column_mut(unit).fill(0.0);
            without.decoder_bias_mut().scaled_add(mean, &column);
            let ablation = inspector
                .unit(data.view(), unit, Listing::default())
                .unwrap()
                .ablation;
            assert!(near(ablation.loss, loss(&parameters), 1e-13));
            assert!(near(ablation.loss_without, loss(&without), 1e-13));
            assert!(near(
                ablation.fvu_increase(),
                (loss(&without) - loss(&parameters)) / variance,
                1e-12
            ));
            assert!(
                ablation.loss_increase().abs() > 1e-6,
                "the units do something"
            );
        }
    }
}

#[test]
fn the_most_similar_units_come_first_with_their_sign() {
    let (architecture, mut parameters) = cases().next().unwrap();
    let first = parameters.encoder_weights().row(0).to_owned();
    parameters
        .encoder_weights_mut()
        .row_mut(3)
        .assign(&(&first * -0.5));
    parameters.encoder_weights_mut().row_mut(4).fill(0.0);
    let data = samples(3, 9);
    let inspector = Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).unwrap();
    let found = inspector
        .unit(
            data.view(),
            0,
            Listing {
                inputs: 2,
                similar: 4,
            },
        )
        .unwrap();
    assert_eq!((found.similar[0].unit, found.similar[3].unit), (3, 4));
    assert!(near(found.similar[0].cosine, -1.0, 1e-14) && found.similar[3].cosine == 0.0);
    for similar in &found.similar[1..3] {
        let other = parameters.encoder_weights().row(similar.unit).to_owned();
        let cosine = first.dot(&other) / (first.dot(&first) * other.dot(&other)).sqrt();
        assert!(near(similar.cosine, cosine, 1e-14));
    }
    assert_eq!(found.most_exciting.len(), 2);
    assert!(near(found.feature_norm, first.dot(&first).sqrt(), 1e-14));
    let dead = inspector.unit(data.view(), 4, Listing::default()).unwrap();
    assert_eq!(dead.forces.growth, [0.0; 3]);
    assert_eq!(dead.activation.spread, 0.0);
}

#[test]
fn large_data_are_sampled_evenly_and_said_so_but_the_distribution_is_of_all() {
    // 300 units on 900 inputs: more than 1,138 samples would cost too much
    let data = samples(1_500, 900).mapv(|x| x as f32);
    let architecture = Architecture {
        inputs: 900,
        hidden: 300,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let parameters = Parameters::<f32>::initial(900, 300, 1);
    let inspector = Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).unwrap();
    let sample = inspector.sample();
    assert_eq!(
        (sample.count, sample.total),
        (PASS_PRODUCTS / 270_000, 1_500)
    );
    let found = inspector.unit(data.view(), 17, Listing::default()).unwrap();
    assert_eq!(found.activation.sample.count, 1_500);
    let wide = data.mapv(f64::from);
    let forward = reference::forward(&architecture, &parameters.cast::<f64>(), wide.view());
    let values = forward.activations.column(17);
    assert!(near(found.activation.mean, values.mean().unwrap(), 1e-13));
    let best = found.most_exciting[0];
    assert!(values.iter().all(|a| *a <= best.activation + 1e-13));
    assert!(near(values[best.index], best.activation, 1e-13));
    // the sample's own numbers, on the sample
    let chosen = wide.select(Axis(0), &sample.rows().collect::<Vec<_>>());
    let golden = reference::cost_and_gradient(
        &architecture,
        &parameters.cast::<f64>(),
        chosen.view(),
        &OBJECTIVE,
    );
    assert!(near(
        found.ablation.loss,
        golden.cost.reconstruction_loss,
        1e-12
    ));
    let total = found.forces.total();
    let row = golden.gradient.encoder_weights().row(17).to_owned();
    let worst = total
        .encoder
        .iter()
        .zip(&row)
        .fold(0.0f64, |worst, (a, b)| worst.max((a - b).abs()));
    assert!(worst < 1e-12, "{worst}");
}

#[test]
fn saturated_units_have_finite_forces() {
    let (architecture, mut parameters) = cases().next().unwrap();
    parameters
        .encoder_bias_mut()
        .assign(&Array1::from(vec![-800.0, 800.0, -60.0, 60.0, -2_000.0]));
    let data = samples(20, 9);
    let inspector = Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).unwrap();
    let golden = reference::cost_and_gradient(&architecture, &parameters, data.view(), &OBJECTIVE);
    for unit in 0..5 {
        let total = inspector
            .unit(data.view(), unit, Listing::default())
            .unwrap()
            .forces
            .total();
        assert!(total.norm().is_finite() && total.norm() > 0.1);
        assert!(near(
            total.encoder_bias,
            golden.gradient.encoder_bias()[unit],
            1e-12
        ));
    }
}

#[test]
fn data_of_another_size_are_refused() {
    let (architecture, parameters) = cases().next().unwrap();
    let data = samples(3, 8);
    let error = Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).err();
    assert_eq!(error.map(|error| error.found), Some(8));
}

/// Where every activation is 0 or 1 to the last bit, the pre-activation still tells which input moves the unit.
#[test]
fn a_saturated_unit_lists_its_inputs_by_the_pre_activation() {
    for hidden_activation in HiddenActivation::ALL {
        let architecture = Architecture {
            inputs: 9,
            hidden: 1,
            hidden_activation,
            output_activation: OutputActivation::Sigmoid,
        };
        let data = samples(60, 9);
        for bias in [-900.0, 900.0] {
            let mut parameters = Parameters::<f64>::initial(9, 1, 7);
            parameters.encoder_bias_mut()[0] = bias;
            let inspector =
                Inspector::new(architecture, &parameters, data.view(), OBJECTIVE).unwrap();
            let found = inspector.unit(data.view(), 0, Listing::default()).unwrap();
            let z = data.dot(&parameters.encoder_weights().row(0));
            let mut order: Vec<usize> = (0..60).collect();
            order.sort_by(|a, b| z[*b].total_cmp(&z[*a]));
            let rows = |list: &[Excitation]| list.iter().map(|e| e.index).collect::<Vec<_>>();
            assert_eq!(rows(&found.most_exciting), order[..12]);
            order.reverse();
            assert_eq!(rows(&found.least_exciting), order[..12]);
            let first = found.most_exciting[0];
            assert!(near(first.pre_activation, z[first.index] + bias, 1e-12));
        }
    }
}
