//! Input and reconstructions as pictures, and the room they take.

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::super::pictures;
use super::super::theme::Theme;
use super::super::tiles::Atlas;
use super::values;
use crate::lab::look::Through;
use crate::training::Snapshot;

/// Which picture of the atlas is which.
pub(super) const INPUT: usize = 0;
pub(super) const NETWORK: usize = 1;
pub(super) const BY_HAND: usize = 2;

/// x, x̂ and x̂ by hand as pictures.
#[derive(Default)]
pub(super) struct Pictures {
    atlas: Atlas,
}

impl Pictures {
    pub(super) fn fill(&mut self, ui: &Ui, snapshot: &Snapshot, through: &Through) {
        let data = &snapshot.data;
        if data.shape.is_vector() {
            return; // drawn as bars
        }
        let by_hand = through.by_hand.as_ref().map(|hand| &hand.reconstruction);
        let of = |index: usize| match index {
            INPUT => &through.picture,
            NETWORK => &through.reconstruction,
            _ => by_hand.unwrap_or(&through.reconstruction),
        };
        self.atlas.fill(
            ui.ctx(),
            "look through",
            BY_HAND + 1,
            data.shape.picture(),
            false,
            |index, pixels| {
                let values = of(index).iter().copied();
                pictures::paint_sample(data.shape, values, data.picture_range(), pixels);
            },
        );
    }

    /// Draws picture `index`, the `values`, in `rect` with an edge.
    pub(super) fn paint(
        &self,
        ui: &Ui,
        rect: Rect,
        index: usize,
        values: &[f32],
        snapshot: &Snapshot,
    ) {
        let theme = Theme::of(ui);
        if snapshot.data.shape.is_vector() {
            let range = snapshot.data.picture_range();
            ui.painter()
                .add(values::bars(values, rect, range, theme.text_muted));
        } else {
            ui.painter()
                .add(self.atlas.mesh([(index, rect, egui::Color32::WHITE)]));
        }
        let edge = egui::Stroke::new(1.0, theme.line);
        ui.painter()
            .rect_stroke(rect, 0.0, edge, egui::StrokeKind::Outside);
    }
}

/// Size, in points, of a picture of `snapshot`'s samples that is `width` wide at most: a whole number of screen pixels
/// to a value.
pub(super) fn picture_size(ui: &Ui, snapshot: &Snapshot, width: f32, height: f32) -> egui::Vec2 {
    let shape = snapshot.data.shape;
    if shape.is_vector() {
        return vec2(width, (width * 0.5).min(height)).floor();
    }
    let (rows, columns) = shape.picture();
    let ppp = ui.pixels_per_point();
    let most = (width * ppp / columns as f32).min(height * ppp / rows as f32);
    // a picture larger than the room is drawn smaller, whatever that does to its pixels
    let scale = if most >= 1.0 { most.floor() } else { most };
    vec2(columns as f32, rows as f32) * scale / ppp
}

/// Room of `size` in the middle of a row, on whole screen pixels.
pub(super) fn centred(ui: &mut Ui, size: egui::Vec2, sense: Sense) -> (Rect, egui::Response) {
    let (row, whole) = ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::hover());
    let ppp = ui.pixels_per_point();
    let snap = |x: f32| (x * ppp).round() / ppp;
    let corner = pos2(snap(row.center().x - size.x / 2.0), snap(row.top()));
    let rect = Rect::from_min_size(corner, size);
    (rect, ui.interact(rect, whole.id.with("picture"), sense))
}
