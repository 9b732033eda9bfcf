//! The map of the plane: a run for each point of one or two settings, drawn as a heat map as they come to their end.

mod cells;
mod choose;
mod detail;
mod frame;
mod heat;
mod legend;

use egui::Ui;

use super::widgets;
use crate::lab::{Action, Panel, View};

#[derive(Default)]
pub struct MapPage {
    heat: heat::HeatPanel,
}

impl MapPage {
    /// Draws one of the page's panels.
    pub fn panel(&mut self, ui: &mut Ui, panel: Panel, view: &View<'_>, actions: &mut Vec<Action>) {
        match panel {
            Panel::MapChoices => widgets::scroll(ui, |ui| choose::ui(ui, view, actions)),
            Panel::Map => self.heat.ui(ui, view, actions),
            _ => {}
        }
    }
}
