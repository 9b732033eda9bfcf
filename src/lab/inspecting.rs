//! The inspection behind the Unit page: made on a thread of its own for the newest snapshot, seldom enough to cost the
//! trainer next to nothing, and kept until a newer one is there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::{Array2, Axis};

use super::port::Wake;
use super::studies::{Desk, Study};
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

/// An inspection; with the inspector and the time it took, where one was made for it.
struct Inspected {
    shown: Arc<InspectedUnit>,
    made: Option<(Arc<SnapshotInspector>, Duration)>,
}

/// The work on one: it fails in words.
type Worked = Result<Inspected, String>;

/// Keeps the inspection of the unit that is shown up to date.
#[derive(Default)]
pub(super) struct Inspecting {
    desk: Desk<(), Worked>,
    study: Study<(), Worked>,
    latest: Option<Latest>,
    /// The run in which it failed: it would fail again.
    failed: Option<u64>,
}

/// The last inspector made: another unit of its epoch costs little.
struct Latest {
    inspector: Arc<SnapshotInspector>,
    at: Instant,
    took: Duration,
}

impl Latest {
    /// How long the next one has to wait while the run goes on.
    fn rest(&self) -> Duration {
        let rest = (REST * self.took).max(LEAST_REST);
        rest.saturating_sub(self.at.elapsed())
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

impl Inspecting {
    /// Takes what has come, and starts what is due for `unit` of `snapshot`. Never waits; returns when to look again,
    /// if nothing else happens before.
    pub(super) fn follow(
        &mut self,
        inspection: &mut Inspection,
        snapshot: &Arc<Snapshot>,
        unit: usize,
        wake: &Wake,
    ) -> Option<Duration> {
        self.desk.collect(&mut self.study);
        match std::mem::take(&mut self.study) {
            Study::Done(done) => match &*done {
                Ok(inspected) => {
                    inspection.shown = Some(Arc::clone(&inspected.shown));
                    inspection.trouble = None;
                    if let Some((inspector, took)) = &inspected.made {
                        self.latest = Some(Latest {
                            inspector: Arc::clone(inspector),
                            at: Instant::now(),
                            took: *took,
                        });
                    }
                }
                Err(message) => return self.fail(inspection, snapshot, message.clone()),
            },
            Study::Failed(message) => return self.fail(inspection, snapshot, message),
            running @ Study::Running(_) => {
                self.study = running;
                return None; // it wakes the window
            }
            Study::Idle => {}
        }
        let same_unit = inspection.of(snapshot.run, unit);
        let current = same_unit.is_some_and(|shown| shown.version == snapshot.version());
        if current || self.failed == Some(snapshot.run) {
            return None;
        }
        let latest = self.latest.as_ref().filter(|latest| {
            latest.inspector.version.run == snapshot.run && snapshot.activity == Activity::Training
        });
        let kept = match latest.map(|latest| (latest, latest.rest())) {
            Some((_, rest)) if !rest.is_zero() && same_unit.is_some() => return Some(rest),
            Some((latest, rest)) if !rest.is_zero() => Some(Arc::clone(&latest.inspector)),
            _ => None,
        };
        let snapshot = Arc::clone(snapshot);
        let name = "sae-lab inspection";
        self.desk
            .start(&mut self.study, name, wake, move |watcher| {
                let start = Instant::now();
                let (inspector, new) = match kept {
                    Some(inspector) => (inspector, false),
                    None => match SnapshotInspector::new(&snapshot) {
                        Ok(inspector) => (Arc::new(inspector), true),
                        Err(error) => return Some(Err(error.to_string())),
                    },
                };
                if watcher.go_on().is_break() {
                    return None;
                }
                let Some(shown) = inspect(&inspector, unit) else {
                    return Some(Err(format!("there is no unit {}", unit + 1)));
                };
                Some(Ok(Inspected {
                    shown: Arc::new(shown),
                    made: new.then(|| (inspector, start.elapsed())),
                }))
            });
        None
    }

    fn fail(
        &mut self,
        inspection: &mut Inspection,
        snapshot: &Snapshot,
        message: String,
    ) -> Option<Duration> {
        inspection.trouble = Some(message);
        self.failed = Some(snapshot.run);
        None
    }

    /// Nobody looks: stops, and lets go of what it keeps.
    pub(super) fn rest(&mut self) {
        if self.latest.take().is_some() || self.study.is_running() {
            self.desk.cancel(&mut self.study);
            self.study = Study::Idle;
        }
    }
}

/// All about `unit`, as the page shows it; `None` where there is no such unit.
fn inspect(inspector: &SnapshotInspector, unit: usize) -> Option<InspectedUnit> {
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
