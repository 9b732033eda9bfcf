//! How fast a net leaves the dead state, or sinks into it.

use ndarray::Array1;
use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, Cliffs, HiddenActivation as F, Hyperparameters, OptimizerKind, OutputActivation as G,
};
use sae_lab::training::Run;

use crate::collapse::{Net, advance, encoder_norm, first};
use crate::full;

/// r is that of small steps: with momentum a step is e^r as far as r ≪ 1 − μ.
const SLOW: f64 = 2e-3;

/// The first left singular vector of C·D, by power iteration on C D² C.
fn first_direction(net: &Net) -> Array1<f64> {
    let samples = net.data.samples.to::<f64>();
    let mean = samples.mean_axis(ndarray::Axis(0)).unwrap();
    let centred = &*samples - &mean;
    let covariance = centred.t().dot(&centred) / samples.nrows() as f64;
    let slopes = mean.mapv(|mean| net.g.slope_at(mean));
    let mut u = Array1::from_shape_fn(mean.len(), |index| ((index * 7) as f64).sin());
    for _ in 0..2_000 {
        let through = &slopes * &slopes * covariance.dot(&u);
        u = covariance.dot(&through);
        u /= u.dot(&u).sqrt();
    }
    u
}

/// Full-batch training from tiny random weights, at `factor` λ_c: the growth of ‖W1‖ a step once the other directions are
/// left behind, and what the law says.
fn measured(net: &Net, rho: f64, factor: f64, optimizer: OptimizerKind) -> (f64, Cliffs) {
    let settings = Hyperparameters {
        sparsity_target: rho,
        learning_rate: 1.0,
        optimizer,
        batch: BatchSize::Full,
        ..Hyperparameters::default()
    };
    let settings = Hyperparameters {
        weight_decay: factor * net.lambda_c(&settings),
        ..settings
    };
    let unit = net.cliffs(&settings);
    let settings = Hyperparameters {
        learning_rate: (SLOW / unit.rate.unwrap().abs()).min(0.5 * unit.alpha_c.unwrap()),
        ..settings
    };
    let cliffs = net.cliffs(&settings);
    let rate = cliffs.rate.unwrap();
    let size = if factor < 1.0 { 1e-10 } else { 1e-4 };
    let mut run = net.run(settings, net.collapsed(rho, size));
    // the second direction is left behind by e^-3, then two e-folds are measured
    let sigma = net.spectrum.sigma();
    let apart = rate / (1.0 - factor) * (1.0 - sigma[1] / sigma[0]);
    let slowed = cliffs.pace.unwrap_or(rate);
    let over = (2.0 / slowed.abs()) as usize;
    // what sinks leaves W1 along x̄ behind, where b1 follows it and decay alone acts: the first direction is looked at
    let u = first_direction(net);
    let size = |run: &Run<f64>| {
        if factor < 1.0 {
            return encoder_norm(run.parameters());
        }
        let along = run.parameters().encoder_weights().dot(&u);
        along.dot(&along).sqrt()
    };
    advance(&mut run, (3.0 / apart * rate / slowed) as usize);
    let start = size(&run);
    advance(&mut run, over);
    let end = size(&run);
    let measured = (end / start).ln() / over as f64;
    println!(
        "{} {:?} {:?} {optimizer:?} × {factor}: r {rate:.4e}, with drag {slowed:.4e}, measured {measured:.4e} over {over} steps, \
         ‖W1‖ {end:.1e}",
        net.data.name, net.f, net.g,
    );
    assert!(end < 5e-2, "it has left the neighbourhood");
    (measured, cliffs)
}

#[track_caller]
fn within(found: f64, expected: f64) {
    assert!(
        (found / expected - 1.0).abs() < 0.05,
        "{found} for {expected}"
    );
}

/// Of few leaves: of more, the second direction is so near to the first that they part too late.
fn net(set: EmbeddedSet, f: F, g: G) -> Net {
    let most = if full() && set != EmbeddedSet::Leaves {
        2_000
    } else {
        500
    };
    Net::new(&first(set, most), 2, f, g)
}

const MOMENTUM: OptimizerKind = OptimizerKind::Momentum;

#[test]
fn weights_grow_and_sink_at_the_rate_of_the_law() {
    // patches without their mean: directions at right angles to the mean input
    let leaves = net(EmbeddedSet::Leaves, F::Sigmoid, G::Sigmoid);
    for factor in [0.5, 0.8, 1.3] {
        let (found, cliffs) = measured(&leaves, 0.05, factor, MOMENTUM);
        within(found, cliffs.rate.unwrap());
    }
    let (found, cliffs) = measured(&leaves, 0.05, 0.8, OptimizerKind::Descent);
    within(found, cliffs.rate.unwrap());
    let tanh = net(EmbeddedSet::Leaves, F::Tanh, G::Linear);
    let (found, cliffs) = measured(&tanh, 0.05, 0.8, MOMENTUM);
    within(found, cliffs.rate.unwrap());
    if full() {
        // what sinks is looked at where nothing outlasts it: of digits even the first direction leans a little on x̄, and
        // with tanh b2 follows the sum of W2, whose units' activations are far from 0
        for (set, rho, factors) in [
            (EmbeddedSet::Digits, 0.05, [0.5, 0.8, 0.9]),
            (EmbeddedSet::Photos, 0.02, [0.8, 0.9, 1.3]),
        ] {
            for f in [F::Sigmoid, F::Tanh] {
                let net = net(set, f, G::Sigmoid);
                let followed = |factor: &f64| *factor < 1.0 || f == F::Sigmoid;
                for factor in factors.into_iter().filter(followed) {
                    let (found, cliffs) = measured(&net, rho, factor, MOMENTUM);
                    within(found, cliffs.rate.unwrap());
                }
            }
        }
    }
}

/// Of bars the first direction is how many are on, which is that of the mean: b1 has to follow, and both are slower.
#[test]
fn a_direction_along_the_mean_is_slower_by_its_lean() {
    let bars = net(EmbeddedSet::Bars, F::Sigmoid, G::Sigmoid);
    assert!(bars.spectrum.leans()[0] > 1.0);
    for factor in [0.8, 0.9] {
        let (found, cliffs) = measured(&bars, 0.05, factor, MOMENTUM);
        within(found, cliffs.pace.unwrap());
        assert!(cliffs.pace.unwrap() < 0.6 * cliffs.rate.unwrap());
    }
}
