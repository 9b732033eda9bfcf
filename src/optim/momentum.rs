//! Gradient descent with momentum (Polyak 1964).

use crate::numerics::{Real, Shares, kernels};

/// V ← μV − α∇J, P ← P + V, elementwise over equally long slices, which the workers of `shares` share.
pub fn step<T: Real>(
    parameters: &mut [T],
    velocity: &mut [T],
    gradient: &[T],
    learning_rate: f64,
    momentum: f64,
    shares: Shares<'_>,
) {
    let (alpha, mu) = (T::of(learning_rate), T::of(momentum));
    let kernels = kernels::best::<T>();
    shares.of((parameters, velocity), |start, (p, v)| {
        let g = &gradient[start..start + p.len()];
        kernels.momentum(p, v, g, alpha, mu);
    });
}

/// [`step`] with its velocity.
#[derive(Clone, Debug)]
pub struct Momentum<T> {
    velocity: Vec<T>,
}

impl<T: Real> Momentum<T> {
    pub fn new(parameter_count: usize) -> Self {
        Self {
            velocity: vec![T::zero(); parameter_count],
        }
    }

    /// One that goes on with this velocity.
    pub fn with_memory(velocity: Vec<T>) -> Self {
        Self { velocity }
    }

    /// V
    pub fn memory(&self) -> &[T] {
        &self.velocity
    }

    /// As `other` is.
    pub fn copy_from(&mut self, other: &Self) {
        self.velocity.clone_from(&other.velocity);
    }

    pub fn update(
        &mut self,
        parameters: &mut [T],
        gradient: &[T],
        learning_rate: f64,
        momentum: f64,
        shares: Shares<'_>,
    ) {
        step(
            parameters,
            &mut self.velocity,
            gradient,
            learning_rate,
            momentum,
            shares,
        );
    }

    /// The parameters at `indices` stand still.
    pub fn forget(&mut self, indices: &[usize]) {
        for index in indices {
            self.velocity[*index] = T::zero();
        }
    }

    /// Stands still.
    pub fn restart(&mut self) {
        self.velocity.fill(T::zero());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn velocity_gathers() {
        let mut momentum = Momentum::new(2);
        let mut parameters = [1.0, -1.0];
        momentum.update(&mut parameters, &[1.0, -2.0], 0.1, 0.5, Shares::whole());
        assert_eq!(parameters, [0.9, -0.8]);
        momentum.update(&mut parameters, &[1.0, -2.0], 0.1, 0.5, Shares::whole());
        // V = .5·(−.1, .2) − .1·(1, −2) = (−.15, .3)
        assert!((parameters[0] - 0.75f64).abs() < 1e-15 && (parameters[1] + 0.5f64).abs() < 1e-15);
        momentum.forget(&[1]);
        let before = parameters;
        momentum.update(&mut parameters, &[0.0, 0.0], 0.1, 1.0, Shares::whole());
        assert!(parameters[0] < before[0] && parameters[1] == before[1]);
        parameters = before;
        momentum.restart();
        momentum.update(&mut parameters, &[0.0, 0.0], 0.1, 0.5, Shares::whole());
        assert!((parameters[0] - 0.75f64).abs() < 1e-15);
    }
}
