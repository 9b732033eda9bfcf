//! Plain arrays that the compiler turns into whatever registers the target's baseline has, SSE2 on x86-64.

use super::Lanes;

/// Whether a·b + c is one instruction on this target; where it isn't, `mul_add` would be a call into libm.
const FUSED: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// 4 × `f32`
#[derive(Clone, Copy)]
pub struct F32x4;

impl Lanes for F32x4 {
    type Scalar = f32;
    type Vector = [f32; 4];
    const WIDTH: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::Vector {
        [value; 4]
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: the caller vouches for 4 readable numbers
        unsafe { from.cast::<Self::Vector>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Vector) {
        // SAFETY: the caller vouches for 4 writable numbers
        unsafe { to.cast::<Self::Vector>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::Vector {
        let mut value = [0.0; 4];
        // SAFETY: the caller vouches for `count` ≤ 4 readable numbers
        unsafe { std::ptr::copy_nonoverlapping(from, value.as_mut_ptr(), count) };
        value
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::Vector, count: usize) {
        // SAFETY: the caller vouches for `count` ≤ 4 writable numbers
        unsafe { std::ptr::copy_nonoverlapping(value.as_ptr(), to, count) };
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] / b[i])
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        a.map(f32::sqrt)
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| {
            if FUSED {
                a[i].mul_add(b[i], c[i])
            } else {
                a[i] * b[i] + c[i]
            }
        })
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| {
            if FUSED {
                (-a[i]).mul_add(b[i], c[i])
            } else {
                c[i] - a[i] * b[i]
            }
        })
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        a.map(|a| -a.abs())
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i].copysign(sign[i]))
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        std::array::from_fn(|i| if z[i] >= 0.0 { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| if a[i].abs() < least[i] { 0.0 } else { a[i] })
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        a.map(|a| f32::from_bits(a.to_bits() << 23))
    }
}

/// 2 × `f64`
#[derive(Clone, Copy)]
pub struct F64x2;

impl Lanes for F64x2 {
    type Scalar = f64;
    type Vector = [f64; 2];
    const WIDTH: usize = 2;

    #[inline(always)]
    unsafe fn splat(value: f64) -> Self::Vector {
        [value; 2]
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self::Vector {
        // SAFETY: the caller vouches for 2 readable numbers
        unsafe { from.cast::<Self::Vector>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: Self::Vector) {
        // SAFETY: the caller vouches for 2 writable numbers
        unsafe { to.cast::<Self::Vector>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn load_partial(from: *const f64, count: usize) -> Self::Vector {
        let mut value = [0.0; 2];
        // SAFETY: the caller vouches for `count` ≤ 2 readable numbers
        unsafe { std::ptr::copy_nonoverlapping(from, value.as_mut_ptr(), count) };
        value
    }
    #[inline(always)]
    unsafe fn store_partial(to: *mut f64, value: Self::Vector, count: usize) {
        // SAFETY: the caller vouches for `count` ≤ 2 writable numbers
        unsafe { std::ptr::copy_nonoverlapping(value.as_ptr(), to, count) };
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    unsafe fn div(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] / b[i])
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn min(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn sqrt(a: Self::Vector) -> Self::Vector {
        a.map(f64::sqrt)
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| {
            if FUSED {
                a[i].mul_add(b[i], c[i])
            } else {
                a[i] * b[i] + c[i]
            }
        })
    }
    #[inline(always)]
    unsafe fn fnma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| {
            if FUSED {
                (-a[i]).mul_add(b[i], c[i])
            } else {
                c[i] - a[i] * b[i]
            }
        })
    }
    #[inline(always)]
    unsafe fn negative_abs(a: Self::Vector) -> Self::Vector {
        a.map(|a| -a.abs())
    }
    #[inline(always)]
    unsafe fn copy_sign(a: Self::Vector, sign: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i].copysign(sign[i]))
    }
    #[inline(always)]
    unsafe fn select_nonnegative(
        z: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector {
        std::array::from_fn(|i| if z[i] >= 0.0 { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn flush_below(a: Self::Vector, least: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| if a[i].abs() < least[i] { 0.0 } else { a[i] })
    }
    #[inline(always)]
    unsafe fn mantissa_to_exponent(a: Self::Vector) -> Self::Vector {
        a.map(|a| f64::from_bits(a.to_bits() << 52))
    }
}
