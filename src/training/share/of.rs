//! A run and its past as they are told.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Print, Share};
use crate::data::{DataSource, DataSpec};
use crate::training::plan::{self, Plan, PlanError, Planned, Step};
use crate::training::record::Change;
use crate::training::timeline::{Deed, Moment, Past};
use crate::training::{Checkpoint, Experiment};

/// Up to where a run is told, where that is not its present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Until {
    pub moment: Moment,
    /// Of its weights there, where that is known.
    pub state: Option<u64>,
}

/// Why a run can't be told in a line, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Untold {
    #[error(
        "the run was changed {count} times, and a line holds at most {}: save it, and pass on its file, \
         such as run.saelab",
        plan::MOST
    )]
    TooMany { count: usize },
    #[error(
        "the line would be longer than any program passes on: save the run, and pass on its file, such as run.saelab"
    )]
    TooLong,
    #[error("how the run began is not kept: save it, and pass on its file, such as run.saelab")]
    Beginning,
    #[error(
        "the run began with weights from a file, which no line can hold: save it, and pass on its file, such as run.saelab"
    )]
    Weights,
}

impl Share {
    /// The run of `checkpoint` with its `past`, as it stands or as it stood at `until`.
    ///
    /// # Errors
    /// Its beginning is not known or not its seed's, or too much was done to it.
    pub fn of(checkpoint: &Checkpoint, past: &Past, until: Option<Until>) -> Result<Self, Untold> {
        let start = Moment::default();
        let first = past.frames.first();
        let first = first.filter(|first| first.moment == start && past.known_from == start);
        let first = first.ok_or(Untold::Beginning)?;
        let own = checkpoint.experiment();
        let samples = Print::from(checkpoint.samples());
        if !first
            .frame
            .is_initial(samples.inputs as usize, own.hidden, own.seed)
        {
            return Err(Untold::Weights);
        }
        let at = until.map_or(past.now, |until| until.moment);
        let mut planned = Vec::new();
        for (when, deed) in past.deeds.iter().take_while(|(when, _)| *when < at) {
            let mut step = |what| {
                planned.push(Planned {
                    epoch: when.epoch + 1,
                    what,
                });
            };
            match deed {
                Deed::Edits(changes) => changes.iter().for_each(|change| step(set(change))),
                Deed::Revived(units) => step(Step::Revive(units.clone())),
                Deed::Diverged(changes) => {
                    changes.iter().for_each(|change| step(set(change)));
                    step(Step::Diverge);
                }
            }
        }
        if until.is_none() {
            planned.extend(checkpoint.staged().iter().map(|change| Planned {
                epoch: at.epoch + 1,
                what: set(change),
            }));
            planned.extend(checkpoint.planned().iter().cloned());
        }
        let count = planned.len();
        let plan = Plan::new(planned).map_err(|error| match error {
            PlanError::TooMany { count } => Untold::TooMany { count },
            _ => Untold::TooMany { count }, // its epochs are those of the run itself
        })?;
        let state = match until {
            Some(until) => until.state,
            None => Some(checkpoint.checksum()),
        };
        let share = Self {
            experiment: Experiment {
                data: DataSpec {
                    source: names(&own.data.source),
                    ..own.data.clone()
                },
                hyperparameters: first.frame.settings,
                ..own
            },
            plan,
            epoch: at.epoch,
            samples,
            test: checkpoint.test_samples().map(Print::from),
            // what was done at the epoch's end is planned for the next
            state: state.filter(|_| at.turn == 0),
            kernel_path: checkpoint.kernel_path().to_owned(),
            numerics_version: checkpoint.numerics_version(),
        };
        if share.to_line().len() > super::MOST_LINE {
            return Err(Untold::TooLong);
        }
        Ok(share)
    }
}

fn set(change: &Change) -> Step {
    Step::Set(*change)
}

/// What is told of where data are: the folders are nobody's business.
fn names(source: &DataSource) -> DataSource {
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        PathBuf::from(name.to_string_lossy().into_owned())
    };
    match source {
        DataSource::Embedded(set) => DataSource::Embedded(*set),
        DataSource::File(path) => DataSource::File(name(path)),
        DataSource::Files(paths) => {
            DataSource::Files(paths.iter().map(|path| name(path)).collect())
        }
    }
}
