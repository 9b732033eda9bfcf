//! The way of data into the lab: opened, looked at on the import sheet, loaded, trained on.
//!
//! A failure at any point leaves the run in progress as it is.

use std::path::PathBuf;
use std::sync::Arc;

use super::import::Import;
use super::lane::Failure;
use super::loading::{Browse, Browsed};
use super::preview::Opened;
use super::room::Lab;
use super::state::{OpenDialog, Restart, Severity};
use crate::data::{DataSet, DataSource, DataSpec};
use crate::model::OutputActivation;
use crate::training::Experiment;

/// What a data set that is being loaded is for.
pub(super) struct Asked {
    experiment: Experiment,
    /// Whether the output activation is to suit the data.
    to_suit: bool,
    /// The import sheet that asked, to go back to if it fails.
    import: Option<Import>,
}

impl Lab {
    /// Opens files, or a folder, for the import sheet.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        if !paths.is_empty() {
            self.find(DataSpec::files(paths));
        }
    }

    /// Takes what was dropped on the window: data, or the input to look at.
    pub fn take_drop(&mut self, dropped: Vec<PathBuf>) {
        match &dropped[..] {
            [] => {}
            [picture] if self.view.takes_pictures() => self.open_picture(picture.clone()),
            _ => self.open(dropped),
        }
    }

    /// Looks what the source of `spec` holds, for the import sheet.
    pub(super) fn find(&mut self, spec: DataSpec) {
        if let Some(dialog) = &mut self.view.open_dialog {
            dialog.error = None;
        }
        match self.loader.open(spec.clone()) {
            Ok(()) => {
                self.view.opening = Some(spec);
                self.view.progress = None;
            }
            Err(error) => self.view.notify(Severity::Trouble, error),
        }
    }

    pub(super) fn browse(&mut self, what: Browse) {
        if !std::mem::replace(&mut self.browsing, true)
            && let Err(error) = self.loader.browse(what)
        {
            self.browsing = false;
            self.view.notify(Severity::Trouble, error);
        }
    }

    /// The sheet's choices, which may need another preview.
    pub(super) fn set_import(&mut self, spec: DataSpec, hidden: usize) {
        let Some(import) = &mut self.view.import else {
            return;
        };
        import.hidden = hidden.max(1);
        if import.spec != spec {
            import.spec = spec;
            self.preview();
        }
    }

    fn preview(&mut self) {
        if let Some(import) = &mut self.view.import
            && let Err(error) = self.loader.preview(import)
        {
            import.take(Err(error));
        }
    }

    /// Starts a run on what the sheet holds, after asking if there is one to lose.
    pub(super) fn train_on_import(&mut self) {
        let ready = |import: &&Import| import.is_ready();
        let Some(import) = self.view.import.as_ref().filter(ready) else {
            return;
        };
        let experiment = Experiment {
            data: import.stored(),
            hidden: import.hidden,
            ..self.view.experiment.clone()
        };
        let what = format!("data: {}", import.found().name);
        self.restart(what, Restart::Import(Box::new(experiment)));
    }

    /// Loads what the sheet holds, then begins `experiment` on it.
    pub(super) fn load_import(&mut self, experiment: Experiment) {
        let Some(import) = self.view.import.take() else {
            return;
        };
        self.loader.preview.cancel();
        let (title, found) = (import.found().name.clone(), import.for_training());
        match self.loader.load(experiment.data.clone(), found) {
            Ok(()) => {
                let import = Some(import);
                self.wait_for(title, experiment, true, import);
            }
            Err(error) => {
                self.view.import = Some(import);
                self.view.notify(Severity::Trouble, error);
            }
        }
    }

    /// Loads the data of `experiment`, then begins it, if so `to_suit` with the output that suits them. If that fails,
    /// everything stays as it is.
    pub(super) fn load(&mut self, mut experiment: Experiment, to_suit: bool) {
        let same = self
            .view
            .snapshot
            .as_ref()
            .filter(|snapshot| snapshot.data.spec == experiment.data);
        if let Some(data) = same.map(|snapshot| Arc::clone(&snapshot.data)) {
            self.cancel_loading();
            if to_suit {
                suit(&mut experiment, &data);
            }
            self.begin(experiment, data);
            return;
        }
        let title = experiment.data.source.title();
        match self.loader.load(experiment.data.clone(), None) {
            Ok(()) => self.wait_for(title, experiment, to_suit, None),
            Err(error) => self.view.notify(Severity::Trouble, error),
        }
    }

    fn wait_for(
        &mut self,
        title: String,
        experiment: Experiment,
        to_suit: bool,
        import: Option<Import>,
    ) {
        self.view.loading = Some(title);
        self.view.progress = None;
        self.asked = Some(Asked {
            experiment,
            to_suit,
            import,
        });
    }

    /// Drops whatever is being opened or loaded, at once; its thread ends by itself.
    pub(super) fn cancel_loading(&mut self) {
        self.loader.opening.cancel();
        self.loader.loading.cancel();
        (self.view.opening, self.view.loading, self.view.progress) = (None, None, None);
        self.asked = None;
    }

    /// Closes the foremost window.
    pub(super) fn close(&mut self) {
        if std::mem::take(&mut self.view.palette) || self.view.question.take().is_some() {
        } else if self.view.opening.is_some() {
            self.loader.opening.cancel();
            (self.view.opening, self.view.progress) = (None, None);
        } else if self.view.open_dialog.take().is_none() {
            self.view.import = None;
            self.loader.preview.cancel();
        }
    }

    /// Takes what the loader has put down since the last frame.
    pub(super) fn take_data(&mut self) {
        let progress = self.loader.opening.progress();
        if let Some(progress) = progress.or_else(|| self.loader.loading.progress()) {
            self.view.progress = Some(progress);
        }
        if let Some(opened) = self.loader.opening.take() {
            let asked = self.view.opening.take();
            self.view.progress = None;
            match opened {
                Ok((spec, opened)) => self.show_import(spec, opened),
                Err(failure) => self.not_opened(failure, asked),
            }
        }
        if let Some(preview) = self.loader.preview.take()
            && let Some(import) = &mut self.view.import
        {
            import.take(preview.map_err(|failure| failure.text));
        }
        if let Some(loaded) = self.loader.loading.take() {
            self.view.loading = None;
            self.view.progress = None;
            self.take_loaded(loaded);
        }
        match self.loader.browsed() {
            Some(Browsed::Paths(paths)) => {
                self.browsing = false;
                self.open(paths);
            }
            Some(Browsed::Cancelled) => self.browsing = false,
            Some(Browsed::Picture(path)) => {
                self.browsing = false;
                self.open_picture(path);
            }
            Some(Browsed::Unavailable) if self.view.takes_pictures() => {
                self.browsing = false;
                self.view.look.trouble = Some(
                    "This system has no file dialog: install xdg-desktop-portal or zenity, or type the picture's path."
                        .into(),
                );
            }
            Some(Browsed::Unavailable) => {
                self.browsing = false;
                self.view.palette = false;
                self.view.open_dialog.get_or_insert_with(OpenDialog::default).hint = Some(
                    "This system has no file dialog: install xdg-desktop-portal or zenity. A path typed here, or \
                     files dropped on the window, do as well."
                        .into(),
                );
            }
            None => {}
        }
    }

    fn show_import(&mut self, spec: DataSpec, opened: Opened) {
        self.view.open_dialog = None;
        self.view.palette = false;
        self.view.question = None; // it was about another change
        if let DataSource::File(path) = &spec.source {
            self.preferences.remember(path);
            self.view.recent.clone_from(&self.preferences.recent);
        }
        self.loader.preview.cancel();
        self.view.import = Some(Import::new(opened, spec, &self.view.experiment));
        self.preview();
    }

    fn not_opened(&mut self, failure: Failure, asked: Option<DataSpec>) {
        if failure.vanished
            && let Some(DataSource::File(path)) = asked.map(|spec| spec.source)
        {
            self.preferences.forget(&path);
            self.view.recent.clone_from(&self.preferences.recent);
        }
        match &mut self.view.open_dialog {
            Some(dialog) => dialog.error = Some(failure.text),
            None => self.view.notify(Severity::Trouble, failure.text),
        }
    }

    fn take_loaded(&mut self, loaded: Result<DataSet, Failure>) {
        let Some(mut asked) = self.asked.take() else {
            return;
        };
        match loaded {
            Ok(data) => {
                if asked.to_suit {
                    suit(&mut asked.experiment, &data);
                }
                // "Train on this" trains, though the run before it was paused
                self.view.playing |= asked.import.is_some();
                self.begin(asked.experiment, Arc::new(data));
            }
            // the sheet says it, where it came from there and no other has taken its place
            Err(failure) => match asked.import.filter(|_| self.view.import.is_none()) {
                Some(mut import) => {
                    import.take(Err(failure.text));
                    self.view.import = Some(import);
                }
                None => self.view.notify(Severity::Trouble, failure.text),
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
