//! Vectorised exp, sigmoid and tanh, with their complements, so that nothing cancels.
//!
//! eˣ for x ≤ 0 (Cody & Waite 1980): x = n ln 2 + r with |r| ≤ ½ ln 2, and eʳ − 1 = r + r² Q(r) with a polynomial Q;
//! eˣ = 2ⁿ + 2ⁿ(eʳ − 1), and eˣ − 1 = (2ⁿ − 1) + 2ⁿ(eʳ − 1) keeps its digits near 0.
//!
//! | | relative error at most, f32 | f64 |
//! |---|---|---|
//! | sigmoid(z), and 1 − sigmoid(z) apart | 3e-7 | 6e-16 |
//! | tanh(z) | 4e-7 | 8e-16 |
//!
//! below |z| = 87 (f32) or 708 (f64), 2|z| for tanh's complement; beyond, the small one of p and 1 − p stays at
//! e⁻⁸⁷ ≈ 1.6e-38 or e⁻⁷⁰⁸ ≈ 3.3e-308: it never is 0 or a denormal. NaN gives NaN, ±∞ the limit.

use super::simd::Lanes;
use crate::numerics::Real;

/// The constants of a precision.
pub trait ExponentialConstants: Real {
    /// The least x that is not clamped: eˣ is still a normal number.
    const LEAST: Self;
    const LOG2_E: Self;
    /// ln 2 = high + low.
    const LN2_HIGH: Self;
    const LN2_LOW: Self;
    /// 1.5·2^mantissa + exponent bias: adding it rounds to an integer n, and leaves n + bias in the low bits.
    const ROUND: Self;
    /// Q, from the constant term up.
    const Q: &'static [Self];
}

impl ExponentialConstants for f32 {
    const LEAST: f32 = -87.0;
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN2_HIGH: f32 = std::f32::consts::LN_2;
    const LN2_LOW: f32 = -1.904_654_3e-9;
    const ROUND: f32 = 12_582_912.0 + 127.0;
    // interpolation at Chebyshev nodes of ±0.3475: 1.8e-9 relative on eʳ − 1
    const Q: &'static [f32] = &[
        0.5,
        0.166_666_67,
        0.041_666_463,
        0.008_333_31,
        0.001_393_388_1,
        0.000_198_912_47,
    ];
}

impl ExponentialConstants for f64 {
    const LEAST: f64 = -708.0;
    const LOG2_E: f64 = std::f64::consts::LOG2_E;
    const LN2_HIGH: f64 = std::f64::consts::LN_2;
    const LN2_LOW: f64 = 2.319_046_813_846_3e-17;
    const ROUND: f64 = 6_755_399_441_055_744.0 + 1023.0;
    // Taylor: the next term is below 4e-18
    const Q: &'static [f64] = &[
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5_040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
        1.0 / 6_227_020_800.0,
    ];
}

/// (2ⁿ, eʳ − 1) for x ≤ 0.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn split_exp<L: Lanes>(x: L::Vector) -> (L::Vector, L::Vector)
where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: arithmetic on registers; the caller vouches for the processor
    unsafe {
        let round = L::splat(L::Scalar::ROUND);
        // the order of the operands lets NaN through
        let x = L::max(L::splat(L::Scalar::LEAST), x);
        let shifted = L::fma(x, L::splat(L::Scalar::LOG2_E), round);
        let n = L::sub(shifted, round);
        let r = L::fnma(n, L::splat(L::Scalar::LN2_HIGH), x);
        let r = L::fnma(n, L::splat(L::Scalar::LN2_LOW), r);
        let mut terms = L::Scalar::Q.iter().rev();
        let mut q = L::splat(*terms.next().unwrap_or(&L::Scalar::LEAST));
        for term in terms {
            q = L::fma(q, r, L::splat(*term));
        }
        (L::mantissa_to_exponent(shifted), L::fma(L::mul(r, r), q, r))
    }
}

/// (sigmoid(z), 1 − sigmoid(z)).
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub unsafe fn sigmoid<L: Lanes>(z: L::Vector) -> (L::Vector, L::Vector)
where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: arithmetic on registers; the caller vouches for the processor
    unsafe {
        let one = L::splat(num_traits::one());
        let (power, m1) = split_exp::<L>(L::negative_abs(z));
        let e = L::fma(power, m1, power);
        let big = L::div(one, L::add(one, e));
        let small = L::mul(e, big);
        (
            L::select_nonnegative(z, big, small),
            L::select_nonnegative(z, small, big),
        )
    }
}

/// (tanh(z), sigmoid(2z), 1 − sigmoid(2z)).
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub unsafe fn tanh<L: Lanes>(z: L::Vector) -> (L::Vector, L::Vector, L::Vector)
where
    L::Scalar: ExponentialConstants,
{
    // SAFETY: arithmetic on registers; the caller vouches for the processor
    unsafe {
        let one = L::splat(num_traits::one());
        let below = L::negative_abs(z);
        let (power, m1) = split_exp::<L>(L::add(below, below));
        let e = L::fma(power, m1, power);
        let e_minus_1 = L::fma(power, m1, L::sub(power, one));
        let big = L::div(one, L::add(one, e));
        let small = L::mul(e, big);
        let size = L::mul(e_minus_1, big);
        (
            L::copy_sign(size, z),
            L::select_nonnegative(z, big, small),
            L::select_nonnegative(z, small, big),
        )
    }
}
