//! A run is a value: whatever happens to it, it goes on with the bits of the run that nothing happened to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and says its seed"
)]

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sae_lab::data::{DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use sae_lab::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use sae_lab::numerics::{Precision, Real, WorkerPool};
use sae_lab::training::{
    Change, Checkpoint, EpochEnd, Experiment, Gesture, History, ResumeError, Run, Setting, Value,
};

/// Operations in one case, and cases for every optimiser, batch kind, activation pair and precision (96).
const OPERATIONS: std::ops::Range<usize> = 40..70;
const CASES: u32 = 6;

/// What can happen to a run.
#[derive(Clone, Debug)]
enum Operation {
    Epoch,
    Set(Setting, Value),
    Revive(Vec<usize>),
    /// An epoch that may ask this many times whether to go on.
    Interrupt(usize),
    Refuse(Refusal),
    Checkpoint,
    /// Written, read and resumed on this many threads.
    Resume(usize),
}

#[derive(Clone, Copy, Debug)]
enum Refusal {
    OutOfRange,
    WrongKind,
    OtherData,
    CutShort,
    ReviveNothing,
}

#[derive(Clone, Debug)]
struct Case {
    samples: usize,
    inputs: usize,
    hidden: usize,
    seed: u64,
    batch: usize,
    wide_samples: bool,
    operations: Vec<Operation>,
}

fn changes() -> impl Strategy<Value = Operation> {
    let number = |setting, values: std::ops::Range<f64>| {
        values.prop_map(move |power| Operation::Set(setting, Value::Number(10f64.powf(power))))
    };
    let kinds = prop::sample::select(OptimizerKind::ALL.to_vec());
    prop_oneof![
        2 => number(Setting::SparsityTarget, -2.0..-0.1),
        2 => number(Setting::SparsityWeight, -2.0..2.0),
        2 => number(Setting::WeightDecay, -6.0..-1.0),
        3 => number(Setting::LearningRate, -3.0..2.0),
        // far too much: it diverges
        1 => number(Setting::LearningRate, 30.0..40.0),
        1 => number(Setting::WeightDecay, 20.0..300.0),
        1 => (0.0..0.99).prop_map(|value| Operation::Set(Setting::Momentum, Value::Number(value))),
        4 => kinds.prop_map(|kind| Operation::Set(Setting::Optimizer, Value::Optimizer(kind))),
        2 => (1usize..25).prop_map(|rows| Operation::Set(
            Setting::Batch,
            Value::Batch(BatchSize::Samples(rows)),
        )),
        1 => Just(Operation::Set(Setting::Batch, Value::Batch(BatchSize::Full))),
        1 => prop::sample::select(vec![GradientForm::Exact, GradientForm::Printed])
            .prop_map(|form| Operation::Set(Setting::Gradient, Value::Gradient(form))),
    ]
}

fn operations() -> impl Strategy<Value = Operation> {
    let refusals = prop::sample::select(vec![
        Refusal::OutOfRange,
        Refusal::WrongKind,
        Refusal::OtherData,
        Refusal::CutShort,
        Refusal::ReviveNothing,
    ]);
    prop_oneof![
        8 => Just(Operation::Epoch),
        4 => changes(),
        1 => vec(0usize..8, 1..4).prop_map(Operation::Revive),
        4 => (0usize..12).prop_map(Operation::Interrupt),
        2 => refusals.prop_map(Operation::Refuse),
        1 => Just(Operation::Checkpoint),
        3 => (1usize..4).prop_map(Operation::Resume),
    ]
}

fn cases() -> impl Strategy<Value = Case> {
    (
        5usize..=20,
        3usize..=12,
        2usize..=6,
        any::<u64>(),
        1usize..=20,
        any::<bool>(),
        vec(operations(), OPERATIONS),
    )
        .prop_map(
            |(samples, inputs, hidden, seed, batch, wide_samples, operations)| Case {
                samples,
                inputs,
                hidden,
                seed,
                batch,
                wide_samples,
                operations,
            },
        )
}

/// The part of a case that is gone through systematically.
#[derive(Clone, Copy, Debug)]
struct Kind {
    optimizer: OptimizerKind,
    full_batch: bool,
    hidden_activation: HiddenActivation,
    output_activation: OutputActivation,
}

impl Case {
    fn data(&self, shift: usize) -> Arc<DataSet> {
        let value = |i: usize, j: usize| {
            let phase = (i * (j % 3 + 2) + j + shift) as f64 * 0.73 + (self.seed % 97) as f64;
            0.5 + 0.4 * phase.sin()
        };
        let shape = (self.samples, self.inputs);
        let samples = if self.wide_samples {
            Samples::F64(Array2::from_shape_fn(shape, |(i, j)| value(i, j)))
        } else {
            Samples::F32(Array2::from_shape_fn(shape, |(i, j)| value(i, j) as f32))
        };
        Arc::new(DataSet::new(
            "waves",
            DataSpec::embedded(EmbeddedSet::Bars),
            samples,
            SampleShape::Vector {
                length: self.inputs,
            },
        ))
    }

    fn experiment(&self, kind: Kind, precision: Precision) -> Experiment {
        Experiment {
            hidden: self.hidden,
            hidden_activation: kind.hidden_activation,
            output_activation: kind.output_activation,
            seed: self.seed,
            precision,
            hyperparameters: Hyperparameters {
                optimizer: kind.optimizer,
                batch: if kind.full_batch {
                    BatchSize::Full
                } else {
                    BatchSize::Samples(self.batch)
                },
                ..Hyperparameters::default()
            },
            ..Experiment::default()
        }
    }
}

/// The run that things happen to, its untouched twin, and a watcher of the run.
struct Pair<'a, T: Real> {
    case: &'a Case,
    data: Arc<DataSet>,
    pools: &'a [Arc<WorkerPool>],
    run: Run<T>,
    twin: Run<T>,
    watched: History,
    gestures: u64,
}

impl<T: Real> Pair<'_, T> {
    fn go(&mut self, operation: &Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Epoch => {
                let (end, twin) = (self.run.epoch(&|| true), self.twin.epoch(&|| true));
                prop_assert_eq!(end, twin);
            }
            Operation::Set(setting, value) => {
                self.gestures += 1;
                let change = Change {
                    setting: *setting,
                    value: *value,
                    gesture: Gesture(self.gestures / 3),
                };
                self.run.set(change).unwrap();
                self.twin.set(change).unwrap();
            }
            Operation::Revive(units) => {
                prop_assert_eq!(self.run.revive(units), self.twin.revive(units));
            }
            Operation::Interrupt(questions) => {
                let left = Cell::new(*questions);
                let end = self.run.epoch(&|| {
                    let go_on = left.get() > 0;
                    left.set(left.get().saturating_sub(1));
                    go_on
                });
                if end != EpochEnd::Interrupted {
                    prop_assert_eq!(end, self.twin.epoch(&|| true));
                }
            }
            Operation::Refuse(refusal) => self.refuse(*refusal)?,
            Operation::Checkpoint => {
                prop_assert_eq!(self.run.checkpoint(), self.run.checkpoint());
            }
            Operation::Resume(threads) => {
                let bytes = self.run.checkpoint().to_bytes().unwrap();
                let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
                prop_assert_eq!(checkpoint.to_bytes().unwrap(), bytes);
                let pool = Arc::clone(&self.pools[threads - 1]);
                self.run = Run::resume(checkpoint, Arc::clone(&self.data), pool).unwrap();
                prop_assert_eq!(self.run.resumed_on_other_path(), None);
            }
        }
        prop_assert_eq!(self.run.checkpoint(), self.twin.checkpoint());
        prop_assert_eq!(self.run.staged(), self.twin.staged());
        // one epoch a frame at most: the watcher has everything that the run has
        let news = self
            .run
            .state()
            .history
            .news_since(&self.watched.cursor(), 32);
        self.watched.apply(&news);
        let text = |history| serde_json::to_string::<History>(history).unwrap();
        prop_assert_eq!(text(&self.watched), text(&self.run.state().history));
        Ok(())
    }

    fn refuse(&mut self, refusal: Refusal) -> Result<(), TestCaseError> {
        let pool = Arc::clone(&self.pools[0]);
        let gesture = Gesture(0);
        let change = |setting, value| Change {
            setting,
            value,
            gesture,
        };
        match refusal {
            Refusal::OutOfRange => {
                let change = change(Setting::SparsityTarget, Value::Number(1.5));
                prop_assert!(self.run.set(change).is_err());
            }
            Refusal::WrongKind => {
                let change = change(Setting::Batch, Value::Number(5.0));
                prop_assert!(self.run.set(change).is_err());
            }
            Refusal::OtherData => {
                let resumed = Run::<T>::resume(self.run.checkpoint(), self.case.data(1), pool);
                prop_assert_eq!(resumed.err(), Some(ResumeError::OtherData));
            }
            Refusal::CutShort => {
                let bytes = self.run.checkpoint().to_bytes().unwrap();
                prop_assert!(Checkpoint::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            }
            Refusal::ReviveNothing => {
                prop_assert!(self.run.revive(&[self.case.hidden, usize::MAX]).is_empty());
            }
        }
        Ok(())
    }
}

static STEPS: AtomicUsize = AtomicUsize::new(0);
static INTERRUPTED: AtomicUsize = AtomicUsize::new(0);

fn follow<T: Real>(
    case: &Case,
    kind: Kind,
    pools: &[Arc<WorkerPool>],
) -> Result<(), TestCaseError> {
    let data = case.data(0);
    let begin = || {
        let experiment = case.experiment(kind, T::PRECISION);
        Run::<T>::new(experiment, Arc::clone(&data), None, Arc::clone(&pools[0])).unwrap()
    };
    let mut pair = Pair {
        case,
        pools,
        run: begin(),
        twin: begin(),
        data: Arc::clone(&data),
        watched: History::new(),
        gestures: 0,
    };
    for operation in &case.operations {
        let before = pair.run.state().epoch;
        pair.go(operation)?;
        STEPS.fetch_add(1, Ordering::Relaxed);
        if matches!(operation, Operation::Interrupt(1..)) && pair.run.state().epoch == before {
            INTERRUPTED.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}

fn seed() -> u64 {
    match std::env::var("SAE_LAB_SEED") {
        Ok(text) => text.parse().expect("SAE_LAB_SEED is a whole number"),
        Err(_) => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64,
    }
}

#[test]
fn the_run_and_its_untouched_twin_have_equal_bits_always() {
    let seed = seed();
    println!("SAE_LAB_SEED={seed} repeats this");
    let full = std::env::var_os("SAE_LAB_FULL").is_some(); // tests/long runs
    let pools: Vec<_> = (1..=3)
        .map(|threads| Arc::new(WorkerPool::new(threads)))
        .collect();
    // a runner counts its successes, so every kind has its own
    let mut kinds = 0;
    let mut runner = || {
        kinds += 1;
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8] = kinds;
        let config = Config {
            cases: CASES * if full { 20 } else { 1 },
            failure_persistence: None,
            max_shrink_iters: 2_000,
            ..Config::default()
        };
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    };
    for optimizer in OptimizerKind::ALL {
        for full_batch in [false, true] {
            for hidden_activation in HiddenActivation::ALL {
                for output_activation in OutputActivation::ALL {
                    let kind = Kind {
                        optimizer,
                        full_batch,
                        hidden_activation,
                        output_activation,
                    };
                    for precision in [Precision::F32, Precision::F64] {
                        let outcome = runner().run(&cases(), |case| match precision {
                            Precision::F32 => follow::<f32>(&case, kind, &pools),
                            Precision::F64 => follow::<f64>(&case, kind, &pools),
                        });
                        if let Err(error) = outcome {
                            panic!("SAE_LAB_SEED={seed}, {kind:?} in {precision:?}: {error}");
                        }
                    }
                }
            }
        }
    }
    let (steps, interrupted) = (
        STEPS.load(Ordering::Relaxed),
        INTERRUPTED.load(Ordering::Relaxed),
    );
    println!("{steps} steps, {interrupted} epochs interrupted on their way");
    assert!(steps >= 20_000, "{steps} steps are too few");
    assert!(
        interrupted >= 500,
        "{interrupted} interruptions are too few"
    );
}

/// The whole window of a run's life is the same from any of its epochs.
#[test]
fn a_run_can_be_forked_from_any_epoch() {
    let pool = Arc::new(WorkerPool::new(1));
    let case = Case {
        samples: 20,
        inputs: 9,
        hidden: 4,
        seed: 3,
        batch: 7,
        wide_samples: false,
        operations: Vec::new(),
    };
    let kind = Kind {
        optimizer: OptimizerKind::Adam,
        full_batch: false,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let data = case.data(0);
    let experiment = case.experiment(kind, Precision::F32);
    let mut run = Run::<f32>::new(experiment, Arc::clone(&data), None, Arc::clone(&pool)).unwrap();
    let mut past = vec![run.checkpoint()];
    for _ in 0..10 {
        run.epoch(&|| true);
        past.push(run.checkpoint());
    }
    for (epoch, checkpoint) in past.iter().enumerate() {
        let (data, pool) = (Arc::clone(&data), Arc::clone(&pool));
        let mut fork = Run::<f32>::resume(checkpoint.clone(), data, pool).unwrap();
        for _ in epoch..10 {
            fork.epoch(&|| true);
        }
        assert_eq!(fork.checkpoint(), past[10], "from epoch {epoch}");
    }
}
