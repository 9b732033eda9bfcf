//! Jobs that run within the call that asks for news of them: for tests, and where there are no threads.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::error::JobError;
use super::host::{Host, JobId, Message};
use super::request::{Progress, Request};
use super::runner::run;
use super::watcher::Watcher;
use crate::lab::port::{Backend, Wake};

/// Runs one job a call of [`Host::poll`], in the order in which they were asked for. A job that runs hears nothing of
/// [`Host::stop`]; one that waits is dropped by it.
pub struct InlineHost {
    backend: Arc<dyn Backend>,
    wake: Wake,
    waiting: VecDeque<(JobId, Request)>,
    stopped: Vec<JobId>,
}

impl InlineHost {
    /// `wake` is called while there is a job to run.
    pub fn new(backend: Arc<dyn Backend>, wake: Wake) -> Self {
        Self {
            backend,
            wake,
            waiting: VecDeque::new(),
            stopped: Vec::new(),
        }
    }
}

/// Keeps the last word.
#[derive(Default)]
struct Last(Mutex<Option<Progress>>);

impl Watcher for Last {
    fn tell(&self, progress: Progress) -> ControlFlow<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
        ControlFlow::Continue(())
    }

    fn go_on(&self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Host for InlineHost {
    fn start(&mut self, id: JobId, request: Request) -> Result<(), JobError> {
        self.waiting.push_back((id, request));
        (self.wake)();
        Ok(())
    }

    fn stop(&mut self, id: JobId) {
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| *waiting != id);
        if self.waiting.len() < before {
            self.stopped.push(id);
        }
    }

    fn poll(&mut self) -> Vec<(JobId, Message)> {
        let cancelled = |id| {
            let result = Err(JobError::Cancelled);
            let took = Duration::ZERO;
            (id, Message::Ended { result, took })
        };
        let mut said: Vec<_> = self.stopped.drain(..).map(cancelled).collect();
        if let Some((id, request)) = self.waiting.pop_front() {
            let last = Last::default();
            let result = run(request, self.backend.as_ref(), &last);
            if let Some(progress) = last.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
                said.push((id, Message::Progress(progress)));
            }
            let took = Duration::ZERO;
            said.push((id, Message::Ended { result, took }));
            if !self.waiting.is_empty() {
                (self.wake)();
            }
        }
        said
    }
}
