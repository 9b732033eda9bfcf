//! Takes in the jobs' reports.

use std::sync::Arc;
use std::time::Duration;

use super::jobs::{JobError, JobKind, News, Outcome, Progress, Report, Request};
use super::look::Source;
use super::page::Page;
use super::preview::Preview;
use super::room::Lab;
use super::state::Severity;
use super::studies::Study;
use crate::model::Spectrum;
use crate::training::trainer::RunId;

impl Lab {
    /// Takes what the jobs have said since the last frame; never waits.
    pub(super) fn take_reports(&mut self, now: Duration) {
        self.jobs.poll(now);
        // one by one: what a report cancels is not to be heard of any more
        while let Some(Report { kind, news }) = self.jobs.next_report() {
            match news {
                News::Progress(progress) => self.take_progress(kind, progress),
                News::Ended {
                    result: Ok(outcome),
                    took,
                } => self.take_outcome(outcome, took, now),
                News::Ended {
                    result: Err(error), ..
                } => self.take_error(kind, error),
            }
        }
    }

    fn take_progress(&mut self, kind: JobKind, progress: Progress) {
        match progress {
            Progress::Data(progress)
                if matches!(kind, JobKind::Find | JobKind::Prepare | JobKind::ReadRun) =>
            {
                self.shared.progress = Some(progress);
            }
            Progress::Data(progress) if kind == JobKind::Preview => {
                if let Some(import) = &mut self.shared.import {
                    import.progress = Some(progress);
                }
            }
            Progress::Data(_) => {} // the page shows the old input
            Progress::Gradient(progress) => {
                self.session.shown.gradient_check = Study::Running(Some(progress));
            }
            Progress::Compare(progress) => {
                self.session.shown.compared = Study::Running(Some(progress))
            }
            Progress::Replay { done, of } => self.replay_progress(done, of),
            Progress::Counterfactual { done, of } => self.saving_progress(done, of),
            Progress::Map(swept) => self.take_swept(&swept),
            Progress::Probe { part } => self.probe_progress(part),
            Progress::Export { part } => self.export_progress(part),
        }
    }

    fn take_outcome(&mut self, outcome: Outcome, took: Duration, now: Duration) {
        match outcome {
            Outcome::Found { spec, opened } => {
                (self.shared.opening, self.shared.progress) = (None, None);
                self.show_import(spec, opened);
            }
            Outcome::Prepared(data) => {
                (self.shared.loading, self.shared.progress) = (None, None);
                self.take_loaded(Ok(data));
            }
            Outcome::Preview(preview) => {
                if let Some(import) = &mut self.shared.import {
                    import.take(Ok(Preview { took, ..*preview }));
                }
            }
            Outcome::Picture { name, picture } => {
                let look = &mut self.session.shown.look;
                look.loading = None;
                look.take(Source::File(name), picture);
            }
            Outcome::Browsed(browsed) => self.take_browsed(browsed),
            Outcome::Inspected(inspected) => {
                let inspection = &mut self.session.shown.inspection;
                self.inspecting.take(inspection, inspected, took, now);
            }
            Outcome::CheckedGradient(checked) => {
                self.session.shown.gradient_check = Study::Done(Arc::new(checked));
            }
            Outcome::Examined(examined) => self.take_examined(*examined),
            Outcome::NoGradient(paths) => self.take_no_gradient(paths),
            Outcome::Compared(compared) => {
                self.session.shown.compared = Study::Done(Arc::new(*compared))
            }
            Outcome::Features(seen) => self.session.shown.features = Some(seen),
            Outcome::Spectrum { run, spectrum } => self.take_spectrum(run, spectrum),
            Outcome::Replayed { run, moment, frame } => self.take_replayed(run, moment, frame),
            Outcome::Counterfactual { run, answer } => self.take_answer(run, *answer),
            Outcome::Matched(matched) => self.take_matched(matched),
            Outcome::Map(swept) => self.map_is_done(&swept),
            Outcome::Exported(exported) => self.take_exported(&exported),
            Outcome::Drawn { what, pixels } => self.take_drawn(what, pixels),
            Outcome::ReadLesson(lesson) => self.give(*lesson, None),
            Outcome::Lesson { setup, data } => self.take_stage(&setup, &data),
            Outcome::Measured(measured) => self.take_measured(&measured),
            Outcome::Probed(probed) => self.take_probed(*probed, took, now),
            Outcome::Looked(looked) => self.take_looked(*looked, now),
            Outcome::SavedRun { run, path, written } => self.take_saved(run, path, written),
            Outcome::Autosaved => self.take_autosaved(),
            Outcome::Resumed(resumed) => {
                (self.shared.loading, self.shared.progress) = (None, None);
                self.take_resumed(*resumed);
            }
            Outcome::Told(told) => {
                (self.shared.loading, self.shared.progress) = (None, None);
                self.take_told(told);
            }
            Outcome::WithoutData(lost) => {
                (self.shared.loading, self.shared.progress) = (None, None);
                self.take_without_data(lost);
            }
        }
    }

    fn take_error(&mut self, kind: JobKind, error: JobError) {
        match kind {
            JobKind::Find => {
                let asked = self.shared.opening.take();
                self.shared.progress = None;
                self.not_opened(&error, asked);
            }
            JobKind::Prepare => {
                (self.shared.loading, self.shared.progress) = (None, None);
                self.take_loaded(Err(error));
            }
            JobKind::Preview => {
                if let Some(import) = &mut self.shared.import {
                    import.take(Err(error.to_string()));
                }
            }
            JobKind::ReadPicture => {
                let look = &mut self.session.shown.look;
                look.loading = None;
                look.trouble = Some(error.to_string());
            }
            JobKind::Browse => self.shared.notify(Severity::Trouble, error.to_string()),
            JobKind::Inspect => self
                .inspecting
                .fail(&mut self.session.shown.inspection, &error),
            JobKind::CheckGradient => self.session.shown.gradient_check = Study::ended(error),
            JobKind::Examine => self.not_examined(error),
            JobKind::Compare => self.session.shown.compared = Study::ended(error),
            JobKind::Features => self.no_features(&error),
            JobKind::Spectrum => self.no_spectrum(&error),
            JobKind::Replay => self.no_replay(&error),
            JobKind::Counterfactual => self.no_answer(error),
            JobKind::Map => self.no_map(&error),
            JobKind::Probe => self.not_probed(&error),
            JobKind::Export => self.not_exported(&error),
            JobKind::Lesson => self.no_lesson(&error),
            JobKind::SaveRun => self.not_saved(&error.to_string()),
            JobKind::Follow => self.not_looked(&error),
            JobKind::Autosave => self.not_autosaved(&error.to_string()),
            JobKind::ReadRun => {
                (self.shared.loading, self.shared.progress) = (None, None);
                if !matches!(error, JobError::Cancelled) {
                    self.shared.notify(Severity::Trouble, error.to_string());
                }
            }
            JobKind::Match => {
                if !matches!(error, JobError::Cancelled) {
                    self.shared.notify(Severity::Trouble, error.to_string());
                }
            }
        }
    }
}

impl Lab {
    /// Keeps the features that the tiles show up to date, where that takes a product. While one is computed, the next
    /// waits; the newest snapshot at its end is the next.
    pub(super) fn follow_features(&mut self) {
        let Some(snapshot) = &self.session.shown.snapshot else {
            return;
        };
        if snapshot.data.zca().is_none() {
            if self.session.shown.features.take().is_some() {
                self.jobs.cancel(JobKind::Features);
            }
            return;
        }
        let seen = self.session.shown.features.as_ref();
        let current = seen.is_some_and(|seen| seen.version == snapshot.version());
        let under_way = self.jobs.is_busy(JobKind::Features) && self.seeing.run == snapshot.run;
        let failed = self.seeing.failed == Some(snapshot.run);
        if current || under_way || failed || !has_tiles(self.shared.page) {
            return;
        }
        self.seeing.run = snapshot.run;
        let snapshot = Arc::clone(snapshot);
        if let Err(error) = self.jobs.start(Request::Features { snapshot }) {
            self.no_features(&error);
        }
    }

    /// Says once a run why the tiles are empty from now on: those of an earlier epoch would not be true for long.
    pub(super) fn no_features(&mut self, error: &JobError) {
        self.session.shown.features = None;
        self.seeing.failed = Some(self.seeing.run);
        self.shared.notify(Severity::Trouble, error.to_string());
    }
}

/// Values of a data set from which on its spectrum waits for the first features.
const LARGE: usize = 1 << 23;

impl Lab {
    /// Has the spectrum of the shown run measured, once.
    pub(super) fn follow_spectrum(&mut self) {
        let run = self.session.shown.id;
        let Some((data, output)) = self.session.shown.unmeasured() else {
            return;
        };
        // of a large set it takes seconds, which are not to hold up the first features
        if data.len() * data.inputs() >= LARGE && !self.session.shown.shows_training() {
            return;
        }
        let under_way = self.jobs.is_busy(JobKind::Spectrum) && self.measuring.run == run;
        if under_way || self.measuring.failed == Some(run) {
            return;
        }
        let data = Arc::clone(data);
        self.measuring.run = run;
        if let Err(error) = self.jobs.start(Request::Spectrum { run, data, output }) {
            self.no_spectrum(&error);
        }
    }

    pub(super) fn take_spectrum(&mut self, run: RunId, spectrum: Option<Arc<Spectrum>>) {
        match (self.session.get_mut(run), spectrum) {
            (Some(view), Some(spectrum)) => view.take_spectrum(spectrum),
            (Some(_), None) => self.measuring.failed = Some(run),
            (None, _) => {}
        }
    }

    /// Says once a run why the cliffs are not marked.
    pub(super) fn no_spectrum(&mut self, error: &JobError) {
        self.measuring.failed = Some(self.measuring.run);
        self.shared.notify(Severity::Trouble, error.to_string());
    }
}

/// Whether a page shows the features of the run as tiles.
fn has_tiles(page: Page) -> bool {
    match page {
        Page::Lab | Page::Unit | Page::LookThrough => true,
        Page::Mathematics | Page::Compare | Page::Runs | Page::Map => false,
    }
}
