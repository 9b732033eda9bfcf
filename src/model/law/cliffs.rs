//! The laws for one set of hyperparameters.

use super::Spectrum;
use crate::model::{BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind};

/// Where the dead state of a run begins and ends, and how the run moves near it. See [`super`] for what it means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cliffs {
    /// λ of the run.
    pub weight_decay: f64,
    /// α of the run.
    pub learning_rate: f64,
    /// β of the run.
    pub sparsity_weight: f64,
    /// λ_c = f′(ρ) σ_max. Above it a unit that died stays dead; below it the dead state is not stable. With β 0, where
    /// nothing holds ρ̂ at ρ: that of a dead unit whose ρ̂ happens to be ρ.
    pub lambda_c: f64,
    /// H, how the KL term bends J along each unit's (b1, W1·x̄).
    pub curvature: f64,
    /// α_c = 2(1+μ)/H. Above it ρ̂ swings around ρ with growing amplitude. Of full batches; mini-batches feel it earlier.
    /// `None` for Adam and L-BFGS, which choose their own step, and where β is 0.
    pub alpha_c: Option<f64>,
    /// The β whose α_c is the run's α. `None` for Adam and L-BFGS.
    pub beta_c: Option<f64>,
    /// r = α/(1−μ) (λ_c − λ): around the dead state weights grow by e^r a step; they shrink where r < 0. `None` for Adam
    /// and L-BFGS.
    pub rate: Option<f64>,
    /// r with the drag of the KL term, which is next to none where the directions stand at right angles to x̄: the greatest
    /// α/(1−μ) (λ_k − λ) / (1 + ½ (u_k·x̄)²) of the directions that are known. With β 0, r itself. `None` as `rate`, and
    /// where nothing grows.
    pub pace: Option<f64>,
    /// What weights near the dead state grow by in one step, as ln of the factor. It is `pace` with full batches where that
    /// is far below 1 − μ; beyond, momentum has no time to gather. Mini-batches slow it: see [`super`]. `None` as `pace`,
    /// and where the noise of the batches holds the weights down.
    pub growth: Option<f64>,
    /// The ρ for which λ ≤ λ_c, within [0, 1]; `None` where there are none.
    pub rho: Option<(f64, f64)>,
    /// Directions along which a dead net is not stable at this λ; `None` where not all σ are known.
    pub open_directions: Option<usize>,
}

impl Cliffs {
    /// Of a run with `settings` on the data of `spectrum`.
    pub fn new(
        spectrum: &Spectrum,
        settings: &Hyperparameters,
        hidden_activation: HiddenActivation,
    ) -> Self {
        let Hyperparameters {
            sparsity_target: rho,
            sparsity_weight: beta,
            learning_rate: alpha,
            weight_decay: lambda,
            ..
        } = *settings;
        let slope = hidden_activation.slope_at(rho);
        let lambda_c = slope * spectrum.largest();
        let momentum = match settings.optimizer {
            OptimizerKind::Descent => Some(0.0),
            OptimizerKind::Momentum => Some(settings.momentum),
            OptimizerKind::Adam | OptimizerKind::Lbfgs => None,
        };
        // of the KL term, along a unit's (b1, W1·x̄), for β = 1
        let bend = match settings.gradient {
            GradientForm::Exact => slope,
            // without the f′ that the bracket lost
            GradientForm::Printed => 1.0,
        };
        let curvature = bend * (1.0 + spectrum.mean_square());
        // weights along u_k have biases that make good for u_k·x̄ move with them
        let drag = |lean: f64| 1.0 + if beta > 0.0 { 0.5 * lean } else { 0.0 };
        let directions = || {
            let sigma = spectrum.sigma().iter().map(|sigma| slope * sigma);
            sigma.zip(spectrum.leans()).zip(spectrum.variances())
        };
        let greatest =
            |pulls: &mut dyn Iterator<Item = f64>| pulls.fold(f64::NEG_INFINITY, f64::max);
        let slowed = greatest(
            &mut directions().map(|((threshold, lean), _)| (threshold - lambda) / drag(*lean)),
        );
        // what half the variance of a batch's ρ̂ costs, as a decay of W1 alone
        let shaken = beta * bend * share_of_variance(settings.batch, spectrum.samples());
        let pull = greatest(&mut directions().map(|((threshold, lean), variance)| {
            let half = 0.5 * shaken * variance;
            (threshold.hypot(half) - half - lambda) / drag(*lean)
        }));
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let paced = |value: &f64| *value > 0.0 && value.is_finite();
        Self {
            weight_decay: lambda,
            learning_rate: alpha,
            sparsity_weight: beta,
            lambda_c,
            curvature: beta * curvature,
            alpha_c: momentum.and_then(|mu| finite(2.0 * (1.0 + mu) / (beta * curvature))),
            beta_c: momentum.and_then(|mu| finite(2.0 * (1.0 + mu) / (alpha * curvature))),
            rate: momentum.map(|mu| alpha / (1.0 - mu) * (lambda_c - lambda)),
            pace: momentum.map(|mu| alpha / (1.0 - mu) * slowed).filter(paced),
            growth: momentum.map(|mu| growth(alpha * pull, mu)).filter(paced),
            rho: open_interval(lambda, hidden_activation, spectrum.largest()),
            open_directions: spectrum.above(lambda / slope),
        }
    }

    /// λ/λ_c; `None` where λ_c is 0.
    pub fn lambda_ratio(&self) -> Option<f64> {
        (self.lambda_c > 0.0).then(|| self.weight_decay / self.lambda_c)
    }

    /// α/α_c.
    pub fn alpha_ratio(&self) -> Option<f64> {
        self.alpha_c.map(|alpha_c| self.learning_rate / alpha_c)
    }

    /// Whether what is dead stays dead: λ ≥ λ_c.
    pub fn stays_dead(&self) -> bool {
        self.weight_decay >= self.lambda_c
    }

    /// Steps until weights near the dead state are `factor` (> 1) times as large; `None` where they don't grow, or where
    /// the law is silent.
    pub fn steps_to_grow(&self, factor: f64) -> Option<f64> {
        Some(factor.ln() / self.growth?).filter(|steps| steps.is_finite())
    }
}

/// The variance of a batch's mean, as a part of that of the samples, which are drawn without replacement.
fn share_of_variance(batch: BatchSize, samples: usize) -> f64 {
    let rows = batch.rows(samples).max(1);
    let others = samples.saturating_sub(rows) as f64;
    others / (rows as f64 * (samples as f64 - 1.0).max(1.0))
}

/// ln z of w(t) ~ zᵗ, where w(t+1) = w(t) + μ (w(t) − w(t−1)) + `step` w(t).
fn growth(step: f64, mu: f64) -> f64 {
    // z = 1 + x: x² + (1 − μ − step) x = step
    let half = 0.5 * (1.0 - mu - step);
    (step / (half + half.hypot(step.max(0.0).sqrt()))).ln_1p()
}

/// The ρ whose f′(ρ) σ is at least `lambda`: the roots of κ ρ(1−ρ) σ = λ.
fn open_interval(lambda: f64, hidden: HiddenActivation, sigma: f64) -> Option<(f64, f64)> {
    let greatest = hidden.greatest_slope() * sigma;
    if lambda == 0.0 {
        return Some((0.0, 1.0));
    }
    if lambda > greatest {
        return None;
    }
    let ratio = lambda / greatest;
    let root = (1.0 - ratio).sqrt();
    let low = 0.5 * ratio / (1.0 + root); // no cancellation, as ½(1 − root) would have
    Some((low, 1.0 - low))
}
