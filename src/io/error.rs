//! Why a file could not be written, or a model not be read.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// One sentence each: file, what is wrong, what to do.
#[derive(Debug, Error)]
pub enum IoError {
    #[error("{} can't be written ({source}): choose a folder that you may write to, on a disk with room", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} can't be made a folder ({source}): choose another place for the results", path.display())]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} can't be read ({source}): check the path and that you may read it", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "{} is no model ({problem}): a model is an .npz file that holds W1 (h, n), b1 (h), W2 (n, h) and b2 (n) as \
         f32 or f64, as `sae-lab train` writes it",
        path.display()
    )]
    Model { path: PathBuf, problem: String },
}

impl IoError {
    pub(super) fn write(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn model(path: &Path, problem: impl Into<String>) -> Self {
        Self::Model {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }
}
