//! Data on their way into the window: opened, looked at on the import sheet, prepared, trained on.
#![cfg(feature = "window")]

mod ui_support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::app::import::Import;
use sae_lab::app::port::Lab;
use sae_lab::app::preferences::Preferences;
use sae_lab::app::preview::Preview;
use sae_lab::data::error::grouped;
use sae_lab::data::{Cut, DataSource, DataSpec, EmbeddedSet, Scaling, Whitening};
use sae_lab::model::OutputActivation;
use sae_lab::training::Preset;
use ui_support::{Script, scripted, wait};

const SIZE: [f32; 2] = [1280.0, 720.0];

type Window = Harness<'static, LabApp>;

fn window() -> (Window, Arc<Script>) {
    scripted(Preferences::default(), SIZE, false)
}

/// The window on the real trainer and the real readers.
fn real() -> Window {
    let experiment = Preset::Bars.experiment();
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .build_eframe(move |context| {
            let preferences = Preferences::default();
            LabApp::new(&context.egui_ctx, experiment, preferences, Arc::new(Lab))
        });
    wait(&mut harness, |app| {
        app.view().snapshot.as_ref().is_some_and(|s| s.epoch > 2)
    });
    harness
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a path is enough".into())
    }
}

fn drop_files(harness: &mut Window, paths: &[PathBuf]) {
    for path in paths {
        let file = Arc::new(Dropped(path.clone()));
        harness.input_mut().dropped_files.push(file);
    }
    harness.step();
    harness.input_mut().dropped_files.clear();
}

fn import(harness: &Window) -> &Import {
    harness.state().view().import.as_ref().unwrap()
}

/// Steps until the sheet shows a preview of its choices; that preview.
fn preview(harness: &mut Window) -> Arc<Preview> {
    wait(harness, |app| {
        app.view().import.as_ref().is_some_and(Import::is_shown)
    });
    harness.run_steps(3);
    import(harness).preview.clone().unwrap()
}

fn open(harness: &mut Window, path: impl Into<PathBuf>) -> Arc<Preview> {
    drop_files(harness, &[path.into()]);
    preview(harness)
}

fn choose(harness: &mut Window, option: &str) -> Arc<Preview> {
    harness.get_by_label(option).click();
    harness.run_steps(3);
    preview(harness)
}

fn disabled(harness: &Window, label: &str) -> bool {
    harness.get_by_label(label).accesskit_node().is_disabled()
}

fn picture(folder: &Path, name: &str, (width, height): (u32, u32)) -> PathBuf {
    let path = folder.join(name);
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([
            (x * 3 + (y * y) % 17 + 7 * name.len() as u32) as u8,
            (x * y % 251) as u8,
            (y * 5) as u8,
        ])
    })
    .save(&path)
    .unwrap();
    path
}

#[test]
fn what_was_found_is_shown_and_a_choice_changes_the_preview_and_the_run() {
    let (mut harness, script) = window();
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
    harness.run_steps(3);
    assert!(
        harness.query_by_label_contains("340 epochs").is_some(),
        "there is a run to lose"
    );
    harness.get_by_label("Keep this run").click();
    harness.run_steps(3);
    assert_eq!(import(&harness).spec.cut, Cut::Patches, "back on the sheet");
    harness.get_by_label("Train on this").click();
    harness.run_steps(3);
    harness.get_by_label("Start anew").click();
    wait(&mut harness, |app| {
        app.view().import.is_none() && app.view().loading.is_none()
    });
    assert_eq!(script.commands(), ["Begin", "Play"], "asked once");
    let begun = script.begun.lock().unwrap();
    let (experiment, data) = begun.last().unwrap();
    assert_eq!(data.samples.dim(), (10_000, 64));
    assert_eq!(
        (&experiment.data, experiment.hidden),
        (&data.spec, 49),
        "the number of hidden units is kept"
    );
    assert_eq!(
        data.spec.preparation,
        Some(data.prepared),
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
                .progress
                .is_some_and(|progress| progress.done > 20)
        });
        harness.run_steps(2);
        let words = "reading endless.npy";
        assert!(harness.query_by_label_contains(words).is_some());
        let bar = harness.get_by_role_and_label(Role::ProgressIndicator, "Loading");
        assert!(bar.accesskit_node().numeric_value().unwrap() > 0.0);
        assert!(harness.query_by_label_contains("340").is_some());
        let start = Instant::now();
        if key {
            harness.key_press(Key::Escape);
        } else {
            harness.get_by_label("Cancel loading").click();
        }
        harness.run_steps(3);
        let took = start.elapsed();
        assert!(harness.state().view().opening.is_none());
        assert!(took.as_millis() < 200, "{took:?}");
        assert!(harness.query_by_label("Cancel loading").is_none());
        while script.stopped.load(Ordering::SeqCst) == 0 {
            assert!(start.elapsed().as_secs() < 5, "its thread goes on");
            std::thread::yield_now();
        }
        harness.run_steps(3);
        let view = harness.state().view();
        assert!(view.import.is_none() && view.notices.is_empty() && script.commands().is_empty());
    }
}

#[test]
fn a_panic_in_a_reader_and_a_missing_file_are_said_and_change_nothing() {
    let (mut harness, script) = window();
    drop_files(&mut harness, &["broken.npy".into()]);
    wait(&mut harness, |app| app.view().opening.is_none());
    harness.run_steps(2);
    let said = harness.state().view().notices.last().unwrap().text.clone();
    assert!(said.contains("fault of the lab"), "{said}");
    assert!(harness.query_by_label(&said).is_some());
    drop_files(&mut harness, &["gone.npy".into()]);
    wait(&mut harness, |app| app.view().opening.is_none());
    let view = harness.state().view();
    assert!(view.notices.last().unwrap().text.contains("gone.npy"));
    assert!(view.import.is_none() && script.commands().is_empty());
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
    assert!(harness.state().view().import.is_none());
    let names = |harness: &Window| -> Vec<String> {
        let recent = harness.state().view().recent.iter();
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
    wait(&mut harness, |app| !app.view().notices.is_empty());
    assert_eq!(names(&harness), ["waves.npy", "other.npy"]);
}

#[test]
fn the_sheet_needs_no_mouse() {
    let (mut harness, script) = window();
    let mut young = ui_support::snapshot();
    young.history = Arc::default();
    young.run = 2;
    script.snapshots.put(Arc::new(young));
    harness.step();
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
    assert!(script.commands().is_empty() && harness.state().view().question.is_none());
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
        app.view().import.is_none() && app.view().loading.is_none()
    });
    let begun = script.begun.lock().unwrap();
    let (experiment, data) = begun.last().unwrap();
    assert_eq!(data.samples.dim(), (60, 144));
    assert_eq!(experiment.output_activation, OutputActivation::Linear);
}

#[test]
fn enter_trains_and_escape_keeps_the_run() {
    let (mut harness, script) = window();
    open(&mut harness, "waves.npy");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.state().view().import.is_none() && script.commands().is_empty());
    open(&mut harness, "waves.npy");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(harness.state().view().question.is_some());
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().import.is_none() && app.view().loading.is_none()
    });
    assert_eq!(script.commands(), ["Begin", "Play"]);
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
        assert!(harness.state().view().question.is_none() && script.commands().is_empty());
    }
}

#[test]
fn choices_that_contradict_one_another_are_disabled() {
    let (mut harness, _script) = window();
    open(&mut harness, "waves.npy");
    assert!(disabled(&harness, "Whitening: Olshausen–Field"));
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
fn choices_that_cannot_be_followed_are_said_in_a_sentence() {
    let mut harness = real();
    let folder = tempfile::tempdir().unwrap();
    let path = picture(folder.path(), "colours.png", (96, 64));
    let first = open(&mut harness, &path);
    assert_eq!(
        first.spec.preparation.unwrap_or_default().whitening,
        Whitening::None,
        "no choice was made: what suits it stands for one"
    );
    assert_eq!(
        import(&harness).choice().whitening,
        Whitening::ZCA,
        "colour is whitened by ZCA"
    );
    assert_eq!(
        (first.dim, first.output),
        ((10_000, 192), OutputActivation::Linear)
    );
    harness
        .get_by_role_and_label(Role::SpinButton, "Patch size")
        .set_value_accesskit(20.0);
    wait(&mut harness, |app| {
        app.view()
            .import
            .as_ref()
            .is_some_and(|i| i.error.is_some())
    });
    harness.run_steps(3);
    let error = import(&harness).error.clone().unwrap();
    assert!(error.contains("1,200 values"), "{error}");
    assert!(harness.query_by_label(&error).is_some());
    assert!(disabled(&harness, "Train on this"));
    let grey = choose(&mut harness, "Colour: turn to grey");
    assert_eq!(grey.dim.1, 400);
    assert!(!disabled(&harness, "Train on this"));
}

#[test]
fn several_pictures_at_once_and_a_folder_are_one_set() {
    let mut harness = real();
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (1..4)
        .map(|index| {
            picture(
                folder.path(),
                &format!("{}.png", "x".repeat(index)),
                (90, 70),
            )
        })
        .collect();
    drop_files(&mut harness, &paths);
    preview(&mut harness);
    assert_eq!(import(&harness).spec.source, DataSource::Files(paths));
    assert!(
        harness
            .query_by_label("3 pictures of 70×90 pixels")
            .is_some()
    );
    let whole = choose(&mut harness, "Pictures: whole");
    assert_eq!(whole.dim, (3, 70 * 90 * 3));
    open(&mut harness, folder.path());
    assert!(
        harness
            .query_by_label("3 pictures of 70×90 pixels")
            .is_some()
    );
    assert_eq!(
        harness.state().view().recent,
        [folder.path()],
        "several files at once have no path to remember"
    );
}

#[test]
fn files_named_at_the_start_are_opened_while_the_first_set_trains() {
    let folder = tempfile::tempdir().unwrap();
    let path = picture(folder.path(), "a.png", (64, 64));
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .build_eframe(move |context| {
            let preferences = Preferences::default();
            let experiment = Preset::Bars.experiment();
            let mut app = LabApp::new(&context.egui_ctx, experiment, preferences, Arc::new(Lab));
            app.open(vec![path.clone()]);
            app
        });
    preview(&mut harness);
    wait(&mut harness, |app| {
        app.view().snapshot.as_ref().is_some_and(|s| s.epoch > 2)
    });
    assert!(harness.state().view().import.is_some());
}

#[test]
fn the_set_in_use_can_be_prepared_otherwise() {
    let mut harness = real();
    harness.get_by_label("Prepare the data").click();
    let bars = preview(&mut harness);
    assert_eq!(bars.dim, (2_000, 64));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    harness.get_by_label("Data").click();
    harness.run_steps(3);
    harness.get_by_label("photos, whitened").click();
    let photos = DataSpec::embedded(EmbeddedSet::Photos);
    wait(&mut harness, |app| {
        let snapshot = app.view().snapshot.as_ref().unwrap();
        snapshot.data.spec == photos && snapshot.epoch > 0
    });
    harness.key_press(Key::P);
    harness.run_steps(2);
    preview(&mut harness);
    assert_eq!(import(&harness).spec, photos);
    assert_eq!(
        import(&harness).choice().whitening,
        Whitening::OlshausenField
    );
    let zca = choose(&mut harness, "Whitening: ZCA");
    assert_eq!(zca.dim, (10_000, 64));
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        let snapshot = app.view().snapshot.as_ref().unwrap();
        snapshot.data.zca.is_some() && snapshot.epoch > 0
    });
    harness.run_steps(2);
    let snapshot = harness.state().view().snapshot.clone().unwrap();
    assert_eq!(
        snapshot.experiment.output_activation,
        OutputActivation::Linear
    );
    assert!(
        harness
            .query_by_label_contains("10,000 × 64 · 8×8")
            .is_some()
    );
    // and back to a set with bounds: a sigmoid belongs to it
    harness.get_by_label("Data").click();
    harness.run_steps(3);
    harness.get_by_label("digits 8×8").click();
    wait(&mut harness, |app| {
        let snapshot = app.view().snapshot.as_ref().unwrap();
        snapshot.data.name == "digits 8×8"
            && snapshot.experiment.output_activation == OutputActivation::Sigmoid
    });
}

#[test]
fn generated_sets_are_made_anew_for_other_choices() {
    let mut harness = real();
    harness.get_by_label("Prepare the data").click();
    preview(&mut harness);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    harness.get_by_label("Data").click();
    harness.run_steps(3);
    harness.get_by_label("dead leaves").click();
    wait(&mut harness, |app| {
        app.view().snapshot.as_ref().unwrap().data.name == "dead leaves"
    });
    harness.key_press(Key::P);
    harness.run_steps(2);
    let one = preview(&mut harness);
    harness
        .get_by_role_and_label(Role::SpinButton, "Patch seed")
        .set_value_accesskit(2.0);
    harness.run_steps(3);
    let two = preview(&mut harness);
    assert_ne!(one.raw.values, two.raw.values);
    harness.key_press(Key::Enter);
    wait(&mut harness, |app| {
        app.view().snapshot.as_ref().unwrap().data.spec.seed == 2
    });
}

#[test]
fn every_format_goes_through_the_sheet() {
    let mut harness = real();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/formats");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let dim = match name.as_str() {
            "grey.png" | "grey16.png" => (10_000, 64),
            "rgb.jpg" | "rgba.png" | "palette.png" => (10_000, 192),
            "IMAGES_v4.mat" | "IMAGES_v5.mat" | "IMAGES_v5_zlib.mat" => (10_000, 64),
            "digits_header_label.csv" | "digits_noheader.csv" => (50, 64),
            "imgs_f8_be.npy" => (10, 784),
            "imgs-idx3-ubyte"
            | "imgs-idx3-ubyte.gz"
            | "imgs_deflated.npz"
            | "imgs_f4_fortran.npy"
            | "imgs_stored.npz"
            | "imgs_u8_3d.npy" => (40, 784),
            "IMAGES_v73.mat" => {
                drop_files(&mut harness, &[path]);
                wait(&mut harness, |app| app.view().opening.is_none());
                let said = &harness.state().view().notices.last().unwrap().text;
                assert!(said.contains("v7.3") || said.contains("HDF5"), "{said}");
                continue;
            }
            _ => continue, // what the others are held against
        };
        let preview = open(&mut harness, &path);
        assert_eq!(preview.dim, dim, "{name}");
        let size = format!("{} × {} · ", grouped(dim.0 as u64), dim.1);
        let sheet = harness.query_all_by_label_contains(&size);
        assert!(sheet.count() >= 1, "{name}");
        harness.key_press(Key::Enter);
        harness.run_steps(2);
        if harness.state().view().question.is_some() {
            harness.get_by_label("Start anew").click();
        }
        let source = DataSource::File(path.clone());
        wait(&mut harness, |app| {
            let snapshot = app.view().snapshot.as_ref().unwrap();
            snapshot.data.spec.source == source
        });
        let snapshot = harness.state().view().snapshot.clone().unwrap();
        assert_eq!(snapshot.data.samples.dim(), dim, "{name}");
        assert_eq!(snapshot.data.preparation, preview.preparation, "{name}");
        assert_eq!(
            snapshot.experiment.output_activation, preview.output,
            "{name}"
        );
        seen += 1;
    }
    assert_eq!(seen, 17);
}

#[test]
fn one_of_several_arrays_can_be_taken() {
    let mut harness = real();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let first = open(&mut harness, root.join("p1_ufldl_digits_sig_sig_64x25.npz"));
    assert_eq!(first.dim, (200, 64));
    let weights = choose(&mut harness, "Array: W1 (25 × 64)");
    assert_eq!(weights.dim, (25, 64));
    assert_eq!(import(&harness).found().count(), 25);
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
