//! What is to be said of one unit at one epoch: its state, since when, why, and what becomes of it.

use super::Diagnosis;
use crate::model::UnitStatistics;
use crate::training::{Autopsy, Snapshot, StateChange};

/// One unit at one epoch's end.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitDiagnosis {
    pub epoch: u64,
    /// Counted from 0.
    pub unit: usize,
    pub statistics: UnitStatistics,
    /// The last change of its state; `None` where it has been so from the start, or nothing is recorded.
    pub last_change: Option<StateChange>,
    /// If it is dead or a duplicate.
    pub autopsy: Option<Autopsy>,
    /// What becomes of it under the settings in force, if it is dead.
    pub outlook: Option<String>,
}

impl UnitDiagnosis {
    /// `None` where there is no such unit.
    pub fn of(snapshot: &Snapshot, unit: usize) -> Option<Self> {
        let statistics = *snapshot.units.get(unit)?;
        let life = snapshot.history.lives().life(unit);
        let autopsy = Autopsy::of(snapshot, unit);
        Some(Self {
            epoch: snapshot.epoch,
            unit,
            statistics,
            last_change: life.and_then(|life| life.changes().last().copied()),
            outlook: autopsy
                .as_ref()
                .and_then(|autopsy| Diagnosis::of(snapshot).outlook(autopsy)),
            autopsy,
        })
    }

    /// Why it is dead and what becomes of it.
    pub fn sentences(&self) -> String {
        let why = self.autopsy.as_ref().map(Autopsy::sentence);
        let all = [why, self.outlook.clone()];
        all.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
