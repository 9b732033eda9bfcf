//! The lab without a toolkit and without threads: its runs, and its talk with the trainer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ndarray::Array2;
use sae_lab::data::{
    DataError, DataSet, DataSpec, EmbeddedSet, Found, SampleShape, Samples, Watch,
};
use sae_lab::lab::jobs::InlineHost;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::state::{KeptAction, Severity};
use sae_lab::lab::{Action, Lab, Page, Preferences, UserCommand};
use sae_lab::training::record::Change;
use sae_lab::training::timeline::Archive;
use sae_lab::training::trainer::{
    Ask, DataId, Event, Host, Opened, Reply, Request, RunId, Tell, TrainerError,
};
use sae_lab::training::{Preset, Setting, Value};

/// A trainer that writes down what it is asked, and says what the test puts in its mouth.
#[derive(Default)]
struct Trainer {
    asked: Mutex<Vec<Request>>,
    says: Mutex<Vec<Reply>>,
    shared: Mutex<Vec<DataId>>,
    forgotten: Mutex<Vec<DataId>>,
    busy: Mutex<bool>,
    archive: Arc<Archive>,
}

struct Port(Arc<Trainer>);

impl Host for Port {
    fn send(&self, request: Request) -> Result<(), TrainerError> {
        if *self.0.busy.lock().unwrap() {
            return Err(TrainerError::Busy { waiting: 256 });
        }
        self.0.asked.lock().unwrap().push(request);
        Ok(())
    }

    fn share(&self, id: DataId, _: Arc<DataSet>) -> Result<(), TrainerError> {
        self.0.shared.lock().unwrap().push(id);
        Ok(())
    }

    fn archive(&self) -> Arc<Archive> {
        Arc::clone(&self.0.archive)
    }

    fn forget(&self, id: DataId) {
        self.0.forgotten.lock().unwrap().push(id);
    }

    fn replies(&self) -> Vec<Reply> {
        std::mem::take(&mut *self.0.says.lock().unwrap())
    }
}

struct Room(Arc<Trainer>);

impl Backend for Room {
    fn start(&self, _: Wake) -> Result<Box<dyn Host>, TrainerError> {
        Ok(Box::new(Port(Arc::clone(&self.0))))
    }

    /// A small set for every name.
    fn prepare(&self, _: &Found, spec: &DataSpec, _: Watch<'_>) -> Result<DataSet, DataError> {
        let samples = Array2::from_shape_fn((20, 64), |(i, j)| ((i + j) % 7) as f32 / 7.0);
        let shape = SampleShape::grey(8, 8);
        Ok(DataSet::new(
            "few",
            spec.clone(),
            Samples::F32(samples),
            shape,
        ))
    }
}

/// The lab before its first data set is there.
fn loading() -> (Lab, Arc<Trainer>) {
    let trainer = Arc::<Trainer>::default();
    let backend: Arc<dyn Backend> = Arc::new(Room(Arc::clone(&trainer)));
    let wake: Wake = Arc::new(|| {});
    let host = InlineHost::new(Arc::clone(&backend), Arc::clone(&wake));
    let experiment = Preset::Bars.experiment();
    let lab = Lab::with_host(experiment, Preferences::default(), backend, wake, host);
    (lab, trainer)
}

/// The lab with its first run open.
fn lab() -> (Lab, Arc<Trainer>) {
    let (mut lab, trainer) = loading();
    lab.drain(Duration::ZERO);
    assert_eq!(lab.view().run.id, RunId(1));
    trainer.say(1, opened());
    lab.drain(Duration::ZERO);
    trainer.take();
    (lab, trainer)
}

fn opened() -> Tell {
    Tell::Opened(Opened {
        inputs: 64,
        hidden: 25,
        epoch: 0,
        other_numerics: None,
    })
}

impl Trainer {
    fn say(&self, run: u64, what: Tell) {
        let run = RunId(run);
        self.says.lock().unwrap().push(Reply { run, what });
    }

    /// (run, what) asked since the last call.
    fn take(&self) -> Vec<(u64, Ask)> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked
            .into_iter()
            .map(|request| (request.run.0, request.what))
            .collect()
    }

    /// Of which run each change was, and its gesture.
    fn changes(&self) -> Vec<(u64, Change)> {
        let asked = self.take();
        asked
            .into_iter()
            .filter_map(|(run, what)| match what {
                Ask::Set(change) => Some((run, change)),
                _ => None,
            })
            .collect()
    }
}

fn set(setting: Setting, value: f64, press: u64) -> Action {
    Action::Set {
        setting,
        value: Value::Number(value),
        press,
    }
}

#[test]
fn what_is_set_while_the_first_data_load_is_the_first_runs() {
    let (mut lab, trainer) = loading();
    lab.act(set(Setting::WeightDecay, 5e-3, 1));
    assert_eq!(lab.view().run.hyperparameters().weight_decay, 5e-3);
    assert!(trainer.take().is_empty(), "there is no trainer yet");
    lab.drain(Duration::ZERO);
    let asked = trainer.take();
    let [(1, Ask::Open { experiment, .. }), (1, Ask::Play)] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(experiment.hyperparameters.weight_decay, 5e-3);
    assert_eq!(
        experiment.hyperparameters,
        *lab.view().run.hyperparameters()
    );
}

#[test]
fn what_is_set_between_a_request_and_its_start_is_the_new_runs() {
    let (mut lab, trainer) = lab();
    lab.act(UserCommand::NewSeed.into());
    lab.act(set(Setting::SparsityTarget, 0.2, 1));
    trainer.say(2, opened());
    lab.drain(Duration::ZERO);
    lab.act(set(Setting::SparsityTarget, 0.3, 2));
    let asked = trainer.take();
    let names: Vec<String> = asked
        .iter()
        .map(|(run, what)| {
            let name = format!("{what:?}");
            format!("{run} {}", name.split([' ', '(']).next().unwrap())
        })
        .collect();
    assert_eq!(
        names,
        ["2 Open", "1 Pause", "2 Play", "2 Set", "2 Set"],
        "the run before rests, and stays"
    );
    assert_eq!(lab.session().runs().count(), 2);
}

#[test]
fn a_run_that_cannot_open_leaves_the_one_before_it_as_it_was() {
    let (mut lab, trainer) = lab();
    lab.act(set(Setting::WeightDecay, 2e-3, 1));
    lab.act(Action::Select(Some(3)));
    lab.act(Action::SetHidden(9));
    assert_eq!(
        (lab.view().run.id, lab.view().run.selected),
        (RunId(2), None)
    );
    let message = "9 is not a good number".to_owned();
    trainer.say(2, Tell::Event(Event::NotOpened { message }));
    lab.drain(Duration::ZERO);
    let run = lab.view().run;
    assert_eq!(
        (run.id, run.experiment.hidden, run.selected),
        (RunId(1), 25, Some(3))
    );
    assert_eq!(run.hyperparameters().weight_decay, 2e-3);
    let notice = lab.view().shared.notices.last().unwrap();
    assert_eq!(notice.severity, Severity::Trouble);
    assert!(notice.text.contains("not a good number"));
    trainer.take();
    lab.act(set(Setting::WeightDecay, 1e-3, 2));
    assert_eq!(trainer.changes()[0].0, 1, "it is steered again");
}

#[test]
fn a_run_begun_again_with_other_settings_is_no_preset() {
    let (mut lab, trainer) = lab();
    lab.act(UserCommand::Reset.into());
    assert_eq!(lab.view().run.id, RunId(2));
    assert_eq!(lab.view().run.preset, Some(Preset::Bars));
    trainer.say(2, opened());
    lab.drain(Duration::ZERO);
    lab.act(set(Setting::WeightDecay, 2e-3, 1));
    lab.act(UserCommand::Reset.into());
    assert_eq!(lab.view().run.id, RunId(3));
    assert_eq!(lab.view().run.preset, None);
}

#[test]
fn a_request_that_finds_the_trainer_busy_changes_nothing() {
    let (mut lab, trainer) = lab();
    *trainer.busy.lock().unwrap() = true;
    lab.act(UserCommand::NewSeed.into());
    assert_eq!(
        (lab.view().run.id, lab.view().run.experiment.seed),
        (RunId(1), 1)
    );
    assert!(lab.view().shared.notices[0].text.contains("busy"));
}

#[test]
fn one_press_is_one_gesture() {
    let (mut lab, trainer) = lab();
    for (setting, value, press) in [
        (Setting::WeightDecay, 1e-3, 7),
        (Setting::WeightDecay, 2e-3, 7),
        (Setting::WeightDecay, 3e-3, 8),
        (Setting::LearningRate, 0.2, 9),
    ] {
        lab.act(set(setting, value, press));
    }
    let gestures: Vec<u64> = trainer
        .changes()
        .iter()
        .map(|(_, change)| change.gesture.0)
        .collect();
    assert_eq!(gestures[0], gestures[1]);
    assert!(gestures[1] < gestures[2] && gestures[2] < gestures[3]);
}

#[test]
fn one_setting_leaves_the_others_as_they_are_and_a_bad_one_is_said() {
    let (mut lab, trainer) = lab();
    lab.act(set(Setting::SparsityWeight, 4.0, 1));
    lab.act(set(Setting::WeightDecay, 2e-3, 2));
    let run = lab.view().run;
    assert_eq!(run.hyperparameters().sparsity_weight, 4.0);
    lab.act(set(Setting::SparsityTarget, 1.5, 3));
    assert_eq!(lab.view().run.hyperparameters().sparsity_target, 0.05);
    assert_eq!(trainer.changes().len(), 2);
    assert!(lab.view().shared.notices[0].text.contains('ρ'));
}

#[test]
fn data_sets_are_shared_once_and_forgotten_with_their_last_run() {
    let (mut lab, trainer) = lab();
    lab.act(UserCommand::NewSeed.into());
    trainer.say(2, opened());
    lab.drain(Duration::ZERO);
    assert_eq!(*trainer.shared.lock().unwrap(), [DataId(1)]);
    assert!(trainer.forgotten.lock().unwrap().is_empty());
    lab.act(UserCommand::Data(EmbeddedSet::Digits).into());
    lab.drain(Duration::ZERO);
    trainer.say(3, opened());
    lab.drain(Duration::ZERO);
    assert_eq!(*trainer.shared.lock().unwrap(), [DataId(1), DataId(2)]);
    let forgotten = || trainer.forgotten.lock().unwrap().clone();
    assert!(forgotten().is_empty(), "kept runs train on it");
    lab.act(Action::Kept(RunId(1), KeptAction::Drop));
    assert!(forgotten().is_empty());
    lab.act(Action::Kept(RunId(2), KeptAction::Drop));
    assert_eq!(forgotten(), [DataId(1)]);
}

#[test]
fn what_is_said_of_a_run_that_is_gone_is_not_heard() {
    let (mut lab, trainer) = lab();
    lab.act(UserCommand::NewSeed.into());
    trainer.say(2, opened());
    lab.drain(Duration::ZERO);
    lab.act(Action::Kept(RunId(1), KeptAction::Drop));
    let cause = "α".to_owned();
    trainer.say(1, Tell::Event(Event::Diverged { epoch: 3, cause }));
    lab.drain(Duration::ZERO);
    assert!(lab.view().run.playing && lab.view().shared.notices.is_empty());
    trainer.say(
        2,
        Tell::Event(Event::Panicked {
            message: "ouch".into(),
        }),
    );
    lab.drain(Duration::ZERO);
    assert!(!lab.view().run.playing);
    assert!(lab.view().shared.notices[0].text.contains("ouch"));
}

/// Lets everything end that was asked of the jobs: each turn is one of them.
fn settle(lab: &mut Lab) {
    for _ in 0..8 {
        lab.drain(Duration::ZERO);
    }
}

#[test]
fn a_preset_chosen_while_paused_plays_and_a_reset_does_not() {
    let (mut lab, trainer) = lab();
    lab.act(UserCommand::PlayPause.into());
    assert!(!lab.view().run.playing);
    trainer.take();
    lab.act(UserCommand::Reset.into());
    let plays = |asked: &[(u64, Ask)]| asked.iter().any(|(_, ask)| matches!(ask, Ask::Play));
    assert!(!plays(&trainer.take()) && !lab.view().run.playing);
    // on the same data, and on others, which load first
    for (run, preset) in [(3, Preset::PlainAutoencoder), (4, Preset::Overshoot)] {
        lab.act(UserCommand::Preset(preset).into());
        settle(&mut lab);
        assert_eq!(lab.view().run.preset, Some(preset));
        let asked = trainer.take();
        assert!(plays(&asked) && lab.view().run.playing, "{asked:?}");
        let played = asked.iter().find(|(_, ask)| matches!(ask, Ask::Play));
        assert_eq!(played.unwrap().0, run, "the new run plays, not the old one");
        trainer.say(run, opened());
        lab.drain(Duration::ZERO);
        lab.act(UserCommand::PlayPause.into());
        trainer.take();
    }
    // refused: the run before it stays, and stays paused
    *trainer.busy.lock().unwrap() = true;
    lab.act(UserCommand::Preset(Preset::PlainAutoencoder).into());
    settle(&mut lab);
    assert_eq!(lab.view().run.preset, Some(Preset::Overshoot));
    assert!(!lab.view().run.playing);
}

#[test]
fn a_preset_says_what_to_watch_until_the_run_is_changed() {
    let (mut lab, trainer) = lab();
    for preset in Preset::ALL {
        lab.act(UserCommand::Preset(preset).into());
        settle(&mut lab);
        assert_eq!(lab.view().watch(), preset.watch(), "{preset:?}");
        trainer.say(lab.view().run.id.0, opened());
        lab.drain(Duration::ZERO);
        assert!(
            (30..=130).contains(&preset.watch().chars().count()),
            "{preset:?}"
        );
    }
    for page in Page::ALL {
        lab.act(UserCommand::Show(page).into());
        let expected = match page {
            Page::Lab => Preset::TooFewUnits.watch(),
            page => page.watch(),
        };
        assert_eq!(lab.view().watch(), expected);
    }
    lab.act(UserCommand::Show(Page::Lab).into());
    let run = lab.view().run.id.0;
    trainer.say(run, opened());
    lab.drain(Duration::ZERO);
    lab.act(set(Setting::WeightDecay, 2e-3, 1));
    assert_eq!(lab.view().watch(), Page::Lab.watch(), "it was steered away");
    // another seed is another run than the one that the sentence is about
    lab.act(UserCommand::Preset(Preset::Bars).into());
    settle(&mut lab);
    assert_eq!(lab.view().watch(), Preset::Bars.watch());
    trainer.say(run + 1, opened());
    lab.drain(Duration::ZERO);
    lab.act(UserCommand::NewSeed.into());
    assert_eq!(lab.view().watch(), Page::Lab.watch());
}

#[test]
fn the_sliders_go_back_to_the_preset_chosen_last() {
    let (mut lab, trainer) = lab();
    lab.act(UserCommand::Preset(Preset::Edges).into());
    settle(&mut lab);
    let edges = Preset::Edges.experiment().hyperparameters;
    assert_eq!(lab.view().run.home_settings(), edges);
    trainer.say(2, opened());
    lab.drain(Duration::ZERO);
    lab.act(set(Setting::SparsityTarget, 0.3, 1));
    lab.act(UserCommand::Reset.into());
    assert_eq!(lab.view().run.preset, None);
    assert_eq!(lab.view().run.home_settings(), edges, "also after a reset");
    lab.act(UserCommand::Preset(Preset::PostsValues).into());
    settle(&mut lab);
    let post = sae_lab::model::Hyperparameters::default();
    assert_eq!(lab.view().run.home_settings(), post);
}

#[test]
fn a_key_that_can_do_nothing_says_why() {
    let (mut lab, _trainer) = lab();
    for (command, words) in [
        (UserCommand::ReviveUnit, "No unit is chosen: click a tile"),
        (UserCommand::WhatSaves, "No unit is chosen: click a tile"),
        (UserCommand::ReviveDead, "No unit is dead."),
        (
            UserCommand::SwapRuns,
            "There is no second run beside this one.",
        ),
        (UserCommand::StopMap, "No map is being trained."),
    ] {
        lab.act(command.into());
        let notice = lab.view().shared.notices.last().unwrap();
        assert_eq!(notice.severity, Severity::Note);
        assert!(
            notice.text.starts_with(words),
            "{command:?}: {}",
            notice.text
        );
    }
    let before = lab.view().shared.notices.len();
    lab.act(UserCommand::EpochForward.into());
    assert_eq!(
        lab.view().shared.notices.len(),
        before,
        "the strip shows it"
    );
}
