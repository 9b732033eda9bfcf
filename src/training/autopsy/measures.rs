//! What is weighed in a death: ratios that kill above 1, as logarithms. From the laws of the dead state
//! ([`crate::model::law`]), with what mini-batches add.

use crate::model::{
    BatchSize, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation, Spectrum,
};

/// Stands for 0 where a logarithm is taken.
const LEAST: f64 = 1e-12;

/// What counts of the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DataFacts {
    /// σ_max(C D)
    pub sigma: f64,
    /// ‖x̄‖²
    pub mean_square: f64,
    /// 1/(2m) Σ‖x − x̄‖²
    pub variance: f64,
}

impl DataFacts {
    /// Those of the whitened photographs, which of the embedded sets vary least.
    pub const USUAL: Self = Self {
        sigma: 0.018,
        mean_square: 16.0,
        variance: 0.6,
    };

    /// `spectrum` is `None` until it was measured: then the usual stands for it.
    pub fn of(spectrum: Option<&Spectrum>, variance: f64) -> Self {
        Self {
            sigma: spectrum.map_or(Self::USUAL.sigma, Spectrum::largest),
            mean_square: spectrum.map_or(Self::USUAL.mean_square, Spectrum::mean_square),
            variance,
        }
    }
}

/// What does not change during a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub hidden: HiddenActivation,
    pub output: OutputActivation,
    /// m
    pub samples: usize,
    /// n
    pub inputs: usize,
    /// h
    pub units: usize,
    /// How long the unit had to grow.
    pub epochs: u64,
}

/// ln(λ/λ_c) with the λ_c that mini-batches leave; `free` is the unit's ρ̂, where nothing holds it at ρ.
///
/// A batch of B samples has a ρ̂ of its own: the KL term then charges its variance too, β f′/(2B) · w1ᵀ C w1 to second
/// order, which holds W1 down beside λ. The dead state is stable where λ (λ + β f′ s/B) > (f′ s d)², s the variance along
/// w1 and d = g′; so λ_c falls by the factor √(1 + q²) − q, q = β/(2 B d).
pub(super) fn pressure(
    settings: &Hyperparameters,
    data: &DataFacts,
    frame: &Frame,
    free: Option<f64>,
) -> f64 {
    let at = free.unwrap_or(settings.sparsity_target);
    let lambda_c = frame.hidden.slope_at(at) * data.sigma * batch_factor(settings, data, frame);
    settings.weight_decay.max(LEAST).ln() - lambda_c.max(LEAST).ln()
}

/// What is left of λ_c with mini-batches, at most 1.
pub(super) fn batch_factor(settings: &Hyperparameters, data: &DataFacts, frame: &Frame) -> f64 {
    let Some(rows) = batch_rows(settings, frame) else {
        return 1.0;
    };
    let typical = (data.mean_square / frame.inputs.max(1) as f64).sqrt();
    let slope = frame.output.slope_at(typical.min(1.0)).clamp(0.05, 1.0);
    let q = settings.sparsity_weight / (2.0 * rows * slope);
    (1.0 + q * q).sqrt() - q
}

/// B; `None` where each step sees all samples.
fn batch_rows(settings: &Hyperparameters, frame: &Frame) -> Option<f64> {
    let rows = settings.batch.rows(frame.samples);
    let full = settings.optimizer == OptimizerKind::Lbfgs
        || settings.batch == BatchSize::Full
        || rows >= frame.samples;
    (!full).then_some(rows.max(1) as f64)
}

/// ln of how many epochs a unit that the steps threw off needs to come back, over [`BEARABLE_EPOCHS`]. `from` is the
/// unit's ρ̂ before; `up` whether it was thrown towards 1.
///
/// The KL term's gradient in z is β (ρ̂ − ρ) for each sample, and a step down it changes z by α (1 + ‖x̄‖²) times that;
/// momentum adds up 1/(1−μ) of them, and the reconstruction throws by its own error. A batch's own ρ̂ strays from the
/// whole set's by √(ρ(1−ρ)/B). Once ρ̂ is near 0, what calls it back is β ρ alone (near 1: β (1−ρ)): α, and what else
/// lengthens every step, throws it further and calls it back faster alike, so that ρ, and the number of steps an epoch,
/// decide. Adam takes steps of α whatever the gradient; L-BFGS looks before it leaps.
pub(super) fn throw(
    settings: &Hyperparameters,
    data: &DataFacts,
    frame: &Frame,
    (from, up): (f64, bool),
) -> f64 {
    let Hyperparameters {
        sparsity_target: rho,
        sparsity_weight: beta,
        learning_rate: alpha,
        ..
    } = *settings;
    // in the logit of p, which is z for sigmoid and 2z for tanh
    let logit = 4.0 * frame.hidden.greatest_slope();
    let inputs = frame.inputs.max(1) as f64;
    let momentum = match settings.optimizer {
        OptimizerKind::Descent => 0.0,
        OptimizerKind::Momentum => settings.momentum,
        OptimizerKind::Adam => {
            let jump = logit * alpha * (1.0 + (inputs * data.mean_square).sqrt());
            return jump.max(LEAST).ln() - BEARABLE_STEP.ln();
        }
        OptimizerKind::Lbfgs => return LEAST.ln(),
    };
    let rows = batch_rows(settings, frame);
    let steps = rows.map_or(1.0, |rows| (frame.samples as f64 / rows).ceil());
    let stray = rows.map_or(0.0, |rows| (rho * (1.0 - rho) / rows).sqrt());
    let reach = logit * alpha * (1.0 + data.mean_square) / (1.0 - momentum);
    let error = match frame.output {
        OutputActivation::Sigmoid => 0.1,
        OutputActivation::Tanh | OutputActivation::Linear => 1.0,
    } * 0.3
        * data.mean_square.sqrt();
    let jump =
        reach * (beta * ((from - rho).abs() + stray) + error * frame.hidden.greatest_slope());
    let off = |p: f64| (p.clamp(1e-9, 1.0 - 1e-9) / (1.0 - p.clamp(1e-9, 1.0 - 1e-9))).ln();
    let depth = jump - (off(from) - off(rho)).abs();
    let call = reach * beta * if up { 1.0 - rho } else { rho } * steps;
    depth.max(LEAST).ln() - call.max(LEAST).ln() - BEARABLE_EPOCHS.ln()
}

/// μ; `None` for the optimisers whose rate isn't known.
fn momentum(settings: &Hyperparameters) -> Option<f64> {
    match settings.optimizer {
        OptimizerKind::Descent => Some(0.0),
        OptimizerKind::Momentum => Some(settings.momentum),
        OptimizerKind::Adam | OptimizerKind::Lbfgs => None,
    }
}

/// ln(α/α_c) over [`BEARABLE_SWING`]: above α_c each step carries ρ̂ past ρ, further than it was, and well above, it swings
/// for ever between 0 and 1.
pub(super) fn swing(settings: &Hyperparameters, data: &DataFacts, frame: &Frame) -> f64 {
    let Some(momentum) = momentum(settings) else {
        return LEAST.ln();
    };
    let curvature = settings.sparsity_weight
        * frame.hidden.slope_at(settings.sparsity_target)
        * (1.0 + data.mean_square);
    (settings.learning_rate * curvature / (2.0 * (1.0 + momentum)))
        .max(LEAST)
        .ln()
        - BEARABLE_SWING.ln()
}

/// The α/α_c at which units still live.
const BEARABLE_SWING: f64 = 3.0;

/// ln of [`SEEN`] over the spread that a unit held at ρ would have come to from random weights, by the steps that there
/// were: above 0 it would have been dead whatever else had been otherwise.
///
/// Random weights have ‖W1_j‖² ≈ 2n/(n+h+1), and the reconstruction grows them by e^r a step, r = α/(1−μ) (λ_c − λ).
pub(super) fn dormancy(settings: &Hyperparameters, data: &DataFacts, frame: &Frame) -> f64 {
    let Some(momentum) = momentum(settings) else {
        return LEAST.ln();
    };
    if settings.sparsity_weight == 0.0 {
        return LEAST.ln();
    }
    let slope = frame.hidden.slope_at(settings.sparsity_target);
    let inputs = frame.inputs.max(1) as f64;
    let square = 2.0 / (inputs + frame.units as f64 + 1.0);
    let deviation = (square * 2.0 * data.variance.max(0.0)).sqrt();
    let spread = slope * frame.hidden.probability_slope() * DEVIATIONS * deviation;
    let steps = batch_rows(settings, frame)
        .map_or(1.0, |rows| (frame.samples as f64 / rows).ceil())
        * frame.epochs as f64;
    let lambda_c = slope * data.sigma * batch_factor(settings, data, frame);
    let rate = settings.learning_rate / (1.0 - momentum) * (lambda_c - settings.weight_decay);
    SEEN.ln() - spread.max(LEAST).ln() - (rate * steps).max(0.0)
}

/// A spread that tells inputs apart.
pub(super) const SEEN: f64 = 0.05;
/// From the least to the greatest of some hundreds of samples.
const DEVIATIONS: f64 = 6.0;

/// A unit that is back after so many epochs was not killed.
const BEARABLE_EPOCHS: f64 = 2.0;
/// Steps of Adam in logit p that a unit bears.
const BEARABLE_STEP: f64 = 3.0;

/// ln of how little a unit with weights of a usual length varies, for the same ones to compare with: 0 where f′ is 1.
pub(super) fn faintness(
    settings: &Hyperparameters,
    data: &DataFacts,
    frame: &Frame,
    free: Option<f64>,
) -> f64 {
    let at = free.unwrap_or(settings.sparsity_target);
    let varies = frame.hidden.slope_at(at) * (2.0 * data.variance).max(0.0).sqrt();
    -varies.max(LEAST).ln()
}
