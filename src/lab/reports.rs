//! What becomes of the jobs' reports.

use std::sync::Arc;
use std::time::Duration;

use super::jobs::{JobError, JobKind, News, Outcome, Progress, Report};
use super::look::Source;
use super::preview::Preview;
use super::room::Lab;
use super::state::Severity;
use super::studies::Study;

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
            Progress::Data(progress) if matches!(kind, JobKind::Find | JobKind::Prepare) => {
                self.view.progress = Some(progress);
            }
            Progress::Data(_) => {} // the sheet shows the old preview, the page the old input
            Progress::Gradient(progress) => {
                self.view.gradient_check = Study::Running(Some(progress));
            }
            Progress::Compare(progress) => self.view.compared = Study::Running(Some(progress)),
        }
    }

    fn take_outcome(&mut self, outcome: Outcome, took: Duration, now: Duration) {
        match outcome {
            Outcome::Found { spec, opened } => {
                (self.view.opening, self.view.progress) = (None, None);
                self.show_import(spec, opened);
            }
            Outcome::Prepared(data) => {
                (self.view.loading, self.view.progress) = (None, None);
                self.take_loaded(Ok(data));
            }
            Outcome::Preview(preview) => {
                if let Some(import) = &mut self.view.import {
                    import.take(Ok(Preview { took, ..*preview }));
                }
            }
            Outcome::Picture { name, picture } => {
                let look = &mut self.view.look;
                look.loading = None;
                look.take(Source::File(name), picture);
            }
            Outcome::Browsed(browsed) => self.take_browsed(browsed),
            Outcome::Inspected(inspected) => {
                let inspection = &mut self.view.inspection;
                self.inspecting.take(inspection, inspected, took, now);
            }
            Outcome::CheckedGradient(checked) => {
                self.view.gradient_check = Study::Done(Arc::new(checked));
            }
            Outcome::Compared(compared) => self.view.compared = Study::Done(Arc::new(*compared)),
            Outcome::Features(seen) => self.view.features = Some(seen),
        }
    }

    fn take_error(&mut self, kind: JobKind, error: JobError) {
        match kind {
            JobKind::Find => {
                let asked = self.view.opening.take();
                self.view.progress = None;
                self.not_opened(&error, asked);
            }
            JobKind::Prepare => {
                (self.view.loading, self.view.progress) = (None, None);
                self.take_loaded(Err(error));
            }
            JobKind::Preview => {
                if let Some(import) = &mut self.view.import {
                    import.take(Err(error.to_string()));
                }
            }
            JobKind::ReadPicture => {
                let look = &mut self.view.look;
                look.loading = None;
                look.trouble = Some(error.to_string());
            }
            JobKind::Browse => self.view.notify(Severity::Trouble, error.to_string()),
            JobKind::Inspect => self.inspecting.fail(&mut self.view.inspection, &error),
            JobKind::CheckGradient => self.view.gradient_check = Study::ended(error),
            JobKind::Compare => self.view.compared = Study::ended(error),
            JobKind::Features => self.no_features(&error),
        }
    }
}
