//! One run after another, or one on each worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::outcome::{Outcome, Status, last_tenth};
use super::{Falls, Plan, SweepError};
use crate::data::DataSet;
use crate::model::{Parameters, Spectrum};
use crate::numerics::{Real, WorkerPool};
use crate::training::{EpochEnd, Run};

/// What the runs of a sweep share.
#[derive(Clone, Debug)]
pub struct Common<T: Real> {
    pub plan: Plan,
    pub data: Arc<DataSet>,
    /// The weights that every run begins with; `None`: those of its seed.
    pub initial: Option<Parameters<T>>,
    /// Of the data and the output's activation; `None` where it is not known.
    pub spectrum: Option<Arc<Spectrum>>,
}

/// A run that has come to its end.
pub struct Finished<T: Real> {
    /// Its number in the plan.
    pub number: usize,
    pub run: Run<T>,
    pub outcome: Outcome,
    /// Why it stopped early: a sentence.
    pub diverged: Option<String>,
}

/// What is heard of a sweep while it goes on.
pub enum News<T: Real> {
    /// This run begins.
    Begun(usize),
    Finished(Box<Finished<T>>),
}

/// Whether a sweep came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    All,
    /// Somebody said stop; runs that were under way are lost, and nothing else.
    Stopped,
}

impl<T: Real> Common<T> {
    /// Trains run `number` of the plan on `pool`; `None` where `go_on`, asked before every step, said no. The same bits
    /// whatever the pool, and the same as those of a run that is trained by itself.
    ///
    /// # Errors
    /// The experiment can't run on the data.
    pub fn train(
        &self,
        number: usize,
        pool: &Arc<WorkerPool>,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<Finished<T>>, SweepError> {
        let experiment = self.plan.experiment(number);
        let (data, initial) = (Arc::clone(&self.data), self.initial.clone());
        let mut run = Run::new(experiment, data, initial, Arc::clone(pool))?;
        if let Some(spectrum) = &self.spectrum {
            run.share_spectrum(spectrum);
        }
        let epochs = self.plan.epochs();
        let tenth = last_tenth(epochs);
        let (mut earlier, mut diverged) = (None, None);
        let mut falls = Falls::default();
        falls.see(0, run.fvu(), &run.state().cost);
        for done in 0..epochs {
            if done + tenth == epochs {
                earlier = Some(run.state().cost.total());
            }
            match run.epoch(go_on) {
                EpochEnd::Finished { .. } => falls.see(done + 1, run.fvu(), &run.state().cost),
                EpochEnd::Interrupted => return Ok(None),
                EpochEnd::Diverged { epoch, cause, .. } => {
                    diverged = Some(format!(
                        "the cost became infinite at epoch {epoch}: {cause}"
                    ));
                    break;
                }
            }
        }
        let status = match diverged {
            None => Status::Done,
            Some(_) => Status::Diverged,
        };
        Ok(Some(Finished {
            number,
            outcome: Outcome::of(&run, status, earlier, falls),
            run,
            diverged,
        }))
    }

    /// Trains the runs `numbers`, in this order, one on each worker of `pool` at a time. `hear` is told of each as it begins
    /// and ends, on the worker's own thread, and says whether to go on; `go_on` is asked before every step.
    ///
    /// # Errors
    /// An experiment can't run on the data.
    pub fn train_all(
        &self,
        numbers: &[usize],
        pool: &WorkerPool,
        go_on: &(dyn Fn() -> bool + Sync),
        hear: &(dyn Fn(News<T>) -> bool + Sync),
    ) -> Result<End, SweepError> {
        let (next, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let stopped = AtomicBool::new(false);
        let go_on = || !stopped.load(Ordering::Relaxed) && go_on();
        let work = |failed: &mut Option<SweepError>| {
            // a run is too small to be shared between cores, a map is not
            let alone = Arc::new(WorkerPool::new(1));
            while go_on()
                && let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let goes_on = hear(News::Begun(*number))
                    && match self.train(*number, &alone, &go_on) {
                        Ok(Some(done)) => {
                            ended.fetch_add(1, Ordering::Relaxed);
                            hear(News::Finished(Box::new(done)))
                        }
                        Ok(None) => false,
                        Err(error) => {
                            *failed = Some(error);
                            false
                        }
                    };
                if !goes_on {
                    stopped.store(true, Ordering::Relaxed);
                }
            }
        };
        let mut failed = vec![None; pool.workers()];
        pool.each(&mut failed, |_, failed| work(failed));
        match failed.into_iter().flatten().next() {
            Some(error) => Err(error),
            None if ended.load(Ordering::Relaxed) < numbers.len() => Ok(End::Stopped),
            None => Ok(End::All),
        }
    }
}
