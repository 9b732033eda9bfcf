//! Passes over whole vectors of any length, such as all parameters: the optimisers' updates, sums and dot products.

use super::simd::Lanes;
use crate::numerics::Real;

/// P ← P − α∇J.
///
/// # Safety
/// As [`Lanes`]; both hold `count` numbers.
#[inline(always)]
pub unsafe fn descend<L: Lanes>(
    count: usize,
    p: *mut L::Scalar,
    g: *const L::Scalar,
    alpha: L::Scalar,
) {
    // SAFETY: whole vectors below `count`, then the rest
    unsafe {
        let alpha = L::splat(alpha);
        for at in (0..count).step_by(L::WIDTH) {
            let lanes = L::WIDTH.min(count - at);
            let value = L::fnma(alpha, get::<L>(g, at, lanes), get::<L>(p, at, lanes));
            put::<L>(p, at, lanes, value);
        }
    }
}

/// V ← μV − α∇J, P ← P + V.
///
/// # Safety
/// As [`Lanes`]; each holds `count` numbers.
#[inline(always)]
pub unsafe fn momentum<L: Lanes>(
    count: usize,
    p: *mut L::Scalar,
    v: *mut L::Scalar,
    g: *const L::Scalar,
    alpha: L::Scalar,
    mu: L::Scalar,
) {
    // SAFETY: whole vectors below `count`, then the rest
    unsafe {
        let (alpha, mu) = (L::splat(alpha), L::splat(mu));
        for at in (0..count).step_by(L::WIDTH) {
            let lanes = L::WIDTH.min(count - at);
            let speed = L::fnma(
                alpha,
                get::<L>(g, at, lanes),
                L::mul(mu, get::<L>(v, at, lanes)),
            );
            put::<L>(v, at, lanes, speed);
            put::<L>(p, at, lanes, L::add(get::<L>(p, at, lanes), speed));
        }
    }
}

/// What Adam's update needs besides the vectors, the bias corrections folded in.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep<T> {
    pub beta1: T,
    pub one_minus_beta1: T,
    pub beta2: T,
    pub one_minus_beta2: T,
    /// α/(1 − β1ᵗ)
    pub rate: T,
    /// 1/(1 − β2ᵗ)
    pub correction2: T,
    pub epsilon: T,
    /// First moments smaller than this become 0: denormals would double the step's time.
    pub least: T,
}

/// M ← β1 M + (1−β1) ∇J, V ← β2 V + (1−β2) ∇J², P ← P − rate·M/(√(correction2·V) + ε).
///
/// # Safety
/// As [`Lanes`]; each holds `count` numbers.
#[inline(always)]
pub unsafe fn adam<L: Lanes>(
    count: usize,
    p: *mut L::Scalar,
    m: *mut L::Scalar,
    v: *mut L::Scalar,
    g: *const L::Scalar,
    step: AdamStep<L::Scalar>,
) {
    // SAFETY: whole vectors below `count`, then the rest
    unsafe {
        let least = L::splat(step.least);
        for at in (0..count).step_by(L::WIDTH) {
            let lanes = L::WIDTH.min(count - at);
            let gradient = get::<L>(g, at, lanes);
            let first = L::fma(
                L::splat(step.beta1),
                get::<L>(m, at, lanes),
                L::mul(L::splat(step.one_minus_beta1), gradient),
            );
            let first = L::flush_below(first, least);
            let second = L::fma(
                L::splat(step.beta2),
                get::<L>(v, at, lanes),
                L::mul(L::splat(step.one_minus_beta2), L::mul(gradient, gradient)),
            );
            let second = L::flush_below(second, least);
            let root = L::add(
                L::sqrt(L::mul(L::splat(step.correction2), second)),
                L::splat(step.epsilon),
            );
            let update = L::div(L::mul(L::splat(step.rate), first), root);
            put::<L>(m, at, lanes, first);
            put::<L>(v, at, lanes, second);
            put::<L>(p, at, lanes, L::sub(get::<L>(p, at, lanes), update));
        }
    }
}

/// to ← to + from
///
/// # Safety
/// As [`Lanes`]; both hold `count` numbers.
#[inline(always)]
pub unsafe fn add_to<L: Lanes>(count: usize, to: *mut L::Scalar, from: *const L::Scalar) {
    // SAFETY: whole vectors below `count`, then the rest
    unsafe {
        for at in (0..count).step_by(L::WIDTH) {
            let lanes = L::WIDTH.min(count - at);
            put::<L>(
                to,
                at,
                lanes,
                L::add(get::<L>(to, at, lanes), get::<L>(from, at, lanes)),
            );
        }
    }
}

/// to ← to + from, `from` widened.
///
/// # Safety
/// Both hold `count` numbers.
#[inline(always)]
pub unsafe fn add_to_f64<T: Real>(count: usize, to: *mut f64, from: *const T) {
    for at in 0..count {
        // SAFETY: at < count
        unsafe { *to.add(at) += (*from.add(at)).f64() };
    }
}

/// x = byte/`white`, as f32 rounds it whatever `T` is.
///
/// # Safety
/// `to` and `from` hold `count`.
#[inline(always)]
pub unsafe fn decode<T: Real>(count: usize, to: *mut T, from: *const u8, white: f32) {
    for at in 0..count {
        // SAFETY: at < count
        unsafe { *to.add(at) = T::of(f64::from(f32::from(*from.add(at)) / white)) };
    }
}

/// Numbers whose squares are summed in lanes before the sum goes on in f64.
pub const SQUARES: usize = 1_024;

/// Σ w² of each chunk of [`SQUARES`] numbers, the last one perhaps shorter, into `sums`.
///
/// # Safety
/// As [`Lanes`]; `w` holds `count` numbers, `sums` one for each chunk.
#[inline(always)]
pub unsafe fn sums_of_squares<L: Lanes>(count: usize, w: *const L::Scalar, sums: *mut f64) {
    let whole = count / SQUARES;
    let fours = whole / 4 * 4;
    // SAFETY: the chunks end at `count`
    unsafe {
        // a chunk is one chain of additions, each of which waits for the one before: several chains at once
        for chunk in (0..fours).step_by(4) {
            squares::<L, 4>(SQUARES, w.add(chunk * SQUARES), sums.add(chunk));
        }
        let (left, to) = (w.add(fours * SQUARES), sums.add(fours));
        match whole - fours {
            1 => squares::<L, 1>(SQUARES, left, to),
            2 => squares::<L, 2>(SQUARES, left, to),
            3 => squares::<L, 3>(SQUARES, left, to),
            _ => {}
        }
        if !count.is_multiple_of(SQUARES) {
            squares::<L, 1>(count % SQUARES, w.add(whole * SQUARES), sums.add(whole));
        }
    }
}

/// Σ w² of each of `CHUNKS` chunks of `count` ≤ [`SQUARES`] numbers, [`SQUARES`] apart, into `to`.
///
/// # Safety
/// As [`Lanes`]; `w` holds all of them, `to` a sum for each.
#[inline(always)]
unsafe fn squares<L: Lanes, const CHUNKS: usize>(count: usize, w: *const L::Scalar, to: *mut f64) {
    // SAFETY: whole vectors below `count` of each chunk, then the rest; the array below has room for a vector (at most
    // 16 lanes)
    unsafe {
        let mut sums = [L::splat(num_traits::zero()); CHUNKS];
        for at in (0..count).step_by(L::WIDTH) {
            let lanes = L::WIDTH.min(count - at);
            for (chunk, sum) in sums.iter_mut().enumerate() {
                let value = get::<L>(w.add(chunk * SQUARES), at, lanes);
                *sum = L::fma(value, value, *sum);
            }
        }
        for (chunk, sum) in sums.into_iter().enumerate() {
            let mut lanes = [<L::Scalar as num_traits::Zero>::zero(); 16];
            L::store(lanes.as_mut_ptr(), sum);
            *to.add(chunk) = lanes.iter().map(|lane| lane.f64()).sum();
        }
    }
}

/// Σ a·b, in lanes over at most a few hundred numbers.
///
/// # Safety
/// As [`Lanes`]; both hold `count` numbers.
#[inline(always)]
pub unsafe fn dot<L: Lanes>(count: usize, a: *const L::Scalar, b: *const L::Scalar) -> f64 {
    // SAFETY: whole vectors below `count`, then the rest; the array below has room for a vector (at most 16 lanes)
    unsafe {
        let mut sum = L::splat(num_traits::zero());
        for at in (0..count).step_by(L::WIDTH) {
            let lanes = L::WIDTH.min(count - at);
            sum = L::fma(get::<L>(a, at, lanes), get::<L>(b, at, lanes), sum);
        }
        let mut lanes = [<L::Scalar as num_traits::Zero>::zero(); 16];
        L::store(lanes.as_mut_ptr(), sum);
        lanes.iter().map(|lane| lane.f64()).sum()
    }
}

/// # Safety
/// As [`Lanes`]; `from[at..at + lanes]` is readable.
#[inline(always)]
unsafe fn get<L: Lanes>(from: *const L::Scalar, at: usize, lanes: usize) -> L::Vector {
    // SAFETY: the caller's
    unsafe {
        if lanes == L::WIDTH {
            L::load(from.add(at))
        } else {
            L::load_partial(from.add(at), lanes)
        }
    }
}

/// # Safety
/// As [`Lanes`]; `to[at..at + lanes]` is writable.
#[inline(always)]
unsafe fn put<L: Lanes>(to: *mut L::Scalar, at: usize, lanes: usize, value: L::Vector) {
    // SAFETY: the caller's
    unsafe {
        if lanes == L::WIDTH {
            L::store(to.add(at), value)
        } else {
            L::store_partial(to.add(at), value, lanes)
        }
    }
}
