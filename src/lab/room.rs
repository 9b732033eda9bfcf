//! The lab as one value: the run in view, dialogs, preferences, and the work that goes on beside the window.

use std::sync::Arc;
use std::time::Duration;

use super::compare::{self, CompareProgress};
use super::inspecting::Inspecting;
use super::lane::Lane;
use super::loading::Loader;
use super::look;
use super::opening::Asked;
use super::page::Page;
use super::port::{Backend, TrainerPort, Wake};
use super::preferences::Preferences;
use super::state::{Severity, ViewState};
use super::studies::{CheckedGradient, Desk};
use crate::data::error::grouped;
use crate::model::gradient_check::CheckProgress;
use crate::training::{Event, Experiment};

/// Where a picture came from, and its values (n) or why it can't be taken.
pub(super) type ReadPicture = (look::Source, Result<Arc<[f32]>, String>);

/// What a window knows and can be asked.
pub struct Lab {
    pub(super) view: ViewState,
    pub(super) trainer: Option<Box<dyn TrainerPort>>,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) loader: Loader,
    pub(super) wake: Wake,
    pub(super) preferences: Preferences,
    /// What waits for the system's dialog.
    pub(super) browsing: bool,
    /// What the data set that is being loaded is for.
    pub(super) asked: Option<Asked>,
    pub(super) gradient_check: Desk<CheckProgress, CheckedGradient>,
    pub(super) inspecting: Inspecting,
    /// A picture that is read as the input to look at.
    pub(super) picture: Lane<ReadPicture>,
    pub(super) comparing: Desk<CompareProgress, compare::Verdict>,
    /// How many tiles stand side by side on the page of units.
    pub(super) unit_columns: usize,
}

impl Lab {
    /// The lab on `experiment`, whose data begin to load at once. `wake` is called when there is something new to draw.
    pub fn new(
        experiment: Experiment,
        preferences: Preferences,
        backend: Arc<dyn Backend>,
        wake: Wake,
    ) -> Self {
        let mut view = ViewState::new(experiment);
        view.zoom = preferences.zoom;
        view.recent.clone_from(&preferences.recent);
        let mut lab = Self {
            trainer: None,
            loader: Loader::new(Arc::clone(&backend), Arc::clone(&wake)),
            backend,
            preferences,
            browsing: false,
            asked: None,
            gradient_check: Desk::default(),
            inspecting: Inspecting::default(),
            picture: Lane::new("sae-lab picture", Arc::clone(&wake)),
            comparing: Desk::default(),
            unit_columns: 1,
            wake,
            view,
        };
        lab.load(lab.view.experiment.clone(), false);
        lab
    }

    pub fn view(&self) -> &ViewState {
        &self.view
    }

    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Something is being dragged over the window, or not any more.
    pub fn hover_drop(&mut self, hovered: bool) {
        self.view.drop_hovered = hovered;
    }

    /// How many tiles stand side by side on the page of units: one step up or down is as many units.
    pub fn set_unit_columns(&mut self, columns: usize) {
        self.unit_columns = columns.max(1);
    }

    /// Takes what the trainer and the loader have put down since the last frame. Never waits.
    pub fn drain(&mut self) {
        self.take_data();
        self.gradient_check.collect(&mut self.view.gradient_check);
        self.comparing.collect(&mut self.view.compared);
        self.take_picture();
        let Some(trainer) = &self.trainer else { return };
        let (events, snapshot) = (trainer.events(), trainer.snapshot());
        if let Some(snapshot) = snapshot {
            self.view.look.suit(&snapshot);
            self.view.snapshot = Some(snapshot);
        }
        for event in events {
            self.hear(event);
        }
    }

    /// Keeps what the Unit page shows up to date while it is open; returns when to look again, if nothing else happens
    /// before.
    pub fn inspect(&mut self) -> Option<Duration> {
        if self.view.page != Page::Unit {
            self.inspecting.rest();
            return None;
        }
        let snapshot = self.view.snapshot.as_ref()?;
        let units = snapshot.units.len();
        let unit = self.view.selected.filter(|unit| *unit < units).unwrap_or(0);
        self.view.selected = Some(unit);
        self.inspecting
            .follow(&mut self.view.inspection, snapshot, unit, &self.wake)
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Began { .. } | Event::Applied { .. } => {}
            Event::Diverged { epoch, cause } => {
                self.view.playing = false;
                let epoch = grouped(epoch);
                let text = format!(
                    "The cost became infinite at epoch {epoch}, and the run stopped: {cause}"
                );
                self.view.notify(Severity::Trouble, text);
            }
            Event::Panicked { message } => {
                self.view.playing = false;
                let text = format!(
                    "The trainer failed ({message}). The lab goes on: press Reset to start the run anew."
                );
                self.view.notify(Severity::Trouble, text);
            }
            Event::Refused { message } => {
                if let Some(snapshot) = &self.view.snapshot {
                    self.view.experiment = snapshot.experiment.clone();
                }
                self.view.notify(Severity::Trouble, message);
            }
        }
    }
}
