//! From a keyframe to a later moment, by training the same epochs again.

use std::sync::Arc;

use thiserror::Error;

use super::moment::{Deed, Moment};
use crate::data::DataSet;
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::record::{Change, Cut, History};
use crate::training::run::Keyframe;
use crate::training::{EpochEnd, Experiment, ResumeError, Run};

/// All that a replay needs.
#[derive(Clone, Debug)]
pub struct Replay {
    pub(super) experiment: Experiment,
    pub(super) data: Arc<DataSet>,
    pub(super) from: Moment,
    pub(super) frame: Arc<Keyframe>,
    pub(super) to: Moment,
    /// What was done from there to there, each with the moment that it followed.
    pub(super) deeds: Vec<(Moment, Deed)>,
    /// Keyframes on the way: the replay has to come to the same bits.
    pub(super) known: Vec<(Moment, u64)>,
}

/// Why a replay did not come to its moment.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ReplayError {
    #[error(transparent)]
    Start(#[from] ResumeError),
    #[error(
        "training the same epochs again did not give the same weights at epoch {epoch}: the kept ones are shown. \
         Please report it"
    )]
    Differs { epoch: u64 },
    #[error("the replay was stopped")]
    Stopped,
}

impl Replay {
    /// Epochs to train.
    pub fn epochs(&self) -> u64 {
        self.to.epoch - self.from.epoch
    }

    /// The moment that it leads to.
    pub fn to(&self) -> Moment {
        self.to
    }

    /// The keyframe at its end, whole. `go_on` is told the epochs done, before every step of training, and ends it by
    /// false.
    ///
    /// # Errors
    /// The start doesn't fit, the bits differ from those that were kept, or `go_on` said no.
    pub fn run(
        &self,
        pool: Arc<WorkerPool>,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Result<Keyframe, ReplayError> {
        match self.experiment.precision {
            Precision::F32 => self.run_in::<f32>(pool, go_on),
            Precision::F64 => self.run_in::<f64>(pool, go_on),
        }
    }

    fn run_in<T: Real>(
        &self,
        pool: Arc<WorkerPool>,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Result<Keyframe, ReplayError> {
        if self.from == self.to {
            return Ok((*self.frame).clone());
        }
        let history = History::new().cut(&Cut {
            record: self.frame.record(self.data.variance),
            units: &self.frame.units,
            edits: 0,
            revived: 0,
        });
        let data = Arc::clone(&self.data);
        let mut run = Run::<T>::at(self.experiment.clone(), &self.frame, history, data, pool)?;
        let mut at = self.from;
        let mut deeds = self.deeds.iter().peekable();
        while at < self.to {
            let mut changes: &[Change] = &[];
            let mut revived: Option<&[usize]> = None;
            let mut diverges = false;
            if let Some((_, deed)) = deeds.next_if(|(moment, _)| *moment == at) {
                match deed {
                    Deed::Edits(edits) => changes = edits,
                    Deed::Diverged(edits) => (changes, diverges) = (edits, true),
                    Deed::Revived(units) => revived = Some(units),
                }
            }
            let differs = ReplayError::Differs { epoch: at.epoch };
            if let Some(units) = revived {
                if run.revive(units) != units {
                    return Err(differs);
                }
            } else {
                let staged = changes.iter().try_for_each(|change| run.set(*change));
                staged.map_err(ResumeError::Staged)?;
                let done = at.epoch - self.from.epoch;
                match run.epoch(&|| go_on(done)) {
                    EpochEnd::Interrupted => return Err(ReplayError::Stopped),
                    EpochEnd::Finished { .. } if !diverges => {}
                    EpochEnd::Diverged { .. } if diverges => {}
                    EpochEnd::Finished { .. } | EpochEnd::Diverged { .. } => return Err(differs),
                }
            }
            at = if revived.is_some() || diverges {
                Moment {
                    turn: at.turn + 1,
                    ..at
                }
            } else {
                Moment::end_of(at.epoch + 1)
            };
            let known = self.known.binary_search_by_key(&at, |(moment, _)| *moment);
            if let Ok(place) = known
                && run.keyframe(usize::MAX).checksum() != self.known[place].1
            {
                return Err(ReplayError::Differs { epoch: at.epoch });
            }
        }
        let mut frame = run.keyframe(usize::MAX);
        // its place in the log is counted from the run's beginning, not from the replay's
        frame.edits += self.frame.edits;
        frame.revived += self.frame.revived;
        Ok(frame)
    }
}
