//! A run beside the one shown, and the drawer of all runs, on the real trainer: begun, swapped, kept, dropped by the
//! keyboard.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::{Action, Page, RunView, UserCommand};
use sae_lab::training::trainer::RunId;
use sae_lab::training::{Activity, Preset, Setting, Snapshot, Value};
use ui_support::wait;

type Window = Harness<'static, LabApp>;

const SIZE: [f32; 2] = [1280.0, 720.0];
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn window() -> Window {
    let mut harness = ui_support::real(SIZE, Preset::Bars.experiment());
    wait(&mut harness, |app| app.view().run.now() > 5);
    harness
}

fn act(harness: &mut Window, command: UserCommand) {
    ui_support::act(harness, command);
    harness.run_steps(2);
}

fn pause(harness: &mut Window) {
    // it opens at rest: that frame is none of the pause
    wait(harness, |app| app.view().run.now() > 0);
    harness.key_press(Key::Space);
    wait(harness, |app| {
        let view = app.view();
        rests(view.run) && view.pair().is_none_or(|pair| rests(pair.other))
    });
    harness.run_steps(2);
}

fn rests(run: &RunView) -> bool {
    run.latest()
        .is_some_and(|latest| latest.run == run.id && latest.activity == Activity::Paused)
}

fn until_both(harness: &mut Window, epoch: u64) {
    wait(harness, |app| {
        let view = app.view();
        view.run.now() == epoch && view.pair().unwrap().other.now() == epoch
    });
}

/// (A, B) as they stand.
fn both(harness: &Window) -> (Arc<Snapshot>, Arc<Snapshot>) {
    let view = harness.state().view();
    let pair = view.pair().unwrap();
    (
        Arc::clone(view.run.latest().unwrap()),
        Arc::clone(pair.other.latest().unwrap()),
    )
}

fn trains_beside(app: &LabApp) -> bool {
    let view = app.view();
    let epochs = |snapshot: &Arc<Snapshot>| snapshot.epoch;
    view.pair().is_some_and(|pair| {
        pair.other
            .latest()
            .is_some_and(|b| b.run == pair.other.id && epochs(b) > 10)
            && view
                .run
                .latest()
                .is_some_and(|a| a.run == view.run.id && epochs(a) > 10)
    })
}

#[test]
fn sparse_against_plain_is_one_command_from_the_same_weights_in_step() {
    let mut harness = window();
    act(&mut harness, UserCommand::SparseAgainstPlain);
    wait(&mut harness, trains_beside);
    wait(&mut harness, |app| {
        app.view().pair().unwrap().beside.matched.is_some()
    });
    pause(&mut harness);
    let (a, b) = both(&harness);
    assert_eq!(a.epoch, b.epoch, "they rest at the same epoch");
    assert_eq!(a.hyperparameters.sparsity_weight, 3.0);
    assert_eq!(b.hyperparameters.sparsity_weight, 0.0);
    assert_eq!(a.experiment.seed, b.experiment.seed);
    assert!(
        harness
            .query_by_label_contains("1 setting differs: β 3 | 0 · in step")
            .is_some()
    );
    // with β as in A, B would have been A
    let first = |snapshot: &Snapshot| snapshot.history.records().next().unwrap().epoch;
    assert_eq!((first(&a), first(&b)), (0, 0));
    // before the first epoch only the term of β tells them apart
    let plain = |snapshot: &Snapshot| snapshot.history.records().next().unwrap().fvu;
    assert_eq!(plain(&a), plain(&b), "the same initial weights");
}

#[test]
fn a_copy_is_the_run_itself_until_a_setting_differs() {
    let mut harness = window();
    pause(&mut harness);
    harness.key_press_modifiers(CTRL, Key::B);
    wait(&mut harness, |app| {
        app.view()
            .pair()
            .is_some_and(|pair| pair.other.latest().is_some())
    });
    assert!(
        harness
            .query_by_label_contains("no setting differs")
            .is_some()
    );
    let from = both(&harness).0.epoch;
    for _ in 0..3 {
        act(&mut harness, UserCommand::StepEpoch);
    }
    until_both(&mut harness, from + 3);
    let (a, b) = both(&harness);
    assert_eq!(a.parameters, b.parameters);
    // the sliders act on A alone
    let context = harness.ctx.clone();
    let set = Action::Set {
        setting: Setting::WeightDecay,
        value: Value::Number(5e-3),
        press: 9,
    };
    harness.state_mut().act(&context, set);
    act(&mut harness, UserCommand::StepEpoch);
    until_both(&mut harness, from + 4);
    let (a, b) = both(&harness);
    assert_ne!(a.parameters, b.parameters);
    assert_ne!(
        a.hyperparameters.weight_decay,
        b.hyperparameters.weight_decay
    );
    // swapped, they act on the other
    let before = harness.state().view().run.id;
    harness.key_press(Key::X);
    harness.run_steps(2);
    let view = harness.state().view();
    assert_eq!(view.pair().unwrap().other.id, before);
    assert_eq!(view.run.latest().unwrap().parameters, b.parameters);
    // A goes back in time, and B with it
    harness.key_press_modifiers(CTRL, Key::ArrowLeft);
    wait(&mut harness, |app| {
        app.view()
            .run
            .past
            .as_ref()
            .is_some_and(|past| past.is_exact())
    });
    harness.run_steps(2);
    let view = harness.state().view();
    let shown = view.run.snapshot.as_ref().unwrap();
    let beside = view.pair().unwrap().other.snapshot.as_ref().unwrap();
    assert_eq!((shown.epoch, beside.epoch), (from + 3, from + 3));
    assert_eq!(shown.parameters, beside.parameters);
}

#[test]
fn one_setting_different_is_typed_and_what_cannot_be_says_so() {
    let mut harness = window();
    harness.key_press_modifiers(CTRL_SHIFT, Key::B);
    harness.run_steps(3);
    assert!(harness.get_by_label("Value").is_focused());
    harness.get_by_label("Value").type_text("-1");
    harness.run_steps(2);
    assert!(harness.get_by_label("Start").accesskit_node().is_disabled());
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(harness.state().view().pair().is_none());
    harness.key_press_modifiers(CTRL, Key::A);
    harness.get_by_label("Value").type_text("0,5");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    wait(&mut harness, trains_beside);
    let view = harness.state().view();
    assert!(!view.shared.is_covered());
    assert_eq!(
        view.pair().unwrap().other.hyperparameters().sparsity_weight,
        0.5
    );
    assert!(
        harness
            .query_by_label_contains("1 setting differs: β 3 | 0.5")
            .is_some()
    );
    // B takes the place of A, which stays; then undo brings A back
    let a = view.run.id;
    act(&mut harness, UserCommand::KeepOther);
    assert_eq!(
        harness.state().view().run.hyperparameters().sparsity_weight,
        0.5
    );
    assert!(harness.state().view().pair().is_none());
    act(&mut harness, UserCommand::Undo);
    assert_eq!(harness.state().view().run.id, a);
}

#[test]
fn the_run_pauses_at_the_epoch_that_was_named() {
    let mut harness = window();
    pause(&mut harness);
    let target = harness.state().view().run.now() + 30;
    harness.key_press_modifiers(CTRL, Key::G);
    harness.run_steps(3);
    harness.get_by_label("Value").type_text("1");
    harness.run_steps(2);
    assert!(
        harness
            .query_by_label_contains("type a later one")
            .is_some()
    );
    harness.key_press_modifiers(CTRL, Key::A);
    harness.get_by_label("Value").type_text(&target.to_string());
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        let latest = app.view().run.latest().unwrap();
        latest.epoch == target && latest.activity == Activity::Paused
    });
    harness.run_steps(2);
    assert!(!harness.state().view().run.playing);
}

#[test]
fn a_pause_to_come_is_seen_and_can_be_taken_back() {
    let mut harness = window();
    let pause_at = |harness: &Window| harness.state().view().run.pause_at;
    let ask = |harness: &mut Window, text: &str| {
        harness.key_press_modifiers(CTRL, Key::G);
        harness.run_steps(3);
        harness.get_by_label("Value").type_text(text);
        harness.run_steps(2);
    };
    ask(&mut harness, "10");
    // its own key begins anew
    ask(&mut harness, "5,000,000");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(pause_at(&harness), Some(5_000_000));
    harness
        .get_by_label("Don't pause at epoch 5,000,000")
        .click();
    harness.run_steps(3);
    assert_eq!(pause_at(&harness), None);
    // or by keys
    ask(&mut harness, "6000000");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    ask(&mut harness, "");
    assert!(
        harness
            .query_by_label_contains("It is to pause at epoch 6,000,000")
            .is_some()
    );
    harness.get_by_label("Don't pause").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(pause_at(&harness), None);
    assert!(harness.state().view().run.playing);
}

#[test]
fn a_copy_made_before_the_named_epoch_pauses_there_too() {
    let mut harness = window();
    let target = harness.state().view().run.now() + 60;
    let context = harness.ctx.clone();
    harness
        .state_mut()
        .act(&context, Action::PauseAt(Some(target)));
    act(&mut harness, UserCommand::CopyBeside);
    wait(&mut harness, |app| {
        let view = app.view();
        let both = view.pair().map(|pair| [view.run, pair.other]);
        both.is_some_and(|both| both.iter().all(|run| run.now() >= target && rests(run)))
    });
    let (a, b) = both(&harness);
    assert_eq!(a.epoch, b.epoch);
    let epoch = a.epoch;
    for _ in 0..5 {
        std::thread::sleep(std::time::Duration::from_millis(20));
        harness.step();
    }
    assert_eq!(both(&harness).0.epoch, epoch, "they stay there");
    assert!(!harness.state().view().run.playing);
}

#[test]
fn the_drawer_shows_every_run_and_does_what_its_buttons_say() {
    let mut harness = window();
    act(&mut harness, UserCommand::NewSeed);
    wait(&mut harness, |app| {
        app.view()
            .run
            .latest()
            .is_some_and(|latest| latest.epoch > 3)
    });
    act(&mut harness, UserCommand::NewSeed);
    wait(&mut harness, |app| {
        app.view()
            .run
            .latest()
            .is_some_and(|latest| latest.epoch > 3)
    });
    ui_support::show(&mut harness, Page::Runs);
    harness.run_steps(3);
    let runs = |harness: &Window| harness.state().view().session.runs().count();
    assert_eq!(runs(&harness), 3);
    let title = harness.state().view().run.title();
    let names = harness.query_all_by_label_contains("Rename ").count();
    assert_eq!(names, 3);
    let first = harness.state().view().session.get(RunId(1)).unwrap();
    let name = format!("Rename {}", first.title());
    // renamed by typing
    harness.get_by_label(&name).focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.key_press_modifiers(CTRL, Key::A);
    harness.event(egui::Event::Text("the first".into()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let first = harness.state().view().session.get(RunId(1)).unwrap();
    assert_eq!(first.title(), "the first");
    harness.get_by_label("Pin the first").click();
    harness.run_steps(2);
    harness.get_by_label("Overlay the first").click();
    harness.run_steps(2);
    let first = harness.state().view().session.get(RunId(1)).unwrap();
    assert!(first.pinned && first.overlaid);
    harness.get_by_label("Show the first").click();
    harness.run_steps(3);
    assert_eq!(harness.state().view().run.id, RunId(1));
    let delete = format!("Delete {title}");
    harness.query_all_by_label(&delete).next().unwrap().click();
    harness.run_steps(3);
    assert_eq!(runs(&harness), 2);
    let beside = format!("Beside {title}");
    harness.get_by_label(&beside).click();
    harness.run_steps(3);
    assert!(harness.state().view().pair().is_some());
    // told apart by their numbers, and by where they come from
    for run in harness.state().view().session.runs() {
        let number = format!("run {} · ", run.id.0);
        assert!(
            harness.query_by_label_contains(&number).is_some(),
            "{number}"
        );
    }
    pause(&mut harness); // what is compared stays as it is
    harness.get_by_label("Sort").click();
    harness.run_steps(2);
    harness.get_by_label("by FVU").click();
    harness.run_steps(2);
    let fvu = |label: &str| harness.get_by_label(label).rect().top();
    let view = harness.state().view();
    let values = view
        .session
        .runs()
        .map(|run| (run.latest().unwrap().fvu, run.title()));
    let mut values: Vec<(f64, String)> = values.collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let tops: Vec<f32> = values
        .iter()
        .map(|(_, title)| fvu(&format!("Rename {title}")))
        .collect();
    assert!(tops.is_sorted(), "{values:?}: {tops:?}");
    let memory = harness.query_by_label_contains("The past takes").is_some();
    assert!(memory);
}
