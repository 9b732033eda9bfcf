//! A run goes on with the same bits in another process, whatever it was trained by.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use sae_lab::model::{
    BatchSize, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
};
use sae_lab::numerics::{Precision, Real, WorkerPool};
use sae_lab::training::{Change, Checkpoint, Experiment, Gesture, Run, Setting, Value};

/// Names the folder of checkpoints in the process that is to resume them.
const FOLDER: &str = "SAE_LAB_TEST_CHECKPOINTS";
const INPUTS: usize = 9;
const EPOCHS: usize = 6;

fn data() -> Arc<DataSet> {
    let value = |(i, j): (usize, usize)| ((i * 7 + j * 5 + i * j) % 11) as f32 / 11.0;
    let shape = SampleShape::Vector { length: INPUTS };
    let samples = Samples::F32(Array2::from_shape_fn((24, INPUTS), value));
    let spec = DataSpec::embedded(EmbeddedSet::Bars);
    Arc::new(DataSet::new("steps", spec, samples, shape))
}

/// Every optimiser, batch kind and activation pair, in both precisions.
fn experiments() -> Vec<Experiment> {
    let mut experiments = Vec::new();
    for optimizer in OptimizerKind::ALL {
        for batch in [BatchSize::Full, BatchSize::Samples(7)] {
            for hidden_activation in HiddenActivation::ALL {
                for output_activation in OutputActivation::ALL {
                    for precision in [Precision::F32, Precision::F64] {
                        experiments.push(Experiment {
                            hidden: 4,
                            hidden_activation,
                            output_activation,
                            precision,
                            hyperparameters: Hyperparameters {
                                optimizer,
                                batch,
                                ..Hyperparameters::default()
                            },
                            ..Experiment::default()
                        });
                    }
                }
            }
        }
    }
    experiments
}

fn train<T: Real>(run: &mut Run<T>) -> Vec<u8> {
    for _ in 0..EPOCHS {
        run.epoch(&|| true);
    }
    run.checkpoint().to_bytes().unwrap()
}

/// A run with a past: its checkpoint goes to `file`, and what it becomes without a break is returned.
fn begin<T: Real>(experiment: Experiment, pool: Arc<WorkerPool>, file: &Path) -> Vec<u8> {
    let mut run = Run::<T>::new(experiment, data(), None, pool).unwrap();
    train(&mut run);
    run.set(Change {
        setting: Setting::SparsityTarget,
        value: Value::Number(0.1),
        gesture: Gesture(1),
    })
    .unwrap();
    run.revive(&[2]);
    std::fs::write(file, train(&mut run)).unwrap();
    train(&mut run)
}

/// What the checkpoint in `file` becomes.
fn resume<T: Real>(pool: Arc<WorkerPool>, file: &Path) -> Vec<u8> {
    let checkpoint = Checkpoint::from_bytes(&std::fs::read(file).unwrap()).unwrap();
    train(&mut Run::<T>::resume(checkpoint, data(), pool).unwrap())
}

fn place(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number}.checkpoint"))
}

#[test]
fn a_run_goes_on_in_another_process() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return resume_all(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let pool = Arc::new(WorkerPool::new(1));
    let whole: Vec<Vec<u8>> = experiments()
        .into_iter()
        .enumerate()
        .map(|(number, experiment)| {
            let (pool, file) = (Arc::clone(&pool), place(folder.path(), number));
            match experiment.precision {
                Precision::F32 => begin::<f32>(experiment, pool, &file),
                Precision::F64 => begin::<f64>(experiment, pool, &file),
            }
        })
        .collect();
    let other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_run_goes_on_in_another_process"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(other.status.success(), "{other:?}");
    for (number, whole) in whole.iter().enumerate() {
        let file = place(folder.path(), number).with_extension("resumed");
        let resumed = std::fs::read(file).unwrap();
        assert!(resumed == *whole, "{:?}", experiments()[number]);
    }
}

/// The other process's part, on another number of threads.
fn resume_all(folder: &Path) {
    let pool = Arc::new(WorkerPool::new(2));
    for (number, experiment) in experiments().into_iter().enumerate() {
        let (pool, file) = (Arc::clone(&pool), place(folder, number));
        let resumed = match experiment.precision {
            Precision::F32 => resume::<f32>(pool, &file),
            Precision::F64 => resume::<f64>(pool, &file),
        };
        std::fs::write(file.with_extension("resumed"), resumed).unwrap();
    }
}
