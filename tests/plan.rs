//! What is planned for a run is what a person does at that epoch: the same weights, the same record.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sae_lab::data::{self, DataSpec, progress};
use sae_lab::io::run_file;
use sae_lab::model::{BatchSize, Hyperparameters, OptimizerKind};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::plan::{Planned, Step};
use sae_lab::training::run::Numbers;
use sae_lab::training::timeline::{Archive, Deed, Past};
use sae_lab::training::trainer::{
    Ask, DataId, DataStore as _, Driver, Event, Reply, Request, RunId, SharedStore, Tell,
};
use sae_lab::training::{
    Change, Checkpoint, EpochEnd, Experiment, Gesture, Plan, Run, Setting, Value,
};

use self::command::{json, json_and_said, run, text};

const RUN: RunId = RunId(1);
const EPOCHS: u64 = 12;

/// Six changes of four gestures.
const AT: [&str; 4] = [
    "1:rho=0.1",
    "4:lambda=2e-4,5:lambda=1e-3,7:lambda=6e-4",
    "7:beta=1.5",
    "9:batch=100",
];

fn experiment(optimizer: OptimizerKind) -> Experiment {
    Experiment {
        data: DataSpec::parse("bars"),
        hidden: 9,
        hyperparameters: Hyperparameters {
            optimizer,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    }
}

fn bars() -> Arc<data::DataSet> {
    let spec = DataSpec::parse("bars");
    let found = data::find(&spec, &progress::unwatched).unwrap();
    Arc::new(data::prepare(&found, &spec, &progress::unwatched).unwrap())
}

/// A window's engine without the window.
struct Engine(Driver, Duration);

impl Engine {
    fn new(experiment: Experiment) -> Self {
        let store = Arc::<SharedStore>::default();
        store.put(DataId(1), bars());
        assert!(store.get(DataId(1)).is_some());
        let pool = Arc::new(WorkerPool::new(1));
        let driver = Driver::new(store, Arc::<Archive>::default(), pool, Box::new(|| false));
        let mut engine = Self(driver, Duration::ZERO);
        engine.ask(Ask::Open {
            experiment: Box::new(experiment),
            data: DataId(1),
        });
        engine
    }

    fn ask(&mut self, what: Ask) -> Vec<Tell> {
        self.0.ask(Request { run: RUN, what });
        while let Some(next) = self.0.poll(self.1) {
            self.1 = next.max(self.1 + Duration::from_millis(1));
        }
        std::iter::from_fn(|| self.0.take_reply())
            .map(|Reply { what, .. }| what)
            .collect()
    }

    fn set(&mut self, setting: Setting, value: Value, gesture: u64) {
        let gesture = Gesture(gesture);
        self.ask(Ask::Set(Change {
            setting,
            value,
            gesture,
        }));
    }

    fn steps(&mut self, epochs: u64) {
        for _ in 0..epochs {
            self.ask(Ask::Step);
        }
    }

    fn checkpoint(&mut self) -> Checkpoint {
        let told = self.ask(Ask::Checkpoint).into_iter();
        let mut checkpoints = told.filter_map(|tell| match tell {
            Tell::Checkpoint(checkpoint) => Some(*checkpoint),
            _ => None,
        });
        checkpoints.next().unwrap()
    }
}

fn weights(checkpoint: &Checkpoint) -> Numbers {
    checkpoint.arrays()[0].numbers.clone()
}

/// [`AT`] by hand, as a person does it in the window.
fn by_hand(optimizer: OptimizerKind) -> Checkpoint {
    use Setting::*;
    let mut engine = Engine::new(experiment(optimizer));
    engine.set(SparsityTarget, Value::Number(0.1), 1);
    engine.steps(3);
    engine.set(WeightDecay, Value::Number(2e-4), 2);
    engine.steps(1);
    engine.set(WeightDecay, Value::Number(1e-3), 2);
    engine.steps(2);
    engine.set(WeightDecay, Value::Number(6e-4), 2);
    engine.set(SparsityWeight, Value::Number(1.5), 3);
    engine.steps(2);
    engine.set(Batch, Value::Batch(BatchSize::Samples(100)), 4);
    engine.steps(EPOCHS - 8);
    engine.checkpoint()
}

#[test]
fn a_planned_run_is_the_run_that_was_steered() {
    for optimizer in OptimizerKind::ALL {
        let hand = by_hand(optimizer);
        assert_eq!(hand.history().edits().appended(), 6);
        let mut engine = Engine::new(experiment(optimizer));
        assert_eq!(engine.ask(Ask::Plan(Plan::parse(AT).unwrap())), []);
        engine.steps(5);
        let planned = engine.checkpoint();
        assert_eq!(planned.planned().len(), 3, "a part of the run");
        // kept and taken up again, it still knows
        let bytes = planned.to_bytes().unwrap();
        let pool = Arc::new(WorkerPool::new(2));
        let again = Checkpoint::from_bytes(&bytes).unwrap();
        let mut again = Run::<f32>::resume(again, bars(), pool).unwrap();
        let mut past = Past::at(5);
        while again.state().epoch < EPOCHS {
            let led = past.lead(&mut again, &|| true);
            assert!(matches!(led.end, EpochEnd::Finished { .. }));
        }
        engine.steps(EPOCHS - 5);
        let planned = engine.checkpoint();
        // every bit: weights, memory, settings, costs, edits with their epochs and gestures
        assert!(planned == hand, "{optimizer:?}");
        assert!(again.checkpoint() == hand, "{optimizer:?}");
        let deeds: Vec<u64> = past.deeds.iter().map(|(at, _)| at.epoch).collect();
        assert_eq!(deeds, [6, 8]);
    }
}

#[test]
fn the_command_line_does_what_the_window_does() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("whole");
    let train = |epochs: &str, out: &Path, more: &[&str]| {
        let words = ["train", "--data", "bars", "--hidden", "9", "--epochs"];
        let rest = [epochs, "--threads", "1", "--out", text(out)];
        json_and_said(&[&words[..], &rest, more].concat())
    };
    let at: Vec<&str> = AT.iter().flat_map(|text| ["--at", *text]).collect();
    train("12", &out, &at);
    let file = run_file::read(&out.join("run.saelab")).unwrap();
    let hand = by_hand(OptimizerKind::Momentum);
    assert_eq!(weights(&file.checkpoint), weights(&hand));
    assert_eq!(file.checkpoint.history(), hand.history());
    assert!(file.checkpoint.planned().is_empty());
    let edits = |past: &Past| -> usize {
        let deeds = past.deeds.iter();
        let edits = deeds.filter_map(|(_, deed)| match deed {
            Deed::Edits(changes) => Some(changes.len()),
            _ => None,
        });
        edits.sum()
    };
    assert_eq!(edits(&file.past), 6, "the timeline can replay it");
    // in pieces: what is for later waits in the file, and more can be asked for
    let first = folder.path().join("first");
    let (_, said) = train("4", &first, &at[..6]);
    assert!(
        said.contains("3 changes are for after epoch 4, the first for epoch 5"),
        "{said}"
    );
    let first = first.join("run.saelab");
    let second = folder.path().join("second");
    let words = ["train", "--resume", text(&first), "--epochs", "12"];
    json(&[&words[..], &["--out", text(&second), "--at", AT[3]]].concat());
    let pieces = run_file::read(&second.join("run.saelab")).unwrap();
    assert!(pieces.checkpoint == file.checkpoint);
    assert_eq!(pieces.past, file.past);
}

#[test]
fn revivals_and_a_divergence_can_be_planned() {
    // a batch of one epoch's worth at an α that diverges, after which the run goes on by hand
    let data = bars();
    let pool = Arc::new(WorkerPool::new(1));
    let mut start = experiment(OptimizerKind::Momentum);
    start.hyperparameters.weight_decay = 0.3; // far beyond the cliff: units die
    let mut hand = Run::<f32>::new(start.clone(), data.clone(), None, pool.clone()).unwrap();
    let change = |setting, value, gesture| Change {
        setting,
        value: Value::Number(value),
        gesture: Gesture(gesture),
    };
    for _ in 0..3 {
        assert!(matches!(hand.epoch(&|| true), EpochEnd::Finished { .. }));
    }
    let dead = hand.dead_units();
    assert!(dead.len() > 2, "{dead:?}");
    assert_eq!(hand.revive(&dead[..2]), dead[..2]);
    let wild = change(Setting::LearningRate, 1e30, 1);
    let calm = change(Setting::LearningRate, 0.05, 2);
    hand.set(wild).unwrap();
    assert!(matches!(hand.epoch(&|| true), EpochEnd::Diverged { .. }));
    hand.set(calm).unwrap();
    for _ in 0..3 {
        assert!(matches!(hand.epoch(&|| true), EpochEnd::Finished { .. }));
    }
    let step = |what| Planned { epoch: 4, what };
    let steps = vec![
        step(Step::Revive(dead[..2].to_vec())),
        step(Step::Set(wild)),
        step(Step::Diverge),
        step(Step::Set(calm)),
    ];
    let plan = Plan::new(steps).unwrap();
    // by the trainer
    let mut engine = Engine::new(start.clone());
    engine.ask(Ask::Plan(plan.clone()));
    engine.ask(Ask::PauseAt(Some(6)));
    let told = engine.ask(Ask::Play);
    assert!(
        told.iter()
            .all(|tell| !matches!(tell, Tell::Event(Event::Diverged { .. }))),
        "it goes on as the other did"
    );
    assert!(engine.checkpoint() == hand.checkpoint());
    // and without it
    let mut run = Run::<f32>::new(start, data, None, pool).unwrap();
    run.plan(plan).unwrap();
    let mut past = Past::of_present(run.keyframe(usize::MAX));
    while run.state().epoch < 6 {
        let expected = past.lead(&mut run, &|| true).expected;
        assert_eq!(expected, past.now.turn == 2);
    }
    assert!(run.checkpoint() == hand.checkpoint());
    assert_eq!(past.check(6), Ok(()));
    assert_eq!(past.deeds.len(), 3);
}

#[test]
fn hostile_changes_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let many = vec!["--at"; 201];
    let many: Vec<&str> = many.into_iter().flat_map(|at| [at, "3:rho=.1"]).collect();
    let one = |at| vec!["--at", at];
    for (at, why) in [
        (one("5"), "EPOCH:SETTING=VALUE"),
        (one("5:lambda"), "EPOCH:SETTING=VALUE"),
        (one("0:lambda=1"), "from 1"),
        (one("1e3:lambda=1"), "from 1"),
        (one("5:lambda=NaN"), "λ"),
        (one("5:lambda=1e999"), "λ"),
        (one("5:rho=2"), "ρ"),
        (one("5:batch=-1"), "full, or"),
        (one("5:seed=3"), "rho, beta"),
        (one("5:revive=9"), "units 0 to 8"),
        (one("5:revive=18446744073709551616"), "units from 0"),
        (one("\u{202e}5:λ=\n1"), "from 1"),
        (many, "run.saelab"),
    ] {
        let words = ["train", "--data", "bars", "--hidden", "9", "--out"];
        let output = run(&[&words[..], &[text(&out)], &at].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{at:?}: {said}");
        assert!(said.contains(why), "{at:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(!out.exists(), "nothing is left of it");
    }
}
