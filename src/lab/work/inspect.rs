//! The inspection of one unit.

use std::sync::Arc;

use crate::lab::inspection::{CLASSES, Inspected, InspectedUnit};
use crate::lab::jobs::{JobError, Watcher};
use crate::model::inspection::{BINS, Excitation, Listing};
use crate::training::{Snapshot, SnapshotInspector};

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
        let samples = data.samples.select::<f32>(&rows);
        data.pictures(samples.view()).into_owned()
    };
    Some(InspectedUnit {
        version: inspector.version,
        diagnosis: inspector.diagnosis(unit)?,
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
