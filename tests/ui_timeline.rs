//! The cursor over time, undo and branches, on the real trainer and by the keyboard alone.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::{Action, Page, RunView};
use sae_lab::training::{Activity, Preset, Setting, Snapshot, Value};
use ui_support::wait;

type Window = Harness<'static, LabApp>;

const SIZE: [f32; 2] = [1280.0, 720.0];
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn run(harness: &Window) -> &RunView {
    harness.state().view().run
}

fn shown(harness: &Window) -> Arc<Snapshot> {
    Arc::clone(run(harness).snapshot.as_ref().unwrap())
}

/// The window on a run that is paused.
fn paused() -> Window {
    let mut harness = ui_support::real(SIZE, Preset::Bars.experiment());
    let begun = |app: &LabApp| app.view().run.now() > 2;
    wait(&mut harness, begun);
    harness.key_press(Key::Space);
    let rests = |app: &LabApp| {
        let latest = app.view().run.latest().cloned();
        latest.is_some_and(|latest| latest.activity == Activity::Paused)
    };
    wait(&mut harness, rests);
    harness.run_steps(3);
    harness
}

/// Trains one more epoch.
fn step(harness: &mut Window) -> Arc<Snapshot> {
    let next = run(harness).now() + 1;
    harness.key_press(Key::ArrowRight);
    wait(harness, |app| {
        let latest = app.view().run.latest().unwrap();
        latest.epoch == next && latest.activity == Activity::Paused
    });
    shown(harness)
}

/// Waits for the moment that was asked for.
fn arrives(harness: &mut Window) {
    let there = |app: &LabApp| {
        app.view()
            .run
            .past
            .as_ref()
            .is_none_or(|past| past.is_exact())
    };
    wait(harness, there);
    harness.run_steps(2);
}

/// Everything but what is only known of the present.
fn assert_same(past: &Snapshot, live: &Snapshot) {
    assert_eq!(past.epoch, live.epoch);
    assert_eq!(past.cost, live.cost);
    assert_eq!(past.fvu, live.fvu);
    assert_eq!(past.units, live.units);
    assert_eq!(past.parameters, live.parameters);
    assert_eq!(past.activations, live.activations);
    assert_eq!(past.reconstructions, live.reconstructions);
    assert_eq!(past.hyperparameters, live.hyperparameters);
    assert_eq!(past.history.last(), live.history.last());
}

fn set(harness: &mut Window, setting: Setting, value: f64, press: u64) {
    let context = harness.ctx.clone();
    let value = Value::Number(value);
    let action = Action::Set {
        setting,
        value,
        press,
    };
    harness.state_mut().act(&context, action);
    harness.run_steps(2);
}

#[test]
fn every_epoch_is_shown_again_as_it_was_and_the_way_back_is_one_key() {
    let mut harness = paused();
    let first = run(&harness).now();
    let live: Vec<Arc<Snapshot>> = (0..24).map(|_| step(&mut harness)).collect();
    for page in Page::ALL {
        ui_support::show(&mut harness, page);
        harness.run_steps(2);
        for back in 1..=3 {
            harness.key_press_modifiers(CTRL, Key::ArrowLeft);
            harness.run_steps(1);
            arrives(&mut harness);
            assert_same(&shown(&harness), &live[live.len() - 1 - back]);
        }
        harness.key_press_modifiers(CTRL_SHIFT, Key::ArrowLeft);
        arrives(&mut harness);
        let then = &live[live.len() - 14];
        assert_same(&shown(&harness), then);
        let (epoch, now) = (then.epoch, first + 24);
        let words = format!("epoch {epoch} of {now}: the past");
        assert!(
            harness.query_by_label(&words).is_some(),
            "{page:?}: {words}"
        );
        harness.key_press_modifiers(CTRL, Key::ArrowRight);
        arrives(&mut harness);
        assert_same(&shown(&harness), &live[live.len() - 13]);
        harness.key_press_modifiers(CTRL, Key::Home);
        arrives(&mut harness);
        assert_eq!(shown(&harness).epoch, 0);
        harness.key_press_modifiers(CTRL, Key::End);
        harness.run_steps(2);
        assert!(run(&harness).past.is_none());
        assert_same(&shown(&harness), live.last().unwrap());
    }
}

#[test]
fn the_strip_has_a_button_for_all_of_it_and_its_own_arrows() {
    let mut harness = paused();
    (0..4).for_each(|_| drop(step(&mut harness)));
    let now = run(&harness).now();
    for (button, epoch) in [
        ("One epoch back", now - 1),
        ("One epoch back", now - 2),
        ("One epoch forward", now - 1),
        ("To the first epoch", 0),
        ("Return to now", now),
    ] {
        harness.get_by_label(button).click();
        harness.run_steps(2);
        arrives(&mut harness);
        assert_eq!(shown(&harness).epoch, epoch, "{button}");
    }
    harness.get_by_label("Epoch shown").focus();
    harness.run_steps(2);
    for (key, epoch) in [
        (Key::ArrowLeft, now - 1),
        (Key::ArrowLeft, now - 2),
        (Key::ArrowRight, now - 1),
        (Key::Home, 0),
        (Key::End, now),
    ] {
        harness.key_press(key);
        harness.run_steps(2);
        arrives(&mut harness);
        assert_eq!(shown(&harness).epoch, epoch, "{key:?}");
    }
    let track = harness.get_by_label("Epoch shown").rect();
    harness.drag_at(track.right_center());
    harness.run_steps(2);
    harness.drop_at(track.center());
    harness.run_steps(2);
    arrives(&mut harness);
    let middle = shown(&harness).epoch;
    assert!(
        middle.abs_diff(now / 2) <= 1 + now / 50,
        "{middle} of {now}"
    );
}

#[test]
fn the_run_trains_on_while_its_past_is_shown_and_space_plays_it() {
    let mut harness = ui_support::real(SIZE, Preset::Bars.experiment());
    wait(&mut harness, |app| app.view().run.now() > 20);
    harness.key_press_modifiers(CTRL, Key::Home);
    harness.run_steps(2);
    arrives(&mut harness);
    let then = shown(&harness);
    let now = run(&harness).now();
    wait(&mut harness, |app| app.view().run.now() > now + 5);
    assert_same(&shown(&harness), &then);
    harness.key_press(Key::Space);
    wait(&mut harness, |app| app.view().run.shown_epoch() >= 3);
    assert!(run(&harness).playing, "Space plays what is shown");
    harness.key_press(Key::Space);
    harness.run_steps(2);
    arrives(&mut harness);
    let rests = shown(&harness).epoch;
    harness.run_steps(4);
    assert_eq!(shown(&harness).epoch, rests);
}

#[test]
fn a_gesture_is_taken_back_to_the_bit_and_done_again() {
    let mut harness = paused();
    let before = step(&mut harness);
    let run_before = run(&harness).id;
    // one drag: two values of one press
    set(&mut harness, Setting::WeightDecay, 5e-3, 7);
    step(&mut harness);
    set(&mut harness, Setting::WeightDecay, 9e-3, 7);
    let after = step(&mut harness);
    assert_eq!(after.hyperparameters.weight_decay, 9e-3);
    harness.key_press_modifiers(CTRL, Key::Z);
    wait(&mut harness, |app| app.view().run.id != run_before);
    wait(&mut harness, |app| {
        app.view()
            .run
            .latest()
            .is_some_and(|now| now.epoch == before.epoch)
    });
    assert_same(&shown(&harness), &before);
    assert_eq!(
        run(&harness).hyperparameters().weight_decay,
        before.hyperparameters.weight_decay
    );
    // the branch goes on as the run would have
    let plain = step(&mut harness);
    assert_ne!(plain.parameters, after.parameters);
    assert!(plain.history.edits().is_empty());
    harness.get_by_label("Redo").click();
    wait(&mut harness, |app| app.view().run.id == run_before);
    harness.run_steps(2);
    assert_same(&shown(&harness), &after);
    assert!(harness.get_by_label("Redo").accesskit_node().is_disabled());
}

#[test]
fn a_setting_changed_in_the_past_goes_on_from_there() {
    let mut harness = paused();
    let live: Vec<Arc<Snapshot>> = (0..6).map(|_| step(&mut harness)).collect();
    let first = run(&harness).id;
    (0..3).for_each(|_| {
        harness.key_press_modifiers(CTRL, Key::ArrowLeft);
        harness.run_steps(1);
    });
    arrives(&mut harness);
    set(&mut harness, Setting::SparsityWeight, 0.5, 3);
    wait(&mut harness, |app| app.view().run.id != first);
    wait(&mut harness, |app| app.view().run.latest().is_some());
    let branch = step(&mut harness);
    assert_eq!(branch.epoch, live[3].epoch);
    assert_eq!(branch.hyperparameters.sparsity_weight, 0.5);
    // up to there it has the past of the run that it left
    harness.key_press_modifiers(CTRL, Key::ArrowLeft);
    harness.run_steps(1);
    harness.key_press_modifiers(CTRL, Key::ArrowLeft);
    harness.run_steps(1);
    arrives(&mut harness);
    assert_same(&shown(&harness), &live[1]);
    // and one undo shows that run again
    harness.key_press_modifiers(CTRL, Key::Z);
    wait(&mut harness, |app| app.view().run.id == first);
    harness.run_steps(2);
    assert_same(&shown(&harness), &live[5]);
}

#[test]
fn without_a_past_its_buttons_say_why() {
    let (harness, _script) =
        ui_support::scripted(sae_lab::lab::Preferences::default(), SIZE, false);
    for label in [
        "Undo",
        "Redo",
        "Return to now",
        "Go on from here",
        "One epoch forward",
    ] {
        let button = harness.get_by_role_and_label(Role::Button, label);
        assert!(button.accesskit_node().is_disabled(), "{label}");
    }
}
