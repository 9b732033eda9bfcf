//! Above α_c ρ̂ swings around ρ, further each step; below it settles.

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, GradientForm, HiddenActivation as F, Hyperparameters, OptimizerKind,
    OutputActivation as G, Parameters,
};

use crate::collapse::{Net, advance, first};
use crate::full;

/// |ρ̂ − ρ|/ρ after `steps` full-batch steps at `factor` α_c from a dead net with ρ̂ = ρ + 1e-4.
fn swing(net: &Net, settings: Hyperparameters, factor: f64, steps: usize) -> f64 {
    let rho = settings.sparsity_target;
    // so much decay that the dead state isn't left meanwhile
    let settings = Hyperparameters {
        weight_decay: net.lambda_c(&settings),
        ..settings
    };
    let settings = Hyperparameters {
        learning_rate: factor * net.cliffs(&settings).alpha_c.unwrap(),
        ..settings
    };
    // only the biases are off: W = 0
    let at = |rho: f64| -> Parameters<f64> { net.collapsed(rho, 0.0) };
    let mut run = net.run(settings, at(rho + 1e-4));
    advance(&mut run, steps);
    let mean = run.state().units[0].mean_activation;
    (mean - rho).abs() / rho
}

fn settles_below_and_swings_above(net: &Net, settings: Hyperparameters) {
    let start = 1e-4 / settings.sparsity_target;
    let (below, above) = (
        swing(net, settings, 0.98, 150),
        swing(net, settings, 1.02, 60),
    );
    println!(
        "{} {:?} {:?} {:?} {:?}: α_c {:.4}, |ρ̂−ρ|/ρ {start:.1e} → {below:.1e} at ×.98, {above:.1e} at ×1.02",
        net.data.name,
        net.f,
        settings.optimizer,
        settings.gradient,
        settings.sparsity_weight,
        net.cliffs(&settings).alpha_c.unwrap()
    );
    assert!(below < start / 10.0, "{below} of {start}");
    assert!(above > start * 3.0, "{above} of {start}");
}

#[test]
fn rho_hat_settles_below_alpha_c_and_swings_above_it() {
    let most = if full() { 10_000 } else { 400 };
    for (set, rho, beta) in [
        (EmbeddedSet::Photos, 0.05, 3.0),
        (EmbeddedSet::Digits, 0.05, 30.0),
        (EmbeddedSet::Bars, 0.1, 10.0),
    ] {
        let data = first(set, most);
        for f in [F::Sigmoid, F::Tanh] {
            let net = Net::new(&data, 2, f, G::Sigmoid);
            for optimizer in [OptimizerKind::Descent, OptimizerKind::Momentum] {
                for gradient in [GradientForm::Exact, GradientForm::Printed] {
                    let settings = Hyperparameters {
                        sparsity_target: rho,
                        sparsity_weight: beta,
                        optimizer,
                        gradient,
                        batch: BatchSize::Full,
                        ..Hyperparameters::default()
                    };
                    settles_below_and_swings_above(&net, settings);
                    // at fixed α the same is a cliff of β
                    let alpha = net.cliffs(&settings).alpha_c.unwrap();
                    let at = Hyperparameters {
                        learning_rate: alpha,
                        ..settings
                    };
                    let beta_c = net.cliffs(&at).beta_c.unwrap();
                    assert!((beta_c / beta - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}
