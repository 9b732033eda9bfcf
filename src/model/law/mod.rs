//! The laws of the dead state: where it is stable, how fast a net leaves it, and where ρ̂ begins to swing.
//!
//! A net has collapsed where W1 = W2 = 0, b1 holds every unit at ρ, and b2 fits the mean: x̂ = x̄. Around it, to second
//! order, the biases take up what the KL term and the reconstruction would charge, and
//!
//! J = J₀ + λ/2 (‖W1‖² + ‖W2‖²) − f′(ρ) tr(W1 C D W2),
//!
//! C the covariance of x (with 1/m), D the diagonal of g′ at x̄. So it is a minimum exactly where λ > λ_c =
//! f′(ρ) σ_max(C D), and a saddle below; λ_k = f′(ρ) σ_k is the threshold of the k-th direction. Descent leaves it along
//! the first by e^r a step, r = α/(1−μ) (λ_c − λ), where that direction stands at right angles to x̄. Else the KL term, which
//! is stiff along (b1, W1·x̄), has b1 follow W1·x̄: a step that moves W1 along u moves b1 by u·x̄ as well, and descent is
//! slower by 1 + ½ (u·x̄)², near the cliff.
//!
//! The KL term alone bends J by H = β κ ρ(1−ρ) (1 + ‖x̄‖²), κ = 1 for sigmoid and 4 for tanh, along each unit's (b1,
//! W1·x̄): there p′ is ρ(1−ρ) or 2ρ(1−ρ), and KL″ = 1/(ρ(1−ρ)). Descent with momentum μ diverges along a direction of
//! curvature H where α > α_c = 2(1+μ)/H.
//!
//! Mini-batches of B charge for their own ρ̂, whose variance is f′² w·C w/B for a unit's weights w: on average the KL term
//! gains ½ β KL″ f′² w·C w/B, a decay of W1 alone by d = β κ ρ(1−ρ) u·C u/B along u (times (m−B)/(m−1), since they are drawn
//! without replacement). Weights then grow as √(λ_k² + d²/4) − d/2 − λ says, and the dead state is stable from somewhat
//! below λ_c.
//!
//! Above λ_c weights sink at r < 0, but W1 along x̄, and W2 along the units' mean activations, where a bias follows them,
//! are slower and outlast the rest.
//!
//! What the laws don't say: a net that lives can stay alive somewhat above λ_c (the branch that it is on ends later:
//! hysteresis); at weak β another branch lives beside the dead one; and mini-batches shake ρ̂, so that its swings begin
//! below α_c, and weights never sink below the noise. With β 0 nothing holds a dead unit at ρ.

mod cliffs;
mod krylov;
mod spectrum;

pub use cliffs::Cliffs;
pub use spectrum::{LEADING, Spectrum, WHOLE};
