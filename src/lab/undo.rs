//! Undo and redo: the run returns to the moment before the last gesture, as a branch; the branch that was left stays.

use std::sync::Arc;

use super::jobs::{JobKind, Request};
use super::past::Arrival;
use super::room::Lab;
use super::state::Severity;
use crate::data::error::grouped;
use crate::training::record::{Change, Gesture};
use crate::training::run::Keyframe;
use crate::training::timeline::Moment;
use crate::training::trainer::{Ask, RunId};
use crate::training::{Setting, Value};

/// Most gestures that can be taken back.
const MOST: usize = 100;

/// What a person did to the run in view.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Done {
    /// One gesture on a setting.
    Set {
        gesture: Gesture,
        setting: Setting,
        /// Before it.
        old: Value,
    },
    Revived,
    /// Another run took the place of this one.
    Left(RunId),
}

/// What can be taken back, and what was.
#[derive(Debug, Default)]
pub struct Undo {
    done: Vec<Done>,
    /// The run that was left by each undo, and what had been done in it.
    undone: Vec<(RunId, Done)>,
}

impl Undo {
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// A new gesture: what was taken back before it is gone.
    pub(super) fn push(&mut self, done: Done) {
        self.undone.clear();
        if let (Some(Done::Set { gesture: last, .. }), Done::Set { gesture, .. }) =
            (self.done.last(), &done)
            && last == gesture
        {
            return; // a drag goes on
        }
        self.done.push(done);
        let surplus = self.done.len().saturating_sub(MOST);
        self.done.drain(..surplus);
    }

    /// What could not be taken back is still done.
    pub(super) fn give_back(&mut self, done: Done) {
        self.done.push(done);
    }

    /// The run that took the place of `run` could not open.
    pub(super) fn take_back(&mut self, run: RunId) {
        if self.done.last() == Some(&Done::Left(run)) {
            self.done.pop();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.done.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.done.truncate(len);
    }

    /// `run` is not kept any more: nothing leads back to it.
    pub(super) fn forget(&mut self, run: RunId) {
        if let Some(place) = self.done.iter().rposition(|done| *done == Done::Left(run)) {
            self.done.drain(..=place);
        }
        if let Some(place) = self.undone.iter().rposition(|(left, _)| *left == run) {
            self.undone.drain(..=place);
        }
    }
}

impl Lab {
    /// Takes the last gesture back.
    pub(super) fn undo(&mut self) {
        let Some(done) = self.session.undo.done.pop() else {
            return;
        };
        let run = self.session.shown.id;
        match &done {
            Done::Left(before) => {
                if self.reopen(*before) {
                    self.session.undo.undone.push((run, done));
                }
            }
            Done::Set {
                gesture,
                setting,
                old,
            } => {
                let archive = self.archive();
                match archive.and_then(|archive| archive.before_gesture(run, *gesture)) {
                    Some(moment) => self.undo_to(moment, done),
                    // not in force yet: nothing has come of it
                    None => self.take_back_setting(*setting, *old),
                }
            }
            Done::Revived => {
                let archive = self.archive();
                if let Some(moment) = archive.and_then(|archive| archive.before_revival(run)) {
                    self.undo_to(moment, done);
                }
            }
        }
    }

    /// The value that `setting` had, staged as it was.
    fn take_back_setting(&mut self, setting: Setting, value: Value) {
        self.return_to_now();
        let settings = &mut self.session.shown.experiment.hyperparameters;
        if setting.set(settings, value).is_ok() {
            self.session.press_is_over();
            let gesture = self.session.gesture(0);
            self.session.press_is_over();
            self.ask(Ask::Set(Change {
                setting,
                value,
                gesture,
            }));
        }
    }

    /// The run goes on from `moment`, before what was done there.
    fn undo_to(&mut self, moment: Moment, done: Done) {
        let run = self.session.shown.id;
        let Some(archive) = self.archive() else {
            return;
        };
        if let Some(kept) = archive.at(run, moment).filter(|kept| kept.frame.is_whole()) {
            return self.undone(moment, &kept.frame, done);
        }
        match archive.replay(run, moment) {
            Ok(replay) => {
                let replay = Box::new(replay);
                match self.jobs.start(Request::Replay { run, replay }) {
                    Ok(()) => self.arrival = Some(Arrival { run, moment, done }),
                    Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
                }
            }
            Err(why) => {
                self.session.undo.done.push(done);
                self.shared.notify(Severity::Trouble, why.to_string());
            }
        }
    }

    /// The moment that an undo goes back to is there.
    pub(super) fn undone(&mut self, moment: Moment, frame: &Arc<Keyframe>, done: Done) {
        self.jobs.cancel(JobKind::Replay);
        let run = self.session.shown.id;
        if self.branch(moment, frame) {
            self.session.undo.undone.push((run, done));
            let epoch = grouped(moment.epoch);
            self.shared.notify(
                Severity::Note,
                format!("Back at epoch {epoch}, before the change. What came after it is kept under Runs."),
            );
        }
    }

    /// Does again what was taken back.
    pub(super) fn redo(&mut self) {
        if let Some((run, done)) = self.session.undo.undone.pop()
            && self.reopen(run)
        {
            self.session.undo.done.push(done);
        }
    }
}
