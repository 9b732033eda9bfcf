//! Why units live and die: what a run records of its gradients and units, what the autopsy makes of it, and revival.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it found"
)]

mod autopsy;
mod gradients;
mod matching;
mod revival;
mod views;
mod watched;

use std::sync::{Arc, OnceLock};

use sae_lab::data::{self, DataSet, DataSource, DataSpec, EmbeddedSet};
use sae_lab::model::{CheckedHyperparameters, Hyperparameters, Parameters};
use sae_lab::numerics::{Real, WorkerPool};
use sae_lab::training::{EpochEnd, Experiment, Gesture, Preset, Run};

fn embedded(set: EmbeddedSet) -> Arc<DataSet> {
    static SETS: OnceLock<[OnceLock<Arc<DataSet>>; 6]> = OnceLock::new();
    let index = EmbeddedSet::ALL.iter().position(|s| *s == set).unwrap();
    let slot = &SETS.get_or_init(Default::default)[index];
    Arc::clone(slot.get_or_init(|| Arc::new(data::load(&DataSpec::embedded(set)).unwrap())))
}

fn experiment(set: EmbeddedSet, hidden: usize, hyperparameters: Hyperparameters) -> Experiment {
    Experiment {
        data: DataSpec::embedded(set),
        hidden,
        hyperparameters,
        ..Experiment::default()
    }
}

fn begin<T: Real>(experiment: Experiment, initial: Option<Parameters<T>>) -> Run<T> {
    let DataSource::Embedded(set) = experiment.data.source else {
        panic!("an embedded set")
    };
    let pool = Arc::new(WorkerPool::new(2));
    Run::new(experiment, embedded(set), initial, pool).unwrap()
}

/// 8×8 patches of the photographs: small, and quick to live and to die.
fn photos_49() -> Run<f32> {
    let settings = Hyperparameters {
        sparsity_target: 0.02,
        learning_rate: 0.2,
        ..Hyperparameters::default()
    };
    begin(experiment(EmbeddedSet::Photos, 49, settings), None)
}

fn of_preset(preset: Preset) -> Run<f32> {
    begin(preset.experiment(), None)
}

fn settings<T: Real>(
    run: &Run<T>,
    change: impl FnOnce(&mut Hyperparameters),
) -> CheckedHyperparameters {
    let mut settings = *run.state().settings;
    change(&mut settings);
    settings.check().unwrap()
}

/// `epochs` with the settings in force.
fn advance<T: Real>(run: &mut Run<T>, epochs: u64) {
    let now = run.state().settings;
    advance_with(run, &now, epochs);
}

fn advance_with<T: Real>(run: &mut Run<T>, settings: &CheckedHyperparameters, epochs: u64) {
    run.set_all(settings, Gesture(run.state().epoch));
    for _ in 0..epochs {
        let end = run.epoch(&|| true);
        assert!(matches!(end, EpochEnd::Finished { .. }), "{end:?}");
    }
}
