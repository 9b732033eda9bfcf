//! The ledger closes, each force is that of its own term, and keeping it changes no bit.

use std::sync::Arc;

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use sae_lab::model::{BatchSize, Hyperparameters, Objective, OptimizerKind, reference};
use sae_lab::numerics::{Real, WorkerPool};
use sae_lab::training::run::{Force, NoLedger};
use sae_lab::training::{Change, EpochEnd, Experiment, Gesture, Run, Setting, Value};

const UNIT: usize = 2;

fn pool() -> Arc<WorkerPool> {
    Arc::new(WorkerPool::new(1))
}

fn run<T: Real>(optimizer: OptimizerKind, batch: BatchSize) -> Run<T> {
    let values = Array2::from_shape_fn((60, 12), |(i, j)| {
        (0.5 + 0.4 * ((i * (j % 3 + 2) + j) as f64 * 0.73).sin()) as f32
    });
    let data = DataSet::new(
        "waves",
        DataSpec::embedded(EmbeddedSet::Bars),
        Samples::F32(values),
        SampleShape::Vector { length: 12 },
    );
    let experiment = Experiment {
        hidden: 5,
        precision: T::PRECISION,
        hyperparameters: Hyperparameters {
            optimizer,
            batch,
            learning_rate: 0.2,
            weight_decay: 1e-3,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    };
    Run::new(experiment, Arc::new(data), None, pool()).unwrap()
}

fn set<T: Real>(run: &mut Run<T>, setting: Setting, value: Value) {
    let gesture = Gesture(1);
    run.set(Change {
        setting,
        value,
        gesture,
    })
    .unwrap();
}

/// 80 epochs with all settings changed on the way, the ledger from epoch 15 on, where momentum is on its way.
fn lived<T: Real>(optimizer: OptimizerKind, batch: BatchSize, keep: bool) -> Run<T> {
    let mut run = run::<T>(optimizer, batch);
    for epoch in 0..80 {
        if epoch == 15 && keep {
            run.keep_ledger(UNIT, pool());
        }
        let number = |value| Value::Number(value);
        match epoch {
            20 => set(&mut run, Setting::WeightDecay, number(2e-2)),
            30 => set(&mut run, Setting::LearningRate, number(0.1)),
            40 => set(&mut run, Setting::SparsityWeight, number(1.0)),
            50 => set(&mut run, Setting::Momentum, number(0.5)),
            // diverges, and comes back
            60 => set(&mut run, Setting::WeightDecay, number(1e200)),
            61 => set(&mut run, Setting::WeightDecay, number(1e-3)),
            70 => set(&mut run, Setting::SparsityTarget, number(0.1)),
            _ => {}
        }
        let end = run.epoch(&|| true);
        assert_eq!(matches!(end, EpochEnd::Diverged { .. }), epoch == 60);
    }
    run
}

/// Whether it closes, and rounding is at most the part `most` of the longest.
fn closes<T: Real>(most: f64) {
    for optimizer in [OptimizerKind::Descent, OptimizerKind::Momentum] {
        // a remainder, none, one sample, more than there are, all
        for batch in [7, 20, 1, 1_000] {
            closes_with::<T>(optimizer, BatchSize::Samples(batch), most);
        }
        closes_with::<T>(optimizer, BatchSize::Full, most);
    }
}

fn closes_with<T: Real>(optimizer: OptimizerKind, batch: BatchSize, most: f64) {
    let run = lived::<T>(optimizer, batch, true);
    let ledger = run.ledger().unwrap().unwrap();
    assert_eq!((ledger.from, ledger.to, ledger.unit), (15, 79, UNIT));
    assert_eq!(ledger.change.len(), 2 * 12 + 1);
    let (gap, rounding) = (ledger.gap(), ledger.share(Force::Rounding));
    let precision = T::PRECISION;
    println!("{precision:?} {optimizer:?} {batch:?}: gap {gap:.1e}, rounding {rounding:.1e}");
    assert!(gap <= 1e-12, "{optimizer:?} {batch:?}: {gap:e}");
    assert!(rounding <= most, "{optimizer:?} {batch:?}: {rounding:e}");
    // the change is that of the weights
    let mut before = self::run::<T>(optimizer, batch);
    (0..15).for_each(|_| assert!(matches!(before.epoch(&|| true), EpochEnd::Finished { .. })));
    let row = |run: &Run<T>, place: usize| run.parameters().encoder_weights()[[UNIT, place]].f64();
    for place in 0..12 {
        let moved = row(&run, place) - row(&before, place);
        assert!((ledger.change[place] - moved).abs() <= 1e-12);
    }
    let sum: f64 = Force::all().map(|force| ledger.along(force)).sum();
    assert!((sum - ledger.length()).abs() <= 1e-6 * ledger.length());
    let memory = ledger.along(Force::Momentum);
    assert_eq!(memory == 0.0, optimizer == OptimizerKind::Descent);
    // nothing of it is in the run
    let without = lived::<T>(optimizer, batch, false);
    assert_eq!(
        run.keyframe(usize::MAX).checksum(),
        without.keyframe(usize::MAX).checksum()
    );
}

#[test]
fn it_closes_in_f64() {
    closes::<f64>(1e-11);
}

#[test]
fn it_closes_in_f32() {
    closes::<f32>(1e-5);
}

#[test]
fn each_force_is_that_of_its_own_term() {
    let mut run = run::<f64>(OptimizerKind::Descent, BatchSize::Full);
    (0..5).for_each(|_| drop(run.epoch(&|| true)));
    let before = run.parameters().clone();
    let settings = run.state().settings;
    let samples = run.data().samples.to::<f64>().into_owned();
    let architecture = run.architecture();
    let gradient = |sparsity_weight, weight_decay| {
        let objective = Objective {
            sparsity_weight,
            weight_decay,
            ..Objective::from(&settings)
        };
        reference::cost_and_gradient(&architecture, &before, samples.view(), &objective).gradient
    };
    let (plain, decayed, sparse) = (
        gradient(0.0, 0.0),
        gradient(0.0, settings.weight_decay),
        gradient(settings.sparsity_weight, 0.0),
    );
    run.keep_ledger(UNIT, pool());
    run.epoch(&|| true);
    let ledger = run.ledger().unwrap().unwrap();
    let encoder = before.encoder_range().skip(UNIT * 12).take(12);
    let bias = before.encoder_bias_range().skip(UNIT).take(1);
    let decoder = before.decoder_range().skip(UNIT).step_by(5);
    for (index, place) in encoder.chain(bias).chain(decoder).enumerate() {
        let of = |force: Force| ledger.part(force)[index] / -settings.learning_rate;
        let [plain, decayed, sparse] = [&plain, &decayed, &sparse].map(|all| all.flat()[place]);
        assert!((of(Force::Reconstruction) - plain).abs() < 1e-12);
        assert!((of(Force::Decay) - (decayed - plain)).abs() < 1e-12);
        assert!((of(Force::Sparsity) - (sparse - plain)).abs() < 1e-12);
    }
    assert!(
        ledger.along(Force::Sparsity).abs() > 1e-3,
        "it says something"
    );
}

#[test]
fn an_epoch_that_is_taken_back_leaves_no_trace() {
    let mut run = run::<f64>(OptimizerKind::Momentum, BatchSize::Samples(7));
    (0..5).for_each(|_| drop(run.epoch(&|| true)));
    run.keep_ledger(UNIT, pool());
    run.epoch(&|| true);
    let before = run.ledger().unwrap().unwrap();
    let kind = |kind| Value::Optimizer(kind);
    set(&mut run, Setting::Optimizer, kind(OptimizerKind::Adam));
    let asked = std::cell::Cell::new(0);
    let third = || asked.replace(asked.get() + 1) < 3;
    assert_eq!(run.epoch(&third), EpochEnd::Interrupted);
    assert_eq!(run.ledger().unwrap().unwrap(), before);
    set(&mut run, Setting::Optimizer, kind(OptimizerKind::Momentum));
    run.epoch(&|| true);
    let after = run.ledger().unwrap().unwrap();
    assert!(after.gap() < 1e-12 && after.share(Force::Rounding) < 1e-12);
    assert_eq!((after.from, after.to), (5, 7));
}

#[test]
fn what_was_not_moved_by_terms_is_refused() {
    let mut run = run::<f32>(OptimizerKind::Momentum, BatchSize::Samples(7));
    assert!(run.ledger().is_none());
    run.keep_ledger(UNIT, pool());
    run.epoch(&|| true);
    assert!(run.ledger().unwrap().is_ok());
    set(
        &mut run,
        Setting::Optimizer,
        Value::Optimizer(OptimizerKind::Adam),
    );
    run.epoch(&|| true);
    let refused = run.ledger().unwrap().unwrap_err();
    let kind = OptimizerKind::Adam;
    assert_eq!(refused, NoLedger::Optimizer { kind });
    let words = refused.to_string();
    assert!(words.contains("descent and momentum"), "{words}");
    // from here on it is momentum again, which begins at rest
    set(
        &mut run,
        Setting::Optimizer,
        Value::Optimizer(OptimizerKind::Momentum),
    );
    run.epoch(&|| true);
    run.keep_ledger(UNIT, pool());
    run.keep_ledger(99, pool());
    assert!(run.ledger().is_none(), "there is no such unit");
    run.keep_ledger(UNIT, pool());
    set(&mut run, Setting::WeightDecay, Value::Number(1.0));
    while !run.dead_units().contains(&UNIT) {
        run.epoch(&|| true);
    }
    assert_eq!(run.revive(&[UNIT]), [UNIT]);
    let epoch = run.state().epoch;
    let refused = run.ledger().unwrap().unwrap_err();
    assert_eq!(refused, NoLedger::Revived { unit: UNIT, epoch });
}
