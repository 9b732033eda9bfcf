//! The microkernel of every matrix product: one tile of C held in registers.

use super::simd::{Lanes, fetch};

/// Computes a tile of C (rows × vectors of B's row) = scale·D + A·B over `depth` terms.
///
/// * `a`: A's first element; the element (i, k) is `a[i·stride + k]`, or `a[k·stride + i]` in the kernels across.
/// * `b`: row k of B starts at `b[k·b_stride]` and has whole vectors to read.
/// * `c`: row i starts at `c[i·c_stride]`; of its last vector the first `tail` lanes are written.
/// * `d`: row i starts at `d[i·d_stride]`, read like C's rows; null for D = 0. It may be C itself.
/// * `ahead`: what a later tile reads: with term k of the depth it asks for the line of `ahead[k·step]`, wherever that is;
///   nothing where `step` is 0.
pub type Tile<T> = unsafe fn(
    depth: usize,
    a: *const T,
    a_stride: usize,
    b: *const T,
    b_stride: usize,
    c: *mut T,
    c_stride: usize,
    tail: usize,
    d: *const T,
    d_stride: usize,
    scale: T,
    ahead: *const T,
    step: usize,
);

/// Vectors in a tile below which it doesn't ask for what is `ahead`.
const WORTH_FETCHING: usize = 12;

/// [`Tile`] for `ROWS` rows and `VECTORS` vectors; A is read down its rows, or `ACROSS` them (as Aᵀ in memory).
///
/// # Safety
/// As [`Lanes`] and [`Tile`]: everything named there must be readable, C's part writable and not aliased but by D.
#[inline(always)]
pub unsafe fn tile<L: Lanes, const ROWS: usize, const VECTORS: usize, const ACROSS: bool>(
    depth: usize,
    a: *const L::Scalar,
    a_stride: usize,
    b: *const L::Scalar,
    b_stride: usize,
    c: *mut L::Scalar,
    c_stride: usize,
    tail: usize,
    d: *const L::Scalar,
    d_stride: usize,
    scale: L::Scalar,
    ahead: *const L::Scalar,
    step: usize,
) {
    // SAFETY: the caller vouches for every address formed below: they are those of the doc comment
    unsafe {
        let mut sums = [[L::splat(num_traits::zero()); VECTORS]; ROWS];
        if !d.is_null() {
            let scale = L::splat(scale);
            for (i, row) in sums.iter_mut().enumerate() {
                let from = d.add(i * d_stride);
                for (v, sum) in row.iter_mut().enumerate() {
                    let value = if v + 1 < VECTORS || tail == L::WIDTH {
                        L::load(from.add(v * L::WIDTH))
                    } else {
                        L::load_partial(from.add(v * L::WIDTH), tail)
                    };
                    *sum = L::mul(scale, value);
                }
            }
        }
        let (mut a, mut b) = (a, b);
        // no closure: it would be compiled without the path's instructions
        macro_rules! add_term {
            () => {
                let mut row_of_b = [L::splat(num_traits::zero()); VECTORS];
                for (v, vector) in row_of_b.iter_mut().enumerate() {
                    *vector = L::load(b.add(v * L::WIDTH));
                }
                for (i, row) in sums.iter_mut().enumerate() {
                    let value = L::splat(*a.add(if ACROSS { i } else { i * a_stride }));
                    for (sum, vector) in row.iter_mut().zip(&row_of_b) {
                        *sum = L::fma(value, *vector, *sum);
                    }
                }
                a = a.add(if ACROSS { a_stride } else { 1 });
                b = b.add(b_stride);
            };
        }
        // a small tile has too few multiply-adds to hide that in
        if step == 0 || ROWS * VECTORS < WORTH_FETCHING {
            for _ in 0..depth {
                add_term!();
            }
        } else {
            let mut ahead = ahead;
            for _ in 0..depth {
                add_term!();
                fetch(ahead);
                ahead = ahead.wrapping_add(step);
            }
        }
        for (i, row) in sums.iter().enumerate() {
            let to = c.add(i * c_stride);
            for (v, sum) in row.iter().enumerate() {
                if v + 1 < VECTORS || tail == L::WIDTH {
                    L::store(to.add(v * L::WIDTH), *sum);
                } else {
                    L::store_partial(to.add(v * L::WIDTH), *sum, tail);
                }
            }
        }
    }
}
