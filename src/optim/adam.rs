//! Adam (Kingma & Ba 2015, algorithm 1), bias-corrected, with the paper's β1 = .9, β2 = .999, ε = 1e-8.

use crate::numerics::{AdamStep, Precision, Real, Shares, kernels};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// First and second moments, and the steps taken.
#[derive(Clone, Debug)]
pub struct Adam<T> {
    first: Vec<T>,
    second: Vec<T>,
    steps: i32,
}

impl<T: Real> Adam<T> {
    pub fn new(parameter_count: usize) -> Self {
        Self {
            first: vec![T::zero(); parameter_count],
            second: vec![T::zero(); parameter_count],
            steps: 0,
        }
    }

    /// One that goes on from these moments and `steps` ≥ 0 taken.
    pub fn with_memory(first: Vec<T>, second: Vec<T>, steps: i32) -> Self {
        Self {
            first,
            second,
            steps,
        }
    }

    /// (first moments, second moments, steps taken)
    pub fn memory(&self) -> (&[T], &[T], i32) {
        (&self.first, &self.second, self.steps)
    }

    /// As `other` is.
    pub fn copy_from(&mut self, other: &Self) {
        self.first.clone_from(&other.first);
        self.second.clone_from(&other.second);
        self.steps = other.steps;
    }

    /// One update over slices as long as the parameter count, which the workers of `shares` share.
    pub fn update(
        &mut self,
        parameters: &mut [T],
        gradient: &[T],
        learning_rate: f64,
        shares: Shares<'_>,
    ) {
        self.steps = self.steps.saturating_add(1);
        // Where an input is constant its moments decay towards denormals, which double the step's time; this small
        // they move no weight.
        let least = match T::PRECISION {
            Precision::F32 => 1e-36,
            Precision::F64 => 1e-300,
        };
        let step = AdamStep {
            beta1: T::of(BETA1),
            one_minus_beta1: T::of(1.0 - BETA1),
            beta2: T::of(BETA2),
            one_minus_beta2: T::of(1.0 - BETA2),
            rate: T::of(learning_rate / (1.0 - BETA1.powi(self.steps))),
            correction2: T::of((1.0 - BETA2.powi(self.steps)).recip()),
            epsilon: T::of(EPSILON),
            least: T::of(least),
        };
        let kernels = kernels::best::<T>();
        let moments = (&mut self.first[..], &mut self.second[..]);
        shares.of((parameters, moments.0, moments.1), |start, (p, m, v)| {
            let g = &gradient[start..start + p.len()];
            kernels.adam(p, m, v, g, step);
        });
    }

    /// The parameters at `indices` (increasing) were replaced: their first moments are 0, their second moments the mean
    /// of the others'. Zero would, at a late step, make their next updates six times α.
    pub fn forget(&mut self, indices: &[usize]) {
        let mut next = indices.iter().peekable();
        let (mut sum, mut count) = (0.0, 0.0);
        for (index, second) in self.second.iter().enumerate() {
            if next.next_if(|forgotten| **forgotten == index).is_none() {
                sum += second.f64();
                count += 1.0;
            }
        }
        let mean = T::of(if count > 0.0 { sum / count } else { 0.0 });
        for index in indices {
            self.first[*index] = T::zero();
            self.second[*index] = mean;
        }
    }

    /// Zero moments, step 0.
    pub fn restart(&mut self) {
        self.first.fill(T::zero());
        self.second.fill(T::zero());
        self.steps = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: with gradients 1, 2, −1 and α .1 —
    /// m: .1, .29, .161; v: .001, .004999, .005994001;
    /// m̂: 1, .29/.19, .161/.271; v̂: 1, .004999/.001999, .005994001/.002997001.
    #[test]
    fn the_first_steps_are_the_papers() {
        let mut adam = Adam::new(1);
        let mut parameters = [0.0f64];
        let mut expected = 0.0;
        let corrected: [(f64, f64); 3] = [
            (1.0, 1.0),
            (0.29 / 0.19, 0.004_999 / 0.001_999),
            (0.161 / 0.271, 0.005_994_001 / 0.002_997_001),
        ];
        for (gradient, (first, second)) in [1.0, 2.0, -1.0].into_iter().zip(corrected) {
            adam.update(&mut parameters, &[gradient], 0.1, Shares::whole());
            expected -= 0.1 * first / (second.sqrt() + 1e-8);
            assert!(
                (parameters[0] - expected).abs() < 1e-12,
                "{} for {expected}",
                parameters[0]
            );
        }
        adam.restart();
        let before = parameters[0];
        adam.update(&mut parameters, &[5.0], 0.1, Shares::whole());
        assert!(
            (before - parameters[0] - 0.1).abs() < 1e-8,
            "a first step is α long"
        );
    }

    #[test]
    fn a_replaced_parameter_takes_the_others_scale() {
        let mut adam = Adam::new(3);
        let mut parameters = [0.0f64; 3];
        for _ in 0..500 {
            adam.update(&mut parameters, &[1.0, -100.0, 1.0], 0.1, Shares::whole());
        }
        adam.forget(&[1]);
        let before = parameters;
        adam.update(&mut parameters, &[1.0, 1.0, 1.0], 0.1, Shares::whole());
        let step = |index: usize| before[index] - parameters[index];
        assert!(
            (step(1) - 0.1 * step(0)).abs() < 1e-3,
            "{} {}",
            step(1),
            step(0)
        );
    }

    #[test]
    fn moments_never_become_denormal() {
        let mut adam = Adam::new(1);
        let mut parameters = [0.0f32];
        adam.update(&mut parameters, &[1e-20], 0.1, Shares::whole());
        for _ in 0..20_000 {
            adam.update(&mut parameters, &[0.0], 0.1, Shares::whole());
            assert!(adam.first[0] == 0.0 || adam.first[0].is_normal());
            assert!(adam.second[0] == 0.0 || adam.second[0].is_normal());
        }
        assert_eq!(adam.first[0], 0.0);
    }
}
