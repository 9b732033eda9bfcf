//! What would have saved a unit, on the real trainer: asked by key, answered with both fates, and put away; nothing of it
//! is cut.

use std::sync::Arc;

use egui::{Key, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use sae_lab::app::LabApp;
use sae_lab::lab::studies::Study;
use sae_lab::lab::{Action, Page, Panel, Preferences, UserCommand};
use sae_lab::training::{Activity, Preset, Setting, Value};

use crate::faults_within;
use crate::scene::{Window, act};
use crate::ui_support::{Real, wait};

/// The window on the bars, of which a unit died of λ; paused.
fn after_a_death(size: [f32; 2], dark: bool) -> (Window, usize) {
    let preferences = Preferences {
        dark,
        ..Preferences::default()
    };
    let mut builder = Harness::builder().with_size(size).with_max_steps(60);
    builder = builder.with_theme(if dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    });
    if std::env::var_os("SAE_LAB_PICTURES").is_some() {
        builder = builder.wgpu();
    }
    let mut harness = builder.build_eframe(move |context| {
        let experiment = Preset::Bars.experiment();
        LabApp::new(&context.egui_ctx, experiment, preferences, Arc::new(Real))
    });
    wait(&mut harness, |app| app.view().run.now() > 80);
    act(&mut harness, Action::Select(Some(0)));
    let never = harness.state().view().can(UserCommand::WhatSaves);
    assert_eq!(never, Err("It never died: nothing has to save it."));
    set(&mut harness, Setting::SparsityWeight, 3.03, 1);
    set(&mut harness, Setting::WeightDecay, 0.1, 2);
    let all_died = |app: &LabApp| {
        let run = app.view().run;
        let units = run.snapshot.as_ref().map_or(0, |s| s.units.len());
        run.dead_units().len() * 2 > units
    };
    wait(&mut harness, all_died);
    act(&mut harness, UserCommand::PlayPause.into());
    wait(&mut harness, |app| {
        let latest = app.view().run.latest();
        latest.is_some_and(|latest| latest.activity == Activity::Paused)
    });
    let unit = harness.state().view().run.dead_units()[0];
    act(&mut harness, Action::Select(Some(unit)));
    act(&mut harness, UserCommand::Show(Page::Unit).into());
    harness.run_steps(4);
    (Window::of(harness, 100), unit)
}

fn set(harness: &mut Harness<'static, LabApp>, setting: Setting, value: f64, press: u64) {
    let value = Value::Number(value);
    let action = Action::Set {
        setting,
        value,
        press,
    };
    act(harness, action);
    harness.run_steps(2);
}

/// The panel of the unit: from its title to that of the panel below it.
fn panel(window: &Window) -> Rect {
    let strip = |panel: Panel| {
        let name = format!("{} fills the window", panel.title());
        window.harness.query_by_label(&name).map(|node| node.rect())
    };
    let top = strip(Panel::Summary).unwrap();
    let below = [Panel::Inputs, Panel::Forces].into_iter().filter_map(strip);
    let below = below
        .filter(|strip| strip.top() > top.bottom() && strip.x_range().contains(top.center().x));
    let bottom = below.map(|strip| strip.top()).reduce(f32::min);
    top.with_max_y(bottom.expect("a panel stands below"))
}

fn answered(app: &LabApp) -> bool {
    let saving = app.view().run.saving.as_ref();
    saving.is_some_and(|saving| matches!(saving.study, Study::Done(_)))
}

#[test]
fn a_key_names_the_change_and_the_answer_has_room() {
    for (size, dark) in [([1280.0, 720.0], true), ([1024.0, 768.0], false)] {
        let (mut window, unit) = after_a_death(size, dark);
        let button = window
            .harness
            .get_by_label_contains("What would have saved it?");
        assert!(button.rect().height() >= 24.0);
        window.harness.key_press(Key::W);
        window.harness.run_steps(2);
        wait(&mut window.harness, answered);
        window.harness.run_steps(4);
        let theme = if dark { "dark" } else { "light" };
        window.picture(&format!("saving-{}x{}-{theme}", size[0], size[1]));
        let says = |words: &str| {
            window
                .harness
                .query_all_by_label_contains(words)
                .next()
                .is_some()
        };
        let sentence = format!(", unit {} would be alive at epoch ", unit + 1);
        assert!(says("Had λ stayed at ") && says(&sentence));
        assert!(says("ρ̂ of the unit, as it was and without the change"));
        for force in [
            "reconstruction",
            "weight decay",
            "sparsity",
            "momentum from before",
        ] {
            assert!(says(&format!("{force} moved its weights by ")), "{force}");
        }
        // all of it is in sight, without scrolling
        let place = panel(&window);
        let ledger = window
            .harness
            .get_by_label_contains("momentum from before moved");
        assert!(
            place.contains_rect(ledger.rect()),
            "{:?} in {place:?}",
            ledger.rect()
        );
        let found = faults_within(&mut window, place);
        assert!(found.is_empty(), "{}", found.join("\n"));
        window
            .harness
            .get_by_label_contains("Back to its weights")
            .click();
        window.harness.run_steps(4);
        assert!(window.harness.state().view().run.saving.is_none());
        let weights = format!("The encoder weights of unit {}", unit + 1);
        assert!(window.harness.query_by_label_contains(&weights).is_some());
    }
}

#[test]
fn what_is_being_replayed_can_be_stopped_and_asked_again() {
    let (mut window, _) = after_a_death([1280.0, 720.0], true);
    act(&mut window.harness, UserCommand::WhatSaves.into());
    let view = window.harness.state().view();
    assert_eq!(
        view.can(UserCommand::WhatSaves),
        Err("It is being found out.")
    );
    act(&mut window.harness, UserCommand::CloseWhatSaves.into());
    let view = window.harness.state().view();
    assert!(view.run.saving.is_none() && view.can(UserCommand::CloseWhatSaves).is_err());
    window.harness.run_steps(20);
    assert!(
        window.harness.state().view().run.saving.is_none(),
        "it stays away"
    );
    act(&mut window.harness, UserCommand::WhatSaves.into());
    wait(&mut window.harness, answered);
}
