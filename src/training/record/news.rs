//! What is new of a run's past, so that a watcher can put the history together from pieces.
//!
//! A [`Cursor`] says what a watcher has; [`History::news_since`] what it lacks; [`History::apply`] adds it. Records and
//! the units' tracks are thinned where too many came at once, by the same rule as the history's own tiers; edits,
//! revivals and changes of state all arrive, as far as the history itself still has them.

use serde::{Deserialize, Serialize};

use super::edits::NumberedEdit;
use super::history::{History, Record, Revival};
use super::lives::{Lives, Row, StateChange, UnitPoint};
use crate::model::UnitState;

/// Most records in one frame's news.
pub const RECORDS_A_FRAME: usize = 32;
/// A row of units' points is this many times as large as a record.
const RECORDS_A_ROW: usize = 8;

/// What a watcher of a run has of its past. The default has nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The epoch of the latest record.
    record: Option<u64>,
    /// The epoch of the latest row of units' points.
    row: Option<u64>,
    edits: u64,
    revivals: u64,
    /// Changes of state, one count a unit; empty before the first epoch.
    changes: Vec<u64>,
}

/// What came after a [`Cursor`]: plain data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// In order, the latest last.
    pub records: Vec<Record>,
    pub rows: Vec<NewRow>,
    /// The units' first states, for a watcher that has none.
    pub first: Vec<UnitState>,
    pub changes: Vec<NewChange>,
    pub edits: Vec<NumberedEdit>,
    pub revivals: Vec<Revival>,
    /// Revivals over the whole run.
    pub revived: u64,
}

/// All units at one epoch's end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewRow {
    pub epoch: u64,
    /// One a unit.
    pub points: Vec<UnitPoint>,
}

/// A unit's change of state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewChange {
    pub unit: usize,
    /// Counted from 0 over the unit's whole life.
    pub number: u64,
    pub change: StateChange,
}

impl News {
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.rows.is_empty()
            && self.changes.is_empty()
            && self.edits.is_empty()
            && self.revivals.is_empty()
    }
}

impl History {
    /// What a watcher has that has all of this.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            record: self.last().map(|record| record.epoch),
            row: self.lives.recent.back().map(|row| row.epoch),
            edits: self.edits.appended(),
            revivals: self.revived,
            changes: self.lives.all().iter().map(|life| life.count()).collect(),
        }
    }

    /// What came after `cursor`: at most `most` ≥ 1 records, and a row of units' points for every eight of these. Where
    /// more came they are thinned evenly, and the latest is always among them. [`RECORDS_A_FRAME`] do for a frame;
    /// [`usize::MAX`] gives everything that the history has. A watcher of another run begins with the default cursor
    /// and an empty history.
    pub fn news_since(&self, cursor: &Cursor, most: usize) -> News {
        let records: Vec<&Record> = self
            .records()
            .filter(|record| Some(record.epoch) > cursor.record)
            .collect();
        let rows: Vec<&Row> = self
            .lives
            .rows()
            .filter(|row| Some(row.epoch) > cursor.row)
            .collect();
        let lives = &self.lives;
        let edits = self.edits.since(cursor.edits);
        let new = self.revived.saturating_sub(cursor.revivals);
        let known = self
            .revivals
            .len()
            .saturating_sub(usize::try_from(new).unwrap_or(usize::MAX));
        News {
            records: thinned(&records, most, |record| record.epoch)
                .map(|record| **record)
                .collect(),
            rows: thinned(&rows, most.div_ceil(RECORDS_A_ROW), |row| row.epoch)
                .map(|row| NewRow {
                    epoch: row.epoch,
                    points: row.points.to_vec(),
                })
                .collect(),
            first: if cursor.changes.is_empty() {
                lives.all().iter().map(|life| life.first).collect()
            } else {
                Vec::new()
            },
            changes: changes_since(lives, &cursor.changes),
            edits: edits.copied().collect(),
            revivals: self.revivals.range(known..).cloned().collect(),
            revived: self.revived,
        }
    }

    /// What came after `cursor`, for a frame: [`RECORDS_A_FRAME`] records, or as many as the whole run's thinned tier has of
    /// that time where that is more, as after a stall.
    pub fn news_for_a_frame(&self, cursor: &Cursor) -> News {
        let seen = |record: &Record| Some(record.epoch) <= cursor.record;
        let thinned = self.thinned.len() - self.thinned.partition_point(seen);
        self.news_since(cursor, RECORDS_A_FRAME.max(thinned + 1))
    }

    /// Adds `news` of the run whose history this is so far. What of it is here already, since an earlier frame had it too,
    /// is passed over.
    pub fn apply(&mut self, news: &News) {
        let known = self.last().map(|record| record.epoch);
        for record in &news.records {
            if Some(record.epoch) > known {
                self.push(*record);
            }
        }
        self.lives.begin(&news.first);
        for change in &news.changes {
            self.lives.follow(change.unit, change.number, change.change);
        }
        let known = self.lives.recent.back().map(|row| row.epoch);
        for row in &news.rows {
            if Some(row.epoch) > known {
                self.lives.push_row(Row {
                    epoch: row.epoch,
                    points: row.points.as_slice().into(),
                });
            }
        }
        for edit in &news.edits {
            if edit.number >= self.edits.appended() {
                self.edits.push_numbered(*edit);
            }
        }
        let first = news.revived - news.revived.min(news.revivals.len() as u64);
        for (number, revival) in (first..).zip(&news.revivals) {
            if number >= self.revived {
                self.push_revival(revival.clone());
            }
        }
        self.revived = self.revived.max(news.revived);
    }
}

fn changes_since(lives: &Lives, seen: &[u64]) -> Vec<NewChange> {
    let mut news = Vec::new();
    for (unit, life) in lives.all().iter().enumerate() {
        let seen = seen.get(unit).copied().unwrap_or(0);
        if life.count() > seen {
            let new = life.numbered().filter(|(number, _)| *number >= seen);
            news.extend(new.map(|(number, change)| NewChange {
                unit,
                number,
                change: *change,
            }));
        }
    }
    news
}

/// At most `most` of `items`, which are in order: those at multiples of the least power of two that leaves so few, and
/// the last. The tiers of a history keep such multiples too, so that nothing is thinned twice.
fn thinned<T>(items: &[T], most: usize, epoch: impl Fn(&T) -> u64) -> impl Iterator<Item = &T> {
    let last = items.len().saturating_sub(1);
    let kept = |stride: u64| {
        let epoch = &epoch;
        move |(index, item): (usize, &T)| index == last || epoch(item).is_multiple_of(stride)
    };
    let mut stride = 1;
    while items.len() > most
        && stride < 1 << 62
        && items
            .iter()
            .enumerate()
            .filter(|item| kept(stride)(*item))
            .count()
            > most.max(1)
    {
        stride *= 2;
    }
    let keep: Vec<bool> = items.iter().enumerate().map(kept(stride)).collect();
    items
        .iter()
        .zip(keep)
        .filter_map(|(item, keep)| keep.then_some(item))
}
