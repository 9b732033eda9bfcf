//! The system's file dialog: what it offers, and its result.

use std::path::PathBuf;

/// What the file dialog is to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browse {
    /// One or several.
    Files,
    Folder,
    /// One, to look at.
    Picture,
}

/// What came of the file dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browsed {
    Paths(Vec<PathBuf>),
    /// One, to look at.
    Picture(PathBuf),
    Cancelled,
    /// It answered faster than anyone can click: there is none.
    Unavailable,
}
