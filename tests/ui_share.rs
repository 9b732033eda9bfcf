//! A run that is copied as a line in one window is the same run in another, to the bit.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::sync::Arc;

use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::data::{self, DataSpec, EmbeddedSet, progress};
use sae_lab::lab::state::OpenDialog;
use sae_lab::lab::{Action, UserCommand};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::timeline::Past;
use sae_lab::training::{Experiment, Run, Setting, Share, Value};
use ui_support::{training_on, wait};

type Window = Harness<'static, LabApp>;

const CTRL: Modifiers = Modifiers {
    ctrl: true,
    command: true,
    ..Modifiers::NONE
};

fn window(set: EmbeddedSet) -> Window {
    training_on([1280.0, 720.0], set)
}

fn act(harness: &mut Window, action: impl Into<Action>) {
    ui_support::act(harness, action);
    harness.step();
}

/// What goes into the clipboard when `command` is given.
fn copied(harness: &mut Window, command: UserCommand) -> String {
    act(harness, command);
    for _ in 0..500 {
        let commands = &harness.output().platform_output.commands;
        for command in commands {
            if let OutputCommand::CopyText(text) = command {
                return text.clone();
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
        harness.step();
    }
    panic!("nothing was copied");
}

fn weights(app: &LabApp) -> (u64, Vec<u32>) {
    let latest = app.view().run.latest().unwrap();
    let bits = latest.parameters.flat().iter().map(|value| value.to_bits());
    (latest.epoch, bits.collect())
}

fn says(app: &LabApp, words: &str) -> bool {
    let mut notices = app.view().shared.notices.iter();
    notices.any(|notice| notice.text.contains(words))
}

/// A run on the digits that was steered and paused, and its line.
fn steered() -> (Window, String) {
    let mut harness = window(EmbeddedSet::Digits);
    for (press, beta) in [(1, 1.0), (2, 2.5)] {
        act(
            &mut harness,
            Action::Set {
                setting: Setting::SparsityWeight,
                value: Value::Number(beta),
                press,
            },
        );
        wait(&mut harness, |app| {
            let pending = app.view().run.pending(Setting::SparsityWeight);
            pending.is_none() && app.view().run.own_snapshot().is_some()
        });
    }
    act(&mut harness, UserCommand::PlayPause);
    harness.run_steps(5);
    let line = copied(&mut harness, UserCommand::CopyShareLine);
    (harness, line)
}

#[test]
fn a_line_goes_through_the_clipboard_into_another_window() {
    let (first, line) = steered();
    assert_eq!(Share::from_line(&line).unwrap().plan.len(), 2, "{line}");
    assert!(says(first.state(), "in the clipboard"));
    let mut second = window(EmbeddedSet::Bars);
    let before = second.state().view().run.id;
    // what is no line is for nobody
    second.event(Event::Paste("hello".to_owned()));
    second.run_steps(2);
    assert_eq!(second.state().view().run.id, before);
    second.event(Event::Paste(line.clone()));
    second.run_steps(2);
    wait(&mut second, |app| says(app, "the same to the bit"));
    // what is drawn may come a moment after what is said
    let epoch = weights(first.state()).0;
    wait(&mut second, |app| weights(app).0 == epoch);
    let (first, second_run) = (weights(first.state()), weights(second.state()));
    assert_eq!(second_run, first);
    assert!(!second.state().view().run.playing);
    // by its own window: the key asks, the field takes what is pasted
    let mut third = window(EmbeddedSet::Bars);
    third.key_press_modifiers(CTRL, Key::V);
    third.run_steps(3);
    let field = third.get_by_label("Value");
    assert!(field.is_focused());
    third.event(Event::Paste(line[..40].to_owned()));
    third.run_steps(2);
    assert!(third.query_by_label_contains("cut off").is_some());
    third.key_press_modifiers(CTRL, Key::A);
    third.event(Event::Paste(line));
    third.run_steps(2);
    third.key_press(Key::Enter);
    third.run_steps(2);
    assert_eq!(third.state().view().shared.question, None);
    wait(&mut third, |app| says(app, "the same to the bit"));
    assert_eq!(weights(third.state()), first);
}

#[test]
fn the_command_is_copied_too() {
    let (mut harness, _) = steered();
    let command = copied(&mut harness, UserCommand::CopyAsCommand);
    assert!(
        command.starts_with("sae-lab train --data digits "),
        "{command}"
    );
    assert_eq!(command.matches(" --at ").count(), 2, "{command}");
}

#[test]
fn data_that_are_not_here_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("measured.csv");
    let table: String = (0..40)
        .map(|i| format!("{},{},{}\n", i % 7, (i * i) % 11, (i * 3) % 5))
        .collect();
    std::fs::write(&path, &table).unwrap();
    let watch = &progress::unwatched;
    let found = data::find(&DataSpec::file(&path), watch).unwrap();
    let set = Arc::new(data::prepare(&found, &DataSpec::file(&path), watch).unwrap());
    let experiment = Experiment {
        data: set.spec.clone(),
        hidden: 3,
        ..Experiment::default()
    };
    let pool = Arc::new(WorkerPool::new(1));
    let mut run = Run::<f32>::new(experiment, set, None, pool).unwrap();
    let mut past = Past::of_present(run.keyframe(usize::MAX));
    for _ in 0..5 {
        past.lead(&mut run, &|| true);
    }
    let share = Share::of(&run.checkpoint(), &past, None).unwrap();
    let line = share.to_line();
    assert!(!line.contains(folder.path().to_str().unwrap()), "{line}");
    let mut harness = window(EmbeddedSet::Bars);
    harness.event(Event::Paste(line));
    harness.run_steps(2);
    wait(&mut harness, |app| says(app, "measured.csv"));
    harness.run_steps(3);
    let button = harness.get_by_label(UserCommand::LocateData.text());
    button.click();
    harness.run_steps(3);
    // others first: they are refused, and it is asked again
    let other = folder.path().join("other.csv");
    std::fs::write(&other, table.replace("3,9", "3,8")).unwrap();
    act(&mut harness, Action::Typed(vec![other]));
    wait(&mut harness, |app| says(app, "other values"));
    act(&mut harness, UserCommand::LocateData);
    let dialog = harness.state().view().shared.open_dialog.clone();
    assert!(matches!(dialog, Some(OpenDialog { .. })));
    act(&mut harness, Action::Typed(vec![path]));
    wait(&mut harness, |app| says(app, "the same to the bit"));
    assert_eq!(harness.state().view().run.now(), 5);
}
