//! Data against data: a verdict survives what it must. Noise with the covariance of the data is never taken for them,
//! another seed is, and neither the draws of the scrambled features nor the seeds decide it.
//!
//! `SAE_LAB_FULL=1` (tests/long match) adds photographs, patches of other sets and more seeds, and prints a table.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, EmbeddedSet, Samples, SecondOrder, gaussian_like, load};
use sae_lab::model::matching::{Verdict, match_features};
use sae_lab::model::{BatchSize, Hyperparameters, OptimizerKind};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::Experiment;
use sae_lab::training::comparison::{
    BASELINE_SEEDS, Comparison, Done, Effort, Origin, Plan, Task, Watch, trained,
};

const GO_ON: Watch<'static> = Watch {
    tell: &|_| ControlFlow::Continue(()),
    go_on: &|| true,
};

/// Settings, data and epochs; the runs that they give.
struct Case {
    experiment: Experiment,
    data: Arc<DataSet>,
    epochs: u64,
    measured: SecondOrder,
    /// The baselines' runs matched with the first, by its seed and the task's.
    known: HashMap<(u64, u64, bool), Done>,
}

impl Case {
    fn new(experiment: Experiment, epochs: u64) -> Self {
        let data = Arc::new(load(&experiment.data).unwrap());
        Self {
            measured: SecondOrder::of(&data).unwrap(),
            experiment,
            data,
            epochs,
            known: HashMap::new(),
        }
    }

    /// The features of the same settings on `data` from `seed`.
    fn features(&self, data: &Arc<DataSet>, seed: u64) -> Array2<f64> {
        let experiment = Experiment {
            seed,
            ..self.experiment.clone()
        };
        let pool = Arc::new(WorkerPool::new(1));
        let run = trained::<f32>(experiment, data, self.epochs, &pool, &GO_ON).unwrap();
        run.parameters().encoder_weights().mapv(f64::from)
    }

    fn noise(&self, seed: u64) -> Arc<DataSet> {
        Arc::new(gaussian_like(&self.data, &self.measured, seed))
    }

    /// The features of `seed`, `first`, against `second`, with scrambled draws from `scrambles`. The baselines' runs are
    /// the same for every second run, and trained once.
    fn compare(
        &mut self,
        (seed, first): (u64, &Array2<f64>),
        second: &Array2<f64>,
        scrambles: u64,
    ) -> Comparison {
        let experiment = Experiment {
            seed,
            ..self.experiment.clone()
        };
        let origin = Origin::new(experiment, Arc::clone(&self.data), self.epochs).unwrap();
        let scrambling = origin.scrambling();
        let effort = Effort {
            baseline_seeds: BASELINE_SEEDS,
            scrambles: 100,
            seed: scrambles,
            train_other_seeds: true,
        };
        let (first, second) = (first.view(), second.view());
        let plan = Plan::new(first, second, Some(origin), scrambling, effort, &[]);
        let mut comparison = plan.begin(&[]).unwrap();
        let pool = Arc::new(WorkerPool::new(1));
        for (index, task) in plan.tasks().iter().enumerate() {
            let carry_out = || plan.carry_out(*task, &pool, &GO_ON).unwrap();
            let done = match *task {
                Task::OtherSeed { seed: of } | Task::Covariance { seed: of } => {
                    let noise = matches!(task, Task::Covariance { .. });
                    let known = self.known.entry((seed, of, noise));
                    known.or_insert_with(carry_out).clone()
                }
                Task::Scramble { .. } => carry_out(),
            };
            comparison.take(index, Ok(done)).unwrap();
        }
        comparison
    }
}

/// Bars, of which all are found: the seeds agree, and noise has none.
fn bars() -> Case {
    let experiment = Experiment {
        data: DataSpec::embedded(EmbeddedSet::Bars),
        hidden: 25,
        hyperparameters: Hyperparameters {
            sparsity_target: 0.125,
            weight_decay: 1e-3,
            learning_rate: 0.5,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    };
    Case::new(experiment, 100)
}

/// Photographs with crisp edges, by L-BFGS.
fn photos(patches: usize) -> Case {
    let experiment = Experiment {
        data: DataSpec {
            patches,
            ..DataSpec::default()
        },
        hidden: 25,
        hyperparameters: Hyperparameters {
            sparsity_target: 0.01,
            optimizer: OptimizerKind::Lbfgs,
            batch: BatchSize::Full,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    };
    Case::new(experiment, 150)
}

fn full() -> bool {
    std::env::var_os("SAE_LAB_FULL").is_some()
}

fn print(what: &str, comparison: &Comparison) {
    println!("{what}: {}", comparison.sentence().unwrap());
}

#[test]
fn another_seed_finds_the_same_and_noise_with_the_same_covariance_never_does() {
    let seeds = if full() { 10 } else { 2 };
    let mut cases = vec![("bars", bars())];
    if full() {
        cases.push(("photos", photos(5_000)));
    }
    for (name, case) in &mut cases {
        let data = Arc::clone(&case.data);
        let mut partly = 0;
        for seed in 1..=seeds {
            let first = case.features(&data, seed);
            let noise = case.features(&case.noise(700 + seed), 800 + seed);
            let found = case.compare((seed, &first), &noise, 1);
            print(&format!("{name}, seed {seed}, noise"), &found);
            let verdict = found.judgement().unwrap().verdict;
            assert_ne!(verdict, Verdict::Similar, "{name}, seed {seed}");
            partly += usize::from(verdict == Verdict::Partly);
        }
        // as often as a 95 % interval is allowed to be wrong on one side: once in forty
        assert!(partly <= seeds as usize / 10, "{name}: {partly} of {seeds}");
        if *name == "bars" {
            let first = case.features(&data, 1);
            let other = case.features(&data, 31);
            let found = case.compare((1, &first), &other, 1);
            print("bars, another seed", &found);
            let judged = found.judgement().unwrap();
            assert_eq!(judged.verdict, Verdict::Similar);
            assert!((0.7..1.3).contains(&judged.fraction.unwrap()));
        }
    }
}

#[test]
fn over_thirty_seeds_of_the_scrambled_draws_the_verdict_is_one() {
    let mut cases = vec![bars()];
    if full() {
        cases.push(photos(5_000));
    }
    for case in &mut cases {
        let data = Arc::clone(&case.data);
        let first = case.features(&data, 1);
        let seconds = [
            case.features(&data, 31),
            case.features(&case.noise(731), 831),
        ];
        for second in &seconds {
            let mut counts: HashMap<&str, u32> = HashMap::new();
            for scrambles in 1..=30 {
                let found = case.compare((1, &first), second, scrambles);
                let verdict = found.judgement().unwrap().verdict;
                *counts.entry(verdict.words()).or_default() += 1;
            }
            println!("{counts:?}");
            assert!(counts.values().any(|count| *count >= 29), "{counts:?}");
        }
    }
}

/// `noise` in the range of `data`.
fn clipped(noise: &DataSet, data: &DataSet) -> Arc<DataSet> {
    let (low, high) = (data.range.0 as f32, data.range.1 as f32);
    let samples = noise.samples.to::<f32>().mapv(|x| x.clamp(low, high));
    let samples = Samples::F32(samples);
    Arc::new(DataSet::new(
        "clipped",
        data.spec.clone(),
        samples,
        data.shape,
    ))
}

/// Why noise is not clipped: where that changes little (photographs), the floor is the same; where it changes much
/// (bars, half of whose noise is beyond 0 or 1), it is no longer noise with the covariance of the data.
#[test]
fn noise_is_not_clipped_since_that_changes_nothing_or_its_covariance() {
    let bars = bars();
    let noise = bars.noise(900);
    let kept = clipped(&noise, &bars.data).variance / bars.data.variance;
    println!("bars: clipped, the noise keeps {kept:.2} of the variance");
    assert!((noise.variance / bars.data.variance - 1.0).abs() < 0.05);
    assert!(kept < 0.8, "{kept}");

    let (seeds, patches) = if full() { (8, 5_000) } else { (3, 2_000) };
    let case = photos(patches);
    let data = Arc::clone(&case.data);
    let first = case.features(&data, 1);
    let likeness = |data: &Arc<DataSet>, seed: u64| {
        let features = case.features(data, seed);
        let matched = match_features(first.view(), features.view());
        matched.unwrap().similarity
    };
    let (mut plain, mut cut) = (Vec::new(), Vec::new());
    for seed in 900..900 + seeds {
        let noise = case.noise(seed);
        plain.push(likeness(&noise, seed));
        cut.push(likeness(&clipped(&noise, &data), seed));
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    println!("photos: as drawn {plain:.3?}, clipped {cut:.3?}");
    let gap = (mean(&plain) - mean(&cut)).abs();
    assert!(gap < 0.04, "two seeds differ by as much: {gap}");
}
