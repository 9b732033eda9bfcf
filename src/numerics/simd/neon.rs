//! NEON: 128-bit registers, 32 of them, with fused multiply-add; every aarch64 processor has it.

use std::arch::aarch64::*;

use super::Lanes;

/// A 4 × 4 square, transposed in registers: neighbours, then pairs change places.
///
/// # Safety
/// Rows of 4 numbers are readable, `from_stride` apart, and writable, `to_stride` apart.
#[inline(always)]
unsafe fn transpose4(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
    // SAFETY: 4 rows of 4 numbers each way, as the caller vouches
    unsafe {
        let row = |i: usize| vld1q_f32(from.add(i * from_stride));
        let r = [row(0), row(1), row(2), row(3)];
        let pairs = |v: float32x4_t| vreinterpretq_f64_f32(v);
        let even = [pairs(vtrn1q_f32(r[0], r[1])), pairs(vtrn1q_f32(r[2], r[3]))];
        let odd = [pairs(vtrn2q_f32(r[0], r[1])), pairs(vtrn2q_f32(r[2], r[3]))];
        let columns = [
            vtrn1q_f64(even[0], even[1]),
            vtrn1q_f64(odd[0], odd[1]),
            vtrn2q_f64(even[0], even[1]),
            vtrn2q_f64(odd[0], odd[1]),
        ];
        for (i, column) in columns.into_iter().enumerate() {
            vst1q_f32(to.add(i * to_stride), vreinterpretq_f32_f64(column));
        }
    }
}

/// 4 × `f32`
#[derive(Clone, Copy)]
pub struct F32x4;

// SAFETY (all of it): NEON is part of every aarch64 processor; pointers are read and written for exactly the lanes that
// the trait names, the partial ones through an array.
impl Lanes for F32x4 {
    type Scalar = f32;
    type Vector = float32x4_t;
    const WIDTH: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::Vector {
        // SAFETY: see above
        unsafe { vdupq_n_f32(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: the caller vouches for 4 readable numbers
        unsafe { vld1q_f32(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Vector) {
        // SAFETY: the caller vouches for 4 writable numbers
        unsafe { vst1q_f32(to, value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::Vector {
        let mut value = [0.0; 4];
        // SAFETY: the caller vouches for `count` ≤ 4 readable numbers
        unsafe {
            std::ptr::copy_nonoverlapping(from, value.as_mut_ptr(), count);
            vld1q_f32(value.as_ptr())
        }
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::Vector, count: usize) {
        let mut lanes = [0.0; 4];
        // SAFETY: the caller vouches for `count` ≤ 4 writable numbers
        unsafe {
            vst1q_f32(lanes.as_mut_ptr(), value);
            std::ptr::copy_nonoverlapping(lanes.as_ptr(), to, count);
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vaddq_f32(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vsubq_f32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vmulq_f32(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vdivq_f32(a, b) }
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vsqrtq_f32(a) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vfmaq_f32(c, a, b) }
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vfmsq_f32(c, a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f32(vcgtq_f32(a, b), a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f32(vcltq_f32(a, b), a, b) }
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vnegq_f32(vabsq_f32(a)) }
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f32(vdupq_n_u32(1 << 31), sign, a) }
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f32(vcgezq_f32(z), a, b) }
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a), vcaltq_f32(a, least))) }
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vreinterpretq_f32_u32(vshlq_n_u32::<23>(vreinterpretq_u32_f32(a))) }
    }

    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
        for (row, column) in [(0, 0), (0, 4), (4, 0), (4, 4)] {
            // SAFETY: the four quarters of the squares that the caller vouches for
            unsafe {
                transpose4(
                    from.add(row * from_stride + column),
                    from_stride,
                    to.add(column * to_stride + row),
                    to_stride,
                );
            }
        }
    }
}

/// 2 × `f64`
#[derive(Clone, Copy)]
pub struct F64x2;

// SAFETY (all of it): NEON is part of every aarch64 processor; pointers are read and written for exactly the lanes that
// the trait names, the partial ones through an array.
impl Lanes for F64x2 {
    type Scalar = f64;
    type Vector = float64x2_t;
    const WIDTH: usize = 2;

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self::Vector {
        // SAFETY: see above
        unsafe { vdupq_n_f64(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self::Vector {
        // SAFETY: the caller vouches for 2 readable numbers
        unsafe { vld1q_f64(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: Self::Vector) {
        // SAFETY: the caller vouches for 2 writable numbers
        unsafe { vst1q_f64(to, value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f64, count: usize) -> Self::Vector {
        let mut value = [0.0; 2];
        // SAFETY: the caller vouches for `count` ≤ 2 readable numbers
        unsafe {
            std::ptr::copy_nonoverlapping(from, value.as_mut_ptr(), count);
            vld1q_f64(value.as_ptr())
        }
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f64, value: Self::Vector, count: usize) {
        let mut lanes = [0.0; 2];
        // SAFETY: the caller vouches for `count` ≤ 2 writable numbers
        unsafe {
            vst1q_f64(lanes.as_mut_ptr(), value);
            std::ptr::copy_nonoverlapping(lanes.as_ptr(), to, count);
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vaddq_f64(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vsubq_f64(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vmulq_f64(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vdivq_f64(a, b) }
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vsqrtq_f64(a) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vfmaq_f64(c, a, b) }
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vfmsq_f64(c, a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f64(vcgtq_f64(a, b), a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f64(vcltq_f64(a, b), a, b) }
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vnegq_f64(vabsq_f64(a)) }
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f64(vdupq_n_u64(1 << 63), sign, a) }
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: see above
        unsafe { vbslq_f64(vcgezq_f64(z), a, b) }
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vreinterpretq_f64_u64(vbicq_u64(vreinterpretq_u64_f64(a), vcaltq_f64(a, least))) }
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { vreinterpretq_f64_u64(vshlq_n_u64::<52>(vreinterpretq_u64_f64(a))) }
    }
}
