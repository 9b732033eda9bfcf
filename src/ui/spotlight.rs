//! One panel in the light: the others are dimmed.

use egui::{Rect, Ui};

use super::theme::Theme;

/// How much of what is dimmed is covered.
const DIM: f32 = 0.82;

/// Dims all of `whole` but what is `lit`.
pub fn around(ui: &Ui, whole: Rect, lit: Rect) {
    let dim = Theme::of(ui).window.gamma_multiply(DIM);
    let parts = [
        whole.with_max_y(lit.top()),
        whole.with_min_y(lit.bottom()),
        Rect::from_min_max(
            egui::pos2(whole.left(), lit.top()),
            egui::pos2(lit.left(), lit.bottom()),
        ),
        Rect::from_min_max(
            egui::pos2(lit.right(), lit.top()),
            egui::pos2(whole.right(), lit.bottom()),
        ),
    ];
    for part in parts.into_iter().filter(|part| part.is_positive()) {
        ui.painter().rect_filled(part, 0.0, dim);
    }
}
