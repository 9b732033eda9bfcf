//! Replies that wait to be taken: in their order, and of each run's frames only the latest.

use std::collections::VecDeque;

use super::protocol::{Reply, RunId, Tell};

#[derive(Default)]
pub(super) struct Outbox(VecDeque<Reply>);

impl Outbox {
    /// Puts `reply` at the end. Returns the frame that it overtakes: megabytes, perhaps, to be freed where nobody waits.
    pub(super) fn put(&mut self, reply: Reply) -> Option<Reply> {
        let overtaken = is_frame(&reply)
            .then(|| {
                let same = |other: &Reply| other.run == reply.run && is_frame(other);
                let place = self.0.iter().position(same)?;
                self.0.remove(place)
            })
            .flatten();
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

fn is_frame(reply: &Reply) -> bool {
    matches!(reply.what, Tell::Frame(_))
}
