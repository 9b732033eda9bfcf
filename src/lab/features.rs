//! The features of data that were whitened by ZCA as they look without it: a large product, which is kept off the thread
//! that paints.

use std::sync::Arc;

use ndarray::Array2;

use crate::training::snapshot::Version;
use crate::training::trainer::RunId;

/// What the units of one snapshot look for in values that were not whitened: W1·ZCA.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenFeatures {
    /// The snapshot's.
    pub version: Version,
    /// (h, n)
    pub values: Arc<Array2<f32>>,
}

/// Which features were asked for.
#[derive(Default)]
pub(super) struct Seeing {
    /// The run of the request that counts.
    pub(super) run: RunId,
    /// The run in which it failed: it would fail again.
    pub(super) failed: Option<RunId>,
}
