//! What hosts a driver, as its user sees it.

use std::sync::Arc;

use thiserror::Error;

use super::protocol::{DataId, Reply, Request};
use crate::data::DataSet;
use crate::training::timeline::Archive;

/// A trainer that can be asked. Nothing here waits.
pub trait Host {
    /// # Errors
    /// The trainer is gone, or too busy.
    fn send(&self, request: Request) -> Result<(), TrainerError>;

    /// Puts a data set where the trainer finds it.
    ///
    /// # Errors
    /// It can't be brought there.
    fn share(&self, id: DataId, data: Arc<DataSet>) -> Result<(), TrainerError>;

    /// Where the trainer keeps the past of its runs.
    fn archive(&self) -> Arc<Archive>;

    /// No run will be opened on this data set any more.
    fn forget(&self, id: DataId);

    /// What has come since the last call, in order.
    fn replies(&self) -> Vec<Reply>;
}

/// Why the trainer could not take something.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrainerError {
    #[error(
        "the training thread could not be started ({0}): close other programs, then start the lab again"
    )]
    Start(String),
    #[error(
        "the trainer is busy with a long epoch and has {waiting} requests waiting: try again in a moment"
    )]
    Busy { waiting: usize },
    #[error("the training thread has ended: start the lab again")]
    Gone,
    #[error("{0}: please report it")]
    Wire(String),
}

impl From<super::wire::WireError> for TrainerError {
    fn from(error: super::wire::WireError) -> Self {
        Self::Wire(error.to_string())
    }
}

impl From<crate::data::wire::DataWireError> for TrainerError {
    fn from(error: crate::data::wire::DataWireError) -> Self {
        Self::Wire(error.to_string())
    }
}
