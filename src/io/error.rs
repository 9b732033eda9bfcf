//! Why a file could not be written, or a model read, each in one sentence that says what to do.

#[cfg(not(target_family = "wasm"))]
use std::path::Path;

use thiserror::Error;

use crate::data::DataError;

/// Largest prepared data that a run's file takes in, in bytes.
pub const MOST_DATA: u64 = 64 << 20;

#[derive(Debug, Error)]
pub enum IoError {
    #[error(
        "{file} could not be written ({source}): check that its folder is there, may be written to and has room"
    )]
    Write {
        file: String,
        source: std::io::Error,
    },

    #[error(
        "the folder {folder} could not be made ({source}): choose another, or make it yourself"
    )]
    Folder {
        folder: String,
        source: std::io::Error,
    },

    #[error("{file} could not be read ({source}): check the name, and that you may read it")]
    Read {
        file: String,
        source: std::io::Error,
    },

    #[error("{file}: {message}")]
    Lesson { file: String, message: String },

    /// The file of a student's weights or gradient.
    #[error("{file}: {problem}; {remedy}")]
    Assignment {
        file: String,
        problem: String,
        remedy: &'static str,
    },

    #[error(transparent)]
    Data(#[from] DataError),

    #[error("{file} is not a model that the lab can use: {problem}; {remedy}")]
    Model {
        file: String,
        problem: String,
        remedy: &'static str,
    },

    #[error(
        "{file} has a record of how it was made that the lab cannot use: {problem}; copy the model again, or save W1, b1, \
         W2 and b2 alone and give the settings as options"
    )]
    Record { file: String, problem: String },

    #[error("{folder} holds {what}: choose another --out, or give --overwrite to replace it")]
    OtherRun { folder: String, what: &'static str },

    #[error(
        "{folder} holds another sweep: {problem}; choose another --out, or give --overwrite to begin anew"
    )]
    OtherSweep { folder: String, problem: String },

    #[error(
        "another process is sweeping into {folder}: wait until it is done, or choose another --out"
    )]
    SweepUnderWay { folder: String },

    #[error("what {file} is to be can't be told from its name: end it in {wanted}")]
    Suffix { file: String, wanted: &'static str },

    #[error(
        "{file} cannot be written as a module: {problem}; give a model that `sae-lab train` wrote, and a plain name"
    )]
    Module { file: String, problem: String },

    #[error(
        "{file} is not a history that the lab wrote ({problem}): give the history.csv of a run"
    )]
    History { file: String, problem: String },

    #[error("{file} is not a run that the lab can go on with: {problem}; use another copy of it")]
    RunFile { file: String, problem: String },

    #[error(
        "the data of {file} take {} MB and a run's file takes in at most {}: save it without its data, and keep their file",
        bytes.div_ceil(1 << 20), MOST_DATA >> 20
    )]
    DataTooLarge { file: String, bytes: u64 },

    #[error("{file} cannot be drawn: {problem}")]
    Picture { file: String, problem: String },

    #[error(
        "{file} cannot be written as JSON ({problem}): rename what it mentions in plain letters"
    )]
    Json { file: String, problem: String },
}

#[cfg(not(target_family = "wasm"))]
impl IoError {
    /// The same of a file that was on its way from `staging` to `folder`: the person knows it by its place there.
    pub(super) fn in_place(mut self, staging: &Path, folder: &Path) -> Self {
        if let Self::Write { file, .. }
        | Self::Read { file, .. }
        | Self::DataTooLarge { file, .. }
        | Self::Picture { file, .. }
        | Self::Json { file, .. } = &mut self
            && let Ok(name) = Path::new(file).strip_prefix(staging)
        {
            *file = name_of(&folder.join(name));
        }
        self
    }

    /// `folder` holds `what` already.
    pub fn other_run(folder: &Path, what: &'static str) -> Self {
        Self::OtherRun {
            folder: name_of(folder),
            what,
        }
    }
}

#[cfg(target_family = "wasm")]
impl IoError {
    /// A browser has no files.
    pub fn no_files(path: &std::path::Path) -> Self {
        Self::Read {
            file: path.display().to_string(),
            source: std::io::ErrorKind::Unsupported.into(),
        }
    }
}

/// How a file is named in messages: as given, whatever bytes its name has.
#[cfg(not(target_family = "wasm"))]
pub(super) fn name_of(path: &Path) -> String {
    path.display().to_string()
}
