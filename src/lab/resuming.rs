//! Runs out of files: opened, given their data, gone on with.

use std::path::{Path, PathBuf};

use super::UserCommand;
use super::jobs::Request;
use super::keeping::{Lost, Resumed, WithoutData};
use super::room::Lab;
use super::state::{Severity, Typed};
use crate::data::{DataSource, DataSpec};
use crate::io::run_file::EXTENSION;
use crate::training::Checkpoint;
use crate::training::record::Gesture;
use crate::training::trainer::Ask;

/// Whether `path` is named as a run's file is.
pub(super) fn is_run(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(EXTENSION))
}

impl Lab {
    /// Opens a run's file, and goes on with the run.
    pub(super) fn open_run(&mut self, path: PathBuf) {
        self.read_run(path, None);
    }

    fn read_run(&mut self, path: PathBuf, source: Option<DataSource>) {
        let title = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        self.cancel_loading();
        match self.jobs.start(Request::ReadRun { path, source }) {
            Ok(()) => {
                self.shared.open_dialog = None;
                self.shared.loading = title;
            }
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    /// Asks where the data are of the run that could not be opened without them.
    pub(super) fn locate_data(&mut self) {
        self.ask_for_path(Typed::DataOfRun);
    }

    /// The data of that run are there.
    pub(super) fn data_located(&mut self, paths: Vec<PathBuf>) {
        self.shared.open_dialog = None;
        if let Some(lost) = self.shared.without_data.take() {
            self.shared
                .notices
                .retain(|notice| notice.offer != Some(UserCommand::LocateData));
            let source = DataSpec::files(paths).source;
            match lost {
                Lost::File(path) => self.read_run(path, Some(source)),
                Lost::Told(share) => self.read_told(share, Some(source)),
            }
        }
    }

    pub(super) fn restore_last(&mut self) {
        if let Some(path) = self.shared.left.clone() {
            self.shared
                .notices
                .retain(|notice| notice.offer != Some(UserCommand::RestoreLast));
            self.open_run(path);
        }
    }

    pub(super) fn take_without_data(&mut self, lost: WithoutData) {
        let error = lost.error;
        let text = match &lost.which {
            Lost::File(path) => {
                format!(
                    "The data of the run in {} can't be read: {error}",
                    path.display()
                )
            }
            Lost::Told(share) => {
                let title = share.experiment.data.source.title();
                format!("The data of the shared run, {title}, can't be read: {error}")
            }
        };
        self.shared.without_data = Some(lost.which);
        self.shared
            .offer(Severity::Trouble, text, UserCommand::LocateData);
    }

    /// Shows the run of a file in the place of the one shown.
    pub(super) fn take_resumed(&mut self, resumed: Resumed) {
        let Resumed { path, file, data } = resumed;
        let checkpoint = file.checkpoint.on(data.spec.source.clone());
        let experiment = checkpoint.experiment();
        let last = gestures(&checkpoint).max();
        let (about, past) = (file.about, file.past);
        self.shared.clear_notices();
        if file.data.is_some() {
            self.keeping.carry(&data);
        }
        let began = self.begin_as(experiment.clone(), data, |lab, run, set, data| {
            if let Some(archive) = lab.archive() {
                archive.restore(run, experiment, data, past);
            }
            Ask::Resume {
                checkpoint: Box::new(checkpoint),
                data: set,
            }
        });
        if !began {
            return;
        }
        if let Some(last) = last {
            self.session.gestures_follow(last);
        }
        let own = self.shared.left.as_ref() == Some(&path);
        let shown = &mut self.session.shown;
        let titled = shown.title();
        shown.name = Some(about.name).filter(|name| !name.is_empty() && *name != titled);
        shown.notes = about.notes;
        if own {
            // its place is the window's own file
            self.shared.left = None;
            if self.keeping.left.first() == Some(&path) {
                self.settle_left();
            }
        } else {
            shown.file = Some(path.clone());
            self.know(&path);
            self.preferences.remember(&path);
            self.shared.recent.clone_from(&self.preferences.recent);
        }
    }
}

/// Those of the changes that are remembered.
fn gestures(checkpoint: &Checkpoint) -> impl Iterator<Item = Gesture> + '_ {
    checkpoint
        .history()
        .edits()
        .edits()
        .map(|edit| edit.gesture)
}
