//! Units so far out that not one of their samples' p (or 1 − p) can be represented: the KL term in the log domain.
//!
//! With l₁ = ln p = −softplus(−z), l₀ = ln(1 − p) = −softplus(z), L₁ = ln mean e^l₁, L₀ = ln mean e^l₀:
//! KL = ρ(ln ρ − L₁) + (1−ρ)(ln(1−ρ) − L₀), and a sample's term of δ2 is β s [−ρ e^(l₁+l₀−L₁) + (1−ρ) e^(l₁+l₀−L₀)];
//! z stands for s·z2 with s = 2 for tanh, else 1. A clamp on ρ̂ would keep such a unit dead for ever.

use std::ops::Range;

use crate::model::{Architecture, HiddenActivation, Objective, Parameters};
use crate::numerics::{Kernels, Precision, Real};

use super::Samples;

/// The saturated units of one call.
#[derive(Default)]
pub(super) struct Saturated {
    units: Vec<SaturatedUnit>,
    /// Their l₁ + l₀, unit by unit, sample by sample.
    logs: Vec<f64>,
    samples: usize,
    /// s
    scale: f64,
}

struct SaturatedUnit {
    unit: usize,
    log_mean_p: f64,
    log_mean_q: f64,
}

impl Saturated {
    /// Finds them by `means` (ρ̂, 1 − ρ̂) and computes their pre-activations anew, in f64, over `samples` (m, n) dense.
    pub fn find<T: Real>(
        &mut self,
        architecture: &Architecture,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        kernels: &Kernels<T>,
        means: &[(f64, f64)],
        objective: &Objective,
    ) {
        self.units.clear();
        self.logs.clear();
        if objective.sparsity_weight == 0.0 {
            return;
        }
        // far enough above the least normal number (1.2e-38, 2.2e-308) that what the kernels clamp there is nothing
        let tiny = match T::PRECISION {
            Precision::F32 => 1e-30,
            Precision::F64 => 1e-290,
        };
        let n = architecture.inputs;
        self.samples = samples.count;
        let mut room = if samples.are_levels() {
            vec![T::zero(); n]
        } else {
            Vec::new()
        };
        self.scale = match architecture.hidden_activation {
            HiddenActivation::Sigmoid => 1.0,
            HiddenActivation::Tanh => 2.0,
        };
        for (unit, (p, q)) in means.iter().enumerate() {
            if *p >= tiny && *q >= tiny || p.is_nan() || q.is_nan() {
                continue;
            }
            let weights = &parameters.flat()[unit * n..(unit + 1) * n];
            let bias = parameters.flat()[parameters.encoder_bias_range()][unit].f64();
            let (mut of_p, mut of_q) = (LogSum::default(), LogSum::default());
            for row in 0..samples.count {
                let x = samples.rows((row, 1), n, kernels, &mut room);
                let z = bias
                    + weights
                        .iter()
                        .zip(x)
                        .map(|(w, x)| w.f64() * x.f64())
                        .sum::<f64>();
                let z = self.scale * z;
                let tail = (-z.abs()).exp().ln_1p();
                let (l1, l0) = (z.min(0.0) - tail, (-z).min(0.0) - tail);
                of_p.add(l1);
                of_q.add(l0);
                self.logs.push(l1 + l0);
            }
            let count = (self.samples as f64).ln();
            self.units.push(SaturatedUnit {
                unit,
                log_mean_p: of_p.ln() - count,
                log_mean_q: of_q.ln() - count,
            });
        }
    }

    /// (ln ρ̂, ln(1 − ρ̂)) of a unit, if it is one of them.
    pub fn log_means(&self, unit: usize) -> Option<(f64, f64)> {
        self.units
            .iter()
            .find(|saturated| saturated.unit == unit)
            .map(|found| (found.log_mean_p, found.log_mean_q))
    }

    /// Adds their terms, of those among `units`, to δ2/m and to its column sums (stride): `delta` (rows, stride) is that
    /// of these units and of the samples from `first` on.
    pub fn add_terms<T: Real>(
        &self,
        first: usize,
        units: &Range<usize>,
        objective: &Objective,
        delta: &mut [T],
        stride: usize,
        sums: &mut [T],
    ) {
        let rho = objective.sparsity_target;
        let scale = objective.sparsity_weight * self.scale / self.samples as f64;
        let found = self.units.iter().enumerate();
        for (index, found) in found.filter(|(_, found)| units.contains(&found.unit)) {
            let column = found.unit - units.start;
            let logs = &self.logs[index * self.samples + first..];
            let mut sum = 0.0;
            for (row, log_pq) in delta.chunks_exact_mut(stride).zip(logs) {
                let term = scale
                    * (-rho * (log_pq - found.log_mean_p).exp()
                        + (1.0 - rho) * (log_pq - found.log_mean_q).exp());
                row[column] += T::of(term);
                sum += term;
            }
            sums[column] += T::of(sum);
        }
    }
}

/// ln Σ eˡ, one l at a time.
struct LogSum {
    top: f64,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self {
            top: f64::NEG_INFINITY,
            sum: 0.0,
        }
    }
}

impl LogSum {
    fn add(&mut self, l: f64) {
        if l > self.top {
            self.sum *= (self.top - l).exp();
            self.top = l;
        }
        self.sum += (l - self.top).exp();
    }

    fn ln(&self) -> f64 {
        self.top + self.sum.ln()
    }
}
