//! The inputs that excite the unit most and least, with what it answers.

use egui::{Align2, Color32, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use ndarray::Array2;

use super::shown::{Shown, waiting};
use crate::lab::inspection::InspectedUnit;
use crate::model::inspection::Excitation;
use crate::training::snapshot::Version;
use crate::ui::help::Help as _;
use crate::ui::numbers::thousands;
use crate::ui::theme::{self, SMALL, Theme};
use crate::ui::tiles::{Atlas, whole_scale};
use crate::ui::{named, pictures, profiles, widgets};

/// Of the activation below a picture.
const FOOT: f32 = 15.0;
const GAP: f32 = 6.0;
/// The words at the left.
const LABELS: f32 = 36.0;
/// The least width of a picture's place: the activation below it needs so much.
const LEAST: f32 = 28.0;
const CORNER: f32 = 7.0;

#[derive(Default)]
pub(super) struct InputsPart {
    atlas: Atlas,
    /// (which weights, which unit, smooth)
    shown: Option<(Version, usize, bool)>,
}

impl InputsPart {
    pub(super) fn ui(&mut self, ui: &mut Ui, shown: &Shown<'_>) {
        widgets::title_row(ui, "Inputs", "that excite it most and least", |_| {});
        let Some(inspected) = shown.inspected else {
            return waiting(ui, shown);
        };
        let area = ui.available_rect_before_wrap();
        let shape = shown.snapshot.data.shape;
        let row_height = (area.height() - GAP) / 2.0;
        let picture_height = (row_height - FOOT).max(8.0);
        let ppp = ui.pixels_per_point();
        let (tile, smooth) = if shape.is_vector() {
            (vec2(72.0, picture_height), false)
        } else {
            let (rows, columns) = shape.picture();
            let most = picture_height * ppp / rows as f32;
            let (scale, smooth) = whole_scale(most);
            let scale = if scale < 1.0 { most } else { scale };
            let size = vec2(columns as f32, rows as f32) * scale / ppp;
            (
                size.min(vec2(area.width() - LABELS, picture_height)),
                smooth,
            )
        };
        self.refresh(ui, shown, inspected, smooth);
        let step = (tile.x + GAP).max(LEAST + GAP);
        let room = ((area.width() - LABELS + GAP) / step).floor().max(1.0) as usize;
        let count = inspected.unit.most_exciting.len().min(room);
        // the whole width, evenly
        let step = ((area.width() - LABELS + GAP) / count.max(1) as f32).min(step * 1.6);
        let lists = [
            ("most", &inspected.unit.most_exciting, &inspected.most, 0),
            (
                "least",
                &inspected.unit.least_exciting,
                &inspected.least,
                inspected.most.nrows(),
            ),
        ];
        for (row, (name, list, values, first)) in lists.into_iter().enumerate() {
            let top = area.top() + row as f32 * (row_height + GAP);
            let middle = pos2(area.left(), top + tile.y / 2.0);
            let (font, tone) = (theme::regular(SMALL), Theme::of(ui).text_muted);
            widgets::text(ui, middle, Align2::LEFT_CENTER, name, font, tone);
            for (index, excitation) in list.iter().take(count).enumerate() {
                let left = area.left() + LABELS + index as f32 * step;
                let corner = (pos2(left, top) * ppp).round() / ppp;
                let rect = Rect::from_min_size(corner, tile);
                if shape.is_vector() {
                    line(ui, shown, values, index, rect);
                } else {
                    let tile = (first + index, rect, Color32::WHITE);
                    ui.painter().add(self.atlas.mesh([tile]));
                }
                input(ui, shown, (name, index, *excitation), values, rect);
            }
        }
    }

    fn refresh(&mut self, ui: &Ui, shown: &Shown<'_>, inspected: &InspectedUnit, smooth: bool) {
        let key = (inspected.version, shown.unit, smooth);
        let data = &shown.snapshot.data;
        if data.shape.is_vector() || self.shown.replace(key) == Some(key) {
            return;
        }
        let range = data.picture_range();
        let most = inspected.most.nrows();
        let count = most + inspected.least.nrows();
        let size = data.shape.picture();
        self.atlas
            .fill(ui.ctx(), "inputs", count, size, smooth, |index, pixels| {
                let row = if index < most {
                    inspected.most.row(index)
                } else {
                    inspected.least.row(index - most)
                };
                pictures::paint_sample(data.shape, row.iter().copied(), range, pixels);
            });
    }
}

/// Where the line of a sample that is no picture goes.
fn frame_of(rect: Rect) -> Rect {
    rect.shrink(3.0)
}

fn line(ui: &Ui, shown: &Shown<'_>, values: &Array2<f32>, index: usize, rect: Rect) {
    let range = shown.snapshot.data.picture_range();
    let theme = Theme::of(ui);
    // behind a name it is no more than the ground
    let tone = match shown.snapshot.data.names {
        Some(_) => theme.rail,
        None => theme.text,
    };
    let frame = frame_of(rect);
    ui.painter()
        .add(profiles::line(values.row(index), frame, range, tone, 1.25));
}

/// The frame of one input, its class, and the unit's answer.
fn input(
    ui: &Ui,
    shown: &Shown<'_>,
    (list, index, excitation): (&str, usize, Excitation),
    values: &Array2<f32>,
    rect: Rect,
) {
    let theme = Theme::of(ui);
    let data = &shown.snapshot.data;
    let edge = Stroke::new(1.0, theme.line);
    ui.painter()
        .rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
    let class = data.class_of(excitation.index);
    if let Some(class) = class {
        ui.painter()
            .extend(widgets::class_corner(ui, rect, class, CORNER));
    }
    if let (true, Some(names)) = (data.shape.is_vector(), &data.names)
        && let Some(name) = names.get(excitation.index)
    {
        let font = theme::regular(SMALL);
        let room = rect.width() - 4.0;
        let name = widgets::elided(ui, name, font, theme.text_strong, room);
        ui.painter()
            .galley(rect.min + vec2(2.0, 1.0), name, theme.text_strong);
    }
    let answer = activation(excitation.activation);
    let at = pos2(
        rect.center().x.max(rect.left() + LEAST / 2.0 - 4.0),
        rect.bottom() + 2.0,
    );
    let font = theme::regular(SMALL);
    widgets::text(ui, at, Align2::CENTER_TOP, &answer, font, theme.text_muted);
    let response = ui.interact(rect, ui.scope_id().with((list, index)), Sense::hover());
    let number = thousands(excitation.index as u64 + 1);
    let beside = data.beside(excitation.index);
    let mut words = format!("Input {number}{beside}: activation {answer}");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &words));
    if let (true, Some(at)) = (data.shape.is_vector(), response.hover_pos()) {
        let place = named::on_line(frame_of(rect), at, values.ncols());
        if let Some(value) = values.get((index, place)) {
            words = format!(
                "{words}\n{}",
                named::value(&data.fitted, place, (*value).into())
            );
        }
    }
    response.help(words);
}

/// An activation in the little room below a picture.
pub(super) fn activation(value: f64) -> String {
    match value.abs() {
        size if size >= 0.01 || value == 0.0 => format!("{value:.2}"),
        size if size >= 1e-3 => format!("{value:.3}"),
        _ => format!("{value:.0e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::activation;

    #[test]
    fn activations_are_short() {
        let texts = [0.9312, 0.05, 0.0021, 3e-7, 0.0, -0.98].map(activation);
        assert_eq!(texts, ["0.93", "0.05", "0.002", "3e-7", "0.00", "-0.98"]);
    }
}
