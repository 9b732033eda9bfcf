//! The way of data into the lab: opened, looked at on the import sheet, loaded, trained on.
//!
//! A failure at any point leaves the run in progress as it is.

use std::path::PathBuf;
use std::sync::Arc;

use super::browse::{Browse, Browsed};
use super::import::{Asked, Import, Wish};
use super::import_settings::ImportSettings;
use super::jobs::{JobError, JobKind, Request};
use super::preview::Opened;
use super::resuming::is_run;
use super::room::Lab;
use super::state::{OpenDialog, Restart, Severity, Typed};
use super::teaching::is_lesson;
use crate::data::{DataSet, DataSource, DataSpec, Orientation};
use crate::model::OutputActivation;
use crate::training::{Experiment, Preset};

impl Lab {
    /// Opens files, or a folder, for the import sheet.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        match &paths[..] {
            [] => return,
            [run] if is_run(run) => return self.open_run(run.clone()),
            [lesson] if is_lesson(lesson) => return self.open_lesson(lesson.clone()),
            _ => {}
        }
        let mut spec = DataSpec::files(paths);
        // the sheet shows what comes of it
        spec.reading.orientation = Orientation::Suggested;
        self.find(spec);
    }

    /// What a path was typed for.
    pub(super) fn take_typed(&mut self, paths: Vec<PathBuf>) {
        let paths: Vec<PathBuf> = paths.into_iter().map(from_home).collect();
        let what = self
            .shared
            .open_dialog
            .as_ref()
            .map_or(Typed::Open, |dialog| dialog.what);
        match (what, paths.first()) {
            (Typed::SaveRun, Some(path)) => self.save_as(path.clone(), true),
            (Typed::SaveFolder, Some(folder)) => {
                self.shared.open_dialog = None;
                self.save_all_in(&folder.clone());
            }
            (Typed::DataOfRun, Some(_)) => self.data_located(paths),
            (Typed::Checkpoints, Some(folder)) => self.follow_folder(folder.clone(), ""),
            (Typed::MyGradient, Some(_)) => self.examine(paths, false),
            (_, _) => self.open(paths),
        }
    }

    /// Takes what was dropped on the window: data, a run, the input to look at, or a gradient.
    pub fn take_drop(&mut self, dropped: Vec<PathBuf>) {
        match &dropped[..] {
            [] => {}
            [run] if is_run(run) => self.open_run(run.clone()),
            [lesson] if is_lesson(lesson) => self.open_lesson(lesson.clone()),
            [picture] if self.view().takes_pictures() => self.open_picture(picture.clone()),
            _ if self.examine_dropped(&dropped) => {}
            _ => self.open(dropped),
        }
    }

    /// Looks what the source of `spec` holds, for the import sheet.
    pub(super) fn find(&mut self, spec: DataSpec) {
        if let Some(dialog) = &mut self.shared.open_dialog {
            dialog.error = None;
        }
        match self.jobs.start(Request::Find { spec: spec.clone() }) {
            Ok(()) => {
                self.shared.opening = Some(spec);
                self.shared.progress = None;
            }
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    pub(super) fn browse(&mut self, what: Browse) {
        if let Err(error) = self.jobs.start(Request::Browse(what)) {
            self.shared.notify(Severity::Trouble, error.to_string());
        }
    }

    /// The sheet's choices, which may need another preview.
    pub(super) fn set_import(&mut self, spec: DataSpec, settings: ImportSettings) {
        let Some(import) = &mut self.shared.import else {
            return;
        };
        import.settings = settings;
        if import.spec != spec {
            import.spec = spec;
            self.preview();
        }
    }

    fn preview(&mut self) {
        let Some(import) = &mut self.shared.import else {
            return;
        };
        import.progress = None;
        let request = Request::Preview {
            opened: import.opened.clone(),
            spec: import.spec.clone(),
            outdated: import.is_outdated(),
        };
        if let Err(error) = self.jobs.start(request) {
            import.take(Err(error.to_string()));
        }
    }

    /// Starts a run on what the sheet holds.
    pub(super) fn train_on_import(&mut self) {
        let ready = |import: &&Import| import.is_ready();
        let Some(import) = self.shared.import.as_ref().filter(ready) else {
            return;
        };
        let checked = import.settings.choices.hyperparameters.check();
        if let Err(error) = checked {
            self.shared.notify(Severity::Trouble, error.to_string());
            return;
        }
        let experiment = Experiment {
            data: import.stored(),
            ..self.session.shown.experiment.clone()
        };
        let experiment = import.settings.choices.applied_to(experiment);
        self.restart(Restart::Import(Box::new(experiment)));
    }

    /// Loads what the sheet holds, then begins `experiment` on it.
    pub(super) fn load_import(&mut self, experiment: Experiment) {
        let Some(import) = self.shared.import.take() else {
            return;
        };
        let (title, found) = (import.found().name.clone(), import.for_training());
        let spec = experiment.data.clone();
        match self.jobs.start(Request::Prepare { spec, found }) {
            Ok(()) => {
                self.jobs.cancel(JobKind::Preview);
                let import = Some(import);
                self.wait_for(title, experiment, Wish::Suit, import);
            }
            Err(error) => {
                self.shared.import = Some(import);
                self.shared.notify(Severity::Trouble, error.to_string());
            }
        }
    }

    /// Loads the data of `experiment`, then begins it as `wish` says. If that fails, everything stays as it is.
    pub(super) fn load(&mut self, mut experiment: Experiment, wish: Wish) {
        let same = self
            .session
            .shown
            .snapshot
            .as_ref()
            .filter(|snapshot| snapshot.data.spec == experiment.data);
        if let Some(data) = same.map(|snapshot| Arc::clone(&snapshot.data)) {
            self.cancel_loading();
            if wish == Wish::Suit {
                suit(&mut experiment, &data);
            }
            if self.begin(experiment, data) {
                self.has_begun(wish);
            }
            return;
        }
        let title = experiment.data.source.title();
        let (spec, found) = (experiment.data.clone(), None);
        match self.jobs.start(Request::Prepare { spec, found }) {
            Ok(()) => self.wait_for(title, experiment, wish, None),
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    fn has_begun(&mut self, wish: Wish) {
        match wish {
            Wish::Play => self.play(),
            Wish::Cell(run) => self.cell_is_open(run),
            Wish::AsItIs | Wish::Suit => {}
        }
    }

    /// Waits for the data of `experiment`. Where there is no run yet, the sliders show it at once, and what is changed
    /// meanwhile is the new run's.
    fn wait_for(
        &mut self,
        title: String,
        experiment: Experiment,
        wish: Wish,
        import: Option<Import>,
    ) {
        if self.session.shown.is_draft() {
            let preset = Preset::of(&experiment);
            self.session.shown.preset = preset;
            self.session.shown.home = preset.or(self.session.shown.home);
            self.session.shown.experiment = experiment.clone();
        }
        self.shared.loading = Some(title);
        self.shared.progress = None;
        self.asked = Some(Asked {
            experiment,
            wish,
            import,
        });
    }

    /// Drops whatever is being opened or loaded, at once; its thread ends by itself.
    pub(super) fn cancel_loading(&mut self) {
        self.jobs.cancel(JobKind::Find);
        self.jobs.cancel(JobKind::Prepare);
        self.jobs.cancel(JobKind::ReadRun);
        (
            self.shared.opening,
            self.shared.loading,
            self.shared.progress,
        ) = (None, None, None);
        self.asked = None;
    }

    /// Closes the foremost window.
    pub(super) fn close(&mut self) {
        if std::mem::take(&mut self.shared.palette) || self.shared.question.take().is_some() {
            self.shared.replaces = None;
        } else if self.shared.opening.is_some() {
            self.jobs.cancel(JobKind::Find);
            (self.shared.opening, self.shared.progress) = (None, None);
        } else if self.shared.open_dialog.take().is_none() {
            self.shared.import = None;
            self.jobs.cancel(JobKind::Preview);
        }
    }

    pub(super) fn take_browsed(&mut self, browsed: Browsed) {
        match browsed {
            Browsed::Paths(paths) => self.take_typed(paths),
            Browsed::Cancelled => {}
            Browsed::Picture(path) => self.open_picture(path),
            Browsed::SaveAs(path) => self.save_as(path, false),
            Browsed::SaveFolder(folder) => {
                self.shared.open_dialog = None;
                self.save_all_in(&folder);
            }
            Browsed::DataOfRun(paths) => self.data_located(paths),
            Browsed::Export(what, path) => self.export_picked(what, &path),
            Browsed::Unavailable(Browse::Export { .. }) => {
                let text = "This system has no file dialog: install xdg-desktop-portal or zenity, or type the path.";
                self.shared.notify(Severity::Trouble, text.to_owned());
            }
            Browsed::Checkpoints(folder) => {
                let dialog = self.shared.open_dialog.as_mut();
                match dialog.filter(|dialog| dialog.what == Typed::Checkpoints) {
                    // names of tensors may stand beside it
                    Some(dialog) => dialog.path = folder.display().to_string(),
                    None => self.follow_folder(folder, ""),
                }
            }
            Browsed::MyGradient(paths) => self.examine(paths, false),
            Browsed::Unavailable(Browse::Picture) => {
                self.session.shown.look.trouble = Some(
                    "This system has no file dialog: install xdg-desktop-portal or zenity, or type the picture's path."
                        .into(),
                );
            }
            Browsed::Unavailable(_) => {
                self.shared.palette = false;
                self.shared.open_dialog.get_or_insert_with(OpenDialog::default).hint = Some(
                    "This system has no file dialog: install xdg-desktop-portal or zenity. You can also type a path \
                        here, or drop files on the window."
                        .into(),
                );
            }
        }
    }

    pub(super) fn show_import(&mut self, spec: DataSpec, opened: Opened) {
        self.shared.open_dialog = None;
        self.shared.palette = false;
        if let DataSource::File(path) = &spec.source {
            self.preferences.remember(path);
            self.shared.recent.clone_from(&self.preferences.recent);
        }
        self.jobs.cancel(JobKind::Preview);
        self.shared.import = Some(Import::new(opened, spec, &self.session.shown.experiment));
        self.preview();
    }

    pub(super) fn not_opened(&mut self, error: &JobError, asked: Option<DataSpec>) {
        if error.vanished()
            && let Some(DataSource::File(path)) = asked.map(|spec| spec.source)
        {
            self.preferences.forget(&path);
            self.shared.recent.clone_from(&self.preferences.recent);
        }
        if let JobError::Checkpoints { folder, .. } = error
            && self.shared.lesson.is_none()
        {
            return self.propose_following(folder.clone(), error.to_string());
        }
        match &mut self.shared.open_dialog {
            Some(dialog) => dialog.error = Some(error.to_string()),
            None => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    pub(super) fn take_loaded(&mut self, loaded: Result<Arc<DataSet>, JobError>) {
        let Some(mut asked) = self.asked.take() else {
            return;
        };
        match loaded {
            Ok(data) => {
                if asked.wish == Wish::Suit {
                    suit(&mut asked.experiment, &data);
                }
                if self.session.shown.is_draft() {
                    let set = self.session.shown.experiment.hyperparameters;
                    asked.experiment.hyperparameters = set;
                }
                // "Train on this" trains, though the run before it was paused
                self.session.shown.playing |= asked.import.is_some();
                if self.begin(asked.experiment, data) {
                    self.has_begun(asked.wish);
                }
            }
            // the sheet says it, where it came from there and no other has taken its place
            Err(error) => match asked.import.filter(|_| self.shared.import.is_none()) {
                Some(mut import) => {
                    import.take(Err(error.to_string()));
                    self.shared.import = Some(import);
                }
                None => self.shared.notify(Severity::Trouble, error.to_string()),
            },
        }
    }
}

/// Gives `experiment` the output that suits `data`; a tanh that reaches them may stay.
fn suit(experiment: &mut Experiment, data: &DataSet) {
    let reaches = |output: OutputActivation| {
        output
            .reach()
            .is_none_or(|(low, high)| low <= data.range.0 && data.range.1 <= high)
    };
    let chosen = experiment.output_activation;
    if chosen != OutputActivation::Tanh || !reaches(chosen) {
        experiment.output_activation = Experiment::output_for(data);
    }
}
/// "~/x" as a shell takes it.
fn from_home(path: PathBuf) -> PathBuf {
    let home = || std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    match path.strip_prefix("~") {
        Ok(rest) => home().map_or_else(|| path.clone(), |home| home.join(rest)),
        Err(_) => path,
    }
}
