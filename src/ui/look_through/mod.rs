//! One input on its way through the network, live: input → activations → reconstruction.

mod canvas;
mod input;
mod output;
mod units;
mod values;

use egui::{Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::theme::{self, BODY, Theme};
use super::tiles::Atlas;
use super::{GAP, pictures, widgets};
use crate::lab::Action;
use crate::lab::look::Through;
use crate::lab::state::ViewState;
use crate::training::Snapshot;

/// Below this width, in points, input and reconstruction stand side by side over the activations.
const THREE_COLUMNS: f32 = 760.0;
/// Of the columns of input and reconstruction.
const SIDE_WIDTH: f32 = 260.0;
const MOST_SIDE_WIDTH: f32 = 400.0;
/// Where the page scrolls: height of the upper row, and of the activations.
const UPPER_HEIGHT: f32 = 560.0;
const UNITS_HEIGHT: f32 = 420.0;

/// Which picture of the atlas is which.
const INPUT: usize = 0;
const NETWORK: usize = 1;
const BY_HAND: usize = 2;

#[derive(Default)]
pub struct LookThroughPage {
    input: input::InputCard,
    units: units::UnitsCard,
    pictures: Pictures,
    /// Of what `through` is: (run, epoch, version of the input).
    shown: Option<(u64, u64, u64)>,
    through: Option<Through>,
}

/// x, x̂ and x̂ by hand as pictures.
#[derive(Default)]
struct Pictures {
    atlas: Atlas,
}

impl LookThroughPage {
    pub fn ui(&mut self, ui: &mut Ui, area: Rect, view: &ViewState, actions: &mut Vec<Action>) {
        let Some(snapshot) = view.snapshot.as_deref() else {
            widgets::card(ui, area, "look through", |ui| {
                widgets::text(
                    ui,
                    ui.available_rect_before_wrap().center(),
                    Align2::CENTER_CENTER,
                    "There is no run to look through yet.",
                    theme::regular(BODY),
                    Theme::of(ui).text_muted,
                );
            });
            return;
        };
        self.refresh(ui, view, snapshot);
        if area.width() >= THREE_COLUMNS {
            let side = (area.width() * 0.24).clamp(SIDE_WIDTH, MOST_SIDE_WIDTH);
            let left = area.with_max_x(area.left() + side);
            let right = area.with_min_x(area.right() - side);
            let middle = Rect::from_min_max(
                left.right_top() + vec2(GAP, 0.0),
                right.left_bottom() - vec2(GAP, 0.0),
            );
            self.cards(ui, [left, middle, right], view, snapshot, actions);
            return;
        }
        let mut child = ui.new_child(UiBuilder::new().id_salt("look through").max_rect(area));
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(&mut child, |ui| {
                let height = UPPER_HEIGHT + GAP + UNITS_HEIGHT;
                let (column, _) =
                    ui.allocate_exact_size(vec2(area.width(), height), Sense::hover());
                let upper = column.with_max_y(column.top() + UPPER_HEIGHT);
                let centre = column.center().x;
                let left = upper.with_max_x(centre - GAP / 2.0);
                let right = upper.with_min_x(centre + GAP / 2.0);
                let lower = column.with_min_y(upper.bottom() + GAP);
                self.cards(ui, [left, lower, right], view, snapshot, actions);
            });
    }

    fn cards(
        &mut self,
        ui: &mut Ui,
        [input, units, output]: [Rect; 3],
        view: &ViewState,
        snapshot: &Snapshot,
        actions: &mut Vec<Action>,
    ) {
        let Some(through) = &self.through else {
            return; // the next snapshot's data bring an input
        };
        let pictures = &self.pictures;
        widgets::card(ui, input, "input", |ui| {
            widgets::scroll(ui, |ui| {
                self.input
                    .ui(ui, view, snapshot, through, pictures, actions);
            });
        });
        widgets::card(ui, units, "activations", |ui| {
            self.units.ui(ui, view, snapshot, through, actions);
        });
        widgets::card(ui, output, "reconstruction", |ui| {
            widgets::scroll(ui, |ui| output::ui(ui, view, snapshot, through, pictures));
        });
    }

    /// Sends the input through anew if it or the weights are others.
    fn refresh(&mut self, ui: &Ui, view: &ViewState, snapshot: &Snapshot) {
        let key = (snapshot.run, snapshot.epoch, view.look.version);
        if self.shown.replace(key) == Some(key) {
            return;
        }
        self.through = view.look.through(snapshot);
        if let Some(through) = &self.through {
            self.pictures.fill(ui, snapshot, through);
        }
    }
}

impl Pictures {
    fn fill(&mut self, ui: &Ui, snapshot: &Snapshot, through: &Through) {
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
    fn paint(&self, ui: &Ui, rect: Rect, index: usize, values: &[f32], snapshot: &Snapshot) {
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
fn picture_size(ui: &Ui, snapshot: &Snapshot, width: f32, height: f32) -> egui::Vec2 {
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
fn centred(ui: &mut Ui, size: egui::Vec2, sense: Sense) -> (Rect, egui::Response) {
    let (row, whole) = ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::hover());
    let ppp = ui.pixels_per_point();
    let snap = |x: f32| (x * ppp).round() / ppp;
    let corner = pos2(snap(row.center().x - size.x / 2.0), snap(row.top()));
    let rect = Rect::from_min_size(corner, size);
    (rect, ui.interact(rect, whole.id.with("picture"), sense))
}
