//! The recorded gradient norms are those of the reference, and they tell where the encoder's vanishes.

use ndarray::{Array2, Axis};
use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, EvenSample, GradientForm, Hyperparameters, Objective, OptimizerKind, Parameters,
    reference,
};
use sae_lab::numerics::Real;
use sae_lab::training::gradients::{PROBE_SAMPLES, probe_stride};
use sae_lab::training::{GradientHealth, GradientReport, GradientSource, Run};

use super::{advance, begin, experiment};

fn report<T: Real>(run: &Run<T>) -> GradientReport {
    let state = run.state();
    let now = (run.counts(), run.fvu());
    GradientReport::latest(state.history.records(), now, &state.settings, None).unwrap()
}

fn norm(block: &[f64]) -> f64 {
    block.iter().map(|g| g * g).sum::<f64>().sqrt()
}

fn reference_gradient(
    run: &Run<f64>,
    samples: &Array2<f64>,
    objective: Objective,
) -> Parameters<f64> {
    let architecture = sae_lab::model::Architecture {
        inputs: run.data().inputs(),
        hidden: run.parameters().hidden(),
        hidden_activation: run.experiment().hidden_activation,
        output_activation: run.experiment().output_activation,
    };
    reference::cost_and_gradient(&architecture, run.parameters(), samples.view(), &objective)
        .gradient
}

#[test]
fn the_recorded_norms_are_the_references() {
    for (optimizer, batch) in [
        (OptimizerKind::Descent, BatchSize::Full),
        (OptimizerKind::Lbfgs, BatchSize::Full),
        (OptimizerKind::Momentum, BatchSize::Samples(100)),
    ] {
        let hyperparameters = Hyperparameters {
            optimizer,
            batch,
            ..Hyperparameters::default()
        };
        let mut run = begin::<f64>(experiment(EmbeddedSet::Digits, 25, hyperparameters), None);
        let samples = run.data().samples.to::<f64>().into_owned();
        let objective = Objective::from(&run.state().settings);
        let whole = optimizer != OptimizerKind::Momentum;
        let stride = probe_stride(samples.nrows());
        for _ in 0..=stride {
            let record = *run.state().history.last().unwrap();
            let norms = record.gradients;
            let weights = run.parameters();
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b;
            let all = norm(&weights.flat()[weights.encoder_range()]);
            assert!(near(norms.encoder_weights, all));
            assert_eq!(
                norms.source == GradientSource::WholeSet,
                whole,
                "{optimizer:?}"
            );
            let started = record.epoch > 0 || optimizer == OptimizerKind::Descent;
            assert_eq!(norms.encoder.is_some(), started, "{optimizer:?}");
            if whole && started {
                let golden = reference_gradient(&run, &samples, objective);
                let flat = golden.flat();
                let (encoder, decoder) = (
                    norm(&flat[golden.encoder_range()]),
                    norm(&flat[golden.decoder_range()]),
                );
                assert!(near(norms.encoder.unwrap(), encoder), "{norms:?} {encoder}");
                assert!(near(norms.decoder.unwrap(), decoder), "{norms:?} {decoder}");
            }
            let probed = record.epoch.is_multiple_of(stride);
            assert_eq!(norms.reconstruction.is_some(), probed);
            if let Some(found) = norms.reconstruction {
                let rows: Vec<usize> = EvenSample::of(samples.nrows(), PROBE_SAMPLES)
                    .rows()
                    .collect();
                let plain = Objective {
                    sparsity_weight: 0.0,
                    weight_decay: 0.0,
                    gradient: GradientForm::Exact,
                    ..objective
                };
                let golden = reference_gradient(&run, &samples.select(Axis(0), &rows), plain);
                let golden = norm(&golden.flat()[golden.encoder_range()]);
                assert!(near(found, golden), "{found} {golden}");
            }
            advance(&mut run, 1);
        }
    }
}

/// The table of the vanishing gradient: digits, random weights, the biases such that every ρ̂ is ρ and the output is the
/// data's mean on average: the FVU is near 1, on either side of it.
#[test]
fn the_encoders_gradient_vanishes_with_rho() {
    let base = begin::<f64>(
        experiment(EmbeddedSet::Digits, 25, Hyperparameters::default()),
        None,
    );
    let samples = base.data().samples.to::<f64>().into_owned();
    let mut norms = Vec::new();
    for (rho, table, health) in [
        (0.5, 0.105, None),
        (0.1, 0.0217, None),
        (0.05, 0.0109, None),
        (0.01, 0.0022, Some(GradientHealth::Weak)),
        (1e-3, 2.3e-4, Some(GradientHealth::Vanished)),
        (1e-4, 2.3e-5, Some(GradientHealth::Vanished)),
    ] {
        let hyperparameters = Hyperparameters {
            sparsity_target: rho,
            ..Hyperparameters::default()
        };
        let mut initial = Parameters::<f64>::initial(64, 25, 1);
        let z = samples.dot(&initial.encoder_weights().t());
        for (unit, z) in z.axis_iter(Axis(1)).enumerate() {
            let (mut low, mut high) = (-100.0, 100.0);
            for _ in 0..100 {
                let bias = 0.5 * (low + high);
                let mean = z.mapv(|z| 1.0 / (1.0 + (-z - bias).exp())).mean().unwrap();
                if mean > rho { high = bias } else { low = bias }
            }
            initial.encoder_bias_mut()[unit] = low;
        }
        let activations = (z + initial.encoder_bias()).mapv(|z| 1.0 / (1.0 + (-z).exp()));
        let pull = activations
            .dot(&initial.decoder_weights().t())
            .mean_axis(Axis(0))
            .unwrap();
        let mean = samples.mean_axis(Axis(0)).unwrap();
        for (input, bias) in initial.decoder_bias_mut().iter_mut().enumerate() {
            let x = mean[input].clamp(1e-3, 1.0 - 1e-3);
            *bias = (x / (1.0 - x)).ln() - pull[input];
        }
        let run = begin(
            experiment(EmbeddedSet::Digits, 25, hyperparameters),
            Some(initial),
        );
        let report = report(&run);
        println!("{rho}: {report:?}\n  {:?}", report.warning());
        assert!((report.norms.mean_activation / rho - 1.0).abs() < 1e-6);
        // where f′ lets the gradient through, what the reconstruction is worth decides
        let through = match (run.counts().dead(), run.fvu() < 1.0) {
            (0, true) => GradientHealth::Healthy,
            (0, false) => GradientHealth::Unlearned,
            _ => GradientHealth::Dead,
        };
        assert_eq!(report.health, health.unwrap_or(through), "ρ {rho}");
        assert_eq!(
            report
                .warning()
                .is_some_and(|text| text.contains("vanished")),
            health == Some(GradientHealth::Vanished)
        );
        let norm = report.norms.reconstruction.unwrap();
        assert!((0.5..2.0).contains(&(norm / table)), "ρ {rho}: {norm}");
        norms.push((rho, norm));
    }
    // ∝ ρ from .1 down
    for pair in norms[1..].windows(2) {
        let ratio = (pair[0].1 / pair[1].1) / (pair[0].0 / pair[1].0);
        assert!((0.8..1.25).contains(&ratio), "{pair:?}");
    }
}

#[test]
fn a_run_that_learns_is_not_warned_of() {
    let mut run = super::of_preset(sae_lab::training::Preset::Bars);
    advance(&mut run, 150);
    let report = report(&run);
    assert_eq!(report.health, GradientHealth::Healthy, "{report:?}");
}
