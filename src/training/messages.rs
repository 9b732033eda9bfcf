//! What goes to the trainer and what comes back, other than snapshots and hyperparameters (both latest-wins).

use std::sync::Arc;

use super::{Edit, Experiment};
use crate::data::DataSet;

/// How fast to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// At most this many epochs a second, > 0: for talking over it.
    EpochsPerSecond(f64),
    Unlimited,
}

/// A request to the trainer.
#[derive(Clone, Debug)]
pub enum Command {
    Play,
    Pause,
    /// One epoch, then pause.
    StepEpoch,
    /// Back to the same initial weights, with the hyperparameters now in force; goes on playing if it was.
    Reset,
    SetSpeed(Speed),
    /// Begins these units anew between two epochs, from the inputs that are reconstructed worst (see
    /// [`super::Run::revive`]); those that are alive by then are left alone. The history of the next snapshot has it.
    Revive(Vec<usize>),
    /// A new run: of `experiment` on `data` (its `spec` is the experiment's). Goes on playing if it was.
    Begin {
        experiment: Box<Experiment>,
        data: Arc<DataSet>,
    },
    /// Calls a function where an epoch would run, under the same guard against panics: for tests of that guard.
    #[doc(hidden)]
    Call(fn()),
}

/// What happened in the trainer.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Run number `run` is ready to train.
    Began { run: u64 },
    /// A changed setting is in force, from `edit.epoch` on.
    Applied { edit: Edit },
    /// The cost became non-finite at `epoch`; the last finite weights stand. `cause` is one sentence that names the
    /// setting.
    Diverged { epoch: u64, cause: String },
    /// The trainer panicked; the run is stopped and the lab goes on. Reset or a new run clears it.
    Panicked { message: String },
    /// The experiment can't run (a setting out of range, say); the run before it stays.
    Refused { message: String },
}
