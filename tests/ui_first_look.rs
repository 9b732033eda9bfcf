//! What one sees first: what to look at, samples and reconstructions that can be seen, and the way back of a slider.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod ui_support;

use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::lab::{Action, Page, Preferences, UserCommand};
use sae_lab::training::{Preset, Setting};
use ui_support::{act, scripted, wait};

fn real(preset: Preset) -> Harness<'static, LabApp> {
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .with_step_dt(1.0 / 30.0)
        .build_eframe(move |context| {
            LabApp::new(
                &context.egui_ctx,
                preset.experiment(),
                Preferences::default(),
                Arc::new(ui_support::Real),
            )
        });
    wait(&mut harness, |app| app.view().run.own_snapshot().is_some());
    harness.run_steps(2);
    harness
}

#[test]
fn every_page_says_what_to_look_at() {
    for size in [[1280.0, 720.0], [1024.0, 768.0], [640.0, 480.0]] {
        let (mut harness, _script) = scripted(Preferences::default(), size, false);
        for page in Page::ALL {
            act(&mut harness, UserCommand::Show(page));
            harness.run_steps(3);
            let line = harness.get_by_label(page.watch()).rect();
            let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
            assert!(window.contains_rect(line), "{page:?} at {size:?}: {line:?}");
        }
    }
}

#[test]
fn the_presets_sentence_stands_on_the_page_until_a_slider_moves() {
    let mut harness = real(Preset::Bars);
    assert!(harness.query_by_label(Preset::Bars.watch()).is_some());
    harness
        .get_by_role_and_label(Role::Slider, "λ weight decay")
        .set_value_accesskit(1e-2);
    harness.run_steps(2);
    assert!(harness.query_by_label(Preset::Bars.watch()).is_none());
    assert!(harness.query_by_label(Page::Lab.watch()).is_some());
    // back at the preset's value it is still another run
    wait(&mut harness, |app| {
        app.view().run.pending(Setting::WeightDecay).is_none()
    });
    harness
        .get_by_role_and_label(Role::Slider, "λ weight decay")
        .set_value_accesskit(1e-4);
    harness.run_steps(2);
    assert!(harness.query_by_label(Preset::Bars.watch()).is_none());
}

#[test]
fn a_double_click_goes_to_the_presets_value() {
    let mut harness = real(Preset::Overshoot);
    let name = "β sparsity weight";
    harness
        .get_by_role_and_label(Role::Slider, name)
        .set_value_accesskit(7.0);
    harness.run_steps(2);
    let rect = harness.get_by_role_and_label(Role::Slider, name).rect();
    for _ in 0..2 {
        harness.drag_at(rect.left_center());
        harness.step();
        harness.drop_at(rect.left_center());
        harness.step();
    }
    let set = harness.state().view().run.hyperparameters().sparsity_weight;
    assert_eq!(set, 100.0, "the preset's value, not the post's");
}

#[test]
fn the_panel_of_reconstructions_states_its_stretch_and_that_of_the_bars() {
    let (mut harness, _script) = scripted(Preferences::default(), [1920.0, 1080.0], false);
    let snapshot = Arc::clone(harness.state().view().run.snapshot.as_ref().unwrap());
    let inputs = snapshot.data.pictures(snapshot.inputs.view());
    let (low, high) = sae_lab::training::snapshot::stretch(inputs.view());
    let ends = format!("x and x̂: {low:.2} black, {high:.2} white");
    assert!(harness.query_by_label(&ends).is_some(), "{ends}");
    act(&mut harness, Action::Select(Some(4)));
    harness.run_steps(2);
    let most = snapshot.units[4].maximum;
    let both = format!("{ends} · bars: unit 5, full at {most:.2}");
    assert!(harness.query_by_label(&both).is_some(), "{both}");
}

#[test]
fn look_through_says_its_scale_and_the_bar_follows_it() {
    let mut harness = real(Preset::Bars);
    act(&mut harness, UserCommand::Show(Page::LookThrough));
    harness.run_steps(3);
    assert!(
        harness
            .query_by_label_contains("bars: 0 to 1, root scale")
            .is_some()
    );
    // a quarter of the way up the bar is a sixteenth
    let name = "Activation of unit 3";
    let rect = harness.get_by_role_and_label(Role::Slider, name).rect();
    let at = egui::pos2(rect.right() - 6.0, rect.bottom() - rect.height() / 4.0);
    harness.hover_at(at);
    harness.step();
    harness.drag_at(at);
    harness.step();
    harness.drop_at(at);
    harness.run_steps(2);
    let set = harness.state().view().run.look.hand[&2];
    assert!((set - 1.0 / 16.0).abs() < 0.01, "{set}");
    let shown = harness.get_by_role_and_label(Role::Slider, name);
    assert_eq!(shown.accesskit_node().numeric_value(), Some(set));
}
