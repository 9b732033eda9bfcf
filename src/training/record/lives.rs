//! Every unit's life: ρ̂, spread and feature norm over the run, and when it died, came back or was revived. Bounded.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{UnitState, UnitStatistics};

/// Recent epochs kept one by one.
pub const RECENT_POINTS: usize = 64;
/// Most points that the whole run is thinned to.
pub const THINNED_POINTS: usize = 192;
/// Most changes of state kept for a unit: the first [`FIRST_CHANGES`] and the latest.
pub const CHANGES: usize = 64;
const FIRST_CHANGES: usize = 8;
/// A change of state is told with what was in this many epochs before it.
const BEFORE: usize = 5;

/// One unit at one epoch's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitPoint {
    /// ρ̂
    pub mean_activation: f32,
    /// max p − min p
    pub spread: f32,
    /// How much the FVU rises without it
    pub contribution: f32,
    /// ‖W1_j‖
    pub feature_norm: f32,
}

impl From<&UnitStatistics> for UnitPoint {
    fn from(unit: &UnitStatistics) -> Self {
        Self {
            mean_activation: unit.mean_activation as f32,
            spread: unit.spread() as f32,
            contribution: unit.contribution as f32,
            feature_norm: unit.feature_norm as f32,
        }
    }
}

/// A unit's state became another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateChange {
    /// The epoch at whose end it was in the new state.
    pub epoch: u64,
    pub from: UnitState,
    pub to: UnitState,
    /// Whether a person revived it; its state may then be as before.
    pub revived: bool,
    /// As the change found it.
    pub now: UnitPoint,
    /// Of the few epochs before, the one whose ρ̂ was furthest from what it is now.
    pub before: UnitPoint,
}

/// When one unit was what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitLife {
    /// At the first epoch recorded.
    pub first: UnitState,
    changes: Vec<StateChange>,
    /// Changes left out, after the first few.
    pub left_out: u64,
}

impl UnitLife {
    /// A life that begins in state `first`.
    pub(super) fn from_state(first: UnitState) -> Self {
        Self {
            first,
            ..Self::default()
        }
    }

    /// In order; at most [`CHANGES`].
    pub fn changes(&self) -> &[StateChange] {
        &self.changes
    }

    /// The state since the last change.
    pub fn state(&self) -> UnitState {
        self.changes.last().map_or(self.first, |change| change.to)
    }

    /// Changes over the whole life, kept or not.
    pub(super) fn count(&self) -> u64 {
        self.changes.len() as u64 + self.left_out
    }

    /// Those that are kept, with their numbers, counted from 0 over the whole life.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u64, &StateChange)> {
        (0..).zip(&self.changes).map(|(index, change)| {
            let missing = if index < FIRST_CHANGES as u64 {
                0
            } else {
                self.left_out
            };
            (index + missing, change)
        })
    }

    /// The change that has this number in the life that this one follows.
    fn follow(&mut self, number: u64, change: StateChange) {
        if number < self.count() {
            return;
        }
        if number > self.count() {
            // those between were left out there before they could be told
            self.changes.truncate(FIRST_CHANGES);
            self.left_out = number - self.changes.len() as u64;
        }
        self.push(change);
    }

    /// As it was at the end of `epoch`, where it was in the state of `unit` by the measurement there.
    pub(super) fn until(&self, epoch: u64, unit: &UnitStatistics) -> Self {
        let kept = self.changes.partition_point(|change| change.epoch <= epoch);
        let mut past = Self {
            first: self.first,
            changes: self.changes[..kept].to_vec(),
            left_out: 0,
        };
        // of several changes at that epoch the later ones may be of after that moment
        while past.state() != unit.state
            && past.changes.last().is_some_and(|last| last.epoch == epoch)
        {
            past.changes.pop();
        }
        if past.state() != unit.state {
            let (from, now) = (past.state(), UnitPoint::from(unit));
            past.push(StateChange {
                epoch,
                from,
                to: unit.state,
                revived: false,
                now,
                before: now,
            });
        }
        past
    }

    fn push(&mut self, change: StateChange) {
        if self.changes.len() == CHANGES {
            self.changes.remove(FIRST_CHANGES);
            self.left_out += 1;
        }
        self.changes.push(change);
    }
}

/// All units at one epoch's end. Shared, so that a copy of the history copies no points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) epoch: u64,
    #[serde(serialize_with = "write_shared", deserialize_with = "read_shared")]
    pub(super) points: Arc<[UnitPoint]>,
}

fn write_shared<S: Serializer>(points: &[UnitPoint], to: S) -> Result<S::Ok, S::Error> {
    points.serialize(to)
}

fn read_shared<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<[UnitPoint]>, D::Error> {
    Vec::deserialize(from).map(Arc::from)
}

fn write_lives<S: Serializer>(lives: &[UnitLife], to: S) -> Result<S::Ok, S::Error> {
    lives.serialize(to)
}

fn read_lives<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Vec<UnitLife>>, D::Error> {
    Vec::deserialize(from).map(Arc::new)
}

/// The lives of all units: at most [`RECENT_POINTS`] + [`THINNED_POINTS`] points and [`CHANGES`] changes each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lives {
    pub(super) recent: VecDeque<Row>,
    pub(super) thinned: Vec<Row>,
    /// The thinned tier keeps every `stride`-th epoch; 0 before it was first thinned.
    pub(super) stride: u64,
    #[serde(serialize_with = "write_lives", deserialize_with = "read_lives")]
    pub(super) lives: Arc<Vec<UnitLife>>,
}

impl Lives {
    /// The units at the end of `epoch`; epochs come in increasing order.
    pub(super) fn push(&mut self, epoch: u64, units: &[UnitStatistics]) {
        self.note(epoch, units, &[]);
        self.push_row(Row {
            epoch,
            points: units.iter().map(UnitPoint::from).collect(),
        });
    }

    pub(super) fn push_row(&mut self, row: Row) {
        let (epoch, stride) = (row.epoch, self.stride.max(1));
        if epoch.is_multiple_of(stride) {
            self.thinned.push(row.clone());
            if self.thinned.len() > THINNED_POINTS {
                let wider = stride * 2;
                self.thinned.retain(|row| row.epoch.is_multiple_of(wider));
                self.stride = wider;
            }
        }
        if self.recent.len() == RECENT_POINTS {
            self.recent.pop_front();
        }
        self.recent.push_back(row);
    }

    /// The units after `revived` were, at the end of `epoch`, which was pushed before.
    pub(super) fn revive(&mut self, epoch: u64, units: &[UnitStatistics], revived: &[usize]) {
        self.note(epoch, units, revived);
    }

    /// Notes whose state is another than it was, and who was revived.
    fn note(&mut self, epoch: u64, units: &[UnitStatistics], revived: &[usize]) {
        if self.lives.len() != units.len() {
            // the first epoch, or a run of another size, whose past this is not
            let first: Vec<UnitState> = units.iter().map(|unit| unit.state).collect();
            self.begin(&first);
            return;
        }
        let changed: Vec<usize> = (0..units.len())
            .filter(|unit| {
                self.lives[*unit].state() != units[*unit].state || revived.contains(unit)
            })
            .collect();
        if changed.is_empty() {
            return;
        }
        let lives = Arc::make_mut(&mut self.lives);
        for unit in changed {
            let now = UnitPoint::from(&units[unit]);
            let distance = |point: &UnitPoint| (point.mean_activation - now.mean_activation).abs();
            let before = self
                .recent
                .iter()
                .rev()
                .take(BEFORE)
                .filter_map(|row| row.points.get(unit))
                .max_by(|a, b| distance(a).total_cmp(&distance(b)));
            let from = lives[unit].state();
            lives[unit].push(StateChange {
                epoch,
                from,
                to: units[unit].state,
                revived: revived.contains(&unit),
                now,
                before: before.copied().unwrap_or(now),
            });
        }
    }

    /// The lives that a watcher follows from their first epoch on, one state a unit; nothing where it follows them.
    pub(super) fn begin(&mut self, first: &[UnitState]) {
        if first.is_empty() || self.lives.len() == first.len() {
            return;
        }
        *self = Self {
            lives: Arc::new(first.iter().copied().map(UnitLife::from_state).collect()),
            ..Self::default()
        };
    }

    /// A change of `unit`'s state that a watcher was told of; one that it knows counts for nothing.
    pub(super) fn follow(&mut self, unit: usize, number: u64, change: StateChange) {
        if unit < self.lives.len() {
            Arc::make_mut(&mut self.lives)[unit].follow(number, change);
        }
    }

    /// h; 0 before the first epoch.
    pub fn units(&self) -> usize {
        self.lives.len()
    }

    /// The life of `unit`; `None` where there is none such.
    pub fn life(&self, unit: usize) -> Option<&UnitLife> {
        self.lives.get(unit)
    }

    /// One life a unit.
    pub fn all(&self) -> &[UnitLife] {
        &self.lives
    }

    /// (epoch, point) of `unit` in order: thinned up to where the recent epochs begin, then each of these. Empty where
    /// there is no such unit.
    pub fn track(&self, unit: usize) -> impl Iterator<Item = (u64, UnitPoint)> {
        self.rows()
            .filter_map(move |row| Some((row.epoch, *row.points.get(unit)?)))
    }

    /// Thinned up to where the recent epochs begin, then each of these.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        let start = self.recent.front().map_or(u64::MAX, |row| row.epoch);
        self.thinned
            .iter()
            .take_while(move |row| row.epoch < start)
            .chain(&self.recent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(mean: f64, state: UnitState) -> UnitStatistics {
        UnitStatistics {
            mean_activation: mean,
            minimum: mean / 2.0,
            maximum: mean,
            feature_norm: 3.0,
            state,
            ..Default::default()
        }
    }

    #[test]
    fn memory_is_bounded_over_a_hundred_thousand_epochs() {
        let mut lives = Lives::default();
        for epoch in 0..100_000u64 {
            // the second unit dies and comes back all the time
            let flapping = if epoch % 2 == 0 {
                UnitState::Alive
            } else {
                UnitState::Constant
            };
            let mean = epoch as f64 / 100_000.0;
            lives.push(epoch, &[unit(mean, UnitState::Alive), unit(0.5, flapping)]);
            assert!(lives.recent.len() <= RECENT_POINTS && lives.thinned.len() <= THINNED_POINTS);
        }
        let track: Vec<_> = lives.track(0).collect();
        assert!(track.len() <= RECENT_POINTS + THINNED_POINTS);
        assert_eq!((track[0].0, track[track.len() - 1].0), (0, 99_999));
        assert!(track.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(track.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 1_024));
        for (epoch, point) in &track {
            assert_eq!(point.mean_activation, (*epoch as f64 / 100_000.0) as f32);
        }
        assert!(lives.life(0).unwrap().changes().is_empty());
        let flapping = lives.life(1).unwrap();
        assert_eq!(flapping.changes().len(), CHANGES);
        assert_eq!(flapping.left_out + CHANGES as u64, 99_999);
        assert_eq!(flapping.changes()[0].epoch, 1, "the first are kept");
        assert_eq!(flapping.changes()[CHANGES - 1].epoch, 99_999);
        assert!(lives.track(2).next().is_none() && lives.life(2).is_none());
    }

    #[test]
    fn a_change_is_told_with_what_was_before() {
        let mut lives = Lives::default();
        for epoch in 0..10 {
            lives.push(epoch, &[unit(0.5 - 0.05 * epoch as f64, UnitState::Alive)]);
        }
        lives.push(10, &[unit(1e-3, UnitState::Silent)]);
        lives.push(11, &[unit(1e-3, UnitState::Silent)]);
        lives.revive(11, &[unit(0.05, UnitState::Alive)], &[0]);
        lives.push(12, &[unit(0.05, UnitState::Alive)]);
        let life = lives.life(0).unwrap();
        assert_eq!(life.first, UnitState::Alive);
        let [death, revival] = life.changes() else {
            panic!("{life:?}")
        };
        assert_eq!(
            (death.epoch, death.from, death.to),
            (10, UnitState::Alive, UnitState::Silent)
        );
        assert_eq!(death.now.mean_activation, 1e-3);
        assert!(
            (death.before.mean_activation - 0.25).abs() < 1e-6,
            "{death:?}"
        );
        assert!(!death.revived && revival.revived);
        assert_eq!((revival.epoch, revival.to), (11, UnitState::Alive));
        assert_eq!(life.state(), UnitState::Alive);
    }

    #[test]
    fn a_copy_shares_its_points() {
        let mut lives = Lives::default();
        (0..100).for_each(|epoch| lives.push(epoch, &[unit(0.1, UnitState::Alive)]));
        let copy = lives.clone();
        assert!(Arc::ptr_eq(&copy.recent[3].points, &lives.recent[3].points));
        assert!(Arc::ptr_eq(&copy.lives, &lives.lives));
        let text = serde_json::to_string(&lives).unwrap();
        assert_eq!(serde_json::from_str::<Lives>(&text).unwrap(), lives);
    }
}
