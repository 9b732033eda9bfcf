//! The matched features, pair by pair, the most similar first.

use std::sync::Arc;

use egui::{
    Align2, Color32, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};
use ndarray::Array2;

use crate::lab::View;
use crate::lab::compare::{Compared, Side};
use crate::model::matching::Pair;
use crate::ui::help::Help as _;
use crate::ui::named;
use crate::ui::pictures::{self, FeaturePainter};
use crate::ui::theme::{self, BODY, GRID, SMALL, Theme};
use crate::ui::tiles::{Atlas, whole_scale};
use crate::ui::widgets;

/// Between the two of a pair, between pairs, and for the words below, in points.
const NEAR: f32 = 2.0;
const GAP: f32 = 12.0;
const WORDS: f32 = 16.0;
/// Tiles are no smaller and no larger than this.
const SMALLEST: f32 = 24.0;
const LARGEST: f32 = 96.0;

#[derive(Default)]
pub(super) struct PairsCard {
    atlas: Atlas,
    /// Whose pairs the texture shows, and whether in the dark theme and filtered.
    shown: Option<(Arc<Side>, bool, bool)>,
}

impl PairsCard {
    pub(super) fn ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        let theme = Theme::of(ui);
        let Some(compared) = view.run.compared.found() else {
            widgets::title(ui, "Matched features");
            let words = if view.run.compared.is_running() {
                "The pairs appear here once the second run is trained."
            } else {
                "Choose a second data set and press Compare."
            };
            let centre = ui.available_rect_before_wrap().center();
            let font = theme::regular(BODY);
            widgets::text(
                ui,
                centre,
                Align2::CENTER_CENTER,
                words,
                font,
                theme.text_muted,
            );
            return;
        };
        let pairs = &compared.comparison.matching.pairs;
        let (first, second) = (&compared.first, &compared.second);
        let quiet = if first.name == second.name {
            format!(
                "{} pairs · left seed {}, right seed {}",
                pairs.len(),
                first.seed,
                second.seed
            )
        } else {
            format!(
                "{} pairs · left {}, right {}",
                pairs.len(),
                first.name,
                second.name
            )
        };
        widgets::title_row(ui, "Matched features", &quiet, |_| {});
        let ppp = ui.pixels_per_point();
        let picture = pictures::size(first.shape);
        let (tile, smooth) = tile(picture, pairs.len(), ui.available_size(), ppp);
        self.refresh(ui, compared, picture, smooth);
        let cell = vec2(2.0 * tile.x + NEAR, tile.y + WORDS);
        let step = cell + vec2(GAP, GRID / 2.0);
        let columns = (((ui.available_width() + GAP - 8.0) / step.x).floor() as usize).max(1);
        let rows = pairs.len().div_ceil(columns);
        ScrollArea::vertical()
            .id_salt("pairs")
            .auto_shrink(false)
            .show(ui, |ui| {
                let size = vec2(ui.available_width(), rows as f32 * step.y);
                let (area, _) = ui.allocate_exact_size(size, Sense::hover());
                let snap = |x: f32| (x * ppp).round() / ppp;
                let place = |index: usize| {
                    let (row, column) = (index / columns, index % columns);
                    let corner = area.min + vec2(column as f32, row as f32) * step + vec2(1.0, 1.0);
                    Rect::from_min_size(pos2(snap(corner.x), snap(corner.y)), cell)
                };
                let tiles = |rect: Rect| {
                    let left = Rect::from_min_size(rect.min, tile);
                    [left, left.translate(vec2(tile.x + NEAR, 0.0))]
                };
                let visible: Vec<(usize, Rect)> = (0..pairs.len())
                    .map(|index| (index, place(index)))
                    .filter(|(_, rect)| ui.is_rect_visible(*rect))
                    .collect();
                ui.painter()
                    .add(self.atlas.mesh(visible.iter().flat_map(|(index, rect)| {
                        let [left, right] = tiles(*rect);
                        [
                            (2 * index, left, Color32::WHITE),
                            (2 * index + 1, right, Color32::WHITE),
                        ]
                    })));
                for (index, rect) in visible {
                    let pair = pairs[index];
                    for tile in tiles(rect) {
                        let edge = Stroke::new(1.0, theme.line);
                        ui.painter()
                            .rect_stroke(tile, 0.0, edge, StrokeKind::Outside);
                    }
                    widgets::text(
                        ui,
                        pos2(rect.center().x, rect.bottom() - WORDS + 3.0),
                        Align2::CENTER_TOP,
                        format!("{:.2}", pair.cosine.abs()),
                        theme::regular(SMALL),
                        theme.text_muted,
                    );
                    let turned = if pair.cosine < 0.0 {
                        "; the right one's sign is turned"
                    } else {
                        ""
                    };
                    let name = format!(
                        "Unit {} and unit {} of the second run, |cos| {:.2}{turned}",
                        pair.first + 1,
                        pair.second + 1,
                        pair.cosine.abs()
                    );
                    let id = ui.scope_id().with(("pair", index));
                    let response = ui.interact(rect, id, Sense::hover());
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
                    let over = response.hover_pos();
                    response.help(
                        match over.and_then(|at| weight(view, compared, pair, tiles(rect), at)) {
                            Some(weight) => format!("{name}\n{weight}"),
                            None => name,
                        },
                    );
                }
            });
    }

    fn refresh(
        &mut self,
        ui: &Ui,
        compared: &Arc<Compared>,
        picture: (usize, usize),
        smooth: bool,
    ) {
        let theme = Theme::of(ui);
        if let Some((shown, dark, filtered)) = &self.shown
            && Arc::ptr_eq(shown, &compared.second)
            && (*dark, *filtered) == (theme.dark, smooth)
        {
            return;
        }
        self.shown = Some((Arc::clone(&compared.second), theme.dark, smooth));
        let pairs = &compared.comparison.matching.pairs;
        let painter = FeaturePainter::new(theme, compared.first.shape);
        let mut values = Vec::new();
        self.atlas.fill(
            ui.ctx(),
            "pairs",
            2 * pairs.len(),
            picture,
            smooth,
            |index, pixels| {
                let pair = pairs[index / 2];
                let (features, unit, sign) = if index % 2 == 0 {
                    (&compared.first.features, pair.first, 1.0)
                } else {
                    let sign = if pair.cosine < 0.0 { -1.0 } else { 1.0 };
                    (&compared.second.features, pair.second, sign)
                };
                values.clear();
                values.extend(features.row(unit).iter().map(|value| sign * value));
                let scale = values
                    .iter()
                    .fold(0.0f32, |most, value| most.max(value.abs()));
                painter.paint(&values, scale, pixels);
            },
        );
    }
}

/// The weight of a pair's features that the pointer is `at`, by its column's name, where features are no pictures.
fn weight(
    view: &View<'_>,
    compared: &Compared,
    pair: Pair,
    [left, right]: [Rect; 2],
    at: Pos2,
) -> Option<String> {
    let snapshot = view.run.snapshot.as_deref()?;
    let fitted = &snapshot.data.fitted;
    let (first, second) = (&compared.first, &compared.second);
    if fitted.shape != first.shape || !first.shape.is_vector() {
        return None;
    }
    let of = |features: &Array2<f32>, unit: usize, sign: f32, frame: Rect| {
        let row = features.outer_iter().nth(unit)?;
        let feature: Vec<f32> = row.iter().map(|value| sign * value).collect();
        named::of_feature(fitted, &feature, (frame, at))
    };
    if left.contains(at) {
        return of(&first.features, pair.first, 1.0, left);
    }
    // other data may call their columns otherwise
    let same = first.name == second.name && right.contains(at);
    let sign = if pair.cosine < 0.0 { -1.0 } else { 1.0 };
    of(&second.features, pair.second, sign, right).filter(|_| same)
}

/// Size of a tile such that all pairs fit `room`, within limits; and whether it needs filtering.
fn tile(picture: (usize, usize), count: usize, room: Vec2, ppp: f32) -> (Vec2, bool) {
    let picture = vec2(picture.1 as f32, picture.0 as f32);
    let fits = |scale: f32| {
        let tile = picture * scale / ppp;
        let step = vec2(2.0 * tile.x + NEAR + GAP, tile.y + WORDS + GRID / 2.0);
        let columns = ((room.x + GAP - 8.0) / step.x).floor();
        columns >= 1.0 && (count as f32 / columns).ceil() * step.y <= room.y
    };
    let of = |side: f32| side * ppp / picture.min_elem();
    let (least, most) = (of(SMALLEST), of(LARGEST).max(of(SMALLEST)));
    let steps = 64;
    let scale = (0..=steps)
        .rev()
        .map(|step| least + (most - least) * step as f32 / steps as f32)
        .find(|scale| fits(*scale))
        .unwrap_or(least);
    let (whole, smooth) = whole_scale(scale);
    let (whole, smooth) = if whole > 0.0 {
        (whole, smooth)
    } else {
        (scale, true)
    };
    let tile = picture * whole / ppp;
    (
        tile * ((room.x - 8.0) / (2.0 * tile.x + NEAR)).min(1.0),
        smooth,
    )
}
