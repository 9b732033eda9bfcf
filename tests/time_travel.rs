//! Whatever a person does with time, the window shows the run as it was at the epoch that it names, within the memory
//! that was given: under 20,000 random actions. `SAE_LAB_FULL=1`, as `tests/long time` does, tries ten times as many.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

#[path = "support/simulated.rs"]
mod simulated;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sae_lab::lab::map::{MapAction, MapChoice, MapRange};
use sae_lab::lab::state::{KeptAction, PairAction};
use sae_lab::lab::{Action, Lab, UserCommand};
use sae_lab::training::sweep::{Scale, Varied};
use sae_lab::training::trainer::RunId;
use sae_lab::training::{Setting, Snapshot, Value};

/// Actions in one session, and sessions.
const ACTIONS: usize = 500;

/// A map of a few runs of a few epochs.
fn few_runs(steps: usize) -> Action {
    let range = |varied, low, high| MapRange {
        varied,
        low,
        high,
        scale: Scale::Log,
        steps,
    };
    Action::Map(MapAction::Choose(Box::new(MapChoice {
        first: range(Varied::Beta, 0.3, 3.0),
        second: Some(range(Varied::Lambda, 1e-4, 1e-2)),
        seeds: 1,
        epochs: 12,
    })))
}

/// What one epoch of any run was seen to be: its weights and its cost.
fn print_of(snapshot: &Snapshot) -> u64 {
    let mut hasher = DefaultHasher::new();
    for weight in snapshot.parameters.encoder_weights() {
        weight.to_bits().hash(&mut hasher);
    }
    snapshot.cost.total().to_bits().hash(&mut hasher);
    hasher.finish()
}

struct Session {
    lab: Lab,
    now: Duration,
    /// By epoch.
    seen: BTreeMap<u64, HashSet<u64>>,
    random: ChaCha8Rng,
    exact: u64,
}

thread_local! {
    static LAST: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

impl Session {
    fn new(seed: u64) -> Self {
        let lab = simulated::lab();
        Self {
            lab,
            now: Duration::ZERO,
            seen: BTreeMap::new(),
            random: ChaCha8Rng::seed_from_u64(seed),
            exact: 0,
        }
    }

    fn frame(&mut self) {
        self.now += Duration::from_millis(50);
        self.lab.drain(self.now);
        self.lab.follow(self.now);
        let live: Vec<Arc<Snapshot>> = self
            .lab
            .session()
            .runs()
            .filter_map(|run| run.latest().filter(|latest| latest.run == run.id).cloned())
            .collect();
        for snapshot in live {
            self.seen
                .entry(snapshot.epoch)
                .or_default()
                .insert(print_of(&snapshot));
        }
    }

    fn action(&mut self) -> Action {
        let random = &mut self.random;
        let shown = self.lab.view().run;
        let runs: Vec<RunId> = self.lab.session().runs().map(|run| run.id).collect();
        let run = runs[random.random_range(0..runs.len())];
        let numbers = [
            (Setting::SparsityWeight, 3.0),
            (Setting::WeightDecay, 0.3),
            (Setting::LearningRate, 0.3),
            (Setting::SparsityTarget, 0.2),
        ];
        let (setting, most) = numbers[random.random_range(0..numbers.len())];
        let value = Value::Number(most * random.random_range(0.01..1.0));
        let now = shown.now();
        match random.random_range(0..32) {
            0..=2 => Action::Set {
                setting,
                value,
                press: random.random_range(0..3),
            },
            3..=6 => Action::Seek(random.random_range(0..=now)),
            7 => UserCommand::EpochBack.into(),
            8 => UserCommand::TenEpochsBack.into(),
            9 => UserCommand::EpochForward.into(),
            10 => UserCommand::FirstEpoch.into(),
            11 => UserCommand::ReturnToNow.into(),
            12 => UserCommand::GoOnFromHere.into(),
            13..=14 => UserCommand::Undo.into(),
            15 => UserCommand::Redo.into(),
            16 => UserCommand::PlayPause.into(),
            17 => UserCommand::StepEpoch.into(),
            18 => UserCommand::CopyBeside.into(),
            19 => UserCommand::SwapRuns.into(),
            20 => match random.random_range(0..4) {
                0 => UserCommand::KeepOther.into(),
                1 => UserCommand::DropOther.into(),
                2 => UserCommand::ToggleLock.into(),
                _ => UserCommand::EndPair.into(),
            },
            21 => UserCommand::SparseAgainstPlain.into(),
            22 => UserCommand::Reset.into(),
            23 => UserCommand::NewSeed.into(),
            24 => Action::Kept(run, KeptAction::Show),
            25 => Action::Kept(run, KeptAction::Drop),
            26 => Action::Pair(PairAction::With(run)),
            27 => Action::Pair(PairAction::FromHere(vec![(setting, value)])),
            29 => few_runs(random.random_range(1..3)),
            30 => match random.random_range(0..4) {
                0 => UserCommand::StopMap.into(),
                1 => Action::Map(MapAction::Open(random.random_range(0..5))),
                _ => UserCommand::StartMap.into(),
            },
            28 => Action::SetPastBudget(random.random_range(0..64) << 20),
            _ => {
                if random.random_bool(0.5) {
                    UserCommand::ReviveDead.into()
                } else {
                    Action::PauseAt(Some(now + random.random_range(0..20)))
                }
            }
        }
    }

    fn check(&mut self) {
        let view = self.lab.view();
        let run = view.run;
        if let Some(archive) = view.archive {
            let (total, budget) = (archive.total(), archive.budget());
            assert!(total <= budget, "{total} of {budget} bytes");
        }
        for run in self.lab.session().runs() {
            let own = run.own_snapshot();
            if let Some(past) = &run.past {
                let shown = own.unwrap();
                assert_eq!(shown.epoch, past.shown.epoch);
                assert!(past.asked.epoch <= run.now());
                let known = self.seen.get(&shown.epoch);
                if let Some(known) = known.filter(|_| past.is_exact() && past.trouble.is_none()) {
                    assert!(
                        known.contains(&print_of(shown)),
                        "epoch {} was never so",
                        shown.epoch
                    );
                    self.exact += 1;
                }
                assert_eq!(*run.hyperparameters(), shown.experiment.hyperparameters);
            }
            if let Some(shown) = own {
                let last = shown.history.last().unwrap();
                assert_eq!(last.epoch, shown.epoch);
                // the record of an epoch is of its end, before units were revived there
                let mut revivals = shown.history.revivals();
                if revivals.all(|revival| revival.epoch != shown.epoch) {
                    assert_eq!(last.cost, shown.cost);
                }
                assert_eq!(shown.units.len(), run.experiment.hidden);
            }
        }
        if let Some(pair) = view.pair() {
            assert_ne!(pair.other.id, run.id);
        }
        assert!(self.lab.session().runs().count() <= 12);
    }
}

#[test]
fn random_actions_never_show_an_epoch_that_was_not_so() {
    let sessions = if std::env::var_os("SAE_LAB_FULL").is_some() {
        40
    } else {
        4
    };
    let mut exact = 0;
    for seed in 0..sessions {
        let mut session = Session::new(seed);
        (0..20).for_each(|_| session.frame());
        LAST.with_borrow_mut(Vec::clear);
        for _ in 0..ACTIONS {
            let action = session.action();
            LAST.with_borrow_mut(|last| last.push(format!("{action:?}")));
            let before = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                session.lab.act(action);
                for _ in 0..session.random.random_range(1..5) {
                    session.frame();
                    session.check();
                }
            }));
            if let Err(panic) = before {
                LAST.with_borrow(|last| {
                    println!("seed {seed}, after {} actions; the last:", last.len());
                    last.iter()
                        .rev()
                        .take(12)
                        .rev()
                        .for_each(|action| println!("  {action}"));
                });
                std::panic::resume_unwind(panic);
            }
        }
        exact += session.exact;
    }
    assert!(
        exact > 100 * sessions,
        "{exact} epochs of the past were held against what was seen"
    );
    println!(
        "{sessions} sessions of {ACTIONS} actions, {exact} epochs of the past as they were seen live"
    );
}
