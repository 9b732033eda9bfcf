//! What a window shows beside its runs: the page, dialogs, notices, what is being loaded.

use std::path::PathBuf;

use super::audience::{Presenting, SlowMotion, usual};
use super::beside::{Pair, Question};
use super::commands::{Cover, UserCommand};
use super::export::{Copied, Exporting, Photograph};
use super::followed::Followed;
use super::import::Import;
use super::keeping::Lost;
use super::lesson::{Given, Judged, Phase};
use super::map_state::MapState;
use super::page::Page;
use super::panel::Panel;
use super::run_view::RunView;
use super::session::Session;
use super::state::{Contrast, Notice, OpenDialog, Severity, Topic};
use crate::data::{DataSpec, Progress};
use crate::training::lesson::Builtin;
use crate::training::timeline::Archive;

/// The steps of the presenter's zoom, in percent.
pub const ZOOMS: [u32; 4] = [100, 125, 150, 200];

/// Where to look once a lesson's last step is over, and while it is given.
pub const OVER: &str =
    "The lesson is over: all can be used again, and the settings are back once you leave it.";
pub const LESSON: &str = "A lesson is open: its step at the left says what to do, and L goes on.";

/// What the panels read: a run, and what is the same for all runs.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub run: &'a RunView,
    /// All runs, and what can be taken back.
    pub session: &'a Session,
    /// The epochs that are kept of them, once there is a trainer.
    pub archive: Option<&'a Archive>,
    pub shared: &'a Shared,
}

impl<'a> View<'a> {
    /// The run beside the one shown.
    pub fn pair(&self) -> Option<Pair<'a>> {
        self.session.pair()
    }
}

impl View<'_> {
    /// What to look at now: what the preset shows as long as it can be held to it, or else what the page is for.
    pub fn watch(&self) -> &'static str {
        match &self.shared.lesson {
            Some(given) if given.phase == Phase::Over => return OVER,
            Some(_) => return LESSON, // what a preset shows is what the lesson asks
            None => {}
        }
        match (self.shared.page, self.run.untouched()) {
            _ if self.shared.held => {
                "The picture is held while the run trains on. What has become of it? H shows it."
            }
            (Page::Lab, _) if self.run.followed.is_some() => {
                "Each checkpoint is a moment of this run: drag the cursor below to see how its units came about."
            }
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
    /// The panel that fills the window, if one does.
    pub filled: Option<Panel>,
    /// Before a class.
    pub presenting: Option<Presenting>,
    /// What it is shown, where that was chosen.
    pub(super) chosen: Vec<Panel>,
    /// One step, part by part, on the page of formulas.
    pub slow: Option<SlowMotion>,
    /// The panel that stays in the light.
    pub spotlight: Option<Panel>,
    /// Whether what is seen stays as it is.
    pub held: bool,
    /// The panels that were brought before the others of their tabs, the latest first.
    pub(super) fronts: Vec<Panel>,
    /// Under the pointer, or where it was last.
    pub(super) pointed: Option<Panel>,
    pub notices: Vec<Notice>,
    /// Whether the list of all commands is open.
    pub palette: bool,
    pub open_dialog: Option<OpenDialog>,
    /// The files of the gradient that was looked at last.
    pub(super) assignment: Vec<PathBuf>,
    /// What is asked for in a small window.
    pub question: Option<Question>,
    /// The file that is being written for another program.
    pub exporting: Option<Exporting>,
    /// The file that was there already when it was asked for: asked for again, it is replaced.
    pub replaces: Option<PathBuf>,
    /// The import sheet.
    pub import: Option<Import>,
    /// What is being opened for the import sheet.
    pub opening: Option<DataSpec>,
    /// The name of the data set that is being loaded.
    pub loading: Option<String>,
    /// How far that is.
    pub progress: Option<Progress>,
    /// The training elsewhere of which no checkpoint has come yet.
    pub awaited: Option<Followed>,
    /// Files and folders that were opened, the latest first.
    pub recent: Vec<PathBuf>,
    /// Something is being dragged over the window.
    pub drop_hovered: bool,
    /// The map of the plane.
    pub map: MapState,
    /// The lesson that is being given.
    pub lesson: Option<Given>,
    /// What was predicted in this session's lessons.
    pub predictions: Vec<Judged>,
    /// The program's lessons that were gone through to their end.
    pub finished: Vec<Builtin>,
    /// Whose predictions they are, for the table; empty where nobody said.
    pub name: String,
    /// The run that was open when a window ended last.
    pub(super) left: Option<PathBuf>,
    /// The run that waits for its data.
    pub(super) without_data: Option<Lost>,
    /// What is to go into the clipboard.
    pub(super) copied: Option<Copied>,
    /// Where the picture of the window is to go that was asked for.
    pub(super) photograph: Option<Photograph>,
}

impl Shared {
    /// The lesson, until its last step is over.
    pub fn lesson_under_way(&self) -> Option<&Given> {
        self.lesson
            .as_ref()
            .filter(|given| given.phase != Phase::Over)
    }

    /// The first of the program's lessons that was not gone through in this session.
    pub fn next_lesson(&self) -> Option<Builtin> {
        let left = |lesson: &Builtin| !self.finished.contains(lesson);
        Builtin::ALL.into_iter().find(left)
    }

    pub(super) fn new(zoom: u32, recent: Vec<PathBuf>) -> Self {
        Self {
            zoom,
            contrast: Contrast::Shared,
            page: Page::Lab,
            filled: None,
            presenting: None,
            chosen: Vec::new(),
            slow: None,
            spotlight: None,
            held: false,
            fronts: Vec::new(),
            pointed: None,
            notices: Vec::new(),
            palette: false,
            open_dialog: None,
            assignment: Vec::new(),
            question: None,
            exporting: None,
            replaces: None,
            import: None,
            opening: None,
            loading: None,
            progress: None,
            awaited: None,
            recent,
            drop_hovered: false,
            map: MapState::default(),
            lesson: None,
            predictions: Vec::new(),
            finished: Vec::new(),
            name: String::new(),
            left: None,
            without_data: None,
            copied: None,
            photograph: None,
        }
    }

    /// What stands over the panels.
    pub fn cover(&self) -> Cover {
        if self.palette
            || self.open_dialog.is_some()
            || self.import.is_some()
            || self.question.is_some()
        {
            Cover::Window
        } else {
            Cover::Nothing
        }
    }

    /// Whether a window stands over the panels.
    pub fn is_covered(&self) -> bool {
        self.cover() != Cover::Nothing
    }

    /// What was said of what is no longer shown goes; what a crash left is offered on.
    pub(super) fn clear_notices(&mut self) {
        self.notices
            .retain(|notice| notice.offer == Some(UserCommand::RestoreLast));
    }

    pub(super) fn notify(&mut self, severity: Severity, text: impl Into<String>) {
        self.put_notice(Notice {
            severity,
            text: text.into(),
            offer: None,
            topic: None,
        });
    }

    /// Says something, with what can be done about it.
    pub(super) fn offer(&mut self, severity: Severity, text: String, offer: UserCommand) {
        self.put_notice(Notice {
            severity,
            text,
            offer: Some(offer),
            topic: None,
        });
    }

    /// Says the latest of a topic.
    pub(super) fn report(&mut self, topic: Topic, text: String) {
        self.put_notice(Notice {
            severity: Severity::Note,
            text,
            offer: None,
            topic: Some(topic),
        });
    }

    fn put_notice(&mut self, notice: Notice) {
        let overtaken = |other: &Notice| notice.topic.is_some() && other.topic == notice.topic;
        self.notices
            .retain(|other| *other != notice && !overtaken(other));
        self.notices.push(notice);
        const MOST: usize = 3; // more would cover the pictures
        let surplus = self.notices.len().saturating_sub(MOST);
        self.notices.drain(..surplus);
    }
}

/// Before a class.
impl Shared {
    /// The panels of the page that a class is shown; the settings stand on all of them where they are chosen.
    pub fn presented(&self) -> Vec<Panel> {
        let settings = self.chosen.iter().filter(|panel| panel.page().is_none());
        let own = |panel: &&Panel| panel.page() == Some(self.page);
        let chosen: Vec<Panel> = self.chosen.iter().filter(own).copied().collect();
        let chosen = if chosen.is_empty() {
            usual(self.page).to_vec()
        } else {
            chosen
        };
        settings.copied().chain(chosen).collect()
    }
}

/// Which panels are seen.
impl Shared {
    /// Opens `page`; a panel that filled the window goes back to its place.
    pub(super) fn show(&mut self, page: Page) {
        self.page = page;
        (self.filled, self.spotlight, self.slow) = (None, None, None);
    }

    /// Puts `panel` before the others of its tabs, wherever it is one.
    pub(super) fn bring(&mut self, panel: Panel) {
        self.fronts.retain(|other| *other != panel);
        self.fronts.insert(0, panel);
    }

    /// Lets `panel` fill the window, or go back if it does.
    pub(super) fn fill(&mut self, panel: Panel) {
        if self.filled.take() == Some(panel) {
            return;
        }
        self.page = panel.page().unwrap_or(self.page);
        self.bring(panel);
        self.filled = Some(panel);
    }

    /// The one of `panels` that stands before the others: what was brought there last, or else the first.
    pub fn front(&self, panels: &[Panel]) -> Option<Panel> {
        let brought = self.fronts.iter().find(|panel| panels.contains(panel));
        brought.or(panels.first()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_brought_last_is_in_front() {
        let mut shared = Shared::new(100, Vec::new());
        let tabs = [Panel::Cost, Panel::Sparsity, Panel::Units];
        assert_eq!(shared.front(&tabs), Some(Panel::Cost));
        shared.bring(Panel::Units);
        shared.bring(Panel::Forces); // of another page
        assert_eq!(shared.front(&tabs), Some(Panel::Units));
        assert_eq!(shared.front(&tabs[..2]), Some(Panel::Cost));
        assert_eq!(shared.front(&[]), None);
    }

    #[test]
    fn a_panel_fills_the_window_on_its_page_and_goes_back() {
        let mut shared = Shared::new(100, Vec::new());
        shared.fill(Panel::Forces);
        assert_eq!(
            (shared.filled, shared.page),
            (Some(Panel::Forces), Page::Unit)
        );
        shared.fill(Panel::Settings);
        assert_eq!(
            (shared.filled, shared.page),
            (Some(Panel::Settings), Page::Unit)
        );
        shared.fill(Panel::Settings);
        assert_eq!((shared.filled, shared.page), (None, Page::Unit));
        shared.fill(Panel::Settings);
        shared.show(Page::Lab);
        assert_eq!((shared.filled, shared.page), (None, Page::Lab));
    }
}
