//! The input as a canvas: pictures are painted with a brush, vectors by dragging their values.

use egui::{EventFilter, Key, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::atlas::{INPUT, Pictures, centred};
use crate::data::{DataSet, SampleShape};
use crate::lab::Action;
use crate::lab::View;
use crate::lab::look::{Brush, LookAction, Through};
use crate::training::Snapshot;
use crate::ui::help::Help as _;
use crate::ui::named;
use crate::ui::theme::Theme;

/// One press of an arrow changes a vector's value by this part of the range.
const STEP: f32 = 0.05;

#[derive(Default)]
pub(super) struct Canvas {
    /// Where the stroke was a frame ago.
    last: Option<(usize, usize)>,
    /// (row, column) of the keyboard's cursor.
    cursor: (usize, usize),
}

impl Canvas {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        through: &Through,
        pictures: &Pictures,
        size: egui::Vec2,
        actions: &mut Vec<Action>,
    ) {
        let theme = Theme::of(ui);
        let (rect, response) = centred(ui, size, Sense::click_and_drag());
        let values = through.picture.as_slice().unwrap_or_default();
        pictures.paint(ui, rect, INPUT, values, snapshot);
        let vector = snapshot.data.shape.is_vector();
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Input, to draw on"));
        let (rows, columns) = snapshot.data.shape.picture();
        let cell = |at: Pos2| {
            let along = |part: f32, count: usize| {
                ((part * count as f32).floor().max(0.0) as usize).min(count.saturating_sub(1))
            };
            (
                along((at.y - rect.top()) / rect.height(), rows),
                along((at.x - rect.left()) / rect.width(), columns),
            )
        };
        let outline = |(row, column): (usize, usize), width: usize| {
            let size = vec2(rect.width() / columns as f32, rect.height() / rows as f32);
            let from = |at: usize| at.saturating_sub((width - 1) / 2);
            let corner = rect.min + vec2(from(column) as f32 * size.x, from(row) as f32 * size.y);
            Rect::from_min_size(corner, size * width as f32).intersect(rect)
        };
        let data = &snapshot.data;
        let brush = view.run.look.brush;
        let width = if vector { 1 } else { brush.width };
        let mut drawn = None;
        if let Some(at) = response
            .interact_pointer_pos()
            .filter(|_| response.is_pointer_button_down_on())
        {
            let to = cell(at);
            let from = self.last.unwrap_or(to);
            let mut picture = values.to_vec();
            if vector {
                let (low, high) = data.picture_range();
                let level = ((rect.bottom() - at.y) / rect.height()).clamp(0.0, 1.0);
                let value = low as f32 + level * (high - low) as f32;
                for place in from.1.min(to.1)..=from.1.max(to.1) {
                    if let Some(to) = picture.get_mut(place) {
                        *to = value;
                    }
                }
            } else {
                stroke(&mut picture, data, brush, from, to);
            }
            if picture != values {
                drawn = Some(picture);
            }
            self.last = Some(to);
            self.cursor = to;
            response.request_focus();
        } else {
            self.last = None;
            if let Some(at) = response.hover_pos() {
                let edge = Stroke::new(1.0, theme.accent);
                let over = outline(cell(at), width);
                ui.painter()
                    .rect_stroke(over, 0.0, edge, StrokeKind::Inside);
            }
        }
        if response.gained_focus() {
            ui.ctx().request_repaint(); // the arrows are its own from the next frame on
        }
        if response.has_focus() {
            drawn = self.keys(ui, &response, data, brush, values).or(drawn);
            let at = (
                self.cursor.0.min(rows.saturating_sub(1)),
                self.cursor.1.min(columns.saturating_sub(1)),
            );
            let edge = Stroke::new(2.0, theme.accent);
            ui.painter()
                .rect_stroke(outline(at, width), 0.0, edge, StrokeKind::Inside);
        }
        if let Some(picture) = drawn {
            actions.push(Action::Look(LookAction::Draw(picture.into())));
        }
        if !vector {
            response.help("Drag to draw. With the keyboard: the arrows move, Enter draws.");
            return;
        }
        let hint =
            "Drag to set the values. With the keyboard: ← and → choose one, ↑ and ↓ change it.";
        let over = response.hover_pos().map(|at| cell(at).1);
        let value = over.and_then(|place| {
            let value = f64::from(*values.get(place)?);
            Some(named::value(&data.fitted, place, value))
        });
        response.help(match value {
            Some(value) => format!("{value}\n{hint}"),
            None => hint.to_owned(),
        });
    }

    /// What the keys make of the picture, if anything.
    fn keys(
        &mut self,
        ui: &Ui,
        response: &egui::Response,
        data: &DataSet,
        brush: Brush,
        values: &[f32],
    ) -> Option<Vec<f32>> {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let presses = |key| ui.input(|input| input.num_presses(key)) as isize;
        let (down, right) = (
            presses(Key::ArrowDown) - presses(Key::ArrowUp),
            presses(Key::ArrowRight) - presses(Key::ArrowLeft),
        );
        let draws = ui.input(|input| input.key_pressed(Key::Enter) || input.key_down(Key::Enter));
        let (rows, columns) = data.shape.picture();
        let moved = |at: usize, by: isize, count: usize| {
            at.saturating_add_signed(by).min(count.saturating_sub(1))
        };
        self.cursor.1 = moved(self.cursor.1, right, columns);
        let mut picture = values.to_vec();
        if data.shape.is_vector() {
            let (low, high) = data.picture_range();
            let value = picture.get_mut(self.cursor.1)?;
            let change = -(down as f32) * STEP * (high - low) as f32;
            *value = (*value + change).clamp(low as f32, high as f32);
        } else {
            self.cursor.0 = moved(self.cursor.0, down, rows);
            if draws {
                stroke(&mut picture, data, brush, self.cursor, self.cursor);
            }
        }
        (picture != values).then_some(picture)
    }
}

/// Draws a line from one pixel to another.
fn stroke(
    picture: &mut [f32],
    data: &DataSet,
    brush: Brush,
    from: (usize, usize),
    to: (usize, usize),
) {
    let SampleShape::Image {
        rows,
        columns,
        channels,
    } = data.shape
    else {
        return;
    };
    let (low, high) = data.picture_range();
    let colour = brush
        .colour
        .map(|part| low as f32 + part * (high - low) as f32);
    let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
    let between = |a: usize, b: usize, step: usize| {
        (a as f32 + (b as f32 - a as f32) * step as f32 / steps as f32).round() as usize
    };
    let before = (brush.width.max(1) - 1) / 2;
    for step in 0..=steps {
        let (row, column) = (between(from.0, to.0, step), between(from.1, to.1, step));
        let (top, left) = (row.saturating_sub(before), column.saturating_sub(before));
        for y in top..(top + brush.width.max(1)).min(rows) {
            for x in left..(left + brush.width.max(1)).min(columns) {
                let start = (y * columns + x) * channels;
                for (value, part) in picture[start..start + channels].iter_mut().zip(colour) {
                    *value = part;
                }
            }
        }
    }
}
