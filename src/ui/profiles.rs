//! Samples that are not pictures over their reconstructions, as lines in one frame.

use egui::{Color32, Pos2, Rect, Shape, Stroke, Ui, pos2};
use ndarray::ArrayView1;

use super::theme::Theme;

/// Width of a frame, in points.
pub const WIDTH: f32 = 104.0;
const INSET: f32 = 4.0;

/// Where the lines go in `frame`.
pub fn inside(frame: Rect) -> Rect {
    frame.shrink(INSET)
}

/// The lines of x, quiet, and x̂, loud, in `frame`; `low` at its foot and `high` at its head.
pub fn paint(
    ui: &Ui,
    frame: Rect,
    input: ArrayView1<'_, f32>,
    reconstruction: ArrayView1<'_, f32>,
    range: (f64, f64),
) {
    let theme = Theme::of(ui);
    let inside = inside(frame);
    for (values, colour, width) in [
        (input, theme.text_muted, 1.5),
        (reconstruction, theme.accent, 1.5),
    ] {
        ui.painter().add(line(values, inside, range, colour, width));
    }
}

/// The line of `values` in `frame`.
pub fn line(
    values: ArrayView1<'_, f32>,
    frame: Rect,
    (low, high): (f64, f64),
    colour: Color32,
    width: f32,
) -> Shape {
    let span = if high > low { (high - low) as f32 } else { 1.0 };
    let y = |value: f32| {
        let level = ((value - low as f32) / span).clamp(-0.1, 1.1);
        frame.bottom() - level * frame.height()
    };
    let points: Vec<Pos2> = if values.len() == 1 {
        let y = y(values[0]);
        vec![pos2(frame.left(), y), pos2(frame.right(), y)]
    } else {
        let step = frame.width() / (values.len() - 1).max(1) as f32;
        values
            .iter()
            .enumerate()
            .map(|(index, value)| pos2(frame.left() + index as f32 * step, y(*value)))
            .collect()
    };
    Shape::line(points, Stroke::new(width, colour))
}
