//! The runs that stay beside the one shown.

use super::room::Lab;
use super::run_view::RunView;
use super::state::{KeptAction, Severity};
use super::undo::Done;
use crate::training::trainer::{Ask, RunId};

/// Most curves beside that of the run shown.
pub const OVERLAID: usize = 6;
/// Most characters of a run's name, and of the notes on it.
const NAME: usize = 60;
const NOTES: usize = 10_000;

impl RunView {
    /// What it is called: by the person, or by its preset, or by its data.
    pub fn title(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        match self.preset {
            Some(preset) => preset.title().to_owned(),
            None => self.data().map_or_else(
                || self.experiment.data.source.title(),
                |data| data.name.clone(),
            ),
        }
    }
}

impl Lab {
    /// Does what was asked about a run.
    pub(super) fn keep(&mut self, run: RunId, action: KeptAction) {
        match action {
            KeptAction::Show => {
                let left = self.session.shown.id;
                if self.reopen(run) {
                    self.session.undo.push(Done::Left(left));
                }
            }
            KeptAction::Rename(name) => {
                if let Some(view) = self.session.get_mut(run) {
                    let name: String = name.trim().chars().take(NAME).collect();
                    view.name = (!name.is_empty()).then_some(name);
                }
            }
            KeptAction::Note(text) => {
                self.shared.question = None;
                if let Some(view) = self.session.get_mut(run) {
                    view.notes = text.trim_end().chars().take(NOTES).collect();
                }
            }
            KeptAction::Pin(pinned) => {
                if let Some(view) = self.session.get_mut(run) {
                    view.pinned = pinned;
                }
            }
            KeptAction::Overlay(overlaid) => {
                let many = self.session.runs().filter(|run| run.overlaid).count();
                if overlaid && many >= OVERLAID {
                    let text =
                        format!("At most {OVERLAID} curves are overlaid: take one away first.");
                    return self.shared.notify(Severity::Trouble, text);
                }
                if let Some(view) = self.session.get_mut(run) {
                    view.overlaid = overlaid;
                }
            }
            KeptAction::Drop => {
                if self.is_to_be_saved(run) {
                    let text = "It is about to be saved: delete it when that is done.";
                    return self.shared.notify(Severity::Note, text.to_owned());
                }
                if self.session.drop_run(run) {
                    self.ask_about(run, Ask::Close);
                    self.forget_unused_data();
                }
            }
        }
    }
}
