//! The cells themselves, what marks them, the law's line and the scale of the colours.

use egui::epaint::Mesh;
use egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::frame::{LINE, MapFrame};
use crate::io::colour_map::sequential;
use crate::io::sweep_map::{Shade, Sides, ValueScale};
use crate::training::sweep::{Cell, Map, Measure};
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::widgets;

/// Steps of the scale of the colours.
const STEPS: usize = 64;
/// Every so many points of the law are drawn.
const POINTS: usize = 4;

pub(super) fn colour(theme: &Theme, shade: Shade) -> Color32 {
    match shade {
        Shade::Unknown => theme.raised,
        Shade::Lost => theme.rail,
        Shade::Part(part) => Theme::rgb(sequential(part as f32)),
    }
}

/// A triangle of `side` points in the upper right corner: J still falls.
pub(super) fn falling(mesh: &mut Mesh, cell: Rect, side: f32, ink: Color32) {
    let small = cell.size().min_elem();
    let first = mesh.vertices.len() as u32;
    // within the cell where it has room: at its very edge it would look like a notch
    let inset = (small * 0.1).min(3.0).floor();
    let corner = cell.right_top() + vec2(-inset, inset);
    for at in [corner, corner - vec2(side, 0.0), corner + vec2(0.0, side)] {
        mesh.colored_vertex(at, ink);
    }
    mesh.add_triangle(first, first + 1, first + 2);
}

/// A run has diverged.
pub(super) fn cross(cell: Rect, ink: Color32) -> [Shape; 2] {
    let at = cell.center();
    let arm = (cell.size().min_elem() * 0.2).max(1.5);
    [vec2(arm, arm), vec2(arm, -arm)]
        .map(|arm| Shape::line_segment([at - arm, at + arm], Stroke::new(1.6, ink)))
}

/// Everything within the frame.
pub(super) fn paint(
    ui: &Ui,
    frame: &MapFrame,
    map: &Map,
    (sides, measure, scale): (&Sides<'_>, Measure, &ValueScale),
    cells: &[Cell],
) {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    let place = |index: usize| frame.rect(index % frame.columns, index / frame.columns);
    let mut mesh = Mesh::default();
    for (index, cell) in cells.iter().enumerate() {
        let place = place(index);
        // of few cells, each is seen by itself
        let gap = if place.size().min_elem() >= 12.0 {
            0.5
        } else {
            0.0
        };
        mesh.add_colored_rect(place.shrink(gap), colour(theme, scale.shade(cell)));
    }
    let mut crosses = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        let ink = Theme::ink_on(colour(theme, scale.shade(cell)));
        if cell.unconverged > 0 {
            let side = (frame.cell.min_elem() * 0.28).clamp(2.0, 14.0);
            falling(&mut mesh, place(index), side, ink);
        }
        if cell.diverged > 0 {
            crosses.extend(cross(place(index), ink));
        }
    }
    painter.add(Shape::mesh(mesh));
    painter.extend(crosses);
    let outline = Stroke::new(1.0, theme.rail);
    painter.rect_stroke(frame.cells, 0.0, outline, StrokeKind::Outside);
    let law = law(frame, map, sides);
    for line in &law {
        law_line(ui, line.clone());
    }
    numbers(ui, frame, measure, scale, cells, &law);
    axes(ui, frame);
    bar(ui, frame, scale);
}

/// The lines along which λ is λ_c, on the screen.
fn law(frame: &MapFrame, map: &Map, sides: &Sides<'_>) -> Vec<Vec<Pos2>> {
    let on_screen = |point: &[f64; 2]| {
        let [x, y] = sides.point(*point);
        pos2(
            frame.cells.left() + x as f32 * frame.cell.x,
            frame.cells.bottom() - y as f32 * frame.cell.y,
        )
    };
    let thinned = |line: &Vec<[f64; 2]>| {
        let mut points: Vec<Pos2> = line.iter().step_by(POINTS).map(on_screen).collect();
        points.extend(line.last().map(on_screen));
        points
    };
    map.law().iter().map(thinned).collect()
}

/// On a margin, so that it is seen on every colour.
pub(super) fn law_line(ui: &Ui, points: Vec<Pos2>) {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    painter.add(Shape::line(points.clone(), Stroke::new(5.0, theme.panel)));
    painter.add(Shape::line(points, Stroke::new(2.5, theme.dead)));
}

/// The cells' values, where they have room beside the line.
fn numbers(
    ui: &Ui,
    frame: &MapFrame,
    measure: Measure,
    scale: &ValueScale,
    cells: &[Cell],
    law: &[Vec<Pos2>],
) {
    if frame.cell.x < 30.0 || frame.cell.y < 20.0 {
        return;
    }
    let theme = Theme::of(ui);
    for (index, cell) in cells.iter().enumerate() {
        let Some(value) = cell.value.filter(|_| cell.diverged == 0) else {
            continue;
        };
        let ink = Theme::ink_on(colour(theme, scale.shade(cell)));
        let text = widgets::galley(ui, measure.text(value), theme::regular(SMALL), ink);
        let place = frame.rect(index % frame.columns, index / frame.columns);
        let rect = Align2::CENTER_CENTER.align_size_within_rect(text.size(), place);
        let crossed = law
            .iter()
            .flat_map(|line| line.windows(2))
            .any(|ends| near(ends[0], ends[1], rect.expand(2.0)));
        if rect.width() + 6.0 <= place.width() && !crossed {
            ui.painter().galley(rect.min, text, ink);
        }
    }
}

/// Whether the box around a short line meets `rect`.
fn near(from: Pos2, to: Pos2, rect: Rect) -> bool {
    Rect::from_two_pos(from, to).expand(2.5).intersects(rect)
}

/// The values along both sides, and what they are of.
fn axes(ui: &Ui, frame: &MapFrame) {
    let theme = Theme::of(ui);
    let font = || theme::regular(SMALL);
    let text = |at, anchor, words: &str, tone| {
        widgets::text(ui, at, anchor, words, font(), tone);
    };
    let below = frame.cells.bottom() + 4.0;
    for (column, words) in frame
        .along
        .texts
        .iter()
        .enumerate()
        .step_by(frame.along.every)
    {
        let x = frame.cells.left() + (column as f32 + 0.5) * frame.cell.x;
        text(pos2(x, below), Align2::CENTER_TOP, words, theme.text);
    }
    for (row, words) in frame.up.texts.iter().enumerate().step_by(frame.up.every) {
        let y = frame.cells.bottom() - (row as f32 + 0.5) * frame.cell.y;
        let at = pos2(frame.cells.left() - 5.0, y);
        text(at, Align2::RIGHT_CENTER, words, theme.text);
    }
    let [along, up] = frame.titles;
    let left = ui.max_rect().left();
    text(
        pos2(left, frame.cells.top() - LINE - 1.0),
        Align2::LEFT_TOP,
        up,
        theme.text_muted,
    );
    let width = widgets::width(ui, along);
    let right = frame.cells.right().max(left + width);
    text(
        pos2(right, below + LINE),
        Align2::RIGHT_TOP,
        along,
        theme.text_muted,
    );
}

/// The scale of the colours, with its values.
fn bar(ui: &Ui, frame: &MapFrame, scale: &ValueScale) {
    let theme = Theme::of(ui);
    let rect = frame.scale;
    let mut mesh = Mesh::default();
    let step = rect.height() / STEPS as f32;
    for index in 0..STEPS {
        let part = 1.0 - (index as f32 + 0.5) / STEPS as f32;
        let top = rect.top() + index as f32 * step;
        let strip = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + step));
        mesh.add_colored_rect(strip, Theme::rgb(sequential(part)));
    }
    ui.painter().add(Shape::mesh(mesh));
    ui.painter()
        .rect_stroke(rect, 0.0, Stroke::new(1.0, theme.rail), StrokeKind::Outside);
    let half = SMALL / 2.0;
    let mut last = f32::INFINITY;
    for (part, words) in scale.ticks() {
        let y = rect.bottom() - part as f32 * rect.height();
        ui.painter().hline(
            rect.right()..=rect.right() + 3.0,
            y,
            Stroke::new(1.0, theme.rail),
        );
        // not below the lower end, nor above the upper one, however low the scale is
        let y = y.min(rect.bottom() - half).max(rect.top() + half);
        if last - y < SMALL + 3.0 {
            continue; // no room for this one
        }
        last = y;
        let at = pos2(rect.right() + 6.0, y);
        let font = theme::regular(SMALL);
        widgets::text(ui, at, Align2::LEFT_CENTER, words, font, theme.text);
    }
}
