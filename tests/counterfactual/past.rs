//! A run by a script, with its archive as the trainer keeps it.

use std::sync::{Arc, OnceLock};

use sae_lab::data::{self, DataSet, DataSpec, EmbeddedSet, Samples};
use sae_lab::model::{BatchSize, GradientForm, Hyperparameters, OptimizerKind, Parameters};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::timeline::counterfactual::Death;
use sae_lab::training::timeline::{Answer, Archive, Counterfactual, Deed};
use sae_lab::training::trainer::RunId;
use sae_lab::training::{Change, Edit, EpochEnd, Experiment, Gesture, Run, Setting, Value};

pub const RUN: RunId = RunId(1);
/// The gestures of [`Script::diverges_at`].
pub const DIVERGES: u64 = 1_000;
pub const PUT_BACK: u64 = 1_001;

/// Digits, 12 units, steps large enough that they learn within 40 epochs.
pub const BASE: Hyperparameters = Hyperparameters {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    learning_rate: 0.3,
    weight_decay: 1e-4,
    momentum: 0.9,
    optimizer: OptimizerKind::Momentum,
    batch: BatchSize::Samples(25),
    gradient: GradientForm::Exact,
};

/// At `epoch`'s end `setting` becomes `value`, by a gesture.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub epoch: u64,
    pub setting: Setting,
    pub value: f64,
    pub gesture: u64,
}

pub fn step(epoch: u64, setting: Setting, value: f64, gesture: u64) -> Step {
    Step {
        epoch,
        setting,
        value,
        gesture,
    }
}

#[derive(Clone)]
pub struct Script {
    pub experiment: Experiment,
    pub data: Arc<DataSet>,
    pub initial: Option<Parameters<f32>>,
    /// In order.
    pub steps: Vec<Step>,
    /// (epoch, units restarted at its end), in order.
    pub revivals: Vec<(u64, Vec<usize>)>,
    pub epochs: u64,
    /// There λ is put so high that it diverges, and put back.
    pub diverges_at: Option<u64>,
    /// Of the archive, in bytes.
    pub budget: usize,
}

pub struct Past {
    pub run: Run<f32>,
    pub archive: Archive,
    /// Whether each unit was dead, epoch by epoch.
    dead: Vec<Vec<bool>>,
}

pub fn pool() -> Arc<WorkerPool> {
    static POOL: OnceLock<Arc<WorkerPool>> = OnceLock::new();
    Arc::clone(POOL.get_or_init(|| Arc::new(WorkerPool::new(1))))
}

/// 300 samples of `set`, evenly spaced, in patches of 8×8 where it is cut.
pub fn some_of(set: EmbeddedSet) -> Arc<DataSet> {
    let spec = DataSpec {
        patches: 1_000,
        ..DataSpec::embedded(set)
    };
    let whole = data::load(&spec).unwrap();
    let rows: Vec<usize> = (0..300).map(|row| row * whole.len() / 300).collect();
    let samples = whole.samples.to::<f32>().select(ndarray::Axis(0), &rows);
    let samples = Samples::F32(samples);
    Arc::new(DataSet::new(whole.name, whole.spec, samples, whole.shape))
}

impl Script {
    pub fn new(data: &Arc<DataSet>, hyperparameters: Hyperparameters, epochs: u64) -> Self {
        Self {
            experiment: Experiment {
                data: data.spec.clone(),
                hidden: 12,
                hyperparameters,
                ..Experiment::default()
            },
            data: Arc::clone(data),
            initial: None,
            steps: Vec::new(),
            revivals: Vec::new(),
            epochs,
            diverges_at: None,
            budget: 256 << 20,
        }
    }

    pub fn steps(mut self, steps: &[Step]) -> Self {
        self.steps = steps.to_vec();
        self
    }

    /// All of it but the steps of this gesture.
    pub fn without(&self, gesture: u64) -> Self {
        let mut other = self.clone();
        other.steps.retain(|step| step.gesture != gesture);
        other
    }

    pub fn play(&self) -> Past {
        let data = Arc::clone(&self.data);
        let (experiment, initial) = (self.experiment.clone(), self.initial.clone());
        let run = Run::<f32>::new(experiment, data, initial, pool()).unwrap();
        let archive = Archive::new(self.budget);
        archive.show(RUN);
        archive.open(RUN, run.experiment(), Arc::clone(&self.data));
        let mut past = Past {
            run,
            archive,
            dead: Vec::new(),
        };
        past.record();
        while past.run.state().epoch < self.epochs {
            let epoch = past.run.state().epoch;
            for (_, units) in self.revivals.iter().filter(|(at, _)| *at == epoch) {
                let revived = past.run.revive(units);
                if !revived.is_empty() {
                    past.archive.done(RUN, Deed::Revived(revived));
                    past.record();
                }
            }
            for step in self.steps.iter().filter(|step| step.epoch == epoch) {
                past.set(*step);
            }
            if self.diverges_at == Some(epoch) {
                let before = past.run.next_settings().weight_decay;
                past.set(step(epoch, Setting::WeightDecay, 1e200, DIVERGES));
                past.epoch();
                past.set(step(epoch, Setting::WeightDecay, before, PUT_BACK));
            }
            past.epoch();
        }
        past
    }
}

impl Past {
    fn set(&mut self, step: Step) {
        let change = Change {
            setting: step.setting,
            value: Value::Number(step.value),
            gesture: Gesture(step.gesture),
        };
        self.run.set(change).unwrap();
    }

    fn record(&mut self) {
        let frame = self.run.keyframe(self.archive.most_for_a_frame());
        let units = &self.run.state().units;
        let dead = units.iter().map(|unit| unit.state.is_dead()).collect();
        self.dead.truncate(frame.epoch as usize);
        self.dead.push(dead);
        self.archive.record(RUN, frame);
    }

    fn epoch(&mut self) {
        let changes = |edits: Vec<Edit>| -> Vec<Change> {
            let change = |edit: Edit| Change {
                setting: edit.setting,
                value: edit.new,
                gesture: edit.gesture,
            };
            edits.into_iter().map(change).collect()
        };
        match self.run.epoch(&|| true) {
            EpochEnd::Finished { edits } if edits.is_empty() => {}
            EpochEnd::Finished { edits } => self.archive.done(RUN, Deed::Edits(changes(edits))),
            EpochEnd::Diverged { edits, .. } => {
                self.archive.done(RUN, Deed::Diverged(changes(edits)));
            }
            EpochEnd::Interrupted => unreachable!("nothing interrupts it"),
        }
        self.record();
    }

    pub fn is_dead(&self, epoch: u64, unit: usize) -> bool {
        self.dead[epoch as usize][unit]
    }

    /// The last death of `unit`.
    pub fn death(&self, unit: usize) -> Option<Death> {
        let state = self.run.state();
        Death::last_of(state.history.lives().life(unit)?, state.epoch)
    }

    /// The first unit that lived at the end of `epoch` and is dead at the end, with its death.
    pub fn died_after(&self, epoch: u64) -> Option<(usize, Death)> {
        self.run.dead_units().into_iter().find_map(|unit| {
            let death = self.death(unit)?;
            (death.lived && death.epoch > epoch && !self.is_dead(epoch, unit))
                .then_some((unit, death))
        })
    }

    pub fn question(&self, unit: usize, death: u64) -> Counterfactual {
        Counterfactual::new(&self.archive, RUN, unit, death).unwrap()
    }

    pub fn answer(&self, unit: usize, death: u64) -> Answer {
        self.question(unit, death)
            .play(&pool(), &|_, _| true)
            .unwrap()
    }
}
