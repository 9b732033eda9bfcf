//! The curves: recent epochs at full resolution, the whole run thinned, changes of settings marked. Bounded.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::gradients::GradientNorms;
use super::lives::Lives;
use crate::model::units::StateCounts;
use crate::model::{Cost, Hyperparameters, UnitStatistics};

/// Recent epochs kept at full resolution.
pub const RECENT: usize = 1_000;
/// Most points that the whole run is thinned to.
pub const THINNED: usize = 2_000;
/// Most markers kept, and most revivals; the oldest go first.
pub const MARKERS: usize = 200;

/// One epoch's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub epoch: u64,
    pub cost: Cost,
    pub fvu: f64,
    pub counts: StateCounts,
    #[serde(default)]
    pub gradients: GradientNorms,
}

/// The settings that can change during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    SparsityTarget,
    SparsityWeight,
    LearningRate,
    WeightDecay,
    Momentum,
    Optimizer,
    Batch,
    Gradient,
}

impl Setting {
    pub const ALL: [Self; 8] = [
        Self::SparsityTarget,
        Self::SparsityWeight,
        Self::LearningRate,
        Self::WeightDecay,
        Self::Momentum,
        Self::Optimizer,
        Self::Batch,
        Self::Gradient,
    ];

    /// "ρ", "β", "α", "λ", or a word.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::SparsityTarget => "ρ",
            Self::SparsityWeight => "β",
            Self::LearningRate => "α",
            Self::WeightDecay => "λ",
            Self::Momentum => "momentum",
            Self::Optimizer => "optimiser",
            Self::Batch => "batch",
            Self::Gradient => "gradient",
        }
    }

    /// The value of this setting, short, as the window and the curves show it.
    pub fn show(self, settings: &Hyperparameters) -> String {
        match self {
            Self::SparsityTarget => short(settings.sparsity_target),
            Self::SparsityWeight => short(settings.sparsity_weight),
            Self::LearningRate => short(settings.learning_rate),
            Self::WeightDecay => short(settings.weight_decay),
            Self::Momentum => short(settings.momentum),
            Self::Optimizer => settings.optimizer.name().to_owned(),
            Self::Batch => settings.batch.to_string(),
            Self::Gradient => match settings.gradient {
                crate::model::GradientForm::Exact => "exact".to_owned(),
                crate::model::GradientForm::Printed => "as printed".to_owned(),
            },
        }
    }
}

/// A number in at most three significant digits: 0.05, 3, 1e-4, 2.5e-3.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".into();
    }
    if (1e-2..1e4).contains(&size) {
        let digits = (2 - size.log10().floor() as i32).max(0) as usize;
        let text = format!("{value:.digits$}");
        return if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        };
    }
    let text = format!("{value:.2e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            format!(
                "{}e{exponent}",
                mantissa.trim_end_matches('0').trim_end_matches('.')
            )
        }
        _ => text,
    }
}

/// A setting's change, old → new, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub setting: Setting,
    pub old: String,
    pub new: String,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} → {}", self.setting.symbol(), self.old, self.new)
    }
}

/// A change on the curves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marker {
    /// The first epoch that used the new value.
    pub epoch: u64,
    pub change: Change,
    /// Seconds of training time at which it was last extended: one drag of a slider is one marker.
    pub at_seconds: f64,
}

/// Dead units begun anew, by a person's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revival {
    /// The epoch at whose end it was.
    pub epoch: u64,
    /// In increasing order.
    pub units: Vec<usize>,
}

/// A change of the same setting within this many seconds of the last extends its marker.
const SAME_DRAG_SECONDS: f64 = 0.5;

/// The run's past in two tiers. Copying it costs at most `RECENT + THINNED` records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    recent: VecDeque<Record>,
    thinned: Vec<Record>,
    /// The thinned tier keeps every `stride`-th epoch.
    stride: u64,
    markers: VecDeque<Marker>,
    #[serde(default)]
    lives: Lives,
    #[serde(default)]
    revivals: VecDeque<Revival>,
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

    /// Marks that `revived` (in increasing order) were begun anew at the end of `epoch`, which left `units`.
    pub fn revive(&mut self, epoch: u64, revived: Vec<usize>, units: &[UnitStatistics]) {
        self.lives.revive(epoch, units, &revived);
        if self.revivals.len() == MARKERS {
            self.revivals.pop_front();
        }
        self.revivals.push_back(Revival {
            epoch,
            units: revived,
        });
    }

    /// Marks `changes` as in force from `epoch` on, `at_seconds` of training time into the run.
    pub fn mark(&mut self, epoch: u64, at_seconds: f64, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            let same_drag = self.markers.iter_mut().rev().find(|marker| {
                marker.change.setting == change.setting
                    && at_seconds - marker.at_seconds < SAME_DRAG_SECONDS
            });
            if let Some(marker) = same_drag {
                marker.change.new = change.new;
                marker.at_seconds = at_seconds;
            } else {
                if self.markers.len() == MARKERS {
                    self.markers.pop_front();
                }
                self.markers.push_back(Marker {
                    epoch,
                    change,
                    at_seconds,
                });
            }
        }
    }

    /// The whole run in order: thinned up to where the recent epochs begin, then each of these.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        let start = self.recent.front().map_or(u64::MAX, |record| record.epoch);
        let older = self.thinned.partition_point(|record| record.epoch < start);
        self.thinned[..older].iter().chain(&self.recent)
    }

    pub fn markers(&self) -> impl DoubleEndedIterator<Item = &Marker> {
        self.markers.iter()
    }

    /// When units were begun anew, in order.
    pub fn revivals(&self) -> impl DoubleEndedIterator<Item = &Revival> {
        self.revivals.iter()
    }

    /// The lives of all units.
    pub fn lives(&self) -> &Lives {
        &self.lives
    }

    pub fn last(&self) -> Option<&Record> {
        self.recent.back()
    }
}

/// Which settings differ, with their values as text.
pub fn changes(old: &Hyperparameters, new: &Hyperparameters) -> Vec<Change> {
    let differs = |setting| match setting {
        Setting::SparsityTarget => old.sparsity_target != new.sparsity_target,
        Setting::SparsityWeight => old.sparsity_weight != new.sparsity_weight,
        Setting::LearningRate => old.learning_rate != new.learning_rate,
        Setting::WeightDecay => old.weight_decay != new.weight_decay,
        Setting::Momentum => old.momentum != new.momentum,
        Setting::Optimizer => old.optimizer != new.optimizer,
        Setting::Batch => old.batch != new.batch,
        Setting::Gradient => old.gradient != new.gradient,
    };
    Setting::ALL
        .into_iter()
        .filter(|setting| differs(*setting))
        .map(|setting| Change {
            setting,
            old: setting.show(old),
            new: setting.show(new),
        })
        .collect()
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

    #[test]
    fn one_drag_is_one_marker() {
        let mut history = History::new();
        let base = Hyperparameters::default();
        let mut last = base;
        for step in 1..=5u32 {
            let next = Hyperparameters {
                weight_decay: 1e-4 * (1.0 + f64::from(step)),
                ..base
            };
            history.mark(step.into(), f64::from(step) * 0.02, changes(&last, &next));
            last = next;
        }
        history.mark(90, 9.0, changes(&last, &base));
        let markers: Vec<_> = history
            .markers()
            .map(|marker| (marker.epoch, marker.change.to_string()))
            .collect();
        assert_eq!(
            markers,
            [
                (1, "λ 1e-4 → 6e-4".to_owned()),
                (90, "λ 6e-4 → 1e-4".to_owned())
            ]
        );
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.05, "0.05"),
            (3.0, "3"),
            (1e-4, "1e-4"),
            (2.5e-3, "2.5e-3"),
            (0.0, "0"),
            (100.0, "100"),
            (0.0333, "0.0333"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
