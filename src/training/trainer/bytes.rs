//! A host that passes every message through bytes, as one without shared memory has to. For tests: what works on it works
//! in a browser's worker.

use std::sync::Arc;

use super::host::{Host, TrainerError};
use super::protocol::{DataId, Reply, Request};
use super::wire::{from_bytes, to_bytes};
use crate::data::DataSet;
use crate::training::timeline::Archive;

/// `H`, reached through bytes.
pub struct ThroughBytes<H>(pub H);

impl<H: Host> Host for ThroughBytes<H> {
    fn send(&self, request: Request) -> Result<(), TrainerError> {
        self.0.send(from_bytes(&to_bytes(&request)?)?)
    }

    fn share(&self, id: DataId, data: Arc<DataSet>) -> Result<(), TrainerError> {
        let copy = DataSet::from_bytes(&data.to_bytes()?)?;
        self.0.share(id, Arc::new(copy))
    }

    fn archive(&self) -> Arc<Archive> {
        self.0.archive()
    }

    fn forget(&self, id: DataId) {
        self.0.forget(id);
    }

    /// # Panics
    /// If a reply does not come through: the tests are told so.
    #[expect(
        clippy::panic,
        reason = "a host for tests: a message that is lost is a failed test"
    )]
    fn replies(&self) -> Vec<Reply> {
        let replies = self.0.replies().into_iter();
        replies
            .map(|reply| {
                let through = to_bytes(&reply).and_then(|bytes| from_bytes(&bytes));
                through.unwrap_or_else(|error| panic!("{reply:?}: {error}"))
            })
            .collect()
    }
}
