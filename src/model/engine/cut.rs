//! How the samples are cut: by the shapes alone where it decides in which order numbers are added, by the workers
//! only where it doesn't.
//!
//! | piece | what it is | depends on |
//! |---|---|---|
//! | stretch | at most 32 samples, whose sums are taken in the run's precision | shapes |
//! | slice | the stretches that add up one ∇W1 and ∇W2; small batches and large nets have a single one | shapes |
//! | block | the stretches that a worker takes through the products at once | shapes and workers |
//! | chapter | the stretches whose activations are kept at once: all of them, where that is not too much | shapes and workers |
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

/// Up to this size of ∇W1 and ∇W2 every slice can have its own, whose sum costs less than for the workers to meet after
/// each block, share larger ones out by rows, and read each other's deltas from the other core's cache.
const SLICED_BYTES: usize = 2 << 20;

/// Up to this size they cost next to nothing, whatever the slices' length.
const SMALL_BYTES: usize = 256 << 10;

/// Samples below which a slice isn't worth its own gradient.
const SLICE_ROWS: usize = 512;

/// As long as a2 and f′ of all samples have no more than this, they are kept from one pass to the next: to compute them
/// once more takes a sixth of a step.
pub(super) const KEPT_BYTES: usize = 64 << 20;

/// Else so much of them a worker.
const CHAPTER_BYTES: usize = 2 << 20;

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
    /// Which of the worker's own slices it belongs to, and whether it is that slice's first block, or its last.
    pub own_slice: usize,
    pub opens_slice: bool,
    pub closes_slice: bool,
}

impl Block {
    /// All samples at once.
    pub fn whole(cut: &Cut) -> Self {
        Self {
            start: 0,
            rows: cut.samples,
            stretch: 0,
            stretches: cut.stretches,
            worker: 0,
            own_row: 0,
            own_stretch: 0,
            own_slice: 0,
            opens_slice: true,
            closes_slice: true,
        }
    }

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
        let worth_adding = layout.gradient_bytes <= SLICED_BYTES
            && samples >= 2 * SLICE_ROWS
            && samples.saturating_mul(layout.kept_bytes) <= KEPT_BYTES; // slices are not taken apart
        let sliced =
            samples > 2 * layout.block && (layout.gradient_bytes <= SMALL_BYTES || worth_adding);
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

    /// The first sample of `stretch`, which ends where the next begins: stretches are as even as can be.
    fn start(&self, stretch: usize) -> usize {
        let (rows, over) = self.extra(stretch);
        let over = over / self.stretches as u64; // less than the samples
        stretch * rows + over as usize
    }

    /// The samples that every stretch has, and `stretch` times what these leave over. A stretch has one sample more
    /// where that passes a multiple of the number of stretches.
    fn extra(&self, stretch: usize) -> (usize, u64) {
        let over = self.samples % self.stretches;
        (self.samples / self.stretches, stretch as u64 * over as u64)
    }

    /// How many chapters there are for `workers`, where `kept` bytes are kept as [`KEPT_BYTES`] are. Slices are not taken apart.
    pub fn chapters(&self, layout: &Layout, workers: usize, kept: usize) -> usize {
        let row = layout.kept_bytes;
        if self.slices > 1 || self.samples.saturating_mul(row) <= kept {
            return 1;
        }
        let most = (CHAPTER_BYTES / row / STRETCH).max(1) * workers;
        self.stretches.div_ceil(most)
    }

    /// Fills `blocks` with those of chapter `chapter` of `chapters`, in order, for `workers`; returns rows, stretches and
    /// slices of each worker through `owned`.
    ///
    /// With one slice, each `workers` blocks that follow each other are one for every worker; with several, a worker
    /// has whole slices.
    pub fn deal(
        &self,
        layout: &Layout,
        (chapter, chapters): (usize, usize),
        workers: usize,
        blocks: &mut Vec<Block>,
        owned: &mut [Owned],
    ) {
        blocks.clear();
        owned.fill(Owned::default());
        let rows = self.samples.div_ceil(self.stretches).max(1);
        let most = (layout.block / rows).max(1);
        // several chapters have one slice
        let first = share(self.stretches, chapter, chapters);
        let each = (share(self.stretches, chapter + 1, chapters) - first) / self.slices;
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
                let stretch = first + slice * each + share(each, part, parts);
                let next = first + slice * each + share(each, part + 1, parts);
                let (start, end) = (self.start(stretch), self.start(next));
                let own = &mut owned[worker];
                let opens_slice = part == 0 && chapter == 0;
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
                    closes_slice: part + 1 == parts && chapter + 1 == chapters,
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
        // `start`, without its division for each
        let count = self.stretches as u64;
        let (rows, over) = self.extra(1);
        let mut passed = self.extra(block.stretch).1 % count;
        let mut row = 0;
        let own = block.own_stretches();
        own.map(move |stretch| {
            let first = row;
            row += rows;
            passed += over;
            if passed >= count {
                passed -= count;
                row += 1;
            }
            (stretch, first..row)
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
pub(super) fn worth(samples: usize, layout: &Layout) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Architecture, HiddenActivation, OutputActivation};
    use crate::numerics::kernels;

    fn layout(inputs: usize, hidden: usize) -> Layout {
        let architecture = Architecture {
            inputs,
            hidden,
            hidden_activation: HiddenActivation::Sigmoid,
            output_activation: OutputActivation::Sigmoid,
        };
        Layout::new(&architecture, kernels::best::<f32>())
    }

    /// Blocks cover all samples in order, each worker's own rows and stretches follow each other, and blocks are no
    /// larger than they may be.
    #[test]
    fn blocks_cover_the_samples_in_order() {
        for (n, h) in [(1, 1), (64, 25), (144, 400), (784, 196), (2_000, 1_000)] {
            let layout = layout(n, h);
            for m in [
                1, 2, 15, 16, 31, 32, 33, 50, 100, 1_023, 1_025, 4_095, 4_096, 10_000,
            ] {
                let cut = Cut::new(m, &layout);
                assert_eq!(cut.stretches % cut.slices, 0);
                assert!(m.div_ceil(cut.stretches) <= STRETCH);
                for available in [1, 2, 3, 5, 8, 40] {
                    let workers = cut.workers(&layout, available);
                    assert!((1..=available).contains(&workers));
                    let (mut blocks, mut owned) = (Vec::new(), vec![Owned::default(); workers]);
                    cut.deal(&layout, (0, 1), workers, &mut blocks, &mut owned);
                    let mut own = vec![(0, 0); workers];
                    let (mut row, mut stretch) = (0, 0);
                    for (index, block) in blocks.iter().enumerate() {
                        let what = format!("{m}×{n}×{h} on {workers}: {block:?}");
                        assert_eq!((block.start, block.stretch), (row, stretch), "{what}");
                        assert!(block.rows > 0 && block.rows <= layout.block, "{what}");
                        let own = &mut own[block.worker];
                        assert_eq!((block.own_row, block.own_stretch), *own, "{what}");
                        assert!(cut.slices > 1 || block.worker == index % workers, "{what}");
                        let rows = cut.stretches_of(block).map(|(_, rows)| rows);
                        let end = rows.fold(0, |end, rows| {
                            assert!(rows.start == end && !rows.is_empty(), "{what}");
                            rows.end
                        });
                        assert_eq!(end, block.rows, "{what}");
                        *own = (own.0 + block.rows, own.1 + block.stretches);
                        (row, stretch) = (row + block.rows, stretch + block.stretches);
                    }
                    assert_eq!((row, stretch), (m, cut.stretches));
                    let slices: usize = owned.iter().map(|owned| owned.slices).sum();
                    let opened = blocks.iter().filter(|block| block.opens_slice).count();
                    assert_eq!(opened, cut.slices);
                    assert!(cut.slices == 1 || slices == cut.slices);
                }
            }
        }
    }

    /// Chapters follow one another as the blocks of one would, and each has its share for every worker.
    #[test]
    fn chapters_cover_the_samples_in_order() {
        for (m, n, h) in [(60_000, 784, 1_024), (60_000, 784, 196), (100_001, 70, 500)] {
            let layout = layout(n, h);
            let cut = Cut::new(m, &layout);
            for workers in [1, 2, 3, 8] {
                let chapters = cut.chapters(&layout, workers, KEPT_BYTES);
                assert!(chapters > 1);
                let (mut blocks, mut owned) = (Vec::new(), vec![Owned::default(); workers]);
                let (mut row, mut stretch, mut opened) = (0, 0, 0);
                for chapter in 0..chapters {
                    let part = (chapter, chapters);
                    cut.deal(&layout, part, workers, &mut blocks, &mut owned);
                    for block in &blocks {
                        assert_eq!((block.start, block.stretch), (row, stretch));
                        assert!(block.rows > 0 && block.rows <= layout.block);
                        row += block.rows;
                        stretch += block.stretches;
                        opened += usize::from(block.opens_slice);
                    }
                    let kept = owned.iter().map(|owned| owned.rows * h * 8);
                    assert!(
                        kept.clone()
                            .all(|bytes| bytes > 0 && bytes <= 2 * CHAPTER_BYTES)
                    );
                }
                assert_eq!((row, stretch, opened), (m, cut.stretches, 1));
            }
        }
        // what the other workloads have is kept
        for (m, n, h) in [(10_000, 64, 25), (10_000, 144, 400), (10_000, 784, 196)] {
            let layout = layout(n, h);
            let cut = Cut::new(m, &layout);
            assert_eq!(cut.chapters(&layout, 2, KEPT_BYTES), 1);
        }
    }

    /// The shapes of the workloads divide evenly among 1, 2, 4 and 8 workers.
    #[test]
    fn workers_get_even_shares() {
        for (m, n, h) in [(10_000, 64, 25), (10_000, 784, 196), (100, 784, 196)] {
            let layout = layout(n, h);
            let cut = Cut::new(m, &layout);
            for workers in [1, 2, 4] {
                assert_eq!(cut.workers(&layout, workers), workers);
                let (mut blocks, mut owned) = (Vec::new(), vec![Owned::default(); workers]);
                cut.deal(&layout, (0, 1), workers, &mut blocks, &mut owned);
                let most = owned.iter().map(|owned| owned.rows).max().unwrap();
                assert!(
                    most * workers <= m + m / 50 + workers,
                    "{m}×{n}×{h} on {workers}: {owned:?}"
                );
            }
        }
    }

    #[test]
    fn a_share_is_exact_and_does_not_overflow() {
        for (total, parts) in [(10, 3), (0, 5), (7, 8), (1_000_003, 17)] {
            for part in 0..=parts {
                assert_eq!(share(total, part, parts), total * part / parts);
            }
        }
        assert_eq!(share(usize::MAX, 3, 3), usize::MAX);
        assert_eq!(share(usize::MAX - 1, 1, 2), usize::MAX / 2);
    }
}
