//! Plain gradient descent.

use crate::numerics::{Real, kernels};

/// P ← P − α∇J, elementwise over equally long slices.
pub fn step<T: Real>(parameters: &mut [T], gradient: &[T], learning_rate: f64) {
    kernels::best::<T>().descend(parameters, gradient, T::of(learning_rate));
}
