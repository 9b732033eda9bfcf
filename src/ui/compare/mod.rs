//! Data against data: the features of this run matched with those of another data set, and what to make of it.

mod choose;
mod outcome;
mod pairs;

use egui::{Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::widgets::{self, GAP};
use crate::lab::Action;
use crate::lab::View;
use crate::ui::focus;

/// Below this width, in points, the two cards stand one below the other.
const TWO_COLUMNS: f32 = 760.0;
const LEFT_WIDTH: f32 = 340.0;
/// Where the page scrolls: height of either card.
const CHOICES_HEIGHT: f32 = 640.0;
const PAIRS_HEIGHT: f32 = 400.0;

#[derive(Default)]
pub struct ComparePage {
    pairs: pairs::PairsCard,
}

impl ComparePage {
    pub fn ui(&mut self, ui: &mut Ui, area: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
        if area.width() >= TWO_COLUMNS {
            let width = LEFT_WIDTH.max(area.width() * 0.3);
            let left = area.with_max_x(area.left() + width);
            let right = area.with_min_x(left.right() + GAP);
            self.cards(ui, left, right, view, actions);
            return;
        }
        let mut child = ui.new_child(UiBuilder::new().id_salt("compare").max_rect(area));
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(&mut child, |ui| {
                let size = vec2(area.width(), CHOICES_HEIGHT + GAP + PAIRS_HEIGHT);
                let (column, _) = ui.allocate_exact_size(size, Sense::hover());
                let upper = column.with_max_y(column.top() + CHOICES_HEIGHT);
                let lower = column.with_min_y(upper.bottom() + GAP);
                self.cards(ui, upper, lower, view, actions);
                focus::into_view(ui);
            });
    }

    fn cards(
        &mut self,
        ui: &mut Ui,
        choices: Rect,
        pairs: Rect,
        view: &View<'_>,
        actions: &mut Vec<Action>,
    ) {
        widgets::card(ui, choices, "choices", |ui| {
            widgets::scroll(ui, |ui| {
                choose::ui(ui, view, actions);
                outcome::ui(ui, view);
            });
        });
        widgets::card(ui, pairs, "pairs", |ui| self.pairs.ui(ui, view));
    }
}
