//! The cost J and its three terms.

use serde::{Deserialize, Serialize};

use super::{CheckedHyperparameters, GradientForm};

/// What the model needs of the hyperparameters to compute J and ∇J.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// ρ in (0, 1)
    pub sparsity_target: f64,
    /// β ≥ 0
    pub sparsity_weight: f64,
    /// λ ≥ 0
    pub weight_decay: f64,
    pub gradient: GradientForm,
}

impl From<&CheckedHyperparameters> for Objective {
    fn from(settings: &CheckedHyperparameters) -> Self {
        Self {
            sparsity_target: settings.sparsity_target,
            sparsity_weight: settings.sparsity_weight,
            weight_decay: settings.weight_decay,
            gradient: settings.gradient,
        }
    }
}

/// KL(ρ‖ρ̂) ≥ 0 of one unit, in nats, from ρ = `target` in (0, 1) and (ρ̂, 1 − ρ̂) = `mean`, both in (0, 1).
///
/// With the excess φ(r) = r − 1 − ln r ≥ 0, KL = ρ φ(ρ̂/ρ) + (1−ρ) φ((1−ρ̂)/(1−ρ)): the linear parts cancel on paper
/// and not in rounded numbers, so that ρ(ln ρ − ln ρ̂) + (1−ρ)(ln(1−ρ) − ln(1−ρ̂)) comes out below 0 near ρ. No term of
/// this form can. Of the two means the smaller is believed, and the other taken from it: where they were summed in f32
/// they add up to 1 only nearly.
pub fn kl_divergence(target: f64, mean: (f64, f64)) -> f64 {
    let (p, q) = mean;
    // ρ̂ − ρ, and what stands on either side
    let (above, p, q) = if p <= q {
        (p - target, p, 1.0 - p)
    } else {
        ((1.0 - target) - q, 1.0 - q, q)
    };
    let rest = 1.0 - target;
    target * excess(above / target, p / target) + rest * excess(-above / rest, q / rest)
}

/// φ(r) = x − ln(1 + x) of r = 1 + x, given both: x near 1, r far from it.
fn excess(x: f64, r: f64) -> f64 {
    if x.abs() < 1e-3 {
        // the next term is below 1e-15 of the sum
        x * x * (0.5 - x * (1.0 / 3.0 - x * (0.25 - x * (0.2 - x / 6.0))))
    } else if x.abs() < 0.5 {
        x - x.ln_1p()
    } else {
        x - r.ln()
    }
}

/// J = reconstruction + decay + sparsity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// 1/(2m) Σ‖x̂−x‖²
    pub reconstruction_loss: f64,
    /// λ/2 (ΣW1² + ΣW2²); biases are not decayed
    pub decay_penalty: f64,
    /// β Σ_j KL(ρ‖ρ̂_j), natural log, not divided by m
    pub sparsity_penalty: f64,
}

impl Cost {
    pub fn total(&self) -> f64 {
        self.reconstruction_loss + self.decay_penalty + self.sparsity_penalty
    }

    pub fn is_finite(&self) -> bool {
        self.total().is_finite()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two terms that nearly cancel, in twice the digits: each number as an exact sum of two.
    fn kl_by_series(rho: f64, above: f64) -> f64 {
        // Σ_k≥2 (−δ)ᵏ/k (1/ρᵏ⁻¹ + (−1)ᵏ/(1−ρ)ᵏ⁻¹): converges for small δ/ρ, every term to full accuracy
        let rest = 1.0 - rho;
        (2..60)
            .map(|k| {
                let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
                above.powi(k) / f64::from(k) * (sign / rho.powi(k - 1) + 1.0 / rest.powi(k - 1))
            })
            .sum()
    }

    #[test]
    fn the_divergence_is_never_below_zero_and_exact_near_the_target() {
        for rho in [0.5f64, 0.3, 0.05, 0.02, 1e-2, 1e-3, 1e-4, 0.97, 0.999] {
            for exponent in -40..=-1 {
                for sign in [-1.0, 1.0] {
                    let size = 2f64.powi(exponent) * rho.min(1.0 - rho);
                    let p = rho + sign * size;
                    // as f64 sums have it, and as f32 ones do
                    for q in [1.0 - p, (1.0 - p) * (1.0 + 6e-8), (1.0 - p) * (1.0 - 6e-8)] {
                        let kl = kl_divergence(rho, (p, q));
                        assert!(kl >= 0.0, "ρ {rho}, ρ̂ {p}: {kl}");
                    }
                    let p = rho + sign * size;
                    let expected = kl_by_series(rho, p - rho);
                    let kl = kl_divergence(rho, (p, 1.0 - p));
                    // ρ̂ itself is only known to its rounding
                    let known = (2.0 * f64::EPSILON * p.max(0.5) / size).max(1e-12);
                    assert!(
                        (kl - expected).abs() <= known * expected,
                        "ρ {rho}, ρ̂ − ρ {size:e}: {kl:e} for {expected:e}"
                    );
                }
            }
            assert_eq!(kl_divergence(rho, (rho, 1.0 - rho)), 0.0);
        }
    }

    #[test]
    fn far_from_the_target_it_is_the_plain_formula() {
        for rho in [0.5f64, 0.05, 1e-3] {
            for (p, q) in [
                (1e-20f64, 1.0f64),
                (1e-5, 1.0 - 1e-5),
                (0.5, 0.5),
                (0.999, 1e-3),
                (1.0, 1e-25),
            ] {
                let plain: f64 =
                    rho * (rho.ln() - p.ln()) + (1.0 - rho) * ((-rho).ln_1p() - q.ln());
                let kl = kl_divergence(rho, (p, q));
                assert!(
                    (kl - plain).abs() <= 1e-11 * plain.abs(),
                    "{rho} {p}: {kl} {plain}"
                );
            }
        }
    }
}
