//! The test for dead against the ground truth: replace the unit by its mean, over the whole data set, and see what becomes
//! of the FVU. `tests/long dead` draws the whole grid.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::{Axis, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::{self, DataSet, DataSpec, EmbeddedSet, Samples};
use sae_lab::model::ablation::loss_changes;
use sae_lab::model::units::dead_below;
use sae_lab::model::{
    Architecture, BatchSize, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::{EpochEnd, Experiment, Run};

/// At their ends the units are looked at.
const EPOCHS: [u64; 5] = [0, 2, 8, 25, 60];
const RHO: [f64; 9] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const BETA: [f64; 6] = [0.0, 0.1, 1.0, 3.0, 3.0, 10.0];
const LAMBDA: [f64; 9] = [0.0, 1e-6, 1e-5, 1e-4, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2];

/// An embedded set, of few enough samples that the ground truth takes no hour.
fn set(set: EmbeddedSet) -> Arc<DataSet> {
    let mut spec = DataSpec::embedded(set);
    spec.patches = 1_500;
    let mut data = data::load(&spec).unwrap();
    if set == EmbeddedSet::Fashion {
        let samples = data.samples.to::<f32>().slice(s![..400, ..]).to_owned();
        let wide = samples.mapv(f64::from);
        let off = &wide - &wide.mean_axis(Axis(0)).unwrap();
        data.variance = off.mapv(|x| x * x).sum() / (2.0 * 400.0);
        data.samples = Samples::F32(samples);
    }
    Arc::new(data)
}

/// Found dead or not, against the truth.
#[derive(Clone, Copy, Default)]
struct Tally {
    hits: u32,
    missed: u32,
    false_alarms: u32,
    units: u32,
}

impl Tally {
    fn add(&mut self, dead: bool, found: bool) {
        self.units += 1;
        match (dead, found) {
            (true, true) => self.hits += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.false_alarms += 1,
            (false, false) => {}
        }
    }

    fn recall(&self) -> f64 {
        f64::from(self.hits) / f64::from((self.hits + self.missed).max(1))
    }

    fn precision(&self) -> f64 {
        f64::from(self.hits) / f64::from((self.hits + self.false_alarms).max(1))
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:6} units, {:5} dead: recall {:.4}, precision {:.4}",
            self.units,
            self.hits + self.missed,
            self.recall(),
            self.precision()
        )
    }
}

fn experiment(rng: &mut ChaCha8Rng, seed: u64) -> Experiment {
    let kinds = [
        OptimizerKind::Momentum,
        OptimizerKind::Momentum,
        OptimizerKind::Adam,
        OptimizerKind::Lbfgs,
        OptimizerKind::Descent,
    ];
    let outputs = [
        OutputActivation::Sigmoid,
        OutputActivation::Sigmoid,
        OutputActivation::Linear,
        OutputActivation::Tanh,
    ];
    let mut pick = |count: usize| rng.random_range(0..count);
    let optimizer = kinds[pick(kinds.len())];
    let hyperparameters = Hyperparameters {
        sparsity_target: RHO[pick(RHO.len())],
        sparsity_weight: BETA[pick(BETA.len())],
        weight_decay: LAMBDA[pick(LAMBDA.len())],
        optimizer,
        learning_rate: match optimizer {
            OptimizerKind::Adam => [3e-3, 1e-2][pick(2)],
            _ => [0.05, 0.1, 0.2, 0.5][pick(4)],
        },
        batch: match pick(4) {
            0 => BatchSize::Full,
            _ => BatchSize::Samples(50),
        },
        ..Hyperparameters::default()
    };
    Experiment {
        hidden: [16, 25, 49, 90][pick(4)],
        hidden_activation: match pick(3) {
            0 => HiddenActivation::Tanh,
            _ => HiddenActivation::Sigmoid,
        },
        output_activation: outputs[pick(outputs.len())],
        seed,
        hyperparameters,
        ..Experiment::default()
    }
}

#[test]
fn dead_is_what_is_not_missed() {
    const SEED: u64 = 10;
    let runs = if std::env::var_os("SAE_LAB_FULL").is_some() {
        1_500
    } else {
        48
    };
    println!("{runs} runs drawn with seed {SEED}");
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let sets = EmbeddedSet::ALL.map(|name| (name, set(name)));
    let pool = Arc::new(WorkerPool::new(2));
    let mut all = Tally::default();
    let mut by: BTreeMap<String, Tally> = BTreeMap::new();
    for seed in 0..runs {
        let (name, data) = &sets[seed as usize % sets.len()];
        let experiment = experiment(&mut rng, seed);
        let Experiment {
            hidden,
            hidden_activation,
            output_activation,
            hyperparameters,
            ..
        } = experiment.clone();
        let architecture = Architecture {
            inputs: data.inputs(),
            hidden,
            hidden_activation,
            output_activation,
        };
        let mut run =
            Run::<f32>::new(experiment, Arc::clone(data), None, Arc::clone(&pool)).unwrap();
        for epoch in 0..=EPOCHS[EPOCHS.len() - 1] {
            if epoch > 0 && matches!(run.epoch(&|| true), EpochEnd::Diverged { .. }) {
                break;
            }
            if !EPOCHS.contains(&epoch) {
                continue;
            }
            let samples = data.samples.to::<f64>();
            let truth = loss_changes(&architecture, run.parameters(), samples.view());
            for (unit, change) in run.state().units.iter().zip(truth) {
                let dead = (change / data.variance).abs() < dead_below(hidden);
                let found = unit.state.is_dead();
                all.add(dead, found);
                for key in [
                    format!("{name:?}"),
                    format!("ρ {}", hyperparameters.sparsity_target),
                    format!("epoch {epoch:2}"),
                    format!("{hidden_activation:?} units"),
                    format!("{output_activation:?} output"),
                    format!("by {:?}", hyperparameters.optimizer),
                ] {
                    by.entry(key).or_default().add(dead, found);
                }
            }
        }
    }
    for (key, tally) in &by {
        println!("{key:16} {tally}");
    }
    println!("{:16} {all}", "all");
    assert!(all.hits + all.missed > 400, "too few are dead to tell");
    assert!(all.recall() >= 0.99 && all.precision() >= 0.99, "{all}");
}
