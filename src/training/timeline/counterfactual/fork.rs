//! A run along a past, with one change undone or none.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::super::moment::{Deed, Moment};
use super::super::replay::ReplayError;
use super::question::Counterfactual;
use super::undone::Undone;
use crate::numerics::{Real, WorkerPool};
use crate::training::record::{Cut, History};
use crate::training::run::Keyframe;
use crate::training::{EpochEnd, ResumeError, Run};

/// How the way ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At its last epoch, or where the caller had seen enough.
    Come,
    Diverged {
        epoch: u64,
    },
}

/// Looks at the run where it stands, and says whether to go on.
pub(super) type Each<'a, T> =
    dyn FnMut(&mut Run<T>, Moment) -> Result<ControlFlow<()>, ReplayError> + 'a;

/// A way to go.
pub(super) struct Way<'a> {
    pub question: &'a Counterfactual,
    /// Where it begins: a moment of the past, and its keyframe.
    pub from: (Moment, &'a Keyframe),
    pub undone: Option<&'a Undone>,
    /// The last epoch.
    pub until: u64,
}

impl Way<'_> {
    /// Trains along it. `each` is called with the run at every moment, the first included, and may end it; `go_on` is
    /// told the epochs done and asked before every step.
    ///
    /// # Errors
    /// The start does not fit, what diverged in the past does not diverge again, or `go_on` said no.
    pub fn go<T: Real>(
        &self,
        pool: &Arc<WorkerPool>,
        each: &mut Each<'_, T>,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Result<End, ReplayError> {
        let (from, frame) = self.from;
        let mut run = self.start::<T>(frame, pool)?;
        let mut at = from;
        let deeds = self.question.deeds.iter();
        let mut deeds = deeds.skip_while(|(when, _)| *when < from).peekable();
        if each(&mut run, at)?.is_break() {
            return Ok(End::Come);
        }
        loop {
            let mut diverges = false;
            // where a divergence did not come, the way is an epoch ahead of what was done after it
            while let Some((when, deed)) = deeds.next_if(|(when, _)| when.epoch <= at.epoch) {
                match deed {
                    Deed::Revived(units) => {
                        if self.undone.is_none_or(|undone| !undone.has_revival(*when)) {
                            run.revive(units);
                        }
                        at.turn += 1;
                        if each(&mut run, at)?.is_break() {
                            return Ok(End::Come);
                        }
                    }
                    Deed::Edits(changes) | Deed::Diverged(changes) => {
                        let made = changes.iter().filter(|change| {
                            self.undone.is_none_or(|undone| !undone.has(*when, change))
                        });
                        for change in made {
                            run.set(*change).map_err(ResumeError::Staged)?;
                        }
                        diverges = matches!(deed, Deed::Diverged(_));
                        if diverges {
                            break;
                        }
                    }
                }
            }
            if at.epoch >= self.until {
                return Ok(End::Come);
            }
            let done = at.epoch - from.epoch;
            match run.epoch(&|| go_on(done)) {
                EpochEnd::Interrupted => return Err(ReplayError::Stopped),
                EpochEnd::Finished { .. } if diverges && self.undone.is_none() => {
                    return Err(ReplayError::Differs { epoch: at.epoch });
                }
                EpochEnd::Finished { .. } => at = Moment::end_of(at.epoch + 1),
                EpochEnd::Diverged { .. } if diverges => at.turn += 1,
                EpochEnd::Diverged { epoch, .. } => return Ok(End::Diverged { epoch }),
            }
            if each(&mut run, at)?.is_break() {
                return Ok(End::Come);
            }
        }
    }

    fn start<T: Real>(
        &self,
        frame: &Keyframe,
        pool: &Arc<WorkerPool>,
    ) -> Result<Run<T>, ResumeError> {
        let data = &self.question.data;
        let history = History::new().cut(&Cut {
            record: frame.record(data.variance),
            units: &frame.units,
            edits: 0,
            revived: 0,
        });
        let experiment = self.question.experiment.clone();
        Run::at(
            experiment,
            frame,
            history,
            Arc::clone(data),
            Arc::clone(pool),
        )
    }
}
