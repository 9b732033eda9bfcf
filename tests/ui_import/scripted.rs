//! With the scripted trainer: what the window asks for, and when.

use super::*;

#[test]
fn what_was_found_is_shown_and_a_choice_changes_the_preview_and_the_run() {
    let long = ui_support::long_snapshot();
    let (mut harness, script) = ui_support::scripted_at(&long, Preferences::default(), SIZE, false);
    let first = open(&mut harness, "waves.npy");
    for words in [
        "60 samples of 12×12",
        "32-bit floating point, NPY",
        "labels: 3 classes",
        "60 × 144 · 12×12 · 0 to 1",
        "output activation sigmoid, for values between 0 and 1",
    ] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
    assert_eq!(first.raw.values.dim(), (24, 144));
    assert!(harness.query_by_label("Sample 24, class 0").is_some());
    assert!(harness.query_by_label_contains("Scaled linearly").is_some());

    let cut = choose(&mut harness, "Pictures: cut into patches");
    assert_eq!(cut.dim, (10_000, 64));
    assert_eq!(cut.part.as_deref(), Some("the first 2,000 patches"));
    assert_ne!(cut.prepared.values, first.prepared.values);
    assert!(harness.query_by_label_contains("10,000 × 64").is_some());
    let sentence = "10,000 patches of 8×8 cut at random places, seed 1.";
    assert!(harness.query_by_label(sentence).is_some());

    assert!(script.commands().is_empty(), "nothing is trained on yet");
    harness.get_by_label("Train on this").click();
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
    let begun = script.begun();
    let (experiment, data) = begun.last().unwrap();
    assert_eq!(data.samples.dim(), (10_000, 64));
    assert_eq!(
        (&experiment.data, experiment.hidden),
        (&data.spec, 49),
        "the recipe's units for patches of 64 values"
    );
    assert_eq!(
        data.spec.preparation,
        Some(data.prepared()),
        "what was done is stored with the run"
    );
    // the preview showed the very samples
    let samples = data.samples.to::<f32>();
    let shown = cut.raw.values.row(3);
    let trained = samples.row(3);
    let mean = shown.mean().unwrap();
    let together: f32 = shown
        .iter()
        .zip(trained)
        .map(|(raw, prepared)| (raw - mean) * (prepared - 0.5))
        .sum();
    assert!(together > 0.0);
}

#[test]
fn cancel_is_answered_at_once_and_the_run_goes_on() {
    for key in [false, true] {
        let (mut harness, script) = window();
        drop_files(&mut harness, &["endless.npy".into()]);
        wait(&mut harness, |app| {
            app.view()
                .shared
                .progress
                .is_some_and(|progress| progress.done > 20)
        });
        harness.run_steps(2);
        let words = "reading endless.npy";
        assert!(harness.query_by_label_contains(words).is_some());
        let bar = harness.get_by_role_and_label(Role::ProgressIndicator, "Loading");
        assert!(bar.accesskit_node().numeric_value().unwrap() > 0.0);
        assert!(harness.query_by_label_contains("epoch 340: now").is_some());
        let start = Instant::now();
        if key {
            harness.key_press(Key::Escape);
        } else {
            harness.get_by_label("Cancel loading").click();
        }
        harness.run_steps(3);
        let took = start.elapsed();
        assert!(harness.state().view().shared.opening.is_none());
        assert!(took.as_millis() < 200, "{took:?}");
        assert!(harness.query_by_label("Cancel loading").is_none());
        while script.stopped.load(Ordering::SeqCst) == 0 {
            assert!(start.elapsed().as_secs() < 5, "its thread goes on");
            std::thread::yield_now();
        }
        harness.run_steps(3);
        let view = harness.state().view();
        assert!(
            view.shared.import.is_none()
                && view.shared.notices.is_empty()
                && script.commands().is_empty()
        );
    }
}

#[test]
fn a_panic_in_a_reader_and_a_missing_file_are_said_and_change_nothing() {
    let (mut harness, script) = window();
    drop_files(&mut harness, &["broken.npy".into()]);
    wait(&mut harness, |app| app.view().shared.opening.is_none());
    harness.run_steps(2);
    let said = harness
        .state()
        .view()
        .shared
        .notices
        .last()
        .unwrap()
        .text
        .clone();
    assert!(said.contains("bug in the lab"), "{said}");
    assert!(harness.query_by_label(&said).is_some());
    drop_files(&mut harness, &["gone.npy".into()]);
    wait(&mut harness, |app| app.view().shared.opening.is_none());
    let view = harness.state().view();
    assert!(
        view.shared
            .notices
            .last()
            .unwrap()
            .text
            .contains("gone.npy")
    );
    assert!(view.shared.import.is_none() && script.commands().is_empty());
}

#[test]
fn files_opened_before_are_in_the_menu_and_a_vanished_one_leaves_it() {
    let recent = ["/data/gone.npy", "/data/other.npy"].map(PathBuf::from);
    let preferences = Preferences {
        recent: recent.to_vec(),
        ..Preferences::default()
    };
    let (mut harness, _script) = scripted(preferences, SIZE, false);
    open(&mut harness, "waves.npy");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.state().view().shared.import.is_none());
    let names = |harness: &Window| -> Vec<String> {
        let recent = harness.state().view().shared.recent.iter();
        recent
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&harness), ["waves.npy", "gone.npy", "other.npy"]);
    harness.get_by_label("Data").click();
    harness.run_steps(3);
    let current = harness.get_by_label("photos, whitened");
    assert_eq!(
        current.accesskit_node().toggled(),
        Some(egui::accesskit::Toggled::True),
        "the set in use is marked"
    );
    harness.get_by_label("gone.npy").click();
    wait(&mut harness, |app| !app.view().shared.notices.is_empty());
    assert_eq!(names(&harness), ["waves.npy", "other.npy"]);
}

#[test]
fn the_sheet_needs_no_mouse() {
    let mut young = ui_support::snapshot();
    young.history = Arc::default();
    let (mut harness, script) =
        ui_support::scripted_at(&young, Preferences::default(), SIZE, false);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run_steps(3);
    harness.get_by_label("Path").type_text("waves.npy");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    let first = preview(&mut harness);
    assert_eq!(first.dim, (60, 144));
    // no shortcut starts a run behind the sheet's back, but the run in progress can be paused
    for key in [Key::R, Key::N, Key::Num3, Key::P] {
        harness.key_press(key);
        harness.run_steps(2);
    }
    assert!(script.commands().is_empty());
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert_eq!(script.commands(), ["Pause"]);
    // Tab to the choice, Space to take it
    let scaling = "Scaling: standardise columns";
    for _ in 0..40 {
        if harness.get_by_label(scaling).is_focused() {
            break;
        }
        harness.key_press(Key::Tab);
        harness.run_steps(2);
    }
    assert!(harness.get_by_label(scaling).is_focused());
    harness.key_press(Key::Space);
    harness.run_steps(3);
    let second = preview(&mut harness);
    assert_eq!(second.output, OutputActivation::Linear);
    assert_eq!(import(&harness).choice().scaling, Scaling::Standardise);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    let begun = script.begun();
    let (experiment, data) = begun.last().unwrap();
    assert_eq!(data.samples.dim(), (60, 144));
    assert_eq!(experiment.output_activation, OutputActivation::Linear);
}

#[test]
fn enter_trains_and_escape_keeps_the_run() {
    let long = ui_support::long_snapshot();
    let (mut harness, script) = ui_support::scripted_at(&long, Preferences::default(), SIZE, false);
    open(&mut harness, "waves.npy");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.state().view().shared.import.is_none() && script.commands().is_empty());
    open(&mut harness, "waves.npy");
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    assert_eq!(script.commands(), ["Open", "Pause", "Play"]);
}

#[test]
fn training_on_new_data_trains_though_the_run_was_paused() {
    let (mut harness, script) = window();
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert!(!harness.state().view().run.playing);
    open(&mut harness, "waves.npy");
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    assert!(harness.state().view().run.playing);
    assert_eq!(script.commands(), ["Pause", "Open", "Pause", "Play"]);
}

#[test]
fn typing_a_number_is_not_training_and_not_closing() {
    let (mut harness, script) = window();
    open(&mut harness, "waves.npy");
    choose(&mut harness, "Pictures: cut into patches");
    let label = "Patch size";
    for (text, key) in [("5", Key::Enter), ("7", Key::Escape)] {
        harness
            .get_by_role_and_label(Role::SpinButton, label)
            .click();
        harness.run_steps(3);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        harness.event(egui::Event::Text(text.into()));
        harness.run_steps(2);
        harness.key_press(key);
        harness.run_steps(4);
        preview(&mut harness);
        if key == Key::Enter {
            assert_eq!(import(&harness).spec.patch, 5);
        }
        assert!(script.commands().is_empty());
    }
}

#[test]
fn choices_that_contradict_one_another_are_disabled() {
    let (mut harness, _script) = window();
    open(&mut harness, "waves.npy");
    assert!(disabled(&harness, "Whitening: Olshausen–Field"));
    let why = "Olshausen and Field's filter whitens whole photographs";
    assert!(
        harness.query_by_label_contains(why).is_some(),
        "said without a hover"
    );
    assert!(harness.query_by_label("Scaling: bytes to [0, 1]").is_none());
    let zca = choose(&mut harness, "Whitening: ZCA");
    assert_eq!(zca.output, OutputActivation::Linear);
    assert!(disabled(&harness, "Scaling: set to [0, 1]"));
    harness
        .get_by_role_and_label(Role::Slider, "ε of the whitening")
        .set_value_accesskit(0.5);
    harness.run_steps(3);
    let other = preview(&mut harness);
    assert_eq!(
        import(&harness).choice().whitening,
        Whitening::Zca { epsilon: 0.5 }
    );
    assert_ne!(other.prepared.values, zca.prepared.values);
    let back = choose(&mut harness, "Whitening: none");
    assert_eq!(back.output, OutputActivation::Sigmoid);
    assert!(!disabled(&harness, "Scaling: set to [0, 1]"));
    choose(&mut harness, "Pictures: cut into patches");
    assert!(!disabled(&harness, "Whitening: Olshausen–Field"));
    assert!(
        harness
            .query_by_label("Scaling: standardise columns")
            .is_none()
    );
    choose(&mut harness, "Whitening: Olshausen–Field");
    assert!(!disabled(&harness, "Suggested"));
    let suggested = choose(&mut harness, "Suggested");
    assert_eq!(suggested.dim, (60, 144));
    assert!(disabled(&harness, "Suggested"));
}

#[test]
fn every_control_of_the_sheet_has_a_name_and_fits_small_windows() {
    for (size, zoom) in [
        (SIZE, 100),
        ([853.0, 480.0], 150),
        ([640.0, 360.0], 200),
        ([420.0, 300.0], 100),
    ] {
        let preferences = Preferences {
            zoom,
            ..Preferences::default()
        };
        let (mut harness, _script) = scripted(preferences, size, false);
        open(&mut harness, "waves.npy");
        choose(&mut harness, "Pictures: cut into patches");
        choose(&mut harness, "Whitening: ZCA");
        for role in [Role::Slider, Role::Button, Role::SpinButton, Role::CheckBox] {
            for node in harness.query_all_by(|node| node.role() == role) {
                let name = node.accesskit_node().label();
                assert!(
                    name.is_some_and(|name| !name.trim().is_empty()),
                    "a {role:?} has no name"
                );
            }
        }
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
        for label in ["Train on this", "Cancel", "Suggested"] {
            let rect = harness.get_by_label(label).rect();
            assert!(
                window.contains_rect(rect),
                "{label} at {rect:?} in {size:?}"
            );
        }
    }
}

#[test]
fn settings_suit_the_data_unless_they_are_kept_or_changed() {
    let long = ui_support::long_snapshot();
    let (mut harness, script) = ui_support::scripted_at(&long, Preferences::default(), SIZE, false);
    let first = open(&mut harness, "waves.npy");
    let settings = |harness: &Window| import(harness).settings.clone();
    let recipe = first.recipe.clone();
    let (hidden, set) = (recipe.hidden, recipe.hyperparameters);
    assert_eq!(settings(&harness).whose, Whose::Recipe);
    assert_eq!(settings(&harness).choices.hidden, hidden);
    assert!(set.weight_decay < recipe.lambda_c);
    assert!(
        harness
            .query_by_label_contains("Taken for small grey pictures")
            .is_some()
    );

    // patches are another kind
    choose(&mut harness, "Pictures: cut into patches");
    let patches = settings(&harness).choices;
    assert_ne!(patches.hyperparameters, set);
    choose(&mut harness, "Pictures: whole");
    assert_eq!(settings(&harness).choices.hyperparameters, set);

    harness
        .get_by_label("Network and training: keep my settings")
        .click();
    harness.run_steps(3);
    let kept = settings(&harness);
    assert_eq!((kept.whose, kept.choices.hidden), (Whose::Kept, 49));
    harness.get_by_label("Optimiser: Adam").click_accesskit(); // scrolled out of view
    harness.run_steps(3);
    let own = settings(&harness);
    assert_eq!(own.whose, Whose::Own);
    assert_eq!(own.choices.hyperparameters.optimizer, OptimizerKind::Adam);
    // one's own stand whatever the preparation becomes
    choose(&mut harness, "Pictures: cut into patches");
    assert_eq!(settings(&harness).choices, own.choices);

    harness.get_by_label("Suggested").click();
    harness.run_steps(2);
    wait(&mut harness, |app| {
        app.view()
            .shared
            .import
            .as_ref()
            .is_some_and(|import| import.is_shown())
    });
    assert_eq!(settings(&harness).choices.hidden, hidden);
    harness.get_by_label("Train on this").click();
    wait(&mut harness, |app| {
        app.view().shared.import.is_none() && app.view().shared.loading.is_none()
    });
    let begun = script.begun();
    let (experiment, _) = begun.last().unwrap();
    assert_eq!(experiment.hyperparameters, set);
    assert_eq!(experiment.hidden, hidden);
}
