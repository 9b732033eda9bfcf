//! A run is the same to the last bit on 1, 2, 3 and 8 threads, 200 epochs on: digits and, in f32, the exercise whole, the
//! others on fewer patches, for the sake of time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::sync::Arc;

use sae_lab::data::{self, DataSet, DataSpec, EmbeddedSet};
use sae_lab::model::{BatchSize, Hyperparameters, OptimizerKind};
use sae_lab::numerics::{Real, WorkerPool};
use sae_lab::training::{EpochEnd, Experiment, Gesture, Run};

const EPOCHS: usize = 200;
const THREADS: [usize; 4] = [1, 2, 3, 8];

/// What is trained, and on what.
struct Case {
    experiment: Experiment,
    data: Arc<DataSet>,
}

impl Case {
    fn new(
        set: EmbeddedSet,
        patches: usize,
        hidden: usize,
        hyperparameters: Hyperparameters,
    ) -> Self {
        let spec = DataSpec {
            patches,
            ..DataSpec::embedded(set)
        };
        let data = Arc::new(data::load(&spec).unwrap());
        let experiment = Experiment {
            data: spec,
            hidden,
            hyperparameters,
            ..Experiment::default()
        };
        Self { experiment, data }
    }

    /// The run after all epochs, on `threads`.
    fn train<T: Real>(&self, threads: usize) -> Run<T> {
        let mut experiment = self.experiment.clone();
        experiment.precision = T::PRECISION;
        let pool = Arc::new(WorkerPool::new(threads));
        let mut run = Run::new(experiment, Arc::clone(&self.data), None, pool).unwrap();
        let initial = run.state().cost.total();
        for epoch in 1..=EPOCHS {
            let end = next_epoch(&mut run, &self.experiment.hyperparameters);
            assert!(
                matches!(end, EpochEnd::Finished { .. }),
                "epoch {epoch}: {end:?}"
            );
        }
        assert!(run.state().cost.total() < initial, "it learned nothing");
        run
    }

    fn is_the_same_on_any_threads<T: Real>(&self) {
        let [one, others @ ..] = THREADS;
        let expected = self.train::<T>(one);
        for threads in others {
            let found = self.train::<T>(threads);
            let what = format!("{threads} threads, {:?}", T::PRECISION);
            assert_eq!(
                differences(&found, &expected),
                0,
                "weights that differ: {what}"
            );
            let (found, expected) = (found.state(), expected.state());
            assert_eq!(found.cost, expected.cost, "{what}");
            assert_eq!(found.units, expected.units, "{what}");
        }
    }
}

fn next_epoch<T: Real>(run: &mut Run<T>, settings: &Hyperparameters) -> EpochEnd {
    run.set_all(&settings.check().unwrap(), Gesture(1));
    run.epoch(&|| true)
}

/// How many parameters differ, by their bits.
fn differences<T: Real>(a: &Run<T>, b: &Run<T>) -> usize {
    let (a, b) = (a.parameters().flat(), b.parameters().flat());
    assert_eq!(a.len(), b.len());
    let pairs = a.iter().zip(b);
    pairs
        .filter(|(a, b)| a.f64().to_bits() != b.f64().to_bits())
        .count()
}

/// All 10,000 in `tests/long threads`, else `few`.
fn patches(few: usize) -> usize {
    if std::env::var_os("SAE_LAB_FULL").is_some() {
        DataSpec::DEFAULT_PATCHES
    } else {
        few
    }
}

/// 64 units: a batch is worth two threads.
fn photos(patches: usize) -> Case {
    Case::new(EmbeddedSet::Photos, patches, 64, Hyperparameters::default())
}

fn digits(optimizer: OptimizerKind) -> Case {
    Case::new(
        EmbeddedSet::Digits,
        DataSpec::DEFAULT_PATCHES,
        25,
        Hyperparameters {
            optimizer,
            learning_rate: if optimizer == OptimizerKind::Adam {
                0.01
            } else {
                0.1
            },
            batch: BatchSize::Full,
            ..Hyperparameters::default()
        },
    )
}

/// Large nets in small batches, which threads share out by units and outputs; Adam's memory is shared out, too.
fn digits_in_batches() -> Case {
    Case::new(
        EmbeddedSet::Digits,
        DataSpec::DEFAULT_PATCHES,
        60,
        Hyperparameters {
            optimizer: OptimizerKind::Adam,
            learning_rate: 0.003,
            batch: BatchSize::Samples(100),
            ..Hyperparameters::default()
        },
    )
}

/// The classical exercise: patches of 8×8 (10,000 of them), 25 hidden units, ρ .01.
fn exercise(patches: usize) -> Case {
    Case::new(
        EmbeddedSet::PhotosRaw,
        patches,
        25,
        Hyperparameters {
            sparsity_target: 0.01,
            optimizer: OptimizerKind::Lbfgs,
            batch: BatchSize::Full,
            ..Hyperparameters::default()
        },
    )
}

#[test]
fn photos_in_batches_of_50_in_f32() {
    photos(patches(3_000)).is_the_same_on_any_threads::<f32>();
}

#[test]
fn photos_in_batches_of_50_in_f64() {
    photos(patches(1_000)).is_the_same_on_any_threads::<f64>();
}

#[test]
fn digits_full_batch_by_descent() {
    digits(OptimizerKind::Descent).is_the_same_on_any_threads::<f32>();
    digits(OptimizerKind::Descent).is_the_same_on_any_threads::<f64>();
}

#[test]
fn digits_full_batch_by_adam() {
    digits(OptimizerKind::Adam).is_the_same_on_any_threads::<f32>();
    digits(OptimizerKind::Adam).is_the_same_on_any_threads::<f64>();
}

#[test]
fn digits_in_batches_of_100() {
    digits_in_batches().is_the_same_on_any_threads::<f32>();
    digits_in_batches().is_the_same_on_any_threads::<f64>();
}

#[test]
fn the_exercise_by_lbfgs_in_f32() {
    exercise(10_000).is_the_same_on_any_threads::<f32>();
}

#[test]
fn the_exercise_by_lbfgs_in_f64() {
    exercise(patches(5_000)).is_the_same_on_any_threads::<f64>();
}
