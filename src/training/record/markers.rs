//! Edits as the curves show them: one gesture on one setting is one marker.

use std::fmt;

use serde::Serialize;

use super::edits::{EditLog, Gesture};
use super::setting::{Setting, Value};

/// One gesture on one setting, and where it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Marker {
    /// The first epoch that used another value.
    pub epoch: u64,
    /// The first epoch that used the last value.
    pub until: u64,
    pub gesture: Gesture,
    pub setting: Setting,
    /// Two or three values: the start; the furthest point, where it lies beyond the end; the end.
    path: Vec<Value>,
}

impl Marker {
    /// The value before the gesture.
    pub fn before(&self) -> Value {
        self.path[0]
    }

    /// The value after it.
    pub fn after(&self) -> Value {
        self.path[self.path.len() - 1]
    }

    /// Two or three values: the start; the furthest point, where it lies beyond the end; the end.
    pub fn path(&self) -> &[Value] {
        &self.path
    }

    /// "1e-4 → 6e-3 → 1e-4"
    pub fn values(&self) -> String {
        self.setting.format_apart(&self.path).join(" → ")
    }
}

impl fmt::Display for Marker {
    /// "λ 1e-4 → 6e-3 → 1e-4"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting.symbol(), self.values())
    }
}

impl EditLog {
    /// The markers, in the order in which their gestures began. A gesture that never left its start makes none.
    pub fn markers(&self) -> Vec<Marker> {
        self.markers_until(u64::MAX)
    }

    /// The markers as they stood at the end of `epoch`.
    pub fn markers_until(&self, epoch: u64) -> Vec<Marker> {
        let mut strokes: Vec<Stroke> = Vec::new();
        for (index, edit) in self.strokes().take_while(|(_, edit)| edit.epoch <= epoch) {
            if index == strokes.len() {
                strokes.push(Stroke {
                    epoch: edit.epoch,
                    until: edit.epoch,
                    gesture: edit.gesture,
                    setting: edit.setting,
                    start: edit.old,
                    furthest: edit.old,
                    end: edit.old,
                });
            }
            strokes[index].go(edit.epoch, edit.new);
        }
        strokes.into_iter().filter_map(Stroke::marker).collect()
    }
}

/// A marker being put together.
struct Stroke {
    epoch: u64,
    until: u64,
    gesture: Gesture,
    setting: Setting,
    start: Value,
    furthest: Value,
    end: Value,
}

impl Stroke {
    fn distance(&self, value: Value) -> f64 {
        self.setting.distance(self.start, value)
    }

    fn go(&mut self, epoch: u64, value: Value) {
        self.until = epoch;
        self.end = value;
        if self.distance(value) > self.distance(self.furthest) {
            self.furthest = value;
        }
    }

    fn marker(self) -> Option<Marker> {
        let path = if self.distance(self.furthest) > self.distance(self.end) {
            vec![self.start, self.furthest, self.end]
        } else if self.end != self.start {
            vec![self.start, self.end]
        } else {
            return None;
        };
        Some(Marker {
            epoch: self.epoch,
            until: self.until,
            gesture: self.gesture,
            setting: self.setting,
            path,
        })
    }
}
