//! The runs of a window, by their numbers, and the data sets that they train on.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use super::beside::{Beside, Pair};
use super::run_view::RunView;
use super::undo::Undo;
use crate::data::DataSet;
use crate::training::Experiment;
use crate::training::record::Gesture;
use crate::training::trainer::{DataId, RunId};

/// The run in view, and those that are not.
#[derive(Debug)]
pub struct Session {
    /// The run that is shown.
    pub shown: RunView,
    others: BTreeMap<RunId, RunView>,
    /// The run that was shown before the one that is yet to open.
    before: Option<RunId>,
    pub(super) undo: Undo,
    /// The run beside the one shown.
    beside: Option<Beside>,
    /// The number of the last run and of the last data set.
    last_run: u64,
    last_data: u64,
    /// What the trainer's store holds.
    sets: BTreeMap<DataId, Weak<DataSet>>,
    /// The last gesture of a person, and the press that it was.
    gesture: Gesture,
    press: Option<u64>,
}

impl Session {
    /// Without a run yet.
    pub(super) fn new(experiment: Experiment) -> Self {
        Self {
            shown: RunView::draft(experiment),
            others: BTreeMap::new(),
            before: None,
            undo: Undo::default(),
            beside: None,
            last_run: 0,
            last_data: 0,
            sets: BTreeMap::new(),
            gesture: Gesture::default(),
            press: None,
        }
    }

    pub fn get(&self, run: RunId) -> Option<&RunView> {
        if self.shown.id == run {
            return Some(&self.shown);
        }
        self.others.get(&run)
    }

    pub(super) fn get_mut(&mut self, run: RunId) -> Option<&mut RunView> {
        if self.shown.id == run {
            return Some(&mut self.shown);
        }
        self.others.get_mut(&run)
    }

    /// All runs: the one shown first.
    pub fn runs(&self) -> impl Iterator<Item = &RunView> {
        std::iter::once(&self.shown).chain(self.others.values())
    }

    /// Shows a new run in the place of the one shown, which stays beside it until the trainer has taken the new one.
    /// Returns the new number.
    pub(super) fn begin(&mut self, experiment: Experiment, data: Arc<DataSet>) -> RunId {
        self.last_run += 1;
        let id = RunId(self.last_run);
        let next = self.shown.followed_by(id, experiment, data);
        self.put_before(next);
        id
    }

    /// A new run that is not shown. Returns its number.
    pub(super) fn begin_beside(&mut self, experiment: Experiment, data: Arc<DataSet>) -> RunId {
        self.last_run += 1;
        let id = RunId(self.last_run);
        let mut next = self.shown.followed_by(id, experiment, data);
        next.snapshot = None; // the pictures of the one shown are not its own
        self.others.insert(id, next);
        id
    }

    /// The run beside the one shown.
    pub fn beside(&self) -> Option<&Beside> {
        self.beside.as_ref()
    }

    pub(super) fn beside_mut(&mut self) -> Option<&mut Beside> {
        self.beside.as_mut()
    }

    /// Returns what stood there.
    pub(super) fn set_beside(&mut self, beside: Option<Beside>) -> Option<Beside> {
        std::mem::replace(&mut self.beside, beside)
    }

    /// The run beside the one shown, with what it has to do with it.
    pub fn pair(&self) -> Option<Pair<'_>> {
        let beside = self.beside.as_ref()?;
        let other = self.others.get(&beside.run)?;
        Some(Pair { beside, other })
    }

    /// Shows `next`; the run shown so far stays beside it.
    fn put_before(&mut self, next: RunView) {
        let mut before = std::mem::replace(&mut self.shown, next);
        before.return_to_now();
        self.before = Some(before.id);
        self.others.insert(before.id, before);
    }

    /// Shows `run` again in the place of the one shown, which stays. Returns whether it is kept.
    pub(super) fn reopen(&mut self, run: RunId) -> bool {
        let Some(next) = self.others.remove(&run) else {
            return false;
        };
        self.put_before(next);
        self.before = None;
        true
    }

    /// `run` could not begin: the one before it is shown again, with what the person set since about the window. Returns
    /// whether there is one.
    pub(super) fn take_back(&mut self, run: RunId) -> bool {
        if self.shown.id != run {
            self.beside.take_if(|beside| beside.run == run);
            return self.others.remove(&run).is_some();
        }
        let before = self.before.take();
        let Some(before) = before.and_then(|before| self.others.remove(&before)) else {
            return false;
        };
        let refused = std::mem::replace(&mut self.shown, before);
        self.shown.playing &= refused.playing;
        true
    }

    /// The run shown has opened: it will not give way to the one before it any more.
    pub(super) fn shown_is_there(&mut self) {
        self.before = None;
    }

    /// Of the runs beside the one shown that are not pinned at most `most` stay: first those go that never trained, then
    /// the oldest. Returns the numbers of those that went.
    pub(super) fn settle(&mut self, most: usize) -> Vec<RunId> {
        let before = self.before;
        self.others
            .retain(|_, run| !run.is_draft() || Some(run.id) == before);
        let beside = self.beside.as_ref().map(|beside| beside.run);
        let live = |run: &RunView| run.followed.as_ref().is_some_and(|of| of.live);
        let stays =
            |run: &RunView| run.pinned || live(run) || [beside, before].contains(&Some(run.id));
        let plain = self.others.values().filter(|run| !stays(run));
        let mut plain: Vec<(bool, RunId)> = plain.map(|run| (run.now() > 0, run.id)).collect();
        plain.sort_unstable();
        plain.truncate(plain.len().saturating_sub(most));
        let gone: Vec<RunId> = plain.into_iter().map(|(_, run)| run).collect();
        for run in &gone {
            self.drop_run(*run);
        }
        gone
    }

    /// Lets go of a run that is not shown. Returns whether it was there.
    pub(super) fn drop_run(&mut self, run: RunId) -> bool {
        self.undo.forget(run);
        self.beside.take_if(|beside| beside.run == run);
        self.others.remove(&run).is_some()
    }

    /// What has been done, as far as it can be taken back.
    pub fn undo(&self) -> &Undo {
        &self.undo
    }

    /// The next change is a gesture of its own.
    pub(super) fn press_is_over(&mut self) {
        self.press = None;
    }

    /// The name of `data` in the trainer's store, and whether it is new there.
    pub(super) fn name(&mut self, data: &Arc<DataSet>) -> (DataId, bool) {
        let same =
            |held: &Weak<DataSet>| held.as_ptr() == Arc::as_ptr(data) && held.strong_count() > 0;
        if let Some((id, _)) = self.sets.iter().find(|(_, held)| same(held)) {
            return (*id, false);
        }
        self.last_data += 1;
        let id = DataId(self.last_data);
        self.sets.insert(id, Arc::downgrade(data));
        (id, true)
    }

    /// The data sets on which no run trains any more; they are named no longer.
    pub(super) fn unused_data(&mut self) -> Vec<DataId> {
        let used: Vec<*const DataSet> = self
            .runs()
            .filter_map(|run| run.data().map(Arc::as_ptr))
            .collect();
        let unused: Vec<DataId> = self
            .sets
            .iter()
            .filter(|(_, held)| !used.contains(&held.as_ptr()))
            .map(|(id, _)| *id)
            .collect();
        for id in &unused {
            self.sets.remove(id);
        }
        unused
    }

    /// New gestures come after `last`, of a run that was not begun here.
    pub(super) fn gestures_follow(&mut self, last: Gesture) {
        self.press_is_over();
        self.gesture = self.gesture.max(last);
    }

    /// A gesture of no press: no other change is a part of it.
    pub(super) fn gesture_of_its_own(&mut self) -> Gesture {
        self.press_is_over();
        self.gesture.0 += 1;
        self.gesture
    }

    /// The gesture of a change: the last one where that was of the same `press`, else a new one.
    pub(super) fn gesture(&mut self, press: u64) -> Gesture {
        if self.press.replace(press) != Some(press) {
            self.gesture.0 += 1;
        }
        self.gesture
    }
}
