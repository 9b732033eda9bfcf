//! Vectors as bars, for samples that are not pictures.

use egui::{Color32, Mesh, Rect, Shape, pos2};

/// Most bars drawn; of longer vectors each is the furthest of a few neighbours.
const BARS: usize = 512;

/// Where on the frame's height `value` lies; clamped to the frame.
pub(super) fn y(value: f32, frame: Rect, (low, high): (f64, f64)) -> f32 {
    let span = if high > low { (high - low) as f32 } else { 1.0 };
    let level = (value - low as f32) / span;
    frame.bottom() - level.clamp(0.0, 1.0) * frame.height()
}

/// One mesh of the `values` as bars from 0, or from the end of the range that is nearest to 0.
pub(super) fn bars(values: &[f32], frame: Rect, range: (f64, f64), colour: Color32) -> Shape {
    let count = values.len().clamp(1, BARS);
    let base = 0f64.clamp(range.0, range.1.max(range.0)) as f32;
    let foot = y(base, frame, range);
    let step = frame.width() / count as f32;
    let gap = if step >= 3.0 { 1.0 } else { 0.0 };
    let mut mesh = Mesh::default();
    for bar in 0..count {
        let (start, end) = (bar * values.len() / count, (bar + 1) * values.len() / count);
        let value = values[start..end].iter().fold(base, |furthest, value| {
            if (value - base).abs() > (furthest - base).abs() {
                *value
            } else {
                furthest
            }
        });
        let (top, left) = (y(value, frame, range), frame.left() + bar as f32 * step);
        let rect = Rect::from_min_max(
            pos2(left, top.min(foot)),
            pos2(left + step - gap, top.max(foot).max(top.min(foot) + 1.0)),
        );
        mesh.add_colored_rect(rect, colour);
    }
    Shape::mesh(mesh)
}
