//! Gradient descent with momentum (Polyak 1964).

use crate::numerics::Real;

/// V ← μV − α∇J, P ← P + V, elementwise over equally long slices.
pub fn step<T: Real>(
    parameters: &mut [T],
    velocity: &mut [T],
    gradient: &[T],
    learning_rate: f64,
    momentum: f64,
) {
    let (alpha, mu) = (T::of(learning_rate), T::of(momentum));
    for ((p, v), g) in parameters.iter_mut().zip(velocity).zip(gradient) {
        *v = mu * *v - alpha * *g;
        *p += *v;
    }
}
