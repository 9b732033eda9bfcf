//! The window by its accessible names: what a person does reaches the trainer, and what it says reaches the person.
#![cfg(feature = "window")]

mod ui_support;

use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::data::{DataSource, DataSpec, EmbeddedSet};
use sae_lab::lab::Page;
use sae_lab::lab::preferences::Preferences;
use sae_lab::lab::state::Contrast;
use sae_lab::model::{GradientForm, HiddenActivation, Hyperparameters, OptimizerKind};
use sae_lab::training::trainer::{Event, Tell};
use sae_lab::training::{Experiment, Preset, Setting, Speed};
use ui_support::{scripted, wait};

const SIZE: [f32; 2] = [1280.0, 720.0];

fn window() -> (Harness<'static, LabApp>, Arc<ui_support::Script>) {
    scripted(Preferences::default(), SIZE, false)
}

/// The window on the real trainer and the real readers.
fn real(experiment: Experiment) -> Harness<'static, LabApp> {
    let mut harness = ui_support::real(SIZE, experiment);
    wait(&mut harness, |app| {
        app.view()
            .run
            .snapshot
            .as_ref()
            .is_some_and(|s| s.epoch > 2)
    });
    harness
}

fn drag(harness: &mut Harness<'static, LabApp>, slider: &str, from: f32, to: f32) {
    let rect = harness.get_by_role_and_label(Role::Slider, slider).rect();
    let at = |part: f32| egui::pos2(rect.left() + part * rect.width(), rect.top() + 7.0);
    harness.hover_at(at(from));
    harness.step();
    harness.drag_at(at(from));
    harness.step();
    for i in 1..=4 {
        harness.hover_at(at(from + (to - from) * i as f32 / 4.0));
        harness.step();
    }
    harness.drop_at(at(to));
    harness.step();
}

#[test]
fn a_dragged_slider_is_in_force_at_the_next_epoch() {
    let mut harness = real(Preset::Bars.experiment());
    drag(&mut harness, "λ weight decay", 0.4, 0.7);
    let set = harness.state().view().run.hyperparameters().weight_decay;
    assert!(set > 2e-4, "{set}");
    wait(&mut harness, |app| {
        app.view()
            .run
            .snapshot
            .as_ref()
            .unwrap()
            .hyperparameters
            .weight_decay
            == set
    });
    let view = harness.state().view();
    let snapshot = view.run.snapshot.as_ref().unwrap();
    assert_eq!(snapshot.run.0, 1, "a slider does not restart the run");
    let marker = snapshot.history.markers().last().unwrap();
    assert_eq!(marker.setting, Setting::WeightDecay);
    assert_eq!(view.run.pending(Setting::WeightDecay), None);
    assert_eq!(
        view.run.applied(Setting::WeightDecay).unwrap().1,
        marker.epoch
    );
}

#[test]
fn the_hyperparameter_cell_gets_what_the_slider_says_and_the_wait_is_shown() {
    let (mut harness, script) = window();
    drag(&mut harness, "ρ target activation", 0.3, 0.6);
    let set = script.last_hyperparameters().unwrap();
    assert_eq!(set, *harness.state().view().run.hyperparameters());
    assert!(set.sparsity_target > 0.03);
    assert!(
        harness
            .state()
            .view()
            .run
            .pending(Setting::SparsityTarget)
            .is_some()
    );
    assert!(
        script.commands().is_empty(),
        "a slider sends its change alone"
    );
}

#[test]
fn sliders_obey_assistive_technology_keys_and_the_double_click() {
    let (mut harness, script) = window();
    for (name, value, of) in [
        (
            "ρ target activation",
            0.125,
            (|h| h.sparsity_target) as fn(&Hyperparameters) -> f64,
        ),
        ("β sparsity weight", 0.0, |h| h.sparsity_weight),
        ("α learning rate", 0.5, |h| h.learning_rate),
        ("λ weight decay", 3e-3, |h| h.weight_decay),
    ] {
        harness
            .get_by_role_and_label(Role::Slider, name)
            .set_value_accesskit(value);
        harness.step();
        assert_eq!(of(&script.last_hyperparameters().unwrap()), value, "{name}");
    }
    harness
        .get_by_role_and_label(Role::Slider, "α learning rate")
        .focus();
    harness.step();
    harness.key_press(Key::ArrowRight);
    harness.step();
    assert!(script.last_hyperparameters().unwrap().learning_rate > 0.5);
    assert!(
        script.commands().is_empty(),
        "the arrow moved the slider: it must not train for an epoch too"
    );

    let at = harness
        .get_by_role_and_label(Role::Slider, "ρ target activation")
        .rect()
        .left_center();
    for _ in 0..2 {
        harness.drag_at(at);
        harness.step();
        harness.drop_at(at);
        harness.step();
    }
    assert_eq!(
        script.last_hyperparameters().unwrap().sparsity_target,
        0.05,
        "the post's value"
    );
}

#[test]
fn a_number_can_be_typed() {
    let (mut harness, script) = window();
    let label = "λ value";
    harness.get_by_label(label).click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_label(label).type_text("2e-3");
    harness.step();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(script.last_hyperparameters().unwrap().weight_decay, 2e-3);
}

#[test]
fn keys_and_buttons_drive_the_trainer() {
    let (mut harness, script) = window();
    assert!(harness.state().view().run.playing);
    harness.get_by_label("Pause").click();
    harness.run();
    assert_eq!(script.commands(), ["Pause"]);
    harness.key_press(Key::Space);
    harness.run();
    assert_eq!(script.commands(), ["Play"]);
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(script.commands(), ["Step"]);
    assert!(!harness.state().view().run.playing);
    harness.key_press(Key::Comma);
    harness.run();
    assert_eq!(script.commands(), ["SetSpeed"]);
    assert_eq!(
        harness.state().view().run.speed,
        Speed::EpochsPerSecond(1000.0)
    );
    harness.key_press(Key::C);
    harness.run();
    assert_eq!(harness.state().view().shared.contrast, Contrast::PerTile);
}

#[test]
fn a_long_run_gives_way_at_once_and_comes_back_with_one_key() {
    let long = ui_support::long_snapshot();
    let (mut harness, script) = ui_support::scripted_at(&long, Preferences::default(), SIZE, false);
    let first = harness.state().view().run.id;
    harness.key_press(Key::N);
    harness.run();
    let shown = |harness: &Harness<'static, LabApp>| {
        let run = harness.state().view().run;
        (run.id, run.experiment.seed)
    };
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
    assert_ne!(shown(&harness).0, first);
    assert_eq!(shown(&harness).1, 2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(shown(&harness), (first, 1));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    harness.run();
    assert_eq!(shown(&harness).1, 2);
}

#[test]
fn tiles_have_names_and_open_their_units_page() {
    let (mut harness, _script) = window();
    assert_eq!(harness.query_all_by_label_contains("Unit ").count(), 49);
    for (tile, unit) in [("Unit 7, alive", 6), ("Unit 4, constant", 3)] {
        harness.get_by_label(tile).click();
        harness.run_steps(2);
        assert_eq!(harness.state().view().run.selected, Some(unit));
        assert_eq!(harness.state().view().shared.page, Page::Unit);
        harness.key_press(Key::Escape);
        harness.run_steps(2);
        assert_eq!(harness.state().view().shared.page, Page::Lab);
        assert_eq!(harness.state().view().run.selected, Some(unit));
    }
    harness.run();
    let words = harness.query_by_label_contains("unit 4 · constant");
    assert!(words.is_some(), "it stays selected");
}

#[test]
fn presets_and_data_are_one_click_each() {
    let mut young = ui_support::snapshot();
    young.history = Arc::default();
    young.epoch = 3;
    let (mut harness, script) =
        ui_support::scripted_at(&young, Preferences::default(), SIZE, false);
    harness.get_by_label("Presets").click();
    harness.run();
    harness.get_by_label("Too sparse").click();
    wait(&mut harness, |app| {
        app.view().run.preset == Some(Preset::TooSparse)
    });
    assert_eq!(
        harness.state().view().run.experiment,
        Preset::TooSparse.experiment()
    );
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
    harness.run();
    harness.get_by_label("Data").click();
    harness.run();
    harness.get_by_label(ui_support::OTHER_SET.title()).click();
    wait(&mut harness, |app| {
        app.view().run.experiment.data == DataSpec::embedded(EmbeddedSet::Digits)
    });
    assert_eq!(harness.state().view().run.preset, None);
}

#[test]
fn the_rows_change_what_they_say() {
    let long = ui_support::long_snapshot();
    let (mut harness, script) = ui_support::scripted_at(&long, Preferences::default(), SIZE, false);
    for (row, option) in [
        ("Optimiser", "gradient descent"),
        ("Gradient", "as printed"),
        ("Batch", "full"),
    ] {
        harness.get_by_role_and_label(Role::Button, row).click();
        harness.run();
        harness.get_by_label(option).click();
        harness.run();
    }
    let set = script.last_hyperparameters().unwrap();
    assert_eq!(
        (set.optimizer, set.gradient),
        (OptimizerKind::Descent, GradientForm::Printed)
    );
    assert_eq!(set.batch.to_string(), "full");
    harness
        .get_by_role_and_label(Role::Button, "Hidden activation")
        .click();
    harness.run();
    harness.get_by_label("tanh").click();
    harness.run();
    assert_eq!(
        harness.state().view().run.experiment.hidden_activation,
        HiddenActivation::Tanh
    );
}

#[test]
fn a_file_opens_by_its_path_and_a_bad_one_changes_nothing() {
    let mut harness = real(Preset::Bars.experiment());
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("notes.png");
    std::fs::write(&bad, "not a picture").unwrap();
    let good = folder.path().join("slope.png");
    image::GrayImage::from_fn(64, 48, |x, y| image::Luma([(x * 3 + (y * y) % 17) as u8]))
        .save(&good)
        .unwrap();

    let open = |harness: &mut Harness<'static, LabApp>, path: &std::path::Path| {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        harness.run_steps(3);
        harness
            .get_by_label("Path")
            .type_text(path.to_str().unwrap());
        harness.run_steps(2);
        harness.get_by_role_and_label(Role::Button, "Open").click();
        harness.run_steps(3);
    };
    open(&mut harness, &bad);
    wait(&mut harness, |app| app.view().shared.opening.is_none());
    harness.run_steps(2);
    let dialog = harness.state().view().shared.open_dialog.clone().unwrap();
    let error = dialog.error.unwrap();
    assert!(error.contains("notes.png"), "{error}");
    assert!(
        harness.query_by_label(&error).is_some(),
        "the dialog says it"
    );
    let snapshot = harness.state().view().run.snapshot.clone().unwrap();
    assert_eq!(snapshot.data.spec, DataSpec::embedded(EmbeddedSet::Bars));
    let kept = harness.get_by_label("Path").accesskit_node().value();
    assert_eq!(kept.as_deref(), bad.to_str(), "the path can be mended");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness
        .get_by_label("Path")
        .type_text(good.to_str().unwrap());
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view()
            .shared
            .import
            .as_ref()
            .is_some_and(|import| import.is_ready())
    });
    harness.run_steps(2);
    harness.get_by_label("Train on this").click();
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        snapshot.data.spec.source == DataSource::File(good.clone()) && snapshot.epoch > 0
    });
    assert!(
        harness.state().view().shared.notices.is_empty(),
        "{:?}",
        harness.state().view().shared.notices
    );
}

#[test]
fn typing_in_a_field_is_not_commanding() {
    let (mut harness, script) = window();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run();
    for key in [Key::R, Key::N, Key::T, Key::Space, Key::C, Key::Num1] {
        harness.key_press(key);
        harness.run();
    }
    let view = harness.state().view();
    assert!(script.commands().is_empty() && view.shared.open_dialog.is_some());
    assert_eq!(view.shared.contrast, Contrast::Shared);
    assert!(harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn trouble_is_said_and_can_be_dismissed() {
    let (mut harness, script) = window();
    let cause = "α is too large: the cost is no number any more".to_owned();
    script.say(Tell::Event(Event::Diverged {
        epoch: 12,
        cause: cause.clone(),
    }));
    script.say(Tell::Event(Event::Panicked {
        message: "index out of bounds".into(),
    }));
    harness.run();
    assert!(!harness.state().view().run.playing);
    let said = format!("The cost became infinite at epoch 12, and the run stopped: {cause}");
    assert!(harness.query_by_label(&said).is_some());
    assert!(
        harness
            .query_by_label_contains("index out of bounds")
            .is_some()
    );
    assert!(harness.query_by_label("Play").is_some());
    for left in [1, 0] {
        harness.get_all_by_label("Dismiss").next().unwrap().click();
        harness.run();
        assert_eq!(harness.state().view().shared.notices.len(), left);
    }
}

#[test]
fn escape_closes_the_menu_first_and_the_selection_last() {
    let (mut harness, _script) = window();
    harness.get_by_label("Unit 7, alive").click();
    harness.run_steps(2);
    harness.get_by_label("Presets").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Overshoot").is_some());
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("Overshoot").is_none());
    assert_eq!(harness.state().view().shared.page, Page::Unit);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(harness.state().view().shared.page, Page::Lab);
    assert_eq!(harness.state().view().run.selected, Some(6));
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.state().view().run.selected, None);
}

#[test]
fn theme_and_zoom_are_commands() {
    let (mut harness, _script) = window();
    harness.key_press(Key::T);
    harness.run();
    assert!(!harness.ctx.global_style().visuals.dark_mode);
    for (key, zoom) in [
        (Key::Plus, 1.25),
        (Key::Plus, 1.5),
        (Key::Minus, 1.25),
        (Key::Num0, 1.0),
    ] {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run();
        assert_eq!(harness.ctx.zoom_factor(), zoom);
    }
}

#[test]
fn every_control_has_a_name() {
    let (harness, _script) = window();
    let interactive = [
        Role::Slider,
        Role::Button,
        Role::SpinButton,
        Role::TextInput,
        Role::CheckBox,
    ];
    let mut seen = 0;
    for node in harness.query_all_by(|node| interactive.contains(&node.role())) {
        let node = node.accesskit_node();
        assert!(
            node.label().is_some_and(|name| !name.trim().is_empty()),
            "a {:?} has no name",
            node.role()
        );
        seen += 1;
    }
    assert!(seen > 49 + 20, "{seen}");
}

#[test]
fn an_idle_window_asks_for_no_more_frames() {
    let (mut harness, _script) = window();
    harness.get_by_label("Pause").click();
    harness.run(); // panics if it does not settle
    harness.step();
    assert!(!harness.ctx.has_requested_repaint());
}

#[test]
fn no_size_or_zoom_makes_it_fail() {
    for zoom in [100, 150, 200] {
        for size in [
            [640.0, 360.0],
            [853.0, 480.0],
            [1280.0, 720.0],
            [2560.0, 1440.0],
        ] {
            let preferences = Preferences {
                zoom,
                ..Preferences::default()
            };
            let (mut harness, _script) = scripted(preferences, size, false);
            harness.get_by_label("Pause").hover();
            harness.run();
            assert!(
                harness
                    .query_by_role_and_label(Role::Slider, "ρ target activation")
                    .is_some()
            );
        }
    }
}

#[test]
fn a_frame_costs_little_even_after_a_long_run() {
    let (mut harness, script) = window();
    let mut long = ui_support::snapshot();
    let mut history = sae_lab::training::History::new();
    for epoch in 0..200_000 {
        let noise = 1.0 + 0.5 * (epoch as f64 * 1.7).sin();
        let cost = sae_lab::model::Cost {
            reconstruction_loss: noise,
            decay_penalty: 0.1 * noise,
            sparsity_penalty: 0.01 * noise,
        };
        history.push(sae_lab::training::Record {
            epoch,
            cost,
            fvu: noise,
            ..Default::default()
        });
    }
    long.history = Arc::new(history);
    let mut frames: Vec<f64> = (0..40)
        .map(|frame| {
            let mut next = long.clone();
            next.epoch = 200_000 + frame; // every frame has something new to show
            script.show(&next);
            let start = std::time::Instant::now();
            harness.step();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    frames.sort_by(f64::total_cmp);
    println!("median {:.2} ms, slowest {:.2} ms", frames[20], frames[39]);
    assert!(frames[20] < 15.0, "a frame took {} ms", frames[20]);
}

#[test]
fn under_l_bfgs_the_learning_rate_is_greyed_out_with_the_reason() {
    let experiment = Preset::Bars.experiment();
    let disabled = |harness: &Harness<'static, LabApp>| {
        harness
            .get_by_label("α learning rate")
            .accesskit_node()
            .is_disabled()
    };
    let mut harness = real(experiment.clone());
    assert!(!disabled(&harness));
    let mut searched = experiment;
    searched.hyperparameters.optimizer = OptimizerKind::Lbfgs;
    drop(harness);
    harness = real(searched);
    assert!(disabled(&harness));
    // and it trains: an iteration is an epoch
    wait(&mut harness, |app| {
        app.view().run.snapshot.as_ref().unwrap().epoch > 3
    });
}

#[test]
fn a_preset_that_is_best_watched_slowly_sets_the_speed_and_the_next_one_lifts_it() {
    let mut harness = real(Preset::Bars.experiment());
    harness.key_press(Key::Num8);
    wait(&mut harness, |app| {
        app.view().run.preset == Some(Preset::Overshoot)
    });
    assert_eq!(harness.state().view().run.speed, Preset::Overshoot.speed());
    harness.key_press(Key::Num3);
    wait(&mut harness, |app| {
        app.view().run.preset == Some(Preset::Bars)
    });
    assert_eq!(harness.state().view().run.speed, Speed::Unlimited);
}
