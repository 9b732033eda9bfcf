//! Plain gradient descent.

use crate::numerics::{Real, Shares, kernels};

/// P ← P − α∇J, elementwise over equally long slices, which the workers of `shares` share.
pub fn step<T: Real>(parameters: &mut [T], gradient: &[T], learning_rate: f64, shares: Shares<'_>) {
    let (kernels, alpha) = (kernels::best::<T>(), T::of(learning_rate));
    shares.of(parameters, |start, p: &mut [T]| {
        let g = &gradient[start..start + p.len()];
        kernels.descend(p, g, alpha);
    });
}
