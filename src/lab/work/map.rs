//! The runs of a map.

use std::sync::{Arc, Mutex, PoisonError};

use super::spectrum::spectrum;
use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::lab::map::{Sweep, Swept};
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::sweep::{Common, End, News};
use crate::training::threads::yield_to_the_trainer;

/// Trains the runs that are missing, one on each of `cores` at a time.
///
/// # Errors
/// Cancelled; or an experiment that can't run on the data, in a sentence.
pub fn map(sweep: Sweep, cores: usize, watcher: &dyn Watcher) -> Result<Swept, JobError> {
    match sweep.plan.base().precision {
        Precision::F32 => train::<f32>(sweep, cores, watcher),
        Precision::F64 => train::<f64>(sweep, cores, watcher),
    }
}

fn train<T: Real>(sweep: Sweep, cores: usize, watcher: &dyn Watcher) -> Result<Swept, JobError> {
    let output = sweep.plan.base().output_activation;
    let measured = match sweep.spectrum {
        Some(spectrum) => Some(spectrum),
        None => spectrum(&sweep.data, output, watcher)?,
    };
    let common = Common::<T> {
        plan: sweep.plan,
        data: sweep.data,
        initial: None,
        spectrum: measured.clone(),
    };
    let swept = Mutex::new(Swept {
        spectrum: measured,
        ..Swept::default()
    });
    let workers = cores.min(sweep.missing.len()).max(1);
    let pool = WorkerPool::with_start(workers, |_| yield_to_the_trainer());
    let go_on = || watcher.go_on().is_continue();
    let end = common.train_all(&sweep.missing, &pool, &go_on, &|news| {
        let News::Finished(done) = news else {
            return true;
        };
        let mut swept = swept.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut swept.runs).push((done.number, Arc::new(done.outcome)));
        let progress = Progress::Map(swept.clone());
        // within the lock, so that what is told last is what there is last
        watcher.tell(progress).is_continue()
    });
    match end {
        Ok(End::All) => Ok(swept.into_inner().unwrap_or_else(PoisonError::into_inner)),
        Ok(End::Stopped) => Err(JobError::Cancelled),
        Err(error) => Err(JobError::Words(error.to_string())),
    }
}
