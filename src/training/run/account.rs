//! Keeping the ledger of one unit while its run trains: every step's gradient is split into its terms, and what momentum
//! makes of them is followed for each term apart. Momentum is linear, so that the split is exact.

use std::sync::Arc;

use strum::EnumCount;

use super::Run;
use super::ledger::{Force, Ledger, NoLedger};
use super::revive::parameters_of;
use crate::model::{CheckedHyperparameters, Engine, Objective, OptimizerKind, Parameters};
use crate::numerics::{Real, Rows, WorkerPool};
use crate::optim::{Memory, Optimizer};

/// The reconstruction's gradient is a pass of its own in every step, so that an epoch takes about twice as long.
pub(super) struct Account<T: Real> {
    unit: usize,
    from: u64,
    /// Where W1_j, b1_j and W2_:j lie in the flat vector: 2n + 1 places.
    places: Vec<usize>,
    engine: Engine<T>,
    reconstruction: Parameters<T>,
    /// The weights at the end of `from`, and before the last step.
    start: Vec<f64>,
    last: Vec<f64>,
    now: Sums,
    /// As it was at the epoch's start.
    before: Sums,
}

#[derive(Clone)]
struct Sums {
    moved: [Vec<f64>; Force::COUNT],
    velocity: [Vec<f64>; Force::COUNT],
    /// What can't be split has moved the weights.
    refused: Option<NoLedger>,
}

impl<T: Real> Account<T> {
    fn new(unit: usize, run: &Run<T>, pool: Arc<WorkerPool>) -> Self {
        let parameters = &run.state.parameters;
        let places = parameters_of(parameters, &[unit]);
        let at =
            |flat: &[T]| -> Vec<f64> { places.iter().map(|place| flat[*place].f64()).collect() };
        let nothing: [Vec<f64>; Force::COUNT] = std::array::from_fn(|_| vec![0.0; places.len()]);
        let mut now = Sums {
            moved: nothing.clone(),
            velocity: nothing,
            refused: None,
        };
        if let Memory::Momentum { velocity } = run.state.optimizer.memory() {
            now.velocity[Force::Momentum as usize] = at(&velocity);
        }
        Self {
            unit,
            from: run.state.epoch,
            engine: Engine::with_pool(run.architecture(), pool),
            reconstruction: Parameters::zeros(parameters.inputs(), parameters.hidden()),
            last: at(parameters.flat()),
            start: at(parameters.flat()),
            before: now.clone(),
            now,
            places,
        }
    }

    /// An epoch begins, with this optimiser in force.
    pub(super) fn begin(&mut self, optimizer: &Optimizer<T>, replaced: bool) {
        self.before.clone_from(&self.now);
        if replaced {
            self.stand_still();
        }
        match optimizer.kind() {
            OptimizerKind::Descent | OptimizerKind::Momentum => {}
            kind => {
                self.now.refused.get_or_insert(NoLedger::Optimizer { kind });
            }
        }
    }

    /// The weights went back to where the epoch began, and the optimiser forgot.
    pub(super) fn diverged(&mut self) {
        self.now.clone_from(&self.before);
        self.stand_still();
    }

    /// The epoch was taken back, the optimiser's memory too.
    pub(super) fn interrupted(&mut self) {
        self.now.clone_from(&self.before);
    }

    fn stand_still(&mut self) {
        for velocity in &mut self.now.velocity {
            velocity.fill(0.0);
        }
    }

    /// `units` were given other weights.
    pub(super) fn revived(&mut self, units: &[usize], epoch: u64) {
        if units.contains(&self.unit) {
            let unit = self.unit;
            self.now
                .refused
                .get_or_insert(NoLedger::Revived { unit, epoch });
        }
    }

    /// The optimiser is about to move `parameters` by `gradient` (2nh + h + n), that of J over `samples` (k, n).
    pub(super) fn step(
        &mut self,
        parameters: &Parameters<T>,
        samples: Rows<'_, T>,
        gradient: &[T],
        settings: &CheckedHyperparameters,
    ) {
        if self.now.refused.is_some() {
            return;
        }
        let plain = Objective {
            sparsity_weight: 0.0,
            weight_decay: 0.0,
            ..Objective::from(settings)
        };
        self.engine
            .cost_and_gradient(parameters, samples, &plain, &mut self.reconstruction);
        // as the kernels round them
        let rounded = |value: f64| T::of(value).f64();
        let rate = rounded(settings.learning_rate);
        let decay = rounded(settings.weight_decay);
        let momentum = match settings.optimizer {
            OptimizerKind::Momentum => rounded(settings.momentum),
            _ => 0.0,
        };
        let inputs = parameters.inputs();
        for (index, place) in self.places.iter().enumerate() {
            let whole = gradient[*place].f64();
            let reconstruction = self.reconstruction.flat()[*place].f64();
            let decayed = if index == inputs {
                0.0 // b1_j
            } else {
                decay * parameters.flat()[*place].f64()
            };
            let sparsity = if index <= inputs {
                whole - reconstruction - decayed
            } else {
                0.0
            };
            let terms = [reconstruction, decayed, sparsity, 0.0, 0.0];
            self.last[index] = parameters.flat()[*place].f64();
            let Sums {
                moved, velocity, ..
            } = &mut self.now;
            for ((moved, velocity), term) in moved.iter_mut().zip(velocity).zip(terms) {
                velocity[index] = momentum * velocity[index] - rate * term;
                moved[index] += velocity[index];
            }
        }
    }

    /// The step was taken: what it did beyond the terms is rounding.
    pub(super) fn stepped(&mut self, parameters: &Parameters<T>) {
        if self.now.refused.is_some() {
            return;
        }
        let Sums {
            moved, velocity, ..
        } = &mut self.now;
        for (index, place) in self.places.iter().enumerate() {
            let step: f64 = velocity.iter().map(|velocity| velocity[index]).sum();
            let taken = parameters.flat()[*place].f64() - self.last[index];
            moved[Force::Rounding as usize][index] += taken - step;
        }
    }

    fn ledger(&self, parameters: &Parameters<T>, to: u64) -> Result<Ledger, NoLedger> {
        if let Some(why) = self.now.refused {
            return Err(why);
        }
        let places = self.places.iter().zip(&self.start);
        Ok(Ledger {
            unit: self.unit,
            from: self.from,
            to,
            change: places
                .map(|(place, start)| parameters.flat()[*place].f64() - start)
                .collect(),
            parts: self.now.moved.clone(),
        })
    }
}

impl<T: Real> Run<T> {
    /// From here on the ledger of `unit` (counted from 0) is kept, whatever was kept before; nothing where there is no
    /// such unit. It changes no bit of the run; epochs take about twice as long.
    pub fn keep_ledger(&mut self, unit: usize, pool: Arc<WorkerPool>) {
        self.account =
            (unit < self.experiment.hidden).then(|| Box::new(Account::new(unit, self, pool)));
    }

    /// What moved the unit since [`Self::keep_ledger`]; `None` where nobody asked for it.
    ///
    /// # Errors
    /// Adam or L-BFGS took a step since, or the unit was revived.
    pub fn ledger(&self) -> Option<Result<Ledger, NoLedger>> {
        let account = self.account.as_ref()?;
        Some(account.ledger(&self.state.parameters, self.state.epoch))
    }
}
