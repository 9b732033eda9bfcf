//! Points of a run's time, and what a person or a divergence did there.

use serde::{Deserialize, Serialize};

use crate::training::record::{Change, Gesture};

/// A point of a run's time: an epoch's end, or what followed there before the next epoch began.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Moment {
    /// Epochs done.
    pub epoch: u64,
    /// Revivals and divergences at this epoch's end before it.
    pub turn: u32,
}

impl Moment {
    /// The first one of `epoch`: as it ended, before anything else was done.
    pub fn end_of(epoch: u64) -> Self {
        Self { epoch, turn: 0 }
    }

    /// After everything that was done at the end of `epoch`.
    pub fn last_of(epoch: u64) -> Self {
        Self {
            epoch,
            turn: u32::MAX,
        }
    }
}

/// What decided a run's way beside its present: all that a replay has to do again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Deed {
    /// Changes of settings that came into force with the epoch after this one.
    Edits(Vec<Change>),
    /// Units that were revived.
    Revived(Vec<usize>),
    /// The epoch after this one diverged, with these changes in force for the first time: the weights are those of
    /// this epoch.
    Diverged(Vec<Change>),
}

impl Deed {
    /// Whether it makes another moment of the same epoch.
    pub fn takes_a_turn(&self) -> bool {
        match self {
            Self::Edits(_) => false,
            Self::Revived(_) | Self::Diverged(_) => true,
        }
    }

    /// Whether a change of `gesture` is in it.
    pub(super) fn is_of(&self, gesture: Gesture) -> bool {
        match self {
            Self::Edits(changes) | Self::Diverged(changes) => {
                changes.iter().any(|change| change.gesture == gesture)
            }
            Self::Revived(_) => false,
        }
    }

    /// What it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let list = match self {
            Self::Edits(changes) | Self::Diverged(changes) => size_of_val(changes.as_slice()),
            Self::Revived(units) => size_of_val(units.as_slice()),
        };
        size_of::<(Moment, Self)>() + list
    }
}
