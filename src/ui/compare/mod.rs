//! Data against data.
use egui::{Rect, Ui};

use crate::app::Action;
use crate::app::state::ViewState;

#[derive(Default)]
pub struct ComparePage;

impl ComparePage {
    pub fn ui(&mut self, _ui: &mut Ui, _area: Rect, _view: &ViewState, _actions: &mut Vec<Action>) {}
}
