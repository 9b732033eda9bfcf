//! What a counterfactual takes, gathered of the archive: plain data, so that any thread can play it.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::archive::{Archive, Unreachable};
use super::super::frames::Frames;
use super::super::moment::{Deed, Moment};
use super::undone::{Undone, What};
use crate::data::DataSet;
use crate::training::Experiment;
use crate::training::record::Gesture;
use crate::training::run::Keyframe;
use crate::training::trainer::RunId;

/// Changes that began further before the death are not looked at, in epochs.
pub const EPOCHS: u64 = 400;
/// Most changes that are undone, one at a time; the latest.
pub const CHANGES: usize = 16;
/// What is saved lives for at least so many epochs after the death.
pub const AFTER: u64 = 20;
/// Epochs shown before the first change, where they are kept.
const LEAD: u64 = 20;

/// Why earlier changes were not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// They lie more than [`EPOCHS`] back: those from the end of this epoch on were.
    Epochs { from: u64 },
    /// There are more than [`CHANGES`].
    Changes,
    /// No keyframe before them can be gone on from: those from the end of this epoch on were.
    Kept { from: u64 },
}

/// The death of a unit, and what was done before it.
#[derive(Clone, Debug)]
pub struct Counterfactual {
    pub(super) experiment: Experiment,
    pub(super) data: Arc<DataSet>,
    /// Counted from 0.
    pub(super) unit: usize,
    /// The epoch at whose end it was first dead.
    pub(super) death: u64,
    pub(super) from: Moment,
    pub(super) frame: Arc<Keyframe>,
    /// All that was done from there to the death, each with the moment that it followed.
    pub(super) deeds: Vec<(Moment, Deed)>,
    /// Keyframes on the way: what is done again has to come to the same bits.
    pub(super) known: Vec<(Moment, u64)>,
    /// Each alone, in the order in which they began.
    pub(super) undone: Vec<Undone>,
    pub(super) limit: Option<Limit>,
}

impl Counterfactual {
    /// Counted from 0.
    pub fn unit(&self) -> usize {
        self.unit
    }

    /// The epoch at whose end the unit was first dead.
    pub fn death(&self) -> u64 {
        self.death
    }

    /// How many changes are undone, one at a time.
    pub fn changes(&self) -> usize {
        self.undone.len()
    }

    /// Of `run` in `archive`, where `unit` (counted from 0) was first dead at the end of epoch `death`.
    ///
    /// # Errors
    /// Nothing is kept of the run, it has not come so far, or there is no keyframe to go on from before the death.
    pub fn new(
        archive: &Archive,
        run: RunId,
        unit: usize,
        death: u64,
    ) -> Result<Self, Unreachable> {
        archive
            .of(run, |frames| gather(frames, unit, death))
            .ok_or(Unreachable::NothingKept)?
    }
}

/// What counts as one change.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Gesture(Gesture),
    /// The deed of this index.
    Revival(usize),
}

fn gather(frames: &Frames, unit: usize, death: u64) -> Result<Counterfactual, Unreachable> {
    if death > frames.now.epoch {
        let now = frames.now.epoch;
        return Err(Unreachable::Future { epoch: death, now });
    }
    let end = Moment::end_of(death);
    let whole = |frame: &Keyframe| frame.is_whole() && frame.units.len() > unit;
    let first_kept = frames
        .slots
        .iter()
        .find(|slot| slot.moment >= frames.known_from && whole(&slot.frame))
        .filter(|slot| slot.moment <= end)
        .ok_or(Unreachable::NoStart { epoch: death })?;
    let (changes, limit) = candidates(frames, end, first_kept.moment);
    let first = changes.first().map_or(end, |(at, _)| *at);
    let before = Moment::end_of(first.epoch.saturating_sub(LEAD));
    let start = frames
        .start_for(before)
        .or_else(|| frames.start_for(first))
        .unwrap_or(first_kept);
    let (from, frame) = (start.moment, Arc::clone(&start.frame));
    let place = frames.deeds.partition_point(|(at, _)| *at < from);
    let deeds: Vec<(Moment, Deed)> = frames
        .deeds
        .range(place..)
        .take_while(|(at, _)| *at < end)
        .cloned()
        .collect();
    let undone = changes.iter().filter_map(|(at, change)| match *change {
        Change::Gesture(gesture) => Undone::gesture(gesture, &frame.settings, &deeds),
        Change::Revival(index) => match frames.deeds.get(index) {
            Some((_, Deed::Revived(units))) => Some(Undone::revival(units.clone(), *at)),
            _ => None,
        },
    });
    let known = frames.slots.iter();
    let known = known.filter(|slot| slot.moment > from && slot.moment <= end);
    Ok(Counterfactual {
        experiment: frames.experiment.clone(),
        data: Arc::clone(&frames.data),
        unit,
        death,
        from,
        undone: undone.collect(),
        known: known
            .map(|slot| (slot.moment, slot.frame.checksum()))
            .collect(),
        frame,
        deeds,
        limit,
    })
}

/// The changes before `end` that are looked at, each with the moment before it, in order; and what limits them.
fn candidates(
    frames: &Frames,
    end: Moment,
    first_kept: Moment,
) -> (Vec<(Moment, Change)>, Option<Limit>) {
    let mut seen = HashSet::new();
    let mut changes: Vec<(Moment, Change)> = Vec::new();
    for (index, (at, deed)) in frames.deeds.iter().enumerate() {
        if *at >= end {
            break;
        }
        match deed {
            Deed::Revived(_) => changes.push((*at, Change::Revival(index))),
            Deed::Edits(edits) | Deed::Diverged(edits) => {
                for edit in edits {
                    if seen.insert(edit.gesture) {
                        changes.push((*at, Change::Gesture(edit.gesture)));
                    }
                }
            }
        }
    }
    let mut limit = None;
    let mut cut = |first: usize, why: Limit, changes: &mut Vec<(Moment, Change)>| {
        if first > 0 {
            changes.drain(..first);
            limit = Some(why);
        }
    };
    let from = end.epoch.saturating_sub(EPOCHS);
    let old = changes.partition_point(|(at, _)| at.epoch < from);
    cut(old, Limit::Epochs { from }, &mut changes);
    let surplus = changes.len().saturating_sub(CHANGES);
    cut(surplus, Limit::Changes, &mut changes);
    let lost = changes.partition_point(|(at, _)| *at < first_kept);
    let from = first_kept.epoch;
    cut(lost, Limit::Kept { from }, &mut changes);
    if limit.is_none() && frames.known_from.epoch > 0 {
        limit = Some(Limit::Kept { from });
    }
    (changes, limit)
}

impl Undone {
    /// The epoch from whose end on something is otherwise.
    pub fn from_epoch(&self) -> u64 {
        self.at.epoch
    }

    /// Whether it leaves out later changes of its settings too.
    pub fn is_for_good(&self) -> bool {
        matches!(&self.what, What::Settings { later, .. } if *later > 0)
    }
}
