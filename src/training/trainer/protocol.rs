//! What goes to the trainer and what comes back: plain data that can be turned into bytes, one ordered stream each way.
//!
//! Whoever opens a run chooses its [`RunId`], so that a setting changed between a new run's request and its start can
//! already say which run it means. Data sets don't travel in the stream: they are named by a [`DataId`] and held by a
//! store beside it (see [`super::store`]).

use serde::{Deserialize, Serialize};

use super::frame::{Frame, Underway};
use crate::training::plan::Plan;
use crate::training::record::{Change, Cursor, History};
use crate::training::run::{Arrival, Keyframe};
use crate::training::{Checkpoint, Experiment};

/// Names a run for as long as the trainer lives. No number is used twice.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct RunId(pub u64);

/// Names a data set in the store.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct DataId(pub u64);

/// How fast to train.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Speed {
    /// At most this many epochs a second, > 0: for talking over it.
    EpochsPerSecond(f64),
    Unlimited,
}

/// What is asked of the trainer about `run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub run: RunId,
    pub what: Ask,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// A new run, paused, of `experiment` on `data`.
    Open {
        experiment: Box<Experiment>,
        data: DataId,
    },
    /// A run that goes on from `checkpoint`, paused.
    Resume {
        checkpoint: Box<Checkpoint>,
        data: DataId,
    },
    /// A run that goes on from a moment of another, paused: of `experiment` on `data`, at `frame`, with `history` as its
    /// past.
    Continue {
        experiment: Box<Experiment>,
        data: DataId,
        frame: Box<Keyframe>,
        history: Box<History>,
    },
    /// A run that is trained elsewhere, at the first of its moments that is known. It takes no step here.
    Follow {
        experiment: Box<Experiment>,
        data: DataId,
        first: Box<Arrival>,
    },
    /// The next moment of a run that is trained elsewhere.
    Absorb(Box<Arrival>),
    /// Ends the run; nothing more is said of it.
    Close,
    Play,
    Pause,
    /// One epoch, then pause.
    Step,
    SetSpeed(Speed),
    /// In step with another run: whichever is ahead waits until the other has done as many epochs, and both rest at the
    /// same epoch. Said of both. `None`: no longer.
    Lock(Option<RunId>),
    /// It pauses at the end of this epoch, and says so. `None`: no longer.
    PauseAt(Option<u64>),
    /// In force from the next epoch on.
    Set(Change),
    /// Before epochs to come: what a person would ask for then, at the epoch itself.
    Plan(Plan),
    /// Restarts these units between two epochs, from the inputs that are reconstructed worst (see
    /// [`crate::training::Run::revive`]); those that are alive by then are left alone. The news of the next frame has it.
    Revive(Vec<usize>),
    /// Asks for a [`Tell::Checkpoint`].
    Checkpoint,
    /// A frame was taken: what is new of the past up to here need not be told again.
    Seen(Cursor),
}

/// What the trainer says of `run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub run: RunId,
    pub what: Tell,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tell {
    /// The run is there. Its first frame follows.
    Opened(Opened),
    /// The state of the run. Only the latest frame that nobody has taken yet is kept.
    Frame(Box<Frame>),
    /// How far an epoch is that takes long. Only the latest is kept.
    Underway(Box<Underway>),
    Checkpoint(Box<Checkpoint>),
    Event(Event),
}

/// What is the same for all of a run's frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// n
    pub inputs: usize,
    /// h
    pub hidden: usize,
    /// The epoch that it stands at: 0, or that of the checkpoint.
    pub epoch: u64,
    /// The run goes on from a checkpoint that was computed with something else, whose bits may differ: what that was, in
    /// words.
    pub other_numerics: Option<String>,
}

/// What happened to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The run can't be opened (a setting out of range, a checkpoint that doesn't fit its data): there is none of this
    /// number. Other runs are as they were.
    NotOpened { message: String },
    /// A change, or a request to a run that isn't open, was refused. The run is as it was.
    Refused { message: String },
    /// It has come to the epoch at which it was to pause.
    PausedAt { epoch: u64 },
    /// The cost became non-finite at `epoch`; the last finite weights stand. `cause` is one sentence that names the
    /// setting.
    Diverged { epoch: u64, cause: String },
    /// The trainer panicked over this run, which has ended; the other runs go on.
    Panicked { message: String },
}
