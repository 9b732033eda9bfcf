//! The lab as one value: the run in view, dialogs, preferences, and the work that goes on beside the window.

use std::sync::Arc;
use std::time::Duration;

use super::features::Seeing;
use super::inspecting::{Due, Inspecting};
#[cfg(not(target_family = "wasm"))]
use super::jobs::ThreadHost;
use super::jobs::{Host, JobKind, Jobs};
use super::opening::Asked;
use super::page::Page;
use super::port::{Backend, TrainerPort, Wake};
use super::preferences::Preferences;
use super::state::{Severity, ViewState};
use crate::data::error::grouped;
use crate::training::{Event, Experiment};

/// What a window knows and can be asked.
pub struct Lab {
    pub(super) view: ViewState,
    pub(super) trainer: Option<Box<dyn TrainerPort>>,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) jobs: Jobs,
    pub(super) wake: Wake,
    pub(super) preferences: Preferences,
    /// What the data set that is being loaded is for.
    pub(super) asked: Option<Asked>,
    pub(super) inspecting: Inspecting,
    pub(super) seeing: Seeing,
    /// How many tiles stand side by side on the page of units.
    pub(super) unit_columns: usize,
}

impl Lab {
    /// The lab on `experiment`, whose data begin to load at once; its jobs run on threads. `wake` is called when there is
    /// something new to draw.
    #[cfg(not(target_family = "wasm"))]
    pub fn new(
        experiment: Experiment,
        preferences: Preferences,
        backend: Arc<dyn Backend>,
        wake: Wake,
    ) -> Self {
        let host = ThreadHost::new(Arc::clone(&backend), Arc::clone(&wake));
        Self::with_host(experiment, preferences, backend, wake, host)
    }

    /// The lab on `experiment` as [`Self::new`] makes it, with its jobs on `host`.
    pub fn with_host(
        experiment: Experiment,
        preferences: Preferences,
        backend: Arc<dyn Backend>,
        wake: Wake,
        host: impl Host + 'static,
    ) -> Self {
        let mut view = ViewState::new(experiment);
        view.zoom = preferences.zoom;
        view.recent.clone_from(&preferences.recent);
        let mut lab = Self {
            trainer: None,
            jobs: Jobs::new(host),
            backend,
            preferences,
            asked: None,
            inspecting: Inspecting::default(),
            seeing: Seeing::default(),
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

    /// Takes what the trainer and the jobs have put down since the last frame. Never waits. `now` is the time since the
    /// start, by any steady clock.
    pub fn drain(&mut self, now: Duration) {
        self.take_reports(now);
        let Some(trainer) = &self.trainer else { return };
        let (events, snapshot) = (trainer.events(), trainer.snapshot());
        if let Some(snapshot) = snapshot {
            self.view.look.suit(&snapshot);
            self.view.snapshot = Some(snapshot);
        }
        for event in events {
            self.hear(event);
        }
        self.follow_features();
    }

    /// Keeps what the Unit page shows up to date while it is open; returns when to look again, if nothing else happens
    /// before.
    pub fn inspect(&mut self, now: Duration) -> Option<Duration> {
        if self.view.page != Page::Unit {
            self.jobs.cancel(JobKind::Inspect);
            self.inspecting.rest();
            return None;
        }
        let snapshot = self.view.snapshot.as_ref()?;
        let units = snapshot.units.len();
        let unit = self.view.selected.filter(|unit| *unit < units).unwrap_or(0);
        self.view.selected = Some(unit);
        if self.jobs.is_busy(JobKind::Inspect) {
            return None; // it wakes the window
        }
        let inspection = &mut self.view.inspection;
        match self.inspecting.due(inspection, snapshot, unit, now) {
            Due::Nothing => None,
            Due::Later(rest) => Some(rest),
            Due::Now(request) => {
                if let Err(error) = self.jobs.start(request) {
                    self.inspecting.fail(inspection, &error);
                }
                None
            }
        }
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
