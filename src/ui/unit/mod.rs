//! The page of one hidden unit: what it looks like, what it answers to, what drives it, and why it died.

mod distribution;
mod epochs;
mod forces;
mod inputs;
mod lives;
mod picker;
mod saving;
mod shown;
mod similar;
mod summary;
mod tracks;
mod weights;

use egui::{Align2, RichText, Ui};

use self::shown::Shown;
use super::theme::{self, BODY, GRID, Theme};
use super::widgets;
use crate::lab::{Action, Panel, View};
use crate::training::snapshot::Version;
use crate::training::{Snapshot, UnitDiagnosis};

#[derive(Default)]
pub struct UnitPage {
    picker: picker::Picker,
    lives: lives::LivesStrip,
    weights: weights::WeightsPart,
    inputs: inputs::InputsPart,
    /// Until the inspection has its own: of (which weights, whether their cliffs were known).
    diagnosis: Option<((Version, bool), UnitDiagnosis)>,
}

impl UnitPage {
    /// How many tiles stand side by side.
    pub fn columns(&self) -> usize {
        self.picker.columns()
    }

    /// Draws one of the page's panels.
    pub fn panel(&mut self, ui: &mut Ui, panel: Panel, view: &View<'_>, actions: &mut Vec<Action>) {
        let Some(snapshot) = view.run.snapshot.as_deref() else {
            if matches!(panel, Panel::Summary | Panel::Picker) {
                nothing_yet(ui, view);
            }
            return;
        };
        let chosen = view.run.selected;
        let Some(unit) = chosen.filter(|unit| *unit < snapshot.units.len()) else {
            if panel == Panel::Picker {
                self.choose(ui, view, snapshot, actions);
            }
            return;
        };
        let inspected = view.run.inspection.of(snapshot.run, unit);
        let own = match inspected {
            Some(inspected) => Some(inspected.diagnosis.clone()),
            None => self.until_inspected(snapshot, unit),
        };
        let Some(diagnosis) = own else {
            return nothing_yet(ui, view);
        };
        let shown = Shown {
            view,
            snapshot,
            unit,
            inspected,
            diagnosis: &diagnosis,
        };
        self.part(ui, panel, &shown, actions);
    }

    fn until_inspected(&mut self, snapshot: &Snapshot, unit: usize) -> Option<UnitDiagnosis> {
        let key = (snapshot.version(), snapshot.spectrum.is_some());
        let known = self.diagnosis.as_ref();
        if known.is_none_or(|(of, known)| *of != key || known.unit != unit) {
            self.diagnosis = UnitDiagnosis::of(snapshot, unit).map(|found| (key, found));
        }
        self.diagnosis.as_ref().map(|(_, found)| found.clone())
    }

    /// No unit is chosen yet: all tiles to choose from, as large as there is room.
    fn choose(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        snapshot: &Snapshot,
        actions: &mut Vec<Action>,
    ) {
        let words = "Choose a unit: click its tile, or press → for the first.";
        let words = RichText::new(words).size(BODY).color(Theme::of(ui).text);
        ui.add(egui::Label::new(words).wrap());
        ui.add_space(GRID);
        self.picker.ui(ui, view, snapshot, None, actions);
    }

    fn part(&mut self, ui: &mut Ui, panel: Panel, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        match panel {
            Panel::Picker => {
                let chosen = Some(shown.unit);
                self.picker
                    .ui(ui, shown.view, shown.snapshot, chosen, actions);
            }
            Panel::Lives => self.lives.ui(ui, shown, actions),
            Panel::Summary => {
                widgets::scroll(ui, |ui| summary::ui(ui, &mut self.weights, shown, actions));
            }
            Panel::Inputs => self.inputs.ui(ui, shown),
            Panel::Similar => similar::ui(ui, &self.picker, shown, actions),
            Panel::Forces => forces::ui(ui, shown),
            Panel::Tracks => tracks::ui(ui, shown),
            Panel::Distribution => distribution::ui(ui, shown),
            _ => {}
        }
    }
}

fn nothing_yet(ui: &Ui, view: &View<'_>) {
    let text = match &view.shared.loading {
        Some(name) => format!("Loading {name} …"),
        None => "No run yet.".to_owned(),
    };
    let (font, tone) = (theme::regular(BODY), Theme::of(ui).text_muted);
    let centre = ui.max_rect().center();
    widgets::text(ui, centre, Align2::CENTER_CENTER, text, font, tone);
}
