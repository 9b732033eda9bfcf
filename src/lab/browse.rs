//! The system's file dialog: what it offers, and its result.

use std::path::PathBuf;

use super::export::Export;

/// What the file dialog is to offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browse {
    /// One or several.
    Files,
    Folder,
    /// One, to look at.
    Picture,
    /// Where a run is saved; the name is proposed.
    SaveAs {
        name: String,
    },
    /// The folder where runs are saved.
    SaveFolder,
    /// Where the data are of a run that was opened.
    DataOfRun,
    /// Where something is written; the name is proposed.
    Export {
        what: Export,
        name: String,
    },
    /// A folder of checkpoints.
    Checkpoints,
    /// A student's weights and gradient: one file or two.
    MyGradient,
}

/// What came of the file dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browsed {
    Paths(Vec<PathBuf>),
    /// One, to look at.
    Picture(PathBuf),
    SaveAs(PathBuf),
    SaveFolder(PathBuf),
    DataOfRun(Vec<PathBuf>),
    Export(Export, PathBuf),
    /// A folder of checkpoints.
    Checkpoints(PathBuf),
    MyGradient(Vec<PathBuf>),
    Cancelled,
    /// It answered faster than anyone can click: there is none for what was asked.
    Unavailable(Browse),
}
