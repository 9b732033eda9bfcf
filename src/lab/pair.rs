//! A second run beside the one shown: begun from a moment, in step or free, swapped, kept or dropped.

use std::sync::Arc;
use std::time::Duration;

use super::beside::{Beside, Matched};
use super::cursor::Then;
use super::jobs::{JobKind, Request};
use super::room::Lab;
use super::session::Session;
use super::state::{KeptAction, PairAction, Severity};
use super::undo::Done;
use crate::data::DataSet;
use crate::training::record::Change;
use crate::training::run::Keyframe;
use crate::training::timeline::Moment;
use crate::training::trainer::{Ask, RunId};
use crate::training::{Experiment, Setting, Speed, Value};

/// β of the sparse run, where the one shown has none.
const SPARSE: f64 = 3.0;
/// The features are matched anew at most this often.
const MATCH_EVERY: Duration = Duration::from_millis(500);

impl Lab {
    pub(super) fn pair_action(&mut self, action: PairAction) {
        match action {
            PairAction::FromHere(settings) => self.beside_from_here(settings),
            PairAction::With(run) => {
                if self.session.get(run).is_some() && run != self.session.shown.id {
                    self.stand_beside(run);
                }
            }
        }
    }

    /// A second run goes on from the moment that is shown, with `settings`; waits for the moment where it is not there,
    /// whole.
    pub(super) fn beside_from_here(&mut self, settings: Vec<(Setting, Value)>) {
        let mut checked = self.session.shown.experiment.hyperparameters;
        for (setting, value) in &settings {
            if let Err(error) = setting.set(&mut checked, *value) {
                return self.shared.notify(Severity::Trouble, error.to_string());
            }
        }
        if let Err(error) = checked.check() {
            return self.shared.notify(Severity::Trouble, error.to_string());
        }
        let run = self.session.shown.id;
        let kept = match &self.session.shown.past {
            Some(past) if past.is_exact() => Some((past.shown, Arc::clone(&past.frame))),
            Some(_) => None,
            None => self
                .archive()
                .and_then(|archive| archive.nearest(run, u64::MAX))
                .map(|kept| (kept.moment, kept.frame)),
        };
        match kept {
            Some((moment, frame)) if frame.is_whole() => {
                self.branch_beside(moment, &frame, &settings);
            }
            Some((moment, _)) => {
                self.seek_moment(moment);
                self.wait_for_moment(Then::Beside(settings));
            }
            None => self.wait_for_moment(Then::Beside(settings)),
        }
    }

    /// The moment that was waited for is there.
    pub(super) fn branch_beside(
        &mut self,
        moment: Moment,
        frame: &Arc<Keyframe>,
        settings: &[(Setting, Value)],
    ) {
        self.end_pair();
        let Some(run) = self.go_on_as(moment, frame, Session::begin_beside) else {
            return;
        };
        for (setting, value) in settings {
            self.set_of(run, *setting, *value);
        }
        self.stand_beside(run);
    }

    /// Changes a setting of a run that is not shown.
    pub(super) fn set_of(&mut self, run: RunId, setting: Setting, value: Value) {
        let gesture = self.session.gesture_of_its_own();
        if let Some(view) = self.session.get_mut(run)
            && setting
                .set(&mut view.experiment.hyperparameters, value)
                .is_ok()
        {
            self.ask_about(
                run,
                Ask::Set(Change {
                    setting,
                    value,
                    gesture,
                }),
            );
        }
    }

    /// `run` stands beside the one shown, in step with it.
    fn stand_beside(&mut self, run: RunId) {
        if self
            .session
            .beside()
            .is_some_and(|beside| beside.run != run)
        {
            self.end_pair();
        }
        self.session.set_beside(Some(Beside {
            run,
            locked: true,
            matched: None,
        }));
        self.lock_pair();
        let (speed, playing) = (self.session.shown.speed, self.session.shown.playing);
        if let Some(view) = self.session.get_mut(run) {
            (view.speed, view.playing) = (speed, playing);
        }
        if speed != Speed::Unlimited {
            self.ask_about(run, Ask::SetSpeed(speed));
        }
        if let Some(epoch) = self.session.shown.pause_at {
            self.ask_about(run, Ask::PauseAt(Some(epoch)));
        }
        self.ask_about(run, if playing { Ask::Play } else { Ask::Pause });
    }

    /// Tells the trainer whether the two are in step.
    pub(super) fn lock_pair(&mut self) {
        let Some(beside) = self.session.beside() else {
            return;
        };
        let (a, b, locked) = (self.session.shown.id, beside.run, beside.locked);
        self.ask_about(a, Ask::Lock(locked.then_some(b)));
        self.ask_about(b, Ask::Lock(locked.then_some(a)));
    }

    /// In step, or free.
    pub(super) fn toggle_lock(&mut self) {
        if let Some(beside) = self.session.beside_mut() {
            beside.locked = !beside.locked;
        }
        self.lock_pair();
    }

    /// The run beside the one shown rests, and stays among the kept runs.
    pub(super) fn end_pair(&mut self) {
        let Some(beside) = self.session.set_beside(None) else {
            return;
        };
        self.jobs.cancel(JobKind::Match);
        self.ask_about(self.session.shown.id, Ask::Lock(None));
        if self.session.get(beside.run).is_some() {
            self.ask_about(beside.run, Ask::Lock(None));
            self.ask_about(beside.run, Ask::Pause);
        }
        if let Some(view) = self.session.get_mut(beside.run) {
            view.playing = false;
        }
    }

    /// A becomes B, and B becomes A.
    pub(super) fn swap_pair(&mut self) {
        let Some(beside) = self.session.beside().cloned() else {
            return;
        };
        let (a, selected) = (self.session.shown.id, self.session.shown.selected);
        self.return_to_now();
        if self.session.reopen(beside.run) {
            self.session.set_beside(Some(Beside {
                run: a,
                locked: beside.locked,
                matched: None,
            }));
            self.session.shown.selected = selected;
            self.show_in_archive();
        }
    }

    /// B takes the place of A, which stays among the kept runs.
    pub(super) fn promote_other(&mut self) {
        let Some(beside) = self.session.beside() else {
            return;
        };
        let (a, b) = (self.session.shown.id, beside.run);
        let playing = self.session.shown.playing;
        self.end_pair();
        self.session.shown.playing = playing;
        if self.reopen(b) {
            self.session.undo.push(Done::Left(a));
        }
    }

    pub(super) fn drop_other(&mut self) {
        if let Some(beside) = self.session.beside() {
            let run = beside.run;
            self.end_pair();
            self.keep(run, KeptAction::Drop);
        }
    }

    /// The run shown once more from its initial weights, and beside it the same with β 0.
    pub(super) fn sparse_against_plain(&mut self) {
        let Some(data) = self.session.shown.data().map(Arc::clone) else {
            return;
        };
        let mut sparse = self.session.shown.experiment.clone();
        if sparse.hyperparameters.sparsity_weight == 0.0 {
            let home = self.session.shown.home_settings().sparsity_weight;
            sparse.hyperparameters.sparsity_weight = if home > 0.0 { home } else { SPARSE };
        }
        let mut plain = sparse.clone();
        plain.hyperparameters.sparsity_weight = 0.0;
        self.session.shown.playing = true;
        if !self.begin(sparse, Arc::clone(&data)) {
            return;
        }
        self.open_beside(plain, data);
    }

    /// A run of `experiment` from its initial weights stands beside the one shown, in step with it. Returns whether the
    /// trainer was asked for it.
    pub(super) fn open_beside(&mut self, experiment: Experiment, data: Arc<DataSet>) -> bool {
        let (set, new) = self.session.name(&data);
        if new
            && let Some(trainer) = &self.trainer
            && let Err(error) = trainer.share(set, Arc::clone(&data))
        {
            self.shared.notify(Severity::Trouble, error.to_string());
            return false;
        }
        let run = self.session.begin_beside(experiment.clone(), data);
        let opened = self.ask_about(
            run,
            Ask::Open {
                experiment: Box::new(experiment),
                data: set,
            },
        );
        if opened {
            self.stand_beside(run);
        } else {
            self.session.drop_run(run);
        }
        opened
    }

    /// B shows the epoch that A shows, or the nearest that is kept of it.
    pub(super) fn beside_follows(&mut self) {
        let Some(beside) = self.session.beside() else {
            return;
        };
        let run = beside.run;
        let asked = self
            .session
            .shown
            .past
            .as_ref()
            .map(|past| past.asked.epoch);
        let archive = self.archive();
        let Some(view) = self.session.get_mut(run) else {
            return;
        };
        let kept = asked
            .filter(|epoch| *epoch <= view.now())
            .and_then(|epoch| archive?.nearest(run, epoch));
        match kept {
            Some(kept) => {
                view.show_past(&kept, kept.moment);
            }
            None => view.return_to_now(),
        }
    }

    /// Has the features of both matched, where there are new ones; returns when to look again.
    pub(super) fn follow_pair(&mut self, now: Duration) -> Option<Duration> {
        let beside = self.session.beside()?;
        if self.jobs.is_busy(JobKind::Match) {
            return None; // it wakes the window
        }
        let a = self.session.shown.own_snapshot()?;
        let b = self.session.get(beside.run)?.own_snapshot()?;
        let versions = [a.version(), b.version()];
        let known = beside.matched.as_ref();
        if known.is_some_and(|matched| matched.of == versions) {
            return None;
        }
        if a.data.inputs() != b.data.inputs() {
            return None; // nothing can be matched: the panel says so
        }
        if let Some(rest) = (self.matched_at + MATCH_EVERY).checked_sub(now)
            && known.is_some()
            && !rest.is_zero()
        {
            return Some(rest);
        }
        let pair = [Arc::clone(a), Arc::clone(b)];
        self.matched_at = now;
        if let Err(error) = self.jobs.start(Request::Match { pair }) {
            self.shared.notify(Severity::Trouble, error.to_string());
        }
        None
    }

    pub(super) fn take_matched(&mut self, matched: Matched) {
        let shown = self.session.shown.id;
        if let Some(beside) = self.session.beside_mut()
            && matched.of[0].run == shown
            && matched.of[1].run == beside.run
        {
            beside.matched = Some(Arc::new(matched));
        }
    }
}
