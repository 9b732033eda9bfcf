//! Why a job has no result.

use std::path::PathBuf;

use thiserror::Error;

use crate::data::DataError;
use crate::io::IoError;

/// Each says in one sentence what is wrong and what to do.
#[derive(Debug, Error)]
pub enum JobError {
    /// There is nothing that could run it; in the system's words.
    #[error("the system would not start another thread ({0}): close other programs and try again")]
    Refused(String),
    /// It panicked.
    #[error("{what} failed ({message}): this is a bug in the lab, please report it")]
    Failed {
        /// What was being done, e.g. "reading the data".
        what: &'static str,
        /// The panic's message.
        message: String,
    },
    /// It was asked to stop.
    #[error("it was cancelled")]
    Cancelled,
    #[error(transparent)]
    Data(DataError),
    /// What was opened as data is a folder without any, but with checkpoints.
    #[error(
        "{} holds no pictures, but files that may be checkpoints of a training elsewhere: {count} of .npz or .safetensors",
        folder.display()
    )]
    Checkpoints { folder: PathBuf, count: usize },
    /// Anything else, as a sentence.
    #[error("{0}")]
    Words(String),
}

impl JobError {
    /// Whether the file is not there any more.
    pub fn vanished(&self) -> bool {
        matches!(self, Self::Data(DataError::Open { source, .. }) if source.kind() == std::io::ErrorKind::NotFound)
    }
}

impl From<IoError> for JobError {
    fn from(error: IoError) -> Self {
        Self::Words(error.to_string())
    }
}

impl From<DataError> for JobError {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Cancelled => Self::Cancelled,
            error => Self::Data(error),
        }
    }
}
