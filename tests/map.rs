//! The map of the plane in the lab: begun, stopped, gone on with, ended by other data, and a cell opened as a run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

#[path = "support/simulated.rs"]
mod simulated;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sae_lab::data::{DataSpec, EmbeddedSet};
use sae_lab::lab::jobs::{
    self, Host, JobError, JobId, Message, Outcome, Progress, Request, Watcher,
};
use sae_lab::lab::map::{MapAction, MapChoice, MapRange};
use sae_lab::lab::map_state::Mapped;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::state::Severity;
use sae_lab::lab::{Action, Lab, Page, Preferences, UserCommand};
use sae_lab::training::sweep::{Goal, Measure, Scale, Varied};
use sae_lab::training::{Activity, Experiment, Preset, Setting, Value};
use simulated::Room;

/// Does one request a look; a map only so far as the test lets it, and then it is under way until it is stopped.
struct Patient {
    waiting: VecDeque<(JobId, Request)>,
    /// How many runs a map may train.
    most: Arc<AtomicUsize>,
}

/// Stops a map after so many runs.
struct Counting {
    most: usize,
    last: Mutex<Option<Progress>>,
    stopped: AtomicBool,
}

impl Watcher for Counting {
    fn tell(&self, progress: Progress) -> ControlFlow<()> {
        if let Progress::Map(swept) = &progress
            && swept.runs.len() >= self.most
        {
            self.stopped.store(true, Ordering::Relaxed);
        }
        *self.last.lock().unwrap() = Some(progress);
        self.go_on()
    }

    fn go_on(&self) -> ControlFlow<()> {
        if self.stopped.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Host for Patient {
    fn start(&mut self, id: JobId, request: Request) -> Result<(), JobError> {
        self.waiting.push_back((id, request));
        Ok(())
    }

    fn stop(&mut self, id: JobId) {
        self.waiting.retain(|(waiting, _)| *waiting != id);
    }

    fn poll(&mut self) -> Vec<(JobId, Message)> {
        let Some((id, request)) = self.waiting.pop_front() else {
            return Vec::new();
        };
        let watcher = Counting {
            most: self.most.load(Ordering::Relaxed),
            last: Mutex::default(),
            stopped: AtomicBool::new(false),
        };
        let result = jobs::run(request, &Room, &watcher);
        let last = watcher.last.into_inner().unwrap();
        let mut said: Vec<(JobId, Message)> = last
            .map(|last| (id, Message::Progress(last)))
            .into_iter()
            .collect();
        let held = watcher.stopped.into_inner() && !matches!(result, Ok(Outcome::Map(_)));
        if !held {
            let took = Duration::ZERO;
            said.push((id, Message::Ended { result, took }));
        }
        said
    }
}

struct Window {
    lab: Lab,
    now: Duration,
    most: Arc<AtomicUsize>,
}

const EVERYTHING: usize = usize::MAX;

impl Window {
    fn new() -> Self {
        let backend: Arc<dyn Backend> = Arc::new(Room);
        let wake: Wake = Arc::new(|| {});
        let most = Arc::new(AtomicUsize::new(EVERYTHING));
        let host = Patient {
            waiting: VecDeque::new(),
            most: Arc::clone(&most),
        };
        let experiment = Experiment {
            hidden: 6,
            ..Preset::Bars.experiment()
        };
        let lab = Lab::with_host(experiment, Preferences::default(), backend, wake, host);
        let mut window = Self {
            lab,
            now: Duration::ZERO,
            most,
        };
        window.frames(10);
        assert!(window.lab.view().run.now() > 0);
        window
    }

    fn frames(&mut self, count: usize) {
        for _ in 0..count {
            self.now += Duration::from_millis(50);
            self.lab.drain(self.now);
            self.lab.follow(self.now);
        }
    }

    fn act(&mut self, action: impl Into<Action>) {
        self.lab.act(action.into());
        self.frames(2);
    }

    fn choose(&mut self, choice: MapChoice) {
        self.act(Action::Map(MapAction::Choose(Box::new(choice))));
    }

    fn start(&mut self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
        self.act(UserCommand::StartMap);
    }

    fn mapped(&self) -> &Mapped {
        self.lab.view().shared.map.mapped.as_ref().unwrap()
    }

    /// What came of each run: J, where it is there.
    fn costs(&self) -> Vec<Option<f64>> {
        let outcomes = self.mapped().map.outcomes().iter();
        outcomes.map(|one| one.as_ref()?.total_cost).collect()
    }
}

/// 3 × 2 runs of 4 epochs.
fn small() -> MapChoice {
    let range = |varied, low, high, steps| MapRange {
        varied,
        low,
        high,
        scale: Scale::Log,
        steps,
    };
    MapChoice {
        first: range(Varied::Rho, 0.05, 0.2, 3),
        second: Some(range(Varied::Lambda, 1e-4, 1e-2, 2)),
        seeds: 1,
        epochs: 4,
    }
}

#[test]
fn a_map_that_was_stopped_keeps_its_runs_and_goes_on() {
    let mut window = Window::new();
    window.choose(small());
    window.start(2);
    let state = &window.lab.view().shared.map;
    assert!(state.sweeping.is_some());
    assert_eq!(window.mapped().progress(), (2, 6));
    assert_eq!(window.lab.view().shared.page, Page::Map);
    assert_eq!(
        window.lab.can(UserCommand::StartMap),
        Err("The map is being trained.")
    );
    // the coarse grid first
    let coarse = &window.mapped().map.plan().coarse_to_fine()[..2];
    assert!(coarse.iter().all(|run| window.costs()[*run].is_some()));
    // another page and another setting of the run don't matter to it
    window.act(UserCommand::Show(Page::Unit));
    window.act(Action::Set {
        setting: Setting::WeightDecay,
        value: Value::Number(3e-3),
        press: 1,
    });
    window.frames(5);
    assert!(window.lab.view().shared.map.sweeping.is_some());
    window.act(UserCommand::StopMap);
    let before = window.costs();
    assert!(window.lab.view().shared.map.sweeping.is_none());
    assert_eq!(before.iter().flatten().count(), 2);
    // λ is varied: the same map goes on
    let view = window.lab.view();
    assert!(view.shared.map.goes_on(view.run).is_some());
    window.start(EVERYTHING);
    assert!(window.lab.view().shared.map.sweeping.is_none());
    let after = window.costs();
    assert_eq!(after.iter().flatten().count(), 6);
    for (before, after) in before.iter().zip(&after) {
        assert!(before.is_none() || before == after);
    }
    assert!(window.mapped().map.has_law());
    assert_eq!(
        window.lab.can(UserCommand::StartMap),
        Err("All of its runs are trained: change a range for another map.")
    );
    // β is not: another map
    window.act(Action::Set {
        setting: Setting::SparsityWeight,
        value: Value::Number(0.5),
        press: 2,
    });
    assert_eq!(window.lab.can(UserCommand::StartMap), Ok(()));
    window.start(1);
    assert_eq!(window.mapped().progress(), (1, 6));
}

#[test]
fn a_cell_becomes_a_run_of_the_same_bits_and_undo_takes_it_back() {
    let mut window = Window::new();
    window.choose(small());
    window.start(EVERYTHING);
    let (left, run) = (window.lab.view().run.id, 3);
    assert!(window.lab.can(UserCommand::OpenCell).is_err());
    window.act(Action::Map(MapAction::Point(Some(run))));
    window.act(UserCommand::OpenCell);
    window.frames(20);
    let view = window.lab.view();
    let latest = view.run.latest().unwrap();
    assert_ne!(view.run.id, left);
    assert_eq!((latest.run, latest.epoch), (view.run.id, 4));
    assert_eq!(latest.activity, Activity::Paused);
    assert_eq!(window.costs()[run], Some(latest.cost.total()));
    assert_eq!(
        view.run.experiment,
        window.mapped().map.plan().experiment(run)
    );
    assert_eq!(view.run.title(), "ρ 0.1, λ 0.01");
    assert_eq!(view.shared.page, Page::Lab);
    // all of its past is there
    window.act(Action::Seek(0));
    let first = window.lab.view().run.snapshot.as_ref().unwrap().epoch;
    assert_eq!(first, 0);
    window.act(UserCommand::Undo);
    assert_eq!(window.lab.view().run.id, left);
    assert!(window.lab.view().shared.map.mapped.is_some());
}

#[test]
fn other_data_end_the_map_with_a_note_and_its_cells_still_open() {
    let mut window = Window::new();
    window.choose(small());
    window.start(1);
    window.act(Action::Load(DataSpec::embedded(EmbeddedSet::Digits)));
    window.frames(10);
    let shared = window.lab.view().shared;
    assert!(shared.map.sweeping.is_none());
    let note = shared.notices.last().unwrap();
    assert_eq!(note.severity, Severity::Note);
    assert!(note.text.contains("ended at 1 of 6 runs"), "{}", note.text);
    let old = window.mapped().map.plan().base().data.clone();
    let view = window.lab.view();
    assert!(view.shared.map.goes_on(view.run).is_none());
    window.act(Action::Map(MapAction::Open(0)));
    window.frames(20);
    let run = window.lab.view().run;
    assert_eq!(run.data().unwrap().spec, old);
    let latest = run.latest().unwrap();
    assert_eq!((latest.epoch, latest.activity), (4, Activity::Paused));
    assert_eq!(window.costs()[0], Some(latest.cost.total()));
}

#[test]
fn what_cannot_be_swept_is_said_and_nothing_begins() {
    let mut window = Window::new();
    let said = |window: &Window| {
        let view = window.lab.view();
        view.shared
            .map
            .plan(view.run)
            .unwrap()
            .unwrap_err()
            .to_string()
    };
    let second = |change: fn(&mut MapRange)| {
        let mut choice = small();
        change(choice.second.as_mut().unwrap());
        choice
    };
    let mut many = second(|range| range.steps = 1000);
    many.first.steps = 1000;
    for (choice, words) in [
        (
            many,
            "1,000,000 runs are more than the 10,000 of one sweep: give fewer values",
        ),
        (
            second(|range| range.low = 0.0),
            "begins at 0, where a log axis has no place: begin above 0",
        ),
        (
            second(|range| (range.low, range.high) = (1.0, 0.1)),
            "from 1 down to 0.1: give the smaller first",
        ),
        (
            second(|range| range.varied = Varied::Rho),
            "rho is varied twice",
        ),
        (second(|range| range.steps = 0), "0 values makes no map"),
        (
            MapChoice {
                seeds: 0,
                ..small()
            },
            "0 seeds make no runs",
        ),
        (
            MapChoice {
                second: Some(MapRange {
                    varied: Varied::Hidden,
                    low: 1.0,
                    high: 1e8,
                    scale: Scale::Log,
                    steps: 2,
                }),
                ..small()
            },
            "make more than 268435456 parameters",
        ),
    ] {
        window.choose(choice);
        assert!(said(&window).contains(words), "{}", said(&window));
        assert!(window.lab.can(UserCommand::StartMap).is_err());
        window.start(EVERYTHING);
        let map = &window.lab.view().shared.map;
        assert!(map.mapped.is_none() && map.sweeping.is_none());
    }
}

#[test]
fn what_the_cells_show_changes_without_training_anything_again() {
    let mut window = Window::new();
    window.choose(small());
    window.start(EVERYTHING);
    window.act(Action::Map(MapAction::Draw(Measure::Epochs)));
    let cost = window.costs()[0].unwrap();
    let goal = Goal::near(sae_lab::training::sweep::Followed::Cost, cost * 1.2).unwrap();
    window.act(Action::Map(MapAction::SetGoal(goal)));
    let map = &window.lab.view().shared.map;
    assert_eq!((map.measure, map.goal), (Measure::Epochs, goal));
    let mapped = window.mapped();
    let cell = mapped.map.gathered(0..1, Measure::Epochs);
    assert!(
        cell.value
            .is_some_and(|epochs| (1.0..=4.0).contains(&epochs)),
        "{cell:?}"
    );
    assert_eq!(
        mapped.map.title(Measure::Epochs),
        format!("epochs to {goal}")
    );
    let never = Goal::near(goal.of, 1e-9).unwrap();
    window.act(Action::Map(MapAction::SetGoal(never)));
    let cell = window.mapped().map.gathered(0..1, Measure::Epochs);
    assert_eq!((cell.value, cell.without), (None, 1));
}

#[test]
fn the_page_offers_a_map_around_the_run_when_it_is_opened() {
    let mut window = Window::new();
    assert!(window.lab.view().shared.map.choice.is_none());
    window.act(UserCommand::Show(Page::Map));
    let view = window.lab.view();
    let choice = view.shared.map.choice.clone().unwrap();
    assert_eq!(choice.first.varied, Varied::Rho);
    let (rho, lambda_c) = (
        view.run.hyperparameters().sparsity_target,
        view.run.cliffs().unwrap().lambda_c,
    );
    assert!(choice.first.low < rho && rho < choice.first.high);
    let second = choice.second.unwrap();
    assert!(second.low < lambda_c && lambda_c < second.high);
    assert!(view.shared.map.plan(view.run).unwrap().is_ok());
    // it follows the data, as long as nobody has chosen anything
    let suggested = |window: &Window| {
        let run = window.lab.view().run;
        MapChoice::suggested(&run.experiment, run.cliffs().as_ref())
    };
    let chosen = |window: &Window| window.lab.view().shared.map.choice.clone().unwrap();
    window.act(Action::Set {
        setting: Setting::SparsityTarget,
        value: Value::Number(0.3),
        press: 1,
    });
    window.frames(4);
    assert_eq!(chosen(&window), choice, "a slider does not move it");
    window.act(Action::Load(DataSpec::embedded(EmbeddedSet::Digits)));
    window.frames(10);
    assert_ne!(chosen(&window), choice);
    assert_eq!(chosen(&window), suggested(&window));
    let mine = MapChoice {
        seeds: 3,
        ..chosen(&window)
    };
    window.choose(mine.clone());
    window.act(Action::Load(DataSpec::embedded(EmbeddedSet::Bars)));
    window.frames(10);
    assert_eq!(chosen(&window), mine);
}
