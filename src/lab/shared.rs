//! What a window shows beside its runs: the page, dialogs, notices, what is being loaded.

use std::path::PathBuf;

use super::commands::Cover;
use super::import::Import;
use super::page::Page;
use super::run_view::RunView;
use super::state::{Contrast, Notice, OpenDialog, Question, Severity};
use crate::data::{DataSpec, Progress};

/// The steps of the presenter's zoom, in percent.
pub const ZOOMS: [u32; 4] = [100, 125, 150, 200];

/// What the panels read: a run, and what is the same for all runs.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub run: &'a RunView,
    pub shared: &'a Shared,
}

impl View<'_> {
    /// What to look at now: what the preset shows as long as it can be held to it, or else what the page is for.
    pub fn watch(&self) -> &'static str {
        match (self.shared.page, self.run.untouched()) {
            (Page::Lab, Some(preset)) => preset.watch(),
            (page, _) => page.watch(),
        }
    }

    /// Whether a file that is dropped is the input to look at, not data to train on.
    pub fn takes_pictures(&self) -> bool {
        self.shared.page == Page::LookThrough
            && !self.shared.is_covered()
            && self.run.snapshot.is_some()
    }
}

/// What is the same for all runs.
#[derive(Clone, Debug)]
pub struct Shared {
    /// In percent.
    pub zoom: u32,
    pub contrast: Contrast,
    pub page: Page,
    pub notices: Vec<Notice>,
    pub question: Option<Question>,
    /// Whether the list of all commands is open.
    pub palette: bool,
    pub open_dialog: Option<OpenDialog>,
    /// The import sheet.
    pub import: Option<Import>,
    /// What is being opened for the import sheet.
    pub opening: Option<DataSpec>,
    /// The name of the data set that is being loaded.
    pub loading: Option<String>,
    /// How far that is.
    pub progress: Option<Progress>,
    /// Files and folders that were opened, the latest first.
    pub recent: Vec<PathBuf>,
    /// Something is being dragged over the window.
    pub drop_hovered: bool,
}

impl Shared {
    pub(super) fn new(zoom: u32, recent: Vec<PathBuf>) -> Self {
        Self {
            zoom,
            contrast: Contrast::Shared,
            page: Page::Lab,
            notices: Vec::new(),
            question: None,
            palette: false,
            open_dialog: None,
            import: None,
            opening: None,
            loading: None,
            progress: None,
            recent,
            drop_hovered: false,
        }
    }

    /// What stands over the panels.
    pub fn cover(&self) -> Cover {
        if self.question.is_some() {
            Cover::Question
        } else if self.palette || self.open_dialog.is_some() || self.import.is_some() {
            Cover::Window
        } else {
            Cover::Nothing
        }
    }

    /// Whether a window stands over the panels.
    pub fn is_covered(&self) -> bool {
        self.cover() != Cover::Nothing
    }

    pub(super) fn notify(&mut self, severity: Severity, text: impl Into<String>) {
        let notice = Notice {
            severity,
            text: text.into(),
        };
        self.notices.retain(|other| *other != notice);
        self.notices.push(notice);
        const MOST: usize = 3; // more would push the pictures out of the window
        let surplus = self.notices.len().saturating_sub(MOST);
        self.notices.drain(..surplus);
    }
}
