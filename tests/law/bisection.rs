//! From the dead side: the λ at which units stop coming back, found by bisection, is λ_c.

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{HiddenActivation as F, OutputActivation as G};

use crate::collapse::{Net, first, lbfgs, losses, settle};
use crate::full;

/// Weights of a small perturbation of the dead state: the gradient is 0 in it.
const PERTURBED: f64 = 1e-2;
/// The bracket is halved until its ends are this far apart.
const APART: f64 = 1.02;

#[test]
fn the_boundary_from_the_dead_side_is_within_a_twentieth_of_the_law() {
    let (samples, hidden, most, targets) = if full() {
        (4_000, 25, 6_000, &[0.02, 0.05, 0.2][..])
    } else {
        (300, 4, 2_500, &[0.02, 0.05, 0.2][..])
    };
    let net = Net::new(
        &first(EmbeddedSet::Digits, samples),
        hidden,
        F::Sigmoid,
        G::Sigmoid,
    );
    for rho in targets {
        let lambda_c = net.lambda_c(&lbfgs(*rho, 3.0, 0.0));
        let comes_back = |factor: f64| {
            let settings = lbfgs(*rho, 3.0, factor * lambda_c);
            let mut run = net.run(settings, net.collapsed(*rho, PERTURBED));
            settle(&mut run, most);
            losses(&run).iter().any(|loss| *loss >= 1e-4)
        };
        let (mut low, mut high) = (0.5, 2.0);
        assert!(comes_back(low) && !comes_back(high));
        while high / low > APART {
            let middle = f64::sqrt(low * high);
            if comes_back(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        println!(
            "digits, ρ {rho}, λ_c {lambda_c:.4e}: units come back to {low:.4}, and none from {high:.4} λ_c on"
        );
        assert!(low > 0.95 && high < 1.05, "ρ {rho}: {low} {high}");
    }
}
