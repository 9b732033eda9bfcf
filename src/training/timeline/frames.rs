//! One run's keyframes, and what was done between them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::moment::{Deed, Moment};
use super::thinning::{Candidate, Interest, stay};
use crate::data::DataSet;
use crate::training::Experiment;
use crate::training::run::Keyframe;

/// Most deeds kept: a drag is one an epoch. Beyond it the oldest go, and what lies before them can't be replayed.
const DEEDS: usize = 1 << 18;

#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub moment: Moment,
    pub interest: Interest,
    pub frame: Arc<Keyframe>,
}

/// The past of one run.
#[derive(Clone, Debug)]
pub struct Frames {
    pub(super) experiment: Experiment,
    pub(super) data: Arc<DataSet>,
    /// In order.
    pub(super) slots: Vec<Slot>,
    /// In order, each with the moment that it followed.
    pub(super) deeds: VecDeque<(Moment, Deed)>,
    /// From here on all deeds are known.
    pub(super) known_from: Moment,
    /// Where the run stands.
    pub(super) now: Moment,
    /// Of the frames and the deeds.
    pub(super) bytes: usize,
}

impl Frames {
    pub(super) fn new(experiment: Experiment, data: Arc<DataSet>) -> Self {
        Self {
            experiment,
            data,
            slots: Vec::new(),
            deeds: VecDeque::new(),
            known_from: Moment::default(),
            now: Moment::default(),
            bytes: 0,
        }
    }

    /// The run ended another epoch, or stands at its first moment.
    pub(super) fn push(&mut self, frame: Arc<Keyframe>) {
        let dead = |frame: &Keyframe| -> Vec<bool> {
            let states = frame.units.iter().map(|unit| unit.state);
            states.map(|state| state.is_dead()).collect()
        };
        let interest = match self.slots.last() {
            Some(last) if dead(&last.frame) != dead(&frame) => Interest::Life,
            _ => Interest::Plain,
        };
        let epoch = frame.epoch;
        let turn = if epoch == self.now.epoch && !self.slots.is_empty() {
            self.now.turn
        } else {
            0
        };
        self.now = Moment { epoch, turn };
        if self.slots.is_empty() {
            self.known_from = self.now;
        }
        self.insert(self.now, frame, interest);
    }

    /// A moment of a run that is trained elsewhere: what was done between it and the one before is not known.
    pub(super) fn arrive(&mut self, frame: Arc<Keyframe>) {
        self.push(frame);
        self.known_from = self.now;
    }

    /// Something was done where the run stands. What makes another moment is followed by its keyframe.
    pub(super) fn done(&mut self, deed: Deed) {
        if let Some(last) = self.slots.last_mut()
            && last.moment == self.now
        {
            last.interest = Interest::Deed; // the moment before it
        }
        let at = self.now;
        if deed.takes_a_turn() {
            self.now.turn += 1;
        }
        self.bytes += deed.bytes();
        self.deeds.push_back((at, deed));
        if self.deeds.len() > DEEDS
            && let Some((at, deed)) = self.deeds.pop_front()
        {
            self.bytes -= deed.bytes();
            self.known_from = Moment {
                epoch: at.epoch + 1,
                turn: 0,
            };
        }
    }

    /// Puts a keyframe in its place; one that is there already stays, unless this one holds more.
    pub(super) fn insert(&mut self, moment: Moment, frame: Arc<Keyframe>, interest: Interest) {
        let place = self.slots.partition_point(|slot| slot.moment < moment);
        if let Some(slot) = self.slots.get_mut(place)
            && slot.moment == moment
        {
            if frame.is_whole() && !slot.frame.is_whole() {
                self.bytes = self.bytes - slot.frame.bytes() + frame.bytes();
                slot.frame = frame;
            }
            slot.interest = slot.interest.max(interest);
            return;
        }
        self.bytes += frame.bytes();
        self.slots.insert(
            place,
            Slot {
                moment,
                interest,
                frame,
            },
        );
    }

    /// Lets keyframes go until the rest takes at most `most` bytes, or only the ends are left. Returns what went, to be
    /// freed where nobody waits.
    pub(super) fn thin(&mut self, most: usize) -> Vec<Slot> {
        let frames: usize = self.slots.iter().map(|slot| slot.frame.bytes()).sum();
        let beside = self.bytes - frames;
        let candidates: Vec<Candidate> = self
            .slots
            .iter()
            .map(|slot| Candidate {
                moment: slot.moment,
                bytes: slot.frame.bytes(),
                interest: slot.interest,
            })
            .collect();
        let mut kept = stay(&candidates, most.saturating_sub(beside)).into_iter();
        let slots = std::mem::take(&mut self.slots);
        let (stay, go): (Vec<Slot>, Vec<Slot>) =
            slots.into_iter().partition(|_| kept.next().unwrap_or(true));
        self.slots = stay;
        let gone: usize = go.iter().map(|slot| slot.frame.bytes()).sum();
        self.bytes -= gone;
        go
    }

    /// The kept moment that is nearest to the end of `epoch`; of several at one epoch the last.
    pub(super) fn nearest(&self, epoch: u64) -> Option<&Slot> {
        let after = self
            .slots
            .partition_point(|slot| slot.moment <= Moment::last_of(epoch));
        let before = after.checked_sub(1).and_then(|place| self.slots.get(place));
        let Some(next) = self.slots.get(after) else {
            return before;
        };
        // the last one of its epoch
        let end = self
            .slots
            .partition_point(|slot| slot.moment <= Moment::last_of(next.moment.epoch));
        let next = self.slots.get(end - 1).unwrap_or(next);
        match before {
            Some(slot) if epoch - slot.moment.epoch <= next.moment.epoch - epoch => Some(slot),
            _ => Some(next),
        }
    }

    pub(super) fn at(&self, moment: Moment) -> Option<&Slot> {
        let place = self.slots.partition_point(|slot| slot.moment < moment);
        self.slots.get(place).filter(|slot| slot.moment == moment)
    }

    /// The last moment of `epoch`; where nothing can be replayed, the nearest that is kept.
    pub(super) fn last_of(&self, epoch: u64) -> Moment {
        if epoch >= self.now.epoch {
            return self.now;
        }
        if epoch < self.known_from.epoch
            && let Some(slot) = self.nearest(epoch)
        {
            return slot.moment;
        }
        let from = self.deeds.partition_point(|(at, _)| at.epoch < epoch);
        let turns = self
            .deeds
            .range(from..)
            .take_while(|(at, _)| at.epoch == epoch)
            .filter(|(_, deed)| deed.takes_a_turn());
        let turns = turns.count();
        Moment {
            epoch,
            turn: u32::try_from(turns).unwrap_or(u32::MAX),
        }
    }

    /// The epoch that is `by` after `epoch`; where nothing can be replayed, as many kept moments after it.
    pub(super) fn stepped(&self, epoch: u64, by: i64) -> u64 {
        let plain = epoch.saturating_add_signed(by);
        if plain.min(epoch) >= self.known_from.epoch {
            return plain;
        }
        let before = |slot: &Slot| slot.moment.epoch < epoch;
        let place = self.slots.partition_point(before) as u64;
        let place = usize::try_from(place.saturating_add_signed(by)).unwrap_or(usize::MAX);
        let slot = self.slots.get(place).or(self.slots.last());
        slot.map_or(plain, |slot| slot.moment.epoch)
    }

    /// The last moment at or before `moment` from which the run can go on, and from which all deeds are known.
    pub(super) fn start_for(&self, moment: Moment) -> Option<&Slot> {
        let end = self.slots.partition_point(|slot| slot.moment <= moment);
        self.slots[..end]
            .iter()
            .rev()
            .take_while(|slot| slot.moment >= self.known_from)
            .find(|slot| slot.frame.is_whole())
    }

    /// The part of it up to `moment`, sharing the keyframes: the past of a run that goes on from there.
    pub(super) fn until(&self, moment: Moment) -> Self {
        let slots = self.slots.iter().take_while(|slot| slot.moment <= moment);
        let deeds = self.deeds.iter().take_while(|(at, _)| *at < moment);
        let mut past = Self {
            slots: slots.cloned().collect(),
            deeds: deeds.cloned().collect(),
            now: moment,
            // what comes after it will be known
            known_from: self.known_from.min(moment),
            bytes: 0,
            ..self.clone_empty()
        };
        past.bytes = past.slots.iter().map(|slot| slot.frame.bytes()).sum();
        past.bytes += past
            .deeds
            .iter()
            .map(|(_, deed)| deed.bytes())
            .sum::<usize>();
        past
    }

    fn clone_empty(&self) -> Self {
        Self {
            known_from: self.known_from,
            ..Self::new(self.experiment.clone(), Arc::clone(&self.data))
        }
    }
}
