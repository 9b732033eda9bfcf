//! The page of formulas: the cost and its gradient, typeset, each term with its present value, and the laws of the dead
//! state; the gradient's strength and its check.

mod check;
mod cliffs;
mod equations;
mod norms;
mod row;

use egui::{Rect, Ui};

use super::formula::Formulas;
use super::widgets::{self, GAP};
use crate::lab::Action;
use crate::lab::View;

/// Below this width, in points, the two columns stand one below the other.
const TWO_COLUMNS: f32 = 820.0;

#[derive(Default)]
pub struct MathsPage {
    formulas: Formulas,
    norms: norms::NormsPanel,
}

impl MathsPage {
    pub fn ui(&mut self, ui: &mut Ui, area: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
        if area.width() < TWO_COLUMNS {
            widgets::card(ui, area, "maths", |ui| {
                widgets::scroll(ui, |ui| {
                    equations::ui(ui, &mut self.formulas, view);
                    ui.add_space(GAP);
                    check::ui(ui, view, actions);
                    ui.add_space(GAP);
                    self.norms.ui(ui, view, NORMS_HEIGHT);
                });
            });
            return;
        }
        let split = area.left() + (area.width() * 0.6).round();
        let left = area.with_max_x(split - GAP / 2.0);
        let right = area.with_min_x(split + GAP / 2.0);
        widgets::card(ui, left, "equations", |ui| {
            widgets::scroll(ui, |ui| equations::ui(ui, &mut self.formulas, view));
        });
        let half = right.top() + (right.height() * 0.52).round();
        widgets::card(ui, right.with_max_y(half - GAP / 2.0), "check", |ui| {
            widgets::scroll(ui, |ui| check::ui(ui, view, actions));
        });
        let lower = right.with_min_y(half + GAP / 2.0);
        widgets::card(ui, lower, "norms", |ui| {
            let height = ui.available_height();
            self.norms.ui(ui, view, height);
        });
    }
}

/// Height of the plot of gradient norms where it stands in the one column, in points.
const NORMS_HEIGHT: f32 = 260.0;
