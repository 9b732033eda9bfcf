//! How long a collapsed net takes until its first unit is back: what the diagnosis says on the way, against what happens.

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, HiddenActivation as F, Hyperparameters, OptimizerKind, OutputActivation as G,
};
use sae_lab::training::Diagnosis;

use crate::collapse::{Net, advance, first};
use crate::full;

/// The epochs that remained and those that the diagnosis named, epoch by epoch, until the first unit is back.
fn followed(net: &Net, factor: f64, share: f64, batch: BatchSize) -> Vec<(f64, f64)> {
    const MOST: u64 = 20_000;
    let rho = 0.05;
    let settings = Hyperparameters {
        sparsity_target: rho,
        optimizer: OptimizerKind::Momentum,
        batch,
        ..Hyperparameters::default()
    };
    let settings = Hyperparameters {
        weight_decay: factor * net.lambda_c(&settings),
        learning_rate: share * net.cliffs(&settings).alpha_c.unwrap(),
        ..settings
    };
    let mut run = net.run(settings, net.collapsed(rho, 1e-3));
    let mut said = Vec::new();
    for epoch in 0..MOST {
        let diagnosis = Diagnosis::of_run(&run);
        if diagnosis.counts.dead() < diagnosis.counts.total() {
            let remained = said.into_iter();
            return remained
                .map(|(at, named): (u64, f64)| ((epoch - at) as f64, named))
                .collect();
        }
        said.extend(diagnosis.way_back.map(|named| (epoch, named)));
        advance(&mut run, 1);
    }
    panic!("no unit came back in {MOST} epochs");
}

/// At the start and after a quarter and half of the way.
fn holds(net: &Net, (factor, share): (f64, f64), batch: BatchSize, tolerance: f64) {
    let all = followed(net, factor, share, batch);
    let at = [0.0, 0.25, 0.5].map(|part| all[(part * all.len() as f64) as usize]);
    println!(
        "{} {:?} λ {factor} λ_c, α {share} α_c, {batch:?}: {}",
        net.data.name,
        net.f,
        at.map(|(left, named)| format!("{named:.0} for {left}"))
            .join(", ")
    );
    for (left, named) in at {
        assert!(
            (named / left).ln().abs() < (1.0 + tolerance).ln(),
            "{named} epochs for {left}"
        );
    }
}

#[test]
fn first_units_are_back_when_it_is_said() {
    let mut sets = vec![EmbeddedSet::Digits, EmbeddedSet::Bars, EmbeddedSet::Leaves];
    if full() {
        sets.push(EmbeddedSet::Photos);
    }
    for set in sets {
        for f in [F::Sigmoid, F::Tanh] {
            let net = Net::new(&first(set, 500), 8, f, G::Sigmoid);
            for factor in [0.3, 0.7, 0.9] {
                holds(&net, (factor, 0.5), BatchSize::Full, 0.25);
            }
            // the noise of batches, which steps as large as above would drown in
            for factor in [0.3, 0.7] {
                holds(&net, (factor, 0.04), BatchSize::Samples(50), 0.4);
            }
        }
    }
}

/// Where the noise of the batches outweighs what λ leaves of the pull, the dead state is stable below λ_c: nothing is
/// promised there, and nothing comes back.
#[test]
fn noisy_batches_keep_units_dead_below_the_cliff() {
    let net = Net::new(&first(EmbeddedSet::Digits, 500), 8, F::Sigmoid, G::Sigmoid);
    let settings = |batch| Hyperparameters {
        optimizer: OptimizerKind::Momentum,
        batch,
        ..Hyperparameters::default()
    };
    let of = |batch| {
        let settings = settings(batch);
        let settings = Hyperparameters {
            weight_decay: 0.9 * net.lambda_c(&settings),
            learning_rate: 0.04 * net.cliffs(&settings).alpha_c.unwrap(),
            ..settings
        };
        let cliffs = net.cliffs(&settings);
        let mut run = net.run(settings, net.collapsed(0.05, 1e-3));
        advance(&mut run, 1_000);
        let units = &run.state().units;
        let most = units
            .iter()
            .map(|unit| unit.contribution)
            .fold(0.0, f64::max);
        println!("{batch:?}: growth {:?}, ΔFVU {most:e}", cliffs.growth);
        (cliffs.growth, most)
    };
    let (growth, noise) = of(BatchSize::Samples(50));
    assert!(growth.is_none() && noise < 3e-9);
    let (growth, grown) = of(BatchSize::Samples(400));
    assert!(growth.is_some() && grown > 3e-9);
}
