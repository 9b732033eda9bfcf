//! The curves: recent epochs at full resolution, the whole run thinned, changes of settings marked. Bounded.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::edits::{Edit, EditLog};
use super::lives::Lives;
use super::markers::Marker;
pub use super::number::short;
use crate::model::units::StateCounts;
use crate::model::{Cost, UnitStatistics};
use crate::training::GradientNorms;

/// Recent epochs kept at full resolution.
pub const RECENT: usize = 1_000;
/// Most points that the whole run is thinned to.
pub const THINNED: usize = 2_000;
/// Most revivals kept; the oldest go first.
pub const REVIVALS: usize = 200;

/// One epoch's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub epoch: u64,
    pub cost: Cost,
    pub fvu: f64,
    pub counts: StateCounts,
    #[serde(default)]
    pub gradients: GradientNorms,
    /// At this very epoch; `None` where nothing is held out or it was not measured.
    #[serde(default)]
    pub test: Option<TestLoss>,
}

/// Over the samples that were held out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestLoss {
    /// 1/(2m) Σ‖x̂−x‖²
    pub reconstruction_loss: f64,
    /// The same ÷ their variance about the mean of the training data.
    pub fvu: f64,
}

/// Dead units restarted at the user's request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revival {
    /// The epoch at whose end it was.
    pub epoch: u64,
    /// In increasing order.
    pub units: Vec<usize>,
}

/// The run's past in two tiers. Copying it costs at most `RECENT + THINNED` records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    pub(super) recent: VecDeque<Record>,
    pub(super) thinned: Vec<Record>,
    /// The thinned tier keeps every `stride`-th epoch.
    pub(super) stride: u64,
    pub(super) edits: EditLog,
    pub(super) lives: Lives,
    pub(super) revivals: VecDeque<Revival>,
    /// Revivals over the whole run, kept or not.
    pub(super) revived: u64,
}

impl History {
    pub fn new() -> Self {
        Self {
            stride: 1,
            ..Self::default()
        }
    }

    /// Appends an epoch; epochs come in increasing order.
    pub fn push(&mut self, record: Record) {
        let stride = self.stride.max(1);
        if record.epoch.is_multiple_of(stride) {
            self.thinned.push(record);
            if self.thinned.len() > THINNED {
                let wider = stride * 2;
                self.thinned
                    .retain(|record| record.epoch.is_multiple_of(wider));
                self.stride = wider;
            }
        }
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(record);
    }

    /// Appends what the units were at the end of `epoch`; epochs come in increasing order.
    pub fn push_units(&mut self, epoch: u64, units: &[UnitStatistics]) {
        self.lives.push(epoch, units);
    }

    /// Marks that `revived` (in increasing order) were restarted at the end of `epoch`, which left `units`.
    pub fn revive(&mut self, epoch: u64, revived: Vec<usize>, units: &[UnitStatistics]) {
        self.lives.revive(epoch, units, &revived);
        self.push_revival(Revival {
            epoch,
            units: revived,
        });
    }

    pub(super) fn push_revival(&mut self, revival: Revival) {
        if self.revivals.len() == REVIVALS {
            self.revivals.pop_front();
        }
        self.revivals.push_back(revival);
        self.revived += 1;
    }

    /// Appends a change that was applied; epochs come in increasing order.
    pub fn edit(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    /// The whole run in order: thinned up to where the recent epochs begin, then each of these.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        let start = self.recent.front().map_or(u64::MAX, |record| record.epoch);
        let older = self.thinned.partition_point(|record| record.epoch < start);
        self.thinned[..older].iter().chain(&self.recent)
    }

    /// Every change of a setting, in order.
    pub fn edits(&self) -> &EditLog {
        &self.edits
    }

    /// The changes of settings as the curves show them: put together on every call.
    pub fn markers(&self) -> impl DoubleEndedIterator<Item = Marker> + ExactSizeIterator {
        self.edits.markers().into_iter()
    }

    /// When units were restarted, in order.
    pub fn revivals(&self) -> impl DoubleEndedIterator<Item = &Revival> {
        self.revivals.iter()
    }

    /// How often units were restarted over the whole run.
    pub fn revived(&self) -> u64 {
        self.revived
    }

    /// The lives of all units.
    pub fn lives(&self) -> &Lives {
        &self.lives
    }

    pub fn last(&self) -> Option<&Record> {
        self.recent.back()
    }

    /// The last test, and at which epoch it was.
    pub fn tested(&self) -> Option<(u64, TestLoss)> {
        let mut records = self.records().rev();
        records.find_map(|record| Some((record.epoch, record.test?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(epoch: u64) -> Record {
        Record {
            epoch,
            ..Default::default()
        }
    }

    #[test]
    fn memory_is_bounded_and_the_whole_run_is_covered() {
        let mut history = History::new();
        for epoch in 0..100_000 {
            history.push(record(epoch));
        }
        let epochs: Vec<u64> = history.records().map(|record| record.epoch).collect();
        assert!(epochs.len() <= RECENT + THINNED);
        assert_eq!((epochs[0], epochs[epochs.len() - 1]), (0, 99_999));
        assert!(
            epochs
                .windows(2)
                .all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 128)
        );
        assert!(
            epochs[epochs.len() - RECENT..]
                .windows(2)
                .all(|pair| pair[1] - pair[0] == 1)
        );
    }
}
