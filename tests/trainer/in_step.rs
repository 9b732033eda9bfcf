//! Two runs in step: the same epochs in the same order, equal to the bit until a setting differs.

use sae_lab::training::Setting;
use sae_lab::training::trainer::{Activity, Ask, Event, RunId};

use crate::lab::{Lab, data, experiment, on_every_host};

/// Runs 1 and 2 of the same experiment, in step.
fn pair(lab: &mut Lab) {
    for run in 1..=2 {
        lab.open(run, experiment(), &data());
        lab.until_paused_at(run, 0);
    }
    lab.ask(1, Ask::Lock(Some(RunId(2))));
    lab.ask(2, Ask::Lock(Some(RunId(1))));
}

fn both(lab: &Lab, what: &Ask) {
    (1..=2).for_each(|run| lab.ask(run, what.clone()));
}

#[test]
fn equal_settings_give_equal_bits_for_a_thousand_epochs() {
    on_every_host(|lab| {
        pair(lab);
        both(lab, &Ask::PauseAt(Some(1_000)));
        both(lab, &Ask::Play);
        for run in 1..=2 {
            lab.until_paused_at(run, 1_000);
            let paused = |event: &Event| *event == Event::PausedAt { epoch: 1_000 };
            lab.until("word of the pause", |lab| lab.event(run, paused).is_some());
        }
        let [a, b] = [1, 2].map(|run| lab.snapshot(run));
        assert_eq!(a.parameters, b.parameters);
        assert_eq!(a.units, b.units);
        assert!(a.history.records().eq(b.history.records()));
    });
}

#[test]
fn one_that_was_drawn_along_to_where_both_were_to_pause_goes_no_further_once_it_is_asked_to_play() {
    on_every_host(|lab| {
        pair(lab);
        both(lab, &Ask::PauseAt(Some(1)));
        lab.ask(2, Ask::Play);
        lab.until("both are there", |lab| {
            (1..=2).all(|run| lab.has(run, |s| s.epoch == 1))
        });
        lab.ask(1, Ask::Play);
        let paused = |event: &Event| *event == Event::PausedAt { epoch: 1 };
        lab.until("word of the pause", |lab| lab.event(1, paused).is_some());
        (1..=2).for_each(|run| lab.until_paused_at(run, 1));
        both(lab, &Ask::Play);
        (1..=2).for_each(|run| lab.until_epoch(run, 20));
    });
}

#[test]
fn a_step_is_one_epoch_of_both_whichever_is_asked_first() {
    on_every_host(|lab| {
        pair(lab);
        for epoch in 1..=6 {
            let [first, second] = if epoch % 2 == 0 { [1, 2] } else { [2, 1] };
            lab.ask(first, Ask::Step);
            // the other is drawn along before it is asked
            (1..=2).for_each(|run| lab.until_paused_at(run, epoch));
            lab.ask(second, Ask::Step);
        }
        both(lab, &Ask::Step);
        (1..=2).for_each(|run| lab.until_paused_at(run, 7));
        // what was asked of one before both play is no step that is owed
        lab.ask(2, Ask::Step);
        (1..=2).for_each(|run| lab.until_paused_at(run, 8));
        both(lab, &Ask::Pause);
        both(lab, &Ask::Step);
        (1..=2).for_each(|run| lab.until_paused_at(run, 9));
        // apart, each does its own
        lab.ask(1, Ask::Lock(None));
        lab.ask(2, Ask::Lock(None));
        lab.steps(1, 2);
        lab.until_paused_at(1, 11);
        lab.ask(2, Ask::Step);
        lab.until_paused_at(2, 10);
    });
}

#[test]
fn one_setting_makes_a_difference_from_its_epoch_on_and_not_before() {
    on_every_host(|lab| {
        pair(lab);
        both(lab, &Ask::PauseAt(Some(200)));
        both(lab, &Ask::Play);
        (1..=2).for_each(|run| lab.until_paused_at(run, 200));
        assert_eq!(lab.snapshot(1).parameters, lab.snapshot(2).parameters);
        lab.set(2, Setting::SparsityWeight, 0.0);
        both(lab, &Ask::Step);
        (1..=2).for_each(|run| lab.until_paused_at(run, 201));
        assert_ne!(lab.snapshot(1).parameters, lab.snapshot(2).parameters);
    });
}

#[test]
fn whichever_is_ahead_waits_and_both_rest_at_the_same_epoch() {
    on_every_host(|lab| {
        pair(lab);
        // 1 is ahead by what it did alone
        lab.ask(1, Ask::Lock(None));
        lab.steps(1, 40);
        lab.until_paused_at(1, 40);
        lab.ask(1, Ask::Lock(Some(RunId(2))));
        both(lab, &Ask::Play);
        lab.until_epoch(2, 60);
        let ahead = lab.snapshot(1).epoch.saturating_sub(lab.snapshot(2).epoch);
        assert!(
            ahead <= 60,
            "{ahead}: a frame may be a few epochs old, no more"
        );
        for _ in 0..5 {
            both(lab, &Ask::Play);
            let from = lab.snapshot(1).epoch;
            lab.until_epoch(1, from + 3);
            both(lab, &Ask::Pause);
            lab.until("rest at one epoch", |lab| {
                let rests = |run| lab.has(run, |s| s.activity == Activity::Paused);
                rests(1) && rests(2) && lab.snapshot(1).epoch == lab.snapshot(2).epoch
            });
        }
        // a run that is gone is waited for by nobody
        lab.ask(2, Ask::Close);
        let from = lab.snapshot(1).epoch;
        lab.ask(1, Ask::Play);
        lab.until_epoch(1, from + 20);
    });
}
