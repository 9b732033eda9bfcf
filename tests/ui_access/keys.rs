//! Keys while something has the focus.

use egui::{Key, Role};
use egui_kittest::kittest::Queryable as _;
use sae_lab::lab::Page;
use sae_lab::training::Preset;

use super::{ui_support, window};

#[test]
fn space_plays_and_pauses_whatever_has_the_focus() {
    let (mut harness, script) = window();
    let sliders = ["ρ target activation", "speed limit"];
    let buttons = [
        "Pause",
        "Reset",
        "Presets",
        "Unit 7, alive",
        "Maths",
        "Contrast",
    ];
    let controls = (sliders.map(|name| (Role::Slider, name)).into_iter())
        .chain(buttons.map(|name| (Role::Button, name)));
    let mut playing = true;
    for (role, name) in controls {
        let name = match name {
            "Pause" if !playing => "Play",
            name => name,
        };
        harness.get_by_role_and_label(role, name).focus();
        harness.run();
        harness.key_press(Key::Space);
        harness.run();
        let expected = if playing { "Pause" } else { "Play" };
        assert_eq!(script.commands(), [expected], "{name}");
        playing = !playing;
        let view = harness.state().view();
        assert_eq!(view.run.playing, playing, "{name}");
        assert_eq!(
            (view.shared.page, view.run.selected),
            (Page::Lab, None),
            "{name}"
        );
        assert!(!view.shared.is_covered(), "{name}");
    }
    // and Enter presses it
    harness.get_by_label("Maths").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().view().shared.page, Page::Mathematics);
}

#[test]
fn a_digit_on_a_slider_or_in_its_field_is_no_preset() {
    let (mut harness, script) = window();
    let preset = harness.state().view().run.preset;
    for (role, name) in [
        (Role::Slider, "λ weight decay"),
        (Role::Slider, "speed limit"),
        (Role::SpinButton, "λ value"),
        (Role::SpinButton, "Hidden units"),
    ] {
        harness.get_by_role_and_label(role, name).focus();
        harness.run();
        for key in [Key::Num3, Key::Num7, Key::Period] {
            harness.key_press(key);
            harness.run();
        }
        assert!(script.commands().is_empty(), "{name}");
        assert_eq!(harness.state().view().run.preset, preset, "{name}");
        harness.key_press(Key::Escape);
        harness.run();
    }
    harness.key_press(Key::Num3); // elsewhere it is one
    ui_support::wait(&mut harness, |app| {
        app.view().run.preset == Some(Preset::Bars)
    });
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
}

#[test]
fn the_arrows_of_a_slider_are_its_own() {
    let (mut harness, script) = window();
    for (name, value) in [("ρ target activation", 0.02), ("λ weight decay", 4e-4)] {
        let knob = |script: &super::Script| {
            let set = script.last_hyperparameters().unwrap();
            if value == 0.02 {
                set.sparsity_target
            } else {
                set.weight_decay
            }
        };
        harness.get_by_role_and_label(Role::Slider, name).focus();
        harness.run();
        harness.key_press(Key::ArrowRight);
        harness.run();
        let up = knob(&script);
        assert!(up > value, "{name}: {up}");
        harness.key_press(Key::ArrowLeft);
        harness.run();
        harness.key_press(Key::ArrowLeft);
        harness.run();
        assert!(knob(&script) < up, "{name}");
        assert!(
            harness
                .get_by_role_and_label(Role::Slider, name)
                .is_focused()
        );
        assert!(script.commands().is_empty(), "{name}: no epoch was trained");
    }
}

#[test]
fn arrows_are_commands_on_a_button_and_go_from_tile_to_tile() {
    let (mut harness, script) = window();
    harness.get_by_label("Reset").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(script.commands(), ["Step"]);
    assert!(
        harness.get_by_label("Reset").is_focused(),
        "the focus stays"
    );
    harness.key_press(Key::F2);
    harness.run_steps(4);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(4);
    assert_eq!(harness.state().view().run.selected, Some(0));
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    harness.get_by_label("Unit 9, alive").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert!(harness.get_by_label("Unit 10, alive").is_focused());
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(harness.get_by_label_contains("Unit 17,").is_focused());
    assert!(script.commands().is_empty());
}
