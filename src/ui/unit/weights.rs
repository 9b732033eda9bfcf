//! The unit's weights large: what it looks for, and what it adds to the output. The value under the pointer is named.

use egui::{
    Align2, Color32, Mesh, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use ndarray::{Array2, ArrayView1, Axis, s};

use super::shown::Shown;
use crate::data::{DataSet, FittedPreparation, SampleShape};
use crate::lab::state::Contrast;
use crate::training::snapshot::Version;
use crate::ui::feature_atlas;
use crate::ui::help::Help as _;
use crate::ui::named;
use crate::ui::numbers;
use crate::ui::pictures::{self, FeaturePainter};
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::tiles::{Atlas, whole_scale};
use crate::ui::widgets;

/// Room for the words above a picture.
const HEAD: f32 = 18.0;
const GAP: f32 = 2.0 * GRID;

#[derive(Default)]
pub(super) struct WeightsPart {
    atlas: Atlas,
    /// (which weights, which unit, contrast, dark, smooth)
    shown: Option<(Version, usize, Contrast, bool, bool)>,
    /// Encoder row and decoder column, as they look.
    values: [Vec<f32>; 2],
    scales: [f32; 2],
}

impl WeightsPart {
    /// Both pictures, as large as `height` and the width allow.
    pub(super) fn ui(&mut self, ui: &mut Ui, shown: &Shown<'_>, height: f32) {
        let data = &shown.snapshot.data;
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let width = (area.width() - GAP) / 2.0;
        let room = vec2(width, (height - HEAD).max(8.0));
        let ppp = ui.pixels_per_point();
        let (rows, columns) = pictures::size(data.shape);
        let (tile, smooth) = if data.shape.is_vector() {
            (room, false)
        } else {
            let most = (room.x / columns as f32).min(room.y / rows as f32) * ppp;
            let (scale, smooth) = whole_scale(most);
            let scale = scale.max(most.min(1.0));
            (vec2(columns as f32, rows as f32) * scale / ppp, smooth)
        };
        self.refresh(ui, shown, smooth);
        let zca = data.zca().is_some();
        for (index, name) in ["encoder", "decoder"].into_iter().enumerate() {
            let left = area.left() + index as f32 * (width + GAP);
            let x = left + ((width - tile.x) / 2.0).max(0.0);
            let corner = (pos2(x, area.top() + HEAD) * ppp).round() / ppp;
            let rect = Rect::from_min_size(corner, tile);
            self.head(ui, rect, index, name, zca);
            self.picture(ui, shown, rect, index, name);
        }
    }

    fn head(&self, ui: &Ui, rect: Rect, index: usize, name: &str, zca: bool) {
        let theme = Theme::of(ui);
        let seen = match (index, zca) {
            (0, true) => " · ZCA",
            (_, true) => " · ZCA undone",
            (_, false) => "",
        };
        let text = format!(
            "{name}{seen} · ±{}",
            numbers::short(self.scales[index].into())
        );
        let at = rect.center_top() - vec2(0.0, 4.0);
        let font = theme::regular(SMALL);
        widgets::text(ui, at, Align2::CENTER_BOTTOM, text, font, theme.text_muted);
    }

    fn picture(&self, ui: &Ui, shown: &Shown<'_>, rect: Rect, index: usize, name: &str) {
        let theme = Theme::of(ui);
        let shape = shown.snapshot.data.shape;
        if shape.is_vector() {
            ui.painter()
                .add(bars(theme, &self.values[index], self.scales[index], rect));
        } else {
            ui.painter()
                .add(self.atlas.mesh([(index, rect, Color32::WHITE)]));
        }
        let edge = Stroke::new(1.0, theme.line);
        ui.painter()
            .rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
        let response = ui.interact(rect, ui.scope_id().with(name), Sense::hover());
        let unit = shown.unit + 1;
        response.widget_info(|| {
            let name = format!("The {name} weights of unit {unit}");
            WidgetInfo::labeled(egui::Role::Image, true, name)
        });
        if let Some(pointer) = response.hover_pos() {
            let part = (pointer - rect.min) / rect.size();
            let data = &shown.snapshot.data;
            if let Some(text) = value_at(&data.fitted, &self.values[index], part.x, part.y) {
                response.help_at_pointer(text);
            }
        }
    }

    fn refresh(&mut self, ui: &Ui, shown: &Shown<'_>, smooth: bool) {
        let theme = Theme::of(ui);
        let contrast = shown.view.shared.contrast;
        let key = (
            shown.snapshot.version(),
            shown.unit,
            contrast,
            theme.dark,
            smooth,
        );
        if self.shown.replace(key) == Some(key) {
            return;
        }
        let (data, parameters) = (&shown.snapshot.data, &shown.snapshot.parameters);
        let encoder = parameters.encoder_weights();
        let encoder = data.features(encoder.slice(s![shown.unit..=shown.unit, ..]));
        self.values = [
            encoder.iter().copied().collect(),
            added(data, parameters.decoder_weights().column(shown.unit)),
        ];
        // as in the tiles: weights that withered away are to look so, but where each has its own contrast
        let floor = match contrast {
            Contrast::Shared if data.zca().is_none() => feature_atlas::initial_scale(parameters),
            _ => 0.0,
        };
        self.scales = [0, 1].map(|index| {
            let sizes = self.values[index].iter().map(|value| value.abs());
            sizes.fold(floor, f32::max)
        });
        let painter = FeaturePainter::new(theme, data.shape);
        let size = pictures::size(data.shape);
        self.atlas
            .fill(ui.ctx(), "weights", 2, size, smooth, |index, pixels| {
                painter.paint(&self.values[index], self.scales[index], pixels);
            });
    }
}

/// What a decoder column adds to the picture of the output.
fn added(data: &DataSet, column: ArrayView1<'_, f32>) -> Vec<f32> {
    if data.zca().is_none() {
        return column.to_vec();
    }
    let mut samples = Array2::zeros((2, column.len()));
    samples.row_mut(0).assign(&column);
    // undoing the whitening adds the mean: of nothing too
    let pictures = data.pictures(samples.view());
    let (with, without) = (
        pictures.index_axis(Axis(0), 0),
        pictures.index_axis(Axis(0), 1),
    );
    with.iter()
        .zip(&without)
        .map(|(with, without)| with - without)
        .collect()
}

/// The value at (`x`, `y`) of the picture, each in [0, 1), in words; by its column's name where it has one.
fn value_at(fitted: &FittedPreparation, values: &[f32], x: f32, y: f32) -> Option<String> {
    let place = |part: f32, count: usize| {
        ((part * count as f32).floor().max(0.0) as usize).min(count.saturating_sub(1))
    };
    match fitted.shape {
        SampleShape::Vector { length } => {
            let index = place(x, length);
            let value = f64::from(*values.get(index)?);
            Some(named::value(fitted, index, value))
        }
        SampleShape::Image {
            rows,
            columns,
            channels,
        } => {
            let (row, column) = (place(y, rows), place(x, columns));
            let at = (row * columns + column) * channels;
            let pixel = values.get(at..at + channels)?;
            let value = match pixel {
                [red, green, blue] => format!("red {red:+.3}, green {green:+.3}, blue {blue:+.3}"),
                [value, ..] => format!("{value:+.3}"),
                [] => return None,
            };
            Some(format!("row {}, column {}: {value}", row + 1, column + 1))
        }
    }
}

/// One bar a value, up for positive; where there are more values than half points, of each few the furthest from 0.
fn bars(theme: &Theme, values: &[f32], scale: f32, rect: Rect) -> Shape {
    let count = values.len().min((rect.width() * 2.0) as usize).max(1);
    let step = rect.width() / count as f32;
    let gap = if step >= 4.0 { 1.0 } else { 0.0 };
    let middle = rect.center().y;
    let mut mesh = Mesh::default();
    let line = Rect::from_min_max(
        pos2(rect.left(), middle - 0.5),
        pos2(rect.right(), middle + 0.5),
    );
    mesh.add_colored_rect(line, theme.line);
    for bar in 0..count {
        let (start, end) = (bar * values.len() / count, (bar + 1) * values.len() / count);
        let further = |peak: f32, value: &f32| {
            if value.abs() > peak.abs() {
                *value
            } else {
                peak
            }
        };
        let value = values[start..end].iter().fold(0.0, further);
        let part = if scale > 0.0 { value / scale } else { 0.0 };
        let tip = middle - part * rect.height() / 2.0;
        let left = rect.left() + bar as f32 * step;
        let (top, bottom) = (tip.min(middle), tip.max(middle));
        let bar = Rect::from_min_max(pos2(left, top), pos2(left + step - gap, bottom));
        mesh.add_colored_rect(bar, theme.weight(part));
    }
    Shape::mesh(mesh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_under_the_pointer_is_named_from_one() {
        let values: Vec<f32> = (0..12).map(|at| at as f32 / 10.0 - 0.5).collect();
        let grey = SampleShape::grey(3, 4);
        let of = |shape| FittedPreparation::identity("x", shape);
        let at = |shape, x, y| value_at(&of(shape), &values, x, y).unwrap();
        assert_eq!(at(grey, 0.0, 0.0), "row 1, column 1: -0.500");
        assert_eq!(at(grey, 0.99, 0.99), "row 3, column 4: +0.600");
        assert_eq!(at(grey, 0.3, 0.4), "row 2, column 2: +0.000");
        let colour = SampleShape::Image {
            rows: 2,
            columns: 2,
            channels: 3,
        };
        let words = "row 1, column 2: red -0.200, green -0.100, blue +0.000";
        assert_eq!(at(colour, 0.6, 0.1), words);
        let vector = SampleShape::Vector { length: 12 };
        assert_eq!(at(vector, 0.5, 0.5), "value 7: 0.1");
        assert_eq!(value_at(&of(grey), &values[..3], 0.9, 0.9), None);
        let mut named = of(SampleShape::Vector { length: 2 });
        named.columns = ["alcohol", "proline"].map(str::to_owned).to_vec();
        let words = value_at(&named, &values, 0.7, 0.1).unwrap();
        assert_eq!(words, "proline −0.4");
    }

    #[test]
    fn what_a_unit_adds_is_the_same_whatever_the_mean() {
        use crate::data::{DataSpec, EmbeddedSet, Preparation, Whitening};
        let spec = DataSpec {
            patches: 300,
            preparation: Some(Preparation {
                whitening: Whitening::Zca { epsilon: 0.1 },
                ..Preparation::NONE
            }),
            ..DataSpec::embedded(EmbeddedSet::PhotosRaw)
        };
        let mut data = crate::data::load(&spec).unwrap();
        let column = ndarray::Array1::from_shape_fn(64, |at| (at as f32).sin());
        let (once, twice) = (
            added(&data, column.view()),
            added(&data, (&column * 2.0).view()),
        );
        for (once, twice) in once.iter().zip(&twice) {
            assert!((2.0 * once - twice).abs() < 1e-3, "{once} {twice}");
        }
        assert!(once.iter().any(|value| value.abs() > 0.01));
        let plain = FittedPreparation::identity("plain", data.shape);
        data.fitted = std::sync::Arc::new(plain);
        assert_eq!(added(&data, column.view()), column.to_vec());
    }
}
