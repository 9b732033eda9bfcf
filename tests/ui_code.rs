//! The panel of the code: there where the data have classes, and up to date while the run trains.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::data::EmbeddedSet;
use sae_lab::lab::worth::Probed;
use sae_lab::lab::{Action, Panel};
use ui_support::{training_on, wait};

type Window = Harness<'static, LabApp>;

fn on(set: EmbeddedSet) -> Window {
    training_on([1280.0, 720.0], set)
}

fn act(harness: &mut Window, action: Action) {
    ui_support::act(harness, action);
    harness.run_steps(2);
}

fn probed(app: &LabApp) -> Option<&Probed> {
    app.view().run.worth.probed.as_deref()
}

fn said(harness: &Window) -> String {
    let probed = probed(harness.state()).unwrap();
    let score = &probed.probe.code;
    let [low, high] = score.interval.map(|end| 100.0 * end);
    format!(
        "the code {:.1} % ({low:.1} to {high:.1})",
        100.0 * score.accuracy
    )
}

#[test]
fn the_code_of_digits_is_probed_while_it_is_looked_at() {
    let mut harness = on(EmbeddedSet::Digits);
    harness.run_steps(5);
    assert!(probed(harness.state()).is_none(), "behind the units' tab");
    act(&mut harness, Action::Bring(Panel::Code));
    wait(&mut harness, |app| probed(app).is_some());
    harness.run_steps(2);
    let first = probed(harness.state()).unwrap().clone();
    assert_eq!((first.total, first.probe.samples), (1797, 1797));
    let raw = first.probe.baselines.raw.as_ref().unwrap();
    assert!(raw.score.accuracy > 0.85);
    let words = said(&harness);
    assert!(harness.query_by_label_contains(&words).is_some(), "{words}");
    // a later epoch, against the same inputs; the digits' code gets better
    wait(&mut harness, |app| {
        probed(app).is_some_and(|now| now.version.epoch > first.version.epoch)
    });
    let later = probed(harness.state()).unwrap();
    assert_eq!(later.probe.baselines.raw.as_ref().unwrap().score, raw.score);
    assert!(harness.state().view().run.worth.trail.len() >= 2);
    // a paused run is shown as it stands
    harness.key_press(Key::Space);
    harness.step();
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        probed(app).is_some_and(|probed| probed.version == snapshot.version())
    });
    // another run has none of this one's
    harness.key_press(Key::R);
    harness.step();
    wait(&mut harness, |app| {
        let run = app.view().run;
        run.own_snapshot().is_some()
            && probed(app).is_some_and(|probed| probed.version.run == run.id)
    });
}

#[test]
fn without_classes_there_is_no_such_tab_and_the_panel_says_why() {
    let mut harness = on(EmbeddedSet::Bars);
    assert!(harness.query_by_label("Code").is_none());
    act(
        &mut harness,
        sae_lab::lab::UserCommand::Fill(Panel::Code).into(),
    );
    let sentence =
        "These data have no classes. Choose the digits or Fashion-MNIST, or open data with labels.";
    assert!(harness.query_by_label(sentence).is_some());
    assert!(probed(harness.state()).is_none());
}
