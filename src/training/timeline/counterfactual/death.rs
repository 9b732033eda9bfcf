//! Which death of a unit is asked about.

use crate::training::record::{StateChange, UnitLife};

/// A unit that lived for no longer than this between two deaths swings: it died once.
const BRIEF_EPOCHS: u64 = 5;

/// The last death of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Death {
    /// At whose end it was first dead; of one that never lived, the latest.
    pub epoch: u64,
    pub lived: bool,
}

impl Death {
    /// Of a unit whose life it is, at the end of epoch `now`; `None` where it never died.
    pub fn last_of(life: &UnitLife, now: u64) -> Option<Self> {
        let changes = life.changes();
        let dies = |change: &StateChange| !change.from.is_dead() && change.to.is_dead();
        let deaths = changes.iter().enumerate();
        let deaths: Vec<usize> = deaths.filter(|(_, c)| dies(c)).map(|(i, _)| i).collect();
        let Some(mut place) = deaths.len().checked_sub(1) else {
            return life.state().is_dead().then_some(Self {
                epoch: now,
                lived: false,
            });
        };
        while place > 0 {
            let (earlier, later) = (deaths[place - 1], deaths[place]);
            let between = &changes[earlier + 1..later];
            let came_back = between.iter().find(|change| !change.to.is_dead());
            let swings = came_back.is_some_and(|back| {
                changes[later].epoch <= back.epoch + BRIEF_EPOCHS
                    && !between.iter().any(|change| change.revived)
            });
            if !swings {
                break;
            }
            place -= 1;
        }
        Some(Self {
            epoch: changes[deaths[place]].epoch,
            lived: true,
        })
    }
}
