//! One epoch: what was staged comes into force, the steps are taken, the result is measured and recorded. Or nothing.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::super::divergence;
use super::super::record::Edit;
use super::shuffle::shuffle;
use super::{Run, view};
use crate::model::{CheckedHyperparameters, Cost, Objective, OptimizerKind, Parameters};
use crate::numerics::Real;
use crate::optim::{Optimizer, Rate};

/// How an epoch ended.
#[derive(Clone, Debug, PartialEq)]
pub enum EpochEnd {
    /// With these changes of settings in force for the first time, if any.
    Finished { edits: Vec<Edit> },
    /// The cost became non-finite. The weights are those of the epoch's start and the optimiser remembers nothing; the
    /// changes that were staged, `edits`, are in force and in the history. `cause` names the setting.
    Diverged {
        epoch: u64,
        cause: String,
        edits: Vec<Edit>,
    },
    /// `keep_going` said no; the run is exactly as it was.
    Interrupted,
}

/// An epoch between two of its steps, or before what it came to is measured.
#[derive(Clone, Copy, Debug)]
pub struct Underway<'a, T: Real> {
    /// As the steps so far have left them.
    pub parameters: &'a Parameters<T>,
    /// How many of its samples the epoch has taken steps by,
    pub done: usize,
    /// of so many.
    pub of: usize,
}

/// Asked what it thinks of an epoch under way: whether that is to go on.
type Watch<'a, T> = &'a mut dyn FnMut(Underway<'_, T>) -> bool;

/// What an interruption brings back, beside the weights.
struct Before<T: Real> {
    settings: CheckedHyperparameters,
    gradient_known: bool,
    optimizer: Undo<T>,
}

/// Where the optimiser of the epoch's start is.
enum Undo<T: Real> {
    /// In its place: an interruption finds it as it was.
    InPlace,
    /// In `last_optimizer`.
    Copied,
    /// Here: another took its place.
    Replaced(Optimizer<T>),
}

enum Steps {
    Done,
    Diverged,
    Interrupted,
}

impl<T: Real> Run<T> {
    /// One pass over the data with the settings in force and those staged, then cost and units measured over the whole
    /// set. `keep_going` is asked before every step.
    pub fn epoch(&mut self, keep_going: &dyn Fn() -> bool) -> EpochEnd {
        self.epoch_watched(&mut |_| keep_going())
    }

    /// [`Self::epoch`]; `watch` sees how far it is before every step, and says whether it is to go on; once more after the
    /// last one, when it goes on in any case.
    pub fn epoch_watched(&mut self, watch: Watch<'_, T>) -> EpochEnd {
        if !self.watched(0, watch) {
            return EpochEnd::Interrupted;
        }
        self.engine.limit_workers(self.workers.most());
        let start = self.workers.clock();
        let end = self.begun(watch);
        if let (Some(start), EpochEnd::Finished { .. }) = (start, &end) {
            self.workers.took(start.elapsed());
        }
        end
    }

    /// The epoch whose watcher let it begin.
    fn begun(&mut self, watch: Watch<'_, T>) -> EpochEnd {
        self.last_finite
            .flat_mut()
            .copy_from_slice(self.state.parameters.flat());
        let edits = self.edits();
        let before = self.enforce(!edits.is_empty());
        let steps = self.steps(watch);
        if let Steps::Interrupted = steps {
            self.take_back(before);
            return EpochEnd::Interrupted;
        }
        if let Steps::Done = steps {
            self.watched(self.data.len(), watch);
        }
        self.state.staged.clear();
        self.pass_planned();
        for edit in &edits {
            self.state.history.edit(*edit);
        }
        if let Steps::Diverged = steps {
            return self.diverge(edits);
        }
        let (cost, units) = (self.state.cost, self.state.units.clone());
        self.measure();
        if !self.state.cost.is_finite() || !self.state.parameters.is_finite() {
            (self.state.cost, self.state.units) = (cost, units);
            return self.diverge(edits);
        }
        self.state.epoch += 1;
        self.record();
        EpochEnd::Finished { edits }
    }

    /// What `watch` says after `done` samples.
    fn watched(&self, done: usize, watch: Watch<'_, T>) -> bool {
        watch(Underway {
            parameters: &self.state.parameters,
            done,
            of: self.data.len(),
        })
    }

    /// What was staged, as the next epoch's edits.
    fn edits(&self) -> Vec<Edit> {
        let edit = |change: &super::Change| Edit {
            epoch: self.state.epoch + 1,
            gesture: change.gesture,
            setting: change.setting,
            old: change.setting.get(&self.state.settings),
            new: change.value,
        };
        self.state.staged.iter().map(edit).collect()
    }

    /// Puts the next settings in force, where they `differ`, and sees to it that an interruption can take back what
    /// the epoch does to the optimiser.
    fn enforce(&mut self, differ: bool) -> Before<T> {
        let before = (self.state.settings, self.state.gradient_known);
        let mut optimizer = Undo::InPlace;
        if differ {
            let count = self.state.parameters.flat().len();
            let kind = self.next.optimizer;
            // what L-BFGS remembers is the curvature of another cost
            if kind != self.state.settings.optimizer || kind == OptimizerKind::Lbfgs {
                let fresh = Optimizer::new(kind, count);
                optimizer = Undo::Replaced(std::mem::replace(&mut self.state.optimizer, fresh));
            }
            self.state.gradient_known = false;
            self.state.settings = self.next;
        }
        if let Some(account) = &mut self.account {
            account.begin(
                &self.state.optimizer,
                matches!(optimizer, Undo::Replaced(_)),
            );
        }
        let settings = self.state.settings;
        // L-BFGS takes its own step back; of a single step nothing is left half done
        let several = settings.optimizer != OptimizerKind::Lbfgs
            && settings.batch.rows(self.data.len()) < self.data.len();
        if several && matches!(optimizer, Undo::InPlace) {
            self.last_optimizer.copy_from(&self.state.optimizer);
            optimizer = Undo::Copied;
        }
        Before {
            settings: before.0,
            gradient_known: before.1,
            optimizer,
        }
    }

    /// Everything as at the epoch's start.
    fn take_back(&mut self, before: Before<T>) {
        let parameters = self.state.parameters.flat_mut();
        parameters.copy_from_slice(self.last_finite.flat());
        match before.optimizer {
            Undo::InPlace => {}
            Undo::Copied => std::mem::swap(&mut self.state.optimizer, &mut self.last_optimizer),
            Undo::Replaced(optimizer) => self.state.optimizer = optimizer,
        }
        self.state.settings = before.settings;
        if let Some(account) = &mut self.account {
            account.interrupted();
        }
        if before.gradient_known {
            // the batches' gradients took its place
            self.regain_gradient();
        }
    }

    fn steps(&mut self, watch: Watch<'_, T>) -> Steps {
        let settings = self.state.settings;
        let objective = Objective::from(&settings);
        if settings.optimizer == OptimizerKind::Lbfgs {
            return self.iterate(&objective, watch);
        }
        let samples = view(&self.data, &self.converted);
        let (count, inputs) = samples.dim();
        let rows = settings.batch.rows(count);
        if rows == count {
            let cost = if self.state.gradient_known {
                self.state.cost
            } else {
                let parameters = &self.state.parameters;
                self.engine
                    .cost_and_gradient(parameters, samples, &objective, &mut self.gradient)
            };
            return self.update(cost, &settings, None);
        }
        shuffle(&mut self.order, self.experiment.seed, self.state.epoch + 1);
        self.batch.resize(rows * inputs, T::zero());
        for start in (0..count).step_by(rows) {
            if start > 0 && !self.watched(start, watch) {
                return Steps::Interrupted;
            }
            let samples = view(&self.data, &self.converted);
            let chosen = &self.order[start..count.min(start + rows)];
            let buffer = &mut self.batch[..chosen.len() * inputs];
            for (row, index) in buffer.chunks_exact_mut(inputs).zip(chosen) {
                samples.read(*index as usize, row);
            }
            let Ok(batch) = ArrayViewMut2::from_shape((chosen.len(), inputs), buffer) else {
                unreachable!("the buffer was cut to that shape")
            };
            let cost = self.engine.cost_and_gradient(
                &self.state.parameters,
                batch.view(),
                &objective,
                &mut self.gradient,
            );
            let rows = chosen.len();
            if let Steps::Diverged = self.update(cost, &settings, Some(rows)) {
                return Steps::Diverged;
            }
        }
        Steps::Done
    }

    /// One step by the gradient of all samples, or of the first `batch` ones in the buffer.
    fn update(
        &mut self,
        cost: Cost,
        settings: &CheckedHyperparameters,
        batch: Option<usize>,
    ) -> Steps {
        if !cost.is_finite() {
            return Steps::Diverged;
        }
        if let Some(account) = &mut self.account {
            let whole = view(&self.data, &self.converted);
            let inputs = whole.ncols();
            let samples = match batch {
                None => whole,
                Some(rows) => {
                    let buffer = &self.batch[..rows * inputs];
                    let Ok(samples) = ArrayView2::from_shape((rows, inputs), buffer) else {
                        unreachable!("the buffer was cut to that shape")
                    };
                    samples.into()
                }
            };
            let parameters = &self.state.parameters;
            account.step(parameters, samples, self.gradient.flat(), settings);
        }
        let rate = Rate {
            learning_rate: settings.learning_rate,
            momentum: settings.momentum,
        };
        let parameters = self.state.parameters.flat_mut();
        let (gradient, shares) = (self.gradient.flat(), self.engine.shares());
        self.state
            .optimizer
            .update_in_shares(parameters, gradient, rate, shares);
        if let Some(account) = &mut self.account {
            account.stepped(&self.state.parameters);
        }
        Steps::Done
    }

    /// One iteration of L-BFGS over the whole data set. Where it can't go down any further the weights stay.
    fn iterate(&mut self, objective: &Objective, watch: Watch<'_, T>) -> Steps {
        let samples = view(&self.data, &self.converted);
        let engine = &mut self.engine;
        // as the epoch found them
        let before = Underway {
            parameters: &self.last_finite,
            done: 0,
            of: self.data.len(),
        };
        let Some(lbfgs) = self.state.optimizer.lbfgs() else {
            return Steps::Done;
        };
        let mut asked = true; // at the epoch's start
        let progress = lbfgs.step_while(self.state.parameters.flat_mut(), |at, gradient| {
            if !std::mem::take(&mut asked) && !watch(before) {
                return None;
            }
            let cost = engine.cost_and_gradient_flat(at, samples, objective, gradient);
            Some(cost.total())
        });
        match progress {
            None => Steps::Interrupted,
            // where the cost is finite, its gradient may still overflow this precision: nothing goes on from there
            Some(progress) if progress.stuck && !all_finite(lbfgs.gradient()) => Steps::Diverged,
            Some(progress) if progress.cost.is_finite() => Steps::Done,
            Some(_) => Steps::Diverged,
        }
    }

    /// Goes back to the weights of the epoch's start; the optimiser's memory led away from them, so it is cleared.
    fn diverge(&mut self, edits: Vec<Edit>) -> EpochEnd {
        let parameters = self.state.parameters.flat_mut();
        parameters.copy_from_slice(self.last_finite.flat());
        self.state.optimizer.restart();
        if let Some(account) = &mut self.account {
            account.diverged();
        }
        self.state.gradient_known = false;
        let epoch = self.state.epoch + 1;
        let weights = self.state.parameters.flat();
        let evidence = divergence::Evidence {
            settings: &self.state.settings,
            history: &self.state.history,
            epoch,
            architecture: self.engine.architecture(),
            data: &self.data,
            largest_parameter: weights
                .iter()
                .fold(0.0, |most, weight| most.max(weight.f64().abs())),
        };
        EpochEnd::Diverged {
            epoch,
            cause: divergence::cause(&evidence),
            edits,
        }
    }
}

fn all_finite<T: Real>(gradient: Option<&[T]>) -> bool {
    gradient.is_none_or(|values| values.iter().all(|value| value.is_finite()))
}
