//! Keeps what the panel of the code shows up to date: for the newest snapshot, while the panel is seen, seldom enough to
//! cost the trainer next to nothing.

use std::sync::Arc;
use std::time::Duration;

use super::jobs::{JobError, JobKind, Request};
use super::room::Lab;
use super::worth::Probed;
use crate::training::{Activity, Snapshot};

impl Lab {
    /// Whether the panel of the code was drawn in the last frame.
    pub fn set_code_seen(&mut self, seen: bool) {
        self.probing.seen = seen;
    }

    /// Has the code of the run that is shown probed, where that is looked at; returns when to look again.
    pub(super) fn follow_code(&mut self, now: Duration) -> Option<Duration> {
        let shown = &self.session.shown;
        let labelled = |snapshot: &&Arc<Snapshot>| snapshot.data.labels.is_some();
        let snapshot = shown.own_snapshot().filter(labelled);
        let Some(snapshot) = snapshot.filter(|_| self.probing.seen) else {
            self.jobs.cancel(JobKind::Probe);
            return None;
        };
        if self.jobs.is_busy(JobKind::Probe) && self.probing.asked == snapshot.run {
            return None; // it wakes the window
        }
        let latest = shown.worth.probed.as_ref();
        let latest = latest.filter(|probed| probed.version.run == snapshot.run);
        let current = latest.is_some_and(|probed| probed.version == snapshot.version());
        if current || self.probing.failed == Some(snapshot.run) {
            return None;
        }
        if latest.is_some() && snapshot.activity == Activity::Training {
            let rest = self.probing.rest(now);
            if !rest.is_zero() {
                return Some(rest);
            }
        }
        let known = self.probing.known_of(snapshot);
        self.probing.first = known.is_none();
        self.probing.asked = snapshot.run;
        let snapshot = Arc::clone(snapshot);
        if let Err(error) = self.jobs.start(Request::Probe { snapshot, known }) {
            self.not_probed(&error);
        }
        None
    }

    pub(super) fn probe_progress(&mut self, part: f64) {
        if let Some(view) = self.session.get_mut(self.probing.asked) {
            view.worth.progress = Some(part);
        }
    }

    pub(super) fn take_probed(&mut self, probed: Probed, took: Duration, now: Duration) {
        let took = if self.probing.first {
            Duration::ZERO
        } else {
            took
        };
        self.probing.last = Some((now, took));
        if let Some(view) = self.session.get_mut(probed.version.run) {
            if let Some(snapshot) = view.own_snapshot() {
                self.probing.know(snapshot, probed.probe.baselines.clone());
            }
            view.worth.take(probed);
        }
    }

    pub(super) fn not_probed(&mut self, error: &JobError) {
        if matches!(error, JobError::Cancelled) {
            return;
        }
        self.probing.failed = Some(self.probing.asked);
        if let Some(view) = self.session.get_mut(self.probing.asked) {
            view.worth.trouble = Some(error.to_string());
            view.worth.progress = None;
        }
    }
}
