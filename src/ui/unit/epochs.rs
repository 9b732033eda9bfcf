//! The axis of epochs below the strips of the page.

use egui::{Align2, Rect, Ui, pos2};

use super::super::theme::{self, Theme};
use super::super::{numbers, widgets};
use crate::training::Snapshot;

/// Where an epoch is on a frame that shows the whole run.
pub(super) fn x_of(frame: Rect, snapshot: &Snapshot) -> impl Fn(f64) -> f32 {
    let span = (snapshot.epoch as f64).max(1.0);
    move |epoch| frame.left() + frame.width() * (epoch / span) as f32
}

/// 0 and the last epoch, below `frame`.
pub(super) fn epoch_ends(ui: &Ui, frame: Rect, snapshot: &Snapshot) {
    let tone = Theme::of(ui).text_muted;
    let y = frame.bottom() + 2.0;
    let font = theme::regular(theme::SMALL);
    let first = pos2(frame.left(), y);
    widgets::text(ui, first, Align2::LEFT_TOP, "epoch 0", font.clone(), tone);
    let last = numbers::thousands(snapshot.epoch);
    let end = pos2(frame.right(), y);
    widgets::text(ui, end, Align2::RIGHT_TOP, last, font, tone);
}
