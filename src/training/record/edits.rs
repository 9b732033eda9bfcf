//! What changed a run's settings, in order and at full precision. Bounded.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};
use strum::EnumCount;

use super::setting::{Setting, Value};
use crate::model::Hyperparameters;

/// Most edits kept; beyond it, the oldest gesture that is kept in full is thinned to its ends.
pub const EDITS: usize = 2_048;
/// Most strokes (one gesture on one setting) kept; the oldest go first.
pub const STROKES: usize = 200;

/// One drag, one typed value, one undo: changes that carry the same gesture belong together.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Gesture(pub u64);

/// A request: from the next epoch on, `setting` is `value`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub setting: Setting,
    pub value: Value,
    pub gesture: Gesture,
}

/// A change that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The first epoch that used the new value.
    pub epoch: u64,
    pub gesture: Gesture,
    pub setting: Setting,
    pub old: Value,
    pub new: Value,
}

impl From<&Edit> for Change {
    /// What was asked for, of what came of it.
    fn from(edit: &Edit) -> Self {
        Self {
            setting: edit.setting,
            value: edit.new,
            gesture: edit.gesture,
        }
    }
}

impl fmt::Display for Edit {
    /// "λ 1e-4 → 4e-4"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.setting.format_apart(&[self.old, self.new]);
        write!(f, "{} {}", self.setting.symbol(), texts.join(" → "))
    }
}

/// An edit and its number, counted from 0 over the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberedEdit {
    pub number: u64,
    pub edit: Edit,
}

/// The edits of a run, in the order in which they were applied.
///
/// At most [`EDITS`] edits of at most [`STROKES`] strokes are kept. Beyond the first bound the oldest stroke that has
/// more than three edits keeps its first, its furthest and its last one, which are all that a marker shows; `old` and
/// `new` still follow each other without a gap. Beyond the second the oldest stroke goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EditLog {
    pub(super) edits: VecDeque<NumberedEdit>,
    /// Edits appended over the whole run.
    pub(super) appended: u64,
}

/// Most edits of a stroke that was thinned: first, furthest, last.
const ENDS: usize = 3;

impl EditLog {
    /// Appends `edit`; epochs come in increasing order.
    pub fn push(&mut self, edit: Edit) {
        self.push_numbered(NumberedEdit {
            number: self.appended,
            edit,
        });
    }

    /// Appends an edit of another log, with its number there.
    pub(super) fn push_numbered(&mut self, edit: NumberedEdit) {
        self.appended = edit.number.saturating_add(1);
        self.edits.push_back(edit);
        if self.edits.len() > EDITS {
            self.thin();
        }
    }

    /// In order. What was thinned out or went is missing.
    pub fn edits(&self) -> impl DoubleEndedIterator<Item = &Edit> + ExactSizeIterator {
        self.edits.iter().map(|numbered| &numbered.edit)
    }

    pub fn is_empty(&self) -> bool {
        self.appended == 0
    }

    /// Edits appended over the whole run, whether they are still kept or not.
    pub fn appended(&self) -> u64 {
        self.appended
    }

    /// Those that are kept, from the one with this number on.
    pub(super) fn since(&self, number: u64) -> impl Iterator<Item = &NumberedEdit> {
        let start = self.edits.partition_point(|edit| edit.number < number);
        self.edits.range(start..)
    }

    /// The settings in force at `epoch`: those `now` in force, with every later edit taken back.
    pub fn settings_at(&self, epoch: u64, now: &Hyperparameters) -> Hyperparameters {
        let mut settings = *now;
        for edit in self.edits().rev().take_while(|edit| edit.epoch > epoch) {
            let set = edit.setting.set(&mut settings, edit.old);
            debug_assert!(
                set.is_ok(),
                "the log has only values of the setting's kind: {edit:?}"
            );
        }
        settings
    }

    /// Which stroke every edit belongs to, strokes counted from 0 in the order in which they began. An edit goes on with
    /// the latest stroke of its setting where that is of the same gesture.
    pub(super) fn strokes(&self) -> impl Iterator<Item = (usize, &Edit)> {
        let mut latest: [Option<(Gesture, usize)>; Setting::COUNT] = [None; Setting::COUNT];
        let mut begun = 0;
        self.edits().map(move |edit| {
            let latest = &mut latest[edit.setting as usize];
            let stroke = match latest {
                Some((gesture, stroke)) if *gesture == edit.gesture => *stroke,
                _ => {
                    begun += 1;
                    *latest = Some((edit.gesture, begun - 1));
                    begun - 1
                }
            };
            (stroke, edit)
        })
    }

    /// Back below the bounds.
    fn thin(&mut self) {
        let stroke_of: Vec<usize> = self.strokes().map(|(stroke, _)| stroke).collect();
        let strokes = stroke_of.iter().max().map_or(0, |last| last + 1);
        let mut members = vec![Vec::new(); strokes];
        for (index, stroke) in stroke_of.iter().enumerate() {
            members[*stroke].push(index);
        }
        let mut keep = vec![true; self.edits.len()];
        let gone = strokes.saturating_sub(STROKES);
        for index in members[..gone].iter().flatten() {
            keep[*index] = false;
        }
        let mut count = keep.iter().filter(|kept| **kept).count();
        for stroke in &members[gone..] {
            if count <= EDITS {
                break;
            }
            if stroke.len() <= ENDS {
                continue;
            }
            let ends = self.ends(stroke);
            for index in stroke {
                keep[*index] = ends.contains(index);
            }
            count -= stroke.len() - ends.len();
            // what is kept of it follows each other again
            let mut last = None;
            for index in ends {
                if let Some(last) = last {
                    self.edits[index].edit.old = last;
                }
                last = Some(self.edits[index].edit.new);
            }
        }
        let mut kept = keep.iter();
        self.edits.retain(|_| kept.next().is_none_or(|kept| *kept));
    }

    /// The first, the furthest and the last of the edits of one stroke, in order, each once.
    fn ends(&self, stroke: &[usize]) -> Vec<usize> {
        let (Some(first), Some(last)) = (stroke.first(), stroke.last()) else {
            return Vec::new();
        };
        let Edit { setting, old, .. } = self.edits[*first].edit;
        let distance = |index: usize| setting.distance(old, self.edits[index].edit.new);
        let mut furthest = *first;
        for index in stroke {
            if distance(*index) > distance(furthest) {
                furthest = *index;
            }
        }
        let mut ends = vec![*first, furthest, *last];
        ends.dedup();
        ends
    }
}
