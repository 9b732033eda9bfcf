//! The window for every hand: by keyboard alone, and with help that covers nothing that is being changed.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "../ui_support/mod.rs"]
mod ui_support;

mod contrast;
mod fields;
mod focus;
mod help;
mod keys;
mod numbers;
mod painted;
mod shapes;

use std::sync::Arc;

use egui_kittest::Harness;
use sae_lab::app::LabApp;
use sae_lab::lab::Preferences;
use sae_lab::training::Snapshot;
use ui_support::{Script, scripted_at};

pub type Window = Harness<'static, LabApp>;

pub const SIZE: [f32; 2] = [1280.0, 720.0];

/// The window on `snapshot`.
pub fn window_at(snapshot: &Snapshot) -> (Window, Arc<Script>) {
    scripted_at(snapshot, Preferences::default(), SIZE, false)
}

/// The window on the fixed snapshot.
pub fn window() -> (Window, Arc<Script>) {
    window_at(&ui_support::snapshot())
}
