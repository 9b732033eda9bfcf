//! What the panels read: the latest snapshot, what the person has set, and what the window itself remembers.

use std::path::PathBuf;
use std::sync::Arc;

use super::commands::UserCommand;
use super::compare::{self, CompareProgress};
use super::import::Import;
use super::inspecting::Inspection;
use super::look::{Look, LookAction};
use super::page::Page;
use super::studies::{CheckedGradient, Study};
use crate::data::{DataSpec, Progress};
use crate::model::gradient_check::CheckProgress;
use crate::model::{HiddenActivation, Hyperparameters, OutputActivation, UnitState};
use crate::training::{Activity, Experiment, Preset, Setting, Snapshot, Speed};

/// A request from a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Command(UserCommand),
    /// What the sliders and rows now say; in force from the next epoch on.
    SetHyperparameters(Hyperparameters),
    /// Starts the run anew.
    SetHidden(usize),
    SetHiddenActivation(HiddenActivation),
    SetOutputActivation(OutputActivation),
    SetSeed(u64),
    SetSpeed(Speed),
    /// In percent.
    SetZoom(u32),
    /// A hidden unit, counted from 0.
    Select(Option<usize>),
    /// Selects it and opens its page.
    Inspect(usize),
    /// A set that needs no import sheet.
    Load(DataSpec),
    /// Paths as they were typed, dropped, picked or remembered: for the import sheet.
    Open(Vec<PathBuf>),
    /// What the import sheet's choices now say.
    SetImport {
        spec: DataSpec,
        hidden: usize,
    },
    /// "Start anew" in the dialog that asks first.
    ConfirmRestart,
    CloseDialog,
    DismissNotice(usize),
    /// About the input that is looked at.
    Look(LookAction),
    /// What a comparison is to be with.
    SetComparison(compare::Choice),
}

impl From<UserCommand> for Action {
    fn from(command: UserCommand) -> Self {
        Self::Command(command)
    }
}

/// Whether the tiles share one scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contrast {
    #[default]
    Shared,
    PerTile,
}

/// The kinds of message in the banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Note,
    Trouble,
}

/// A message that stays until it is dismissed or overtaken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
}

/// What starts the run anew.
#[derive(Clone, Debug, PartialEq)]
pub enum Restart {
    /// The same experiment from the same initial weights.
    Reset,
    /// Another experiment on the same data.
    Change(Box<Experiment>),
    /// Another experiment on other data, which are loaded first.
    Load(Box<Experiment>),
    /// The same on data whose reach its output activation is to suit.
    LoadToSuit(Box<Experiment>),
    /// What the import sheet holds.
    Import(Box<Experiment>),
}

/// A question that waits for an answer; the trainer goes on meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What would start anew, e.g. "49 → 64 hidden units".
    pub what: String,
    pub restart: Restart,
}

/// The window for opening a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenDialog {
    /// The path as typed.
    pub path: String,
    /// What the system's dialog said, if it could not be shown.
    pub hint: Option<String>,
    /// Why the path as typed could not be opened.
    pub error: Option<String>,
}

/// Everything that a panel may look at.
#[derive(Clone, Debug)]
pub struct ViewState {
    /// The latest; `None` until the first data set is loaded.
    pub snapshot: Option<Arc<Snapshot>>,
    /// As the person has set it: it runs ahead of `snapshot.experiment`.
    pub experiment: Experiment,
    pub preset: Option<Preset>,
    pub playing: bool,
    pub speed: Speed,
    /// In percent.
    pub zoom: u32,
    pub contrast: Contrast,
    pub page: Page,
    /// Counted from 0.
    pub selected: Option<usize>,
    pub gradient_check: Study<CheckProgress, CheckedGradient>,
    /// Of the selected unit, while its page is open.
    pub inspection: Inspection,
    /// The input that is looked at on its way through the network.
    pub look: Look,
    /// What a comparison is to be with.
    pub compare: compare::Choice,
    pub compared: Study<CompareProgress, compare::Verdict>,
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

/// A run with at least this many epochs behind it is asked after before it is thrown away, if it was steered or long.
pub const EPOCHS_TO_LOSE: u64 = 20;
/// Training for longer than this is work to lose even if nothing was touched.
pub const SECONDS_TO_LOSE: f64 = 60.0;
/// The steps of the presenter's zoom, in percent.
pub const ZOOMS: [u32; 4] = [100, 125, 150, 200];

impl ViewState {
    pub fn new(experiment: Experiment) -> Self {
        let preset = Preset::ALL
            .into_iter()
            .find(|preset| preset.experiment() == experiment);
        Self {
            snapshot: None,
            experiment,
            preset,
            playing: true,
            speed: Speed::Unlimited,
            zoom: 100,
            contrast: Contrast::Shared,
            page: Page::Lab,
            selected: None,
            gradient_check: Study::Idle,
            inspection: Inspection::default(),
            look: Look::default(),
            compare: compare::Choice::default(),
            compared: Study::Idle,
            notices: Vec::new(),
            question: None,
            palette: false,
            open_dialog: None,
            import: None,
            opening: None,
            loading: None,
            progress: None,
            recent: Vec::new(),
            drop_hovered: false,
        }
    }

    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.experiment.hyperparameters
    }

    /// What throwing the run away would lose: a run that was steered can't be had again by pressing Play, and a long
    /// one takes its time. An untouched short one is no loss.
    pub fn has_run_to_lose(&self) -> bool {
        self.snapshot.as_deref().is_some_and(|snapshot| {
            let steered = snapshot.history.markers().next().is_some();
            let long = snapshot.trained_for.as_secs_f64() >= SECONDS_TO_LOSE;
            snapshot.epoch >= EPOCHS_TO_LOSE && (steered || long)
        })
    }

    /// Whether what is set for `setting` waits for the next epoch: (old, new) as text.
    pub fn pending(&self, setting: Setting) -> Option<(String, String)> {
        let snapshot = self.snapshot.as_deref()?;
        let (old, new) = (
            setting.show(&snapshot.hyperparameters),
            setting.show(self.hyperparameters()),
        );
        (old != new).then_some((old, new))
    }

    /// The last change of `setting` in this run: (text, epoch).
    pub fn applied(&self, setting: Setting) -> Option<(String, u64)> {
        let snapshot = self.snapshot.as_deref()?;
        let marker = snapshot
            .history
            .markers()
            .rev()
            .find(|marker| marker.change.setting == setting)?;
        Some((
            format!("{} → {}", marker.change.old, marker.change.new),
            marker.epoch,
        ))
    }

    /// Whether `unit` is one that can be begun anew: a dead one, or a duplicate.
    pub fn can_revive(&self, unit: usize) -> bool {
        let units = self.snapshot.as_deref().map_or(&[][..], |s| &s.units);
        units
            .get(unit)
            .is_some_and(|unit| unit.state != UnitState::Alive)
    }

    /// The units that are dead, in increasing order.
    pub fn dead_units(&self) -> Vec<usize> {
        let units = self.snapshot.as_deref().map_or(&[][..], |s| &s.units);
        let dead = units.iter().enumerate().filter(|(_, u)| u.state.is_dead());
        dead.map(|(index, _)| index).collect()
    }

    /// Whether a window stands over the panels.
    pub fn is_covered(&self) -> bool {
        self.palette
            || self.question.is_some()
            || self.open_dialog.is_some()
            || self.import.is_some()
    }

    /// Whether a file that is dropped is the input to look at, not data to train on.
    pub fn takes_pictures(&self) -> bool {
        self.page == Page::LookThrough && !self.is_covered() && self.snapshot.is_some()
    }

    pub fn is_diverged(&self) -> bool {
        self.snapshot
            .as_deref()
            .is_some_and(|snapshot| snapshot.activity == Activity::Diverged)
    }

    pub fn notify(&mut self, severity: Severity, text: impl Into<String>) {
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
