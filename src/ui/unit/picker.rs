//! All units as small tiles, to choose one from.

use egui::{Color32, Rect, ScrollArea, Sense, Shape, Ui, vec2};

use crate::lab::{Action, View};
use crate::training::Snapshot;
use crate::ui::feature_atlas::FeatureAtlas;
use crate::ui::tiles::Grid;
use crate::ui::{features, focus, pictures, widgets};

const GAP: f32 = 3.0;
/// Around the tiles: the frame of the selected one stands outside it.
const MARGIN: f32 = 3.0;

#[derive(Default)]
pub(super) struct Picker {
    atlas: FeatureAtlas,
    columns: usize,
}

impl Picker {
    pub(super) fn columns(&self) -> usize {
        self.columns.max(1)
    }

    /// The pictures of some units: (unit, where, tint).
    pub(super) fn mesh(&self, tiles: impl IntoIterator<Item = (usize, Rect, Color32)>) -> Shape {
        self.atlas.mesh(tiles)
    }

    /// `chosen` is the unit whose page is open.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        chosen: Option<usize>,
        actions: &mut Vec<Action>,
    ) {
        widgets::title_row(ui, "Units", "← ↑ ↓ →", |_| {});
        let count = snapshot.units.len();
        let picture = pictures::size(snapshot.data.shape);
        let room = ui.available_size() - vec2(2.0, 2.0) * MARGIN;
        let zoom = ui.ctx().zoom_factor();
        let (gap, least) = (GAP / zoom, features::least(zoom));
        let grid = Grid::fit(count, picture, room, gap, least, 0.0, ui.pixels_per_point());
        self.columns = grid.columns;
        self.atlas.refresh(ui, view, snapshot, grid.smooth);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let size = vec2(ui.available_width(), grid.size().y + 2.0 * MARGIN);
            let (area, _) = ui.allocate_exact_size(size, Sense::hover());
            let ppp = ui.pixels_per_point();
            let slack = (size.x - grid.size().x) / 2.0; // between both sides
            let corner = area.min + vec2(slack.max(MARGIN), MARGIN);
            let corner = (corner * ppp).round() / ppp;
            let visible: Vec<(usize, Rect)> = (0..count)
                .map(|unit| (unit, grid.rect(unit).translate(corner.to_vec2())))
                .filter(|(unit, rect)| ui.is_rect_visible(*rect) || Some(*unit) == chosen)
                .collect();
            ui.painter().add(
                self.atlas.mesh(
                    visible
                        .iter()
                        .map(|(unit, rect)| (*unit, *rect, features::tint(&snapshot.units[*unit]))),
                ),
            );
            for (unit, rect) in visible {
                if Some(unit) == chosen
                    && !ui.clip_rect().contains_rect(rect)
                    && self.moved(ui, unit)
                {
                    ui.scroll_to_rect(rect.expand(GAP), None);
                }
                features::tile(ui, view, unit, &snapshot.units[unit], rect, actions);
            }
            focus::into_view(ui);
        });
    }

    /// Whether another unit was shown when last asked: then its tile is to come into view, once.
    fn moved(&self, ui: &Ui, unit: usize) -> bool {
        let id = ui.scope_id().with("shown");
        let before = ui.data_mut(|data| {
            let slot = data.get_temp_mut_or(id, usize::MAX);
            std::mem::replace(slot, unit)
        });
        before != unit
    }
}
