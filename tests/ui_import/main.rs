//! Data on their way into the window: opened, looked at on the import sheet, prepared, trained on.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod fields;
mod held;
mod names;
mod real;
mod scripted;
mod tables;
#[path = "../ui_support/mod.rs"]
mod ui_support;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use sae_lab::app::LabApp;
use sae_lab::data::error::grouped;
use sae_lab::data::{DataSource, DataSpec, EmbeddedSet, Scaling, Whitening};
use sae_lab::lab::import::Import;
use sae_lab::lab::import_settings::Whose;
use sae_lab::lab::preferences::Preferences;
use sae_lab::lab::preview::Preview;
use sae_lab::model::{OptimizerKind, OutputActivation};
use sae_lab::training::{Activity, Preset};
use ui_support::{Script, drop_files, scripted, wait};

const SIZE: [f32; 2] = [1280.0, 720.0];

type Window = Harness<'static, LabApp>;

fn window() -> (Window, Arc<Script>) {
    scripted(Preferences::default(), SIZE, false)
}

/// The window on the real trainer and the real readers.
fn real() -> Window {
    let experiment = Preset::Bars.experiment();
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

fn import(harness: &Window) -> &Import {
    harness.state().view().shared.import.as_ref().unwrap()
}

/// Steps until the sheet shows a preview of its choices; that preview.
fn preview(harness: &mut Window) -> Arc<Preview> {
    wait(harness, |app| {
        app.view()
            .shared
            .import
            .as_ref()
            .is_some_and(Import::is_shown)
    });
    harness.run_steps(3);
    import(harness).preview.clone().unwrap()
}

fn open(harness: &mut Window, path: impl Into<PathBuf>) -> Arc<Preview> {
    drop_files(harness, &[path.into()]);
    wait(harness, |app| app.view().shared.opening.is_none());
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
