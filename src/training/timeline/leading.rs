//! A run that is trained without a window: what is planned is done to it, and its past remembers what was done.

use super::moment::{Deed, Moment};
use super::stored::Past;
use crate::numerics::Real;
use crate::training::plan::Step;
use crate::training::record::Edit;
use crate::training::{EpochEnd, Run};

/// What came of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Led {
    pub end: EpochEnd,
    /// It was planned that the epoch diverges: the run goes on.
    pub expected: bool,
    /// Units that were to be revived before it, and were not dead.
    pub left_alone: Vec<usize>,
}

impl Past {
    /// The next epoch of `run`, whose past this is, after all that is planned before it. `keep_going` is asked before every
    /// step.
    pub fn lead<T: Real>(&mut self, run: &mut Run<T>, keep_going: &dyn Fn() -> bool) -> Led {
        let mut left_alone = Vec::new();
        while let Some(step) = run.next_planned() {
            match step {
                Step::Set(change) => {
                    let set = run.set(change);
                    debug_assert!(set.is_ok(), "what is planned was checked: {set:?}");
                }
                Step::Revive(units) => {
                    let revived = run.revive(&units);
                    left_alone.extend(units.into_iter().filter(|unit| !revived.contains(unit)));
                    if !revived.is_empty() {
                        self.done(Deed::Revived(revived));
                    }
                }
                Step::Diverge => {} // the epoch itself does it
            }
        }
        let expected = run.expects_divergence();
        let end = run.epoch(keep_going);
        let changes = |edits: &[Edit]| edits.iter().map(Into::into).collect();
        match &end {
            EpochEnd::Finished { edits } => {
                if !edits.is_empty() {
                    self.done(Deed::Edits(changes(edits)));
                }
                self.now = Moment::end_of(run.state().epoch);
            }
            EpochEnd::Diverged { edits, .. } => self.done(Deed::Diverged(changes(edits))),
            EpochEnd::Interrupted => {}
        }
        Led {
            end,
            expected,
            left_alone,
        }
    }
}
