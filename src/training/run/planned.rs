//! What is planned for a run, and done to it when its epoch comes.

use super::Run;
use crate::numerics::Real;
use crate::training::plan::{MOST, Plan, PlanError, Planned, Step};

impl<T: Real> Run<T> {
    /// Plans `plan`, beside what is planned already.
    ///
    /// # Errors
    /// It can't be done to this run; what was planned stays.
    pub fn plan(&mut self, plan: Plan) -> Result<(), PlanError> {
        plan.check(&self.experiment(), self.state.epoch)?;
        let edits = self.state.history.edits().edits();
        let done = edits.map(|edit| edit.gesture).max();
        let staged = self.state.staged.iter().map(|change| change.gesture).max();
        let last = done.max(staged).unwrap_or_default();
        let before = self.state.planned.clone();
        let planned = Plan::last_of(&before).max(Some(last)).unwrap_or_default();
        let mut whole = [before, plan.numbered_after(planned)].concat();
        if whole.len() > MOST {
            let count = whole.len();
            return Err(PlanError::TooMany { count });
        }
        whole.sort_by_key(|planned| planned.epoch);
        self.state.planned = whole;
        Ok(())
    }

    /// What is to be done before epochs to come, in order.
    pub fn planned(&self) -> &[Planned] {
        &self.state.planned
    }

    /// The next thing that is to be done before the coming epoch; it is planned no longer. Whoever trains the run asks for it
    /// until there is none, and does it: sets the change, revives the units.
    pub fn next_planned(&mut self) -> Option<Step> {
        let first = self.state.planned.first()?;
        if first.epoch > self.state.epoch + 1 || first.what == Step::Diverge {
            return None;
        }
        Some(self.state.planned.remove(0).what)
    }

    /// Whether the coming epoch is to diverge, as it did in the run that this one follows.
    pub fn expects_divergence(&self) -> bool {
        let first = self.state.planned.first();
        first
            .is_some_and(|first| first.epoch <= self.state.epoch + 1 && first.what == Step::Diverge)
    }

    /// The coming epoch was done, or diverged, as may have been expected.
    pub(super) fn pass_planned(&mut self) {
        if self.expects_divergence() {
            self.state.planned.remove(0);
        }
    }
}
