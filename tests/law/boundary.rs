//! λ_c is where dead units come back; a net that lives can stay alive above it.

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{HiddenActivation as F, OutputActivation as G};
use sae_lab::training::Run;

use crate::collapse::{Net, encoder_norm, first, lbfgs, losses, set, settle};
use crate::full;

/// Weights of a small perturbation of the dead state: the gradient is 0 in it.
const PERTURBED: f64 = 1e-2;

/// Units whose activation is worth something to the reconstruction: the ground truth of life.
fn alive(run: &Run<f64>) -> usize {
    let of_each = losses(run);
    of_each.iter().filter(|loss| **loss >= 1e-4).count()
}

/// From the perturbed dead state by L-BFGS, until nothing moves: below λ_c units come back, above it none.
fn boundary(set: EmbeddedSet, rho: f64) {
    let (samples, hidden, most) = if full() {
        (4_000, 25, 6_000)
    } else {
        (300, 4, 2_500)
    };
    let data = first(set, samples);
    let four = [
        (F::Sigmoid, G::Sigmoid),
        (F::Sigmoid, G::Linear),
        (F::Tanh, G::Sigmoid),
        (F::Tanh, G::Linear),
    ];
    let more = [(F::Sigmoid, G::Tanh), (F::Tanh, G::Tanh)];
    let pairs = four
        .iter()
        .chain(more.iter().take(if full() { 2 } else { 0 }));
    for (f, g) in pairs {
        let net = Net::new(&data, hidden, *f, *g);
        let lambda_c = net.lambda_c(&lbfgs(rho, 3.0, 0.0));
        for factor in [0.95, 1.03] {
            let settings = lbfgs(rho, 3.0, factor * lambda_c);
            let mut run = net.run(settings, net.collapsed(rho, PERTURBED));
            let took = settle(&mut run, most);
            let (alive, fvu) = (alive(&run), run.fvu());
            let norm = encoder_norm(run.parameters());
            println!(
                "{}, {f:?}, {g:?}, λ_c {lambda_c:.4e} × {factor}: {alive} of {hidden} alive, FVU {fvu:.6}, ‖W1‖ \
                 {norm:.1e} after {took} iterations",
                set.name()
            );
            if factor < 1.0 {
                assert!(alive > 0 && fvu < 0.9999);
            } else {
                assert!(alive == 0 && (fvu - 1.0).abs() < 1e-6 && norm < 1e-3);
            }
            // the other units' way out is closed, not slow: what little there is shrinks
            assert!(took < most, "not settled");
        }
    }
}

#[test]
fn units_come_back_below_the_cliff_and_none_above_it_on_digits() {
    boundary(EmbeddedSet::Digits, 0.05);
}

#[test]
fn units_come_back_below_the_cliff_and_none_above_it_on_bars() {
    boundary(EmbeddedSet::Bars, 0.05);
}

#[test]
fn units_come_back_below_the_cliff_and_none_above_it_on_photos() {
    boundary(EmbeddedSet::Photos, 0.02);
}

#[test]
fn units_come_back_below_the_cliff_and_none_above_it_on_dead_leaves() {
    boundary(EmbeddedSet::Leaves, 0.05);
}

/// λ swept up with a net that lives, then down with the dead one: between λ_c and the end of the living branch the same
/// λ has both.
#[test]
fn the_way_down_is_not_the_way_up() {
    let (hidden, most) = if full() { (25, 6_000) } else { (8, 2_500) };
    let rho = 0.05;
    let data = first(EmbeddedSet::Digits, if full() { 600 } else { 300 });
    for g in [G::Sigmoid, G::Linear] {
        let net = Net::new(&data, hidden, F::Sigmoid, g);
        let lambda_c = net.lambda_c(&lbfgs(rho, 3.0, 0.0));
        // a net that has learned at a third of λ_c
        let settings = lbfgs(rho, 3.0, lambda_c / 3.0);
        let mut run = net.run(settings, net.collapsed(rho, 0.1));
        settle(&mut run, most);
        let sweep = |run: &mut Run<f64>, factor: f64, way: &str| {
            set(run, |settings| settings.weight_decay = factor * lambda_c);
            settle(run, most);
            let alive = alive(run);
            let fvu = run.fvu();
            println!("{g:?} {way} × {factor}: {alive} alive, FVU {fvu:.6}");
            alive
        };
        let up: Vec<usize> = [0.8, 0.95, 1.02, 1.1, 1.5, 2.0]
            .map(|factor| sweep(&mut run, factor, "up"))
            .to_vec();
        assert!(up[2] > 0, "the living branch goes on above λ_c");
        assert_eq!(up[5], 0, "and ends");
        // the dead net as it was left is the saddle itself: a touch, as of rounding or a batch
        let down: Vec<usize> = [1.02, 0.95]
            .map(|factor| {
                let start = net.collapsed(rho, PERTURBED);
                let mut run = net.run(lbfgs(rho, 3.0, factor * lambda_c), start);
                sweep(&mut run, factor, "down")
            })
            .to_vec();
        assert_eq!(down[0], 0, "dead above λ_c");
        assert!(down[1] > 0, "back below it");
    }
}
