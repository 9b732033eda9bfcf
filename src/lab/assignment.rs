//! The gradient that a student's program computed: asked for, looked at beside the run that is shown.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jobs::{JobError, JobKind, Request};
use super::page::Page;
use super::panel::Panel;
use super::room::Lab;
use super::shared::View;
use super::state::Typed;
use super::studies::{Examined, Study};

impl View<'_> {
    /// Whether these files, dropped on the window, are weights and a gradient before they are data.
    fn takes_gradients(&self, paths: &[PathBuf]) -> bool {
        self.shared.page == Page::Mathematics
            && !self.shared.is_covered()
            && self.run.snapshot.is_some()
            && (1..=2).contains(&paths.len())
            && paths.iter().all(|path| has_arrays(path))
    }
}

/// By its name: what is in it is not known yet.
fn has_arrays(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    let ending = ending.map(str::to_lowercase);
    matches!(ending.as_deref(), Some("npz" | "mat" | "safetensors"))
}

impl Lab {
    /// Asks for the files, those of the last time proposed.
    pub(super) fn ask_for_gradient(&mut self) {
        let asked = self.shared.assignment.clone();
        let text = |place: usize| {
            let path = asked.get(place);
            path.map_or_else(String::new, |path| path.display().to_string())
        };
        self.ask_for_path(Typed::MyGradient);
        if let Some(dialog) = &mut self.shared.open_dialog {
            (dialog.path, dialog.other) = (text(0), text(1));
        }
    }

    /// Looks at the gradient in `paths`, one file or two; `dropped`: if there is none, they are data.
    pub(super) fn examine(&mut self, paths: Vec<PathBuf>, dropped: bool) {
        self.shared.open_dialog = None;
        let shown = &self.session.shown;
        let Some(data) = shown.data().map(Arc::clone) else {
            return;
        };
        let request = Request::Examine {
            run: shown.id,
            paths: paths.clone(),
            data,
            experiment: Box::new(shown.experiment.clone()),
            dropped,
        };
        self.shared.assignment = paths;
        let started = self.jobs.start(request);
        self.session.shown.my_gradient = Study::begun(started);
        self.shared.show(Page::Mathematics);
        self.shared.bring(Panel::GradientCheck);
    }

    /// Files that were dropped, if they are weights and a gradient as far as can be seen.
    pub(super) fn examine_dropped(&mut self, paths: &[PathBuf]) -> bool {
        let takes = self.view().takes_gradients(paths);
        if takes {
            self.examine(paths.to_vec(), true);
        }
        takes
    }

    pub(super) fn close_my_gradient(&mut self) {
        self.jobs.cancel(JobKind::Examine);
        self.session.shown.my_gradient = Study::Idle;
    }

    pub(super) fn take_examined(&mut self, examined: Examined) {
        if let Some(run) = self.session.get_mut(examined.run) {
            run.my_gradient = Study::Done(Arc::new(examined));
        }
    }

    /// What was dropped has no gradient in it.
    pub(super) fn take_no_gradient(&mut self, paths: Vec<PathBuf>) {
        self.close_my_gradient();
        self.shared.assignment.clear();
        self.open(paths);
    }

    pub(super) fn not_examined(&mut self, error: JobError) {
        self.session.shown.my_gradient = Study::ended(error);
    }
}
