//! Edits, markers and news, together.

use super::edits::{EDITS, NumberedEdit, STROKES};
use super::*;
use crate::model::{BatchSize, GradientForm, Hyperparameters, OptimizerKind};
use crate::model::{UnitState, UnitStatistics};

fn edit(epoch: u64, gesture: u64, setting: Setting, old: Value, new: Value) -> Edit {
    Edit {
        epoch,
        gesture: Gesture(gesture),
        setting,
        old,
        new,
    }
}

/// Edits of λ along `values`, an epoch each from `epoch` on.
fn drag(log: &mut EditLog, epoch: u64, gesture: u64, values: &[f64]) {
    for (at, pair) in (epoch..).zip(values.windows(2)) {
        let (old, new) = (Value::Number(pair[0]), Value::Number(pair[1]));
        log.push(edit(at, gesture, Setting::WeightDecay, old, new));
    }
}

fn shown(log: &EditLog) -> Vec<String> {
    log.markers().iter().map(ToString::to_string).collect()
}

#[test]
fn a_drag_is_one_marker_that_shows_where_it_went() {
    let mut log = EditLog::default();
    drag(&mut log, 10, 1, &[1e-4, 2e-4, 6e-3, 1e-3, 1e-4]);
    drag(&mut log, 20, 2, &[1e-4, 2e-4, 4e-4]);
    drag(&mut log, 30, 3, &[4e-4, 1e-4, 2e-4]);
    drag(&mut log, 40, 4, &[0.02, 0.0199]);
    assert_eq!(
        shown(&log),
        [
            "λ 1e-4 → 6e-3 → 1e-4",
            "λ 1e-4 → 4e-4",
            "λ 4e-4 → 1e-4 → 2e-4",
            "λ 0.02 → 0.0199"
        ]
    );
    let first = &log.markers()[0];
    assert_eq!((first.epoch, first.until), (10, 13));
    assert_eq!(
        (first.before(), first.after()),
        (first.path()[0], first.path()[2])
    );
    // as it stood while the drag was going on
    assert_eq!(log.markers_until(11)[0].to_string(), "λ 1e-4 → 6e-3");
    assert!(log.markers_until(9).is_empty());
}

#[test]
fn a_gesture_is_a_marker_for_each_setting_and_choices_are_shown_too() {
    let mut log = EditLog::default();
    let optimizer = Value::Optimizer;
    let (momentum, adam) = (OptimizerKind::Momentum, OptimizerKind::Adam);
    let batch = |rows| Value::Batch(BatchSize::Samples(rows));
    log.push(edit(
        1,
        7,
        Setting::Optimizer,
        optimizer(momentum),
        optimizer(adam),
    ));
    log.push(edit(1, 7, Setting::Batch, batch(50), batch(100)));
    log.push(edit(
        2,
        7,
        Setting::Optimizer,
        optimizer(adam),
        optimizer(momentum),
    ));
    log.push(edit(
        2,
        7,
        Setting::Batch,
        batch(100),
        Value::Batch(BatchSize::Full),
    ));
    assert_eq!(
        shown(&log),
        ["optimiser momentum → Adam → momentum", "batch 50 → full"]
    );
    // a gesture that moved nothing makes no marker
    let still = Value::Number(0.5);
    log.push(edit(3, 8, Setting::Momentum, still, still));
    assert_eq!(log.markers().len(), 2);
}

#[test]
fn settings_are_those_of_the_time() {
    let first = Hyperparameters::default();
    let second = Hyperparameters {
        weight_decay: 4e-4 / 3.0,
        optimizer: OptimizerKind::Adam,
        batch: BatchSize::Full,
        ..first
    };
    let third = Hyperparameters {
        gradient: GradientForm::Printed,
        sparsity_weight: 100.0,
        weight_decay: 1e-3,
        ..second
    };
    let mut log = EditLog::default();
    for (epoch, old, new) in [(10, first, second), (20, second, third)] {
        for setting in Setting::all() {
            let (old, new) = (setting.get(&old), setting.get(&new));
            if old != new {
                log.push(edit(epoch, epoch, setting, old, new));
            }
        }
    }
    assert_eq!(log.settings_at(9, &third), first);
    assert_eq!(log.settings_at(10, &third), second);
    assert_eq!(log.settings_at(20, &third), third);
}

#[test]
fn the_log_is_bounded_and_thinning_changes_no_marker() {
    let mut log = EditLog::default();
    let mut now = 1.0;
    let mut whole: Vec<Edit> = Vec::new();
    let furthest = |gesture: u64| 50.0 + gesture as f64;
    for gesture in 0..500u64 {
        for step in 0..40u64 {
            let new = match step {
                20 => furthest(gesture),
                39 => 2.0 + (gesture % 7) as f64,
                _ => 1.5 + step as f64 / 100.0,
            };
            let epoch = gesture * 40 + step;
            let (old, value) = (Value::Number(now), Value::Number(new));
            let next = edit(epoch, gesture, Setting::LearningRate, old, value);
            log.push(next);
            whole.push(next);
            now = new;
            assert!(log.edits().len() <= EDITS);
        }
    }
    assert_eq!(log.appended(), whole.len() as u64);
    let mut unbounded = EditLog::default();
    unbounded
        .edits
        .extend(whole.iter().enumerate().map(|(number, edit)| NumberedEdit {
            number: number as u64,
            edit: *edit,
        }));
    let (kept, all) = (log.markers(), unbounded.markers());
    assert!(
        kept.len() >= STROKES && kept.len() < all.len(),
        "{}",
        kept.len()
    );
    assert_eq!(kept[..], all[all.len() - kept.len()..]);
    let edits: Vec<_> = log.edits().collect();
    assert!(edits.windows(2).all(|pair| pair[0].new == pair[1].old));
    // the latest gesture is there in full
    assert_eq!(
        edits[edits.len() - 40..]
            .iter()
            .map(|edit| edit.gesture.0)
            .min(),
        Some(499)
    );
}

fn units(epoch: u64) -> Vec<UnitStatistics> {
    let flapping = |every: u64| {
        if epoch / every % 2 == 1 {
            UnitState::Constant
        } else {
            UnitState::Alive
        }
    };
    [UnitState::Alive, flapping(7), flapping(1)]
        .into_iter()
        .enumerate()
        .map(|(unit, state)| UnitStatistics {
            mean_activation: (epoch + unit as u64) as f64,
            state,
            ..UnitStatistics::default()
        })
        .collect()
}

fn advance(history: &mut History, epoch: u64) {
    history.push(Record {
        epoch,
        fvu: epoch as f64,
        ..Record::default()
    });
    history.push_units(epoch, &units(epoch));
    if epoch % 13 == 5 {
        let (old, new) = (
            Value::Number(epoch as f64),
            Value::Number(epoch as f64 + 1.0),
        );
        history.edit(edit(epoch, epoch / 26, Setting::SparsityWeight, old, new));
    }
    if epoch % 50 == 3 {
        history.revive(epoch, vec![1], &units(epoch));
    }
}

#[test]
fn the_news_of_successive_frames_give_the_history() {
    let (mut history, mut watched) = (History::new(), History::new());
    let mut epoch = 0;
    for frame in 0..6_000u64 {
        for _ in 0..frame % 5 {
            advance(&mut history, epoch);
            epoch += 1;
        }
        let news = history.news_since(&watched.cursor(), news::RECORDS_A_FRAME);
        assert_eq!(news.is_empty(), frame % 5 == 0);
        watched.apply(&news);
        assert_eq!(watched.cursor(), history.cursor());
        if frame % 500 == 499 {
            assert_eq!(watched, history, "at epoch {epoch}");
        }
    }
    assert!(epoch > 10_000);
    // and all at once
    let mut late = History::new();
    late.apply(&history.news_since(&late.cursor(), usize::MAX));
    let records = |history: &History| history.records().copied().collect::<Vec<_>>();
    assert_eq!(records(&late), records(&history));
    assert_eq!(late.lives().all(), history.lives().all());
    assert_eq!(late.edits(), history.edits());
}

#[test]
fn where_more_came_the_news_are_thinned_evenly_and_stay_small() {
    let (mut history, mut watched) = (History::new(), History::new());
    let mut epoch = 0;
    // 100,000 epochs at 30 frames a second and 3,000 epochs a second
    for frame in 0..1_000 {
        for _ in 0..100 {
            advance(&mut history, epoch);
            epoch += 1;
        }
        let news = history.news_since(&watched.cursor(), news::RECORDS_A_FRAME);
        assert!(news.records.len() <= news::RECORDS_A_FRAME && news.rows.len() <= 4);
        assert_eq!(
            news.records.last().map(|record| record.epoch),
            Some(epoch - 1)
        );
        assert_eq!(news.rows.last().map(|row| row.epoch), Some(epoch - 1));
        let gaps = news
            .records
            .windows(2)
            .map(|pair| pair[1].epoch - pair[0].epoch);
        assert!(gaps.max() <= Some(4), "evenly");
        let bytes = postcard::to_stdvec(&news).unwrap().len();
        assert!(bytes < 16_000, "frame {frame}: {bytes}");
        watched.apply(&news);
    }
    assert_eq!(
        watched.lives().all(),
        history.lives().all(),
        "no change of state is lost"
    );
    assert_eq!(watched.edits(), history.edits(), "no edit is lost");
    assert!(
        watched.revivals().eq(history.revivals()),
        "no revival is lost"
    );
    let epochs: Vec<u64> = watched.records().map(|record| record.epoch).collect();
    assert_eq!((epochs[0], epochs[epochs.len() - 1]), (0, 99_999));
    assert!(
        epochs
            .windows(2)
            .all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 128)
    );
    // a stall of the whole run
    let stalled = history.news_since(&Cursor::default(), news::RECORDS_A_FRAME);
    assert!(stalled.records.len() <= news::RECORDS_A_FRAME);
    let whole = history.news_since(&Cursor::default(), usize::MAX);
    assert!(whole.records.len() <= history::RECENT + history::THINNED);
}
