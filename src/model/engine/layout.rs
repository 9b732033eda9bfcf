//! Shapes, and the workers' buffers.

use super::cut::Owned;
use super::sums::Sums;
use crate::model::Architecture;
use crate::numerics::{AlignedBuffer, Kernels, Real};

/// Bytes of a block's δ3 (or δ2, where that is wider): with the samples' own block it should stay in the L2 cache.
const BLOCK_BYTES: usize = 400 << 10;

/// The sizes that everything else follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// n
    pub inputs: usize,
    /// h
    pub hidden: usize,
    /// n and h in whole vectors: the row strides of the blocks.
    pub inputs_padded: usize,
    pub hidden_padded: usize,
    /// The most samples in a block.
    pub block: usize,
    /// Bytes of ∇W1 and ∇W2.
    pub gradient_bytes: usize,
    /// Bytes of a sample's a2 and f′.
    pub kept_bytes: usize,
}

impl Layout {
    pub fn new<T: Real>(architecture: &Architecture, kernels: &Kernels<T>) -> Self {
        let (inputs, hidden) = (architecture.inputs, architecture.hidden);
        let (inputs_padded, hidden_padded) = (kernels.padded(inputs), kernels.padded(hidden));
        let widest = inputs_padded.max(hidden_padded);
        Self {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            block: (BLOCK_BYTES / size_of::<T>() / widest.max(1)).clamp(96, 512),
            gradient_bytes: inputs
                .saturating_mul(hidden)
                .saturating_mul(2 * size_of::<T>()),
            kept_bytes: hidden_padded.saturating_mul(2 * size_of::<T>()),
        }
    }

    /// Whether the samples need a copy with padded rows to be the right-hand side of a product.
    pub fn pads_samples(&self) -> bool {
        self.inputs != self.inputs_padded
    }

    /// Where it is needed, that copy of `samples` (rows, n) in `to` (at least as many rows, n padded).
    pub fn pad_samples<T: Copy>(&self, samples: &[T], to: &mut [T]) {
        if self.pads_samples() {
            let padded = to.chunks_exact_mut(self.inputs_padded);
            for (to, row) in padded.zip(samples.chunks_exact(self.inputs)) {
                to[..self.inputs].copy_from_slice(row);
            }
        }
    }
}

/// What one worker writes: the activations of its blocks' rows, the deltas of one block, and its stretches' sums.
pub(super) struct Worker<T> {
    /// a2 of its rows (rows, h padded)
    pub activations: AlignedBuffer<T>,
    /// f′(z2), likewise
    pub slopes: AlignedBuffer<T>,
    /// z3, then δ3/m of a block (block, n padded)
    pub output_delta: AlignedBuffer<T>,
    /// δ3 W2, then δ2/m of a block (block, h padded)
    pub hidden_delta: AlignedBuffer<T>,
    /// δ3/m W2 of a block, for the open units alone (block, their number in whole vectors)
    pub response: AlignedBuffer<T>,
    /// A block of samples as numbers, where they are stored as bytes.
    pub decoded: AlignedBuffer<T>,
    /// A block of samples with padded rows, where n isn't whole vectors.
    pub padded_samples: AlignedBuffer<T>,
    /// ∇W1 and ∇W2 of its slices, where there are several, each laid out as the flat gradient; of the first worker's the
    /// sum, and the one that it computes.
    pub gradients: AlignedBuffer<T>,
    pub sums: Sums<T>,
    /// Column sums of (x̂ − x)² of a stretch (n padded).
    pub squared_errors: AlignedBuffer<T>,
    /// Of a2 over its rows: least and greatest (h padded).
    pub least: AlignedBuffer<T>,
    pub greatest: AlignedBuffer<T>,
}

impl<T: Real> Worker<T> {
    pub fn new(layout: &Layout) -> Self {
        Self {
            activations: AlignedBuffer::default(),
            slopes: AlignedBuffer::default(),
            output_delta: AlignedBuffer::default(),
            hidden_delta: AlignedBuffer::default(),
            response: AlignedBuffer::default(),
            decoded: AlignedBuffer::default(),
            padded_samples: AlignedBuffer::default(),
            gradients: AlignedBuffer::default(),
            sums: Sums::new(layout),
            squared_errors: AlignedBuffer::new(layout.inputs_padded),
            least: AlignedBuffer::new(layout.hidden_padded),
            greatest: AlignedBuffer::new(layout.hidden_padded),
        }
    }

    /// Makes room for its share of the blocks; `decodes`: of samples that are stored as bytes.
    pub fn make_room(&mut self, owned: &Owned, layout: &Layout, decodes: bool) {
        // a length beyond the address space saturates, and the allocator refuses it
        let rows_of = |rows: usize, stride: usize| rows.saturating_mul(stride);
        let (n, h) = (layout.inputs_padded, layout.hidden_padded);
        self.activations.resize(rows_of(owned.rows, h));
        self.slopes.resize(rows_of(owned.rows, h));
        self.output_delta.resize(rows_of(owned.largest, n));
        self.hidden_delta.resize(rows_of(owned.largest, h));
        self.response.resize(rows_of(owned.largest, h));
        if decodes {
            self.decoded.resize(rows_of(owned.largest, layout.inputs));
        }
        if layout.pads_samples() {
            self.padded_samples.resize(rows_of(owned.largest, n));
        }
        self.sums.make_room(owned.stretches);
    }
}
