//! One input on its way through the network, live: input → activations → reconstruction.

mod atlas;
mod canvas;
mod input;
mod output;
mod units;
mod values;

use egui::{Align2, Ui};

use self::atlas::Pictures;
use super::theme::{self, BODY, Theme};
use super::widgets;
use crate::lab::look::Through;
use crate::lab::{Action, Panel, View};
use crate::training::Snapshot;
use crate::training::trainer::RunId;

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
    /// Draws one of the page's panels.
    pub fn panel(&mut self, ui: &mut Ui, panel: Panel, view: &View<'_>, actions: &mut Vec<Action>) {
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            if panel == Panel::Activations {
                widgets::text(
                    ui,
                    ui.available_rect_before_wrap().center(),
                    Align2::CENTER_CENTER,
                    "There is no run to look through yet.",
                    theme::regular(BODY),
                    Theme::of(ui).text_muted,
                );
            }
            return;
        };
        self.refresh(ui, view, snapshot);
        let Some(through) = &self.through else {
            return; // the next snapshot's data bring an input
        };
        let pictures = &self.pictures;
        match panel {
            Panel::Input => widgets::scroll(ui, |ui| {
                self.input
                    .ui(ui, view, snapshot, through, pictures, actions);
            }),
            Panel::Activations => self.units.ui(ui, view, snapshot, through, actions),
            Panel::Output => {
                widgets::scroll(ui, |ui| output::ui(ui, view, snapshot, through, pictures));
            }
            _ => {}
        }
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
