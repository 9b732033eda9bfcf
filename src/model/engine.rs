//! J, ∇J and the unit statistics over a set of samples.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::units::{UnitStatistics, classify};
use super::{
    Architecture, Cost, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
};
use crate::numerics::Real;

/// Computes cost and gradient for one architecture; keeps its workspace between calls.
pub struct Engine<T: Real> {
    architecture: Architecture,
    mean_activations: Vec<f64>,
    _threads: usize,
    _marker: std::marker::PhantomData<T>,
}

struct Forward<T> {
    /// z2 (m, h)
    z: Array2<T>,
    /// a2 (m, h)
    a: Array2<T>,
    /// f′(z2) (m, h)
    slope: Array2<T>,
    /// x̂ (m, n)
    output: Array2<T>,
    /// ρ̂ and 1 − ρ̂ (h), without cancellation
    rho_hat: Vec<(f64, f64)>,
}

/// p = sigmoid(z) and 1 − p, without cancellation.
fn sigmoid<T: Real>(z: T) -> (T, T) {
    let e = (-z.abs()).exp();
    let big = T::one() / (T::one() + e);
    let small = e * big;
    if z >= T::zero() {
        (big, small)
    } else {
        (small, big)
    }
}

impl<T: Real> Engine<T> {
    /// `threads` ≥ 1.
    pub fn new(architecture: Architecture, threads: usize) -> Self {
        Self {
            architecture,
            mean_activations: Vec::new(),
            _threads: threads,
            _marker: std::marker::PhantomData,
        }
    }

    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// ρ̂ (h) of the last call, over the samples it saw.
    pub fn mean_activations(&self) -> &[f64] {
        &self.mean_activations
    }

    fn forward(&self, parameters: &Parameters<T>, samples: ArrayView2<'_, T>) -> Forward<T> {
        let z = samples.dot(&parameters.encoder_weights().t()) + parameters.encoder_bias();
        let tanh = self.architecture.hidden_activation == HiddenActivation::Tanh;
        let (one, two) = (T::one(), T::of(2.0));
        let p = z.mapv(|z| sigmoid(if tanh { two * z } else { z }));
        let a = if tanh {
            z.mapv(T::tanh)
        } else {
            p.mapv(|(p, _)| p)
        };
        let scale = if tanh { T::of(4.0) } else { one };
        let slope = p.mapv(|(p, q)| scale * p * q);
        let count = samples.nrows() as f64;
        let rho_hat = p
            .axis_iter(Axis(1))
            .map(|unit| {
                let (p, q) = unit
                    .iter()
                    .fold((0.0, 0.0), |sum, (p, q)| (sum.0 + p.f64(), sum.1 + q.f64()));
                (p / count, q / count)
            })
            .collect();
        let output = self.decode(parameters, &a);
        Forward {
            z,
            a,
            slope,
            output,
            rho_hat,
        }
    }

    fn decode(&self, parameters: &Parameters<T>, a: &Array2<T>) -> Array2<T> {
        let z = a.dot(&parameters.decoder_weights().t()) + parameters.decoder_bias();
        match self.architecture.output_activation {
            OutputActivation::Sigmoid => z.mapv(|z| sigmoid(z).0),
            OutputActivation::Tanh => z.mapv(T::tanh),
            OutputActivation::Linear => z,
        }
    }

    fn sum_up(
        &mut self,
        parameters: &Parameters<T>,
        forward: &Forward<T>,
        samples: ArrayView2<'_, T>,
        o: &Objective,
    ) -> Cost {
        let squares: f64 = ndarray::Zip::from(&forward.output)
            .and(samples)
            .fold(0.0, |sum, y, x| sum + (y.f64() - x.f64()).powi(2));
        let norms = |block: ArrayView2<'_, T>| block.iter().map(|w| w.f64() * w.f64()).sum::<f64>();
        self.mean_activations = forward.rho_hat.iter().map(|(p, _)| *p).collect();
        let rho = o.sparsity_target;
        let kl: f64 = if o.sparsity_weight == 0.0 {
            0.0
        } else {
            forward
                .rho_hat
                .iter()
                .map(|(p, q)| {
                    let (p, q) = (p.max(1e-300), q.max(1e-300));
                    rho * (rho / p).ln() + (1.0 - rho) * ((1.0 - rho) / q).ln()
                })
                .sum()
        };
        Cost {
            reconstruction_loss: squares / (2.0 * samples.nrows() as f64),
            decay_penalty: 0.5
                * o.weight_decay
                * (norms(parameters.encoder_weights()) + norms(parameters.decoder_weights())),
            sparsity_penalty: o.sparsity_weight * kl,
        }
    }

    /// J over `samples` (m, n), m ≥ 1, without the gradient.
    pub fn cost(
        &mut self,
        parameters: &Parameters<T>,
        samples: ArrayView2<'_, T>,
        objective: &Objective,
    ) -> Cost {
        let forward = self.forward(parameters, samples);
        self.sum_up(parameters, &forward, samples, objective)
    }

    /// J and ∇J over `samples` (m, n), m ≥ 1.
    pub fn cost_and_gradient(
        &mut self,
        parameters: &Parameters<T>,
        samples: ArrayView2<'_, T>,
        objective: &Objective,
        gradient: &mut Parameters<T>,
    ) -> Cost {
        let forward = self.forward(parameters, samples);
        let cost = self.sum_up(parameters, &forward, samples, objective);
        let m = T::of(samples.nrows() as f64);
        let lambda = T::of(objective.weight_decay);
        let one = T::one();
        let mut delta3 = &forward.output - &samples;
        match self.architecture.output_activation {
            OutputActivation::Sigmoid => {
                delta3.zip_mut_with(&forward.output, |d, y| *d = *d * *y * (one - *y))
            }
            OutputActivation::Tanh => {
                delta3.zip_mut_with(&forward.output, |d, y| *d *= one - *y * *y)
            }
            OutputActivation::Linear => {}
        }
        let c = self.architecture.hidden_activation.probability_slope();
        let rho = objective.sparsity_target;
        let sparsity: Array1<T> = forward
            .rho_hat
            .iter()
            .map(|(p, q)| {
                let (p, q) = (p.max(1e-300), q.max(1e-300));
                T::of(objective.sparsity_weight * c * (-rho / p + (1.0 - rho) / q))
            })
            .collect();
        let back = delta3.dot(&parameters.decoder_weights());
        let delta2 = match objective.gradient {
            GradientForm::Exact => (back + &sparsity) * &forward.slope,
            GradientForm::Printed => back * &forward.slope + &sparsity,
        };
        let _ = &forward.z;
        gradient
            .encoder_weights_mut()
            .assign(&(delta2.t().dot(&samples) / m + &(&parameters.encoder_weights() * lambda)));
        gradient
            .encoder_bias_mut()
            .assign(&(delta2.sum_axis(Axis(0)) / m));
        gradient
            .decoder_weights_mut()
            .assign(&(delta3.t().dot(&forward.a) / m + &(&parameters.decoder_weights() * lambda)));
        gradient
            .decoder_bias_mut()
            .assign(&(delta3.sum_axis(Axis(0)) / m));
        cost
    }

    /// J over `samples` and what every unit does over them, states included.
    pub fn measure(
        &mut self,
        parameters: &Parameters<T>,
        samples: ArrayView2<'_, T>,
        objective: &Objective,
        units: &mut Vec<UnitStatistics>,
    ) -> Cost {
        let forward = self.forward(parameters, samples);
        let cost = self.sum_up(parameters, &forward, samples, objective);
        let tanh = self.architecture.hidden_activation == HiddenActivation::Tanh;
        units.clear();
        for (unit, (mean, _)) in forward.a.axis_iter(Axis(1)).zip(&forward.rho_hat) {
            let (mut squares, mut minimum, mut maximum) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
            for a in unit {
                let p = if tanh { (a.f64() + 1.0) / 2.0 } else { a.f64() };
                squares += (p - mean).powi(2);
                minimum = p.min(minimum);
                maximum = p.max(maximum);
            }
            let standard_deviation = (squares / samples.nrows() as f64).sqrt();
            units.push(UnitStatistics {
                mean_activation: *mean,
                standard_deviation,
                minimum,
                maximum,
                ..Default::default()
            });
        }
        classify(
            units,
            parameters.encoder_weights(),
            objective.sparsity_target,
        );
        cost
    }

    /// (a2 (m, h), x̂ (m, n)) of `samples` (m, n): for a few samples to show; allocates.
    pub fn reconstruct(
        &mut self,
        parameters: &Parameters<T>,
        samples: ArrayView2<'_, T>,
    ) -> (Array2<T>, Array2<T>) {
        let forward = self.forward(parameters, samples);
        (forward.a, forward.output)
    }
}
