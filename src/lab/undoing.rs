//! Undo and redo: the run returns to the moment before the last gesture, as a branch; the branch that was left stays.

use std::sync::Arc;

use super::cursor::Arrival;
use super::jobs::{JobKind, Request};
use super::room::Lab;
use super::state::Severity;
use super::undo::Done;
use crate::training::record::Change;
use crate::training::run::Keyframe;
use crate::training::timeline::Moment;
use crate::training::trainer::Ask;
use crate::training::{Setting, Value};

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
            let gesture = self.session.gesture_of_its_own();
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
