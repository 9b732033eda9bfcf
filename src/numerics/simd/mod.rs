//! Vectors of the processor behind one trait, so that every kernel is written once.
//!
//! A kernel is a generic `#[inline(always)]` function over [`Lanes`]; [`super::kernels`] instantiates it once for each
//! path inside a `#[target_feature]` function, where everything inlines and compiles for that path's instructions.

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
#[cfg(target_arch = "aarch64")]
pub mod neon;
pub mod portable;

use crate::numerics::Real;

/// Asks for the cache line of `at`, so that it is near when it is read. It need not be an address that can be read.
///
/// Processors look ahead themselves, but not from one row of a matrix to the next, nor beyond a page of memory.
#[inline(always)]
pub fn fetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction is part of SSE, which every x86-64 has, and reads nothing
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// One register's worth of numbers and what can be done with it.
///
/// # Safety
/// Every method may be called only where the processor has the instructions of the path (for the portable path:
/// everywhere). Methods that take pointers read or write the lanes that they name, and nothing else.
#[expect(
    clippy::missing_safety_doc,
    reason = "the trait's own section is that of every method"
)]
pub trait Lanes: Copy + 'static {
    type Scalar: Real;
    type Vector: Copy;
    /// Numbers in a register.
    const WIDTH: usize;

    unsafe fn splat(value: Self::Scalar) -> Self::Vector;
    /// Reads `WIDTH` numbers; no alignment needed.
    unsafe fn load(from: *const Self::Scalar) -> Self::Vector;
    /// Writes `WIDTH` numbers; no alignment needed.
    unsafe fn store(to: *mut Self::Scalar, value: Self::Vector);
    /// Reads the first `count` ≤ `WIDTH` numbers, the rest is zero.
    unsafe fn load_partial(from: *const Self::Scalar, count: usize) -> Self::Vector;
    /// Writes the first `count` ≤ `WIDTH` numbers.
    unsafe fn store_partial(to: *mut Self::Scalar, value: Self::Vector, count: usize);
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector;
    /// a·b + c, rounded once where the processor can.
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// c − a·b, rounded once where the processor can.
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The larger of each; `b` where either is NaN.
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The smaller of each; `b` where either is NaN.
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// −|a|
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector;
    /// |a| with the sign of `sign`.
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector;
    /// `a` where `z` ≥ 0, else `b`.
    unsafe fn select_nonnegative(z: Self::Vector, a: Self::Vector, b: Self::Vector)
    -> Self::Vector;
    /// `a` where |a| ≥ `least`, else 0.
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector;
    /// The bits shifted left by the mantissa's width: turns 1.5·2^mantissa + bias + n into 2ⁿ.
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector;
    /// Copies 8 rows of 8 numbers, `from_stride` apart, to the 8 columns of `to`, whose rows are `to_stride` apart.
    #[inline(always)]
    unsafe fn transpose8(
        from: *const Self::Scalar,
        from_stride: usize,
        to: *mut Self::Scalar,
        to_stride: usize,
    ) {
        for row in 0..8 {
            for column in 0..8 {
                // SAFETY: the caller vouches for both squares
                unsafe {
                    *to.add(column * to_stride + row) = *from.add(row * from_stride + column)
                };
            }
        }
    }
}
