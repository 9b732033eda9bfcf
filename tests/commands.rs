//! Whatever a person asks for, in whatever order, the lab answers it, and what it shows is of one run: under random
//! commands, with runs saved and opened on the way. `SAE_LAB_FULL=1`, as `tests/long commands` does, tries 100,000.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

#[path = "support/simulated.rs"]
mod simulated;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sae_lab::io::run_file;
use sae_lab::lab::state::KeptAction;
use sae_lab::lab::{Action, Lab, UserCommand};
use sae_lab::training::trainer::RunId;
use sae_lab::training::{Setting, Speed, Value};

/// Commands in one session.
const COMMANDS: usize = 500;

struct Session<'a> {
    lab: Lab,
    now: Duration,
    random: ChaCha8Rng,
    commands: Vec<UserCommand>,
    folder: &'a Path,
    asked: Vec<String>,
}

impl Session<'_> {
    fn frame(&mut self) {
        self.now += Duration::from_millis(400);
        self.lab.drain(self.now);
        self.lab.follow(self.now);
        let view = self.lab.view();
        let run = view.run;
        if let Some(snapshot) = &run.snapshot
            && snapshot.run == run.id
        {
            let past = run.past.as_ref();
            let shown = past.map_or(run.now(), |past| past.shown.epoch);
            assert_eq!(snapshot.epoch, shown, "what is shown is of its epoch");
            assert_eq!(snapshot.units.len(), run.experiment.hidden);
            let costs = snapshot.history.records();
            assert!(costs.last().is_some_and(|last| last.epoch <= run.now()));
        }
        assert!(view.shared.notices.len() <= 3);
        for notice in &view.shared.notices {
            let words = &notice.text;
            assert!(!words.contains("please report"), "{words}");
        }
    }

    fn action(&mut self) -> Action {
        let random = &mut self.random;
        let runs: Vec<RunId> = self.lab.session().runs().map(|run| run.id).collect();
        let run = runs[random.random_range(0..runs.len())];
        let file = |number: u32| self.folder.join(format!("{number}.saelab"));
        match random.random_range(0..20) {
            0 => Action::Set {
                setting: Setting::WeightDecay,
                value: Value::Number(random.random_range(0.0..0.3)),
                press: random.random_range(0..40),
            },
            1 => Action::Set {
                setting: Setting::LearningRate,
                value: Value::Number(10f64.powf(random.random_range(-3.0..7.0))),
                press: random.random_range(0..40),
            },
            2 => Action::SetHidden(random.random_range(0..9)),
            3 => Action::SetSpeed(Speed::EpochsPerSecond(random.random_range(0.5..50.0))),
            4 => Action::Select(Some(random.random_range(0..9))),
            5 => Action::Seek(random.random_range(0..200)),
            6 => Action::Kept(run, KeptAction::Show),
            7 => Action::Kept(run, KeptAction::Drop),
            8 => Action::Kept(
                run,
                KeptAction::Rename("ρ/β".repeat(random.random_range(0..40))),
            ),
            14 => Action::Kept(
                run,
                KeptAction::Note("ρ̂\n".repeat(random.random_range(0..9))),
            ),
            15 => UserCommand::SaveRun.into(),
            9 | 10 => Action::Typed(vec![file(random.random_range(0..6))]),
            11 => Action::Open(vec![file(random.random_range(0..7))]),
            12 => Action::DismissNotice(random.random_range(0..4)),
            13 => Action::CloseDialog,
            _ => {
                let place = random.random_range(0..self.commands.len());
                self.commands[place].into()
            }
        }
    }

    fn run(&mut self) {
        for _ in 0..COMMANDS {
            let action = self.action();
            self.asked.push(format!("{action:?}"));
            self.lab.act(action);
            if self.random.random_bool(0.7) {
                self.frame();
            }
        }
    }
}

#[test]
fn random_commands_are_answered_and_what_is_saved_can_be_read() {
    let sessions = if std::env::var_os("SAE_LAB_FULL").is_some() {
        200
    } else {
        8
    };
    let mut files = 0;
    for seed in 0..sessions {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session {
            lab: simulated::lab(),
            now: Duration::ZERO,
            random: ChaCha8Rng::seed_from_u64(seed),
            commands: UserCommand::all().collect(),
            folder: folder.path(),
            asked: Vec::new(),
        };
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session.run()));
        if let Err(panic) = asked {
            let last = session.asked.len().saturating_sub(30);
            println!(
                "seed {seed}; the last of what was asked: {:#?}",
                &session.asked[last..]
            );
            std::panic::resume_unwind(panic);
        }
        let entries = std::fs::read_dir(folder.path()).unwrap().flatten();
        let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        for path in &paths {
            assert!(run_file::read(path).is_ok(), "{}", path.display());
        }
        files += paths.len();
    }
    println!("{} commands, {files} files", sessions as usize * COMMANDS);
    assert!(
        files > sessions as usize,
        "{files} files of {sessions} sessions"
    );
}
