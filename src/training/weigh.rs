//! How much of what killed a unit each setting brought: by going back over the run with the setting as it was before it
//! was changed (or, of the start, with the post's), on the same scale for all.

use super::record::{EditLog, Marker, Setting, Value};
use crate::model::Hyperparameters;

/// Most suspects that are named together.
const MOST_NAMED: usize = 3;
/// A suspect that makes a smaller difference is not named, and a change by less is none.
const LEAST_WEIGHT: f64 = 0.25;

/// A setting at a value that it was given at the start or by a change; or the data.
#[derive(Clone, Debug)]
pub(super) struct Suspect {
    /// `None`: the data.
    pub setting: Option<Setting>,
    /// The change; `None` for the start's value and the data.
    pub marker: Option<Marker>,
    /// The first epoch that used it, and the first that did not any more.
    from: u64,
    to: u64,
    /// What it would have been without it.
    instead: Option<Value>,
}

/// The suspects that, undone together, take enough away; the heaviest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict {
    /// What is left of it without them.
    pub left: f64,
    pub named: Vec<Suspect>,
}

/// Epochs in which it happened: from the first to the last, both counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub first: u64,
    pub last: u64,
    /// Later changes are not to blame.
    pub done: u64,
}

/// A stretch of epochs with the settings of the time, and its share of the window.
struct Stretch {
    epoch: u64,
    share: f64,
    settings: Hyperparameters,
}

/// What is weighed: the logarithm of a ratio that kills above 1.
pub(super) type Measure<'a, D> = &'a dyn Fn(&Hyperparameters, &D) -> f64;

/// Who brought `measure` above `enough` within `window`. `now` are the settings in force at the log's end; `data` are
/// what counts of the data, and of usual ones; `good` are settings to compare the start's with.
pub(super) fn weigh<D>(
    edits: &EditLog,
    now: &Hyperparameters,
    window: Window,
    (data, usual): (&D, &D),
    measure: Measure<'_, D>,
    enough: f64,
    good: &Hyperparameters,
) -> Verdict {
    let stretches = stretches(edits, now, window);
    let mean = |undone: &[&Suspect]| -> f64 {
        let of_data = undone.iter().any(|suspect| suspect.setting.is_none());
        let data = if of_data { usual } else { data };
        // of the ratios themselves, so that a time when nothing pressed excuses nothing
        let ratios = stretches
            .iter()
            .map(|stretch| stretch.share * measure(&without(stretch, undone), data).exp());
        ratios.sum::<f64>().max(f64::MIN_POSITIVE).ln()
    };
    let whole = Verdict {
        left: mean(&[]),
        named: Vec::new(),
    };
    let name = |mut suspects: Vec<Suspect>| {
        let mut verdict = whole.clone();
        while verdict.left > enough && verdict.named.len() < MOST_NAMED {
            let tried: Vec<f64> = suspects
                .iter()
                .map(|suspect| {
                    let mut undone: Vec<&Suspect> = verdict.named.iter().collect();
                    undone.push(suspect);
                    mean(&undone)
                })
                .collect();
            let lightest = |among: &dyn Fn(usize) -> bool| {
                let all = (0..tried.len()).filter(|index| among(*index));
                all.min_by(|a, b| tried[*a].total_cmp(&tried[*b]))
            };
            // the data are blamed where no setting accounts for it
            let best =
                lightest(&|index| suspects[index].setting.is_some() && tried[index] <= enough)
                    .or_else(|| lightest(&|_| true));
            let Some(best) = best.filter(|best| tried[*best] < verdict.left - LEAST_WEIGHT) else {
                break;
            };
            verdict.left = tried[best];
            verdict.named.push(suspects.swap_remove(best));
        }
        verdict
    };
    let all = suspects(edits, window.done, good);
    // where changes alone account for it, what was so before them is not to blame
    let changes = all.iter().filter(|suspect| suspect.marker.is_some());
    let of_changes = name(changes.cloned().collect());
    if of_changes.left <= enough {
        return of_changes;
    }
    name(all)
}

fn without(stretch: &Stretch, undone: &[&Suspect]) -> Hyperparameters {
    let mut settings = stretch.settings;
    for suspect in undone {
        let in_force = (suspect.from..suspect.to).contains(&stretch.epoch);
        if let (Some(setting), Some(value), true) = (suspect.setting, suspect.instead, in_force) {
            let set = setting.set(&mut settings, value);
            debug_assert!(set.is_ok(), "a setting's own values are of its kind");
        }
    }
    settings
}

/// The settings over `window`.
fn stretches(edits: &EditLog, now: &Hyperparameters, window: Window) -> Vec<Stretch> {
    let mut starts: Vec<u64> = edits
        .edits()
        .map(|edit| edit.epoch)
        .filter(|epoch| (window.first + 1..=window.last).contains(epoch))
        .collect();
    starts.insert(0, window.first);
    starts.dedup();
    let length = (window.last + 1).saturating_sub(window.first).max(1) as f64;
    (0..starts.len())
        .map(|index| {
            let end = starts.get(index + 1).copied().unwrap_or(window.last + 1);
            Stretch {
                epoch: starts[index],
                share: end.saturating_sub(starts[index]) as f64 / length,
                settings: edits.settings_at(starts[index], now),
            }
        })
        .collect()
}

/// Every value that a setting was given until `last`, and the data.
fn suspects(edits: &EditLog, last: u64, good: &Hyperparameters) -> Vec<Suspect> {
    let mut markers = edits.markers_until(last);
    // what hardly changes anything goes on with what was before
    markers.retain(|marker| {
        let furthest = marker.path()[1];
        marker.setting.distance(marker.before(), furthest) >= LEAST_WEIGHT
    });
    let mut all = vec![Suspect {
        setting: None,
        marker: None,
        from: 0,
        to: u64::MAX,
        instead: None,
    }];
    let mut ends = std::collections::HashMap::new();
    // from the last on, so that each knows when it was followed
    while let Some(marker) = markers.pop() {
        let to = ends
            .insert(marker.setting, marker.epoch)
            .unwrap_or(u64::MAX);
        all.push(Suspect {
            setting: Some(marker.setting),
            from: marker.epoch,
            to,
            instead: Some(marker.before()),
            marker: Some(marker),
        });
    }
    for setting in Setting::all() {
        all.push(Suspect {
            setting: Some(setting),
            marker: None,
            from: 0,
            to: ends.get(&setting).copied().unwrap_or(u64::MAX),
            instead: Some(setting.get(good)),
        });
    }
    all
}
