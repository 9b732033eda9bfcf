//! Where jobs run.

use std::time::Duration;

use super::error::JobError;
use super::request::{Outcome, Progress, Request};

/// Names one job of a [`super::Jobs`]; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What a job says.
#[derive(Debug)]
pub enum Message {
    /// The latest; those before it may be left out.
    Progress(Progress),
    /// The last thing that it says.
    Ended {
        result: Result<Outcome, JobError>,
        /// How long it ran; 0 where the host has no clock.
        took: Duration,
    },
}

/// Runs jobs, each by itself, and never makes the caller wait for one.
pub trait Host {
    /// Begins `request`; what it says comes by [`Self::poll`].
    ///
    /// # Errors
    /// There is nothing that could run it.
    fn start(&mut self, id: JobId, request: Request) -> Result<(), JobError>;

    /// Asks the job to stop. It ends at its next word of progress, and says so all the same.
    fn stop(&mut self, id: JobId);

    /// What the jobs have said since the last call.
    fn poll(&mut self) -> Vec<(JobId, Message)>;
}
