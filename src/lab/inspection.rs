//! The inspection behind the Unit page: what it found.

use std::sync::Arc;

use ndarray::Array2;

use crate::model::UnitInspection;
use crate::model::inspection::BINS;
use crate::training::snapshot::Version;
use crate::training::trainer::RunId;
use crate::training::{SnapshotInspector, UnitDiagnosis};

/// Most classes that a histogram is divided into.
pub const CLASSES: usize = 16;

/// All that the Unit page shows beside the snapshot itself.
#[derive(Clone, Debug, PartialEq)]
pub struct InspectedUnit {
    /// What it is of.
    pub version: Version,
    pub unit: UnitInspection,
    /// Of the same epoch.
    pub diagnosis: UnitDiagnosis,
    /// The counts of the activation's histogram for each class, where the set has at most [`CLASSES`]: bin by bin they
    /// add up to the whole.
    pub classes: Option<Vec<(u8, [u32; BINS])>>,
    /// The inputs that excite it most and least (k, n), as they look.
    pub most: Array2<f32>,
    pub least: Array2<f32>,
}

/// What came of one inspection.
pub struct Inspected {
    pub shown: Arc<InspectedUnit>,
    /// The inspector, where one was made for it.
    pub made: Option<Arc<SnapshotInspector>>,
}

impl std::fmt::Debug for Inspected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the inspector holds all the samples
        f.debug_tuple("Inspected").field(&self.shown).finish()
    }
}

/// What the page reads.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// The latest, of whatever unit and run.
    pub shown: Option<Arc<InspectedUnit>>,
    /// Why there is none.
    pub trouble: Option<String>,
}

impl Inspection {
    /// That of `unit` in `run`.
    pub fn of(&self, run: RunId, unit: usize) -> Option<&InspectedUnit> {
        self.shown
            .as_deref()
            .filter(|shown| shown.version.run == run && shown.unit.unit == unit)
    }
}
