//! A run as its watcher sees it, put together from its frames.

use std::sync::Arc;
use std::time::Duration;

use ndarray::Array2;
use thiserror::Error;

use super::frame::{Activity, Frame, Underway};
use super::protocol::RunId;
use crate::data::DataSet;
use crate::model::{Engine, OutputActivation, Parameters, Spectrum};
use crate::training::Experiment;
use crate::training::record::{Cursor, Cut, History};
use crate::training::run::Keyframe;
use crate::training::snapshot::{EpochUnderway, Snapshot, samples_at, shown_places};

/// Keeps a run's past and makes snapshots of its frames.
#[derive(Debug)]
pub struct Mirror {
    run: RunId,
    experiment: Experiment,
    data: Arc<DataSet>,
    /// Which samples are shown (k), and these (k, n).
    places: Arc<[usize]>,
    inputs: Arc<Array2<f32>>,
    history: Arc<History>,
    /// Of the data and the output, once it was measured.
    spectrum: Option<Arc<Spectrum>>,
}

/// A frame is not of this run: its parts have other sizes than the run's data and hidden units.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a frame of the trainer does not fit its run ({0}): please report it")]
pub struct Misfit(&'static str);

impl Mirror {
    /// Of the run that was opened as `run` with `experiment` on `data`.
    pub fn new(run: RunId, experiment: Experiment, data: Arc<DataSet>) -> Self {
        let places = shown_places(&data);
        Self {
            inputs: Arc::new(samples_at(&data, &places)),
            places: places.into(),
            history: Arc::new(History::new()),
            spectrum: None,
            run,
            experiment,
            data,
        }
    }

    pub fn data(&self) -> &Arc<DataSet> {
        &self.data
    }

    /// g of the run, which its data's spectrum depends on.
    pub fn output_activation(&self) -> OutputActivation {
        self.experiment.output_activation
    }

    pub fn spectrum(&self) -> Option<&Arc<Spectrum>> {
        self.spectrum.as_ref()
    }

    /// The snapshots from now on have it. It must be of the run's data and output.
    pub fn set_spectrum(&mut self, spectrum: Arc<Spectrum>) {
        self.spectrum = Some(spectrum);
    }

    /// What of the past was seen: for [`super::protocol::Ask::Seen`].
    pub fn cursor(&self) -> Cursor {
        self.history.cursor()
    }

    /// Whether `frame` fits.
    ///
    /// # Errors
    /// It is of another run.
    pub fn check(&self, frame: &Frame) -> Result<(), Misfit> {
        let (inputs, hidden) = (self.data.inputs(), self.experiment.hidden);
        let shown = self.inputs.nrows();
        let weights = 2 * inputs * hidden + hidden + inputs; // bounded: the run was opened with them
        if frame.settings.check().is_err() {
            Err(Misfit("its settings are out of range"))
        } else if frame.weights.len() != weights {
            Err(Misfit("its weights are of another size"))
        } else if frame.reconstructions.len() != shown * inputs
            || frame.activations.len() != shown * hidden
        {
            Err(Misfit("its reconstructions are of another size"))
        } else if frame.units.len() != hidden {
            Err(Misfit("its units are of another number"))
        } else {
            Ok(())
        }
    }

    /// The run within an epoch.
    ///
    /// # Errors
    /// It is of another run.
    pub fn underway(&self, underway: Underway) -> Result<EpochUnderway, Misfit> {
        let (inputs, hidden) = (self.data.inputs(), self.experiment.hidden);
        if underway.samples > self.data.len() as u64 {
            return Err(Misfit("it has seen more samples than there are"));
        }
        Ok(EpochUnderway {
            epoch: underway.epoch,
            samples: underway.samples,
            parameters: Parameters::from_flat(underway.weights, inputs, hidden)
                .ok_or(Misfit("its weights are of another size"))?,
        })
    }

    /// The run as it stood at a keyframe of its past. `None` where the keyframe is of another size, or can't be.
    pub fn past(&self, keyframe: &Keyframe, trained_for: Duration) -> Option<Snapshot> {
        let (inputs, hidden) = (self.data.inputs(), self.experiment.hidden);
        let parameters = keyframe.weights(inputs, hidden)?;
        if keyframe.units.len() != hidden {
            return None;
        }
        let settings = keyframe.settings.check().ok()?;
        let experiment = Experiment {
            hyperparameters: keyframe.settings,
            ..self.experiment.clone()
        };
        let architecture = experiment.architecture(inputs);
        let mut engine = Engine::<f32>::new(architecture, 1);
        let (activations, reconstructions) = engine.reconstruct(&parameters, self.inputs.view());
        let record = keyframe.record(self.data.variance);
        Some(Snapshot {
            run: self.run,
            experiment,
            data: Arc::clone(&self.data),
            activity: Activity::Paused,
            epoch: keyframe.epoch,
            hyperparameters: settings,
            parameters,
            cost: keyframe.cost,
            fvu: record.fvu,
            units: keyframe.units.clone(),
            places: Arc::clone(&self.places),
            inputs: Arc::clone(&self.inputs),
            reconstructions,
            activations,
            history: Arc::new(self.history_at(keyframe)),
            spectrum: self.spectrum.clone(),
            epochs_per_second: 0.0,
            samples_per_second: 0.0,
            trained_for,
        })
    }

    /// The log of the run as it was at a keyframe of its past.
    pub fn history_at(&self, keyframe: &Keyframe) -> History {
        self.history.cut(&Cut {
            record: keyframe.record(self.data.variance),
            units: &keyframe.units,
            edits: keyframe.edits,
            revived: keyframe.revived,
        })
    }

    /// The run at the epoch of `frame`. The history is copied only where an older snapshot is still held.
    ///
    /// # Errors
    /// The frame is of another run.
    pub fn take(&mut self, frame: Frame) -> Result<Snapshot, Misfit> {
        self.check(&frame)?;
        let (inputs, hidden) = (self.data.inputs(), self.experiment.hidden);
        let settings = frame
            .settings
            .check()
            .map_err(|_| Misfit("its settings are out of range"))?;
        let parameters = Parameters::from_flat(frame.weights, inputs, hidden)
            .ok_or(Misfit("its weights are of another size"))?;
        let shown = self.inputs.nrows();
        let matrix = |values, columns| {
            Array2::from_shape_vec((shown, columns), values)
                .map_err(|_| Misfit("its reconstructions are of another size"))
        };
        let reconstructions = matrix(frame.reconstructions, inputs)?;
        let activations = matrix(frame.activations, hidden)?;
        Arc::make_mut(&mut self.history).apply(&frame.news);
        Ok(Snapshot {
            run: self.run,
            experiment: Experiment {
                hyperparameters: frame.settings,
                ..self.experiment.clone()
            },
            data: Arc::clone(&self.data),
            activity: frame.activity,
            epoch: frame.epoch,
            hyperparameters: settings,
            parameters,
            cost: frame.cost,
            fvu: frame.fvu,
            units: frame.units,
            places: Arc::clone(&self.places),
            inputs: Arc::clone(&self.inputs),
            reconstructions,
            activations,
            history: Arc::clone(&self.history),
            spectrum: self.spectrum.clone(),
            epochs_per_second: frame.epochs_per_second,
            samples_per_second: frame.epochs_per_second * self.data.len() as f64,
            trained_for: frame.trained_for,
        })
    }
}
