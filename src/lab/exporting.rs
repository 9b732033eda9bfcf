//! What is shown, into files of other programs: written by a job, said in a notice.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::beside::Question;
use super::browse::Browse;
use super::export::{Beside, Copied, Export, Exported, Exporting, Photograph, Picture};
use super::jobs::{JobError, Request};
use super::predictions;
use super::room::Lab;
use super::state::{Severity, Topic};
use crate::data::error::grouped;
use crate::io::pixels::Pixels;
use crate::training::run::Keyframe;

/// Most pictures of a film.
const SCENES: usize = 120;

impl Lab {
    /// Writes `what` of what is shown to `path`; what is there already is replaced where that is asked for twice.
    pub(super) fn export(&mut self, what: Export, path: &Path) {
        let path = suffixed(path, what);
        if path.exists() && self.shared.replaces.as_ref() != Some(&path) {
            self.shared.replaces = Some(path);
            return; // the window that asks says so
        }
        (self.shared.question, self.shared.replaces) = (None, None);
        if what == Export::Window {
            // it is taken when the window that asks is gone
            self.shared.photograph = Some(Photograph::File(path));
            return;
        }
        self.write(what, path, None);
    }

    fn write(&mut self, what: Export, path: PathBuf, window: Option<Arc<Pixels>>) {
        let Some(snapshot) = self.session.shown.snapshot.as_ref().map(Arc::clone) else {
            return;
        };
        let request = Request::Export {
            what,
            path: path.clone(),
            beside: Beside {
                window,
                notes: self.session.shown.notes.clone(),
                frames: match what {
                    Export::Film => self.frames_until(snapshot.epoch),
                    _ => Vec::new(),
                },
                predictions: (what == Export::Predictions)
                    .then(|| predictions::table(&self.shared.name, &self.shared.predictions)),
            },
            snapshot,
        };
        match self.jobs.start(request) {
            Ok(()) => self.shared.exporting = Some(Exporting { path, part: None }),
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
    }

    /// Puts a picture of what is shown into the clipboard.
    pub(super) fn copy_picture(&mut self, what: Picture) {
        (self.shared.question, self.shared.replaces) = (None, None);
        let Some(snapshot) = self.session.shown.snapshot.as_ref().map(Arc::clone) else {
            return;
        };
        if let Err(error) = self.jobs.start(Request::Draw { what, snapshot }) {
            self.shared.notify(Severity::Trouble, error.to_string());
        }
    }

    /// Puts a picture of the window into the clipboard.
    pub(super) fn copy_window(&mut self) {
        (self.shared.question, self.shared.replaces) = (None, None);
        self.shared.photograph = Some(Photograph::Clipboard);
    }

    /// Whether a picture of the window is waited for, which goes to [`Self::take_photograph`].
    pub fn is_to_be_photographed(&self) -> bool {
        self.shared.photograph.is_some()
    }

    /// The picture of the window that was asked for; `None` where none could be taken.
    pub fn take_photograph(&mut self, pixels: Option<Pixels>) {
        match (self.shared.photograph.take(), pixels) {
            (None, _) => {}
            (Some(_), None) => {
                let text = "No picture could be taken of the window.".to_owned();
                self.shared.notify(Severity::Trouble, text);
            }
            (Some(Photograph::Clipboard), Some(pixels)) => {
                self.copy_pixels("The picture of the window", pixels)
            }
            (Some(Photograph::File(path)), Some(pixels)) => {
                self.write(Export::Window, path, Some(Arc::new(pixels)));
            }
        }
    }

    /// A picture is there that is to go into the clipboard.
    pub(super) fn take_drawn(&mut self, what: Picture, pixels: Pixels) {
        self.copy_pixels(what.subject(), pixels);
    }

    fn copy_pixels(&mut self, subject: &str, pixels: Pixels) {
        let (width, height) = pixels.size();
        let words = format!("{subject} is in the clipboard, {width} × {height} pixels.");
        self.shared.report(Topic::Copied, words);
        self.shared.copied = Some(Copied::Picture(pixels));
    }

    /// The system's dialog, for the file that is being asked for.
    pub(super) fn browse_for_export(&mut self) {
        if let Some(Question::Export(what)) = self.shared.question {
            let name = what.name();
            self.browse(Browse::Export { what, name });
        }
    }

    /// What the system's dialog picked, which has asked whether to replace what is there.
    pub(super) fn export_picked(&mut self, what: Export, path: &Path) {
        let whole = suffixed(path, what);
        // it does not know of a suffix that it left out
        self.shared.replaces = path.extension().is_some().then(|| whole.clone());
        self.export(what, &whole);
    }

    /// Kept epochs of the run that is shown, dense early, where most happens, up to `last`.
    fn frames_until(&self, last: u64) -> Vec<Arc<Keyframe>> {
        let Some(archive) = self.archive() else {
            return Vec::new();
        };
        let run = self.session.shown.id;
        let mut frames: Vec<Arc<Keyframe>> = Vec::new();
        for step in 0..SCENES {
            let part = step as f64 / (SCENES - 1) as f64;
            let asked = (last as f64 + 1.0).powf(part) - 1.0;
            let kept = archive.nearest(run, asked.round() as u64);
            let kept = kept.map(|kept| kept.frame);
            // the marks of what is kept are wide apart late in a long run
            let after = frames.last().map(|frame| frame.epoch);
            let new = |frame: &Arc<Keyframe>| frame.epoch <= last && after < Some(frame.epoch);
            frames.extend(kept.filter(new));
        }
        frames
    }

    pub(super) fn export_progress(&mut self, part: f64) {
        if let Some(exporting) = &mut self.shared.exporting {
            exporting.part = Some(part);
        }
    }

    pub(super) fn take_exported(&mut self, exported: &Exported) {
        self.shared.exporting = None;
        self.shared.notify(Severity::Note, said(exported));
    }

    pub(super) fn not_exported(&mut self, error: &JobError) {
        self.shared.exporting = None;
        self.shared.notify(Severity::Trouble, error.to_string());
    }
}

/// `path` from the root on, with the usual suffix where it has none.
fn suffixed(path: &Path, what: Export) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match path.extension() {
        Some(_) => path,
        None => path.with_extension(what.suffixes()[0]),
    }
}

/// "The features after epoch 412 are in /home/…/features.png."
fn said(exported: &Exported) -> String {
    let snapshot = &exported.snapshot;
    let epoch = grouped(snapshot.epoch);
    let what = match exported.what {
        Export::Code => {
            let held = match &snapshot.data.test {
                Some(test) => format!(" (without the {} held out)", grouped(test.len() as u64)),
                None => String::new(),
            };
            let samples = grouped(snapshot.data.len() as u64);
            format!("The code of {samples} samples{held} after epoch {epoch} is in")
        }
        Export::Model => format!("The model after epoch {epoch} is in"),
        Export::Features => format!("The features after epoch {epoch} are in"),
        Export::Curves => format!("The curves up to epoch {epoch} are in"),
        Export::Predictions => "The predictions of this session's lessons are in".to_owned(),
        Export::Film => format!("The film of the training up to epoch {epoch} is in"),
        Export::Report => format!("The report after epoch {epoch} is in"),
        Export::Window => "The picture of the window is in".to_owned(),
    };
    let files: Vec<String> = exported
        .files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    format!("{what} {}.", files.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_suffix_gets_the_usual_one() {
        let folder = std::path::absolute(".").unwrap();
        let whole = suffixed(Path::new("tiles"), Export::Features);
        assert_eq!(whole, folder.join("tiles.png"));
        let given = folder.join("tiles.svg");
        assert_eq!(suffixed(&given, Export::Features), given);
    }
}
