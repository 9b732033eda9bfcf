//! Before a class: chosen panels in large type, the keys in sight, one panel in the light, the picture held, changes in words.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use egui::{Key, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::data::EmbeddedSet;
use sae_lab::lab::{Action, Page, Panel, UserCommand};
use ui_support::{training_on, wait};

type Window = Harness<'static, LabApp>;

fn window(size: [f32; 2]) -> Window {
    training_on(size, EmbeddedSet::Digits)
}

fn act(harness: &mut Window, action: impl Into<Action>) {
    ui_support::act(harness, action);
    harness.run_steps(3);
}

fn press(harness: &mut Window, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

#[test]
fn one_key_shows_the_class_chosen_panels_in_large_type_and_goes_back() {
    for size in [[1280.0, 720.0], [1024.0, 768.0]] {
        let mut harness = window(size);
        assert!(harness.query_by_label("Step").is_some(), "the tools");
        let sliders = |harness: &Window| harness.query_all_by_label("λ weight decay").count();
        assert!(sliders(&harness) > 0);
        press(&mut harness, Key::F11);
        let zoom = |harness: &Window| (harness.ctx.zoom_factor() * 100.0).round();
        assert_eq!(zoom(&harness), 150.0);
        assert!(harness.query_by_label("Step").is_none(), "no tools");
        assert!(harness.query_by_label_contains("F11 ends it").is_some());
        // the keys that are pressed are seen, with what they do
        press(&mut harness, Key::T);
        let said = harness.query_by_label_contains("Light or dark");
        assert!(said.is_some_and(|said| said.rect().is_positive()));
        // chosen panels only
        let shown = harness.state().view().shared.presented();
        assert_eq!(shown, [Panel::Features, Panel::Cost, Panel::Sparsity]);
        assert_eq!(sliders(&harness), 0);
        act(&mut harness, UserCommand::PresentPanel(Panel::Settings));
        assert!(sliders(&harness) > 0);
        act(&mut harness, UserCommand::PresentPanel(Panel::Cost));
        let shown = harness.state().view().shared.presented();
        assert_eq!(shown, [Panel::Settings, Panel::Features, Panel::Sparsity]);
        // each page has its own
        press(&mut harness, Key::F3);
        let shown = harness.state().view().shared.presented();
        assert_eq!(shown, [Panel::Settings, Panel::Equations]);
        press(&mut harness, Key::F1);
        press(&mut harness, Key::F11);
        assert_eq!(zoom(&harness), 100.0);
        assert_eq!(harness.state().view().shared.zoom, 100);
        assert!(harness.query_by_label("Step").is_some());
        // Escape leads out as well
        press(&mut harness, Key::F11);
        press(&mut harness, Key::Escape);
        assert!(harness.state().view().shared.presenting.is_none());
    }
}

/// How many texts are painted under the pointer's help.
fn tooltips(harness: &Window) -> usize {
    let help = UserCommand::FillWindow.tooltip();
    harness.query_all_by_label_contains(&help[..20]).count()
}

#[test]
fn there_are_no_tooltips_before_a_class() {
    let mut harness = window([1280.0, 720.0]);
    let title = |harness: &Window| -> Rect { harness.get_by_label("Sparsity").rect() };
    let hover = |harness: &mut Window| {
        let at = title(harness).center();
        harness.hover_at(at);
        harness.run_steps(40);
        tooltips(harness)
    };
    let before = hover(&mut harness);
    press(&mut harness, Key::F11);
    assert_eq!(hover(&mut harness), 0, "{before} in the lab");
}

#[test]
fn one_panel_stands_in_the_light() {
    let mut harness = window([1280.0, 720.0]);
    press(&mut harness, Key::B);
    let lit = harness.state().view().shared.spotlight;
    assert_eq!(
        lit,
        Some(Panel::Features),
        "the page's main one, or that under the pointer"
    );
    press(&mut harness, Key::F2);
    assert_eq!(
        harness.state().view().shared.spotlight,
        None,
        "another page"
    );
    assert_eq!(harness.state().view().shared.page, Page::Unit);
    press(&mut harness, Key::F1);
    press(&mut harness, Key::B);
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().view().shared.spotlight, None);
}

#[test]
fn a_held_picture_stays_while_the_run_trains_on() {
    let mut harness = window([1280.0, 720.0]);
    press(&mut harness, Key::H);
    let seen = |harness: &Window| {
        let run = harness.state().view().run;
        (run.now(), run.snapshot.as_ref().unwrap().epoch)
    };
    let held = seen(&harness);
    assert!(
        harness
            .query_by_label_contains("The picture is held")
            .is_some()
    );
    for _ in 0..30 {
        std::thread::sleep(std::time::Duration::from_millis(10));
        harness.step();
    }
    assert_eq!(seen(&harness), held, "nothing is given away");
    press(&mut harness, Key::H);
    wait(&mut harness, |app| app.view().run.now() > held.0 + 1);
    let history = &harness
        .state()
        .view()
        .run
        .snapshot
        .as_ref()
        .unwrap()
        .history;
    let epochs: Vec<u64> = history.records().map(|record| record.epoch).collect();
    assert!(
        epochs.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "no epoch is lost: {epochs:?}"
    );
}

#[test]
fn what_changed_is_said_to_those_who_cannot_see_it() {
    let mut harness = window([1280.0, 720.0]);
    wait(&mut harness, |app| app.view().run.now() >= 4);
    press(&mut harness, Key::J);
    let said = harness.get_by_label_contains("The cost J fell from");
    let node = said.accesskit_node();
    assert_eq!(
        node.live(),
        egui::accesskit::Live::Polite,
        "a screen reader says it"
    );
    let then = harness.state().view().run.now();
    wait(&mut harness, |app| app.view().run.now() > then + 1);
    press(&mut harness, Key::J);
    let notices = &harness.state().view().shared.notices;
    let said: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(said.len(), 1, "the latest takes the place: {said:?}");
    assert!(!said[0].starts_with("From epoch 0 "), "{said:?}");
}

#[test]
fn one_step_is_seen_part_by_part_each_with_its_numbers() {
    for size in [[1280.0, 720.0], [1024.0, 768.0]] {
        let mut harness = window(size);
        for (place, number) in [
            (1, "a2 = "),
            (2, "ρ̂ of the unit = "),
            (3, "J = "),
            (4, "δ3 = "),
            (5, "f′(z2) = "),
            (6, "b1 before = "),
        ] {
            press(&mut harness, Key::U);
            assert_eq!(harness.state().view().shared.page, Page::Mathematics);
            let title = format!("{place} of 6.");
            assert!(
                harness.query_all_by_label_contains(&title).count() > 0,
                "{title}"
            );
            let numbers = harness.query_all_by_label_contains(number).count();
            assert_eq!(numbers, 1, "{number}");
            assert!(
                !harness.state().view().run.playing,
                "it stands still for it"
            );
        }
        press(&mut harness, Key::U);
        assert!(harness.state().view().shared.slow.is_none());
        press(&mut harness, Key::U);
        press(&mut harness, Key::Escape);
        assert!(harness.state().view().shared.slow.is_none());
        assert_eq!(harness.state().view().shared.page, Page::Mathematics);
    }
}
