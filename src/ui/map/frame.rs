//! Where the parts of a heat map stand: cells, the words beside them, and the scale of the colours.

use egui::{Rect, Ui, Vec2, pos2, vec2};

use crate::io::sweep_map::{Sides, ValueScale};
use crate::ui::theme::{GRID, SMALL};
use crate::ui::widgets;

/// A cell is no larger, in points, along either side.
const LARGEST: f32 = 150.0;
/// Of one line of small words.
pub(super) const LINE: f32 = 17.0;
/// Between cells and words.
const NEAR: f32 = 6.0;
/// Of the scale of the colours, and before it.
const SCALE: f32 = 14.0;
const BEFORE_SCALE: f32 = 2.0 * GRID;

/// The words of a side: one is written every so many cells.
pub(super) struct Labels {
    pub texts: Vec<String>,
    pub every: usize,
}

pub(super) struct MapFrame {
    pub cells: Rect,
    /// Of one, in points.
    pub cell: Vec2,
    pub columns: usize,
    pub rows: usize,
    pub scale: Rect,
    pub along: Labels,
    pub up: Labels,
    /// What the columns, and the rows, are called.
    pub titles: [&'static str; 2],
}

impl MapFrame {
    pub(super) fn new(ui: &Ui, room: Rect, sides: &Sides<'_>, scale: &ValueScale) -> Self {
        let (columns, rows) = sides.size();
        let (along, up) = (sides.labels(false), sides.labels(true));
        let widest = |texts: &[String]| {
            let widths = texts.iter().map(|text| widgets::width(ui, text));
            widths.fold(0.0, f32::max).ceil()
        };
        let ticks: Vec<String> = scale.ticks().into_iter().map(|(_, text)| text).collect();
        let left = widest(&up) + NEAR;
        let right = BEFORE_SCALE + SCALE + NEAR + widest(&ticks);
        let (above, below) = (LINE + 2.0, 2.0 * LINE + NEAR);
        let most =
            vec2(room.width() - left - right, room.height() - above - below).max(Vec2::splat(1.0));
        let ppp = ui.pixels_per_point();
        let side = |room: f32, count: usize| {
            let side = (room / count.max(1) as f32).min(LARGEST);
            let pixels = (side * ppp).floor();
            // of many, a pixel more or less is seen
            if pixels >= 4.0 { pixels / ppp } else { side }
        };
        let cell = vec2(side(most.x, columns), side(most.y, rows));
        let size = vec2(cell.x * columns as f32, cell.y * rows as f32);
        let corner = pos2(room.left() + left, room.top() + above);
        let corner = pos2(
            (corner.x * ppp).round() / ppp,
            (corner.y * ppp).round() / ppp,
        );
        let cells = Rect::from_min_size(corner, size);
        // a low map has room for its scale nevertheless
        let high = size.y.max(120.0).min(most.y.max(size.y));
        let scale = Rect::from_min_size(
            pos2(cells.right() + BEFORE_SCALE, cells.top()),
            vec2(SCALE, high),
        );
        let every = |length: f32, side: f32| ((length / side).ceil() as usize).max(1);
        let along = Labels {
            every: every(widest(&along) + 10.0, cell.x),
            texts: along,
        };
        let up = Labels {
            every: every(SMALL + 5.0, cell.y),
            texts: up,
        };
        Self {
            cells,
            cell,
            columns,
            rows,
            scale,
            along,
            up,
            titles: sides.titles(),
        }
    }

    /// Where the cell in `column`, `row` from below is.
    pub(super) fn rect(&self, column: usize, row: usize) -> Rect {
        let corner = pos2(
            self.cells.left() + column as f32 * self.cell.x,
            self.cells.bottom() - (row + 1) as f32 * self.cell.y,
        );
        Rect::from_min_size(corner, self.cell)
    }

    /// (column, row from below) at `at`.
    pub(super) fn at(&self, at: egui::Pos2) -> Option<(usize, usize)> {
        if !self.cells.contains(at) {
            return None;
        }
        let column = ((at.x - self.cells.left()) / self.cell.x) as usize;
        let row = ((self.cells.bottom() - at.y) / self.cell.y) as usize;
        Some((column.min(self.columns - 1), row.min(self.rows - 1)))
    }
}
