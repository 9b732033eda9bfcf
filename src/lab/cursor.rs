//! The cursor over time: which moment is shown, and what waits for one.

use std::sync::Arc;
use std::time::Duration;

use super::state::Action;
use super::undo::Done;
use crate::model::Hyperparameters;
use crate::training::run::Keyframe;
use crate::training::timeline::Moment;
use crate::training::trainer::RunId;
use crate::training::{Setting, Value};

/// The cursor, in the past.
#[derive(Clone, Debug)]
pub struct Past {
    /// The moment that was asked for.
    pub asked: Moment,
    /// The one that is shown until that is there.
    pub shown: Moment,
    pub(super) frame: Arc<Keyframe>,
    /// What the settings will be again on the return.
    pub(super) present: Hyperparameters,
    /// Epochs trained again on the way there, of how many.
    pub replayed: Option<(u64, u64)>,
    /// Why the epoch asked for can't be shown.
    pub trouble: Option<String>,
    /// When the next epoch is due, while the past is played.
    pub(super) playing: Option<Duration>,
    /// What to do once the moment asked for is there, whole.
    pub(super) then: Option<Then>,
}

impl Past {
    /// Whether what is shown is what was asked for.
    pub fn is_exact(&self) -> bool {
        self.asked == self.shown
    }

    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// Whether the run is about to go on from here.
    pub fn goes_on(&self) -> bool {
        self.then.is_some()
    }
}

/// An undo that waits for the moment that it goes back to.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub run: RunId,
    pub moment: Moment,
    pub done: Done,
}

/// What waits for a moment of the past.
#[derive(Clone, Debug)]
pub(super) enum Then {
    /// The run goes on from there, with this done first.
    GoOn(Option<Box<Action>>),
    /// A second run goes on from there, with these settings.
    Beside(Vec<(Setting, Value)>),
}
