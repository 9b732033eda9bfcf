//! The training thread, driven as the window drives it: commands in, snapshots and events out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use ndarray::Array2;
use sae_lab::data::{DataSet, DataSpec, SampleShape, Samples};
use sae_lab::model::{BatchSize, Hyperparameters, OptimizerKind, Parameters};
use sae_lab::training::{Activity, Command, Event, Experiment, Setting, Snapshot, Speed, Trainer};

const PATIENCE: Duration = Duration::from_secs(20);

/// 60 samples of 9 values in (.1, .9), smooth in both directions so that there is something to learn.
fn data() -> Arc<DataSet> {
    let samples = Array2::from_shape_fn((60, 9), |(i, j)| {
        0.5 + 0.4 * ((i * (j / 3 + 1)) as f32 * 0.37).sin()
    });
    let shape = SampleShape::grey(3, 3);
    Arc::new(DataSet::new(
        "waves",
        DataSpec::file("waves"),
        Samples::F32(samples),
        shape,
    ))
}

fn experiment() -> Experiment {
    Experiment {
        data: DataSpec::file("waves"),
        hidden: 4,
        ..Experiment::default()
    }
}

/// A trainer with everything that it said.
struct Lab {
    trainer: Trainer,
    woken: Receiver<()>,
    events: Vec<Event>,
    latest: Option<Arc<Snapshot>>,
}

impl Lab {
    fn start(experiment: Experiment) -> Self {
        let (wake, woken) = sync_channel(1);
        let trainer = Trainer::start(experiment, data(), 1, move || {
            let _ = wake.try_send(());
        })
        .unwrap();
        Self {
            trainer,
            woken,
            events: Vec::new(),
            latest: None,
        }
    }

    fn send(&self, command: Command) {
        self.trainer.send(command).unwrap();
    }

    /// Waits until `wanted` holds of what came so far.
    fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        loop {
            self.events.extend(self.trainer.events());
            self.latest = self.trainer.snapshot().or(self.latest.take());
            if wanted(self) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no {what}; events: {:?}",
                self.events
            );
            let _ = self.woken.recv_timeout(Duration::from_millis(100));
        }
    }

    fn snapshot(&self) -> &Snapshot {
        self.latest.as_deref().expect("a snapshot was waited for")
    }

    fn until_epoch(&mut self, epoch: u64) {
        self.until(&format!("epoch {epoch}"), |lab| {
            lab.latest.as_ref().is_some_and(|s| s.epoch >= epoch)
        });
    }

    fn until_paused_at(&mut self, epoch: u64) {
        self.until(&format!("pause at epoch {epoch}"), |lab| {
            lab.latest
                .as_ref()
                .is_some_and(|s| s.epoch == epoch && s.activity == Activity::Paused)
        });
    }
}

#[test]
fn it_starts_paused_with_the_seeds_own_weights() {
    let mut lab = Lab::start(experiment());
    lab.until_paused_at(0);
    assert_eq!(lab.snapshot().parameters, Parameters::initial(9, 4, 1));
    assert_eq!(lab.events, [Event::Began { run: 1 }]);
    assert!(lab.snapshot().cost.is_finite() && lab.snapshot().fvu > 0.0);
    assert_eq!(
        lab.snapshot().reconstructions.dim(),
        lab.snapshot().inputs.dim()
    );
}

#[test]
fn play_pause_and_step_do_what_they_say() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::StepEpoch);
    lab.until_paused_at(1);
    lab.send(Command::StepEpoch);
    lab.send(Command::StepEpoch);
    lab.until_paused_at(3);
    lab.send(Command::Play);
    lab.until_epoch(50);
    assert_eq!(lab.snapshot().activity, Activity::Training);
    lab.send(Command::Pause);
    lab.until("pause", |lab| {
        lab.latest
            .as_ref()
            .is_some_and(|s| s.activity == Activity::Paused)
    });
    let epoch = lab.snapshot().epoch;
    std::thread::sleep(Duration::from_millis(150));
    assert!(
        lab.trainer.snapshot().is_none(),
        "nothing moves while paused"
    );
    lab.send(Command::StepEpoch);
    lab.until_paused_at(epoch + 1);
}

#[test]
fn reset_goes_back_to_the_same_weights_and_the_same_run() {
    let mut lab = Lab::start(experiment());
    for _ in 0..5 {
        lab.send(Command::StepEpoch);
    }
    lab.until_paused_at(5);
    let first = lab.snapshot().parameters.clone();
    lab.send(Command::Reset);
    lab.until("second run", |lab| {
        lab.latest
            .as_ref()
            .is_some_and(|s| s.run == 2 && s.epoch == 0)
    });
    assert_eq!(lab.snapshot().parameters, Parameters::initial(9, 4, 1));
    for _ in 0..5 {
        lab.send(Command::StepEpoch);
    }
    lab.until_paused_at(5);
    assert_eq!(
        lab.snapshot().parameters,
        first,
        "the same seed, the same run, to the bit"
    );
}

#[test]
fn a_changed_slider_acts_on_the_next_epoch_and_leaves_a_marker() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::StepEpoch);
    lab.until_paused_at(1);
    let slower = Hyperparameters {
        learning_rate: 1e-30,
        ..Hyperparameters::default()
    };
    let weights = lab.snapshot().parameters.clone();
    lab.trainer.set_hyperparameters(
        Hyperparameters {
            learning_rate: 0.7,
            ..slower
        }
        .check()
        .unwrap(),
    );
    lab.trainer.set_hyperparameters(
        Hyperparameters {
            momentum: 0.0,
            optimizer: OptimizerKind::Descent,
            ..slower
        }
        .check()
        .unwrap(),
    );
    lab.send(Command::StepEpoch);
    lab.until_paused_at(2);
    assert_eq!(
        lab.snapshot().parameters,
        weights,
        "α 1e-30 moves nothing: it was in force for this very epoch"
    );
    assert_eq!(lab.snapshot().hyperparameters.learning_rate, 1e-30);
    let markers: Vec<_> = lab
        .snapshot()
        .history
        .markers()
        .map(|m| (m.epoch, m.to_string()))
        .collect();
    assert!(
        markers.contains(&(2, "α 0.1 → 1e-30".to_owned())),
        "{markers:?}"
    );
    lab.until("event", |lab| {
        lab.events.iter().any(
            |e| matches!(e, Event::Applied { edit } if edit.epoch == 2 && edit.setting == Setting::LearningRate),
        )
    });
}

#[test]
fn a_setting_dragged_back_before_the_epoch_leaves_no_trace() {
    let mut lab = Lab::start(experiment());
    let post = Hyperparameters::default();
    lab.trainer.set_hyperparameters(
        Hyperparameters {
            weight_decay: 0.1,
            ..post
        }
        .check()
        .unwrap(),
    );
    lab.trainer.set_hyperparameters(post.check().unwrap());
    lab.send(Command::StepEpoch);
    lab.until_paused_at(1);
    assert_eq!(lab.snapshot().history.markers().count(), 0);
}

#[test]
fn divergence_stops_restores_and_names_the_setting() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::Play);
    lab.until_epoch(10);
    let hopeless = Hyperparameters {
        weight_decay: 1e6,
        ..Hyperparameters::default()
    };
    lab.trainer.set_hyperparameters(hopeless.check().unwrap());
    lab.until("divergence", |lab| {
        lab.events
            .iter()
            .any(|e| matches!(e, Event::Diverged { .. }))
    });
    lab.until("its snapshot", |lab| {
        lab.latest
            .as_ref()
            .is_some_and(|s| s.activity == Activity::Diverged)
    });
    let Some(Event::Diverged { cause, .. }) = lab
        .events
        .iter()
        .find(|e| matches!(e, Event::Diverged { .. }))
    else {
        unreachable!()
    };
    assert!(cause.contains("λ 1e-4 → 1e6"), "{cause}");
    assert!(lab.snapshot().parameters.is_finite() && lab.snapshot().cost.is_finite());
    // and it goes on once the setting is taken back
    let epoch = lab.snapshot().epoch;
    lab.trainer
        .set_hyperparameters(Hyperparameters::default().check().unwrap());
    lab.send(Command::Reset);
    lab.send(Command::StepEpoch);
    lab.until_paused_at(1);
    assert!(epoch >= 10);
}

#[test]
fn a_panic_is_caught_and_shown_and_the_lab_goes_on() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::Play);
    lab.until_epoch(5);
    lab.send(Command::Call(|| panic!("the moon is full")));
    lab.until("panic", |lab| {
        lab.events
            .iter()
            .any(|e| matches!(e, Event::Panicked { message } if message == "the moon is full"))
    });
    lab.send(Command::Reset);
    lab.send(Command::StepEpoch);
    lab.until("life after it", |lab| {
        lab.latest
            .as_ref()
            .is_some_and(|s| s.run == 2 && s.epoch == 1)
    });
}

#[test]
fn an_experiment_that_cannot_run_is_refused_and_the_run_goes_on() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::StepEpoch);
    lab.until_paused_at(1);
    let none = Experiment {
        hidden: 0,
        ..experiment()
    };
    lab.send(Command::Begin {
        experiment: Box::new(none),
        data: data(),
    });
    lab.until("refusal", |lab| {
        lab.events
            .iter()
            .any(|e| matches!(e, Event::Refused { .. }))
    });
    lab.send(Command::StepEpoch);
    lab.until_paused_at(2);
    assert_eq!(
        (lab.snapshot().run, lab.snapshot().experiment.hidden),
        (1, 4)
    );
}

#[test]
fn a_new_experiment_begins_and_keeps_playing() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::Play);
    lab.until_epoch(3);
    let wider = Experiment {
        hidden: 6,
        seed: 9,
        ..experiment()
    };
    lab.send(Command::Begin {
        experiment: Box::new(wider),
        data: data(),
    });
    lab.until("second run", |lab| {
        lab.latest
            .as_ref()
            .is_some_and(|s| s.run == 2 && s.epoch > 2)
    });
    assert_eq!(lab.snapshot().parameters.hidden(), 6);
    assert_eq!(lab.snapshot().activity, Activity::Training);
}

#[test]
fn the_speed_limit_holds() {
    let mut lab = Lab::start(experiment());
    lab.send(Command::SetSpeed(Speed::EpochsPerSecond(20.0)));
    let start = Instant::now();
    lab.send(Command::Play);
    lab.until_epoch(10);
    // ten epochs at twenty a second can't be done before .45 s; how much later depends on the machine
    assert!(
        start.elapsed() >= Duration::from_millis(440),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn interrupted_by_a_reset_a_long_epoch_does_not_keep_it_waiting() {
    // a million samples of one value each, one by one: an epoch takes long
    let samples = Array2::from_elem((400_000, 1), 0.4f32);
    let shape = SampleShape::Vector { length: 1 };
    let long = Arc::new(DataSet::new(
        "long",
        DataSpec::file("long"),
        Samples::F32(samples),
        shape,
    ));
    let mut lab = Lab::start(experiment());
    let mut crawl = experiment();
    crawl.hyperparameters.batch = BatchSize::Samples(1);
    lab.send(Command::Begin {
        experiment: Box::new(crawl),
        data: long,
    });
    lab.send(Command::Play);
    lab.until("the long run", |lab| {
        lab.latest.as_ref().is_some_and(|s| s.run == 2)
    });
    lab.send(Command::Begin {
        experiment: Box::new(experiment()),
        data: data(),
    });
    lab.until("the third run", |lab| {
        lab.latest
            .as_ref()
            .is_some_and(|s| s.run == 3 && s.epoch > 0)
    });
    assert!(lab.snapshot().parameters.is_finite());
}

#[test]
fn every_optimiser_can_be_switched_to_without_losing_the_weights() {
    let mut lab = Lab::start(experiment());
    for _ in 0..20 {
        lab.send(Command::StepEpoch);
    }
    lab.until_paused_at(20);
    let mut epoch = 20;
    for optimizer in OptimizerKind::ALL.into_iter().rev() {
        let before = lab.snapshot().cost.total();
        let settings = Hyperparameters {
            optimizer,
            learning_rate: 1e-3,
            ..Hyperparameters::default()
        };
        lab.trainer.set_hyperparameters(settings.check().unwrap());
        lab.send(Command::StepEpoch);
        epoch += 1;
        lab.until_paused_at(epoch);
        let (name, after) = (optimizer.name(), lab.snapshot().cost.total());
        assert!(
            after < before + 0.01,
            "{name}: {before} → {after}: begun anew?"
        );
        assert_eq!(lab.snapshot().hyperparameters.optimizer, optimizer);
    }
    assert_eq!(lab.snapshot().run, 1);
    let switches = lab
        .snapshot()
        .history
        .markers()
        .filter(|marker| marker.setting == Setting::Optimizer);
    assert!(switches.count() > 0);
}

#[test]
fn an_iteration_of_l_bfgs_is_an_epoch_and_a_moved_slider_does_not_stop_it() {
    let mut start = experiment();
    start.hyperparameters.optimizer = OptimizerKind::Lbfgs;
    let mut lab = Lab::start(start.clone());
    for _ in 0..15 {
        lab.send(Command::StepEpoch);
    }
    lab.until_paused_at(15);
    let costs: Vec<f64> = lab
        .snapshot()
        .history
        .records()
        .map(|record| record.cost.total())
        .collect();
    assert_eq!(costs.len(), 16);
    assert!(costs.windows(2).all(|pair| pair[1] <= pair[0]), "{costs:?}");
    assert!(costs[15] < 0.5 * costs[0], "{costs:?}");

    let denser = Hyperparameters {
        sparsity_target: 0.3,
        ..start.hyperparameters
    };
    lab.trainer.set_hyperparameters(denser.check().unwrap());
    for _ in 0..15 {
        lab.send(Command::StepEpoch);
    }
    lab.until_paused_at(30);
    let marker = lab.snapshot().history.markers().last().unwrap();
    assert_eq!(
        (marker.epoch, marker.to_string()),
        (16, "ρ 0.05 → 0.3".into())
    );
    let mean = |units: &[sae_lab::model::UnitStatistics]| {
        units.iter().map(|unit| unit.mean_activation).sum::<f64>() / units.len() as f64
    };
    assert!(
        (mean(&lab.snapshot().units) - 0.3).abs() < 0.05,
        "it follows the new target"
    );
}
