//! The passes over a block of samples between the matrix products, each fused into one.
//!
//! A block has `rows` rows of `stride` numbers, whole vectors all of them: the columns beyond the last unit are
//! padding that is computed and never read. The sums are down the columns, one a column, over this block alone: keep
//! the blocks short (32 rows) and add up in f64 outside. Everything is walked row by row, as it lies in memory: by
//! columns, the samples' lines would come from memory one miss at a time.

use super::exponential::{self, ExponentialConstants};
use super::simd::Lanes;
use crate::numerics::Real;

/// z2 → a2 in place, with f′(z2); column sums of p and 1 − p. `TANH`, else sigmoid.
///
/// # Safety
/// As [`Lanes`]; `z` and `slope` hold `rows`·`stride` numbers, the sums `stride`, a multiple of `WIDTH`.
#[inline(always)]
pub unsafe fn hidden<L: Lanes, const TANH: bool>(
    rows: usize,
    stride: usize,
    z: *mut L::Scalar,
    slope: *mut L::Scalar,
    sum_p: *mut L::Scalar,
    sum_q: *mut L::Scalar,
) where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: column + row·stride < rows·stride, a whole vector at a time as stride is a multiple of WIDTH
    unsafe {
        clear::<L>(stride, sum_p);
        clear::<L>(stride, sum_q);
        for row in 0..rows {
            for column in (0..stride).step_by(L::WIDTH) {
                let at = row * stride + column;
                let value = L::load(z.add(at));
                let (a, p, q) = if TANH {
                    exponential::tanh::<L>(value)
                } else {
                    let (p, q) = exponential::sigmoid::<L>(value);
                    (p, p, q)
                };
                let pq = L::mul(p, q);
                let pq = if TANH {
                    L::mul(L::splat(L::Scalar::of(4.0)), pq)
                } else {
                    pq
                };
                L::store(z.add(at), a);
                L::store(slope.add(at), pq);
                add_at::<L>(sum_p.add(column), p);
                add_at::<L>(sum_q.add(column), q);
            }
        }
    }
}

/// g of the output layer, as a constant that a kernel is compiled for.
pub const SIGMOID: u8 = 0;
pub const TANH: u8 = 1;
pub const LINEAR: u8 = 2;

/// z3 → δ3·`scale` in place, δ3 = (x̂ − x)·g′(z3); column sums of that, and of (x̂ − x)².
///
/// # Safety
/// As [`Lanes`]; `z` holds `rows`·`stride` numbers, the sums `stride`, a multiple of `WIDTH`; row r of `x` starts at
/// `x[r·x_stride]` and has `columns` > `stride` − `WIDTH` numbers.
#[inline(always)]
pub unsafe fn output<L: Lanes, const KIND: u8>(
    rows: usize,
    stride: usize,
    columns: usize,
    z: *mut L::Scalar,
    x: *const L::Scalar,
    x_stride: usize,
    scale: L::Scalar,
    sums: *mut L::Scalar,
    squares: *mut L::Scalar,
) where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: as in `hidden`; of x the last vector is read only as far as its row goes
    unsafe {
        let scale = L::splat(scale);
        clear::<L>(stride, sums);
        clear::<L>(stride, squares);
        for row in 0..rows {
            for column in (0..stride).step_by(L::WIDTH) {
                let at = z.add(row * stride + column);
                let from = x.add(row * x_stride + column);
                let target = if column + L::WIDTH <= columns {
                    L::load(from)
                } else {
                    L::load_partial(from, columns - column)
                };
                let value = L::load(at);
                let (y, slope) = match KIND {
                    SIGMOID => {
                        let (p, q) = exponential::sigmoid::<L>(value);
                        (p, L::mul(L::mul(p, q), scale))
                    }
                    TANH => {
                        let (a, p, q) = exponential::tanh::<L>(value);
                        (
                            a,
                            L::mul(L::mul(p, q), L::mul(scale, L::splat(L::Scalar::of(4.0)))),
                        )
                    }
                    _ => (value, scale),
                };
                let error = L::sub(y, target);
                let delta = L::mul(error, slope);
                L::store(at, delta);
                add_at::<L>(sums.add(column), delta);
                add_at::<L>(squares.add(column), L::mul(error, error));
            }
        }
    }
}

/// z3 → g′² + (x̂ − x)·g″ in place: the loss's second derivative along z3.
///
/// # Safety
/// As [`output`].
#[inline(always)]
pub unsafe fn curvature<L: Lanes, const KIND: u8>(
    rows: usize,
    stride: usize,
    columns: usize,
    z: *mut L::Scalar,
    x: *const L::Scalar,
    x_stride: usize,
) where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: as in `output`
    unsafe {
        for row in 0..rows {
            for column in (0..stride).step_by(L::WIDTH) {
                let at = z.add(row * stride + column);
                let from = x.add(row * x_stride + column);
                let target = if column + L::WIDTH <= columns {
                    L::load(from)
                } else {
                    L::load_partial(from, columns - column)
                };
                let value = L::load(at);
                // g′, and g″ as a part of it
                let (y, slope, bend) = match KIND {
                    SIGMOID => {
                        let (p, q) = exponential::sigmoid::<L>(value);
                        (p, L::mul(p, q), L::sub(q, p))
                    }
                    TANH => {
                        let (a, p, q) = exponential::tanh::<L>(value);
                        let slope = L::mul(L::mul(p, q), L::splat(L::Scalar::of(4.0)));
                        (a, slope, L::mul(a, L::splat(L::Scalar::of(-2.0))))
                    }
                    _ => (
                        value,
                        L::splat(num_traits::one()),
                        L::splat(num_traits::zero()),
                    ),
                };
                let error = L::sub(y, target);
                L::store(at, L::mul(slope, L::fma(error, bend, slope)));
            }
        }
    }
}

/// z3 → x̂ in place.
///
/// # Safety
/// As [`Lanes`]; `z` holds `rows`·`stride` numbers, stride a multiple of `WIDTH`.
#[inline(always)]
pub unsafe fn activate<L: Lanes, const KIND: u8>(rows: usize, stride: usize, z: *mut L::Scalar)
where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: as in `hidden`
    unsafe {
        for at in (0..rows * stride).step_by(L::WIDTH) {
            let value = L::load(z.add(at));
            let y = match KIND {
                SIGMOID => exponential::sigmoid::<L>(value).0,
                TANH => exponential::tanh::<L>(value).0,
                _ => value,
            };
            L::store(z.add(at), y);
        }
    }
}

/// δ3 W2 → δ2 in place: (back + s)·f′, or back·f′ + s as `PRINTED`; column sums of that. `sparsity` is s, one a column.
///
/// # Safety
/// As [`Lanes`]; `back` and `slope` hold `rows`·`stride` numbers, `sparsity` and `sums` `stride`, a multiple of
/// `WIDTH`.
#[inline(always)]
pub unsafe fn hidden_delta<L: Lanes, const PRINTED: bool>(
    rows: usize,
    stride: usize,
    back: *mut L::Scalar,
    slope: *const L::Scalar,
    sparsity: *const L::Scalar,
    sums: *mut L::Scalar,
) {
    // SAFETY: as in `hidden`
    unsafe {
        clear::<L>(stride, sums);
        for row in 0..rows {
            for column in (0..stride).step_by(L::WIDTH) {
                let at = row * stride + column;
                let s = L::load(sparsity.add(column));
                let (value, slope) = (L::load(back.add(at)), L::load(slope.add(at)));
                let delta = if PRINTED {
                    L::fma(value, slope, s)
                } else {
                    L::mul(L::add(value, s), slope)
                };
                L::store(back.add(at), delta);
                add_at::<L>(sums.add(column), delta);
            }
        }
    }
}

/// Of each column: least and greatest, both updated in place, and Σ(a − c)²; c is `centre`.
///
/// # Safety
/// As [`Lanes`]; `a` holds `rows`·`stride` numbers, the others `stride`, a multiple of `WIDTH`.
#[inline(always)]
pub unsafe fn spread<L: Lanes>(
    rows: usize,
    stride: usize,
    a: *const L::Scalar,
    slope: *const L::Scalar,
    centre: *const L::Scalar,
    least: *mut L::Scalar,
    greatest: *mut L::Scalar,
    squares: *mut L::Scalar,
    slopes: *mut L::Scalar,
) {
    // SAFETY: as in `hidden`
    unsafe {
        for column in (0..stride).step_by(L::WIDTH) {
            let c = L::load(centre.add(column));
            let (mut low, mut high) = (L::load(least.add(column)), L::load(greatest.add(column)));
            let mut square = L::splat(num_traits::zero());
            let mut sum = L::splat(num_traits::zero());
            for row in 0..rows {
                let value = L::load(a.add(row * stride + column));
                sum = L::add(sum, L::load(slope.add(row * stride + column)));
                low = L::min(value, low);
                high = L::max(value, high);
                let off = L::sub(value, c);
                square = L::fma(off, off, square);
            }
            L::store(least.add(column), low);
            L::store(greatest.add(column), high);
            L::store(squares.add(column), square);
            L::store(slopes.add(column), sum);
        }
    }
}

/// Zero in `count` numbers, a multiple of `WIDTH`.
///
/// # Safety
/// As [`Lanes`]; `to` holds them.
#[inline(always)]
unsafe fn clear<L: Lanes>(count: usize, to: *mut L::Scalar) {
    for at in (0..count).step_by(L::WIDTH) {
        // SAFETY: the caller's
        unsafe { L::store(to.add(at), L::splat(num_traits::zero())) }
    }
}

/// Adds to the vector at `to`.
///
/// # Safety
/// As [`Lanes`]; a vector there is readable and writable.
#[inline(always)]
unsafe fn add_at<L: Lanes>(to: *mut L::Scalar, value: L::Vector) {
    // SAFETY: the caller's
    unsafe { L::store(to, L::add(L::load(to.cast_const()), value)) }
}

/// Copies `rows` × `columns` numbers, both multiples of 8, rows `from_stride` apart, to the columns of `to`, whose rows
/// are `to_stride` apart.
///
/// # Safety
/// As [`Lanes`]; `from` and `to` hold that many numbers at these strides.
#[inline(always)]
pub unsafe fn transpose<L: Lanes>(
    rows: usize,
    columns: usize,
    from: *const L::Scalar,
    from_stride: usize,
    to: *mut L::Scalar,
    to_stride: usize,
) {
    for column in (0..columns).step_by(8) {
        for row in (0..rows).step_by(8) {
            // SAFETY: squares of 8 within the caller's bounds
            unsafe {
                let (from, to) = (
                    from.add(row * from_stride + column),
                    to.add(column * to_stride + row),
                );
                L::transpose8(from, from_stride, to, to_stride);
            }
        }
    }
}
