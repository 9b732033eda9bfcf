//! Runs into files: on request, and every half minute without one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::UserCommand;
use super::browse::Browse;
use super::jobs::{JobKind, Request};
use super::keeping::{AUTOSAVE, PAST_BYTES, Stand, Wanted, file_name};
use super::resuming::is_run;
use super::room::Lab;
use super::state::{OpenDialog, Severity, Topic, Typed};
use crate::data::error::grouped;
use crate::io::IoError;
use crate::io::run_file::{About, EXTENSION, RunFile, Written};
use crate::training::Checkpoint;
use crate::training::timeline::Past;
use crate::training::trainer::{Ask, RunId};

impl Lab {
    /// Saves the run that is shown: to its file, or to one that is asked for where it has none or `elsewhere` is wanted.
    pub(super) fn save_run(&mut self, elsewhere: bool, data: bool) {
        let shown = &self.session.shown;
        let run = shown.id;
        match shown.file.clone().filter(|_| !elsewhere) {
            Some(path) if self.is_changed(&path) => {
                let words = format!(
                    "{} has changed since this window read or wrote it: choose another name, or press Save to replace it.",
                    path.display()
                );
                self.keeping.naming = Some((run, data));
                self.ask_again(Typed::SaveRun, &path, words);
            }
            Some(path) => self.save_to(run, path, data),
            None => {
                self.keeping.naming = Some((run, data));
                self.ask_for_path(Typed::SaveRun);
            }
        }
    }

    /// This window has read or written `path`.
    pub(super) fn know(&mut self, path: &Path) {
        if let Some(stamp) = self.backend.stamp(path) {
            self.keeping.known.insert(path.to_owned(), stamp);
        }
    }

    /// Whether somebody else has written `path` since.
    fn is_changed(&self, path: &Path) -> bool {
        let now = self.backend.stamp(path);
        now.is_some() && self.keeping.known.get(path).copied() != now
    }

    /// Asks for a path where the one that was given did not do.
    fn ask_again(&mut self, what: Typed, path: &Path, error: String) {
        self.ask_for_path(what);
        if let Some(dialog) = &mut self.shared.open_dialog {
            dialog.path = path.display().to_string();
            dialog.error = Some(error);
        }
    }

    /// Saves every run: to its file, those that have none to files in one folder that is asked for.
    pub(super) fn save_all(&mut self) {
        let runs: Vec<(RunId, Option<PathBuf>)> = self
            .session
            .runs()
            .filter(|run| !run.is_draft())
            .map(|run| (run.id, run.file.clone()))
            .collect();
        let nameless = runs.iter().any(|(_, file)| file.is_none());
        for (run, file) in runs {
            match file {
                Some(file) if self.is_changed(&file) => {
                    let text = format!(
                        "{} has changed since this window read or wrote it, and is left as it is: save its run by itself.",
                        file.display()
                    );
                    self.shared.notify(Severity::Trouble, text);
                }
                Some(file) => self.save_to(run, file, false),
                None => {}
            }
        }
        if nameless {
            self.ask_for_path(Typed::SaveFolder);
        }
    }

    /// Where the runs without a file of their own go.
    pub(super) fn save_all_in(&mut self, folder: &Path) {
        let runs: Vec<(RunId, String)> = self
            .session
            .runs()
            .filter(|run| !run.is_draft() && run.file.is_none())
            .map(|run| (run.id, file_name(&run.title())))
            .collect();
        let mut taken: Vec<PathBuf> = Vec::new();
        for (run, name) in runs {
            let stem = name.trim_end_matches(&format!(".{EXTENSION}")).to_owned();
            let numbered = |number: u32| folder.join(format!("{stem} {number}.{EXTENSION}"));
            // where a disk makes no difference between capital letters and small ones, names that differ in nothing else
            // are one
            let like = |path: &Path, other: &Path| {
                let small = |path: &Path| path.to_string_lossy().to_lowercase();
                small(path) == small(other)
            };
            let free =
                |path: &PathBuf| !path.exists() && !taken.iter().any(|other| like(other, path));
            let first = std::iter::once(folder.join(&name));
            if let Some(path) = first.chain((2..1_000).map(numbered)).find(free) {
                taken.push(path.clone());
                self.save_to(run, path, false);
            }
        }
    }

    /// The path that was typed or picked for a file.
    pub(super) fn save_as(&mut self, path: PathBuf, typed: bool) {
        let Some((run, data)) = self.keeping.naming else {
            return;
        };
        let path = std::path::absolute(&path).unwrap_or(path);
        if path.is_dir() {
            if let Some(dialog) = &mut self.shared.open_dialog {
                dialog.error = Some(format!("{} is a folder: add a name.", path.display()));
            }
            return;
        }
        let path = with_ending(path);
        let own = self.session.get(run).and_then(|view| view.file.clone());
        let replaces = typed && path.exists() && own.as_ref() != Some(&path);
        if replaces && self.keeping.replaces.as_ref() != Some(&path) {
            let words = format!(
                "{} is there already: choose another name, or press Save again to replace it.",
                path.display()
            );
            if let Some(dialog) = &mut self.shared.open_dialog {
                dialog.error = Some(words);
            }
            self.keeping.replaces = Some(path);
            return;
        }
        (self.keeping.naming, self.keeping.replaces) = (None, None);
        self.shared.open_dialog = None;
        self.save_to(run, path, data);
    }

    /// Asks for a path in the lab's own small window.
    pub(super) fn ask_for_path(&mut self, what: Typed) {
        let run = self.keeping.naming.filter(|_| what == Typed::SaveRun);
        let run = run.and_then(|(run, _)| self.session.get(run));
        let folder = self.preferences.recent.iter().find(|path| is_run(path));
        let folder = folder.and_then(|path| path.parent()).map(Path::to_owned);
        let name = run.map_or_else(String::new, |view| file_name(&view.title()));
        let path = folder.filter(|_| what == Typed::SaveRun);
        let path = path.map_or(name.clone(), |folder| {
            folder.join(&name).display().to_string()
        });
        self.shared.palette = false;
        self.shared.open_dialog = Some(OpenDialog {
            what,
            path,
            ..OpenDialog::default()
        });
    }

    fn save_to(&mut self, run: RunId, path: PathBuf, data: bool) {
        let waits = |wanted: &Wanted| wanted.run == run && wanted.path == path;
        if self.keeping.wanted.iter().any(waits) {
            return; // it has not been written yet
        }
        if self.ask_about(run, Ask::Checkpoint) {
            self.keeping.wanted.push_back(Wanted {
                run,
                path,
                data,
                checkpoint: None,
            });
        }
    }

    /// A run as it stands, for whoever waits for it.
    pub(super) fn take_checkpoint(&mut self, run: RunId, checkpoint: Box<Checkpoint>) {
        self.tell(run, &checkpoint);
        let waits = |wanted: &&mut Wanted| wanted.run == run && wanted.checkpoint.is_none();
        let auto = self.keeping.auto.asked.take_if(|asked| *asked == run);
        match self.keeping.wanted.iter_mut().find(waits) {
            Some(wanted) if auto.is_none() => wanted.checkpoint = Some(checkpoint),
            Some(wanted) => wanted.checkpoint = Some(checkpoint.clone()),
            None if auto.is_some() => return self.autosave(run, *checkpoint),
            None => return,
        }
        self.write_next();
    }

    /// Whether a file waits for what the trainer has of `run`.
    pub(super) fn is_to_be_saved(&self, run: RunId) -> bool {
        let waits = |wanted: &Wanted| wanted.run == run && wanted.checkpoint.is_none();
        self.keeping.wanted.iter().any(waits)
    }

    /// The run is no more: what was asked of it will not come.
    pub(super) fn no_checkpoint(&mut self, run: RunId) {
        let waits = |wanted: &Wanted| wanted.run == run && wanted.checkpoint.is_none();
        self.keeping.wanted.retain(|wanted| !waits(wanted));
        self.keeping.auto.asked.take_if(|asked| *asked == run);
        self.keeping.telling.take_if(|telling| telling.run == run);
        self.write_next(); // what waited behind it
    }

    /// What the system's dialog is to offer for the path that is asked for.
    pub(super) fn browse_for_path(&mut self, folders: bool) {
        let dialog = self.shared.open_dialog.as_ref();
        let what = dialog.map_or(Typed::Open, |dialog| dialog.what);
        let name = || dialog.map_or_else(String::new, |dialog| dialog.path.clone());
        let browse = match what {
            Typed::Open | Typed::DataOfRun if folders => Browse::Folder,
            Typed::Checkpoints => Browse::Checkpoints,
            Typed::Open => Browse::Files,
            Typed::DataOfRun => Browse::DataOfRun,
            Typed::MyGradient => Browse::MyGradient,
            Typed::SaveRun => Browse::SaveAs { name: name() },
            Typed::SaveFolder => Browse::SaveFolder,
        };
        self.browse(browse);
    }

    /// Writes the run that was asked for first, where none is being written.
    pub(super) fn write_next(&mut self) {
        if self.jobs.is_busy(JobKind::SaveRun) {
            return;
        }
        let ready = self
            .keeping
            .wanted
            .front()
            .is_some_and(|wanted| wanted.checkpoint.is_some());
        let Some(wanted) = ready.then(|| self.keeping.wanted.pop_front()).flatten() else {
            return;
        };
        let Some(checkpoint) = wanted.checkpoint else {
            return;
        };
        let run = wanted.run;
        let data = self.session.get(run).and_then(|view| view.data());
        let file = RunFile {
            about: self.about(run),
            past: self.past_of(run, &checkpoint, PAST_BYTES),
            data: data
                .filter(|data| wanted.data || self.keeping.carries(data))
                .map(Arc::clone),
            checkpoint: *checkpoint,
        };
        if let Some(data) = &file.data {
            self.keeping.carry(data);
        }
        self.keeping.writing = Some((run, wanted.path.clone(), wanted.data));
        let request = Request::SaveRun {
            run,
            path: wanted.path,
            file: Arc::new(file),
        };
        if let Err(error) = self.jobs.start(request) {
            self.shared.notify(Severity::Trouble, error.to_string());
        }
    }

    fn about(&self, run: RunId) -> About {
        self.session
            .get(run)
            .map_or_else(About::default, |view| About {
                name: view.title(),
                notes: view.notes.clone(),
            })
    }

    pub(super) fn past_of(&self, run: RunId, checkpoint: &Checkpoint, most: usize) -> Past {
        let archive = self.archive();
        let past = archive.and_then(|archive| archive.stored(run, checkpoint, most));
        past.unwrap_or_else(|| Past::at(checkpoint.epoch()))
    }

    pub(super) fn take_saved(&mut self, run: RunId, path: PathBuf, written: Written) {
        self.preferences.remember(&path);
        self.shared.recent.clone_from(&self.preferences.recent);
        let past = match written.frames {
            0 => String::new(),
            1 => ", with one kept moment of its past".to_owned(),
            frames => format!(
                ", {} of it {} kept moments of its past",
                size(written.past),
                grouped(frames as u64)
            ),
        };
        let text = format!("Saved {}: {}{past}.", path.display(), size(written.file));
        self.shared.report(Topic::Saved, text);
        self.know(&path);
        self.keeping.writing = None;
        if let Some(view) = self.session.get_mut(run) {
            view.file = Some(path);
        }
        self.write_next();
    }

    /// A run could not be written: the dialog that asked for its file comes back with what was typed.
    pub(super) fn not_saved(&mut self, error: &str) {
        self.shared.notify(Severity::Trouble, error.to_owned());
        if let Some((run, path, data)) = self.keeping.writing.take()
            && let Some(view) = self.session.get(run)
            && view.file.as_ref() != Some(&path)
            && !self.shared.is_covered()
        {
            self.keeping.naming = Some((run, data));
            self.ask_again(Typed::SaveRun, &path, error.to_owned());
        }
        self.write_next();
    }
}

/// What is kept without being asked for.
impl Lab {
    /// Keeps the state of the run that is shown in `path` from now on. `recovered` has what windows left that ended without
    /// closing, the latest first; `last` is that of the window that was closed last.
    pub fn autosave_to(&mut self, path: PathBuf, recovered: &[PathBuf], last: Option<PathBuf>) {
        self.keeping.auto.path = Some(path);
        self.keeping.left = recovered.to_vec();
        self.shared.left = last;
        self.offer_left();
    }

    /// Offers the latest of the states that nobody has taken up yet.
    fn offer_left(&mut self) {
        let [latest, more @ ..] = &self.keeping.left[..] else {
            return;
        };
        let others = match more.len() {
            0 => String::new(),
            1 => " There is another one, which is offered next.".to_owned(),
            several => format!(" There are {several} more, which are offered next."),
        };
        let text = format!(
            "The lab ended without closing. Its run was kept in {}.{others}",
            latest.display()
        );
        self.shared.left = Some(latest.clone());
        self.shared
            .offer(Severity::Note, text, UserCommand::RestoreLast);
    }

    /// The state that was offered has been taken up or put away: it is not offered again, and the next one is.
    pub(super) fn settle_left(&mut self) {
        if self.keeping.left.is_empty() {
            return;
        }
        let settled = self.keeping.left.remove(0);
        self.backend.settle(&settled);
        self.shared.left.take_if(|left| *left == settled);
        self.offer_left();
    }

    /// Says why nothing is kept.
    pub fn keep_nothing(&mut self, error: &IoError) {
        let text = format!("The run is not kept for a restart: {error}");
        self.shared.notify(Severity::Note, text);
    }

    /// Asks for the state of the run that is shown where it is due; returns when to look again.
    pub(super) fn follow_autosave(&mut self, now: Duration) -> Option<Duration> {
        self.keeping.auto.path.as_ref()?;
        let stand = self.stand()?;
        let auto = &self.keeping.auto;
        if auto.of == Some(stand) || self.is_autosaving() {
            return None; // nothing has happened since, or it is on its way
        }
        let due = auto.at + AUTOSAVE;
        if now < due {
            return Some(due - now);
        }
        self.keeping.auto.at = now;
        self.ask_autosave();
        Some(AUTOSAVE)
    }

    /// Asks for the state of the run that is shown at once: before the window closes. Returns whether there is one to come.
    pub fn ask_autosave(&mut self) -> bool {
        let Some(stand) = self.stand().filter(|_| self.keeping.auto.path.is_some()) else {
            return false;
        };
        if self.keeping.auto.of == Some(stand) || self.is_autosaving() {
            return false;
        }
        let asked = self.ask_about(stand.run, Ask::Checkpoint);
        if asked {
            (self.keeping.auto.asked, self.keeping.auto.next) = (Some(stand.run), Some(stand));
        }
        asked
    }

    /// Whether a state is still on its way to its file.
    pub fn is_autosaving(&self) -> bool {
        self.keeping.auto.asked.is_some() || self.jobs.is_busy(JobKind::Autosave)
    }

    /// Whether something that a person asked for is still on its way into a file.
    pub fn is_writing(&self) -> bool {
        let kinds = [JobKind::SaveRun, JobKind::Export];
        !self.keeping.wanted.is_empty() || kinds.into_iter().any(|kind| self.jobs.is_busy(kind))
    }

    /// Where the run stands that is shown, if the trainer has it.
    fn stand(&self) -> Option<Stand> {
        let shown = &self.session.shown;
        let latest = shown.latest()?;
        (latest.run == shown.id && !shown.ended).then(|| Stand {
            run: latest.run,
            epoch: latest.epoch,
            edits: latest.history.edits().appended(),
            revived: latest.history.revived(),
        })
    }

    fn autosave(&mut self, run: RunId, checkpoint: Checkpoint) {
        let Some(path) = self.keeping.auto.path.clone() else {
            return;
        };
        let data = self.session.get(run).and_then(|view| view.data());
        let file = RunFile {
            about: self.about(run),
            past: self.past_of(run, &checkpoint, 0),
            data: data
                .filter(|data| self.keeping.carries(data))
                .map(Arc::clone),
            checkpoint,
        };
        let file = Arc::new(file);
        if let Err(error) = self.jobs.start(Request::Autosave { path, file }) {
            self.not_autosaved(&error.to_string());
        }
    }

    pub(super) fn take_autosaved(&mut self) {
        let auto = &mut self.keeping.auto;
        (auto.of, auto.failed) = (auto.next.take(), false);
    }

    /// It is said once: the next one is tried in half a minute, and when the window closes.
    pub(super) fn not_autosaved(&mut self, error: &str) {
        self.keeping.auto.next = None;
        if std::mem::replace(&mut self.keeping.auto.failed, true) {
            return;
        }
        let text = format!("The state of the run could not be kept for a restart: {error}");
        self.shared.notify(Severity::Trouble, text);
    }
}

/// "12 kB", "3.4 MB"
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The file's name as it was chosen, with the ending that says what it is.
fn with_ending(path: PathBuf) -> PathBuf {
    match path.extension() {
        Some(ending) if ending.eq_ignore_ascii_case(EXTENSION) => path,
        _ => {
            let mut name = path.into_os_string();
            name.push(format!(".{EXTENSION}"));
            name.into()
        }
    }
}
