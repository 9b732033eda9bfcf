//! A few samples as they are, over what would be trained on.

use std::sync::Arc;

use egui::{Align2, Color32, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::help::Help as _;
use super::named;
use super::pictures::paint_sample;
use super::theme::{self, SMALL, Theme};
use super::tiles::{Atlas, whole_scale};
use super::widgets;
use crate::lab::preview::{Preview, Rows};

/// Room for "raw" and "prepared" at the left.
const LABELS: f32 = 72.0;
/// Between a sample and its prepared self, and between two samples.
const NEAR: f32 = 3.0;
const GAP: f32 = 6.0;
/// Samples stand no further apart than this to fill the width.
const MOST_GAP: f32 = 24.0;
/// Between two bands of samples.
const APART: f32 = 16.0;
/// A sample's line is no higher and no longer than this, in points.
const LINE: Vec2 = vec2(150.0, 56.0);
/// More values than these, and a line shows their ranges.
const POINTS: usize = 128;
/// Room for two lines of small text, in points.
const TWO_LINES: f32 = 30.0;
/// Size of the mark that tells a sample's class, in points.
const CORNER: f32 = 9.0;
/// How strongly a preview shows whose choices were refused.
const FADED: f32 = 0.35;

#[derive(Default)]
pub struct SamplesView {
    raw: Atlas,
    prepared: Atlas,
    /// What the textures show: (preview, smooth).
    shown: Option<(Arc<Preview>, bool)>,
}

/// Where samples go: bands of pairs.
struct Bands {
    across: usize,
    /// Of one picture, in points.
    tile: Vec2,
    smooth: bool,
}

impl SamplesView {
    /// Forgets what is shown, when the sheet is closed.
    pub fn clear(&mut self) {
        if self.shown.is_some() {
            *self = Self::default();
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, rect: Rect, preview: &Arc<Preview>, faded: bool) {
        let count = preview
            .raw
            .values
            .nrows()
            .min(preview.prepared.values.nrows());
        let lines = preview.prepared.shape.is_vector();
        let ppp = ui.pixels_per_point();
        let bands = Bands::fit(
            count,
            preview.prepared.shape.picture(),
            lines,
            rect.size(),
            ppp,
        );
        if !lines {
            self.refresh(ui, preview, bands.smooth);
        }
        let across = bands.across as f32;
        let spare = rect.width() - LABELS - across * bands.tile.x;
        let gap = (spare / (across - 1.0).max(1.0)).clamp(0.0, MOST_GAP);
        let snap = |x: f32| (x * ppp).round() / ppp;
        let place = |index: usize, below: bool| {
            let (band, column) = (index / bands.across, index % bands.across);
            let x = rect.left() + LABELS + column as f32 * (bands.tile.x + gap);
            let pair = 2.0 * bands.tile.y + NEAR;
            let y = rect.top() + band as f32 * (pair + APART);
            let y = if below { y + bands.tile.y + NEAR } else { y };
            Rect::from_min_size(pos2(snap(x), snap(y)), bands.tile)
        };
        for band in 0..count.div_ceil(bands.across) {
            for (rows, below, word) in [
                (&preview.raw, false, "raw"),
                (&preview.prepared, true, "prepared"),
            ] {
                let at = pos2(rect.left(), place(band * bands.across, below).center().y);
                let (font, colour) = (theme::regular(SMALL), Theme::of(ui).text_muted);
                let words = match rows.columns {
                    Some(_) if bands.tile.y >= TWO_LINES => format!("{word},\nby column"),
                    _ => word.to_owned(),
                };
                widgets::text(ui, at, Align2::LEFT_CENTER, words, font, colour);
            }
        }
        let tint = if faded {
            Color32::WHITE.gamma_multiply(FADED)
        } else {
            Color32::WHITE
        };
        if !lines {
            for (atlas, below) in [(&self.raw, false), (&self.prepared, true)] {
                let tiles = (0..count).map(|index| (index, place(index, below), tint));
                ui.painter().add(atlas.mesh(tiles));
            }
        }
        for index in 0..count {
            for (rows, below) in [(&preview.raw, false), (&preview.prepared, true)] {
                if lines {
                    line(ui, rows, index, place(index, below), faded);
                } else {
                    // a white picture on a white sheet needs an edge
                    let edge = Stroke::new(1.0, Theme::of(ui).line);
                    let outside = egui::StrokeKind::Outside;
                    ui.painter()
                        .rect_stroke(place(index, below), 0.0, edge, outside);
                }
            }
            let both = place(index, false).union(place(index, true));
            let response = ui.interact(both, ui.scope_id().with(("sample", index)), Sense::hover());
            let label = preview.labels.as_ref().and_then(|labels| labels.get(index));
            let words = match label {
                Some(label) => {
                    let class = preview.fitted.class_title(*label);
                    format!("Sample {}, {class}", index + 1)
                }
                None => format!("Sample {}", index + 1),
            };
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &words));
            if let Some(class) = label {
                ui.painter()
                    .extend(widgets::class_corner(ui, both, *class, CORNER));
            }
            let value = response.hover_pos().filter(|_| lines).and_then(|at| {
                let rect = place(index, false);
                value(preview, index, rect, at)
            });
            let words = format!("{words}: as it was found, and as the network would get it");
            response.help(match value {
                Some(value) => format!("{words}\n{value}"),
                None => words,
            });
        }
    }

    fn refresh(&mut self, ui: &Ui, preview: &Arc<Preview>, smooth: bool) {
        if let Some((shown, filter)) = &self.shown
            && Arc::ptr_eq(shown, preview)
            && *filter == smooth
        {
            return;
        }
        self.shown = Some((Arc::clone(preview), smooth));
        for (atlas, rows, name) in [
            (&mut self.raw, &preview.raw, "import raw"),
            (&mut self.prepared, &preview.prepared, "import prepared"),
        ] {
            let (count, picture) = (rows.values.nrows(), rows.shape.picture());
            atlas.fill(ui.ctx(), name, count, picture, smooth, |index, pixels| {
                let values = rows.values.row(index);
                paint_sample(rows.shape, values.iter().copied(), rows.range, pixels);
            });
        }
    }
}

impl Bands {
    /// The number of bands that makes `count` pairs of pictures of (rows, columns), or of lines, largest in `room`.
    fn fit(count: usize, picture: (usize, usize), lines: bool, room: Vec2, ppp: f32) -> Self {
        let count = count.max(1);
        let of = |bands: usize| {
            let across = count.div_ceil(bands);
            let width = (room.x - LABELS - GAP * (across - 1) as f32) / across as f32;
            let high = room.y - APART * (bands - 1) as f32 - NEAR * bands as f32;
            (across, vec2(width, high / (2 * bands) as f32))
        };
        if lines {
            let bands = count.div_ceil(6);
            let (across, cell) = of(bands);
            return Self {
                across,
                tile: cell.min(LINE).max(vec2(8.0, 8.0)),
                smooth: false,
            };
        }
        let size = vec2(picture.1.max(1) as f32, picture.0.max(1) as f32);
        let scale = |cell: Vec2| (cell.x / size.x).min(cell.y / size.y);
        let best = (1..=count.min(6))
            .map(of)
            .max_by(|(_, one), (_, other)| scale(*one).total_cmp(&scale(*other)));
        let (across, cell) = best.unwrap_or((1, room));
        let (whole, smooth) = whole_scale((scale(cell) * ppp).max(0.05));
        let (whole, smooth) = if whole > 0.0 {
            (whole, smooth)
        } else {
            (scale(cell) * ppp, true) // larger than the screen: scaled down
        };
        Self {
            across,
            tile: (size * whole).floor().max(Vec2::splat(1.0)) / ppp,
            smooth,
        }
    }
}

/// Where the line of a sample goes.
fn inside(rect: Rect) -> Rect {
    rect.shrink(2.0)
}

/// The value below the pointer before and after: "proline 1,065 → 0.56".
fn value(preview: &Preview, index: usize, rect: Rect, at: Pos2) -> Option<String> {
    let place = named::on_line(inside(rect), at, preview.prepared.values.ncols());
    let of = |rows: &Rows| Some(f64::from(*rows.values.get((index, place))?));
    let raw = named::value(&preview.fitted, place, of(&preview.raw)?);
    let prepared = named::number(of(&preview.prepared)?);
    Some(format!("{raw} → {prepared}"))
}

/// A sample's values from left to right, against the range that its row is drawn in, or against its columns' own.
fn line(ui: &Ui, rows: &Rows, index: usize, rect: Rect, faded: bool) {
    let theme = Theme::of(ui);
    ui.painter().rect_filled(rect, 2.0, theme.raised);
    let values = rows.values.row(index);
    let whole = (rows.range.0 as f32, rows.range.1 as f32);
    let inner = inside(rect);
    let last = values.len().saturating_sub(1).max(1) as f32;
    let level = |place: usize| {
        let own = rows.columns.as_ref().and_then(|columns| columns.get(place));
        let (low, high) = own.copied().unwrap_or(whole);
        let part = (values[place] - low) / (high - low);
        // a column that says nothing lies in the middle
        if high > low {
            part.clamp(0.0, 1.0)
        } else {
            0.5
        }
    };
    let at = |place: usize, part: f32| -> Pos2 {
        pos2(
            inner.left() + inner.width() * place as f32 / last,
            inner.bottom() - inner.height() * part,
        )
    };
    let bucket = values.len().div_ceil(POINTS).max(1);
    let mut points = Vec::with_capacity(2 * POINTS);
    for start in (0..values.len()).step_by(bucket) {
        let some = (start..(start + bucket).min(values.len())).map(level);
        let least = some.clone().fold(f32::INFINITY, f32::min);
        let most = some.fold(f32::NEG_INFINITY, f32::max);
        points.push(at(start, least));
        if bucket > 1 {
            points.push(at(start, most));
        }
    }
    let colour = if faded {
        theme.reconstruction.gamma_multiply(FADED)
    } else {
        theme.reconstruction
    };
    ui.painter()
        .add(Shape::line(points, Stroke::new(1.0, colour)));
}
