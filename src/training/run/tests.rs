//! Hostile checkpoints: cut, flipped, of other data, with every field corrupted.

use std::sync::Arc;

use ndarray::Array2;

use super::checkpoint::{Checkpoint, LbfgsMemory, Numbers, OptimizerMemory, VERSION, seal};
use super::*;
use crate::data::{DataSpec, EmbeddedSet, SampleShape, Samples};
use crate::model::{BatchSize, Hyperparameters, OptimizerKind};
use crate::numerics::Precision;
use crate::training::record::{History, Value};

pub(super) fn data(samples: usize, inputs: usize, shift: f64) -> Arc<DataSet> {
    let values = Array2::from_shape_fn((samples, inputs), |(i, j)| {
        (0.5 + 0.4 * ((i * (j % 3 + 2) + j) as f64 * 0.73 + shift).sin()) as f32
    });
    Arc::new(DataSet::new(
        "waves",
        DataSpec::embedded(EmbeddedSet::Bars),
        Samples::F32(values),
        SampleShape::Vector { length: inputs },
    ))
}

pub(super) fn pool() -> Arc<WorkerPool> {
    Arc::new(WorkerPool::new(1))
}

/// After a few epochs, an edit, and with another one staged.
fn run(optimizer: OptimizerKind, batch: BatchSize) -> Run<f32> {
    let experiment = Experiment {
        hidden: 3,
        hyperparameters: Hyperparameters {
            optimizer,
            batch,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    };
    let mut run = Run::new(experiment, data(8, 5, 0.0), None, pool()).unwrap();
    for epoch in 0..4 {
        if epoch == 2 {
            change(&mut run, Setting::WeightDecay, 2e-4, 1);
        }
        run.epoch(&|| true);
    }
    change(&mut run, Setting::SparsityWeight, 2.0, 2);
    run
}

fn change(run: &mut Run<f32>, setting: Setting, value: f64, gesture: u64) {
    run.set(Change {
        setting,
        value: Value::Number(value),
        gesture: Gesture(gesture),
    })
    .unwrap();
}

fn runs() -> impl Iterator<Item = Run<f32>> {
    OptimizerKind::ALL.into_iter().flat_map(|optimizer| {
        [BatchSize::Samples(3), BatchSize::Full].map(|batch| run(optimizer, batch))
    })
}

fn resume(checkpoint: Checkpoint) -> Result<Run<f32>, ResumeError> {
    Run::resume(checkpoint, data(8, 5, 0.0), pool())
}

#[test]
fn bytes_come_back_to_the_bit() {
    for run in runs() {
        let checkpoint = run.checkpoint();
        let bytes = checkpoint.to_bytes().unwrap();
        let back = Checkpoint::from_bytes(&bytes).unwrap();
        assert_eq!(back, checkpoint);
        let again = resume(back).unwrap();
        assert_eq!(again.checkpoint(), checkpoint);
        assert_eq!(again.staged(), run.staged());
        assert_eq!(again.next_settings(), run.next_settings());
        assert_eq!(again.resumed_on_other_path(), None);
    }
}

#[test]
fn every_cut_is_refused() {
    for run in runs() {
        let checkpoint = run.checkpoint();
        let bytes = checkpoint.to_bytes().unwrap();
        for end in 0..bytes.len() {
            assert!(Checkpoint::from_bytes(&bytes[..end]).is_err(), "{end}");
        }
        // and where the sum is that of the cut body, too
        let body = checkpoint.body().unwrap();
        for end in 0..body.len() {
            let cut = Checkpoint::from_bytes(&seal(VERSION, &body[..end]));
            assert_eq!(cut, Err(CheckpointError::Damaged), "{end}");
        }
        let mut longer = body;
        longer.push(0);
        assert!(Checkpoint::from_bytes(&seal(VERSION, &longer)).is_err());
    }
}

#[test]
fn a_flipped_byte_is_damage_and_a_forged_one_never_panics() {
    for run in runs() {
        let checkpoint = run.checkpoint();
        let mut bytes = checkpoint.to_bytes().unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 0x10;
            assert!(Checkpoint::from_bytes(&bytes).is_err(), "{at}");
            bytes[at] ^= 0x10;
        }
        // with the right sum it may be another run, which then runs
        let mut body = checkpoint.body().unwrap();
        for at in 0..body.len() {
            let flip = [0x01, 0x80, 0xff][at % 3];
            body[at] ^= flip;
            let forged = Checkpoint::from_bytes(&seal(VERSION, &body));
            if let Ok(Ok(mut run)) = forged.map(resume) {
                run.epoch(&|| true);
                run.revive(&[0, 1, 2]);
                run.state().history.markers().count();
                assert!(run.checkpoint().to_bytes().is_ok());
            }
            body[at] ^= flip;
        }
    }
}

#[test]
fn a_length_that_the_bytes_do_not_bear_out_allocates_nothing() {
    let body = run(OptimizerKind::Descent, BatchSize::Full)
        .checkpoint()
        .body()
        .unwrap();
    // the first length is that of the kernel path's name
    let path = body
        .windows(2)
        .position(|pair| pair[0] as usize > 1 && pair[1].is_ascii_alphabetic());
    let mut forged = body[..path.unwrap()].to_vec();
    forged.extend([0xff; 9]);
    forged.push(0x01);
    forged.extend(&body[path.unwrap()..]);
    let read = Checkpoint::from_bytes(&seal(VERSION, &forged));
    assert_eq!(read, Err(CheckpointError::Damaged));
}

/// What is refused, and how, when `corrupt` has been at the checkpoint.
fn refusal(optimizer: OptimizerKind, corrupt: impl FnOnce(&mut Checkpoint)) -> ResumeError {
    let run = run(optimizer, BatchSize::Full);
    let mut checkpoint = run.checkpoint();
    assert!(resume(checkpoint.clone()).is_ok());
    corrupt(&mut checkpoint);
    let through_bytes = Checkpoint::from_bytes(&seal(VERSION, &checkpoint.body().unwrap()));
    let error = resume(through_bytes.unwrap()).err().expect("a refusal");
    assert!(!error.to_string().is_empty());
    error
}

fn spoil(numbers: &mut Numbers) {
    if let Numbers::F32(values) = numbers {
        values[1] = f32::NAN;
    }
}

fn shorten(numbers: &mut Numbers) {
    if let Numbers::F32(values) = numbers {
        values.pop();
    }
}

#[test]
fn every_array_is_named_where_it_is_short_or_not_finite() {
    use OptimizerKind::{Adam, Descent, Lbfgs, Momentum};
    type Pick = fn(&mut Checkpoint) -> &mut Numbers;
    let arrays: [(OptimizerKind, &str, Pick); 7] = [
        (Descent, "parameters", |c| &mut c.parameters),
        (Momentum, "velocities", |c| match &mut c.optimizer {
            OptimizerMemory::Momentum { velocity } => velocity,
            other => panic!("{other:?}"),
        }),
        (Adam, "first moments", |c| match &mut c.optimizer {
            OptimizerMemory::Adam { first, .. } => first,
            other => panic!("{other:?}"),
        }),
        (Adam, "second moments", |c| match &mut c.optimizer {
            OptimizerMemory::Adam { second, .. } => second,
            other => panic!("{other:?}"),
        }),
        (Lbfgs, "gradient of L-BFGS", |c| &mut lbfgs(c).gradient),
        (Lbfgs, "steps of L-BFGS", |c| &mut lbfgs(c).corrections[0].0),
        (Lbfgs, "gradient changes of L-BFGS", |c| {
            &mut lbfgs(c).corrections[0].1
        }),
    ];
    for (optimizer, name, pick) in arrays {
        let error = refusal(optimizer, |c| spoil(pick(c)));
        assert_eq!(error, ResumeError::NotFinite { name });
        let error = refusal(optimizer, |c| shorten(pick(c)));
        let (found, expected) = (37, 38);
        assert_eq!(
            error,
            ResumeError::Length {
                name,
                found,
                expected
            }
        );
        let error = refusal(optimizer, |c| *pick(c) = Numbers::F64(vec![0.0; 38]));
        let wrong = if name == "parameters" {
            ResumeError::Precision {
                found: Precision::F64,
                wanted: Precision::F32,
            }
        } else {
            ResumeError::Inconsistent { what: name }
        };
        assert_eq!(error, wrong);
    }
}

fn lbfgs(checkpoint: &mut Checkpoint) -> &mut LbfgsMemory {
    match &mut checkpoint.optimizer {
        OptimizerMemory::Lbfgs(Some(memory)) => memory,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_other_field_is_checked() {
    use OptimizerKind::{Adam, Descent, Lbfgs};
    let inconsistent = |what| ResumeError::Inconsistent { what };
    assert_eq!(
        refusal(Descent, |c| c.version = VERSION + 1),
        ResumeError::Newer {
            found: VERSION + 1,
            newest: VERSION
        }
    );
    assert_eq!(
        refusal(Descent, |c| c.version = VERSION - 1),
        ResumeError::Older { found: VERSION - 1 }
    );
    assert_eq!(
        refusal(Descent, |c| c.samples.fingerprint[3] ^= 1),
        ResumeError::OtherData
    );
    assert!(matches!(
        refusal(Descent, |c| c.samples.count = 9),
        ResumeError::Shape { samples: 9, .. }
    ));
    assert!(matches!(
        refusal(Descent, |c| c.experiment.hidden = usize::MAX / 2),
        ResumeError::Size(RunError::TooLarge { .. })
    ));
    assert!(matches!(
        refusal(Descent, |c| c.experiment.hidden = 4),
        ResumeError::Length {
            name: "parameters",
            ..
        }
    ));
    assert!(matches!(
        refusal(Descent, |c| c.settings.sparsity_target = f64::NAN),
        ResumeError::Settings(_)
    ));
    assert!(matches!(
        refusal(Descent, |c| c.staged[0].value = Value::Number(-1.0)),
        ResumeError::Staged(_)
    ));
    assert!(matches!(
        refusal(Descent, |c| c.staged[0].setting = Setting::Batch),
        ResumeError::Staged(_)
    ));
    assert_eq!(
        refusal(Descent, |c| c.staged.push(c.staged[0])),
        inconsistent("staged changes")
    );
    assert_eq!(
        refusal(Descent, |c| c.epoch = u64::MAX),
        inconsistent("epochs")
    );
    assert_eq!(
        refusal(Descent, |c| c.epoch = 3),
        inconsistent("recorded epochs")
    );
    assert_eq!(
        refusal(Descent, |c| c.optimizer = OptimizerMemory::Lbfgs(None)),
        inconsistent("optimiser's memory")
    );
    assert_eq!(
        refusal(Lbfgs, |c| c.gradient_known = true),
        inconsistent("gradient")
    );
    assert_eq!(
        refusal(Lbfgs, |c| lbfgs(c).cost = f64::INFINITY),
        ResumeError::NotFinite {
            name: "costs of L-BFGS"
        }
    );
    assert!(matches!(
        refusal(Lbfgs, |c| {
            let memory = lbfgs(c);
            let one = memory.corrections[0].clone();
            memory.corrections.resize(21, one);
        }),
        ResumeError::Length {
            name: "corrections",
            found: 21,
            ..
        }
    ));
    assert_eq!(
        refusal(Adam, |c| {
            if let OptimizerMemory::Adam { steps, .. } = &mut c.optimizer {
                *steps = -1;
            }
        }),
        inconsistent("steps of Adam")
    );
    assert!(matches!(
        refusal(Descent, |c| c.units.truncate(2)),
        ResumeError::Length {
            name: "unit statistics",
            found: 2,
            expected: 3
        }
    ));
    assert_eq!(
        refusal(Descent, |c| c.history = History::new()),
        inconsistent("recorded epochs")
    );
}

#[test]
fn another_kernel_path_is_told_and_no_error() {
    let mut checkpoint = run(OptimizerKind::Adam, BatchSize::Full).checkpoint();
    checkpoint.kernel_path = "NEON of old".to_owned();
    let run = resume(checkpoint).unwrap();
    let other = run.resumed_on_other_path().unwrap();
    assert_eq!(other.kernel_path, "NEON of old");
    assert!(other.to_string().contains("NEON of old"));
    assert_ne!(run.checkpoint().kernel_path(), "NEON of old");
}

#[test]
fn a_newer_version_is_named_before_anything_is_read() {
    let read = Checkpoint::from_bytes(&seal(7, b"who knows"));
    assert_eq!(
        read,
        Err(CheckpointError::Newer {
            found: 7,
            newest: VERSION
        })
    );
    assert_eq!(
        Checkpoint::from_bytes(b"PK\x03\x04"),
        Err(CheckpointError::NotACheckpoint)
    );
    assert_eq!(
        Checkpoint::from_bytes(b""),
        Err(CheckpointError::NotACheckpoint)
    );
}

#[test]
fn a_divergence_is_the_same_twice_and_can_be_stored() {
    for optimizer in OptimizerKind::ALL {
        let diverged = || {
            let mut run = run(optimizer, BatchSize::Samples(3));
            let weights = run.parameters().clone();
            change(&mut run, Setting::WeightDecay, 1e200, 3);
            let end = run.epoch(&|| true);
            assert!(
                matches!(end, EpochEnd::Diverged { epoch: 5, .. }),
                "{optimizer:?}: {end:?}"
            );
            assert_eq!(run.parameters(), &weights);
            assert_eq!(run.state().settings.weight_decay, 1e200);
            assert_eq!(run.state().history.edits().edits().len(), 3);
            assert!(run.staged().is_empty());
            run
        };
        let (mut run, stored) = (diverged(), diverged().checkpoint());
        assert_eq!(run.checkpoint(), stored);
        let mut again = resume(stored).unwrap();
        for run in [&mut run, &mut again] {
            change(run, Setting::WeightDecay, 1e-4, 4);
            let end = run.epoch(&|| true);
            assert!(matches!(end, EpochEnd::Finished { .. }), "{end:?}");
        }
        assert_eq!(run.checkpoint(), again.checkpoint());
    }
}

/// A run on bytes is, to the bit, the run on their numbers, in either precision; and goes on from a checkpoint of it.
#[test]
fn bytes_train_as_their_numbers_do() {
    fn on<T: Real>(optimizer: OptimizerKind, batch: BatchSize) {
        let bytes =
            Array2::from_shape_fn((60, 7), |(i, j)| ((i * 37 + j * 11 + i * j) % 256) as u8);
        let numbers = Samples::F32(bytes.mapv(|byte| f32::from(byte) / 255.0));
        let stored = crate::data::StoredLevels::new(bytes.into_shared(), 255).unwrap();
        let set = |samples| {
            let spec = DataSpec::embedded(EmbeddedSet::Bars);
            let mut set = DataSet::new("b", spec, samples, SampleShape::Vector { length: 7 });
            set.test = Some(Arc::new(crate::data::TestPart::new(
                &set.samples,
                set.samples.clone(),
                None,
            )));
            Arc::new(set)
        };
        let experiment = Experiment {
            hidden: 5,
            hyperparameters: Hyperparameters {
                optimizer,
                batch,
                ..Hyperparameters::default()
            },
            ..Experiment::default()
        };
        let run = |data| Run::<T>::new(experiment.clone(), data, None, pool()).unwrap();
        let (numbers, bytes) = (set(numbers), set(Samples::Levels(stored)));
        let (mut expected, mut run) = (run(Arc::clone(&numbers)), run(Arc::clone(&bytes)));
        for _ in 0..3 {
            expected.epoch(&|| true);
            run.epoch(&|| true);
        }
        assert_eq!(run.parameters().flat(), expected.parameters().flat());
        assert_eq!(run.state().history, expected.state().history);
        let mut resumed = Run::<T>::resume(expected.checkpoint(), bytes, pool()).unwrap();
        resumed.revive(&[0, 1]);
        expected.revive(&[0, 1]);
        resumed.epoch(&|| true);
        expected.epoch(&|| true);
        assert_eq!(resumed.parameters().flat(), expected.parameters().flat());
        let spectra = (resumed.spectrum(), expected.spectrum());
        assert!(spectra.0.is_some());
        assert_eq!(spectra.0, spectra.1);
    }
    for (optimizer, batch) in [
        (OptimizerKind::Descent, BatchSize::Full),
        (OptimizerKind::Adam, BatchSize::Samples(7)),
        (OptimizerKind::Lbfgs, BatchSize::Full),
    ] {
        on::<f32>(optimizer, batch);
        on::<f64>(optimizer, batch);
    }
}
