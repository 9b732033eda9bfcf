//! Data against data: the features of this run matched with those of another data set, and what to make of it.

mod choose;
mod outcome;
mod pairs;

use egui::Ui;

use super::widgets;
use crate::lab::{Action, Panel, View};

#[derive(Default)]
pub struct ComparePage {
    pairs: pairs::PairsCard,
}

impl ComparePage {
    /// Draws one of the page's panels.
    pub fn panel(&mut self, ui: &mut Ui, panel: Panel, view: &View<'_>, actions: &mut Vec<Action>) {
        match panel {
            Panel::Choices => widgets::scroll(ui, |ui| {
                choose::ui(ui, view, actions);
                outcome::ui(ui, view);
            }),
            Panel::Pairs => self.pairs.ui(ui, view),
            _ => {}
        }
    }
}
