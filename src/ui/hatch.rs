//! What tells the dead from the living without colour: hatching for areas, a stroke through a picture, a cross for a point.

use egui::{Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::theme::Theme;

/// From line to line of a hatching, measured along an axis, in points.
const PITCH: f32 = 6.0;
const WIDTH: f32 = 1.25;

/// Diagonal lines over `rect`, from the lower left to the upper right; those of neighbours go on in one another.
pub(super) fn over(rect: Rect, colour: Color32) -> Vec<Shape> {
    let mut shapes = Vec::new();
    if !rect.is_positive() {
        return shapes;
    }
    // on each of them x + y is a multiple of the pitch
    let first = ((rect.left() + rect.top()) / PITCH).ceil() as i32;
    let last = ((rect.right() + rect.bottom()) / PITCH).floor() as i32;
    for line in first..=last {
        let sum = line as f32 * PITCH;
        let (from, to) = (
            rect.left().max(sum - rect.bottom()),
            rect.right().min(sum - rect.top()),
        );
        if from < to {
            let ends = [pos2(from, sum - from), pos2(to, sum - to)];
            shapes.push(Shape::line_segment(ends, Stroke::new(WIDTH, colour)));
        }
    }
    shapes
}

/// A stroke through the picture of a dead unit, and a dashed frame around it.
pub(super) fn through(rect: Rect, theme: &Theme) -> Vec<Shape> {
    let inner = rect.shrink(0.5);
    let ends = [inner.left_bottom(), inner.right_top()];
    let frame = [
        inner.left_top(),
        inner.right_top(),
        inner.right_bottom(),
        inner.left_bottom(),
        inner.left_top(),
    ];
    let mut shapes = vec![
        // on a margin, so that it is seen on every picture
        Shape::line_segment(ends, Stroke::new(4.0, theme.panel)),
        Shape::line_segment(ends, Stroke::new(1.5, theme.dead)),
        Shape::closed_line(frame[..4].to_vec(), Stroke::new(1.0, theme.panel)),
    ];
    shapes.extend(Shape::dashed_line(
        &frame,
        Stroke::new(1.5, theme.dead),
        4.0,
        3.0,
    ));
    shapes
}

/// The point of a dead unit.
pub(super) fn cross(centre: Pos2, radius: f32, colour: Color32) -> [Shape; 2] {
    [vec2(radius, radius), vec2(radius, -radius)].map(|arm| {
        let ends = [centre - arm, centre + arm];
        Shape::line_segment(ends, Stroke::new(1.75, colour))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_within_and_go_on_in_the_neighbour() {
        let whole = Rect::from_min_max(pos2(3.0, 2.0), pos2(103.0, 42.0));
        let length = |rect: Rect| -> f32 {
            let segments = over(rect, Color32::WHITE)
                .into_iter()
                .map(|shape| match shape {
                    Shape::LineSegment { points, .. } => {
                        assert!(points.iter().all(|at| rect.expand(1e-3).contains(*at)));
                        points[0].distance(points[1])
                    }
                    other => panic!("{other:?}"),
                });
            segments.sum()
        };
        let (left, right) = (whole.with_max_x(50.0), whole.with_min_x(50.0));
        assert!((length(whole) - length(left) - length(right)).abs() < 1e-2);
        // a line in six points of width: 40 · 100 / 6 · √2
        assert!(
            (length(whole) / 943.0 - 1.0).abs() < 0.1,
            "{}",
            length(whole)
        );
        assert!(over(Rect::NOTHING, Color32::WHITE).is_empty());
    }
}
