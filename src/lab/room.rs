//! The lab as one value: the run in view, dialogs, preferences, and the work that goes on beside the window.

use std::sync::Arc;
use std::time::Duration;

use super::audience::Held;
use super::cursor::Arrival;
use super::export::Copied;
use super::features::Seeing;
use super::followed::Following;
use super::import::{Asked, Wish};
use super::inspecting::{Due, Inspecting};
#[cfg(not(target_family = "wasm"))]
use super::jobs::ThreadHost;
use super::jobs::{Host, JobKind, Jobs};
use super::keeping::Keeping;
use super::measuring::Measuring;
use super::page::Page;
use super::panel::Panel;
use super::port::{Backend, Wake};
use super::preferences::Preferences;
use super::probing::Probing;
use super::session::Session;
use super::shared::{Shared, View};
use crate::training::Experiment;
use crate::training::timeline::Archive;
use crate::training::trainer::{self, RunId};

/// What a window knows and can be asked.
pub struct Lab {
    pub(super) session: Session,
    pub(super) shared: Shared,
    pub(super) trainer: Option<Box<dyn trainer::Host>>,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) jobs: Jobs,
    pub(super) wake: Wake,
    pub(super) preferences: Preferences,
    /// What the data set that is being loaded is for.
    pub(super) asked: Option<Asked>,
    pub(super) inspecting: Inspecting,
    pub(super) seeing: Seeing,
    pub(super) measuring: Measuring,
    pub(super) probing: Probing,
    /// The folder of checkpoints that is looked at.
    pub(super) following: Option<Following>,
    /// Runs on their way into files.
    pub(super) keeping: Keeping,
    /// An undo under way.
    pub(super) arrival: Option<Arrival>,
    /// Where the trainer keeps the past, once there is a trainer.
    pub(super) archive: Option<Arc<Archive>>,
    /// The pictures that wait while what is seen is held.
    pub(super) held: Held,
    /// Up to which epoch of which run it was said what has changed.
    pub(super) described: Option<(RunId, u64)>,
    /// When the features of the two runs were matched last.
    pub(super) matched_at: Duration,
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
        let shared = Shared::new(preferences.zoom, preferences.recent.clone());
        let mut lab = Self {
            trainer: None,
            jobs: Jobs::new(host),
            backend,
            preferences,
            asked: None,
            inspecting: Inspecting::default(),
            seeing: Seeing::default(),
            measuring: Measuring::default(),
            probing: Probing::default(),
            following: None,
            keeping: Keeping::default(),
            arrival: None,
            archive: None,
            held: Held::default(),
            described: None,
            matched_at: Duration::ZERO,
            unit_columns: 1,
            wake,
            session: Session::new(experiment.clone()),
            shared,
        };
        lab.load(experiment, Wish::AsItIs);
        lab
    }

    /// What the panels show.
    pub fn view(&self) -> View<'_> {
        View {
            run: &self.session.shown,
            session: &self.session,
            archive: self.archive.as_deref(),
            shared: &self.shared,
        }
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// What is to go into the clipboard, once.
    pub fn take_copied(&mut self) -> Option<Copied> {
        self.shared.copied.take()
    }

    /// Something is being dragged over the window, or not any more.
    pub fn hover_drop(&mut self, hovered: bool) {
        self.shared.drop_hovered = hovered;
    }

    /// The panel under the pointer: the one that is to fill the window when that is asked for without a name.
    pub fn set_pointed(&mut self, panel: Option<Panel>) {
        self.shared.pointed = panel;
    }

    /// How many tiles stand side by side on the page of units: one step up or down is as many units.
    pub fn set_unit_columns(&mut self, columns: usize) {
        self.unit_columns = columns.max(1);
    }

    /// Takes what the trainer and the jobs have put down since the last frame. Never waits. `now` is the time since the
    /// start, by any steady clock.
    pub fn drain(&mut self, now: Duration) {
        self.take_reports(now);
        self.listen();
        self.follow_features();
        self.follow_spectrum();
        self.follow_map(now);
        self.follow_lesson();
    }

    /// Keeps what the Unit page shows up to date while it is open; returns when to look again, if nothing else happens
    /// before. Moves the cursor on while the past is played.
    pub fn follow(&mut self, now: Duration) -> Option<Duration> {
        let times = [
            self.inspect(now),
            self.follow_past(now),
            self.follow_pair(now),
            self.follow_code(now),
            self.follow_autosave(now),
            self.follow_checkpoints(now),
        ];
        times.into_iter().flatten().min()
    }

    fn inspect(&mut self, now: Duration) -> Option<Duration> {
        if self.shared.page != Page::Unit {
            self.jobs.cancel(JobKind::Inspect);
            self.inspecting.rest();
            return None;
        }
        let shown = &mut self.session.shown;
        let snapshot = shown.snapshot.as_ref()?;
        let units = snapshot.units.len();
        let chosen = shown.selected.filter(|unit| *unit < units);
        let Some(unit) = chosen else {
            self.jobs.cancel(JobKind::Inspect);
            self.inspecting.rest();
            return None; // the page asks for one
        };
        if self.jobs.is_busy(JobKind::Inspect) {
            return None; // it wakes the window
        }
        let inspection = &mut shown.inspection;
        match self.inspecting.due(inspection, snapshot, unit, now) {
            Due::Nothing => None,
            Due::Later(rest) => Some(rest),
            Due::Now(request) => {
                if let Err(error) = self.jobs.start(*request) {
                    self.inspecting.fail(inspection, &error);
                }
                None
            }
        }
    }
}
