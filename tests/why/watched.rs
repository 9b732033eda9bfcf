//! One run on the trainer's thread, watched as a window watches it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sae_lab::data::DataSet;
use sae_lab::training::trainer::{
    Ask, DataId, Host as _, Mirror, Reply, Request, RunId, Tell, TrainerThread,
};
use sae_lab::training::{Experiment, Snapshot};

pub struct Watched {
    trainer: TrainerThread,
    mirror: Mirror,
}

const RUN: RunId = RunId(1);

impl Watched {
    pub fn open(experiment: Experiment, data: Arc<DataSet>) -> Self {
        let trainer = TrainerThread::start(2, Box::new(|| {})).unwrap();
        trainer.share(DataId(1), Arc::clone(&data)).unwrap();
        let watched = Self {
            mirror: Mirror::new(RUN, experiment.clone(), data),
            trainer,
        };
        watched.ask(Ask::Open {
            experiment: Box::new(experiment),
            data: DataId(1),
        });
        watched
    }

    pub fn ask(&self, what: Ask) {
        self.trainer.send(Request { run: RUN, what }).unwrap();
    }

    /// The first snapshot that is `wanted`.
    pub fn until(&mut self, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let start = Instant::now();
        loop {
            for Reply { what, .. } in self.trainer.replies() {
                match what {
                    Tell::Frame(frame) => {
                        let snapshot = self.mirror.take(*frame).unwrap();
                        self.ask(Ask::Seen(self.mirror.cursor()));
                        if wanted(&snapshot) {
                            return Arc::new(snapshot);
                        }
                    }
                    Tell::Event(event) => panic!("{event:?}"),
                    Tell::Opened(_) | Tell::Underway(_) | Tell::Checkpoint(_) => {}
                }
            }
            assert!(start.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}
