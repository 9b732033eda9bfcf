//! A run with a script of changes, which can be gone back to and done otherwise.

use std::sync::{Arc, OnceLock};

use sae_lab::data::{self, DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use sae_lab::model::{Hyperparameters, Parameters};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::{Change, Checkpoint, EpochEnd, Experiment, Gesture, Run, Setting, Value};

/// At `epoch`'s end `setting` becomes `value`: the next epoch is the first that uses it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub epoch: u64,
    pub setting: Setting,
    pub value: Value,
}

/// Everything that decides how a run goes.
#[derive(Clone)]
pub struct Scenario {
    pub experiment: Experiment,
    pub data: Arc<DataSet>,
    pub initial: Option<Parameters<f32>>,
    /// In order.
    pub steps: Vec<Step>,
    /// (epoch, units restarted at its end), in order.
    pub revivals: Vec<(u64, Vec<usize>)>,
    pub epochs: u64,
}

/// A scenario played: the run at its end, and the checkpoint before each step of the script.
pub struct Played {
    pub run: Run<f32>,
    pub before: Vec<Checkpoint>,
    /// Where it ended early.
    pub diverged: Option<(u64, String)>,
}

fn pool() -> Arc<WorkerPool> {
    static POOL: OnceLock<Arc<WorkerPool>> = OnceLock::new();
    Arc::clone(POOL.get_or_init(|| Arc::new(WorkerPool::new(1))))
}

impl Scenario {
    /// `hidden` units on `data` for so many epochs, with nothing changed on the way.
    pub fn plain(
        data: Arc<DataSet>,
        hidden: usize,
        hyperparameters: Hyperparameters,
        epochs: u64,
    ) -> Self {
        Self {
            experiment: Experiment {
                data: data.spec.clone(),
                hidden,
                hyperparameters,
                ..Experiment::default()
            },
            data,
            initial: None,
            steps: Vec::new(),
            revivals: Vec::new(),
            epochs,
        }
    }

    pub fn play(&self) -> Played {
        let run = Run::new(
            self.experiment.clone(),
            Arc::clone(&self.data),
            self.initial.clone(),
            pool(),
        )
        .unwrap();
        self.go_on(run, None)
    }

    /// From the checkpoint before step `undone` on, without that step.
    pub fn without(&self, played: &Played, undone: usize) -> Played {
        let checkpoint = played.before[undone].clone();
        let run = Run::resume(checkpoint, Arc::clone(&self.data), pool()).unwrap();
        self.go_on(run, Some(undone))
    }

    /// From the start, with other settings of the start.
    pub fn starting_with(&self, change: impl FnOnce(&mut Hyperparameters)) -> Played {
        let mut other = self.clone();
        change(&mut other.experiment.hyperparameters);
        other.play()
    }

    fn go_on(&self, mut run: Run<f32>, undone: Option<usize>) -> Played {
        let mut before = Vec::new();
        loop {
            let epoch = run.state().epoch;
            for (index, step) in self.steps.iter().enumerate() {
                if step.epoch != epoch || undone.is_some_and(|undone| index < undone) {
                    continue;
                }
                before.push(run.checkpoint());
                if undone != Some(index) {
                    run.set(Change {
                        setting: step.setting,
                        value: step.value,
                        gesture: Gesture(index as u64 + 1),
                    })
                    .unwrap();
                }
            }
            for (at, units) in &self.revivals {
                if *at == epoch {
                    run.revive(units);
                }
            }
            if epoch >= self.epochs {
                break;
            }
            match run.epoch(&|| true) {
                EpochEnd::Finished { .. } => {}
                EpochEnd::Diverged { epoch, cause, .. } => {
                    return Played {
                        run,
                        before,
                        diverged: Some((epoch, cause)),
                    };
                }
                EpochEnd::Interrupted => unreachable!("nothing interrupts it"),
            }
        }
        Played {
            run,
            before,
            diverged: None,
        }
    }
}

/// The first `count` of `set`'s samples, evenly spaced, patches of 8×8 where it is cut.
pub fn some_of(set: EmbeddedSet, count: usize) -> Arc<DataSet> {
    static SETS: OnceLock<[OnceLock<Arc<DataSet>>; 6]> = OnceLock::new();
    let index = EmbeddedSet::ALL.iter().position(|s| *s == set).unwrap();
    let slot = &SETS.get_or_init(Default::default)[index];
    let whole = slot.get_or_init(|| {
        let spec = DataSpec {
            patches: 1_000,
            ..DataSpec::embedded(set)
        };
        Arc::new(data::load(&spec).unwrap())
    });
    let rows: Vec<usize> = (0..count).map(|row| row * whole.len() / count).collect();
    let samples = whole.samples.to::<f32>().select(ndarray::Axis(0), &rows);
    Arc::new(DataSet::new(
        whole.name.clone(),
        whole.spec.clone(),
        Samples::F32(samples),
        whole.shape,
    ))
}

/// `count` rows of `length` values that differ from `centre` by at most `width`.
pub fn almost_equal(count: usize, length: usize, centre: f32, width: f32) -> Arc<DataSet> {
    let value = |(row, column): (usize, usize)| {
        let phase = ((row * 31 + column * 17 + row * column * 7) % 101) as f32 / 101.0;
        centre + width * (phase - 0.5)
    };
    let samples = ndarray::Array2::from_shape_fn((count, length), value);
    Arc::new(DataSet::new(
        "almost equal",
        DataSpec::default(),
        Samples::F32(samples),
        SampleShape::Vector { length },
    ))
}
