//! Runs that are kept in files: what is asked for, what is being written, what could be taken up again.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::data::DataSet;
use crate::io::run_file::RunFile;
use crate::training::share::{Fit, Until};
use crate::training::trainer::RunId;
use crate::training::{Checkpoint, Share};

/// Most bytes of keyframes that a run's file takes in.
pub const PAST_BYTES: usize = 32 << 20;
/// Between two states that are kept without being asked for.
pub const AUTOSAVE: Duration = Duration::from_secs(30);
/// How many characters of a name make a file's.
const NAME: usize = 60;

/// A run that is to be written.
#[derive(Debug)]
pub(super) struct Wanted {
    pub run: RunId,
    pub path: PathBuf,
    /// Whether its data go with it.
    pub data: bool,
    /// As the trainer gave it.
    pub checkpoint: Option<Box<Checkpoint>>,
}

/// The state that is kept without being asked for.
#[derive(Debug, Default)]
pub(super) struct Auto {
    /// Where to; `None`: nowhere.
    pub path: Option<PathBuf>,
    /// When it was asked for last.
    pub at: Duration,
    /// Of which run it was asked and has not come yet.
    pub asked: Option<RunId>,
    /// What was written last: the run, and where it stood.
    pub of: Option<Stand>,
    /// What has been asked for since.
    pub next: Option<Stand>,
    /// That it could not be written has been said, and it has not been written since.
    pub failed: bool,
}

/// Where a run stands: its epoch, and what was changed so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub run: RunId,
    pub epoch: u64,
    pub edits: u64,
    pub revived: u64,
}

/// What is on its way into files and out of them.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// In the order in which they were asked for.
    pub wanted: VecDeque<Wanted>,
    /// The file to save to that is to be replaced if it is asked for once more.
    pub replaces: Option<PathBuf>,
    /// What a dialog for a file's name is about.
    pub naming: Option<(RunId, bool)>,
    pub auto: Auto,
    /// What waits for the state of its run to be told.
    pub telling: Option<Telling>,
    /// What is being written, and whether its data were asked for.
    pub writing: Option<(RunId, PathBuf, bool)>,
    /// Data that came out of a run's file or went into one: they go into every file of a run on them, since they may be
    /// nowhere else.
    pub carried: Vec<Weak<DataSet>>,
    /// Files of runs as this window read or wrote them last.
    pub known: HashMap<PathBuf, (u64, u128)>,
    /// States that windows left that ended without closing and that nobody has taken up or put away, the latest first.
    pub left: Vec<PathBuf>,
}

impl Keeping {
    /// `data` go with their runs from now on.
    pub fn carry(&mut self, data: &Arc<DataSet>) {
        self.carried.retain(|carried| carried.strong_count() > 0);
        if !self.carries(data) {
            self.carried.push(Arc::downgrade(data));
        }
    }

    pub fn carries(&self, data: &Arc<DataSet>) -> bool {
        let same = |carried: &Weak<DataSet>| std::ptr::eq(carried.as_ptr(), Arc::as_ptr(data));
        self.carried.iter().any(same)
    }
}

/// What is read of a run's file.
#[derive(Debug)]
pub struct Resumed {
    pub path: PathBuf,
    pub file: RunFile,
    pub data: Arc<DataSet>,
}

/// A run whose data are not where they were.
#[derive(Debug)]
pub struct WithoutData {
    pub which: Lost,
    /// Why they can't be read.
    pub error: String,
}

/// A run that can't begin without its data.
#[derive(Clone, Debug)]
pub enum Lost {
    /// That of a file.
    File(PathBuf),
    /// One that was told in a line.
    Told(Box<Share>),
}

/// What a line tells, with its data.
#[derive(Debug)]
pub struct Told {
    pub share: Box<Share>,
    pub data: Arc<DataSet>,
    pub fit: Fit,
}

/// As what a run is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Line,
    Command,
}

/// A run that is to be told.
#[derive(Debug)]
pub(super) struct Telling {
    pub run: RunId,
    pub form: Form,
    /// The moment of the past that is shown.
    pub until: Option<Until>,
}

/// A file's name for a run that is called `title`.
pub(super) fn file_name(title: &str) -> String {
    let plain = |character: char| match character {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        other if other.is_control() => '-',
        other => other,
    };
    let name: String = title.trim().chars().map(plain).take(NAME).collect();
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() { "run" } else { name };
    format!("{name}.{}", crate::io::run_file::EXTENSION)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_title_becomes_a_name_that_every_system_takes() {
        assert_eq!(file_name("Edges"), "Edges.saelab");
        assert_eq!(
            file_name(" photos, whitened: λ < λ_c? "),
            "photos, whitened- λ - λ_c-.saelab"
        );
        assert_eq!(file_name("../x"), "-x.saelab");
        assert_eq!(file_name("…"), "….saelab");
        assert_eq!(file_name("."), "run.saelab");
        assert_eq!(file_name(""), "run.saelab");
    }
}
