//! A backend on a clock of its own, so that tests of the lab are the same every time.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(dead_code, reason = "each test uses its share of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ndarray::Array2;
use sae_lab::data::{DataError, DataSet, DataSpec, Found, SampleShape, Samples, Watch};
use sae_lab::lab::jobs::InlineHost;
use sae_lab::lab::port::{Backend, Wake};
use sae_lab::lab::{Lab, Preferences};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::timeline::Archive;
use sae_lab::training::trainer::{
    DataId, Driver, Host, Meanwhile, Reply, Request, SharedStore, TrainerError,
};
use sae_lab::training::{Experiment, Preset};

/// A lab on six hidden units and 24 samples of bars, whose jobs end at once.
pub fn lab() -> Lab {
    let backend: Arc<dyn Backend> = Arc::new(Room);
    let wake: Wake = Arc::new(|| {});
    let host = InlineHost::new(Arc::clone(&backend), Arc::clone(&wake));
    let experiment = Experiment {
        hidden: 6,
        ..Preset::Bars.experiment()
    };
    Lab::with_host(experiment, Preferences::default(), backend, wake, host)
}

/// The trainer on a clock of its own: an epoch of any run at every look at the replies.
struct Simulated {
    driver: Mutex<Driver>,
    store: Arc<SharedStore>,
    archive: Arc<Archive>,
    now: Mutex<Duration>,
}

impl Host for Simulated {
    fn send(&self, request: Request) -> Result<(), TrainerError> {
        self.driver.lock().unwrap().ask(request);
        Ok(())
    }

    fn share(&self, id: DataId, data: Arc<DataSet>) -> Result<(), TrainerError> {
        self.store.put(id, data);
        Ok(())
    }

    fn archive(&self) -> Arc<Archive> {
        Arc::clone(&self.archive)
    }

    fn forget(&self, id: DataId) {
        self.store.forget(id);
    }

    fn replies(&self) -> Vec<Reply> {
        let mut driver = self.driver.lock().unwrap();
        let mut now = self.now.lock().unwrap();
        driver.poll(*now);
        *now += Duration::from_millis(50); // each epoch is published
        std::iter::from_fn(|| driver.take_reply()).collect()
    }
}

/// A trainer that asks `meanwhile` before each step, and computes on so many threads.
pub fn trainer(meanwhile: Box<dyn Meanwhile>, workers: usize) -> Box<dyn Host> {
    let store = Arc::<SharedStore>::default();
    let archive = Arc::<Archive>::default();
    let pool = Arc::new(WorkerPool::new(workers));
    let driver = Driver::new(store.clone(), archive.clone(), pool, meanwhile);
    Box::new(Simulated {
        driver: Mutex::new(driver),
        store,
        archive,
        now: Mutex::default(),
    })
}

/// A small set for every name, and the real trainer.
pub struct Room;

impl Backend for Room {
    fn start(&self, _: Wake) -> Result<Box<dyn Host>, TrainerError> {
        Ok(trainer(Box::new(|| false), 1))
    }

    fn prepare(&self, _: &Found, spec: &DataSpec, _: Watch<'_>) -> Result<DataSet, DataError> {
        let samples =
            Array2::from_shape_fn((24, 16), |(i, j)| ((i * (j % 5 + 1) + j) % 7) as f32 / 7.0);
        let shape = SampleShape::grey(4, 4);
        Ok(DataSet::new(
            "few",
            spec.clone(),
            Samples::F32(samples),
            shape,
        ))
    }
}
