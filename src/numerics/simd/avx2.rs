//! AVX2 and FMA: 256-bit registers, 16 of them.

use std::arch::x86_64::*;

use super::Lanes;

/// An 8 × 8 square of `f32`, transposed in registers: pairs, then fours, then halves change places.
///
/// # Safety
/// The processor has AVX; rows of 8 numbers are readable, `from_stride` apart, and writable, `to_stride` apart.
#[inline(always)]
pub(super) unsafe fn transpose8(
    from: *const f32,
    from_stride: usize,
    to: *mut f32,
    to_stride: usize,
) {
    // SAFETY: 8 rows of 8 numbers each way, as the caller vouches
    unsafe {
        let row = |i: usize| _mm256_loadu_ps(from.add(i * from_stride));
        let r = [
            row(0),
            row(1),
            row(2),
            row(3),
            row(4),
            row(5),
            row(6),
            row(7),
        ];
        let t = [
            _mm256_unpacklo_ps(r[0], r[1]),
            _mm256_unpackhi_ps(r[0], r[1]),
            _mm256_unpacklo_ps(r[2], r[3]),
            _mm256_unpackhi_ps(r[2], r[3]),
            _mm256_unpacklo_ps(r[4], r[5]),
            _mm256_unpackhi_ps(r[4], r[5]),
            _mm256_unpacklo_ps(r[6], r[7]),
            _mm256_unpackhi_ps(r[6], r[7]),
        ];
        let f = [
            _mm256_shuffle_ps::<0x44>(t[0], t[2]),
            _mm256_shuffle_ps::<0xee>(t[0], t[2]),
            _mm256_shuffle_ps::<0x44>(t[1], t[3]),
            _mm256_shuffle_ps::<0xee>(t[1], t[3]),
            _mm256_shuffle_ps::<0x44>(t[4], t[6]),
            _mm256_shuffle_ps::<0xee>(t[4], t[6]),
            _mm256_shuffle_ps::<0x44>(t[5], t[7]),
            _mm256_shuffle_ps::<0xee>(t[5], t[7]),
        ];
        for i in 0..4 {
            _mm256_storeu_ps(
                to.add(i * to_stride),
                _mm256_permute2f128_ps::<0x20>(f[i], f[i + 4]),
            );
            _mm256_storeu_ps(
                to.add((i + 4) * to_stride),
                _mm256_permute2f128_ps::<0x31>(f[i], f[i + 4]),
            );
        }
    }
}

/// The mask of the first n lanes starts at `F32X8_MASKS[8 - n]`.
static F32X8_MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// 8 × `f32`
#[derive(Clone, Copy)]
pub struct F32x8;

impl F32x8 {
    /// All ones in the first `count` ≤ 8 lanes.
    #[inline(always)]
    unsafe fn mask(count: usize) -> __m256i {
        debug_assert!(count <= 8);
        // SAFETY: 8 − count + 8 ≤ 16, the table's length; the caller vouches for the processor
        unsafe { _mm256_loadu_si256(F32X8_MASKS.as_ptr().add(8 - count).cast()) }
    }
}

// SAFETY (all of it): the caller vouches for the processor; pointers are read and written for exactly the lanes that
// the trait names, the partial ones through a mask that suppresses faults on the others.
impl Lanes for F32x8 {
    type Scalar = f32;
    type Vector = __m256;
    const WIDTH: usize = 8;

    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
        // SAFETY: the caller vouches for both squares and the processor
        unsafe { transpose8(from, from_stride, to, to_stride) }
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Vector) {
        // SAFETY: see above
        unsafe { _mm256_storeu_ps(to, value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_maskload_ps(from, Self::mask(count)) }
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::Vector, count: usize) {
        // SAFETY: see above
        unsafe { _mm256_maskstore_ps(to, Self::mask(count), value) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_sqrt_ps(a) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_or_ps(a, _mm256_set1_ps(-0.0)) }
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let bit = _mm256_set1_ps(-0.0);
            _mm256_or_ps(_mm256_andnot_ps(bit, a), _mm256_and_ps(bit, sign))
        }
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_blendv_ps(b, a, _mm256_cmp_ps::<_CMP_GE_OQ>(z, _mm256_setzero_ps())) }
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let size = _mm256_andnot_ps(_mm256_set1_ps(-0.0), a);
            // "not less than", so that NaN stays
            _mm256_and_ps(a, _mm256_cmp_ps::<_CMP_NLT_UQ>(size, least))
        }
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_castps_si256(a))) }
    }
}

/// The mask of the first n lanes starts at `F64X4_MASKS[4 - n]`.
static F64X4_MASKS: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

/// 4 × `f64`
#[derive(Clone, Copy)]
pub struct F64x4;

impl F64x4 {
    /// All ones in the first `count` ≤ 4 lanes.
    #[inline(always)]
    unsafe fn mask(count: usize) -> __m256i {
        debug_assert!(count <= 4);
        // SAFETY: 4 − count + 4 ≤ 8, the table's length; the caller vouches for the processor
        unsafe { _mm256_loadu_si256(F64X4_MASKS.as_ptr().add(4 - count).cast()) }
    }
}

// SAFETY (all of it): the caller vouches for the processor; pointers are read and written for exactly the lanes that
// the trait names, the partial ones through a mask that suppresses faults on the others.
impl Lanes for F64x4 {
    type Scalar = f64;
    type Vector = __m256d;
    const WIDTH: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_set1_pd(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: Self::Vector) {
        // SAFETY: see above
        unsafe { _mm256_storeu_pd(to, value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f64, count: usize) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_maskload_pd(from, Self::mask(count)) }
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f64, value: Self::Vector, count: usize) {
        // SAFETY: see above
        unsafe { _mm256_maskstore_pd(to, Self::mask(count), value) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_sub_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_mul_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_div_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_max_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_min_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_sqrt_pd(a) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_fnmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_or_pd(a, _mm256_set1_pd(-0.0)) }
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let bit = _mm256_set1_pd(-0.0);
            _mm256_or_pd(_mm256_andnot_pd(bit, a), _mm256_and_pd(bit, sign))
        }
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_blendv_pd(b, a, _mm256_cmp_pd::<_CMP_GE_OQ>(z, _mm256_setzero_pd())) }
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), a);
            // "not less than", so that NaN stays
            _mm256_and_pd(a, _mm256_cmp_pd::<_CMP_NLT_UQ>(size, least))
        }
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_castpd_si256(a))) }
    }
}
