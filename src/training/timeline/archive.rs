//! The keyframes of all runs, within one budget. The trainer puts them in, the window looks them up; the lock is held for
//! that only, never during a step.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use super::frames::{Frames, Slot};
use super::moment::{Deed, Moment};
use super::replay::Replay;
use super::thinning::Interest;
use crate::data::DataSet;
use crate::training::Experiment;
use crate::training::record::Gesture;
use crate::training::run::Keyframe;
use crate::training::trainer::RunId;

/// For the keyframes of all runs, in bytes, unless the person sets another.
pub const BUDGET: usize = 256 << 20;
/// A whole keyframe takes at most this part of the budget; beyond it the weights alone are kept.
const WHOLE: usize = 64;
/// The runs that are not shown have at most this part of the budget where the one shown needs the rest.
const OTHERS: usize = 4;
/// What is thinned is thinned to this part of its share, so that it isn't at every epoch.
const SLACK: f64 = 0.97;
/// Most rounds of thinning at a time.
const ROUNDS: usize = 16;

/// A keyframe and where it stands.
#[derive(Clone, Debug)]
pub struct Kept {
    pub moment: Moment,
    pub frame: Arc<Keyframe>,
}

/// What the past takes in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    pub bytes: usize,
    pub frames: usize,
}

/// Why a moment can't be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreachable {
    #[error("nothing is kept of this run")]
    NothingKept,
    #[error("the run has not come to epoch {epoch} yet: it stands at {now}")]
    Future { epoch: u64, now: u64 },
    #[error(
        "no keyframe before epoch {epoch} holds what the run needs to go on: give the past more memory, and it will be \
         kept from then on"
    )]
    NoStart { epoch: u64 },
}

/// Shared by the trainer and the window.
#[derive(Debug)]
pub struct Archive(Mutex<State>);

#[derive(Debug)]
struct State {
    budget: usize,
    /// Its keyframes go last.
    shown: RunId,
    runs: BTreeMap<RunId, Frames>,
    /// Of all keyframes and deeds, each counted once: when it was last counted, and added since.
    bytes: usize,
}

impl Default for Archive {
    fn default() -> Self {
        Self::new(BUDGET)
    }
}

impl Archive {
    /// Keeps at most `budget` bytes, and at least the two ends of every run.
    pub fn new(budget: usize) -> Self {
        Self(Mutex::new(State {
            budget,
            shown: RunId::default(),
            runs: BTreeMap::new(),
            bytes: 0,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `look` finds in the past of `run`; `None` where nothing is kept of it.
    pub(super) fn of<R>(&self, run: RunId, look: impl FnOnce(&Frames) -> R) -> Option<R> {
        self.lock().runs.get(&run).map(look)
    }

    pub fn budget(&self) -> usize {
        self.lock().budget
    }

    pub fn set_budget(&self, bytes: usize) {
        let mut state = self.lock();
        state.budget = bytes;
        let gone = state.fit();
        drop(state);
        drop(gone); // after the lock
    }

    /// A frame of more bytes is kept as its weights alone.
    pub fn most_for_a_frame(&self) -> usize {
        self.budget() / WHOLE
    }

    /// The run that is shown: the others give their keyframes up before it does.
    pub fn show(&self, run: RunId) {
        self.lock().shown = run;
    }

    /// `run` begins, at whatever epoch its first keyframe has.
    pub fn open(&self, run: RunId, experiment: Experiment, data: Arc<DataSet>) {
        let mut state = self.lock();
        // a run that goes on from another's moment has its past already
        state
            .runs
            .entry(run)
            .or_insert_with(|| Frames::new(experiment, data));
    }

    /// `run` will go on from `moment` of `parent`: it shares that past. Returns whether there is any.
    pub fn branch(&self, parent: RunId, moment: Moment, run: RunId) -> bool {
        let mut state = self.lock();
        let Some(past) = state.runs.get(&parent).map(|frames| frames.until(moment)) else {
            return false;
        };
        state.runs.insert(run, past);
        true
    }

    /// `run` has this past.
    pub(super) fn put(&self, run: RunId, frames: Frames) {
        let mut state = self.lock();
        state.bytes += frames.bytes;
        state.runs.insert(run, frames);
        let gone = state.fit();
        drop(state);
        drop(gone);
    }

    /// Nothing of `run` is needed any more.
    pub fn forget(&self, run: RunId) {
        let mut state = self.lock();
        let gone = state.runs.remove(&run);
        state.count();
        drop(state);
        drop(gone);
    }

    /// `run` stands at `frame`: after another epoch, or after a deed at its end.
    pub fn record(&self, run: RunId, frame: Keyframe) {
        self.take(run, frame, Frames::push);
    }

    /// `run`, which is trained elsewhere, stands at `frame`, and nothing is known of how it came there.
    pub fn arrived(&self, run: RunId, frame: Keyframe) {
        self.take(run, frame, Frames::arrive);
    }

    fn take(&self, run: RunId, frame: Keyframe, put: fn(&mut Frames, Arc<Keyframe>)) {
        let mut state = self.lock();
        let Some(frames) = state.runs.get_mut(&run) else {
            return;
        };
        let before = frames.bytes;
        put(frames, Arc::new(frame));
        let added = frames.bytes - before;
        state.bytes += added;
        let gone = state.fit();
        drop(state);
        drop(gone);
    }

    /// Something was done to `run` where it stands.
    pub fn done(&self, run: RunId, deed: Deed) {
        let mut state = self.lock();
        let bytes = deed.bytes();
        if let Some(frames) = state.runs.get_mut(&run) {
            frames.done(deed);
            state.bytes += bytes;
        }
    }

    /// Puts a replayed keyframe in its place.
    pub fn keep(&self, run: RunId, moment: Moment, frame: Arc<Keyframe>) {
        let mut state = self.lock();
        let Some(frames) = state.runs.get_mut(&run) else {
            return;
        };
        let before = frames.bytes;
        frames.insert(moment, frame, Interest::Plain);
        let added = frames.bytes - before;
        state.bytes += added;
        let gone = state.fit();
        drop(state);
        drop(gone);
    }

    /// The kept moment of `run` that is nearest to the end of `epoch`.
    pub fn nearest(&self, run: RunId, epoch: u64) -> Option<Kept> {
        let state = self.lock();
        Some(kept(state.runs.get(&run)?.nearest(epoch)?))
    }

    /// The keyframe at `moment`, if it is kept.
    pub fn at(&self, run: RunId, moment: Moment) -> Option<Kept> {
        let state = self.lock();
        Some(kept(state.runs.get(&run)?.at(moment)?))
    }

    /// The last moment of `epoch`: after all that was done at its end. Where nothing can be replayed, since the run was
    /// trained elsewhere or what was done is not known any more, the nearest moment that is kept.
    pub fn last_of(&self, run: RunId, epoch: u64) -> Option<Moment> {
        Some(self.lock().runs.get(&run)?.last_of(epoch))
    }

    /// The epoch that is `by` after `epoch`; where nothing can be replayed, as many kept moments after it.
    pub fn stepped(&self, run: RunId, epoch: u64, by: i64) -> Option<u64> {
        Some(self.lock().runs.get(&run)?.stepped(epoch, by))
    }

    /// The moment before `gesture` first changed a setting of `run`; `None` where it has not yet.
    pub fn before_gesture(&self, run: RunId, gesture: Gesture) -> Option<Moment> {
        let state = self.lock();
        let deeds = &state.runs.get(&run)?.deeds;
        let mut deeds = deeds.iter();
        let (at, _) = deeds.find(|(_, deed)| deed.is_of(gesture))?;
        Some(*at)
    }

    /// The moment before units of `run` were revived the last time.
    pub fn before_revival(&self, run: RunId) -> Option<Moment> {
        let state = self.lock();
        let mut deeds = state.runs.get(&run)?.deeds.iter().rev();
        let (at, _) = deeds.find(|(_, deed)| matches!(deed, Deed::Revived(_)))?;
        Some(*at)
    }

    /// Where `run` stands.
    pub fn now(&self, run: RunId) -> Option<Moment> {
        Some(self.lock().runs.get(&run)?.now)
    }

    /// The first epoch of which something is kept.
    pub fn first(&self, run: RunId) -> Option<u64> {
        let state = self.lock();
        Some(state.runs.get(&run)?.slots.first()?.moment.epoch)
    }

    /// What it takes to have `moment` of `run` to the bit, whole.
    ///
    /// # Errors
    /// There is nothing from which it could be replayed.
    pub fn replay(&self, run: RunId, moment: Moment) -> Result<Replay, Unreachable> {
        let state = self.lock();
        let frames = state.runs.get(&run).ok_or(Unreachable::NothingKept)?;
        let epoch = moment.epoch;
        if moment > frames.now {
            let now = frames.now.epoch;
            return Err(Unreachable::Future { epoch, now });
        }
        // what is kept whole needs nothing of what came before it
        let kept = frames.at(moment).filter(|slot| slot.frame.is_whole());
        let start = kept
            .or_else(|| frames.start_for(moment))
            .ok_or(Unreachable::NoStart { epoch })?;
        let from = frames.deeds.partition_point(|(at, _)| *at < start.moment);
        let deeds = frames.deeds.range(from..);
        let known = frames.slots.iter();
        let known = known.filter(|slot| slot.moment > start.moment && slot.moment <= moment);
        Ok(Replay {
            experiment: frames.experiment.clone(),
            data: Arc::clone(&frames.data),
            from: start.moment,
            frame: Arc::clone(&start.frame),
            to: moment,
            deeds: deeds.take_while(|(at, _)| *at < moment).cloned().collect(),
            known: known
                .map(|slot| (slot.moment, slot.frame.checksum()))
                .collect(),
        })
    }

    /// What the past of `run` takes; what it shares with another run is counted for both.
    pub fn memory(&self, run: RunId) -> MemoryUse {
        let state = self.lock();
        let frames = state.runs.get(&run);
        frames.map_or_else(MemoryUse::default, |frames| MemoryUse {
            bytes: frames.bytes,
            frames: frames.slots.len(),
        })
    }

    /// What the past of all runs takes, each keyframe counted once.
    pub fn total(&self) -> usize {
        self.lock().count()
    }
}

fn kept(slot: &Slot) -> Kept {
    Kept {
        moment: slot.moment,
        frame: Arc::clone(&slot.frame),
    }
}

impl State {
    /// Counts the bytes anew: keyframes that runs share once.
    fn count(&mut self) -> usize {
        self.bytes = match self.runs.len() {
            1 => self.runs.values().map(|frames| frames.bytes).sum(),
            _ => {
                let mut seen = HashSet::new();
                let mut shared = 0;
                for slot in self.runs.values().flat_map(|frames| &frames.slots) {
                    if !seen.insert(Arc::as_ptr(&slot.frame)) {
                        shared += slot.frame.bytes();
                    }
                }
                let all: usize = self.runs.values().map(|frames| frames.bytes).sum();
                all - shared
            }
        };
        self.bytes
    }

    /// Thins until all of it is within the budget, or only the runs' ends are left. Returns what went.
    fn fit(&mut self) -> Vec<Slot> {
        let mut gone = Vec::new();
        if self.bytes <= self.budget || self.count() <= self.budget {
            return gone;
        }
        let share = |bytes: usize| (bytes as f64 * SLACK) as usize;
        let own = self.runs.get(&self.shown).map_or(0, |shown| shown.bytes);
        let others = self.runs.len() - usize::from(self.runs.contains_key(&self.shown));
        // what they share with the one shown costs nothing more
        let room = self.budget.saturating_sub(own).max(self.budget / OTHERS);
        if let Some(part) = share(room).checked_div(others) {
            for (_, frames) in self.runs.iter_mut().filter(|(run, _)| **run != self.shown) {
                if frames.bytes > part {
                    gone.extend(frames.thin(part));
                }
            }
        }
        // what one run gives up may stay as another's: a few rounds bring the total down
        for _ in 0..ROUNDS {
            let surplus = self.count().saturating_sub(self.budget);
            if surplus == 0 {
                break;
            }
            if let Some(shown) = self.runs.get_mut(&self.shown) {
                let part = share(shown.bytes.saturating_sub(surplus));
                gone.extend(shown.thin(part));
            }
        }
        gone
    }
}
