//! What would have saved the unit that is shown: asked for, answered, put away again.

use super::jobs::{JobError, JobKind, Request};
use super::page::Page;
use super::panel::Panel;
use super::room::Lab;
use super::run_view::RunView;
use super::studies::{Saving, Study};
use crate::training::timeline::counterfactual::Death;
use crate::training::timeline::{Answer, Counterfactual};
use crate::training::trainer::RunId;

/// Why nothing can be said of a unit.
pub(super) const NO_UNIT: &str =
    "No unit is chosen: click a tile, or go to one with the arrows on the Unit page.";

impl RunView {
    /// The last death of the selected unit, by what is shown of the run.
    ///
    /// # Errors
    /// No unit is selected, or it never died.
    pub fn death(&self) -> Result<(usize, Death), &'static str> {
        let unit = self.selected.ok_or(NO_UNIT)?;
        let snapshot = self.own_snapshot().ok_or("No run has begun yet.")?;
        let life = snapshot.history.lives().life(unit);
        let death = life.and_then(|life| Death::last_of(life, snapshot.epoch));
        Ok((unit, death.ok_or("It never died: nothing has to save it.")?))
    }

    /// What is known of what would have saved `unit`.
    pub fn saving_of(&self, unit: usize) -> Option<&Saving> {
        self.saving.as_ref().filter(|saving| saving.unit == unit)
    }
}

impl Lab {
    /// Asks what would have saved the selected unit.
    pub(super) fn ask_what_saves(&mut self) {
        let run = self.session.shown.id;
        let Ok((unit, death)) = self.session.shown.death() else {
            return;
        };
        let study = match self.question(run, unit, death) {
            Ok(question) => {
                let question = Box::new(question);
                Study::begun(self.jobs.start(Request::Counterfactual { run, question }))
            }
            Err(why) => {
                self.jobs.cancel(JobKind::Counterfactual);
                Study::Failed(why)
            }
        };
        self.no_longer_asked();
        self.session.shown.saving = Some(Saving { unit, study });
        self.shared.show(Page::Unit);
        self.shared.bring(Panel::Summary);
    }

    fn question(&self, run: RunId, unit: usize, death: Death) -> Result<Counterfactual, String> {
        let nothing = "Nothing is kept of this run\u{2019}s past.";
        let archive = self.archive().ok_or(nothing)?;
        Counterfactual::new(&archive, run, unit, death.epoch).map_err(|why| why.to_string())
    }

    /// The run whose unit is being asked about.
    fn asked_about(&self) -> Option<RunId> {
        let running = |run: &&RunView| {
            let saving = run.saving.as_ref();
            saving.is_some_and(|saving| saving.study.is_running())
        };
        self.session.runs().find(running).map(|run| run.id)
    }

    /// One question at a time: that of another unit or run has given way.
    fn no_longer_asked(&mut self) {
        if let Some(asked) = self.asked_about()
            && let Some(view) = self.session.get_mut(asked)
        {
            view.saving = None;
        }
    }

    /// Puts the answer away; what is under way is stopped.
    pub(super) fn close_what_saves(&mut self) {
        let saving = self.session.shown.saving.take();
        if saving.is_some_and(|saving| saving.study.is_running()) {
            self.jobs.cancel(JobKind::Counterfactual);
        }
    }

    pub(super) fn saving_progress(&mut self, done: u64, of: u64) {
        if let Some(run) = self.asked_about()
            && let Some(view) = self.session.get_mut(run)
            && let Some(saving) = &mut view.saving
        {
            saving.study = Study::Running(Some((done, of)));
        }
    }

    pub(super) fn take_answer(&mut self, run: RunId, answer: Answer) {
        if let Some(view) = self.session.get_mut(run)
            && let Some(saving) = &mut view.saving
            && saving.unit == answer.unit
        {
            saving.study = Study::Done(answer.into());
        }
    }

    pub(super) fn no_answer(&mut self, error: JobError) {
        if let Some(run) = self.asked_about()
            && let Some(view) = self.session.get_mut(run)
            && let Some(saving) = &mut view.saving
        {
            saving.study = Study::ended(error);
        }
    }
}
