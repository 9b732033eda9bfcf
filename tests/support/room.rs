//! A lab on a clock of the test's own, and what a person does in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]
#![allow(dead_code, reason = "each test uses its share of it")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sae_lab::lab::{Action, Lab, UserCommand};
use sae_lab::training::{Setting, Snapshot, Value};

use crate::simulated;

/// A lab and its clock.
pub struct Room {
    pub lab: Lab,
    pub now: Duration,
}

impl Room {
    pub fn new() -> Self {
        Self::of(simulated::lab())
    }

    /// `lab`, once its run has begun.
    pub fn of(lab: Lab) -> Self {
        let now = Duration::ZERO;
        let mut room = Self { lab, now };
        room.until(|lab| lab.view().run.now() > 0);
        room
    }

    pub fn frame(&mut self) {
        self.now += Duration::from_millis(50);
        self.lab.drain(self.now);
        self.lab.follow(self.now);
    }

    pub fn until(&mut self, done: impl Fn(&Lab) -> bool) {
        for _ in 0..2_000 {
            if done(&self.lab) {
                return;
            }
            self.frame();
        }
        panic!("waited in vain: {:?}", self.lab.view().shared.notices);
    }

    pub fn command(&mut self, command: UserCommand) {
        self.lab.act(command.into());
        self.frame();
    }

    pub fn pause(&mut self) {
        self.command(UserCommand::PlayPause);
        assert!(!self.lab.view().run.playing);
        for _ in 0..3 {
            self.frame();
        }
    }

    pub fn latest(&self) -> Arc<Snapshot> {
        let run = self.lab.view().run;
        let latest = run.latest().unwrap();
        assert_eq!(latest.run, run.id);
        Arc::clone(latest)
    }

    /// Types a path where one is asked for.
    pub fn typed(&mut self, path: &Path) {
        assert!(self.lab.view().shared.open_dialog.is_some());
        self.lab.act(Action::Typed(vec![path.to_owned()]));
        self.frame();
    }

    pub fn said(&self) -> String {
        let notices = &self.lab.view().shared.notices;
        notices.iter().map(|notice| notice.text.as_str()).collect()
    }

    pub fn saved(&mut self, path: &Path) {
        self.until(|lab| lab.view().run.file.as_deref() == Some(path));
        assert!(self.said().contains("Saved"), "{}", self.said());
    }

    pub fn step(&mut self, epochs: u64) {
        for _ in 0..epochs {
            let before = self.lab.view().run.now();
            self.command(UserCommand::StepEpoch);
            self.until(|lab| lab.view().run.now() == before + 1);
        }
    }

    pub fn set_decay(&mut self, value: f64, press: u64) {
        self.lab.act(Action::Set {
            setting: Setting::WeightDecay,
            value: Value::Number(value),
            press,
        });
    }
}
