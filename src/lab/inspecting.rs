//! The inspection behind the Unit page: made by a job for the newest snapshot, seldom enough to cost the trainer next to
//! nothing, and kept until a newer one is there.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, Axis};

use super::jobs::{JobError, Request, Watcher};
use crate::model::UnitInspection;
use crate::model::inspection::{BINS, Excitation, Listing};
use crate::training::snapshot::Version;
use crate::training::{Activity, Snapshot, SnapshotInspector};

/// While the run goes on, an inspection waits for this many times as long as the last one took: 2 % of one core.
const REST: u32 = 50;
/// And at least this long.
const LEAST_REST: Duration = Duration::from_secs(1);
/// Most classes that a histogram is divided into.
pub const CLASSES: usize = 16;

/// All that the Unit page shows beside the snapshot itself.
#[derive(Clone, Debug, PartialEq)]
pub struct InspectedUnit {
    /// What it is of.
    pub version: Version,
    pub unit: UnitInspection,
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

/// Keeps the inspection of the unit that is shown up to date.
#[derive(Default)]
pub(super) struct Inspecting {
    latest: Option<Latest>,
    /// The run that the last request was about.
    asked: u64,
    /// The run in which it failed: it would fail again.
    failed: Option<u64>,
}

/// The last inspector made: another unit of its epoch costs little.
struct Latest {
    inspector: Arc<SnapshotInspector>,
    at: Duration,
    took: Duration,
}

impl Latest {
    /// How long the next one has to wait while the run goes on.
    fn rest(&self, now: Duration) -> Duration {
        let rest = (REST * self.took).max(LEAST_REST);
        rest.saturating_sub(now.saturating_sub(self.at))
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
    pub fn of(&self, run: u64, unit: usize) -> Option<&InspectedUnit> {
        self.shown
            .as_deref()
            .filter(|shown| shown.version.run == run && shown.unit.unit == unit)
    }
}

/// What there is to do for the page.
pub(super) enum Due {
    Nothing,
    /// To look again after this time, if nothing else happens before.
    Later(Duration),
    Now(Request),
}

impl Inspecting {
    /// What is due for `unit` of `snapshot` while no inspection is under way.
    pub(super) fn due(
        &mut self,
        inspection: &Inspection,
        snapshot: &Arc<Snapshot>,
        unit: usize,
        now: Duration,
    ) -> Due {
        let same_unit = inspection.of(snapshot.run, unit);
        let current = same_unit.is_some_and(|shown| shown.version == snapshot.version());
        if current || self.failed == Some(snapshot.run) {
            return Due::Nothing;
        }
        let latest = self.latest.as_ref().filter(|latest| {
            latest.inspector.version.run == snapshot.run && snapshot.activity == Activity::Training
        });
        let inspector = match latest.map(|latest| (latest, latest.rest(now))) {
            Some((_, rest)) if !rest.is_zero() && same_unit.is_some() => return Due::Later(rest),
            Some((latest, rest)) if !rest.is_zero() => Some(Arc::clone(&latest.inspector)),
            _ => None,
        };
        self.asked = snapshot.run;
        Due::Now(Request::Inspect {
            snapshot: Arc::clone(snapshot),
            unit,
            inspector,
        })
    }

    /// Takes one that `took` so long.
    pub(super) fn take(
        &mut self,
        inspection: &mut Inspection,
        inspected: Inspected,
        took: Duration,
        now: Duration,
    ) {
        inspection.shown = Some(inspected.shown);
        inspection.trouble = None;
        if let Some(inspector) = inspected.made {
            self.latest = Some(Latest {
                inspector,
                at: now,
                took,
            });
        }
    }

    pub(super) fn fail(&mut self, inspection: &mut Inspection, error: &JobError) {
        inspection.trouble = Some(error.to_string());
        self.failed = Some(self.asked);
    }

    /// Nobody looks: lets go of what it keeps.
    pub(super) fn rest(&mut self) {
        self.latest = None;
    }
}

/// All about `unit` of `snapshot`, by the `inspector` of an earlier one of its run, where there is one.
///
/// # Errors
/// The data don't fit the weights, there is no such unit, or cancelled.
pub fn inspect(
    snapshot: &Snapshot,
    unit: usize,
    inspector: Option<Arc<SnapshotInspector>>,
    watcher: &dyn Watcher,
) -> Result<Inspected, JobError> {
    let (inspector, new) = match inspector {
        Some(inspector) => (inspector, false),
        None => match SnapshotInspector::new(snapshot) {
            Ok(inspector) => (Arc::new(inspector), true),
            Err(error) => return Err(JobError::Words(error.to_string())),
        },
    };
    if watcher.go_on().is_break() {
        return Err(JobError::Cancelled);
    }
    let shown = shown(&inspector, unit)
        .ok_or_else(|| JobError::Words(format!("there is no unit {}", unit + 1)))?;
    Ok(Inspected {
        shown: Arc::new(shown),
        made: new.then_some(inspector),
    })
}

/// All about `unit`, as the page shows it; `None` where there is no such unit.
fn shown(inspector: &SnapshotInspector, unit: usize) -> Option<InspectedUnit> {
    let data = inspector.data();
    let inspected = inspector.unit(unit, Listing::default())?;
    let pictures = |list: &[Excitation]| {
        let rows: Vec<usize> = list.iter().map(|excitation| excitation.index).collect();
        let samples = match &data.samples {
            crate::data::Samples::F32(array) => array.select(Axis(0), &rows),
            crate::data::Samples::F64(array) => {
                array.select(Axis(0), &rows).mapv(|value| value as f32)
            }
        };
        data.pictures(samples.view()).into_owned()
    };
    Some(InspectedUnit {
        version: inspector.version,
        classes: classes(inspector, unit, inspected.activation.range),
        most: pictures(&inspected.most_exciting),
        least: pictures(&inspected.least_exciting),
        unit: inspected,
    })
}

/// The histogram for each class of the data's labels.
fn classes(
    inspector: &SnapshotInspector,
    unit: usize,
    range: (f64, f64),
) -> Option<Vec<(u8, [u32; BINS])>> {
    let labels = inspector.data().labels.as_deref()?;
    let (sample, activations) = inspector.activations(unit)?;
    let mut classes: Vec<(u8, [u32; BINS])> = Vec::new();
    for (row, activation) in sample.rows().zip(activations) {
        let class = *labels.get(row)?;
        let index = match classes.binary_search_by_key(&class, |(class, _)| *class) {
            Ok(index) => index,
            Err(_) if classes.len() == CLASSES => return None,
            Err(index) => {
                classes.insert(index, (class, [0; BINS]));
                index
            }
        };
        classes[index].1[crate::model::inspection::bin(activation, range)] += 1;
    }
    Some(classes)
}
