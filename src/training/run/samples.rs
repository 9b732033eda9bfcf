//! Which samples a run was trained on, so that it goes on with these and no others.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::held::part_of;
use crate::data::{DataSet, Samples};
use crate::numerics::{Real, Rows};

/// The prepared samples (m, n) by their SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplesIdentity {
    /// m
    pub count: u64,
    /// n
    pub inputs: u64,
    /// Of the values row by row, little-endian, in the data set's own precision.
    pub fingerprint: [u8; 32],
}

impl SamplesIdentity {
    /// Reads every value: some hundred MB a second.
    pub fn of(samples: &Samples) -> Self {
        let fingerprint = match samples {
            Samples::F32(array) => fingerprint(array.view(), |value| value.to_le_bytes()),
            Samples::F64(array) => fingerprint(array.view(), |value| value.to_le_bytes()),
            Samples::Levels(stored) => fingerprint(stored.levels(), f32::to_le_bytes),
        };
        Self {
            count: samples.dim().0 as u64,
            inputs: samples.dim().1 as u64,
            fingerprint,
        }
    }
}

/// What a run was trained on, and what it was tested with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identities {
    pub(super) training: SamplesIdentity,
    pub(super) test: Option<SamplesIdentity>,
}

impl Identities {
    pub(super) fn of(data: &DataSet) -> Self {
        Self {
            training: SamplesIdentity::of(&data.samples),
            test: part_of(data).map(|test| SamplesIdentity::of(&test.samples)),
        }
    }
}

impl fmt::Debug for SamplesIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{} ", self.count, self.inputs)?;
        let start = &self.fingerprint[..4];
        start.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn fingerprint<'a, T: Real, const BYTES: usize>(
    samples: impl Into<Rows<'a, T>>,
    bytes: impl Fn(T) -> [u8; BYTES],
) -> [u8; 32] {
    let samples = samples.into();
    let mut hash = Sha256::new();
    let mut row_bytes = Vec::with_capacity(samples.ncols() * BYTES);
    samples.each(|row| {
        row_bytes.clear();
        row_bytes.extend(row.iter().flat_map(|value| bytes(*value)));
        hash.update(&row_bytes);
    });
    hash.finalize().into()
}
