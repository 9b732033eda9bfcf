//! Shapes, slices and the workers' buffers.

use crate::model::Architecture;
use crate::numerics::{AlignedBuffer, Kernels, Real};

/// Rows that a fused pass sums in the run's own precision before it goes on in f64.
pub(super) const STRETCH: usize = 32;

/// Bytes of a block's δ3 (or δ2, where that is wider): with the samples' own block it should stay in the L2 cache.
const BLOCK_BYTES: usize = 400 << 10;

/// Multiply-adds below which a second worker costs more than it does (a hand-over takes a microsecond or two, and a
/// step has four).
const WORTH_A_WORKER: usize = 400_000;

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
    /// Samples in a block.
    pub block: usize,
}

impl Layout {
    pub fn new<T: Real>(architecture: &Architecture, kernels: &Kernels<T>) -> Self {
        let (inputs, hidden) = (architecture.inputs, architecture.hidden);
        let (inputs_padded, hidden_padded) = (kernels.padded(inputs), kernels.padded(hidden));
        let row = inputs_padded.max(hidden_padded) * size_of::<T>();
        // a multiple of 24, the least that 8 and 12 rows of a tile both divide
        let block = (BLOCK_BYTES / row).clamp(96, 480) / 24 * 24;
        Self {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            block,
        }
    }

    /// How many of `available` workers to use for `samples` rows.
    pub fn workers(&self, samples: usize, available: usize) -> usize {
        let work = samples * self.inputs * self.hidden * 5;
        (work / WORTH_A_WORKER)
            .clamp(1, available)
            .min(samples.div_ceil(8))
            .max(1)
    }

    /// The first sample of slice `worker` of `workers`, which ends where the next begins: even, and whole tiles.
    pub fn slice_start(&self, worker: usize, workers: usize, samples: usize) -> usize {
        if worker == workers {
            return samples;
        }
        let share = samples * worker / workers;
        if samples >= 64 * workers {
            share / 8 * 8
        } else {
            share
        }
    }

    /// Whether the samples need a copy with padded rows to be the right-hand side of a product.
    pub fn pads_samples(&self) -> bool {
        self.inputs != self.inputs_padded
    }
}

/// What one worker writes: its slice's activations, blocks and sums.
pub(super) struct Worker<T> {
    /// First sample and number of samples of its slice.
    pub start: usize,
    pub count: usize,
    /// a2 of its slice (count, h padded)
    pub activations: AlignedBuffer<T>,
    /// f′(z2), likewise
    pub slopes: AlignedBuffer<T>,
    /// z3, then δ3/m of a block (block, n padded)
    pub output_delta: AlignedBuffer<T>,
    /// δ3 W2, then δ2/m of a block (block, h padded)
    pub hidden_delta: AlignedBuffer<T>,
    /// A block of samples with padded rows, where n isn't whole vectors.
    pub padded_samples: AlignedBuffer<T>,
    /// Its share of ∇W1 and ∇W2, laid out as the flat gradient; unused by the first worker.
    pub gradient: AlignedBuffer<T>,
    /// Column sums of a stretch.
    pub stretch: [AlignedBuffer<T>; 2],
    /// Σp and Σ(1 − p) over its slice (h)
    pub sums_p: Vec<f64>,
    pub sums_q: Vec<f64>,
    /// Σ δ2/m (h) and Σ δ3/m (n)
    pub hidden_bias: Vec<f64>,
    pub output_bias: Vec<f64>,
    /// Σ‖x̂ − x‖²
    pub squares: f64,
    /// Of a2 over its slice: the first sample's, least, greatest (h padded), and Σ(a2 − first)² (h).
    pub centre: AlignedBuffer<T>,
    pub least: AlignedBuffer<T>,
    pub greatest: AlignedBuffer<T>,
    pub squared_spread: Vec<f64>,
}

impl<T: Real> Worker<T> {
    pub fn new(layout: &Layout) -> Self {
        let Layout {
            inputs,
            hidden,
            inputs_padded,
            hidden_padded,
            ..
        } = *layout;
        let widest = inputs_padded.max(hidden_padded);
        Self {
            start: 0,
            count: 0,
            activations: AlignedBuffer::default(),
            slopes: AlignedBuffer::default(),
            output_delta: AlignedBuffer::default(),
            hidden_delta: AlignedBuffer::default(),
            padded_samples: AlignedBuffer::default(),
            gradient: AlignedBuffer::default(),
            stretch: [AlignedBuffer::new(widest), AlignedBuffer::new(widest)],
            sums_p: vec![0.0; hidden],
            sums_q: vec![0.0; hidden],
            hidden_bias: vec![0.0; hidden],
            output_bias: vec![0.0; inputs],
            squares: 0.0,
            centre: AlignedBuffer::new(hidden_padded),
            least: AlignedBuffer::new(hidden_padded),
            greatest: AlignedBuffer::new(hidden_padded),
            squared_spread: vec![0.0; hidden],
        }
    }

    /// Takes slice `start .. start + count`, with room for it.
    pub fn take(&mut self, start: usize, count: usize, layout: &Layout) {
        (self.start, self.count) = (start, count);
        let block = layout.block.min(count);
        self.activations.resize(count * layout.hidden_padded);
        self.slopes.resize(count * layout.hidden_padded);
        self.output_delta.resize(block * layout.inputs_padded);
        self.hidden_delta.resize(block * layout.hidden_padded);
        if layout.pads_samples() {
            self.padded_samples.resize(block * layout.inputs_padded);
        }
    }

    /// (first row within the slice, rows) of each block.
    pub fn blocks(&self, layout: &Layout) -> impl Iterator<Item = (usize, usize)> + use<T> {
        let (count, block) = (self.count, layout.block);
        (0..count)
            .step_by(block)
            .map(move |first| (first, block.min(count - first)))
    }
}

/// `sums` += `stretch`, over the columns that `sums` has.
pub(super) fn add_stretch<T: Real>(sums: &mut [f64], stretch: &[T]) {
    for (sum, value) in sums.iter_mut().zip(stretch) {
        *sum += value.f64();
    }
}
