//! The plain implementation: every formula written once, as the notes have it, over whole matrices.
//!
//! It is the oracle that the tests hold [`super::Engine`] against, and the place to read what the engine computes.
//! It is slow (whole matrices, one thread, the standard library's `exp`) and exact at every pre-activation: the KL
//! term and its share of δ2 are taken in the log domain, where no unit saturates.
//!
//! **Architecture invariant:** it shares no code with the engine other than the types of the arguments.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};

use super::{
    Architecture, Cost, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
};
use crate::numerics::Real;

/// J, ∇J and ρ̂ at one point.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation<T> {
    pub cost: Cost,
    /// ∇J, or what [`GradientForm::Printed`] has in its place.
    pub gradient: Parameters<T>,
    /// ρ̂ (h)
    pub mean_activations: Vec<f64>,
}

/// What a forward pass leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward<T> {
    /// z2 (m, h)
    pub pre_activations: Array2<T>,
    /// a2 (m, h)
    pub activations: Array2<T>,
    /// x̂ (m, n)
    pub reconstructions: Array2<T>,
}

/// a2 = f(X W1ᵀ + b1), x̂ = g(a2 W2ᵀ + b2) for `samples` X (m, n).
pub fn forward<T: Real>(
    architecture: &Architecture,
    parameters: &Parameters<T>,
    samples: ArrayView2<'_, T>,
) -> Forward<T> {
    let z2 = samples.dot(&parameters.encoder_weights().t()) + parameters.encoder_bias();
    let a2 = match architecture.hidden_activation {
        HiddenActivation::Sigmoid => z2.mapv(sigmoid),
        HiddenActivation::Tanh => z2.mapv(T::tanh),
    };
    let z3 = a2.dot(&parameters.decoder_weights().t()) + parameters.decoder_bias();
    let reconstructions = match architecture.output_activation {
        OutputActivation::Sigmoid => z3.mapv(sigmoid),
        OutputActivation::Tanh => z3.mapv(T::tanh),
        OutputActivation::Linear => z3,
    };
    Forward {
        pre_activations: z2,
        activations: a2,
        reconstructions,
    }
}

/// J and ∇J over `samples` X (m, n), m ≥ 1.
pub fn cost_and_gradient<T: Real>(
    architecture: &Architecture,
    parameters: &Parameters<T>,
    samples: ArrayView2<'_, T>,
    objective: &Objective,
) -> Evaluation<T> {
    let Forward {
        pre_activations: z2,
        activations: a2,
        reconstructions: output,
    } = forward(architecture, parameters, samples);
    let m = samples.nrows() as f64;
    let error = &output - &samples;

    let sparsity: Vec<_> = z2
        .axis_iter(Axis(1))
        .map(|unit| LogMeans::of(unit, architecture))
        .collect();
    let cost = Cost {
        reconstruction_loss: error.iter().map(|e| e.f64().powi(2)).sum::<f64>() / (2.0 * m),
        decay_penalty: 0.5
            * objective.weight_decay
            * (sum_of_squares(parameters.encoder_weights())
                + sum_of_squares(parameters.decoder_weights())),
        sparsity_penalty: if objective.sparsity_weight == 0.0 {
            0.0
        } else {
            objective.sparsity_weight
                * sparsity
                    .iter()
                    .map(|unit| unit.divergence(objective.sparsity_target))
                    .sum::<f64>()
        },
    };

    // δ3 = (x̂ − x)·g′(z3)
    let mut delta3 = error;
    match architecture.output_activation {
        OutputActivation::Sigmoid => {
            delta3.zip_mut_with(&output, |d, y| *d = *d * *y * (T::one() - *y))
        }
        OutputActivation::Tanh => delta3.zip_mut_with(&output, |d, y| *d *= T::one() - *y * *y),
        OutputActivation::Linear => {}
    }
    // δ2 = δ3 W2 · f′(z2) + the sparsity term: β dKL/dz2 (exact), or β dKL/da2 (as printed)
    let mut delta2 = delta3.dot(&parameters.decoder_weights());
    for ((mut column, unit), z) in delta2
        .axis_iter_mut(Axis(1))
        .zip(&sparsity)
        .zip(z2.axis_iter(Axis(1)))
    {
        Zip::from(&mut column).and(z).for_each(|d, z| {
            let (l1, l0) = log_probabilities(z.f64(), architecture);
            let dp_dz = sigmoid_argument_scale(architecture) * (l1 + l0).exp();
            let c = architecture.hidden_activation.probability_slope();
            let term = if objective.sparsity_weight == 0.0 {
                0.0
            } else {
                objective.sparsity_weight
                    * match objective.gradient {
                        GradientForm::Exact => {
                            unit.slope(objective.sparsity_target, l1 + l0, architecture)
                        }
                        GradientForm::Printed => c * unit.slope_in_p(objective.sparsity_target),
                    }
            };
            // f′ = (dp/dz)/c
            *d = *d * T::of(dp_dz / c) + T::of(term);
        });
    }

    let mut gradient = Parameters::zeros(parameters.inputs(), parameters.hidden());
    let (count, lambda) = (T::of(m), T::of(objective.weight_decay));
    gradient
        .encoder_weights_mut()
        .assign(&(delta2.t().dot(&samples) / count + &parameters.encoder_weights() * lambda));
    gradient.encoder_bias_mut().assign(&mean_of_rows(&delta2));
    gradient
        .decoder_weights_mut()
        .assign(&(delta3.t().dot(&a2) / count + &parameters.decoder_weights() * lambda));
    gradient.decoder_bias_mut().assign(&mean_of_rows(&delta3));
    Evaluation {
        cost,
        gradient,
        mean_activations: sparsity.iter().map(|unit| unit.log_mean_p.exp()).collect(),
    }
}

/// One unit's L₁ = ln ρ̂ and L₀ = ln(1 − ρ̂), each from the log probabilities of its samples: finite at every z2.
struct LogMeans {
    log_mean_p: f64,
    log_mean_q: f64,
}

impl LogMeans {
    fn of<'a, T: Real>(
        pre_activations: impl IntoIterator<Item = &'a T>,
        architecture: &Architecture,
    ) -> Self {
        let (l1, l0): (Vec<f64>, Vec<f64>) = pre_activations
            .into_iter()
            .map(|z| log_probabilities(z.f64(), architecture))
            .unzip();
        Self {
            log_mean_p: log_mean_exp(&l1),
            log_mean_q: log_mean_exp(&l0),
        }
    }

    /// KL(ρ‖ρ̂)
    fn divergence(&self, rho: f64) -> f64 {
        let plain =
            rho * (rho.ln() - self.log_mean_p) + (1.0 - rho) * ((-rho).ln_1p() - self.log_mean_q);
        // its terms cancel near ρ, where rounding alone can take it below 0
        plain.max(0.0)
    }

    /// m dKL/dz2 at a sample whose ln p + ln q is `log_pq`.
    fn slope(&self, rho: f64, log_pq: f64, architecture: &Architecture) -> f64 {
        sigmoid_argument_scale(architecture)
            * (-rho * (log_pq - self.log_mean_p).exp()
                + (1.0 - rho) * (log_pq - self.log_mean_q).exp())
    }

    /// dKL/dρ̂ = −ρ/ρ̂ + (1−ρ)/(1−ρ̂)
    fn slope_in_p(&self, rho: f64) -> f64 {
        -rho * (-self.log_mean_p).exp() + (1.0 - rho) * (-self.log_mean_q).exp()
    }
}

/// s where p = sigmoid(s z2): 1 for sigmoid; 2 for tanh, since (tanh z + 1)/2 = sigmoid(2z).
fn sigmoid_argument_scale(architecture: &Architecture) -> f64 {
    match architecture.hidden_activation {
        HiddenActivation::Sigmoid => 1.0,
        HiddenActivation::Tanh => 2.0,
    }
}

/// (ln p, ln(1 − p)) = (−softplus(−sz), −softplus(sz)).
fn log_probabilities(z: f64, architecture: &Architecture) -> (f64, f64) {
    let z = sigmoid_argument_scale(architecture) * z;
    let tail = (-z.abs()).exp().ln_1p();
    (z.min(0.0) - tail, (-z).min(0.0) - tail)
}

/// ln mean eˡ
fn log_mean_exp(values: &[f64]) -> f64 {
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + (values.iter().map(|value| (value - top).exp()).sum::<f64>() / values.len() as f64).ln()
}

fn sigmoid<T: Real>(z: T) -> T {
    let e = (-z.abs()).exp();
    let big = T::one() / (T::one() + e);
    if z >= T::zero() { big } else { e * big }
}

fn sum_of_squares<T: Real>(block: ArrayView2<'_, T>) -> f64 {
    block.iter().map(|w| w.f64() * w.f64()).sum()
}

fn mean_of_rows<T: Real>(matrix: &Array2<T>) -> Array1<T> {
    let rows = matrix.nrows() as f64;
    matrix
        .axis_iter(Axis(1))
        .map(|column| T::of(column.iter().map(|d| d.f64()).sum::<f64>() / rows))
        .collect()
}
