//! From a run to a checkpoint, and from a checkpoint to a run that goes on bit for bit.

use std::fmt;
use std::sync::{Arc, OnceLock};

use thiserror::Error;

use super::checkpoint::{Checkpoint, LbfgsMemory, Numbers, OptimizerMemory, VERSION};
use super::samples::{Identities, SamplesIdentity};
use super::{Run, RunError, RunState, size};
use crate::data::DataSet;
use crate::model::{
    CheckedHyperparameters, Cost, HyperparameterError, OptimizerKind, Parameters, UnitStatistics,
};
use crate::numerics::{self, KernelPath, Precision, Real, WorkerPool};
use crate::optim::lbfgs::{self, CORRECTIONS};
use crate::optim::{Memory, Optimizer};
use crate::training::plan::{Plan, PlanError, Planned};
use crate::training::record::{Change, History, SettingError};

/// More epochs than a run can do; a counter beyond it is no count.
const MOST_EPOCHS: u64 = 1 << 53;

/// Why a run can't go on from a checkpoint.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ResumeError {
    #[error(
        "the checkpoint is of version {found}, and this program reads up to version {newest}: use a newer program"
    )]
    Newer { found: u32, newest: u32 },
    #[error(
        "the checkpoint is of version {found}, and this program reads version {VERSION} only: go on with the program \
         that wrote it"
    )]
    Older { found: u32 },
    #[error("the checkpoint is of a run in {found:?}, not in {wanted:?}: go on in {found:?}")]
    Precision { found: Precision, wanted: Precision },
    #[error(
        "the checkpoint is of {samples} samples of {inputs} values, and these data have {data_samples} of \
         {data_inputs}: give the data that the run was trained on"
    )]
    Shape {
        samples: u64,
        inputs: u64,
        data_samples: usize,
        data_inputs: usize,
    },
    #[error(
        "these are not the data that the run was trained on: they have the same shape but other values. Give the same \
         data, prepared in the same way"
    )]
    OtherData,
    #[error(
        "the samples that were held out for testing are not those of the run: hold out the same part of the data"
    )]
    OtherTest,
    #[error(transparent)]
    Size(#[from] RunError),
    #[error(
        "the checkpoint's {name} are {found} values and must be {expected}: use another copy of it"
    )]
    Length {
        name: &'static str,
        found: usize,
        expected: usize,
    },
    #[error("the checkpoint's {name} have a value that is not finite: use another copy of it")]
    NotFinite { name: &'static str },
    #[error("a setting of the checkpoint is out of range: {0}")]
    Settings(#[from] HyperparameterError),
    #[error("a staged change of the checkpoint can't be: {0}")]
    Staged(SettingError),
    #[error("what the checkpoint plans can't be: {0}")]
    Planned(PlanError),
    #[error("the checkpoint's {what} contradict the rest of it: use another copy of it")]
    Inconsistent { what: &'static str },
}

impl<T: Real> Run<T> {
    /// The run as plain data. The first one reads all samples, to know them again.
    pub fn checkpoint(&self) -> Checkpoint {
        let state = &self.state;
        let identities = self.identity.get_or_init(|| Identities::of(&self.data));
        Checkpoint {
            version: VERSION,
            kernel_path: path_name().to_owned(),
            numerics_version: numerics::VERSION,
            samples: identities.training,
            test_samples: identities.test,
            experiment: self.experiment(),
            preparation: Arc::clone(&self.data.fitted),
            settings: *state.settings,
            staged: state.staged.clone(),
            planned: state.planned.clone(),
            epoch: state.epoch,
            parameters: Numbers::of(state.parameters.flat()),
            optimizer: remembered(&state.optimizer),
            gradient_known: state.gradient_known,
            cost: state.cost,
            units: state.units.clone(),
            history: state.history.clone(),
        }
    }

    /// The run of `checkpoint`, on the data that it was trained on. On the same kernels it goes on with the same bits
    /// as if it had never stopped; on others see [`Self::resumed_on_other_path`].
    ///
    /// # Errors
    /// `checkpoint` is of a newer version, of the other precision or of other data; or something in it has a wrong
    /// length, is not finite or contradicts the rest.
    pub fn resume(
        checkpoint: Checkpoint,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Self, ResumeError> {
        if checkpoint.version > VERSION {
            return Err(ResumeError::Newer {
                found: checkpoint.version,
                newest: VERSION,
            });
        }
        if checkpoint.version < VERSION {
            return Err(ResumeError::Older {
                found: checkpoint.version,
            });
        }
        if checkpoint.precision() != T::PRECISION {
            return Err(ResumeError::Precision {
                found: checkpoint.precision(),
                wanted: T::PRECISION,
            });
        }
        let hidden = checkpoint.experiment.hidden;
        fit_shape(&checkpoint.samples, &data)?;
        size::check::<T>(data.len(), data.inputs(), hidden)?;
        let settings = checkpoint.settings.check()?;
        let next = staged(&checkpoint, settings)?;
        let plan = Plan::new(checkpoint.planned.clone());
        plan.and_then(|plan| plan.check(&checkpoint.experiment, checkpoint.epoch))
            .map_err(ResumeError::Planned)?;
        let state = state_of::<T>(&checkpoint, &data, settings)?;
        let identity = Identities::of(&data);
        if identity.training != checkpoint.samples {
            return Err(ResumeError::OtherData);
        }
        if identity.test != checkpoint.test_samples {
            return Err(ResumeError::OtherTest);
        }
        let mut run = Self::assemble(checkpoint.experiment, data, state, next, pool);
        run.identity = OnceLock::from(identity);
        run.other_path = OtherNumerics::of(checkpoint.kernel_path, checkpoint.numerics_version);
        if run.state.gradient_known {
            run.regain_gradient();
        }
        Ok(run)
    }

    /// What the run was computed with before, where that is not what it goes on with: its bits may then differ from those
    /// of the run that never stopped.
    pub fn resumed_on_other_path(&self) -> Option<&OtherNumerics> {
        self.other_path.as_ref()
    }
}

/// What a run was computed with, where it goes on with something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNumerics {
    pub kernel_path: String,
    pub numerics_version: u32,
}

impl OtherNumerics {
    fn of(kernel_path: String, numerics_version: u32) -> Option<Self> {
        let same = kernel_path == path_name() && numerics_version == numerics::VERSION;
        (!same).then_some(Self {
            kernel_path,
            numerics_version,
        })
    }
}

impl fmt::Display for OtherNumerics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, version) = (&self.kernel_path, self.numerics_version);
        if version == numerics::VERSION {
            write!(
                f,
                "the run was computed with {path} instructions and goes on with {}: its last digits may differ from those \
                 of a run that never stopped",
                path_name()
            )
        } else {
            write!(
                f,
                "the run was computed by a release whose arithmetic is numbered {version}, and this one's is {}: its last \
                 digits may differ from those of a run that never stopped",
                numerics::VERSION
            )
        }
    }
}

fn path_name() -> &'static str {
    KernelPath::best().name()
}

fn fit_shape(samples: &SamplesIdentity, data: &DataSet) -> Result<(), ResumeError> {
    let (data_samples, data_inputs) = (data.len(), data.inputs());
    if (samples.count, samples.inputs) == (data_samples as u64, data_inputs as u64) {
        return Ok(());
    }
    Err(ResumeError::Shape {
        samples: samples.count,
        inputs: samples.inputs,
        data_samples,
        data_inputs,
    })
}

/// The settings in force with what is staged.
fn staged(
    checkpoint: &Checkpoint,
    settings: CheckedHyperparameters,
) -> Result<CheckedHyperparameters, ResumeError> {
    let mut next = *settings;
    let mut seen = Vec::new();
    for change in &checkpoint.staged {
        let in_force = change.setting.get(&settings);
        change
            .setting
            .set(&mut next, change.value)
            .map_err(ResumeError::Staged)?;
        if in_force == change.value || seen.contains(&change.setting) {
            return Err(ResumeError::Inconsistent {
                what: "staged changes",
            });
        }
        seen.push(change.setting);
    }
    next.check()
        .map_err(|error| ResumeError::Staged(error.into()))
}

/// The present of a run as plain data.
pub(super) struct Present<'a> {
    pub hidden: usize,
    pub epoch: u64,
    pub parameters: &'a Numbers,
    pub optimizer: &'a OptimizerMemory,
    pub gradient_known: bool,
    pub cost: Cost,
    pub units: &'a [UnitStatistics],
    pub staged: &'a [Change],
    pub planned: &'a [Planned],
}

impl Present<'_> {
    /// The state of the run with `history` as its past.
    pub fn state<T: Real>(
        &self,
        history: History,
        data: &DataSet,
        settings: CheckedHyperparameters,
    ) -> Result<RunState<T>, ResumeError> {
        let (inputs, hidden) = (data.inputs(), self.hidden);
        let read = Reader {
            count: 2 * inputs * hidden + inputs + hidden,
        };
        let inconsistent = |what| ResumeError::Inconsistent { what };
        if self.epoch >= MOST_EPOCHS {
            return Err(inconsistent("epochs"));
        }
        let flat = read.finite("parameters", self.parameters)?;
        let Some(parameters) = Parameters::from_flat(flat, inputs, hidden) else {
            return Err(inconsistent("parameters"));
        };
        let optimizer = match read.memory::<T>(self.optimizer)? {
            Some(memory) => Optimizer::with_memory(parameters.flat(), memory),
            None => Optimizer::new(settings.optimizer, parameters.flat().len()),
        };
        if optimizer.kind() != settings.optimizer {
            return Err(inconsistent("optimiser's memory"));
        }
        let whole = settings.batch.rows(data.len()) == data.len();
        if self.gradient_known && (settings.optimizer == OptimizerKind::Lbfgs || !whole) {
            return Err(inconsistent("gradient"));
        }
        if self.units.len() != hidden {
            return Err(ResumeError::Length {
                name: "unit statistics",
                found: self.units.len(),
                expected: hidden,
            });
        }
        history.check(hidden, self.epoch).map_err(inconsistent)?;
        Ok(RunState {
            epoch: self.epoch,
            parameters,
            optimizer,
            settings,
            staged: self.staged.to_vec(),
            planned: self.planned.to_vec(),
            gradient_known: self.gradient_known,
            cost: self.cost,
            units: self.units.to_vec(),
            history,
        })
    }
}

fn state_of<T: Real>(
    checkpoint: &Checkpoint,
    data: &DataSet,
    settings: CheckedHyperparameters,
) -> Result<RunState<T>, ResumeError> {
    if checkpoint.preparation.inputs() != data.inputs() {
        return Err(ResumeError::Inconsistent {
            what: "preparation",
        });
    }
    let present = Present {
        hidden: checkpoint.experiment.hidden,
        epoch: checkpoint.epoch,
        parameters: &checkpoint.parameters,
        optimizer: &checkpoint.optimizer,
        gradient_known: checkpoint.gradient_known,
        cost: checkpoint.cost,
        units: &checkpoint.units,
        staged: &checkpoint.staged,
        planned: &checkpoint.planned,
    };
    present.state(checkpoint.history.clone(), data, settings)
}

pub(super) fn remembered<T: Real>(optimizer: &Optimizer<T>) -> OptimizerMemory {
    match optimizer.memory() {
        Memory::Descent => OptimizerMemory::Descent,
        Memory::Momentum { velocity } => OptimizerMemory::Momentum {
            velocity: Numbers::of(&velocity),
        },
        Memory::Adam {
            first,
            second,
            steps,
        } => OptimizerMemory::Adam {
            first: Numbers::of(&first),
            second: Numbers::of(&second),
            steps,
        },
        Memory::Lbfgs(memory) => OptimizerMemory::Lbfgs(memory.map(|memory| {
            LbfgsMemory {
                cost: memory.cost,
                gradient: Numbers::of(&memory.gradient),
                corrections: memory
                    .corrections
                    .iter()
                    .map(|(step, change)| (Numbers::of(step), Numbers::of(change)))
                    .collect(),
            }
        })),
    }
}

/// Reads arrays as long as the parameters.
struct Reader {
    count: usize,
}

impl Reader {
    fn finite<T: Real>(
        &self,
        name: &'static str,
        numbers: &Numbers,
    ) -> Result<Vec<T>, ResumeError> {
        self.array(name, numbers, |value: T| value.is_finite())
    }

    fn array<T: Real>(
        &self,
        name: &'static str,
        numbers: &Numbers,
        fine: impl Fn(T) -> bool,
    ) -> Result<Vec<T>, ResumeError> {
        let values = numbers
            .to::<T>()
            .ok_or(ResumeError::Inconsistent { what: name })?;
        if values.len() != self.count {
            return Err(ResumeError::Length {
                name,
                found: values.len(),
                expected: self.count,
            });
        }
        if !values.iter().all(|value| fine(*value)) {
            return Err(ResumeError::NotFinite { name });
        }
        Ok(values)
    }

    /// `None`: it has taken no step yet.
    fn memory<T: Real>(&self, memory: &OptimizerMemory) -> Result<Option<Memory<T>>, ResumeError> {
        Ok(Some(match memory {
            OptimizerMemory::Fresh => return Ok(None),
            OptimizerMemory::Descent => Memory::Descent,
            OptimizerMemory::Momentum { velocity } => Memory::Momentum {
                velocity: self.finite("velocities", velocity)?,
            },
            OptimizerMemory::Adam {
                first,
                second,
                steps,
            } => {
                if *steps < 0 {
                    return Err(ResumeError::Inconsistent {
                        what: "steps of Adam",
                    });
                }
                Memory::Adam {
                    first: self.finite("first moments", first)?,
                    // the square of a huge gradient is ∞, and holds that weight where it is
                    second: self.array("second moments", second, |value: T| value >= T::zero())?,
                    steps: *steps,
                }
            }
            OptimizerMemory::Lbfgs(None) => Memory::Lbfgs(None),
            OptimizerMemory::Lbfgs(Some(memory)) => {
                if !memory.cost.is_finite() {
                    return Err(ResumeError::NotFinite {
                        name: "costs of L-BFGS",
                    });
                }
                if memory.corrections.len() > CORRECTIONS {
                    return Err(ResumeError::Length {
                        name: "corrections",
                        found: memory.corrections.len(),
                        expected: CORRECTIONS,
                    });
                }
                let correction = |(step, change): &(Numbers, Numbers)| {
                    Ok((
                        self.finite("steps of L-BFGS", step)?,
                        self.finite("gradient changes of L-BFGS", change)?,
                    ))
                };
                let corrections: Result<_, ResumeError> =
                    memory.corrections.iter().map(correction).collect();
                Memory::Lbfgs(Some(lbfgs::LbfgsMemory {
                    cost: memory.cost,
                    gradient: self.finite("gradient of L-BFGS", &memory.gradient)?,
                    corrections: corrections?,
                }))
            }
        }))
    }
}
