//! Matrix products C = start + A·B, cut into tiles; and the packing of B.
//!
//! The columns of C are cut into panels of at most three vectors, the rows into tiles as even as can be, so that 25
//! hidden units are 9 + 8 + 8 rows and not 12 + 12 + 1. A is read in place, by broadcast, in either orientation; B
//! is read as rows of vectors, in place or from panels packed beforehand.
//!
//! Every element of C is one chain of multiply-adds over the depth, from its start on, whatever tile or panel it lies
//! in. So its bits don't depend on the rows that share its tile, nor on whether the depth is taken at once or in
//! pieces, the later ones with [`Start::Add`]: the engine splits work over threads where that holds.
//!
//! Weights, gradient and samples are larger than the caches near a core, and the memory behind them answers after
//! hundreds of multiply-adds. So each tile asks for what later ones read: the next panel of B, its neighbour's part of C
//! and D, and what the caller says comes next ([`Left::before`]).

use super::Real;
use super::kernels::{KernelPath, Kernels, WIDEST};
use super::simd::fetch;

#[cfg(test)]
mod tests;

/// A (rows × depth), read in place.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a, T> {
    values: &'a [T],
    stride: usize,
    across: bool,
    next: &'a [T],
}

impl<'a, T> Left<'a, T> {
    /// The matrix as it lies: row i starts at `values[i·stride]`.
    pub fn plain(values: &'a [T], stride: usize) -> Self {
        Self {
            values,
            stride,
            across: false,
            next: &[],
        }
    }

    /// The transpose of the matrix as it lies: column k starts at `values[k·stride]`.
    pub fn transposed(values: &'a [T], stride: usize) -> Self {
        Self {
            values,
            stride,
            across: true,
            next: &[],
        }
    }

    /// The product asks for `next` meanwhile, which is to be read soon after it.
    pub fn before(self, next: &'a [T]) -> Self {
        Self { next, ..self }
    }
}

/// B (depth × columns). Rows must be readable up to a whole number of vectors.
#[derive(Clone, Copy, Debug)]
pub enum Right<'a, T> {
    /// Row k starts at `values[k·stride]`.
    Rows { values: &'a [T], stride: usize },
    /// As [`Kernels::pack_transposed`] or [`Kernels::pack`] left it.
    Panels(&'a [T]),
}

/// What C starts from.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    Zero,
    /// This row in every row.
    Row(&'a [T]),
    /// `scale` × the matrix whose row i starts at `values[i·stride]`.
    Scaled {
        values: &'a [T],
        stride: usize,
        scale: T,
    },
    /// C as it is.
    Add,
}

/// One panel of B: whole vectors side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Vectors to its left.
    pub first: usize,
    /// Vectors in it, 1 to 3.
    pub vectors: usize,
}

/// How `vectors` are cut into panels: three at a time, and no single one left over after threes.
pub fn panels(vectors: usize) -> impl Iterator<Item = Panel> + Clone {
    let mut first = 0;
    std::iter::from_fn(move || {
        let left = vectors - first;
        let width = match left {
            0 => return None,
            4 => 2,
            _ => left.min(WIDEST),
        };
        let panel = Panel {
            first,
            vectors: width,
        };
        first += width;
        Some(panel)
    })
}

/// The depth from which on a tile takes so long that to ask for the next one's part of C costs next to nothing.
const LONG: usize = 96;

/// Memory that is to be asked for; it may end where nothing is mapped.
#[derive(Clone, Copy)]
struct Region<T> {
    start: *const T,
    length: usize,
}

impl<T> Region<T> {
    fn of(values: &[T]) -> Self {
        Self {
            start: values.as_ptr(),
            length: values.len(),
        }
    }

    /// Cut into `count` parts, as even as whole numbers allow; the last ones may be shorter.
    fn parts(self, count: usize) -> impl Iterator<Item = Self> {
        let each = self.length.div_ceil(count.max(1));
        (0..count).map(move |part| {
            let start = self.length.min(part * each);
            Self {
                start: self.start.wrapping_add(start),
                length: each.min(self.length - start),
            }
        })
    }

    /// Where a tile of this depth begins to ask for it, and its step.
    fn by_lines(self, depth: usize) -> (*const T, usize) {
        (self.start, self.length.div_ceil(depth.max(1)))
    }
}

/// Asks for a tile of this many rows and vectors of `width` numbers.
fn fetch_tile<T>(at: *const T, stride: usize, (rows, vectors, width): (usize, usize, usize)) {
    for row in 0..rows {
        for vector in 0..vectors {
            fetch(at.wrapping_add(row * stride + vector * width));
        }
    }
}

/// The elements that `rows` rows of `columns` span, `stride` apart; the most there can be where that overflows.
pub(super) fn span(rows: usize, stride: usize, columns: usize) -> usize {
    match rows.checked_sub(1) {
        None => 0,
        Some(before) => before.saturating_mul(stride).saturating_add(columns),
    }
}

impl<T: Real> Kernels<T> {
    /// The instructions they are compiled for.
    pub fn path(&self) -> KernelPath {
        self.path
    }

    /// Numbers in a vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// `columns` rounded up to whole vectors.
    pub fn padded(&self, columns: usize) -> usize {
        columns.next_multiple_of(self.width)
    }

    /// C (rows × columns) = start + A (rows × depth) · B (depth × columns); row i of C starts at `c[i·c_stride]`.
    ///
    /// # Panics
    /// Where a slice is shorter than its shape says.
    pub fn multiply(
        &self,
        (rows, columns, depth): (usize, usize, usize),
        a: Left<'_, T>,
        b: Right<'_, T>,
        start: Start<'_, T>,
        c: &mut [T],
        c_stride: usize,
    ) {
        if rows == 0 || columns == 0 {
            return;
        }
        let padded = self.padded(columns);
        let a_span = if a.across {
            span(depth, a.stride, rows)
        } else {
            span(rows, a.stride, depth)
        };
        assert!(a.values.len() >= a_span, "A is too short");
        match b {
            Right::Rows { values, stride } => assert!(
                values.len() >= span(depth, stride, padded),
                "B is too short"
            ),
            Right::Panels(values) => assert!(
                values.len() >= padded.saturating_mul(depth),
                "B's panels are too short"
            ),
        }
        assert!(c.len() >= span(rows, c_stride, columns), "C is too short");
        match start {
            Start::Row(row) => assert!(row.len() >= columns, "the row is too short"),
            Start::Scaled { values, stride, .. } => assert!(
                values.len() >= span(rows, stride, columns),
                "D is too short"
            ),
            Start::Zero | Start::Add => {}
        }
        let tiles = if a.across {
            &self.tiles_across
        } else {
            &self.tiles
        };
        let c = c.as_mut_ptr();
        let (d, d_stride, scale) = match start {
            Start::Zero => (std::ptr::null(), 0, T::one()),
            Start::Row(row) => (row.as_ptr(), 0, T::one()),
            Start::Scaled {
                values,
                stride,
                scale,
            } => (values.as_ptr(), stride, scale),
            Start::Add => (c.cast_const(), c_stride, T::one()),
        };
        let mut order = panels(padded / self.width).peekable();
        let mut next = Region::of(a.next).parts(order.clone().count());
        while let Some(panel) = order.next() {
            let following = order.peek().map_or(0, |panel| panel.vectors);
            let column = panel.first * self.width;
            let panel_width = panel.vectors * self.width;
            let tail = self.width - (column + panel_width).saturating_sub(columns);
            // column < padded ≤ values.len() where depth ≥ 1, and is not dereferenced where depth is 0
            let (b, b_stride, in_rows) = match b {
                Right::Rows { values, stride } => {
                    (values.as_ptr().wrapping_add(column), stride, true)
                }
                Right::Panels(values) => {
                    let panel = values.as_ptr().wrapping_add(column * depth);
                    (panel, panel_width, false)
                }
            };
            let by_rows = tiles[panel.vectors - 1];
            let count = rows.div_ceil(by_rows.len());
            let mut ahead = match next.next() {
                Some(part) if part.length > 0 => part,
                _ if in_rows => Region::of(&[]),
                _ => Region {
                    start: b.wrapping_add(panel_width * depth),
                    length: following * self.width * depth,
                },
            }
            .parts(count);
            let mut row = 0;
            for index in 0..count {
                let height = (rows - row).div_ceil(count - index);
                let a_offset = if a.across { row } else { row * a.stride };
                let mut own_ahead = ahead.next().map_or((b, 0), |part| part.by_lines(depth));
                if in_rows && index + following >= count {
                    // the last tiles ask for the next panel's rows, a vector each
                    let vector = index + following - count;
                    own_ahead = (b.wrapping_add(panel_width + vector * self.width), b_stride);
                }
                if depth >= LONG {
                    let (row, column) = if index + 1 < count {
                        (row + height, column)
                    } else {
                        (0, column + panel_width)
                    };
                    let shape = (by_rows.len().min(rows - row), panel.vectors, self.width);
                    fetch_tile(c.wrapping_add(row * c_stride + column), c_stride, shape);
                    if d_stride != 0 && d != c.cast_const() {
                        fetch_tile(d.wrapping_add(row * d_stride + column), d_stride, shape);
                    }
                }
                // SAFETY: height is 1 ..= the table's length. The asserts above cover what the tile reads: of A
                // rows row .. row + height, of B the panel's columns (< padded) in `depth` rows, of C and D the
                // columns column .. min(column + panel_width, columns) of those rows, as `tail` cuts the last
                // vector there. C is borrowed alone, and D is elsewhere or C itself. `self` exists only for a path
                // that the processor has (`HasKernels::kernels` sees to that).
                unsafe {
                    by_rows[height - 1](
                        depth,
                        a.values.as_ptr().add(a_offset),
                        a.stride,
                        b,
                        b_stride,
                        c.add(row * c_stride + column),
                        c_stride,
                        tail,
                        if d.is_null() {
                            d
                        } else {
                            d.add(row * d_stride + column)
                        },
                        d_stride,
                        scale,
                        own_ahead.0,
                        own_ahead.1,
                    );
                }
                row += height;
            }
        }
    }

    /// The length of B (depth × columns) in panels.
    pub fn packed_length(&self, depth: usize, columns: usize) -> usize {
        self.padded(columns).saturating_mul(depth)
    }

    /// Packs one panel of B = Wᵀ (depth × columns), W (columns × depth) dense in rows, into `to`; what is beyond the
    /// last column becomes zero.
    pub fn pack_transposed_panel(&self, weights: &[T], depth: usize, panel: Panel, to: &mut [T]) {
        let width = panel.vectors * self.width;
        let first = panel.first * self.width;
        let columns = (weights.len() / depth.max(1))
            .saturating_sub(first)
            .min(width);
        let to = &mut to[..width * depth];
        let rows = |j: usize, k: usize| &weights[(first + j) * depth + k..];
        let whole = (columns - columns % 8, depth - depth % 8);
        if whole.0 > 0 && whole.1 > 0 {
            let from = &weights[first * depth..(first + whole.0) * depth];
            // SAFETY: `from` is `whole.0` rows of `depth` ≥ `whole.1` numbers; `to` has `depth` rows of `width` ≥
            // `columns` ≥ `whole.0` numbers. The path is one that the processor has.
            unsafe {
                (self.transpose)(
                    whole.0,
                    whole.1,
                    from.as_ptr(),
                    depth,
                    to.as_mut_ptr(),
                    width,
                );
            }
        }
        for k in 0..depth {
            let done = if k < whole.1 { whole.0 } else { 0 };
            for j in done..columns {
                to[k * width + j] = rows(j, k)[0];
            }
            to[k * width + columns..(k + 1) * width].fill(T::zero());
        }
    }

    /// Packs one panel of B = W (depth × columns), dense in rows, into `to`; what is beyond the last column becomes
    /// zero.
    pub fn pack_panel(&self, weights: &[T], columns: usize, panel: Panel, to: &mut [T]) {
        let width = panel.vectors * self.width;
        let first = panel.first * self.width;
        let present = columns.saturating_sub(first).min(width);
        for (to, row) in to
            .chunks_exact_mut(width)
            .zip(weights.chunks_exact(columns))
        {
            to[..present].copy_from_slice(&row[first..first + present]);
            to[present..].fill(T::zero());
        }
    }

    /// Packs the whole of B = Wᵀ; see [`Self::pack_transposed_panel`].
    pub fn pack_transposed(&self, weights: &[T], depth: usize, columns: usize, to: &mut [T]) {
        for panel in panels(self.padded(columns) / self.width) {
            let start = panel.first * self.width * depth;
            self.pack_transposed_panel(weights, depth, panel, &mut to[start..]);
        }
    }

    /// Packs the whole of B = W; see [`Self::pack_panel`].
    pub fn pack(&self, weights: &[T], depth: usize, columns: usize, to: &mut [T]) {
        for panel in panels(self.padded(columns) / self.width) {
            let start = panel.first * self.width * depth;
            self.pack_panel(
                weights,
                columns,
                panel,
                &mut to[start..][..panel.vectors * self.width * depth],
            );
        }
    }
}
