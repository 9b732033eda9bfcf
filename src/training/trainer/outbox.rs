//! Replies that wait to be taken: in their order, and of each run's frames only the latest, as of the words on how far an
//! epoch is.

use std::collections::VecDeque;

use super::protocol::{Reply, RunId, Tell};

#[derive(Default)]
pub(super) struct Outbox(VecDeque<Reply>);

impl Outbox {
    /// Puts `reply` at the end. Returns the frame that it overtakes: megabytes, perhaps, to be freed where nobody waits.
    pub(super) fn put(&mut self, reply: Reply) -> Option<Reply> {
        let place = self.0.iter().position(|other| overtakes(&reply, other));
        let overtaken = place.and_then(|place| self.0.remove(place));
        self.0.push_back(reply);
        overtaken
    }

    pub(super) fn pop(&mut self) -> Option<Reply> {
        self.0.pop_front()
    }

    /// Nothing more is said of `run`.
    pub(super) fn forget(&mut self, run: RunId) {
        self.0.retain(|reply| reply.run != run);
    }
}

/// Whether `new` says all that `waiting` does, and is the later word.
fn overtakes(new: &Reply, waiting: &Reply) -> bool {
    let later = match (&new.what, &waiting.what) {
        (Tell::Frame(_), Tell::Frame(_) | Tell::Underway(_)) => true,
        (Tell::Underway(new), Tell::Underway(waiting)) => new.epoch >= waiting.epoch,
        _ => false,
    };
    new.run == waiting.run && later
}
