//! The list of all commands: found by typing, given by Enter, closed without a trace.
#![cfg(feature = "window")]

mod ui_support;

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::{Page, Preferences, UserCommand};
use sae_lab::training::{Experiment, Preset, Snapshot};
use ui_support::{Script, scripted, scripted_at, wait};

type Window = Harness<'static, LabApp>;

const FIELD: &str = "Find a command";
/// In points: two projectors, a common window, and the middle one at 150 %.
const SIZES: [[f32; 2]; 3] = [[1024.0, 768.0], [1280.0, 720.0], [853.0, 480.0]];

fn opened(size: [f32; 2]) -> (Window, Arc<Script>) {
    opened_at(&ui_support::snapshot(), size)
}

fn opened_at(snapshot: &Snapshot, size: [f32; 2]) -> (Window, Arc<Script>) {
    let (mut harness, script) = scripted_at(snapshot, Preferences::default(), size, false);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run();
    assert!(harness.state().view().shared.palette);
    (harness, script)
}

fn type_in(harness: &mut Window, text: &str) {
    harness.get_by_label(FIELD).type_text(text);
    harness.run();
}

fn name(command: UserCommand) -> String {
    format!("{}: {}", command.group(), command.text())
}

#[test]
fn a_preset_is_a_few_letters_and_enter() {
    let (mut harness, _script) = opened_at(&ui_support::long_snapshot(), SIZES[1]);
    type_in(&mut harness, "cliff");
    harness.key_press(Key::Enter);
    harness.run();
    assert!(!harness.state().view().shared.palette);
    wait(&mut harness, |app| {
        app.view().run.preset == Some(Preset::DecayCliff)
    });
    assert!(!harness.state().view().shared.is_covered());
}

#[test]
fn every_command_is_in_the_list_and_what_cannot_be_given_says_so() {
    for size in SIZES {
        let (harness, _script) = opened(size);
        let view = harness.state().view();
        let list = UserCommand::all().filter(|command| *command != UserCommand::Palette);
        let mut possible = 0;
        for command in list {
            let name = name(command);
            let row = harness.get_by_label(&name);
            assert_eq!(
                row.accesskit_node().is_disabled(),
                view.can(command).is_err(),
                "{command:?}"
            );
            possible += usize::from(view.can(command).is_ok());
        }
        assert!(possible > 30 && view.can(UserCommand::CancelLoading).is_err());
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
        assert!(window.contains_rect(harness.get_by_label(FIELD).rect()));
    }
}

/// What the window shows of the run.
fn seen(harness: &Harness<'static, LabApp>) -> (Experiment, Page, Option<usize>, bool) {
    let view = harness.state().view();
    let run = view.run;
    (
        run.experiment.clone(),
        view.shared.page,
        run.selected,
        run.playing,
    )
}

#[test]
fn escape_closes_it_and_changes_nothing() {
    let (mut harness, script) = opened(SIZES[1]);
    let before = seen(&harness);
    type_in(&mut harness, "reset");
    harness.key_press(Key::Escape);
    harness.run();
    let view = harness.state().view();
    assert!(!view.shared.palette && !view.shared.is_covered() && script.commands().is_empty());
    assert_eq!(seen(&harness), before);
    // and the keys are the window's again
    harness.key_press(Key::Space);
    harness.run();
    assert_eq!(script.commands(), ["Pause"]);
}

#[test]
fn letters_are_the_query_and_no_command() {
    let (mut harness, script) = opened(SIZES[1]);
    let dark = Preferences::default().dark;
    for key in [Key::T, Key::R, Key::Space, Key::N, Key::C, Key::Num3] {
        harness.key_press(key);
        harness.run();
    }
    type_in(&mut harness, "t r n c ,.");
    assert!(script.commands().is_empty());
    assert_eq!(harness.ctx.global_style().visuals.dark_mode, dark);
    assert!(
        harness
            .query_by_label("No command has these letters in this order.")
            .is_some()
    );
    harness.key_press(Key::Enter); // with nothing to give
    harness.run();
    assert!(harness.state().view().shared.palette);
}

#[test]
fn the_arrows_move_the_choice_and_a_click_is_as_good() {
    let (mut harness, _script) = opened(SIZES[0]);
    type_in(&mut harness, "page");
    let chosen = |harness: &Window, page: Page| {
        let name = name(UserCommand::Show(page));
        let row = harness.get_by_label(&name);
        row.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(chosen(&harness, Page::Lab));
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(chosen(&harness, Page::Mathematics) && !chosen(&harness, Page::Lab));
    harness.key_press(Key::ArrowUp);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().view().shared.page, Page::Unit);
    harness.get_by_label(UserCommand::Palette.text()).click();
    harness.run();
    type_in(&mut harness, "maths");
    harness.get_by_label("Page: Maths").click();
    harness.run();
    assert_eq!(harness.state().view().shared.page, Page::Mathematics);
    assert!(!harness.state().view().shared.palette);
}

#[test]
fn what_cannot_be_given_is_not_given() {
    let (mut harness, script) = opened(SIZES[1]);
    type_in(&mut harness, "cancel loading");
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.state().view().shared.palette && script.commands().is_empty());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run();
    assert!(
        !harness.state().view().shared.palette,
        "its own key closes it"
    );
}

#[test]
fn the_bar_ends_within_the_window_whatever_the_preset() {
    for size in SIZES {
        let (mut harness, _script) = scripted(Preferences::default(), size, false);
        for preset in Preset::ALL {
            let ctx = harness.ctx.clone();
            let app = harness.state_mut();
            app.act(&ctx, UserCommand::Preset(preset).into());
            wait(&mut harness, |app| app.view().run.preset == Some(preset));
            harness.run();
            let end = harness.get_by_label("Zoom").rect();
            assert!(end.right() <= size[0], "{preset:?} at {size:?}: {end:?}");
            let button = harness.query_by_label(UserCommand::Palette.text());
            if let Some(button) = button {
                let tab = harness
                    .query_by_label(Page::Compare.title())
                    .unwrap_or_else(|| harness.get_by_label("View"))
                    .rect();
                assert!(
                    tab.right() <= button.rect().left(),
                    "{preset:?} at {size:?}"
                );
            }
        }
    }
}
