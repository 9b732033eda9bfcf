//! The page of formulas: the cost and its gradient, typeset, each term with its present value, and the laws of the dead
//! state; the gradient's strength and its check.

mod check;
mod cliffs;
mod equations;
mod lights;
mod my_gradient;
mod norms;
mod row;
mod slow;

use egui::Ui;

use super::formula::Formulas;
use super::reconstructions::ReconstructionsPanel;
use super::theme::GRID;
use super::widgets;
use crate::lab::{Action, Panel, View};

#[derive(Default)]
pub struct MathsPage {
    formulas: Formulas,
    norms: norms::NormsPanel,
    lights: lights::Lights,
    /// Of a step in slow motion.
    samples: ReconstructionsPanel,
}

impl MathsPage {
    /// Draws one of the page's panels.
    pub fn panel(&mut self, ui: &mut Ui, panel: Panel, view: &View<'_>, actions: &mut Vec<Action>) {
        match panel {
            Panel::Equations => {
                slow::ui(ui, view, &mut self.samples); // in sight, wherever the formula is that it is about
                self.lights.follow(view);
                let (formulas, lights) = (&mut self.formulas, &self.lights);
                widgets::scroll(ui, |ui| equations::ui(ui, formulas, lights, view));
                self.lights.seen();
            }
            Panel::GradientCheck => widgets::scroll(ui, |ui| {
                check::ui(ui, view, actions);
                ui.add_space(2.0 * GRID);
                my_gradient::ui(ui, view, actions);
            }),
            Panel::GradientNorms => {
                let height = ui.available_height();
                self.norms.ui(ui, view, height);
            }
            _ => {}
        }
    }
}
