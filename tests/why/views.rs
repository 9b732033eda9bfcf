//! What the views of *why* ask of a snapshot, as a window would: on a thread beside the trainer.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use sae_lab::data::{DataSet, EmbeddedSet};
use sae_lab::model::gradient_check::EXPECTED;
use sae_lab::model::inspection::Listing;
use sae_lab::model::{GradientForm, Hyperparameters};
use sae_lab::training::trainer::{Ask, RunId};
use sae_lab::training::{Experiment, Snapshot, SnapshotInspector};

use super::experiment;
use super::watched::Watched;

/// A snapshot of `experiment` after `epochs`.
fn snapshot(experiment: Experiment, data: Arc<DataSet>, epochs: u64) -> Arc<Snapshot> {
    let mut run = Watched::open(experiment, data);
    (0..epochs).for_each(|_| run.ask(Ask::Step));
    run.until(|snapshot| snapshot.epoch == epochs)
}

/// What `work` comes to on a thread of its own.
fn beside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, result) = sync_channel(1);
    std::thread::spawn(move || done.send(work()));
    result.recv_timeout(Duration::from_secs(60)).unwrap()
}

#[test]
fn an_inspector_of_clothes_is_quick_and_agrees_with_the_trainer() {
    let settings = Hyperparameters {
        sparsity_target: 0.1,
        weight_decay: 3e-3,
        ..Hyperparameters::default()
    };
    let data = super::embedded(EmbeddedSet::Fashion);
    let snapshot = snapshot(experiment(EmbeddedSet::Fashion, 196, settings), data, 2);
    let seen = Arc::clone(&snapshot);
    let (inspector, found, pass, unit) = beside(move || {
        let start = Instant::now();
        let inspector = SnapshotInspector::new(&seen).unwrap();
        let pass = start.elapsed();
        let first = inspector.unit(7, Listing::default()).unwrap();
        (inspector, first, pass, start.elapsed() - pass)
    });
    println!(
        "784-196-784, {}: pass {pass:?}, a unit {unit:?}",
        inspector.sample()
    );
    assert_eq!(
        (inspector.version.run, inspector.version.epoch),
        (RunId(1), 2)
    );
    assert!(inspector.sample().is_whole());
    let golden = &snapshot.units[7];
    let near = |a: f64, b: f64| (a - b).abs() < 1e-5;
    assert!(near(
        found.activation.mean_activation,
        golden.mean_activation
    ));
    assert!(near(found.activation.spread, golden.spread()));
    assert!(near(
        found.activation.standard_deviation,
        golden.standard_deviation
    ));
    assert!(near(found.feature_norm, golden.feature_norm));
    assert!((found.ablation.fvu - snapshot.fvu).abs() < 1e-4 * snapshot.fvu);
    assert!(inspector.unit(196, Listing::default()).is_none());
    // one of the shown samples on its way through
    let way = snapshot.look_through(snapshot.inputs.row(3)).unwrap();
    let activations = snapshot.activations.row(3);
    assert!(
        way.activations
            .iter()
            .zip(activations)
            .all(|(a, b)| near(*a, f64::from(*b)))
    );
    let shown = snapshot.reconstructions.row(3);
    assert!(
        way.reconstruction
            .iter()
            .zip(shown)
            .all(|(a, b)| near(*a, f64::from(*b)))
    );
    assert_eq!(
        snapshot.decode(&way.activations).unwrap(),
        way.reconstruction
    );
}

#[test]
fn a_gradient_check_runs_beside_the_trainer_and_can_be_cancelled() {
    for gradient in [GradientForm::Exact, GradientForm::Printed] {
        // at α 1e-3 descent as printed survives
        let settings = Hyperparameters {
            gradient,
            learning_rate: 1e-3,
            ..Hyperparameters::default()
        };
        let data = super::embedded(EmbeddedSet::Digits);
        let snapshot = snapshot(experiment(EmbeddedSet::Digits, 25, settings), data, 1);
        let seen = Arc::clone(&snapshot);
        let ((check, live), last, took) = beside(move || {
            let (start, mut last) = (Instant::now(), None);
            let checked = seen.check_gradient(|progress| {
                last = Some(progress);
                ControlFlow::Continue(())
            });
            (checked.unwrap(), last.unwrap(), start.elapsed())
        });
        let sentence = check.sentence(&snapshot.objective());
        println!("{}, {took:?}: {sentence}", live.sample);
        assert_eq!(live.sample.count, 100);
        assert_eq!((last.done, last.block), (last.in_all, 3));
        if gradient == GradientForm::Exact {
            assert!(check.relative_error <= EXPECTED, "{sentence}");
        } else {
            assert!(check.relative_error > 1e-2 && !check.passes(), "{sentence}");
            assert!(sentence.contains("stands outside the product with f′(z2)"));
        }
        let seen = Arc::clone(&snapshot);
        let (checked, told) = beside(move || {
            let mut told = 0;
            let checked = seen.check_gradient(|_| {
                told += 1;
                ControlFlow::Break(())
            });
            (checked, told)
        });
        assert_eq!((checked, told), (None, 1), "it stops when it is told to");
    }
}
