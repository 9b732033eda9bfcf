//! AVX-512: 512-bit registers, 32 of them.
//!
//! Only instructions of AVX-512F, the feature that the kernels are compiled for: one of another is not inlined but
//! called, in the innermost loop. So bits are set by the integers' instructions: those of floats are of AVX-512DQ.

use std::arch::x86_64::*;

use super::Lanes;

/// 16 × `f32`
#[derive(Clone, Copy)]
pub struct F32x16;

// SAFETY (all of it): the caller vouches for the processor; pointers are read and written for exactly the lanes that
// the trait names, the partial ones through a mask that suppresses faults on the others.
impl Lanes for F32x16 {
    type Scalar = f32;
    type Vector = __m512;
    const WIDTH: usize = 16;

    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
        // SAFETY: the caller vouches for both squares and the processor
        unsafe { super::avx2::transpose8(from, from_stride, to, to_stride) }
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Vector) {
        // SAFETY: see above
        unsafe { _mm512_storeu_ps(to, value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_maskz_loadu_ps(((1u32 << count) - 1) as __mmask16, from) }
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::Vector, count: usize) {
        // SAFETY: see above
        unsafe { _mm512_mask_storeu_ps(to, ((1u32 << count) - 1) as __mmask16, value) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_div_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_sqrt_ps(a) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let bit = _mm512_castps_si512(_mm512_set1_ps(-0.0));
            _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(a), bit))
        }
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let bit = _mm512_castps_si512(_mm512_set1_ps(-0.0));
            let size = _mm512_andnot_si512(bit, _mm512_castps_si512(a));
            let sign = _mm512_and_si512(bit, _mm512_castps_si512(sign));
            _mm512_castsi512_ps(_mm512_or_si512(size, sign))
        }
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            _mm512_mask_blend_ps(
                _mm512_cmp_ps_mask::<_CMP_GE_OQ>(z, _mm512_setzero_ps()),
                b,
                a,
            )
        }
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            // "not less than", so that NaN stays
            let keep = _mm512_cmp_ps_mask::<_CMP_NLT_UQ>(_mm512_abs_ps(a), least);
            _mm512_maskz_mov_ps(keep, a)
        }
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_castps_si512(a))) }
    }
}

/// 8 × `f64`
#[derive(Clone, Copy)]
pub struct F64x8;

// SAFETY (all of it): the caller vouches for the processor; pointers are read and written for exactly the lanes that
// the trait names, the partial ones through a mask that suppresses faults on the others.
impl Lanes for F64x8 {
    type Scalar = f64;
    type Vector = __m512d;
    const WIDTH: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_set1_pd(value) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: Self::Vector) {
        // SAFETY: see above
        unsafe { _mm512_storeu_pd(to, value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f64, count: usize) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_maskz_loadu_pd(((1u32 << count) - 1) as __mmask8, from) }
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f64, value: Self::Vector, count: usize) {
        // SAFETY: see above
        unsafe { _mm512_mask_storeu_pd(to, ((1u32 << count) - 1) as __mmask8, value) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_sub_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_mul_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_div_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_max_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_min_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_sqrt_pd(a) }
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_fnmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let bit = _mm512_castpd_si512(_mm512_set1_pd(-0.0));
            _mm512_castsi512_pd(_mm512_or_si512(_mm512_castpd_si512(a), bit))
        }
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            let bit = _mm512_castpd_si512(_mm512_set1_pd(-0.0));
            let size = _mm512_andnot_si512(bit, _mm512_castpd_si512(a));
            let sign = _mm512_and_si512(bit, _mm512_castpd_si512(sign));
            _mm512_castsi512_pd(_mm512_or_si512(size, sign))
        }
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            _mm512_mask_blend_pd(
                _mm512_cmp_pd_mask::<_CMP_GE_OQ>(z, _mm512_setzero_pd()),
                b,
                a,
            )
        }
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe {
            // "not less than", so that NaN stays
            let keep = _mm512_cmp_pd_mask::<_CMP_NLT_UQ>(_mm512_abs_pd(a), least);
            _mm512_maskz_mov_pd(keep, a)
        }
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        // SAFETY: see above
        unsafe { _mm512_castsi512_pd(_mm512_slli_epi64::<52>(_mm512_castpd_si512(a))) }
    }
}
