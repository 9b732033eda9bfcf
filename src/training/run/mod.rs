//! A run as a value: parameters, optimiser, epoch and past, advanced an epoch at a time.
//!
//! [`RunState`] and the experiment decide everything that a run will do; [`Checkpoint`] is both of them as plain data.
//! The rest of [`Run`] is a workspace, which can be made again from them at any epoch's end.

use std::sync::{Arc, OnceLock};

use ndarray::{Array2, ArrayView2};

use super::Experiment;
use super::gradients::PROBE_SAMPLES;
use super::record::{Change, Gesture, Setting, SettingError};
use crate::data::DataSet;
use crate::model::units::StateCounts;
use crate::model::{
    Architecture, CheckedHyperparameters, Cliffs, Engine, EvenSample, Parameters, Spectrum,
};
use crate::numerics::{Real, Rows, WorkerPool};
use crate::optim::Optimizer;

mod account;
mod checkpoint;
mod elsewhere;
mod epoch;
mod held;
mod keyframe;
mod ledger;
mod measure;
mod own_data;
mod parts;
mod planned;
mod resume;
mod revive;
mod samples;
mod shuffle;
mod size;
mod state;
#[cfg(test)]
mod tests;
mod workers;

pub use checkpoint::{Checkpoint, CheckpointError, Numbers, VERSION};
pub use elsewhere::{Arrival, ArrivalError};
pub use epoch::{EpochEnd, Underway};
pub use held::{own_test, test_stride};
pub use keyframe::Keyframe;
pub use ledger::{Force, Ledger, NoLedger};
pub use own_data::own_data;
pub use parts::{Array, CheckpointHead, KeyframeHead, LbfgsHead, OptimizerHead, PARAMETERS};
pub use resume::{OtherNumerics, ResumeError};
use samples::Identities;
pub use samples::SamplesIdentity;
pub use size::{MAX_PARAMETERS, RunError, check as check_size};
pub use state::RunState;
use workers::Workers;

/// A run on a data set, with the workspace it computes in.
pub struct Run<T: Real> {
    experiment: Experiment,
    data: Arc<DataSet>,
    /// The samples in `T`, where the data set has them in the other precision.
    converted: Option<Array2<T>>,
    /// The same of those that were held out.
    converted_test: Option<Array2<T>>,
    /// Measured when it is first asked for.
    spectrum: OnceLock<Option<Arc<Spectrum>>>,
    /// Made when the first checkpoint is.
    identity: OnceLock<Identities>,
    /// What a resumed run was computed with, where it is not what it goes on with.
    other_path: Option<OtherNumerics>,
    state: RunState<T>,
    /// The settings in force with what is staged.
    next: CheckedHyperparameters,
    engine: Engine<T>,
    /// How many of the engine's workers an epoch is trained with.
    workers: Workers,
    /// Of the present weights and settings over the whole data set where `state.gradient_known`.
    gradient: Parameters<T>,
    last_finite: Parameters<T>,
    /// The optimiser at the epoch's start, where the epoch has several steps; else of no meaning.
    last_optimizer: Optimizer<T>,
    order: Vec<u32>,
    batch: Vec<T>,
    /// A few samples (k, n) for ‖∂reconstruction/∂W1‖, and where that gradient goes.
    probe: Array2<T>,
    probe_gradient: Option<Parameters<T>>,
    /// The ledger of a unit, where one is kept.
    account: Option<Box<account::Account<T>>>,
    /// It is trained elsewhere: its moments arrive.
    elsewhere: bool,
}

impl<T: Real> Run<T> {
    /// A run at its initial weights: those of `experiment.seed`, or `initial`. The engine computes on `pool`.
    ///
    /// # Errors
    /// A setting out of range, no hidden units or samples, too many parameters or samples, or `initial` of another
    /// shape or with a value that is not finite.
    pub fn new(
        experiment: Experiment,
        data: Arc<DataSet>,
        initial: Option<Parameters<T>>,
        pool: Arc<WorkerPool>,
    ) -> Result<Self, RunError> {
        let settings = experiment.hyperparameters.check()?;
        let (inputs, hidden) = (data.inputs(), experiment.hidden);
        size::check::<T>(data.len(), inputs, hidden)?;
        let parameters = match initial {
            None => Parameters::initial(inputs, hidden, experiment.seed),
            Some(model) => size::fitting(model, inputs, hidden)?,
        };
        let state = RunState::beginning(0, settings, parameters);
        let mut run = Self::assemble(experiment, data, state, settings, pool);
        run.measure();
        run.record();
        Ok(run)
    }

    /// `state` with a workspace. The caller has checked that all of it fits.
    fn assemble(
        experiment: Experiment,
        data: Arc<DataSet>,
        state: RunState<T>,
        next: CheckedHyperparameters,
        pool: Arc<WorkerPool>,
    ) -> Self {
        let (inputs, hidden) = (state.parameters.inputs(), state.parameters.hidden());
        let converted = match data.samples.rows::<T>() {
            Some(_) => None,
            None => Some(data.samples.to::<T>().into_owned()),
        };
        let architecture = experiment.architecture(inputs);
        let probe: Vec<usize> = EvenSample::of(data.len(), PROBE_SAMPLES).rows().collect();
        let probe = view(&data, &converted).select(&probe);
        Self {
            workers: Workers::of(pool.workers()),
            engine: Engine::with_pool(architecture, pool),
            probe,
            probe_gradient: None,
            gradient: Parameters::zeros(inputs, hidden),
            last_finite: state.parameters.clone(),
            last_optimizer: Optimizer::Descent,
            order: vec![0; data.len()],
            batch: Vec::new(),
            spectrum: OnceLock::new(),
            identity: OnceLock::new(),
            other_path: None,
            account: None,
            elsewhere: false,
            experiment,
            converted_test: held::converted(&data),
            data,
            converted,
            state,
            next,
        }
    }

    /// Stages `change` for the next epoch; the latest change of a setting wins.
    ///
    /// # Errors
    /// A value of the wrong kind or out of range; everything is as it was.
    pub fn set(&mut self, change: Change) -> Result<(), SettingError> {
        let mut next = *self.next;
        change.setting.set(&mut next, change.value)?;
        self.next = next.check()?;
        let in_force = change.setting.get(&self.state.settings);
        let staged = &mut self.state.staged;
        staged.retain(|earlier| earlier.setting != change.setting);
        if in_force != change.value {
            staged.push(change);
        }
        Ok(())
    }

    /// Stages every setting in which `settings` differ from what the next epoch would use, as one gesture.
    pub fn set_all(&mut self, settings: &CheckedHyperparameters, gesture: Gesture) {
        for setting in Setting::all() {
            let value = setting.get(settings);
            if value != setting.get(&self.next) {
                let set = self.set(Change {
                    setting,
                    value,
                    gesture,
                });
                debug_assert!(
                    set.is_ok(),
                    "one checked set mixed with another is in range"
                );
            }
        }
    }

    /// What the next epoch will change, in the order in which it was set.
    pub fn staged(&self) -> &[Change] {
        &self.state.staged
    }

    /// The settings that the next epoch will use.
    pub fn next_settings(&self) -> CheckedHyperparameters {
        self.next
    }

    /// As it was asked for, with the hyperparameters of the last epoch.
    pub fn experiment(&self) -> Experiment {
        Experiment {
            hyperparameters: *self.state.settings,
            ..self.experiment.clone()
        }
    }

    pub fn architecture(&self) -> Architecture {
        self.engine.architecture()
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

    /// What the laws of the dead state need of the data; `None` where their values are too large for it. The first call
    /// takes as long as some tens of passes over the data: not for a thread that trains before someone's eyes.
    pub fn spectrum(&self) -> Option<&Arc<Spectrum>> {
        let measured = self.spectrum.get_or_init(|| {
            let output = self.experiment.output_activation;
            Spectrum::quick(view(&self.data, &self.converted), output, &|| true).map(Arc::new)
        });
        measured.as_ref()
    }

    /// Takes `spectrum` for its own where it has measured none: that of another run on the same data with the same output
    /// activation, which is a value of these alone.
    pub fn share_spectrum(&self, spectrum: &Arc<Spectrum>) {
        let _ = self.spectrum.set(Some(Arc::clone(spectrum))); // one that was measured says the same
    }

    /// The cliffs for the settings of the last epoch; `None` as [`Self::spectrum`] is.
    pub fn cliffs(&self) -> Option<Cliffs> {
        let hidden = self.experiment.hidden_activation;
        Some(Cliffs::new(self.spectrum()?, &self.state.settings, hidden))
    }

    pub fn counts(&self) -> StateCounts {
        StateCounts::of(&self.state.units)
    }

    /// (a2 (k, h), x̂ (k, n)) of `samples` (k, n) at the present weights.
    pub fn reconstruct(&mut self, samples: ArrayView2<'_, T>) -> (Array2<T>, Array2<T>) {
        self.engine.reconstruct(&self.state.parameters, samples)
    }
}

fn view<'a, T: Real>(data: &'a DataSet, converted: &'a Option<Array2<T>>) -> Rows<'a, T> {
    match (converted, data.samples.rows::<T>()) {
        (Some(samples), _) => samples.view().into(),
        (None, Some(samples)) => samples,
        (None, None) => unreachable!("`Run::assemble` converts samples of the other precision"),
    }
}
