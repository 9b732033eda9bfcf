//! The three terms of J as forces on one unit: who pulls at it, and who wins.

use ndarray::ArrayView2;
use serde::Serialize;
use strum::VariantArray;

use crate::model::look_through::{Pass, output_slope};
use crate::model::{Architecture, GradientForm, HiddenActivation, Objective, Parameters};

/// Which term of the cost a force comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum ForceKind {
    Reconstruction,
    Decay,
    Sparsity,
}

impl ForceKind {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn name(self) -> &'static str {
        match self {
            Self::Reconstruction => "reconstruction",
            Self::Decay => "decay",
            Self::Sparsity => "sparsity",
        }
    }
}

/// One term's gradient with respect to the unit's own parameters. Descent moves against it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Force {
    /// ∂/∂W1_j (n)
    pub encoder: Vec<f64>,
    /// ∂/∂b1_j
    pub encoder_bias: f64,
    /// ∂/∂W2_:j (n)
    pub decoder: Vec<f64>,
}

/// The forces on one unit: they add up to the gradient of J (or to what stands in its place, as printed).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forces {
    pub reconstruction: Force,
    pub decay: Force,
    pub sparsity: Force,
    /// ∂J/∂W1_j · W1_j/‖W1_j‖² of each, in the order of [`ForceKind::ALL`], with the sign turned: how fast descent on
    /// it alone would lengthen (positive) or shorten the feature, as a part of its length an update at α = 1. Decay's
    /// is −λ. All 0 where the feature is 0.
    pub growth: [f64; 3],
}

impl Force {
    /// ‖·‖ over W1_j, b1_j and W2_:j together.
    pub fn norm(&self) -> f64 {
        self.dot(self).sqrt()
    }

    /// ‖·‖ over W1_j alone.
    pub fn encoder_norm(&self) -> f64 {
        dot(&self.encoder, &self.encoder).sqrt()
    }

    /// ‖·‖ over W2_:j alone.
    pub fn decoder_norm(&self) -> f64 {
        dot(&self.decoder, &self.decoder).sqrt()
    }

    /// The product over W1_j, b1_j and W2_:j together.
    pub fn dot(&self, other: &Self) -> f64 {
        dot(&self.encoder, &other.encoder)
            + self.encoder_bias * other.encoder_bias
            + dot(&self.decoder, &other.decoder)
    }

    fn plus(&self, other: &Self) -> Self {
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        Self {
            encoder: sum(&self.encoder, &other.encoder),
            encoder_bias: self.encoder_bias + other.encoder_bias,
            decoder: sum(&self.decoder, &other.decoder),
        }
    }
}

impl Forces {
    pub fn of(&self, kind: ForceKind) -> &Force {
        match kind {
            ForceKind::Reconstruction => &self.reconstruction,
            ForceKind::Decay => &self.decay,
            ForceKind::Sparsity => &self.sparsity,
        }
    }

    /// The gradient of J with respect to the unit's parameters.
    pub fn total(&self) -> Force {
        self.reconstruction.plus(&self.decay).plus(&self.sparsity)
    }

    /// Each force's component along the total's direction, in the order of [`ForceKind::ALL`]: they add up to the
    /// total's norm, and a negative one is overruled by the others. All 0 where the forces balance exactly.
    pub fn along_total(&self) -> [f64; 3] {
        let total = self.total();
        let norm = total.norm();
        ForceKind::ALL.map(|kind| {
            if norm > 0.0 {
                self.of(kind).dot(&total) / norm
            } else {
                0.0
            }
        })
    }

    /// The term with the largest force.
    pub fn strongest(&self) -> ForceKind {
        let mut strongest = ForceKind::Reconstruction;
        for kind in ForceKind::ALL {
            if self.of(kind).norm() > self.of(strongest).norm() {
                strongest = kind;
            }
        }
        strongest
    }
}

/// The forces on `unit` over the samples (m, n) of `pass`.
pub(super) fn of_unit(
    architecture: &Architecture,
    parameters: &Parameters<f64>,
    samples: ArrayView2<'_, f64>,
    pass: &Pass,
    objective: &Objective,
    unit: usize,
) -> Forces {
    let n = parameters.inputs();
    let count = samples.nrows() as f64;
    let z2: Vec<f64> = pass.pre_activations.column(unit).to_vec();
    let activations = pass.activations.column(unit);
    let column = parameters.decoder_weights().column(unit).to_vec();
    let sparsity_deltas = sparsity_deltas(architecture, &z2, objective);
    let mut reconstruction = Force {
        encoder: vec![0.0; n],
        encoder_bias: 0.0,
        decoder: vec![0.0; n],
    };
    let mut sparsity = reconstruction.clone();
    let rows = samples.outer_iter().zip(pass.reconstructions.outer_iter());
    for (index, (x, output)) in rows.enumerate() {
        let a = activations[index];
        let mut back = 0.0;
        for (((output, x), w), to) in output
            .iter()
            .zip(&x)
            .zip(&column)
            .zip(&mut reconstruction.decoder)
        {
            // δ3 = (x̂ − x)·g′(z3)
            let delta = (output - x) * output_slope(architecture.output_activation, *output);
            back += delta * w;
            *to += delta * a;
        }
        let delta = back * hidden_slope(architecture.hidden_activation, a, z2[index]);
        add_scaled(&mut reconstruction.encoder, &x, delta);
        reconstruction.encoder_bias += delta;
        if objective.sparsity_weight != 0.0 {
            add_scaled(&mut sparsity.encoder, &x, sparsity_deltas[index]);
            sparsity.encoder_bias += sparsity_deltas[index];
        }
    }
    for force in [&mut reconstruction, &mut sparsity] {
        let values = force.encoder.iter_mut().chain(&mut force.decoder);
        values.for_each(|value| *value /= count);
        force.encoder_bias /= count;
    }
    let weights = parameters.encoder_weights().row(unit).to_vec();
    let lambda = objective.weight_decay;
    let decay = Force {
        encoder: weights.iter().map(|w| lambda * w).collect(),
        encoder_bias: 0.0,
        decoder: column.iter().map(|w| lambda * w).collect(),
    };
    let squared = dot(&weights, &weights);
    let growth = [&reconstruction, &decay, &sparsity].map(|force| {
        if squared > 0.0 {
            -dot(&force.encoder, &weights) / squared
        } else {
            0.0
        }
    });
    Forces {
        reconstruction,
        decay,
        sparsity,
        growth,
    }
}

/// f′(z2), from the tail that doesn't cancel.
fn hidden_slope(activation: HiddenActivation, a: f64, z: f64) -> f64 {
    match activation {
        HiddenActivation::Sigmoid => {
            let tail = (-z.abs()).exp();
            tail / (1.0 + tail).powi(2)
        }
        HiddenActivation::Tanh => {
            if a.abs() < 0.5 {
                1.0 - a * a
            } else {
                // 1/cosh² z
                let tail = (-2.0 * z.abs()).exp();
                4.0 * tail / (1.0 + tail).powi(2)
            }
        }
    }
}

/// The sparsity term of δ2 for each sample, not yet divided by m. In the log domain, where no unit saturates: with
/// l₁ = ln p and l₀ = ln(1 − p), p = sigmoid(s z2), it is β s (−ρ e^(l₁+l₀−L₁) + (1−ρ) e^(l₁+l₀−L₀)); as printed
/// β c (−ρ/ρ̂ + (1−ρ)/(1−ρ̂)) for every sample.
fn sparsity_deltas(architecture: &Architecture, z2: &[f64], objective: &Objective) -> Vec<f64> {
    let beta = objective.sparsity_weight;
    if beta == 0.0 {
        return vec![0.0; z2.len()];
    }
    let rho = objective.sparsity_target;
    let scale = match architecture.hidden_activation {
        HiddenActivation::Sigmoid => 1.0,
        HiddenActivation::Tanh => 2.0,
    };
    let logs: Vec<(f64, f64)> = z2
        .iter()
        .map(|z| {
            let z = scale * z;
            let tail = (-z.abs()).exp().ln_1p();
            (z.min(0.0) - tail, (-z).min(0.0) - tail)
        })
        .collect();
    let log_mean = |of: fn(&(f64, f64)) -> f64| {
        let top = logs.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|pair| (of(pair) - top).exp()).sum();
        top + (sum / logs.len() as f64).ln()
    };
    let (mean_p, mean_q) = (log_mean(|pair| pair.0), log_mean(|pair| pair.1));
    let c = architecture.hidden_activation.probability_slope();
    logs.iter()
        .map(|(l1, l0)| match objective.gradient {
            GradientForm::Exact => {
                beta * scale
                    * ((1.0 - rho) * (l1 + l0 - mean_q).exp() - rho * (l1 + l0 - mean_p).exp())
            }
            GradientForm::Printed => {
                beta * c * ((1.0 - rho) * (-mean_q).exp() - rho * (-mean_p).exp())
            }
        })
        .collect()
}

fn add_scaled(to: &mut [f64], x: &ndarray::ArrayView1<'_, f64>, scale: f64) {
    to.iter_mut().zip(x).for_each(|(to, x)| *to += scale * x);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
