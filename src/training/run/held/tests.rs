//! What is held out is looked at and changes nothing.

use std::sync::Arc;

use ndarray::Array2;

use super::*;
use crate::data::{DataSpec, EmbeddedSet, SampleShape, Samples};
use crate::model::{BatchSize, Hyperparameters, OptimizerKind};
use crate::numerics::WorkerPool;
use crate::training::{Checkpoint, Experiment, ResumeError};

const INPUTS: usize = 6;

fn samples(count: usize, shift: f64) -> Array2<f32> {
    Array2::from_shape_fn((count, INPUTS), |(i, j)| {
        (0.5 + 0.4 * ((i * (j % 3 + 2) + j) as f64 * 0.73 + shift).sin()) as f32
    })
}

/// 40 samples, and `test` more that are held out.
fn data(test: usize, shift: f64) -> Arc<DataSet> {
    let training = Samples::F32(samples(40, 0.0));
    let part = TestPart::new(&training, Samples::F32(samples(test, shift)), None);
    let spec = DataSpec::embedded(EmbeddedSet::Bars);
    let shape = SampleShape::Vector { length: INPUTS };
    Arc::new(DataSet {
        test: (test > 0).then(|| Arc::new(part)),
        ..DataSet::new("waves", spec, training, shape)
    })
}

fn run<T: Real>(data: &Arc<DataSet>, optimizer: OptimizerKind, batch: BatchSize) -> Run<T> {
    let experiment = Experiment {
        hidden: 4,
        hyperparameters: Hyperparameters {
            optimizer,
            batch,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    };
    Run::new(
        experiment,
        Arc::clone(data),
        None,
        Arc::new(WorkerPool::new(2)),
    )
    .unwrap()
}

fn bits<T: Real>(run: &Run<T>) -> Vec<u64> {
    let state = run.state();
    let weights = state.parameters.flat().iter().map(|weight| weight.f64());
    let cost = [state.cost.total(), run.fvu()];
    weights.chain(cost).map(f64::to_bits).collect()
}

fn follow<T: Real>() {
    for optimizer in OptimizerKind::ALL {
        for batch in [BatchSize::Full, BatchSize::Samples(7)] {
            let mut alone = run::<T>(&data(0, 0.0), optimizer, batch);
            let mut tested = run::<T>(&data(9, 1.0), optimizer, batch);
            for epoch in 0..9 {
                assert_eq!(
                    bits(&alone),
                    bits(&tested),
                    "{optimizer:?} {batch:?} {epoch}"
                );
                assert_eq!(alone.test_loss(), None);
                if epoch % 3 == 1 {
                    tested.test_loss(); // whoever asks
                }
                alone.epoch(&|| true);
                tested.epoch(&|| true);
            }
            let every: Vec<bool> = tested
                .state()
                .history
                .records()
                .map(|r| r.test.is_some())
                .collect();
            let eighth: Vec<bool> = (0..10).map(|epoch| epoch % 8 == 0).collect();
            assert_eq!(every, eighth, "9 of 40: every eighth epoch");
            assert!(
                alone
                    .state()
                    .history
                    .records()
                    .all(|record| record.test.is_none())
            );
        }
    }
}

#[test]
fn the_training_has_the_same_bits_with_and_without() {
    follow::<f32>();
    follow::<f64>();
}

#[test]
fn the_loss_is_that_of_the_formula_about_the_training_mean() {
    let data = data(5, 1.0);
    let mut run = run::<f64>(&data, OptimizerKind::Adam, BatchSize::Full);
    for _ in 0..20 {
        run.epoch(&|| true);
    }
    let (training, test) = (samples(40, 0.0), samples(5, 1.0));
    let test = test.mapv(f64::from);
    let mean = training
        .mapv(f64::from)
        .mean_axis(ndarray::Axis(0))
        .unwrap();
    let (_, output) = run.reconstruct(test.view());
    let half = |array: Array2<f64>| array.mapv(|value| value * value).sum() / 10.0;
    let (loss, variance) = (half(output - &test), half(test - &mean));
    let (epoch, found) = run.state().history.tested().unwrap();
    assert_eq!((epoch, Some(found)), (20, run.test_loss()));
    assert!((found.reconstruction_loss - loss).abs() < 1e-12 * loss);
    assert!((found.fvu - loss / variance).abs() < 1e-12);
}

#[test]
fn a_checkpoint_knows_what_was_held_out() {
    let same = data(9, 1.0);
    let mut run = run::<f32>(&same, OptimizerKind::Momentum, BatchSize::Samples(7));
    for _ in 0..3 {
        run.epoch(&|| true);
    }
    let bytes = run.checkpoint().to_bytes().unwrap();
    let resume = |data: &Arc<DataSet>| {
        let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
        Run::<f32>::resume(checkpoint, Arc::clone(data), Arc::new(WorkerPool::new(1)))
    };
    let mut again = resume(&same).unwrap();
    for _ in 0..6 {
        run.epoch(&|| true);
        again.epoch(&|| true);
    }
    assert_eq!(run.checkpoint(), again.checkpoint());
    assert!(
        again
            .state()
            .history
            .tested()
            .is_some_and(|(epoch, _)| epoch == 8)
    );
    for other in [data(9, 2.0), data(0, 0.0)] {
        assert_eq!(resume(&other).err(), Some(ResumeError::OtherTest));
    }
}

#[test]
fn a_large_test_part_is_measured_now_and_then() {
    let strides = [
        (0, 1),
        (41, 1),
        (42, 2),
        (250, 8),
        (1_000, 32),
        (9_000, 256),
    ];
    for (test, stride) in strides {
        assert_eq!(test_stride(1_000, test), stride, "{test}");
        // three fifths of the time of as many to train on
        assert!(
            0.6 * test as f64 / stride as f64 <= 0.03 * 1_000.0,
            "{test}"
        );
    }
    assert_eq!(test_stride(0, usize::MAX), 256);
}
