//! What the window needs of a trainer and of the disk, so that tests can put scripted ones in their place.

use std::sync::Arc;

use super::browse::{Browse, Browsed};
use crate::data::{DataError, DataSet, DataSpec, Found, Watch};
use crate::model::CheckedHyperparameters;
use crate::training::{Command, Event, Experiment, Snapshot, Trainer, TrainerError};

/// A trainer that is running.
pub trait TrainerPort {
    /// # Errors
    /// The trainer is gone or too busy; the message says what to do.
    fn send(&self, command: Command) -> Result<(), TrainerError>;
    fn set_hyperparameters(&self, settings: CheckedHyperparameters);
    /// The latest, once.
    fn snapshot(&self) -> Option<Arc<Snapshot>>;
    /// Since the last call.
    fn events(&self) -> Vec<Event>;
}

impl TrainerPort for Trainer {
    fn send(&self, command: Command) -> Result<(), TrainerError> {
        Self::send(self, command)
    }

    fn set_hyperparameters(&self, settings: CheckedHyperparameters) {
        Self::set_hyperparameters(self, settings);
    }

    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        Self::snapshot(self)
    }

    fn events(&self) -> Vec<Event> {
        Self::events(self)
    }
}

/// Called when there is something new to draw.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Where the lab gets its trainer and its data from.
pub trait Backend: Send + Sync {
    /// # Errors
    /// No thread can be had.
    fn start(
        &self,
        experiment: Experiment,
        data: Arc<DataSet>,
        wake: Wake,
    ) -> Result<Box<dyn TrainerPort>, TrainerError>;

    /// What a source holds; called on a thread of its own.
    ///
    /// # Errors
    /// Whatever is wrong with it; cancelled.
    fn find(&self, spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError>;

    /// Makes a data set of what was found; called on a thread of its own.
    ///
    /// # Errors
    /// Choices that do not suit; cancelled.
    fn prepare(
        &self,
        found: &Found,
        spec: &DataSpec,
        watch: Watch<'_>,
    ) -> Result<DataSet, DataError>;

    /// Asks the person for paths, through the system's dialog; called on a thread of its own.
    fn browse(&self, what: Browse) -> Browsed;
}
