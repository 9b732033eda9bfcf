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
    /// ln 2 = high + low, high so short that n·high is exact even without fused multiply-add.
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
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
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
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
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

#[cfg(test)]
mod tests {
    use super::super::{AlignedBuffer, Curve, KernelPath};
    use super::*;

    /// sigmoid and tanh in f64, each side without cancellation.
    fn golden(curve: Curve, z: f64) -> (f64, f64) {
        match curve {
            Curve::Tanh => (z.tanh(), 4.0 * side(2.0 * z) * side(-2.0 * z)),
            _ => (side(z), side(z) * side(-z)),
        }
    }

    fn side(z: f64) -> f64 {
        if z >= 0.0 {
            1.0 / (1.0 + (-z).exp())
        } else {
            z.exp() / (1.0 + z.exp())
        }
    }

    /// a and f′ from the kernel, with the column sums of p and 1 − p of that one row.
    fn run<T: Real>(path: KernelPath, curve: Curve, values: &[T]) -> Vec<[T; 4]> {
        let kernels = T::kernels(path);
        let stride = kernels.padded(values.len());
        let mut z = AlignedBuffer::new(stride);
        z[..values.len()].copy_from_slice(values);
        let mut others = [(); 3].map(|()| AlignedBuffer::new(stride));
        let [slope, p, q] = &mut others;
        kernels.hidden(curve, stride, &mut z, slope, (p, q));
        (0..values.len())
            .map(|at| [z[at], others[0][at], others[1][at], others[2][at]])
            .collect()
    }

    fn accurate<T: Real>(limit: f64, sigmoid_error: f64, tanh_error: f64) {
        // dense near 0, then geometric to both ends of the range
        let mut values: Vec<T> = (-20_000..=20_000)
            .map(|k| T::of(f64::from(k) * 1e-3))
            .collect();
        values.extend((-3_000..=3_000).map(|k| T::of(limit * f64::from(k) / 3_000.0)));
        values.extend((0..600).flat_map(|k| {
            let small = 10f64.powf(-f64::from(k) / 20.0);
            [T::of(small), T::of(-small)]
        }));
        for &path in KernelPath::available() {
            for (curve, bound, reach) in [
                (Curve::Sigmoid, sigmoid_error, limit),
                (Curve::Tanh, tanh_error, limit / 2.0),
            ] {
                for (z, [a, slope, p, q]) in values.iter().zip(run(path, curve, &values)) {
                    let z = z.f64();
                    if z.abs() > reach {
                        continue;
                    }
                    let (golden_a, golden_slope) = golden(curve, z);
                    let scale = if curve == Curve::Tanh { 2.0 } else { 1.0 };
                    for (what, found, golden, bound) in [
                        ("a", a, golden_a, bound),
                        ("p", p, side(scale * z), sigmoid_error),
                        ("1 − p", q, side(-scale * z), sigmoid_error),
                        ("f′", slope, golden_slope, 2.5 * sigmoid_error),
                    ] {
                        let error = (found.f64() - golden).abs();
                        assert!(
                            error <= bound * golden.abs(),
                            "{path} {curve:?} {what} at {z:e}: {:e} for {golden:e}, off by {:.1e}",
                            found.f64(),
                            error / golden.abs()
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn f32_is_within_the_stated_bounds_over_the_whole_range() {
        accurate::<f32>(86.0, 3e-7, 4e-7);
    }

    #[test]
    fn f64_is_within_the_stated_bounds_over_the_whole_range() {
        accurate::<f64>(700.0, 6e-16, 8e-16);
    }

    #[test]
    fn the_ends_are_the_limits_and_nan_stays() {
        fn check<T: Real>() {
            let huge = [
                T::infinity(),
                T::max_value(),
                T::of(1e30),
                T::neg_infinity(),
                T::min_value(),
                T::of(-1e30),
            ];
            for &path in KernelPath::available() {
                for curve in [Curve::Sigmoid, Curve::Tanh] {
                    let low = if curve == Curve::Tanh { -1.0 } else { 0.0 };
                    for (index, [a, slope, p, q]) in run(path, curve, &huge).into_iter().enumerate()
                    {
                        let (end, one) = if index < 3 { (1.0, p) } else { (low, q) };
                        assert!(
                            (a.f64() - end).abs() < 1e-37,
                            "{path} {curve:?} {index}: {a}"
                        );
                        assert!(one == T::one() && slope > T::zero() && slope < T::of(1e-36));
                        assert!(p > T::zero() && q > T::zero(), "never 0");
                    }
                    for values in run(path, curve, &[T::nan()]) {
                        assert!(
                            values.iter().all(|value| value.is_nan()),
                            "{path} {curve:?}: {values:?}"
                        );
                    }
                    assert_eq!(run(path, curve, &[T::zero()])[0][2], T::of(0.5));
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }
}
