//! A run: parameters, optimiser, epoch and past, advanced an epoch at a time.

use std::borrow::Cow;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::gradients::{GradientNorms, GradientSource, PROBE_SAMPLES, probe_stride};
use super::history::{Change, History, Record, changes};
use super::{Experiment, divergence};
use crate::data::DataSet;
use crate::model::units::StateCounts;
use crate::model::{
    Architecture, CheckedHyperparameters, Cost, Engine, EvenSample, GradientForm,
    HyperparameterError, Objective, OptimizerKind, Parameters, UnitState, UnitStatistics, revival,
};
use crate::numerics::{Real, WorkerPool, kernels};
use crate::optim::{Optimizer, Rate};

/// The stream of the seed's ChaCha that shuffles; stream 0 draws the weights.
const SHUFFLE_STREAM: u64 = 1;
/// Most values that parameters, gradient, velocity and last finite weights may each hold (1 GiB in f32).
pub const MAX_PARAMETERS: usize = 1 << 28;

/// What a run is at an epoch's end: enough to copy it, store it or go on from it.
#[derive(Clone, Debug)]
pub struct RunState<T: Real> {
    /// Epochs done.
    pub epoch: u64,
    pub parameters: Parameters<T>,
    optimizer: Optimizer<T>,
    shuffle: ChaCha8Rng,
    /// The hyperparameters of the last epoch (before the first: of the next).
    pub settings: CheckedHyperparameters,
    /// Over the whole data set.
    pub cost: Cost,
    /// Over the whole data set; one a hidden unit.
    pub units: Vec<UnitStatistics>,
    pub history: History,
}

/// A run on a data set, with the workspace it computes in.
pub struct Run<T: Real> {
    experiment: Experiment,
    data: Arc<DataSet>,
    /// The samples in `T`, where the data set has them in the other precision.
    converted: Option<Array2<T>>,
    engine: Engine<T>,
    state: RunState<T>,
    gradient: Parameters<T>,
    /// Whether `gradient` is that of the present weights and settings over the whole data set.
    gradient_known: bool,
    last_finite: Parameters<T>,
    order: Vec<u32>,
    batch: Vec<T>,
    /// A few samples (k, n) for ‖∂reconstruction/∂W1‖, and where that gradient goes.
    probe: Array2<T>,
    probe_gradient: Option<Parameters<T>>,
}

/// How an epoch ended.
#[derive(Clone, Debug, PartialEq)]
pub enum EpochEnd {
    /// With these settings in force for the first time, if any.
    Finished { changed: Vec<Change> },
    /// The cost became non-finite; the weights are those of the epoch's start. `cause` names the setting.
    Diverged { epoch: u64, cause: String },
    /// `keep_going` said no; the weights are those of the epoch's start.
    Interrupted,
}

/// Why an experiment can't run.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RunError {
    #[error(transparent)]
    Hyperparameters(#[from] HyperparameterError),
    #[error("0 hidden units learn nothing: choose at least 1")]
    NoHiddenUnits,
    #[error(
        "{hidden} hidden units on {inputs} inputs make more than {MAX_PARAMETERS} parameters: choose fewer hidden \
         units or smaller patches"
    )]
    TooLarge { hidden: usize, inputs: usize },
    #[error(
        "the initial weights are for {model_inputs} inputs and {model_hidden} hidden units, the run for {inputs} and \
         {hidden}: give the data and the number of hidden units that the model was trained with"
    )]
    InitialShape {
        model_inputs: usize,
        model_hidden: usize,
        inputs: usize,
        hidden: usize,
    },
    #[error("the data set is empty: a run needs at least one sample")]
    NoSamples,
}

impl<T: Real> Run<T> {
    /// A run at its initial weights: those of `experiment.seed`, or `initial`. The engine computes on `pool`.
    ///
    /// # Errors
    /// A setting out of range, no hidden units or samples, too many parameters, or `initial` of another shape.
    pub fn new(
        experiment: Experiment,
        data: Arc<DataSet>,
        initial: Option<Parameters<T>>,
        pool: Arc<WorkerPool>,
    ) -> Result<Self, RunError> {
        let settings = experiment.hyperparameters.check()?;
        let (inputs, hidden) = (data.inputs(), experiment.hidden);
        if hidden == 0 {
            return Err(RunError::NoHiddenUnits);
        }
        if data.is_empty() || inputs == 0 {
            return Err(RunError::NoSamples);
        }
        let size = inputs
            .checked_mul(hidden)
            .and_then(|size| size.checked_mul(2));
        if size.is_none_or(|size| size > MAX_PARAMETERS) {
            return Err(RunError::TooLarge { hidden, inputs });
        }
        let parameters = match initial {
            None => Parameters::initial(inputs, hidden, experiment.seed),
            Some(model) if (model.inputs(), model.hidden()) == (inputs, hidden) => model,
            Some(model) => {
                let (model_inputs, model_hidden) = (model.inputs(), model.hidden());
                return Err(RunError::InitialShape {
                    model_inputs,
                    model_hidden,
                    inputs,
                    hidden,
                });
            }
        };
        let converted = match data.samples.to::<T>() {
            Cow::Borrowed(_) => None,
            Cow::Owned(samples) => Some(samples),
        };
        let architecture = Architecture {
            inputs,
            hidden,
            hidden_activation: experiment.hidden_activation,
            output_activation: experiment.output_activation,
        };
        let mut shuffle = ChaCha8Rng::seed_from_u64(experiment.seed);
        shuffle.set_stream(SHUFFLE_STREAM);
        let state = RunState {
            epoch: 0,
            optimizer: Optimizer::new(settings.optimizer, parameters.flat().len()),
            shuffle,
            settings,
            cost: Cost::default(),
            units: Vec::new(),
            history: History::new(),
            parameters,
        };
        let probe: Vec<usize> = EvenSample::of(data.len(), PROBE_SAMPLES).rows().collect();
        let probe = view(&data, &converted).select(Axis(0), &probe);
        let mut run = Self {
            engine: Engine::with_pool(architecture, pool),
            probe,
            probe_gradient: None,
            gradient: Parameters::zeros(inputs, hidden),
            gradient_known: false,
            last_finite: state.parameters.clone(),
            order: (0..data.len() as u32).collect(),
            batch: Vec::new(),
            experiment,
            data,
            converted,
            state,
        };
        run.measure();
        run.record();
        Ok(run)
    }

    /// As it was asked for, with the hyperparameters of the last epoch.
    pub fn experiment(&self) -> Experiment {
        Experiment {
            hyperparameters: *self.state.settings,
            ..self.experiment.clone()
        }
    }

    pub fn data(&self) -> &Arc<DataSet> {
        &self.data
    }

    pub fn state(&self) -> &RunState<T> {
        &self.state
    }

    pub fn parameters(&self) -> &Parameters<T> {
        &self.state.parameters
    }

    /// Reconstruction loss ÷ data variance: 1 where it outputs the mean. NaN where the data never vary.
    pub fn fvu(&self) -> f64 {
        self.state.cost.reconstruction_loss / self.data.variance
    }

    pub fn counts(&self) -> StateCounts {
        StateCounts::of(&self.state.units)
    }

    /// (a2 (k, h), x̂ (k, n)) of `samples` (k, n) at the present weights.
    pub fn reconstruct(&mut self, samples: ArrayView2<'_, T>) -> (Array2<T>, Array2<T>) {
        self.engine.reconstruct(&self.state.parameters, samples)
    }

    /// One pass over the data with `settings`, then cost and units measured over the whole set. `keep_going` is asked
    /// before every step; `at_seconds` dates the markers of changed settings.
    pub fn epoch(
        &mut self,
        settings: &CheckedHyperparameters,
        at_seconds: f64,
        keep_going: &dyn Fn() -> bool,
    ) -> EpochEnd {
        let changed = changes(&self.state.settings, settings);
        if !changed.is_empty() {
            self.state
                .history
                .mark(self.state.epoch + 1, at_seconds, changed.iter().cloned());
            if self.state.settings.optimizer != settings.optimizer {
                let count = self.state.parameters.flat().len();
                self.state.optimizer = Optimizer::new(settings.optimizer, count);
            } else if let Some(lbfgs) = self.state.optimizer.lbfgs() {
                // what it remembers is the curvature of another cost
                lbfgs.restart();
            }
            self.gradient_known = false;
            self.state.settings = *settings;
        }
        self.last_finite
            .flat_mut()
            .copy_from_slice(self.state.parameters.flat());
        let shuffle = self.state.shuffle.clone();
        match self.steps(keep_going) {
            Steps::Interrupted => {
                self.restore();
                self.state.shuffle = shuffle;
                return EpochEnd::Interrupted;
            }
            Steps::Diverged => return self.diverge(),
            Steps::Done => {}
        }
        let (cost, units) = (self.state.cost, self.state.units.clone());
        self.measure();
        if !self.state.cost.is_finite() || !self.state.parameters.is_finite() {
            (self.state.cost, self.state.units) = (cost, units);
            return self.diverge();
        }
        self.state.epoch += 1;
        self.record();
        EpochEnd::Finished { changed }
    }

    /// Begins `units` anew from the inputs that the model reconstructs worst (see [`revival::revive`]): dead ones and
    /// duplicates; others, and numbers that no unit has, are left alone. Returns which, in increasing order.
    ///
    /// What is reset: W1_j, b1_j and W2_:j; in b2 the unit's mean contribution; and what the optimiser remembers of
    /// W1_j, b1_j and W2_:j (momentum's velocity, Adam's moments; L-BFGS forgets everything). Nothing is drawn at
    /// random, so a run with the same revivals at the same epochs is the same run. The history marks it.
    pub fn revive(&mut self, units: &[usize]) -> Vec<usize> {
        let states: Vec<UnitState> = self.state.units.iter().map(|unit| unit.state).collect();
        let mut units: Vec<usize> = units
            .iter()
            .copied()
            .filter(|unit| states.get(*unit).is_some_and(|s| *s != UnitState::Alive))
            .collect();
        units.sort_unstable();
        units.dedup();
        if units.is_empty() {
            return units;
        }
        let alive: Vec<bool> = states.iter().map(|state| !state.is_dead()).collect();
        self.last_finite
            .flat_mut()
            .copy_from_slice(self.state.parameters.flat());
        let revived = revival::revive(
            &self.engine.architecture(),
            &mut self.state.parameters,
            view(&self.data, &self.converted),
            &units,
            &alive,
            self.state.settings.sparsity_target,
        );
        let indices = parameters_of(&self.state.parameters, &revived);
        self.state.optimizer.forget(&indices);
        self.measure();
        if !self.state.cost.is_finite() || !self.state.parameters.is_finite() {
            self.restore();
            self.measure();
            return Vec::new();
        }
        if !revived.is_empty() {
            let (epoch, units) = (self.state.epoch, &self.state.units);
            self.state.history.revive(epoch, revived.clone(), units);
        }
        revived
    }

    /// The units that are dead, in increasing order.
    pub fn dead_units(&self) -> Vec<usize> {
        let units = self.state.units.iter().enumerate();
        units
            .filter(|(_, unit)| unit.state.is_dead())
            .map(|(index, _)| index)
            .collect()
    }

    fn steps(&mut self, keep_going: &dyn Fn() -> bool) -> Steps {
        let settings = self.state.settings;
        let objective = Objective::from(&settings);
        if !keep_going() {
            return Steps::Interrupted;
        }
        if settings.optimizer == OptimizerKind::Lbfgs {
            return self.iterate(&objective, keep_going);
        }
        let samples = view(&self.data, &self.converted);
        let (count, inputs) = samples.dim();
        let rows = settings.batch.rows(count);
        if rows == count {
            let cost = if self.gradient_known {
                self.state.cost
            } else {
                let parameters = &self.state.parameters;
                self.engine
                    .cost_and_gradient(parameters, samples, &objective, &mut self.gradient)
            };
            return self.update(cost, &settings);
        }
        shuffle(&mut self.order, &mut self.state.shuffle);
        self.batch.resize(rows * inputs, T::zero());
        for start in (0..count).step_by(rows) {
            if !keep_going() {
                return Steps::Interrupted;
            }
            let samples = view(&self.data, &self.converted);
            let chosen = &self.order[start..count.min(start + rows)];
            let buffer = &mut self.batch[..chosen.len() * inputs];
            for (row, index) in buffer.chunks_exact_mut(inputs).zip(chosen) {
                match samples.row(*index as usize).as_slice() {
                    Some(sample) => row.copy_from_slice(sample),
                    None => row
                        .iter_mut()
                        .zip(samples.row(*index as usize))
                        .for_each(|(to, from)| *to = *from),
                }
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
            if let Steps::Diverged = self.update(cost, &settings) {
                return Steps::Diverged;
            }
        }
        Steps::Done
    }

    fn update(&mut self, cost: Cost, settings: &CheckedHyperparameters) -> Steps {
        if !cost.is_finite() {
            return Steps::Diverged;
        }
        let rate = Rate {
            learning_rate: settings.learning_rate,
            momentum: settings.momentum,
        };
        let parameters = self.state.parameters.flat_mut();
        self.state
            .optimizer
            .update(parameters, self.gradient.flat(), rate);
        Steps::Done
    }

    /// One iteration of L-BFGS over the whole data set. Where it can't go down any further the weights stay.
    fn iterate(&mut self, objective: &Objective, keep_going: &dyn Fn() -> bool) -> Steps {
        let samples = view(&self.data, &self.converted);
        let engine = &mut self.engine;
        let Some(lbfgs) = self.state.optimizer.lbfgs() else {
            return Steps::Done;
        };
        let mut interrupted = false;
        let progress = lbfgs.step(self.state.parameters.flat_mut(), |at, gradient| {
            interrupted |= !keep_going();
            if interrupted {
                return f64::NAN; // ends the line search
            }
            let cost = engine.cost_and_gradient_flat(at, samples, objective, gradient);
            cost.total()
        });
        match (interrupted, progress.cost.is_finite()) {
            (true, _) => Steps::Interrupted,
            (false, true) => Steps::Done,
            (false, false) => Steps::Diverged,
        }
    }

    fn diverge(&mut self) -> EpochEnd {
        self.restore();
        let cause = divergence::cause(
            &self.state.settings,
            &self.state.history,
            self.state.epoch + 1,
        );
        EpochEnd::Diverged {
            epoch: self.state.epoch + 1,
            cause,
        }
    }

    /// The weights of the epoch's start; what the optimiser remembers led away from them, so it forgets.
    fn restore(&mut self) {
        let parameters = self.state.parameters.flat_mut();
        parameters.copy_from_slice(self.last_finite.flat());
        self.state.optimizer.restart();
        self.gradient_known = false;
    }

    /// Cost and units over the whole data set; a full-batch run gets its next gradient in the same pass.
    fn measure(&mut self) {
        let settings = &self.state.settings;
        let objective = Objective::from(settings);
        let samples = view(&self.data, &self.converted);
        let (parameters, units) = (&self.state.parameters, &mut self.state.units);
        self.gradient_known = settings.optimizer != OptimizerKind::Lbfgs
            && settings.batch.rows(samples.nrows()) == samples.nrows();
        self.state.cost = if self.gradient_known {
            let gradient = &mut self.gradient;
            self.engine
                .measure_and_gradient(parameters, samples, &objective, gradient, units)
        } else {
            self.engine.measure(parameters, samples, &objective, units)
        };
    }

    fn record(&mut self) {
        let (cost, fvu, counts) = (self.state.cost, self.fvu(), self.counts());
        let gradients = self.gradient_norms();
        let epoch = self.state.epoch;
        self.state.history.push(Record {
            epoch,
            cost,
            fvu,
            counts,
            gradients,
        });
        self.state.history.push_units(epoch, &self.state.units);
    }

    /// From the gradient that the epoch left; the reconstruction's from a step over a few samples, now and then.
    fn gradient_norms(&mut self) -> GradientNorms {
        let (parameters, units) = (&self.state.parameters, &self.state.units);
        let norm = |gradient: &[T], range| {
            let squares = kernels::best::<T>().sum_of_squares(&gradient[range]);
            Some(squares.sqrt()).filter(|norm| norm.is_finite())
        };
        let (gradient, source) = if self.gradient_known {
            (Some(self.gradient.flat()), GradientSource::WholeSet)
        } else if self.state.settings.optimizer == OptimizerKind::Lbfgs {
            (self.state.optimizer.gradient(), GradientSource::WholeSet)
        } else {
            let last = (self.state.epoch > 0).then_some(self.gradient.flat());
            (last, GradientSource::LastBatch)
        };
        let squares: f64 = units.iter().map(|unit| unit.feature_norm.powi(2)).sum();
        let activation: f64 = units.iter().map(|unit| unit.mean_activation).sum();
        let mut norms = GradientNorms {
            encoder: gradient.and_then(|all| norm(all, parameters.encoder_range())),
            decoder: gradient.and_then(|all| norm(all, parameters.decoder_range())),
            source,
            reconstruction: None,
            encoder_weights: squares.sqrt(),
            mean_activation: activation / units.len().max(1) as f64,
        };
        if self
            .state
            .epoch
            .is_multiple_of(probe_stride(self.data.len()))
        {
            // the gradient of the whole set is for the next step; any other has served
            let spent = if self.gradient_known {
                self.probe_gradient.get_or_insert_with(|| {
                    Parameters::zeros(parameters.inputs(), parameters.hidden())
                })
            } else {
                &mut self.gradient
            };
            let plain = Objective {
                sparsity_weight: 0.0,
                weight_decay: 0.0,
                gradient: GradientForm::Exact,
                ..Objective::from(&self.state.settings)
            };
            let probe = self.probe.view();
            self.engine
                .cost_and_gradient(parameters, probe, &plain, spent);
            norms.reconstruction = norm(spent.flat(), parameters.encoder_range());
        }
        norms
    }
}

enum Steps {
    Done,
    Diverged,
    Interrupted,
}

/// Where W1_j, b1_j and W2_:j of `units` (increasing) lie in the flat vector, in increasing order.
fn parameters_of<T: Real>(parameters: &Parameters<T>, units: &[usize]) -> Vec<usize> {
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let (bias, decoder) = (
        parameters.encoder_bias_range().start,
        parameters.decoder_range().start,
    );
    let encoder = units.iter().flat_map(|unit| unit * n..(unit + 1) * n);
    let biases = units.iter().map(|unit| bias + unit);
    let decoders = (0..n).flat_map(|row| units.iter().map(move |unit| decoder + row * h + unit));
    encoder.chain(biases).chain(decoders).collect()
}

fn view<'a, T: Real>(data: &'a DataSet, converted: &'a Option<Array2<T>>) -> ArrayView2<'a, T> {
    match (converted, data.samples.view::<T>()) {
        (Some(samples), _) => samples.view(),
        (None, Some(samples)) => samples,
        (None, None) => unreachable!("`Run::new` converts samples of the other precision"),
    }
}

/// Fisher–Yates, written out so that a seed means the same order in every release of `rand`.
fn shuffle(order: &mut [u32], rng: &mut ChaCha8Rng) {
    for last in (1..order.len()).rev() {
        // Lemire's multiply-shift; the bias, below 2⁻³², does not matter here
        let pick = ((u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64) as usize;
        order.swap(last, pick);
    }
}
