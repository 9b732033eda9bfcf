//! Whether a record that came from outside can be one: bounded, in order, and of this run.

use super::edits::EDITS;
use super::history::{RECENT, REVIVALS, THINNED};
use super::lives::{CHANGES, RECENT_POINTS, THINNED_POINTS};
use super::{EditLog, History, Lives};
use crate::model::Hyperparameters;

/// What is wrong, as the subject of a sentence in the plural.
type Wrong = &'static str;

impl History {
    /// Whether this can be the history of a run of `hidden` units at the end of `epoch`.
    ///
    /// # Errors
    /// The part that can't be.
    pub(in crate::training) fn check(&self, hidden: usize, epoch: u64) -> Result<(), Wrong> {
        let recent = self.recent.iter().map(|record| record.epoch);
        let thinned = self.thinned.iter().map(|record| record.epoch);
        let bounded = self.recent.len() <= RECENT && self.thinned.len() <= THINNED;
        let ends = self.recent.back().is_some_and(|last| last.epoch == epoch);
        if !(bounded && ends && increasing(recent, epoch) && increasing(thinned, epoch)) {
            return Err("recorded epochs");
        }
        if !is_stride(self.stride, epoch) {
            return Err("strides");
        }
        self.edits.check(epoch)?;
        self.lives.check(hidden, epoch)?;
        let kept = self.revivals.len() as u64;
        let mut last = 0;
        let fine = self.revivals.iter().all(|revival| {
            let in_order = revival.epoch >= last && revival.epoch <= epoch;
            last = revival.epoch;
            let units = &revival.units;
            in_order
                && units.windows(2).all(|pair| pair[0] < pair[1])
                && units.last().is_some_and(|unit| *unit < hidden)
        });
        let counted = self.revived == kept || (kept == REVIVALS as u64 && self.revived > kept);
        if !(fine && counted && self.revivals.len() <= REVIVALS && self.revived <= COUNT) {
            return Err("revivals");
        }
        Ok(())
    }
}

/// A counter beyond it is no count.
const COUNT: u64 = 1 << 53;

impl EditLog {
    fn check(&self, epoch: u64) -> Result<(), Wrong> {
        let (mut number, mut last) = (0, 0);
        let mut settings = Hyperparameters::default();
        let fine = self.edits.iter().all(|numbered| {
            let edit = &numbered.edit;
            // an epoch that diverged was not done, yet it used them
            let in_order =
                numbered.number >= number && edit.epoch >= last && edit.epoch <= epoch + 1;
            (number, last) = (numbered.number + 1, edit.epoch);
            let mut can_be =
                |value| edit.setting.set(&mut settings, value).is_ok() && settings.check().is_ok();
            in_order && numbered.number < COUNT && can_be(edit.old) && can_be(edit.new)
        });
        let bounded = self.edits.len() <= EDITS;
        if !(fine && bounded && self.appended >= number && self.appended <= COUNT) {
            return Err("edits");
        }
        Ok(())
    }
}

impl Lives {
    fn check(&self, hidden: usize, epoch: u64) -> Result<(), Wrong> {
        let recent = self.recent.iter().map(|row| row.epoch);
        let thinned = self.thinned.iter().map(|row| row.epoch);
        let mut rows = self.recent.iter().chain(&self.thinned);
        let bounded = self.recent.len() <= RECENT_POINTS && self.thinned.len() <= THINNED_POINTS;
        if !(bounded
            && increasing(recent, epoch)
            && increasing(thinned, epoch)
            && rows.all(|row| row.points.len() == hidden)
            && (self.stride == 0 || is_stride(self.stride, epoch)))
        {
            return Err("units' tracks");
        }
        let fine = self.lives.iter().all(|life| {
            let mut last = 0;
            life.changes().len() <= CHANGES
                && (life.left_out == 0 || life.changes().len() == CHANGES)
                && life.left_out <= COUNT
                && life.changes().iter().all(|change| {
                    let in_order = change.epoch >= last && change.epoch <= epoch;
                    last = change.epoch;
                    in_order
                })
        });
        if self.lives.len() != hidden || !fine {
            return Err("units' lives");
        }
        Ok(())
    }
}

/// Strictly, and none after `last`.
fn increasing(mut epochs: impl Iterator<Item = u64>, last: u64) -> bool {
    let mut least = 0;
    epochs.all(|epoch| {
        let fine = epoch >= least && epoch <= last;
        least = epoch.saturating_add(1);
        fine
    })
}

/// A power of two that `epoch` can have brought about.
fn is_stride(stride: u64, epoch: u64) -> bool {
    stride.is_power_of_two() && stride <= epoch.max(1)
}
