//! The past of a run as it was at an earlier moment.

use std::sync::Arc;

use super::history::{History, Record};
use super::lives::{Lives, Row};
use super::{EditLog, UnitLife, UnitPoint};
use crate::model::UnitStatistics;

/// Where a history is cut.
pub struct Cut<'a> {
    /// Its line, in case the history was thinned there.
    pub record: Record,
    /// At that moment; one a hidden unit.
    pub units: &'a [UnitStatistics],
    /// Edits and revivals up to there, counted over the whole run.
    pub edits: u64,
    pub revived: u64,
}

impl History {
    /// As it was at the moment of `cut`, as far as it was kept: what was thinned out since is missing.
    pub fn cut(&self, cut: &Cut<'_>) -> Self {
        let epoch = cut.record.epoch;
        let until = |record: &&Record| record.epoch <= epoch;
        let kept = self.revivals.len() as u64;
        let later = self.revived.saturating_sub(cut.revived).min(kept);
        let mut history = Self {
            recent: self.recent.iter().take_while(until).copied().collect(),
            thinned: self.thinned.iter().take_while(until).copied().collect(),
            stride: self.stride,
            edits: self.edits.cut(cut.edits),
            lives: self.lives.cut(epoch, cut),
            revivals: self
                .revivals
                .iter()
                .take((kept - later) as usize)
                .cloned()
                .collect(),
            revived: self.revived - later,
        };
        if history.recent.is_empty() {
            // its recent epochs are long gone: the thinned ones stand for them
            history.recent = history.thinned.iter().copied().collect();
            let surplus = history.recent.len().saturating_sub(super::history::RECENT);
            history.recent.drain(..surplus);
        }
        if history.last().is_none_or(|last| last.epoch < epoch) {
            history.push(cut.record);
        }
        // a stride is what so many epochs brought about
        while history.stride > epoch.max(1) {
            history.stride /= 2;
        }
        history
    }
}

impl EditLog {
    fn cut(&self, appended: u64) -> Self {
        let until = |edit: &&super::edits::NumberedEdit| edit.number < appended;
        Self {
            edits: self.edits.iter().take_while(until).copied().collect(),
            appended: appended.min(self.appended),
        }
    }
}

impl Lives {
    fn cut(&self, epoch: u64, cut: &Cut<'_>) -> Self {
        let until = |row: &&Row| row.epoch <= epoch;
        // where no life was followed, they begin here
        let unknown = cut.units.iter().skip(self.lives.len());
        let unknown = unknown.map(|unit| UnitLife::from_state(unit.state));
        let lives = self.lives.iter().zip(cut.units);
        let mut lives = Self {
            recent: self.recent.iter().take_while(until).cloned().collect(),
            thinned: self.thinned.iter().take_while(until).cloned().collect(),
            stride: self.stride,
            lives: Arc::new(
                lives
                    .map(|(life, unit)| life.until(epoch, unit))
                    .chain(unknown)
                    .collect(),
            ),
        };
        if lives.recent.is_empty() {
            lives.recent = lives.thinned.iter().cloned().collect();
            let surplus = lives.recent.len();
            let surplus = surplus.saturating_sub(super::lives::RECENT_POINTS);
            lives.recent.drain(..surplus);
        }
        if lives.recent.back().is_none_or(|row| row.epoch < epoch) {
            lives.push_row(Row {
                epoch,
                points: cut.units.iter().map(UnitPoint::from).collect(),
            });
        }
        while lives.stride > epoch.max(1) {
            lives.stride /= 2;
        }
        lives
    }
}
