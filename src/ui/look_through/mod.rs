//! One input on its way through the network, live: input → activations → reconstruction.

mod atlas;
mod canvas;
mod input;
mod output;
mod units;
mod values;

use egui::{Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use self::atlas::Pictures;
use super::theme::{self, BODY, Theme};
use super::widgets::{self, GAP};
use crate::lab::Action;
use crate::lab::View;
use crate::lab::look::Through;
use crate::training::Snapshot;
use crate::training::trainer::RunId;
use crate::ui::focus;

/// Below this width, in points, input and reconstruction stand side by side over the activations.
const THREE_COLUMNS: f32 = 760.0;
/// Of the columns of input and reconstruction.
const SIDE_WIDTH: f32 = 260.0;
const MOST_SIDE_WIDTH: f32 = 400.0;
/// Where the page scrolls: height of the upper row, and of the activations.
const UPPER_HEIGHT: f32 = 560.0;
const UNITS_HEIGHT: f32 = 420.0;

#[derive(Default)]
pub struct LookThroughPage {
    input: input::InputCard,
    units: units::UnitsCard,
    pictures: Pictures,
    /// Of what `through` is: (run, epoch, version of the input).
    shown: Option<(RunId, u64, u64)>,
    through: Option<Through>,
}

impl LookThroughPage {
    pub fn ui(&mut self, ui: &mut Ui, area: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
        let Some(snapshot) = view.run.snapshot.as_deref() else {
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
                focus::into_view(ui);
            });
    }

    fn cards(
        &mut self,
        ui: &mut Ui,
        [input, units, output]: [Rect; 3],
        view: &View<'_>,
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
    fn refresh(&mut self, ui: &Ui, view: &View<'_>, snapshot: &Snapshot) {
        let key = (snapshot.run, snapshot.epoch, view.run.look.version);
        if self.shown.replace(key) == Some(key) {
            return;
        }
        self.through = view.run.look.through(snapshot);
        if let Some(through) = &self.through {
            self.pictures.fill(ui, snapshot, through);
        }
    }
}
