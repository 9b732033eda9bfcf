//! Work that a view asks for and that takes longer than a frame: each on a thread of its own, the latest result kept.

use std::sync::Arc;

use super::port::Wake;
use crate::model::GradientCheck;
use crate::model::Objective;
use crate::model::gradient_check::{CheckProgress, LiveCheck};
use crate::training::Snapshot;
use crate::training::background::{Background, Outcome};

/// A finished gradient check, and what it was of.
#[derive(Clone, Debug)]
pub struct CheckedGradient {
    pub check: GradientCheck,
    pub live: LiveCheck,
    pub objective: Objective,
    /// The run and its epoch.
    pub run: u64,
    pub epoch: u64,
}

/// What a view reads of one piece of work.
#[derive(Clone, Debug, Default)]
pub enum Study<P, R> {
    #[default]
    Idle,
    /// With the latest progress, once there is some.
    Running(Option<P>),
    Done(Arc<R>),
    /// Why it came to nothing.
    Failed(String),
}

impl<P, R> Study<P, R> {
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    pub fn result(&self) -> Option<&Arc<R>> {
        match self {
            Self::Done(result) => Some(result),
            _ => None,
        }
    }
}

/// One piece of work at a time: what is new overtakes what runs.
pub struct Desk<P, R>(Option<Background<P, R>>);

impl<P, R> Default for Desk<P, R> {
    fn default() -> Self {
        Self(None)
    }
}

impl<P: Send + 'static, R: Send + 'static> Desk<P, R> {
    /// Starts `work`; `study` follows it from here on by [`Self::collect`].
    pub fn start(
        &mut self,
        study: &mut Study<P, R>,
        name: &str,
        wake: &Wake,
        work: impl FnOnce(&crate::training::background::Watcher<'_, P>) -> Option<R> + Send + 'static,
    ) {
        let wake = Arc::clone(wake);
        match Background::start(name, move || wake(), work) {
            Ok(running) => {
                self.0 = Some(running);
                *study = Study::Running(None);
            }
            Err(error) => {
                self.0 = None;
                *study = Study::Failed(format!(
                    "the system refuses another thread ({error}): close other programs and try again"
                ));
            }
        }
    }

    /// Stops what runs.
    pub fn cancel(&mut self, study: &mut Study<P, R>) {
        if self.0.take().is_some() {
            *study = Study::Idle;
        }
    }

    /// Takes what has come since the last frame; never waits.
    pub fn collect(&mut self, study: &mut Study<P, R>) {
        let Some(running) = &self.0 else { return };
        if let Some(progress) = running.progress() {
            *study = Study::Running(Some(progress));
        }
        let Some(outcome) = running.outcome() else {
            return;
        };
        self.0 = None;
        *study = match outcome {
            Outcome::Done(result) => Study::Done(Arc::new(result)),
            Outcome::Cancelled => Study::Idle,
            Outcome::Failed(message) => {
                Study::Failed(format!("it failed ({message}); please report it"))
            }
        };
    }
}

/// The gradient check of `snapshot`, for a desk.
pub fn check_gradient(
    snapshot: Arc<Snapshot>,
) -> impl FnOnce(&crate::training::background::Watcher<'_, CheckProgress>) -> Option<CheckedGradient>
{
    move |watcher| {
        let mut told = 0;
        let (check, live) = snapshot.check_gradient(|progress| {
            // a word for each hundredth is enough for a bar
            let part = progress.done * 100 / progress.in_all.max(1);
            if part > told {
                told = part;
                watcher.tell(progress)
            } else {
                watcher.go_on()
            }
        })?;
        Some(CheckedGradient {
            check,
            live,
            objective: snapshot.objective(),
            run: snapshot.run,
            epoch: snapshot.epoch,
        })
    }
}
