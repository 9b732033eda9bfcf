//! How the samples are cut: by the shapes alone where it decides in which order numbers are added, by the workers
//! only where it doesn't.
//!
//! | piece | what it is | depends on |
//! |---|---|---|
//! | stretch | at most 32 samples, whose sums are taken in the run's precision | shapes |
//! | slice | the stretches that add up one ∇W1 and ∇W2; most nets have a single one | shapes |
//! | block | the stretches that a worker takes through the products at once | shapes and workers |
//!
//! A product's element is a chain of multiply-adds over the samples in their order, which neither the blocks that the
//! chain is cut into nor the rows that share its tile can change (`numerics::product`). So the blocks may follow the
//! workers, while stretches and slices may not.

use std::ops::Range;

use super::Layout;

/// Rows that a fused pass sums in the run's own precision before the sums go on in f64.
const STRETCH: usize = 32;

/// Multiply-adds below which a second worker costs more than it does (a hand-over takes a microsecond or two, and a
/// step has four).
const WORTH_A_WORKER: u64 = 400_000;

/// The most parts that the shapes are made to divide into evenly.
const MOST_PARTS: usize = 8;

/// Up to this size of ∇W1 and ∇W2 every slice can have its own, for then they cost next to nothing; larger ones are
/// worth the workers' meeting after each block to share them out by rows.
const SLICED_BYTES: usize = 256 << 10;

/// Samples below which a slice isn't worth its own gradient.
const SLICE_ROWS: usize = 512;

/// What the shapes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub samples: usize,
    pub stretches: usize,
    /// Divides `stretches`.
    pub slices: usize,
}

/// Consecutive stretches that one worker takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// First sample and number of samples.
    pub start: usize,
    pub rows: usize,
    /// First stretch and number of stretches.
    pub stretch: usize,
    pub stretches: usize,
    pub worker: usize,
    /// Where its rows and stretches begin among the worker's own.
    pub own_row: usize,
    pub own_stretch: usize,
    /// Which of the worker's own slices it belongs to, and whether it is that slice's first block.
    pub own_slice: usize,
    pub opens_slice: bool,
}

impl Block {
    /// Its rows in a worker's buffer whose rows are `stride` long.
    pub fn range(&self, stride: usize) -> Range<usize> {
        self.own_row * stride..(self.own_row + self.rows) * stride
    }

    /// Its stretches among the worker's own.
    pub fn own_stretches(&self) -> Range<usize> {
        self.own_stretch..self.own_stretch + self.stretches
    }
}

impl Cut {
    pub fn new(samples: usize, layout: &Layout) -> Self {
        let sliced = layout.gradient_bytes <= SLICED_BYTES && samples > 2 * layout.block;
        // powers of two: 2, 4 and 8 workers find their shares even
        let parts = if sliced {
            power_of_two(samples / SLICE_ROWS).max(2)
        } else {
            power_of_two(worth(samples, layout).min(samples / 16))
        };
        Self {
            samples,
            stretches: samples.div_ceil(STRETCH).max(1).next_multiple_of(parts),
            slices: if sliced { parts } else { 1 },
        }
    }

    /// How many of `available` workers to use.
    pub fn workers(&self, layout: &Layout, available: usize) -> usize {
        let most = if self.slices > 1 {
            self.slices
        } else {
            self.stretches
        };
        worth(self.samples, layout).min(most).clamp(1, available)
    }

    /// The first sample of `stretch`, which ends where the next begins: as even as can be, the longer ones first.
    fn start(&self, stretch: usize) -> usize {
        let (rows, longer) = (self.samples / self.stretches, self.samples % self.stretches);
        stretch * rows + stretch.min(longer)
    }

    /// Fills `blocks` with all of them, in order, for `workers`; returns rows, stretches and slices of each worker
    /// through `owned`.
    ///
    /// With one slice, each `workers` blocks that follow each other are one for every worker; with several, a worker
    /// has whole slices.
    pub fn deal(
        &self,
        layout: &Layout,
        workers: usize,
        blocks: &mut Vec<Block>,
        owned: &mut [Owned],
    ) {
        blocks.clear();
        owned.fill(Owned::default());
        let rows = self.samples.div_ceil(self.stretches).max(1);
        let most = (layout.block / rows).max(1);
        let each = self.stretches / self.slices;
        let parts = if self.slices == 1 {
            (each.div_ceil(most * workers) * workers).min(each)
        } else {
            each.div_ceil(most)
        };
        for slice in 0..self.slices {
            for part in 0..parts {
                let worker = if self.slices == 1 {
                    part % workers
                } else {
                    share(workers, slice, self.slices)
                };
                let stretch = slice * each + share(each, part, parts);
                let next = slice * each + share(each, part + 1, parts);
                let (start, end) = (self.start(stretch), self.start(next));
                let own = &mut owned[worker];
                let opens_slice = part == 0;
                own.slices += usize::from(opens_slice);
                blocks.push(Block {
                    start,
                    rows: end - start,
                    stretch,
                    stretches: next - stretch,
                    worker,
                    own_row: own.rows,
                    own_stretch: own.stretches,
                    own_slice: own.slices.saturating_sub(1),
                    opens_slice,
                });
                own.rows += end - start;
                own.stretches += next - stretch;
                own.largest = own.largest.max(end - start);
            }
        }
    }

    /// The stretches of a block: which of the worker's own it is, and its rows within the block.
    pub fn stretches_of(
        self,
        block: &Block,
    ) -> impl Iterator<Item = (usize, Range<usize>)> + use<> {
        let block = *block;
        (0..block.stretches).map(move |index| {
            let row = |stretch| self.start(stretch) - block.start;
            let stretch = block.stretch + index;
            (block.own_stretch + index, row(stretch)..row(stretch + 1))
        })
    }
}

/// What a worker has of all the blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Owned {
    pub rows: usize,
    pub stretches: usize,
    pub slices: usize,
    /// Rows of its largest block.
    pub largest: usize,
}

/// How many workers the multiply-adds of a step are worth.
fn worth(samples: usize, layout: &Layout) -> usize {
    let products = [samples, layout.inputs, layout.hidden, 5];
    let work = products
        .into_iter()
        .fold(1u64, |product, size| product.saturating_mul(size as u64));
    usize::try_from(work / WORTH_A_WORKER).unwrap_or(usize::MAX)
}

/// The largest power of two up to `value`, from 1 to [`MOST_PARTS`].
fn power_of_two(value: usize) -> usize {
    1 << value.clamp(1, MOST_PARTS).ilog2()
}

/// ⌊total · part / parts⌋ for part ≤ parts, without the product that could overflow.
pub(super) fn share(total: usize, part: usize, parts: usize) -> usize {
    total / parts * part + total % parts * part / parts
}
