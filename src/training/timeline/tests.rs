//! What is kept stays within its budget and close to every epoch; what is replayed has the bits of the run.

use std::sync::Arc;

use ndarray::Array2;

use super::thinning::{Candidate, stay};
use super::*;
use crate::data::{DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use crate::model::{BatchSize, Hyperparameters, OptimizerKind};
use crate::numerics::{Real, WorkerPool};
use crate::training::record::{Change, Cut, Gesture, Value};
use crate::training::run::Arrival;
use crate::training::trainer::RunId;
use crate::training::{EpochEnd, Experiment, Run, Setting};

const RUN: RunId = RunId(1);

fn data(samples: usize, inputs: usize) -> Arc<DataSet> {
    let values = Array2::from_shape_fn((samples, inputs), |(i, j)| {
        (0.5 + 0.4 * ((i * (j % 3 + 2) + j) as f64 * 0.73).sin()) as f32
    });
    Arc::new(DataSet::new(
        "waves",
        DataSpec::embedded(EmbeddedSet::Bars),
        Samples::F32(values),
        SampleShape::Vector { length: inputs },
    ))
}

fn pool(threads: usize) -> Arc<WorkerPool> {
    Arc::new(WorkerPool::new(threads))
}

/// A run with its archive, as the driver keeps it.
struct Kept<T: Real> {
    run: Run<T>,
    archive: Archive,
    /// Every moment with its bits.
    sums: Vec<(Moment, u64)>,
    at: Moment,
}

impl<T: Real> Kept<T> {
    fn new(optimizer: OptimizerKind, batch: BatchSize, budget: usize) -> Self {
        Self::of(data(20, 6), 4, optimizer, batch, budget)
    }

    fn of(
        data: Arc<DataSet>,
        hidden: usize,
        optimizer: OptimizerKind,
        batch: BatchSize,
        budget: usize,
    ) -> Self {
        let experiment = Experiment {
            hidden,
            precision: T::PRECISION,
            hyperparameters: Hyperparameters {
                optimizer,
                batch,
                ..Hyperparameters::default()
            },
            ..Experiment::default()
        };
        let run = Run::<T>::new(experiment, data, None, pool(1)).unwrap();
        let archive = Archive::new(budget);
        archive.show(RUN);
        archive.open(RUN, run.experiment(), Arc::clone(run.data()));
        let mut kept = Self {
            run,
            archive,
            sums: Vec::new(),
            at: Moment::default(),
        };
        kept.record();
        kept
    }

    fn record(&mut self) {
        let frame = self.run.keyframe(self.archive.most_for_a_frame());
        self.sums.push((self.at, frame.checksum()));
        self.archive.record(RUN, frame);
        assert_eq!(self.archive.now(RUN), Some(self.at));
    }

    fn set(&mut self, setting: Setting, value: f64, gesture: u64) {
        self.run
            .set(Change {
                setting,
                value: Value::Number(value),
                gesture: Gesture(gesture),
            })
            .unwrap();
    }

    fn epoch(&mut self) {
        let changes = |edits: &[crate::training::Edit]| {
            let change = |edit: &crate::training::Edit| Change {
                setting: edit.setting,
                value: edit.new,
                gesture: edit.gesture,
            };
            edits.iter().map(change).collect()
        };
        match self.run.epoch(&|| true) {
            EpochEnd::Finished { edits } => {
                if !edits.is_empty() {
                    self.archive.done(RUN, Deed::Edits(changes(&edits)));
                }
                self.at = Moment::end_of(self.at.epoch + 1);
            }
            EpochEnd::Diverged { edits, .. } => {
                self.archive.done(RUN, Deed::Diverged(changes(&edits)));
                self.at.turn += 1;
            }
            EpochEnd::Interrupted => unreachable!(),
        }
        self.record();
    }

    fn revive(&mut self, units: &[usize]) {
        let revived = self.run.revive(units);
        if !revived.is_empty() {
            self.archive.done(RUN, Deed::Revived(revived));
            self.at.turn += 1;
            self.record();
        }
    }
}

/// Edits, a divergence with its way out, and revivals.
fn lived<T: Real>(optimizer: OptimizerKind, batch: BatchSize, budget: usize) -> Kept<T> {
    let mut kept = Kept::<T>::new(optimizer, batch, budget);
    for epoch in 1..=150 {
        match epoch {
            10 => kept.set(Setting::WeightDecay, 0.3, 1),
            14 => kept.set(Setting::WeightDecay, 1e-4, 2),
            20 => kept.set(Setting::WeightDecay, 1e200, 3),
            21 => kept.set(Setting::WeightDecay, 2e-4, 4),
            30 => kept.set(Setting::SparsityWeight, 1.0, 5),
            31 => kept.set(Setting::SparsityWeight, 0.5, 5),
            25 | 40 => kept.revive(&[0, 1, 2, 3]),
            _ => {}
        }
        kept.epoch();
    }
    kept
}

/// The same in so little memory that many of the keyframes go.
fn lived_in_little<T: Real>(optimizer: OptimizerKind, batch: BatchSize) -> Kept<T> {
    let ample = lived::<T>(optimizer, batch, 64 << 20);
    let one = ample.archive.at(RUN, ample.at).unwrap().frame.bytes();
    let kept = lived::<T>(optimizer, batch, 68 * one);
    let frames = kept.archive.memory(RUN).frames;
    assert!(frames * 5 < kept.sums.len() * 3, "{optimizer:?}: {frames}");
    kept
}

#[test]
fn every_moment_is_replayed_to_its_bits() {
    for optimizer in OptimizerKind::ALL {
        for batch in [BatchSize::Samples(7), BatchSize::Full] {
            let kept = lived_in_little::<f32>(optimizer, batch);
            assert!(kept.sums.iter().any(|(moment, _)| moment.turn > 0));
            for (moment, sum) in &kept.sums {
                let replay = kept.archive.replay(RUN, *moment).unwrap();
                let frame = replay.run(pool(2), &|_| true).unwrap();
                assert_eq!(frame.checksum(), *sum, "{optimizer:?} {batch:?} {moment:?}");
                assert_eq!(frame.epoch, moment.epoch);
                assert!(frame.is_whole() && frame.is_intact());
            }
        }
    }
    let kept = lived_in_little::<f64>(OptimizerKind::Adam, BatchSize::Samples(7));
    for (moment, sum) in kept.sums.iter().step_by(7) {
        let replay = kept.archive.replay(RUN, *moment).unwrap();
        assert_eq!(replay.run(pool(1), &|_| true).unwrap().checksum(), *sum);
    }
}

#[test]
fn a_run_that_goes_on_from_any_moment_is_the_run_that_never_stopped() {
    for optimizer in OptimizerKind::ALL {
        let kept = lived::<f32>(optimizer, BatchSize::Samples(7), 4 << 20);
        let now = kept.run.keyframe(usize::MAX);
        for (moment, _) in kept.sums.iter().rev().step_by(5) {
            let frame = kept.archive.replay(RUN, *moment).unwrap();
            let frame = frame.run(pool(1), &|_| true).unwrap();
            let cut = Cut {
                record: frame.record(kept.run.data().variance),
                units: &frame.units,
                edits: frame.edits,
                revived: frame.revived,
            };
            let history = kept.run.state().history.cut(&cut);
            let data = Arc::clone(kept.run.data());
            let experiment = kept.run.experiment();
            let run = Run::<f32>::at(experiment, &frame, history, data, pool(3)).unwrap();
            assert_eq!(run.keyframe(usize::MAX).checksum(), frame.checksum());
            assert_eq!(run.state().history.edits().appended(), frame.edits);
            assert_eq!(run.state().history.revived(), frame.revived);
            assert_eq!(*run.state().settings, frame.settings);
        }
        // what comes after the last deed needs none
        let late = Moment::end_of(45);
        let frame = kept.archive.replay(RUN, late).unwrap();
        let frame = frame.run(pool(1), &|_| true).unwrap();
        let history = crate::training::History::new().cut(&Cut {
            record: frame.record(1.0),
            units: &frame.units,
            edits: 0,
            revived: 0,
        });
        let (experiment, data) = (kept.run.experiment(), Arc::clone(kept.run.data()));
        let mut run = Run::<f32>::at(experiment, &frame, history, data, pool(1)).unwrap();
        while run.state().epoch < now.epoch {
            run.epoch(&|| true);
        }
        assert_eq!(run.keyframe(usize::MAX).checksum(), now.checksum());
    }
}

/// Random epochs of larger runs with edits and revivals, to their bits: by default 8 epochs of 64-16-64, in full 200 of
/// 784-196-784, with L-BFGS 50, for of that the weights alone are kept.
#[test]
fn random_epochs_of_larger_runs_are_replayed_to_their_bits() {
    use rand::{RngExt as _, SeedableRng as _};

    let full = std::env::var_os("SAE_LAB_FULL").is_some();
    let (samples, inputs, hidden, epochs, draws, budget) = match full {
        true => (100, 784, 196, 600, 200, 256 << 20),
        false => (40, 64, 16, 60, 8, 64 << 20),
    };
    for optimizer in OptimizerKind::ALL {
        let mut kept = Kept::<f32>::of(
            data(samples, inputs),
            hidden,
            optimizer,
            BatchSize::Samples(25),
            budget,
        );
        for epoch in 1..=epochs {
            match epoch * 60 / epochs {
                10 => kept.set(Setting::WeightDecay, 0.05, 1),
                16 => kept.set(Setting::WeightDecay, 1e-4, 2),
                25 => kept.set(Setting::SparsityTarget, 0.1, 3),
                _ => {}
            }
            if epoch == epochs / 3 || epoch == epochs / 2 {
                kept.revive(&[0, 1, 2, 3]);
            }
            kept.epoch();
        }
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
        // each of these trains on from the first epoch
        let draws = match optimizer {
            OptimizerKind::Lbfgs if full => draws / 4,
            _ => draws,
        };
        for _ in 0..draws {
            let (moment, sum) = kept.sums[random.random_range(0..kept.sums.len())];
            let replay = kept.archive.replay(RUN, moment).unwrap();
            let frame = replay.run(pool(2), &|_| true).unwrap();
            assert_eq!(frame.checksum(), sum, "{optimizer:?} {moment:?}");
        }
        println!(
            "{optimizer:?}: {draws} random epochs of {inputs}-{hidden}-{inputs}, {} frames kept of {}",
            kept.archive.memory(RUN).frames,
            kept.sums.len()
        );
    }
}

#[test]
fn the_budget_holds_and_every_epoch_has_a_frame_nearby() {
    let budget = 60 << 10;
    let mut kept = Kept::<f32>::new(OptimizerKind::Momentum, BatchSize::Samples(7), budget);
    for _ in 0..3_000 {
        kept.epoch();
        assert!(kept.archive.total() <= budget);
    }
    let MemoryUse { bytes, frames } = kept.archive.memory(RUN);
    assert!(bytes <= budget && frames > 40, "{frames} frames, {bytes}");
    let furthest = (0..=3_000).map(|epoch| {
        let nearest = kept.archive.nearest(RUN, epoch).unwrap();
        nearest.moment.epoch.abs_diff(epoch)
    });
    assert!(furthest.max().unwrap() <= 100);
    let near_now = kept.archive.nearest(RUN, 2_990).unwrap().moment.epoch;
    assert!(near_now.abs_diff(2_990) <= 10, "dense lately: {near_now}");
    assert_eq!(kept.archive.first(RUN), Some(0));
}

#[test]
fn frames_at_deeds_stay_longer_than_others() {
    let candidate = |epoch, interest| Candidate {
        moment: Moment::end_of(epoch),
        bytes: 100,
        interest,
    };
    let candidates: Vec<Candidate> = (0..1_000)
        .map(|epoch| match epoch {
            333 => candidate(epoch, Interest::Deed),
            555 => candidate(epoch, Interest::Life),
            _ => candidate(epoch, Interest::Plain),
        })
        .collect();
    let kept = stay(&candidates, 6_000);
    let epochs: Vec<usize> = (0..1_000).filter(|epoch| kept[*epoch]).collect();
    assert!(epochs.len() <= 60 && epochs.len() > 50, "{epochs:?}");
    assert!(epochs.contains(&0) && epochs.contains(&999));
    assert!(epochs.contains(&333) && epochs.contains(&555), "{epochs:?}");
    // where nothing fits, the ends stay
    let ends = stay(&candidates, 0);
    assert_eq!(ends.iter().filter(|kept| **kept).count(), 2);
}

#[test]
fn what_cannot_be_had_is_said() {
    let kept = Kept::<f32>::new(OptimizerKind::Adam, BatchSize::Full, 1 << 20);
    let future = kept.archive.replay(RUN, Moment::end_of(7)).unwrap_err();
    assert_eq!(future, Unreachable::Future { epoch: 7, now: 0 });
    let other = kept
        .archive
        .replay(RunId(9), Moment::end_of(0))
        .unwrap_err();
    assert_eq!(other, Unreachable::NothingKept);
    // of the weights alone nothing can go on
    let mut small = Kept::<f32>::new(OptimizerKind::Adam, BatchSize::Full, 64);
    small.epoch();
    let later = Archive::new(64);
    later.open(RUN, small.run.experiment(), Arc::clone(small.run.data()));
    later.record(RUN, small.run.keyframe(later.most_for_a_frame()));
    let nowhere = later.replay(RUN, Moment::end_of(1)).unwrap_err();
    assert_eq!(nowhere, Unreachable::NoStart { epoch: 1 });
    assert!(!later.nearest(RUN, 1).unwrap().frame.is_whole());
}

/// Nothing is remembered at a run's beginning but its weights: however little room a frame has, it is whole, and every later
/// moment can be trained again from it.
#[test]
fn where_frames_are_weights_alone_the_past_begins_whole() {
    let mut kept = Kept::<f32>::new(OptimizerKind::Adam, BatchSize::Full, 64);
    for _ in 0..3 {
        kept.epoch();
    }
    assert!(
        kept.archive
            .at(RUN, Moment::end_of(0))
            .unwrap()
            .frame
            .is_whole()
    );
    let replay = kept.archive.replay(RUN, Moment::end_of(2)).unwrap();
    assert_eq!(replay.epochs(), 2);
    let frame = replay.run(pool(1), &|_| true).unwrap();
    assert!(frame.is_whole());
    assert_eq!(frame.checksum(), kept.sums[2].1);
}

#[test]
fn a_damaged_frame_is_not_gone_on_from_and_a_replay_that_differs_says_so() {
    let kept = lived::<f32>(OptimizerKind::Momentum, BatchSize::Samples(7), 1 << 20);
    let mut replay = kept.archive.replay(RUN, Moment::end_of(8)).unwrap();
    replay.from = Moment::end_of(3);
    replay.frame = kept.archive.at(RUN, replay.from).unwrap().frame;
    replay.known = vec![(Moment::end_of(5), 17)];
    let differs = replay.run(pool(1), &|_| true).unwrap_err();
    assert_eq!(differs, ReplayError::Differs { epoch: 5 });
    replay.known.clear();
    assert!(replay.run(pool(1), &|_| true).is_ok());
    assert_eq!(
        replay.run(pool(1), &|_| false).unwrap_err(),
        ReplayError::Stopped
    );
    let mut damaged = (*replay.frame).clone();
    damaged.spoil();
    replay.frame = Arc::new(damaged);
    let refused = replay.run(pool(1), &|_| true).unwrap_err();
    assert!(matches!(refused, ReplayError::Start(_)), "{refused}");
}

#[test]
fn a_branch_shares_the_past_and_the_others_give_way_to_the_run_in_view() {
    let mut kept = Kept::<f32>::new(OptimizerKind::Momentum, BatchSize::Samples(7), 1 << 20);
    (0..50).for_each(|_| kept.epoch());
    let alone = kept.archive.total();
    let branch = RunId(2);
    assert!(kept.archive.branch(RUN, Moment::end_of(30), branch));
    assert!(
        kept.archive.total() - alone < 1_000,
        "what is shared counts once"
    );
    assert_eq!(kept.archive.now(branch), Some(Moment::end_of(30)));
    let at = |run| kept.archive.at(run, Moment::end_of(20)).unwrap().frame;
    assert!(Arc::ptr_eq(&at(RUN), &at(branch)));
    let before = kept.archive.memory(RUN).frames;
    kept.archive.set_budget(alone / 2);
    assert_eq!(kept.archive.memory(branch).frames.min(2), 2);
    assert!(kept.archive.memory(RUN).frames < before);
    assert!(kept.archive.total() <= alone / 2);
    kept.archive.forget(RUN);
    assert!(kept.archive.nearest(RUN, 3).is_none());
    assert!(kept.archive.nearest(branch, 3).is_some());
}

/// Moments of a training elsewhere, at epochs 10, 20, … 100.
fn elsewhere() -> Archive {
    let experiment = Experiment {
        hidden: 4,
        ..Experiment::default()
    };
    let arrival = |epoch: u64| {
        let weights = crate::model::Parameters::<f64>::initial(6, 4, epoch);
        Arrival::new(
            epoch,
            Hyperparameters::default(),
            &weights,
            experiment.precision,
        )
    };
    let mut run =
        Run::<f32>::elsewhere(experiment.clone(), &arrival(10), data(20, 6), pool(1)).unwrap();
    let archive = Archive::new(1 << 20);
    archive.open(RUN, experiment.clone(), Arc::clone(run.data()));
    archive.record(RUN, run.keyframe(0));
    for epoch in (20..=100).step_by(10) {
        run.absorb(&arrival(epoch)).unwrap();
        archive.arrived(RUN, run.keyframe(0));
    }
    archive
}

#[test]
fn of_a_training_elsewhere_only_what_arrived_is_shown() {
    let archive = elsewhere();
    let nearest = |epoch| archive.last_of(RUN, epoch).unwrap().epoch;
    assert_eq!(
        [10, 14, 16, 40, 96, 100].map(nearest),
        [10, 10, 20, 40, 100, 100]
    );
    let stepped = |epoch, by| archive.stepped(RUN, epoch, by).unwrap();
    assert_eq!((stepped(50, -1), stepped(50, 1)), (40, 60));
    assert_eq!(
        (stepped(100, -1), stepped(50, -10), stepped(50, 10)),
        (90, 10, 100)
    );
    // what is kept is there at once, and nothing between
    let replay = archive.replay(RUN, Moment::end_of(50)).unwrap();
    assert_eq!((replay.epochs(), replay.to()), (0, Moment::end_of(50)));
    assert!(replay.run(pool(1), &|_| true).unwrap().is_whole());
    let between = archive.replay(RUN, Moment::end_of(55)).unwrap_err();
    assert_eq!(between, Unreachable::NoStart { epoch: 55 });
}

#[test]
fn a_run_that_goes_on_from_a_training_elsewhere_is_replayed_from_there_on() {
    let archive = elsewhere();
    let (at, own) = (Moment::end_of(50), RunId(2));
    let frame = archive.at(RUN, at).unwrap().frame;
    assert!(archive.branch(RUN, at, own));
    let experiment = Experiment {
        hidden: 4,
        ..Experiment::default()
    };
    let record = frame.record(1.0);
    let history = crate::training::History::new().cut(&Cut {
        record,
        units: &frame.units,
        edits: 0,
        revived: 0,
    });
    let mut run = Run::<f32>::at(experiment, &frame, history, data(20, 6), pool(1)).unwrap();
    let mut sums = Vec::new();
    for _ in 0..6 {
        assert!(matches!(run.epoch(&|| true), EpochEnd::Finished { .. }));
        let kept = run.keyframe(usize::MAX);
        sums.push(kept.checksum());
        if kept.epoch.is_multiple_of(3) {
            archive.record(own, kept);
        }
    }
    let replay = archive.replay(own, Moment::end_of(53)).unwrap();
    let again = replay.run(pool(1), &|_| true).unwrap();
    assert_eq!(again.checksum(), sums[2]);
    let stepped = |epoch, by| archive.stepped(own, epoch, by).unwrap();
    assert_eq!(
        (stepped(51, -1), stepped(50, -1), stepped(50, 1)),
        (50, 40, 51)
    );
    assert_eq!(archive.last_of(own, 52), Some(Moment::end_of(52)));
}
