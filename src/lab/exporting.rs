//! What is shown, into files of other programs: written by a job, said in a notice.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::export::{Beside, Export, Exported};
use super::jobs::{JobError, Request};
use super::lesson;
use super::room::Lab;
use super::state::Severity;
use crate::data::error::grouped;
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
        let Some(snapshot) = self.session.shown.snapshot.as_ref().map(Arc::clone) else {
            return;
        };
        let request = Request::Export {
            what,
            path: path.clone(),
            beside: Beside {
                frames: match what {
                    Export::Film => self.frames_until(snapshot.epoch),
                    _ => Vec::new(),
                },
                predictions: (what == Export::Predictions)
                    .then(|| lesson::table(&self.shared.predictions)),
            },
            snapshot,
        };
        match self.jobs.start(request) {
            Ok(()) => self.shared.exporting = Some(path),
            Err(error) => self.shared.notify(Severity::Trouble, error.to_string()),
        }
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
