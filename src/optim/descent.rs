//! Plain gradient descent.

use crate::numerics::Real;

/// P ← P − α∇J, elementwise over equally long slices.
pub fn step<T: Real>(parameters: &mut [T], gradient: &[T], learning_rate: f64) {
    let alpha = T::of(learning_rate);
    for (p, g) in parameters.iter_mut().zip(gradient) {
        *p -= alpha * *g;
    }
}
