//! Runs open, train, rest, go on from a checkpoint, fail and close.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::model::{BatchSize, Parameters};
use sae_lab::numerics::Precision;
use sae_lab::training::trainer::{Activity, Ask, DataId, Event, RunId};
use sae_lab::training::{Experiment, Snapshot};

use crate::lab::{Lab, Simulated, data, experiment, on_every_host};

/// The units' tracks may be thinned differently on their way here.
fn same_past(a: &Snapshot, b: &Snapshot) -> bool {
    a.history.records().eq(b.history.records())
        && a.history.lives().all() == b.history.lives().all()
}

#[test]
fn it_opens_paused_with_the_seeds_own_weights() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.until_paused_at(1, 0);
        let snapshot = lab.snapshot(1);
        assert_eq!(snapshot.parameters, Parameters::initial(9, 4, 1));
        assert!(snapshot.cost.is_finite() && snapshot.fvu > 0.0);
        assert_eq!(snapshot.reconstructions.dim(), snapshot.inputs.dim());
        let [(run, opened)] = &lab.opened[..] else {
            panic!("{:?}", lab.opened)
        };
        assert_eq!((run.0, opened.inputs, opened.hidden), (1, 9, 4));
        assert_eq!((opened.epoch, &opened.other_numerics), (0, &None));
        assert!(lab.events.is_empty());
    });
}

#[test]
fn play_pause_and_step_do_what_they_say() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.steps(1, 1);
        lab.until_paused_at(1, 1);
        lab.steps(1, 2);
        lab.until_paused_at(1, 3);
        lab.ask(1, Ask::Play);
        lab.until_epoch(1, 50);
        assert_eq!(lab.snapshot(1).activity, Activity::Training);
        lab.ask(1, Ask::Pause);
        lab.until("pause", |lab| {
            lab.has(1, |s| s.activity == Activity::Paused)
        });
        let epoch = lab.snapshot(1).epoch;
        lab.steps(1, 1);
        lab.until_paused_at(1, epoch + 1);
    });
}

#[test]
fn a_run_goes_no_further_than_where_it_was_to_pause_even_if_that_is_asked_too_late() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.steps(1, 3);
        lab.until_paused_at(1, 3);
        lab.ask(1, Ask::PauseAt(Some(3)));
        lab.ask(1, Ask::Play);
        lab.until("the pause is told", |lab| {
            let paused = |event: &Event| matches!(event, Event::PausedAt { epoch: 3 });
            lab.event(1, paused).is_some()
        });
        lab.until_paused_at(1, 3);
        // asked for once, it holds once
        lab.ask(1, Ask::Play);
        lab.until_epoch(1, 20);
        lab.ask(1, Ask::PauseAt(Some(5)));
        lab.until("pause", |lab| {
            lab.has(1, |s| s.activity == Activity::Paused)
        });
    });
}

#[test]
fn the_same_experiment_is_the_same_run_to_the_bit() {
    on_every_host(|lab| {
        for run in 1..=2 {
            lab.open(run, experiment(), &data());
            lab.steps(run, 5);
            lab.until_paused_at(run, 5);
        }
        assert_eq!(lab.snapshot(1).parameters, lab.snapshot(2).parameters);
        assert!(same_past(lab.snapshot(1), lab.snapshot(2)));
    });
}

#[test]
fn two_runs_train_side_by_side_and_each_heeds_its_own_requests() {
    on_every_host(|lab| {
        let other = Experiment {
            hidden: 6,
            seed: 9,
            ..experiment()
        };
        lab.open(1, experiment(), &data());
        lab.open(2, other, &data());
        lab.ask(1, Ask::Play);
        lab.ask(2, Ask::Play);
        lab.until_epoch(1, 30);
        lab.until_epoch(2, 30);
        lab.ask(1, Ask::Pause);
        lab.until("pause", |lab| {
            lab.has(1, |s| s.activity == Activity::Paused)
        });
        let (rests, goes_on) = (lab.snapshot(1).epoch, lab.snapshot(2).epoch);
        lab.until_epoch(2, goes_on + 20);
        assert_eq!(lab.snapshot(1).epoch, rests);
        assert_eq!(lab.snapshot(2).parameters.hidden(), 6);
        lab.ask(2, Ask::Close);
        lab.steps(1, 1);
        lab.until_paused_at(1, rests + 1);
        lab.ask(2, Ask::Play);
        lab.until("a refusal", |lab| {
            lab.event(2, |event| matches!(event, Event::Refused { .. }))
                .is_some()
        });
    });
}

#[test]
fn a_run_goes_on_from_its_checkpoint_as_if_nothing_had_happened() {
    on_every_host(|lab| {
        for precision in [Precision::F32, Precision::F64] {
            let first = 10 * (lab.checkpoints.len() as u64 + 1);
            let experiment = Experiment {
                precision,
                ..experiment()
            };
            lab.open(first, experiment.clone(), &data());
            lab.steps(first, 7);
            lab.until_paused_at(first, 7);
            lab.ask(first, Ask::Checkpoint);
            let count = lab.checkpoints.len();
            lab.until("checkpoint", |lab| lab.checkpoints.len() > count);
            let checkpoint = Box::new(lab.checkpoints[count].clone());
            lab.open(first + 1, experiment.clone(), &data()); // so that its frames have a place
            lab.until_paused_at(first + 1, 0);
            lab.ask(first + 1, Ask::Close);
            let id = lab.share(&data());
            let mirror =
                sae_lab::training::trainer::Mirror::new(RunId(first + 1), experiment, data());
            lab.mirrors.insert(RunId(first + 1), mirror);
            lab.ask(
                first + 1,
                Ask::Resume {
                    checkpoint,
                    data: id,
                },
            );
            for run in [first, first + 1] {
                lab.steps(run, 6);
                lab.until_paused_at(run, 13);
            }
            let (went_on, resumed) = (lab.snapshot(first), lab.snapshot(first + 1));
            assert_eq!(went_on.parameters, resumed.parameters);
            assert!(same_past(went_on, resumed));
        }
    });
}

#[test]
fn what_cannot_open_says_why_and_the_other_run_goes_on() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.steps(1, 1);
        lab.until_paused_at(1, 1);
        let none = Experiment {
            hidden: 0,
            ..experiment()
        };
        lab.open(2, none, &data());
        lab.ask(
            3,
            Ask::Open {
                experiment: Box::new(experiment()),
                data: DataId(999),
            },
        );
        lab.open(1, experiment(), &data());
        for (run, word) in [(2, "hidden"), (3, "store"), (1, "already open")] {
            lab.until("refusal", |lab| {
                lab.event(run, |event| match event {
                    Event::NotOpened { message } | Event::Refused { message } => {
                        message.contains(word)
                    }
                    _ => false,
                })
                .is_some()
            });
        }
        lab.steps(1, 1);
        lab.until("the second epoch", |lab| lab.has(1, |s| s.epoch == 2));
    });
}

#[test]
fn a_checkpoint_on_other_data_is_refused_and_the_run_in_place_stays() {
    on_every_host(|lab| {
        lab.open(1, experiment(), &data());
        lab.steps(1, 2);
        lab.until_paused_at(1, 2);
        lab.ask(1, Ask::Checkpoint);
        lab.until("checkpoint", |lab| !lab.checkpoints.is_empty());
        let samples = Array2::from_shape_fn((60, 9), |(i, j)| ((i * 9 + j) as f32 * 0.01).cos());
        let other = Arc::new(DataSet::new(
            "others",
            DataSpec::file("others"),
            Samples::F32(samples),
            SampleShape::grey(3, 3),
        ));
        let id = lab.share(&other);
        let checkpoint = Box::new(lab.checkpoints[0].clone());
        lab.ask(
            2,
            Ask::Resume {
                checkpoint,
                data: id,
            },
        );
        lab.until("refusal", |lab| {
            lab.event(2, |event| matches!(event, Event::NotOpened { .. }))
                .is_some()
        });
        lab.steps(1, 1);
        lab.until_paused_at(1, 3);
    });
}

#[test]
fn a_panic_is_caught_and_told_and_ends_its_run_alone() {
    let moon = Arc::new(AtomicBool::new(false));
    let full = Arc::clone(&moon);
    let host = Simulated::new(Box::new(move || {
        assert!(!full.swap(false, Ordering::Relaxed), "the moon is full");
        false
    }));
    let mut lab = Lab::new(host);
    lab.open(1, experiment(), &data());
    lab.open(2, experiment(), &data());
    lab.steps(1, 5);
    lab.until_paused_at(1, 5);
    moon.store(true, Ordering::Relaxed);
    lab.ask(1, Ask::Play);
    lab.until("panic", |lab| {
        lab.event(1, |event| match event {
            Event::Panicked { message } => message.contains("the moon is full"),
            _ => false,
        })
        .is_some()
    });
    lab.steps(2, 3);
    lab.until_paused_at(2, 3);
    lab.open(3, experiment(), &data());
    lab.steps(3, 1);
    lab.until_paused_at(3, 1);
}

#[test]
fn a_hundred_panics_leave_nothing_behind_and_the_next_run_begins_at_once() {
    let moon = Arc::new(AtomicBool::new(false));
    let full = Arc::clone(&moon);
    let host = Simulated::new(Box::new(move || {
        assert!(!full.swap(false, Ordering::Relaxed), "the moon is full");
        false
    }));
    let mut lab = Lab::new(host);
    let mut kept = Vec::new();
    for run in 1..=100 {
        lab.open(run, experiment(), &data());
        lab.steps(run, 2);
        lab.until_paused_at(run, 2);
        moon.store(true, Ordering::Relaxed);
        lab.ask(run, Ask::Play);
        lab.until("panic", |lab| {
            lab.event(run, |event| matches!(event, Event::Panicked { .. }))
                .is_some()
        });
        lab.ask(run, Ask::Close);
        lab.steps(run, 1); // of a run that is gone: refused, and nothing else
        kept.push(lab.kept_bytes());
    }
    assert!(kept.iter().all(|bytes| *bytes == kept[0]), "{kept:?}");
}

#[test]
fn a_new_run_does_not_wait_for_a_long_epoch() {
    // hundreds of thousands of samples of one value each, one by one: an epoch takes long
    let samples = Array2::from_elem((400_000, 1), 0.4f32);
    let shape = SampleShape::Vector { length: 1 };
    let long = Arc::new(DataSet::new(
        "long",
        DataSpec::file("long"),
        Samples::F32(samples),
        shape,
    ));
    let mut crawl = experiment();
    crawl.hyperparameters.batch = BatchSize::Samples(1);
    let thread = sae_lab::training::trainer::TrainerThread::start(1, Box::new(|| {})).unwrap();
    let mut lab = Lab::<Box<dyn sae_lab::training::trainer::Host>>::new(Box::new(thread));
    lab.open(1, crawl, &long);
    lab.ask(1, Ask::Play);
    lab.until("the long run", |lab| lab.has(1, |_| true));
    lab.open(2, experiment(), &data());
    lab.ask(2, Ask::Play);
    lab.ask(1, Ask::Close);
    lab.until_epoch(2, 3);
    assert!(lab.snapshot(2).parameters.is_finite());
}
