//! What becomes of one unit along one way.

use crate::model::{UnitState, UnitStatistics};
use crate::training::record::UnitPoint;

/// The unit at one epoch's end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FatePoint {
    pub epoch: u64,
    pub state: UnitState,
    /// ρ̂, spread, contribution and ‖W1_j‖
    pub unit: UnitPoint,
}

/// Epoch by epoch, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fate {
    points: Vec<FatePoint>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It lives from the epoch of its death to the end of the replay.
    Saved,
    /// It is dead since this epoch, which may be before the death asked about, or after it.
    Died { epoch: u64 },
    /// The run diverges in this epoch.
    Diverged { epoch: u64 },
}

impl Fate {
    pub fn points(&self) -> &[FatePoint] {
        &self.points
    }

    /// The last epoch that was replayed.
    pub fn last(&self) -> Option<FatePoint> {
        self.points.last().copied()
    }

    /// At the end of `epoch`; `None` where the replay has none such.
    pub fn at(&self, epoch: u64) -> Option<FatePoint> {
        let place = self.points.binary_search_by_key(&epoch, |p| p.epoch).ok()?;
        self.points.get(place).copied()
    }

    /// The unit at the end of `epoch`; what was noted there before gives way.
    pub(super) fn note(&mut self, epoch: u64, unit: &UnitStatistics) {
        self.points.retain(|point| point.epoch < epoch);
        self.points.push(FatePoint {
            epoch,
            state: unit.state,
            unit: UnitPoint::from(unit),
        });
    }

    /// Where the spell began in which it is dead at the end; `None` where it lives there.
    pub(super) fn dead_since(&self) -> Option<u64> {
        let spell = self.points.iter().rev();
        let spell = spell.take_while(|point| point.state.is_dead());
        spell.last().map(|point| point.epoch)
    }
}
