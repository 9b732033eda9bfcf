//! What the views of *why* ask of a snapshot: an inspector of its units, a gradient check at its weights, one input's
//! way through it. Each takes a while (up to a second or two): for a thread beside the window's.

use std::ops::ControlFlow;

use ndarray::ArrayView1;

use super::snapshot::Version;
use super::{Snapshot, UnitDiagnosis};
use crate::data::{DataSet, with_rows};
use crate::model::gradient_check::{CheckProgress, LiveCheck, gradient_check_with};
use crate::model::inspection::Listing;
use crate::model::look_through::{self, LookThrough, ShapeError};
use crate::model::{Architecture, EvenSample, GradientCheck, Inspector, Objective, UnitInspection};

impl Snapshot {
    pub fn architecture(&self) -> Architecture {
        self.experiment.architecture(self.parameters.inputs())
    }

    /// J as the last epoch had it.
    pub fn objective(&self) -> Objective {
        Objective::from(&self.hyperparameters)
    }

    /// The way of `input` (n) through the present weights: microseconds.
    ///
    /// # Errors
    /// `input` isn't n long.
    pub fn look_through(&self, input: ArrayView1<'_, f32>) -> Result<LookThrough, ShapeError> {
        look_through::look_through(&self.architecture(), &self.parameters, input)
    }

    /// What the decoder makes of `activations` (h), whatever they are: x̂ (n).
    ///
    /// # Errors
    /// `activations` isn't h long.
    pub fn decode(&self, activations: &[f64]) -> Result<Vec<f64>, ShapeError> {
        look_through::decode(&self.architecture(), &self.parameters, activations)
    }

    /// The gradient check at the present weights, settings and a sample of the data, in f64; `watch` is told after every
    /// coordinate and ends it by `Break`.
    pub fn check_gradient(
        &self,
        watch: impl FnMut(CheckProgress) -> ControlFlow<()>,
    ) -> Option<(GradientCheck, LiveCheck)> {
        let architecture = self.architecture();
        let live = LiveCheck::of(&architecture, self.data.len());
        let samples = with_rows!(&self.data.samples, rows => live.sample.take(rows));
        let check = gradient_check_with(
            architecture,
            &self.parameters.cast::<f64>(),
            samples.view(),
            &self.objective(),
            live.limit,
            watch,
        )?;
        Some((check, live))
    }
}

/// An [`Inspector`] with the data that it looks at: made once for a snapshot, then any unit costs little.
pub struct SnapshotInspector {
    /// The snapshot's.
    pub version: Version,
    inspector: Inspector,
    /// What it is of: all that is said of a unit beside the inspection is of the same epoch.
    seen: Snapshot,
}

impl SnapshotInspector {
    /// One forward pass.
    ///
    /// # Errors
    /// The snapshot's data don't fit its weights.
    pub fn new(snapshot: &Snapshot) -> Result<Self, ShapeError> {
        let (architecture, objective) = (snapshot.architecture(), snapshot.objective());
        let parameters = &snapshot.parameters;
        let inspector = with_rows!(&snapshot.data.samples, rows => {
            Inspector::new(architecture, parameters, rows, objective)
        })?;
        Ok(Self {
            version: snapshot.version(),
            inspector,
            seen: snapshot.clone(),
        })
    }

    /// The rows that reconstruction, ablation and forces are taken over.
    pub fn sample(&self) -> EvenSample {
        self.inspector.sample()
    }

    /// What is to be said of `unit` at that epoch; `None` where there is no such unit.
    pub fn diagnosis(&self, unit: usize) -> Option<UnitDiagnosis> {
        UnitDiagnosis::of(&self.seen, unit)
    }

    /// What it looks at.
    pub fn data(&self) -> &DataSet {
        &self.seen.data
    }

    /// The activations that the distribution of `unit` is taken over, and whose rows they are; `None` where there is no
    /// such unit.
    pub fn activations(&self, unit: usize) -> Option<(EvenSample, Vec<f64>)> {
        with_rows!(&self.seen.data.samples, rows => self.inspector.activations_of(rows, unit))
    }

    /// `None` where there is no such unit.
    pub fn unit(&self, unit: usize, listing: Listing) -> Option<UnitInspection> {
        with_rows!(&self.seen.data.samples, rows => self.inspector.unit(rows, unit, listing))
    }
}
