//! Each job on a thread of its own, below the window's priority.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::JobError;
use super::host::{Host, JobId, Message};
use super::mailbox::Mailbox;
use super::request::{Outcome, Progress, Request};
use super::runner::run;
use super::watcher::Watcher;
use crate::lab::port::{Backend, Wake};

use crate::training::threads::{yield_to_the_trainer, yield_to_the_window};

/// Between two words of progress of one stage.
const PACE: Duration = Duration::from_millis(50);

/// Starts a thread for each job, and waits for none of them.
pub struct ThreadHost {
    backend: Arc<dyn Backend>,
    wake: Wake,
    running: Vec<Running>,
}

/// A job on its thread. Its mailboxes are its own, so that nothing of it is taken for another's.
struct Running {
    id: JobId,
    stop: Arc<AtomicBool>,
    progress: Mailbox<Progress>,
    ended: Mailbox<(Result<Outcome, JobError>, Duration)>,
}

impl ThreadHost {
    /// `wake` is called, on the job's thread, when there is something to poll; it must not wait.
    pub fn new(backend: Arc<dyn Backend>, wake: Wake) -> Self {
        Self {
            backend,
            wake,
            running: Vec::new(),
        }
    }
}

impl Host for ThreadHost {
    fn start(&mut self, id: JobId, request: Request) -> Result<(), JobError> {
        let running = Running {
            id,
            stop: Arc::default(),
            progress: Mailbox::new(),
            ended: Mailbox::new(),
        };
        let telling = Telling {
            stop: Arc::clone(&running.stop),
            progress: running.progress.clone(),
            wake: Arc::clone(&self.wake),
            told: Mutex::default(),
            holds: AtomicBool::new(false),
        };
        let (backend, ended) = (Arc::clone(&self.backend), running.ended.clone());
        std::thread::Builder::new()
            .name(request.kind().thread().into())
            .spawn(move || {
                if request.kind().gives_way_to_the_run() {
                    yield_to_the_trainer();
                } else {
                    yield_to_the_window();
                }
                let start = Instant::now();
                let result = run(request, backend.as_ref(), &telling);
                ended.put((result, start.elapsed()));
                (telling.wake)();
            })
            .map_err(|error| JobError::Refused(error.to_string()))?;
        self.running.push(running);
        Ok(())
    }

    fn stop(&mut self, id: JobId) {
        if let Some(running) = self.running.iter().find(|running| running.id == id) {
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    fn poll(&mut self) -> Vec<(JobId, Message)> {
        let mut said = Vec::new();
        self.running.retain(|running| {
            if let Some(progress) = running.progress.take() {
                said.push((running.id, Message::Progress(progress)));
            }
            let Some((result, took)) = running.ended.take() else {
                return true;
            };
            said.push((running.id, Message::Ended { result, took }));
            false
        });
        said
    }
}

/// The job's side of its mailboxes.
struct Telling {
    stop: Arc<AtomicBool>,
    progress: Mailbox<Progress>,
    wake: Wake,
    told: Mutex<Told>,
    /// Whether there is something to be told yet.
    holds: AtomicBool,
}

/// What was told, and when; and what came too soon after it.
#[derive(Default)]
struct Told {
    at: Option<Instant>,
    last: Option<Progress>,
    held: Option<Progress>,
}

impl Told {
    fn has_rested(&self) -> bool {
        self.at.is_none_or(|at| at.elapsed() >= PACE)
    }
}

impl Telling {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, told: &mut Told, progress: Progress) {
        told.at = Some(Instant::now());
        told.last = Some(progress.clone());
        told.held = None;
        self.holds.store(false, Ordering::Relaxed);
        self.progress.put(progress);
        (self.wake)();
    }
}

impl Watcher for Telling {
    fn tell(&self, progress: Progress) -> ControlFlow<()> {
        let mut told = self.told();
        let new_stage = |last: &Progress| progress.is_new_stage(last);
        if told.has_rested() || told.last.as_ref().is_none_or(new_stage) {
            self.say(&mut told, progress);
        } else {
            told.held = Some(progress);
            self.holds.store(true, Ordering::Relaxed);
        }
        drop(told);
        self.go_on()
    }

    fn go_on(&self) -> ControlFlow<()> {
        if self.holds.load(Ordering::Relaxed) {
            let mut told = self.told();
            if told.has_rested()
                && let Some(held) = told.held.take()
            {
                self.say(&mut told, held);
            }
        }
        if self.stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
