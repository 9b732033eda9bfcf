//! What a person did, as far as it can be taken back.

use crate::training::record::Gesture;
use crate::training::trainer::RunId;
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
    pub(super) done: Vec<Done>,
    /// The run that was left by each undo, and what had been done in it.
    pub(super) undone: Vec<(RunId, Done)>,
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

    /// `run` is not kept any more: nothing leads back to it any more.
    pub(super) fn forget(&mut self, run: RunId) {
        if let Some(place) = self.done.iter().rposition(|done| *done == Done::Left(run)) {
            // with what was done in it; what leads further back stays
            let left = |done: &Done| matches!(done, Done::Left(_));
            let from = self.done[..place].iter().rposition(left);
            self.done.drain(from.map_or(0, |from| from + 1)..=place);
        }
        if let Some(place) = self.undone.iter().rposition(|(left, _)| *left == run) {
            self.undone.drain(..=place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_went_takes_only_what_was_done_in_it_with_it() {
        let mut undo = Undo::default();
        let set = |gesture| Done::Set {
            gesture: Gesture(gesture),
            setting: Setting::WeightDecay,
            old: Value::Number(0.1),
        };
        for done in [
            set(1),
            Done::Left(RunId(1)),
            set(2),
            Done::Left(RunId(2)),
            set(3),
        ] {
            undo.push(done);
        }
        undo.forget(RunId(2));
        assert_eq!(undo.done, [set(1), Done::Left(RunId(1)), set(3)]);
        undo.forget(RunId(1));
        assert_eq!(undo.done, [set(3)]);
        assert!(undo.can_undo() && !undo.can_redo());
    }
}
