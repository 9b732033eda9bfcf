//! What the views of *why* ask of a snapshot, as a window would: on a thread beside the trainer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sae_lab::data::{DataSet, EmbeddedSet};
use sae_lab::model::gradient_check::{CheckProgress, EXPECTED};
use sae_lab::model::inspection::Listing;
use sae_lab::model::{GradientForm, Hyperparameters};
use sae_lab::training::{
    Background, Command, Experiment, Outcome, Snapshot, SnapshotInspector, Trainer,
};

use super::experiment;

/// A snapshot of `experiment` after `epochs`.
fn snapshot(experiment: Experiment, data: Arc<DataSet>, epochs: u64) -> Arc<Snapshot> {
    let trainer = Trainer::start(experiment, data, 2, || {}).unwrap();
    for _ in 0..epochs {
        trainer.send(Command::StepEpoch).unwrap();
    }
    let start = Instant::now();
    loop {
        match trainer.snapshot() {
            Some(snapshot) if snapshot.epoch == epochs => return snapshot,
            _ => assert!(start.elapsed() < Duration::from_secs(60)),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn finish<P: Send + 'static, R: Send + 'static>(work: &Background<P, R>) -> R {
    let start = Instant::now();
    loop {
        match work.outcome() {
            Some(Outcome::Done(result)) => return result,
            Some(_) => panic!("cancelled or failed"),
            None => assert!(start.elapsed() < Duration::from_secs(60)),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
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
    let work = Background::<(), _>::start(
        "inspector",
        || {},
        move |_| {
            let start = Instant::now();
            let inspector = SnapshotInspector::new(&seen).ok()?;
            let pass = start.elapsed();
            let first = inspector.unit(7, Listing::default())?;
            Some((inspector, first, pass, start.elapsed() - pass))
        },
    )
    .unwrap();
    let (inspector, found, pass, unit) = finish(&work);
    println!(
        "784-196-784, {}: pass {pass:?}, a unit {unit:?}",
        inspector.sample()
    );
    assert_eq!((inspector.version.run, inspector.version.epoch), (1, 2));
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
        let work = Background::<CheckProgress, _>::start(
            "check",
            || {},
            move |watcher| {
                let start = Instant::now();
                let check = seen.check_gradient(|progress| watcher.tell(progress));
                check.map(|(check, live)| (check, live, start.elapsed()))
            },
        )
        .unwrap();
        let (check, live, took) = finish(&work);
        let sentence = check.sentence(&snapshot.objective());
        println!("{}, {took:?}: {sentence}", live.sample);
        assert_eq!(live.sample.count, 100);
        let progress = work.progress().unwrap();
        assert_eq!((progress.done, progress.block), (progress.in_all, 3));
        if gradient == GradientForm::Exact {
            assert!(check.relative_error <= EXPECTED, "{sentence}");
        } else {
            assert!(check.relative_error > 1e-2 && !check.passes(), "{sentence}");
            assert!(sentence.contains("stands outside the product with f′(z2)"));
        }
        let seen = Arc::clone(&snapshot);
        let work = Background::<CheckProgress, _>::start(
            "check",
            || {},
            move |watcher| seen.check_gradient(|progress| watcher.tell(progress)),
        )
        .unwrap();
        work.cancel();
        let start = Instant::now();
        while work.outcome() != Some(Outcome::Cancelled) {
            assert!(start.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
