//! What became of a run between two epochs, in words: for those who hear it, and for those who cannot tell the colours.

use super::record::number::short;
use super::record::{History, Record};
use crate::model::UnitState;

/// Most changes of settings, and most units, that are named one by one.
const NAMED: usize = 6;
/// A smaller part of a number is no change that anybody could see.
const VISIBLE: f64 = 0.005;

/// What changed after `since`, up to `now`: the settings, the cost term by term, the units. Units are counted from 1.
pub fn changed(history: &History, since: u64, now: u64) -> String {
    let mut between = history.records().filter(|record| {
        // what was thinned out is told from the next that is there
        (since..=now).contains(&record.epoch)
    });
    let (Some(first), Some(last)) = (between.next(), between.next_back()) else {
        return format!("Nothing has changed since epoch {since}.");
    };
    let sentences = [
        Some(format!("From epoch {} to {}.", first.epoch, last.epoch)),
        settings(history, first.epoch, last.epoch),
        Some(costs(first, last)),
        Some(counts(first, last)),
        units(history, first.epoch, last.epoch),
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    sentences.join(" ")
}

fn settings(history: &History, since: u64, now: u64) -> Option<String> {
    let markers: Vec<String> = history
        .markers()
        .filter(|marker| marker.epoch > since && marker.epoch <= now)
        .map(|marker| {
            format!(
                "{} {} at epoch {}",
                marker.setting.symbol(),
                marker.values().replace('→', "to"),
                marker.epoch
            )
        })
        .collect();
    (!markers.is_empty()).then(|| format!("Changed: {}.", listed(&markers, "more")))
}

fn costs(first: &Record, last: &Record) -> String {
    let of = |record: &Record| {
        let cost = record.cost;
        [
            cost.total(),
            cost.reconstruction_loss,
            cost.decay_penalty,
            cost.sparsity_penalty,
            record.fvu,
        ]
    };
    const NAMES: [&str; 5] = [
        "The cost J",
        "reconstruction loss",
        "decay penalty",
        "sparsity penalty",
        "FVU",
    ];
    let moves = of(first).into_iter().zip(of(last)).zip(NAMES);
    let moves: Vec<String> = moves
        .map(|((from, to), name)| moved(name, from, to))
        .collect();
    format!("{}.", moves.join("; "))
}

/// "FVU fell from 0.62 to 0.41"
fn moved(name: &str, from: f64, to: f64) -> String {
    let visible = (to - from).abs() > VISIBLE * from.abs().max(to.abs());
    match (visible, to > from) {
        (true, true) => format!("{name} rose from {} to {}", short(from), short(to)),
        (true, false) => format!("{name} fell from {} to {}", short(from), short(to)),
        (false, _) => format!("{name} stayed at {}", short(to)),
    }
}

fn counts(first: &Record, last: &Record) -> String {
    if first.counts == last.counts {
        format!("The units are as they were: {}.", last.counts.brief())
    } else {
        format!(
            "The units: {} before, {} now.",
            first.counts.brief(),
            last.counts.brief()
        )
    }
}

/// Which units died and which came to life, where they stayed so.
fn units(history: &History, since: u64, now: u64) -> Option<String> {
    let mut died = Vec::new();
    let mut live = Vec::new();
    for (unit, life) in history.lives().all().iter().enumerate() {
        let changes = life.changes().iter();
        let mut inside = changes.filter(|change| change.epoch > since && change.epoch <= now);
        let Some(first) = inside.next() else {
            continue;
        };
        let end: UnitState = inside.next_back().map_or(first.to, |last| last.to);
        match (first.from.is_dead(), end.is_dead()) {
            (false, true) => died.push((unit + 1).to_string()),
            (true, false) => live.push((unit + 1).to_string()),
            _ => {}
        }
    }
    let told = |units: &[String], what: &str| {
        let word = if units.len() == 1 { "Unit" } else { "Units" };
        (!units.is_empty()).then(|| format!("{word} {} {what}.", listed(units, "others")))
    };
    let told = [told(&died, "died"), told(&live, "came to life")];
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// "3, 7 and 9", the first few by name
fn listed(names: &[String], others: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() > NAMED => {
            let left = names.len() - NAMED;
            format!("{} and {left} {others}", names[..NAMED].join(", "))
        }
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::units::StateCounts;
    use crate::model::{Cost, UnitStatistics};
    use crate::training::record::{Edit, Gesture, Setting, Value};

    fn unit(state: UnitState) -> UnitStatistics {
        UnitStatistics {
            state,
            ..UnitStatistics::default()
        }
    }

    /// Twelve epochs, λ raised at the fifth, after which the second of three units dies.
    fn history() -> History {
        let mut history = History::new();
        for epoch in 0..=12 {
            if epoch == 5 {
                history.edit(Edit {
                    epoch,
                    gesture: Gesture(1),
                    setting: Setting::WeightDecay,
                    old: Value::Number(1e-4),
                    new: Value::Number(6e-4),
                });
            }
            let second = if epoch > 8 {
                UnitState::Constant
            } else {
                UnitState::Alive
            };
            let units = [unit(UnitState::Alive), unit(second), unit(UnitState::Alive)];
            history.push(Record {
                epoch,
                cost: Cost {
                    reconstruction_loss: 2.0 - epoch as f64 / 10.0,
                    decay_penalty: 0.25,
                    sparsity_penalty: 1.0 + epoch as f64 / 10.0,
                },
                fvu: 0.5 + epoch as f64 / 100.0,
                counts: StateCounts::of(&units),
                ..Record::default()
            });
            history.push_units(epoch, &units);
        }
        history
    }

    #[test]
    fn what_changed_is_said_in_words() {
        let history = history();
        assert_eq!(
            changed(&history, 2, 12),
            "From epoch 2 to 12. Changed: λ 1e-4 to 6e-4 at epoch 5. The cost J stayed at 3.25; reconstruction loss fell from \
             1.8 to 0.8; decay penalty stayed at 0.25; sparsity penalty rose from 1.2 to 2.2; FVU rose from 0.52 to 0.62. \
             The units: 3 alive, 0 dead before, 2 alive, 1 dead now. Unit 2 died."
        );
        let calm = changed(&history, 9, 12);
        assert!(
            calm.contains("as they were") && !calm.contains("Changed"),
            "{calm}"
        );
        assert!(!calm.contains("died"), "{calm}");
        assert_eq!(
            changed(&history, 12, 12),
            "Nothing has changed since epoch 12."
        );
        assert_eq!(
            changed(&History::new(), 0, 0),
            "Nothing has changed since epoch 0."
        );
    }

    #[test]
    fn of_many_the_first_are_named() {
        let names: Vec<String> = (1..=9).map(|unit| unit.to_string()).collect();
        assert_eq!(listed(&names, "others"), "1, 2, 3, 4, 5, 6 and 3 others");
        assert_eq!(listed(&names[..3], "others"), "1, 2 and 3");
        assert_eq!(listed(&names[..1], "others"), "1");
    }
}
