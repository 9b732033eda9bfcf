//! What a person can ask of the lab with a value, and what it says and opens for it.

use std::path::PathBuf;

use super::commands::UserCommand;
use super::compare;
use super::export::Export;
use super::import_settings::ImportSettings;
use super::look::LookAction;
use super::map::MapAction;
use super::panel::Panel;
use crate::data::DataSpec;
use crate::model::{HiddenActivation, OutputActivation};
use crate::training::lesson::Answer;
use crate::training::trainer::RunId;
use crate::training::{Experiment, Setting, Speed, Value};

/// A request from a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Command(UserCommand),
    /// One setting's new value, in force from the next epoch on. Changes with the same number of a `press` (of the
    /// pointer or of a key) are one gesture.
    Set {
        setting: Setting,
        value: Value,
        press: u64,
    },
    /// Restarts the run.
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
    /// A path as it was typed in the window for paths, for whatever that asked for.
    Typed(Vec<PathBuf>),
    /// A folder of checkpoints, and which tensor is which in them, where that was typed.
    Follow {
        folder: PathBuf,
        map: String,
    },
    /// What the import sheet's choices now say.
    SetImport {
        spec: DataSpec,
        settings: Box<ImportSettings>,
    },
    CloseDialog,
    /// Shows the run as it stood at the end of this epoch; now, where it has not come further.
    Seek(u64),
    /// About a run that is not shown.
    Kept(RunId, KeptAction),
    /// About the run beside the one shown.
    Pair(PairAction),
    /// The end of this epoch pauses the run shown, and the one beside it; `None`: no longer.
    PauseAt(Option<u64>),
    /// The run that a share line tells.
    OpenShare(String),
    /// Writes it there.
    Export(Export, PathBuf),
    /// For the past of all runs, in bytes.
    SetPastBudget(usize),
    DismissNotice(usize),
    /// To the front of its tabs.
    Bring(Panel),
    /// About the input that is looked at.
    Look(LookAction),
    /// What a comparison is to be with.
    SetComparison(compare::Choice),
    /// About the map of the plane.
    Map(MapAction),
    /// About the lesson's question.
    Lesson(LessonAction),
}

/// What can be asked about a lesson's question with a value.
#[derive(Clone, Debug, PartialEq)]
pub enum LessonAction {
    /// Not committed to yet.
    Answer(Answer),
    /// Why one thinks so, as it is typed.
    Why(String),
    /// Takes the tile of a unit, or gives it back.
    Tile(usize),
    /// Whose predictions the table has.
    Name(String),
}

/// What can be asked about the run beside the one shown.
#[derive(Clone, Debug, PartialEq)]
pub enum PairAction {
    /// A second run goes on from the moment that is shown, with these settings.
    FromHere(Vec<(Setting, Value)>),
    /// A kept run stands beside the one shown.
    With(RunId),
}

/// What can be done with a run that is kept beside the one shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptAction {
    /// Shows it in the place of the one shown.
    Show,
    /// Empty: it has its own title again.
    Rename(String),
    /// What is to be remembered of it, in the place of what was.
    Note(String),
    /// It stays, however many runs there are.
    Pin(bool),
    /// Its curve of J is drawn in the cost panel.
    Overlay(bool),
    Drop,
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
    /// What can be done about it.
    pub offer: Option<UserCommand>,
    /// What it is the latest word of: an earlier one goes.
    pub topic: Option<Topic>,
}

impl Notice {
    /// Whether it is still of use when a lesson goes on.
    pub fn stays(&self) -> bool {
        let useful = |offer| offer != UserCommand::LeaveLesson;
        self.severity == Severity::Trouble || self.offer.is_some_and(useful)
    }
}

/// What there is always one latest word of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Runs that were saved.
    Saved,
    /// What is in the clipboard.
    Copied,
    /// What has changed.
    Described,
}

/// What restarts the run.
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

/// What a path is typed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typed {
    /// Data to train on, or a run to go on with.
    #[default]
    Open,
    /// The file that a run is saved to.
    SaveRun,
    /// The folder that runs are saved in.
    SaveFolder,
    /// Where the data are of a run that was opened.
    DataOfRun,
    /// The folder of checkpoints that is to be followed.
    Checkpoints,
    /// A student's weights and gradient, in one file or two.
    MyGradient,
}

/// The window for a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenDialog {
    pub what: Typed,
    /// The path as typed.
    pub path: String,
    /// That of the second file.
    pub other: String,
    /// What the system's dialog said, if it could not be shown.
    pub hint: Option<String>,
    /// Why the path as typed could not be opened.
    pub error: Option<String>,
}
