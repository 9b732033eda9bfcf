//! With the real trainer and the real readers.

use super::*;

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
            .shared
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
        harness.state().view().shared.recent,
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
            let mut app = LabApp::new(
                &context.egui_ctx,
                experiment,
                preferences,
                Arc::new(ui_support::Real),
            );
            app.open(vec![path.clone()]);
            app
        });
    preview(&mut harness);
    wait(&mut harness, |app| {
        app.view()
            .run
            .snapshot
            .as_ref()
            .is_some_and(|s| s.epoch > 2)
    });
    assert!(harness.state().view().shared.import.is_some());
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
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
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
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        snapshot.data.zca().is_some() && snapshot.epoch > 0
    });
    harness.run_steps(2);
    let snapshot = harness.state().view().run.snapshot.clone().unwrap();
    assert_eq!(
        snapshot.experiment.output_activation,
        OutputActivation::Linear
    );
    assert!(
        harness
            .query_by_label_contains("10,000 × 64 · 8×8")
            .is_some()
    );
    // the tiles show the features without the whitening, of the very weights that the window shows
    harness.key_press(Key::Space);
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        let seen = app.view().run.features.as_ref();
        snapshot.activity == Activity::Paused
            && seen.is_some_and(|seen| seen.version == snapshot.version())
    });
    let view = harness.state().view();
    let snapshot = view.run.snapshot.as_ref().unwrap();
    let expected = snapshot
        .data
        .features(snapshot.parameters.encoder_weights());
    let seen = &view.run.features.as_ref().unwrap().values;
    assert_eq!(seen.dim(), (snapshot.units.len(), 64));
    let differences = seen.iter().zip(&expected).map(|(a, b)| (a - b).abs());
    assert!(differences.fold(0.0, f32::max) < 1e-5);
    // and back to a set with bounds: a sigmoid belongs to it
    harness.get_by_label("Data").click();
    harness.run_steps(3);
    harness.get_by_label("digits 8×8").click();
    wait(&mut harness, |app| {
        let snapshot = app.view().run.snapshot.as_ref().unwrap();
        snapshot.data.name == "digits 8×8"
            && snapshot.experiment.output_activation == OutputActivation::Sigmoid
    });
    assert!(harness.state().view().run.features.is_none());
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
        app.view().run.snapshot.as_ref().unwrap().data.name == "dead leaves"
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
        app.view().run.snapshot.as_ref().unwrap().data.spec.seed == 2
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
                wait(&mut harness, |app| app.view().shared.opening.is_none());
                let said = &harness.state().view().shared.notices.last().unwrap().text;
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
        let source = DataSource::File(path.clone());
        wait(&mut harness, |app| {
            let snapshot = app.view().run.snapshot.as_ref().unwrap();
            snapshot.data.spec.source == source
        });
        let snapshot = harness.state().view().run.snapshot.clone().unwrap();
        assert_eq!(snapshot.data.samples.dim(), dim, "{name}");
        assert_eq!(snapshot.data.sentences(), preview.preparation, "{name}");
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
