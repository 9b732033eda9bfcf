//! The window to the pixel, from a fixed snapshot: dark, light, and zoomed for the back row.
//!
//! Rendered by the software rasteriser of Mesa (`mesa-vulkan-drivers`); `UPDATE_SNAPSHOTS=1` renews the pictures.
#![cfg(feature = "window")]

mod ui_support;

use egui_kittest::SnapshotOptions;
use sae_lab::lab::preferences::Preferences;
use sae_lab::training::Snapshot;
use ui_support::scripted_at;

/// `size` is in points: the window is `zoom` times as many pixels.
fn compare(
    name: &str,
    preferences: Preferences,
    size: [f32; 2],
    prepare: impl FnOnce(&mut egui_kittest::Harness<'static, sae_lab::app::LabApp>),
) {
    compare_at(&ui_support::snapshot(), name, preferences, size, prepare);
}

/// Of the window at `snapshot`.
fn compare_at(
    snapshot: &Snapshot,
    name: &str,
    preferences: Preferences,
    size: [f32; 2],
    prepare: impl FnOnce(&mut egui_kittest::Harness<'static, sae_lab::app::LabApp>),
) {
    let (mut harness, _script) = scripted_at(snapshot, preferences, size, true);
    prepare(&mut harness);
    harness.run();
    // other drivers round a few edges differently; a moved or missing thing is thousands of pixels
    harness.snapshot_options(
        name,
        &SnapshotOptions::new().threshold(2.0).max_failed_pixels(150),
    );
}

const HD: [f32; 2] = [1280.0, 720.0];

#[test]
fn dark() {
    compare(
        "dark",
        Preferences {
            dark: true,
            zoom: 100,
            ..Preferences::default()
        },
        HD,
        |_| {},
    );
}

#[test]
fn light() {
    compare(
        "light",
        Preferences {
            dark: false,
            zoom: 100,
            ..Preferences::default()
        },
        HD,
        |_| {},
    );
}

#[test]
fn zoomed() {
    let projector = HD.map(|pixels| (pixels / 1.5).floor());
    compare(
        "zoom-150",
        Preferences {
            dark: true,
            zoom: 150,
            ..Preferences::default()
        },
        projector,
        |_| {},
    );
}

#[test]
fn selected() {
    use egui_kittest::kittest::Queryable as _;
    compare_at(
        &ui_support::long_snapshot(),
        "selected",
        Preferences {
            dark: true,
            zoom: 100,
            ..Preferences::default()
        },
        HD,
        |harness| {
            harness.get_by_label("Unit 7, alive").click();
            harness.run();
            harness.key_press(egui::Key::Escape); // from the unit's page back to the lab
            harness.run();
            harness.remove_cursor();
        },
    );
}

/// The sheet on pictures that are to be cut and whitened.
fn import_sheet(name: &str, dark: bool, zoom: u32, size: [f32; 2]) {
    use egui_kittest::kittest::Queryable as _;
    let preferences = Preferences {
        dark,
        zoom,
        ..Preferences::default()
    };
    compare(name, preferences, size, |harness| {
        let shown = |app: &sae_lab::app::LabApp| {
            let import = app.view().shared.import.as_ref();
            import.is_some_and(|import| import.is_shown())
        };
        harness.state_mut().open(vec!["waves.npy".into()]);
        ui_support::wait(harness, shown);
        harness.run();
        harness.get_by_label("Pictures: cut into patches").click();
        harness.run();
        harness.get_by_label("Whitening: Olshausen–Field").click();
        harness.run();
        ui_support::wait(harness, shown);
        harness.run();
        harness.remove_cursor();
    });
}

#[test]
fn import_dark() {
    import_sheet("import", true, 100, HD);
}

#[test]
fn import_light_zoomed() {
    let projector = HD.map(|pixels| (pixels / 1.5).floor());
    import_sheet("import-light-150", false, 150, projector);
}

/// The list of commands, after a few letters.
fn palette(name: &str, dark: bool, zoom: u32, size: [f32; 2]) {
    use egui_kittest::kittest::Queryable as _;
    let preferences = Preferences {
        dark,
        zoom,
        ..Preferences::default()
    };
    compare(name, preferences, size, |harness| {
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
        harness.run();
        harness.get_by_label("Find a command").type_text("un");
        harness.run();
        harness.key_press(egui::Key::ArrowDown);
        harness.run();
        harness.remove_cursor();
    });
}

#[test]
fn palette_dark() {
    palette("palette", true, 100, HD);
}

#[test]
fn palette_light_zoomed() {
    let projector = HD.map(|pixels| (pixels / 1.5).floor());
    palette("palette-light-150", false, 150, projector);
}
