//! What can be requested, its progress and its result.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::kind::JobKind;
use crate::data::{DataSet, DataSource, DataSpec, Found, Progress as Loading};
use crate::io::follow::{self, Follow};
use crate::io::pixels::Pixels;
use crate::io::run_file::{RunFile, Written};
use crate::lab::beside::Matched;
use crate::lab::browse::{Browse, Browsed};
use crate::lab::compare::{Choice, CompareProgress, Compared};
use crate::lab::export::{Beside, Export, Exported, Picture};
use crate::lab::features::SeenFeatures;
use crate::lab::inspection::Inspected;
use crate::lab::keeping::{Resumed, Told, WithoutData};
use crate::lab::lesson::Measured;
use crate::lab::map::{Sweep, Swept};
use crate::lab::preview::{Opened, Preview};
use crate::lab::studies::{CheckedGradient, Examined};
use crate::lab::worth::Probed;
use crate::model::gradient_check::CheckProgress;
use crate::model::{OutputActivation, Spectrum};
use crate::training::lesson::{Lesson, Setup, StageData, Term};
use crate::training::probe::Baselines;
use crate::training::run::Keyframe;
use crate::training::timeline::{Answer, Counterfactual, Moment, Replay};
use crate::training::trainer::RunId;
use crate::training::{Experiment, Share, Snapshot, SnapshotInspector};

/// One piece of work, as a value. What it shares is immutable.
#[derive(Clone)]
pub enum Request {
    /// What the source of `spec` holds.
    Find { spec: DataSpec },
    /// The data set `spec`: from what was `found`, or from its source.
    Prepare {
        spec: DataSpec,
        found: Option<Arc<Found>>,
    },
    /// A few samples of what was opened, prepared as `spec` says; found once more if that is `outdated`.
    Preview {
        opened: Opened,
        spec: DataSpec,
        outdated: bool,
    },
    /// A picture file, scaled to the samples of `data`.
    ReadPicture { path: PathBuf, data: Arc<DataSet> },
    /// Paths that the person picks.
    Browse(Browse),
    /// All about `unit`, counted from 0: by the `inspector` that is there already, or a new one of the snapshot.
    Inspect {
        snapshot: Arc<Snapshot>,
        unit: usize,
        inspector: Option<Arc<SnapshotInspector>>,
    },
    /// The gradient at the snapshot's weights against differences of the cost.
    CheckGradient { snapshot: Arc<Snapshot> },
    /// What the gradient in files is, one or two, of the data and the settings of `run`.
    Examine {
        run: RunId,
        paths: Vec<PathBuf>,
        data: Arc<DataSet>,
        experiment: Box<Experiment>,
        /// They may be data and no gradient.
        dropped: bool,
    },
    /// More runs, and their features against the snapshot's.
    Compare {
        snapshot: Arc<Snapshot>,
        choice: Choice,
    },
    /// The snapshot's features as they look without the whitening.
    Features { snapshot: Arc<Snapshot> },
    /// What the laws of the dead state need of the data of `run` and its output.
    Spectrum {
        run: RunId,
        data: Arc<DataSet>,
        output: OutputActivation,
    },
    /// A moment of the past of `run`, by training on from a keyframe before it.
    Replay { run: RunId, replay: Box<Replay> },
    /// What would have saved a unit of `run`.
    Counterfactual {
        run: RunId,
        question: Box<Counterfactual>,
    },
    /// The features of two runs, assigned to one another.
    Match { pair: [Arc<Snapshot>; 2] },
    /// The runs of a map that are missing.
    Map(Box<Sweep>),
    /// What the snapshot's code is worth, beside the baselines that are `known`.
    Probe {
        snapshot: Arc<Snapshot>,
        known: Option<Arc<Baselines>>,
    },
    /// What is shown, into a file for another program.
    Export {
        what: Export,
        path: PathBuf,
        snapshot: Arc<Snapshot>,
        beside: Beside,
    },
    /// A picture of what is shown, for the clipboard.
    Draw {
        what: Picture,
        snapshot: Arc<Snapshot>,
    },
    /// A lesson out of its file.
    ReadLesson { path: PathBuf },
    /// The data of a lesson's runs.
    Lesson { setup: Box<Setup> },
    /// What a lesson's question asks for, of the runs at the step's end.
    Measure {
        a: Arc<Snapshot>,
        b: Option<Arc<Snapshot>>,
        term: Term,
    },
    /// What is new in a folder that is followed, at this time: at most one file of it.
    Follow { follow: Box<Follow>, now: Duration },
    /// A run into its file.
    SaveRun {
        run: RunId,
        path: PathBuf,
        file: Arc<RunFile>,
    },
    /// The state of the run that is shown into the window's own file.
    Autosave { path: PathBuf, file: Arc<RunFile> },
    /// The data of a run that a line tells: from where they are here.
    ReadTold {
        share: Box<Share>,
        source: Option<DataSource>,
    },
    /// A run out of its file, and its data from where they were, or are now.
    ReadRun {
        path: PathBuf,
        source: Option<DataSource>,
    },
}

impl Request {
    pub fn kind(&self) -> JobKind {
        match self {
            Self::Find { .. } => JobKind::Find,
            Self::Prepare { .. } => JobKind::Prepare,
            Self::Preview { .. } => JobKind::Preview,
            Self::ReadPicture { .. } => JobKind::ReadPicture,
            Self::Browse(_) => JobKind::Browse,
            Self::Inspect { .. } => JobKind::Inspect,
            Self::CheckGradient { .. } => JobKind::CheckGradient,
            Self::Examine { .. } => JobKind::Examine,
            Self::Compare { .. } => JobKind::Compare,
            Self::Features { .. } => JobKind::Features,
            Self::Spectrum { .. } => JobKind::Spectrum,
            Self::Replay { .. } => JobKind::Replay,
            Self::Counterfactual { .. } => JobKind::Counterfactual,
            Self::Match { .. } => JobKind::Match,
            Self::Map(_) => JobKind::Map,
            Self::Probe { .. } => JobKind::Probe,
            Self::Export { .. } | Self::Draw { .. } => JobKind::Export,
            Self::ReadLesson { .. } | Self::Lesson { .. } | Self::Measure { .. } => JobKind::Lesson,
            Self::Follow { .. } => JobKind::Follow,
            Self::SaveRun { .. } => JobKind::SaveRun,
            Self::Autosave { .. } => JobKind::Autosave,
            Self::ReadRun { .. } | Self::ReadTold { .. } => JobKind::ReadRun,
        }
    }
}

/// A folder that was looked at.
#[derive(Debug)]
pub struct Looked {
    pub follow: Box<Follow>,
    pub found: Option<follow::Found>,
    /// Why it can't be listed.
    pub lost: Option<String>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Data(Loading),
    Gradient(CheckProgress),
    Compare(CompareProgress),
    Replay {
        /// Epochs.
        done: u64,
        of: u64,
    },
    Counterfactual {
        /// Epochs.
        done: u64,
        of: u64,
    },
    /// All that has come so far.
    Map(Swept),
    Probe {
        /// In [0, 1].
        part: f64,
    },
    Export {
        /// In [0, 1].
        part: f64,
    },
}

impl Progress {
    /// Whether it tells of another stage of the work than `before`.
    pub fn is_new_stage(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Data(now), Self::Data(before)) => now.stage != before.stage,
            (Self::Gradient(now), Self::Gradient(before)) => now.block != before.block,
            (Self::Compare(now), Self::Compare(before)) => now.what != before.what,
            (Self::Replay { .. }, Self::Replay { .. })
            | (Self::Counterfactual { .. }, Self::Counterfactual { .. })
            | (Self::Map(_), Self::Map(_))
            | (Self::Probe { .. }, Self::Probe { .. })
            | (Self::Export { .. }, Self::Export { .. }) => false,
            _ => true,
        }
    }
}

/// The result of a request; each variant belongs to the request of its name.
#[derive(Debug)]
pub enum Outcome {
    Found {
        spec: DataSpec,
        opened: Opened,
    },
    Prepared(Arc<DataSet>),
    Preview(Box<Preview>),
    Picture {
        /// The file's.
        name: String,
        /// (n), as it looks.
        picture: Arc<[f32]>,
    },
    Browsed(Browsed),
    Inspected(Inspected),
    CheckedGradient(CheckedGradient),
    Examined(Box<Examined>),
    /// What was dropped is no gradient.
    NoGradient(Vec<PathBuf>),
    Compared(Box<Compared>),
    Features(SeenFeatures),
    /// `None` where the data's values are too large for it.
    Spectrum {
        run: RunId,
        spectrum: Option<Arc<Spectrum>>,
    },
    Replayed {
        run: RunId,
        moment: Moment,
        /// Whole.
        frame: Arc<Keyframe>,
    },
    Counterfactual {
        run: RunId,
        answer: Box<Answer>,
    },
    Matched(Matched),
    Map(Swept),
    Probed(Box<Probed>),
    Exported(Exported),
    Drawn {
        what: Picture,
        pixels: Pixels,
    },
    ReadLesson(Box<Lesson>),
    Lesson {
        setup: Box<Setup>,
        data: StageData,
    },
    /// For a lesson's question.
    Measured(Measured),
    Looked(Box<Looked>),
    SavedRun {
        run: RunId,
        path: PathBuf,
        written: Written,
    },
    Autosaved,
    Resumed(Box<Resumed>),
    Told(Told),
    WithoutData(WithoutData),
}
