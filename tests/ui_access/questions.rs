//! A question before a run is thrown away: asked where something is lost, and then in the way of everything else.

use std::sync::Arc;

use egui::{Key, Role, pos2};
use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::{Page, UserCommand};
use sae_lab::training::Preset;

use super::{Window, trained_for, ui_support, window_at};

/// The window with the question before a reset.
fn asked() -> (Window, Arc<ui_support::Script>) {
    let (mut harness, script) = window_at(&trained_for(90));
    harness.key_press(Key::R);
    harness.run();
    assert!(is_open(&harness));
    (harness, script)
}

fn is_open(harness: &Window) -> bool {
    harness.state().view().shared.question.is_some()
}

#[test]
fn a_talk_through_the_presets_is_never_asked() {
    let (mut harness, script) = window_at(&trained_for(12));
    for (key, preset) in [
        (Key::Num1, Preset::ALL[0]),
        (Key::Num2, Preset::ALL[1]),
        (Key::Num3, Preset::ALL[2]),
        (Key::Num6, Preset::ALL[5]),
        (Key::Num9, Preset::ALL[8]),
    ] {
        harness.key_press(key);
        ui_support::wait(&mut harness, |app| app.view().run.preset == Some(preset));
        assert!(!is_open(&harness), "{preset:?}");
        // five minutes are talked about it, with a hand on the sliders
        let mut shown = trained_for(300);
        let experiment = harness.state().view().run.experiment.clone();
        if experiment.hidden == shown.units.len() {
            shown.experiment = experiment;
            script.show(&shown);
            harness.run();
            let own = harness.state().view().run.own_snapshot().unwrap();
            assert!(!own.history.edits().is_empty());
        }
        assert!(!harness.state().view().run.has_run_to_lose(), "{preset:?}");
    }
}

#[test]
fn only_what_takes_long_to_make_again_is_asked_after() {
    let loses = |snapshot: &sae_lab::training::Snapshot| {
        let (harness, _script) = window_at(snapshot);
        harness.state().view().run.has_run_to_lose()
    };
    // its settings are no preset's: λ is 4e-4
    assert!(!loses(&trained_for(59)));
    assert!(loses(&trained_for(61)));
    let mut untouched = trained_for(599);
    untouched.history = Arc::default();
    assert!(!loses(&untouched), "its seed and settings give it again");
    untouched.trained_for = std::time::Duration::from_secs(601);
    assert!(loses(&untouched));
}

#[test]
fn nothing_underneath_hears_a_key_or_a_click() {
    let (mut harness, script) = asked();
    let run = harness.state().view().run.id;
    for key in [
        Key::Num1,
        Key::Num3,
        Key::N,
        Key::R,
        Key::S,
        Key::Period,
        Key::F2,
        Key::C,
    ] {
        harness.key_press(key);
        harness.run();
        assert!(is_open(&harness), "{key:?}");
    }
    for label in ["Pause", "New seed", "Unit 7, alive", "Presets"] {
        harness.get_by_label(label).click();
        harness.run();
        assert!(is_open(&harness), "a click on {label} is no answer");
    }
    let slider = harness
        .get_by_role_and_label(Role::Slider, "λ weight decay")
        .rect();
    harness.drag_at(slider.left_center());
    harness.run();
    harness.drop_at(slider.right_center());
    harness.run();
    harness.drag_at(pos2(4.0, 300.0));
    harness.run();
    harness.drop_at(pos2(4.0, 300.0));
    harness.run();
    assert!(is_open(&harness));
    let view = harness.state().view();
    assert!(script.commands().is_empty() && script.changes().is_empty());
    assert_eq!(
        (view.run.id, view.run.selected, view.shared.page),
        (run, None, Page::Lab)
    );
    assert!(view.run.playing);
}

#[test]
fn space_is_no_pause_beneath_the_question() {
    let (mut harness, script) = asked();
    harness.key_press(Key::Space);
    harness.run();
    // it may press the button that has the focus, which keeps the run; it never reaches what is beneath
    assert!(script.commands().is_empty() && harness.state().view().run.playing);
}

#[test]
fn enter_and_escape_answer_and_the_safe_button_has_the_focus() {
    for key in [Key::Enter, Key::Escape] {
        let (mut harness, script) = asked();
        assert!(harness.get_by_label("Keep this run").is_focused());
        harness.key_press(key);
        harness.run();
        assert!(
            !is_open(&harness) && script.commands().is_empty(),
            "{key:?}"
        );
    }
    let (mut harness, script) = asked();
    for label in ["Restart", "Keep this run", "Restart"] {
        harness.key_press(Key::Tab);
        harness.run();
        assert!(harness.get_by_label(label).is_focused(), "{label}");
    }
    harness.key_press(Key::Enter);
    harness.run();
    assert!(!is_open(&harness));
    assert_eq!(script.commands(), ["Open", "Play"]);
}

#[test]
fn the_focus_goes_back_where_it_was() {
    let (mut harness, _script) = window_at(&trained_for(90));
    harness.get_by_label("New seed").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(is_open(&harness) && harness.get_by_label("Keep this run").is_focused());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!is_open(&harness) && harness.get_by_label("New seed").is_focused());
    // so it does after the palette
    let ctx = harness.ctx.clone();
    harness.state_mut().act(&ctx, UserCommand::Palette.into());
    harness.run();
    assert!(!harness.get_by_label("New seed").is_focused());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.get_by_label("New seed").is_focused());
}
