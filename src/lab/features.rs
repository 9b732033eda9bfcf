//! The features of data that were whitened by ZCA as they look without it: a large product, which is kept off the thread
//! that paints.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use super::jobs::{JobError, JobKind, Request, Watcher};
use super::page::Page;
use super::room::Lab;
use super::state::Severity;
use crate::training::Snapshot;
use crate::training::snapshot::Version;

/// Features that are computed at a time: Cancel is heard between two.
const BLOCK: usize = 64;

/// What the units of one snapshot look for in values that were not whitened: W1·ZCA.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenFeatures {
    /// The snapshot's.
    pub version: Version,
    /// (h, n)
    pub values: Arc<Array2<f32>>,
}

/// Computes them for `snapshot`.
///
/// # Errors
/// Cancelled.
pub fn see(snapshot: &Snapshot, watcher: &dyn Watcher) -> Result<SeenFeatures, JobError> {
    let weights = snapshot.parameters.encoder_weights();
    let mut values = Array2::zeros(weights.raw_dim());
    for (mut seen, block) in values
        .axis_chunks_iter_mut(Axis(0), BLOCK)
        .zip(weights.axis_chunks_iter(Axis(0), BLOCK))
    {
        if watcher.go_on().is_break() {
            return Err(JobError::Cancelled);
        }
        seen.assign(&snapshot.data.features(block));
    }
    Ok(SeenFeatures {
        version: snapshot.version(),
        values: Arc::new(values),
    })
}

/// Which features were asked for.
#[derive(Default)]
pub(super) struct Seeing {
    /// The run of the request that counts.
    run: u64,
    /// The run in which it failed: it would fail again.
    failed: Option<u64>,
}

impl Lab {
    /// Keeps the features that the tiles show up to date, where that takes a product. While one is computed, the next
    /// waits; the newest snapshot at its end is the next.
    pub(super) fn follow_features(&mut self) {
        let Some(snapshot) = &self.view.snapshot else {
            return;
        };
        if snapshot.data.zca.is_none() {
            if self.view.features.take().is_some() {
                self.jobs.cancel(JobKind::Features);
            }
            return;
        }
        let seen = self.view.features.as_ref();
        let current = seen.is_some_and(|seen| seen.version == snapshot.version());
        let under_way = self.jobs.is_busy(JobKind::Features) && self.seeing.run == snapshot.run;
        let failed = self.seeing.failed == Some(snapshot.run);
        if current || under_way || failed || !has_tiles(self.view.page) {
            return;
        }
        self.seeing.run = snapshot.run;
        let snapshot = Arc::clone(snapshot);
        if let Err(error) = self.jobs.start(Request::Features { snapshot }) {
            self.no_features(&error);
        }
    }

    /// Says once a run why the tiles are empty from now on: those of an earlier epoch would not be true for long.
    pub(super) fn no_features(&mut self, error: &JobError) {
        self.view.features = None;
        self.seeing.failed = Some(self.seeing.run);
        self.view.notify(Severity::Trouble, error.to_string());
    }
}

/// Whether a page shows the features of the run as tiles.
fn has_tiles(page: Page) -> bool {
    match page {
        Page::Lab | Page::Unit | Page::LookThrough => true,
        Page::Mathematics | Page::Compare => false,
    }
}
