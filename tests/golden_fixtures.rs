//! Every implementation, on every kernel path, against values computed in extended precision (`tests/golden`).

mod support;

use sae_lab::model::{Cost, GradientForm, Parameters};
use sae_lab::numerics::Real;
use support::{Fixture, implementations, norm_relative, relative_difference};

const GRADIENT: [&str; 4] = ["gW1", "gb1", "gW2", "gb2"];

/// What a precision owes the golden values.
struct Tolerance {
    /// Cost terms, each relative; and ρ̂.
    value: f64,
    /// Gradient blocks, norm-relative.
    gradient: f64,
    /// Parameters, cost and ρ̂ after 1, 10 and 100 steps, max-relative.
    parameters: f64,
    /// J before every step, relative: where it falls steeply, it magnifies the parameters' error.
    trace: f64,
}

const DOUBLE: Tolerance = Tolerance {
    value: 1e-11,
    gradient: 1e-11,
    parameters: 1e-11,
    trace: 1e-11,
};
const SINGLE: Tolerance = Tolerance {
    value: 1e-5,
    gradient: 1e-5,
    parameters: 1e-4,
    trace: 1e-3,
};

fn assert_close(what: impl std::fmt::Display, value: f64, golden: f64, tolerance: f64) {
    let difference = (value - golden).abs();
    assert!(
        difference <= tolerance * golden.abs(),
        "{what}: {value:e} for {golden:e}"
    );
}

/// J and its terms. A term may vanish against J (the KL near its minimum is a difference of equals), so after some
/// steps each is held to its share of J.
fn assert_cost(what: &str, cost: &Cost, fixture: &Fixture, suffix: &str, tolerance: f64) {
    let total = fixture.scalar(&format!("J{suffix}"));
    for (key, value) in [
        ("J", cost.total()),
        ("rec", cost.reconstruction_loss),
        ("dec", cost.decay_penalty),
        ("spa", cost.sparsity_penalty),
    ] {
        let golden = fixture.scalar(&format!("{key}{suffix}"));
        let scale = if suffix.is_empty() {
            golden.abs()
        } else {
            total
        };
        assert!(
            (value - golden).abs() <= tolerance * scale,
            "{what} {key}{suffix}: {value:e} for {golden:e}"
        );
    }
}

fn blocks<T: Real>(parameters: &Parameters<T>) -> [&[T]; 4] {
    let flat = parameters.flat();
    [
        &flat[parameters.encoder_range()],
        &flat[parameters.encoder_bias_range()],
        &flat[parameters.decoder_range()],
        &flat[parameters.decoder_bias_range()],
    ]
}

fn first_evaluation<T: Real>(tolerance: &Tolerance) {
    for fixture in Fixture::all() {
        let samples = fixture.samples::<T>();
        for (name, mut evaluate) in implementations::<T>(fixture.architecture()) {
            let what = format!("{} {name}", fixture.name);
            let found = evaluate(
                &fixture.initial(),
                samples.view(),
                &fixture.objective(GradientForm::Exact),
            );
            assert_cost(&what, &found.cost, &fixture, "", tolerance.value);
            for (unit, golden) in found.mean_activations.iter().zip(fixture.array("rho_hat")) {
                assert_close(format!("{what} ρ̂"), *unit, *golden, tolerance.value);
            }
            for (block, key) in blocks(&found.gradient).into_iter().zip(GRADIENT) {
                let error = norm_relative(block, fixture.array(key));
                assert!(error <= tolerance.gradient, "{what} {key}: {error:e}");
            }
        }
    }
}

fn hundred_steps<T: Real>(tolerance: &Tolerance) {
    for fixture in Fixture::all() {
        let samples = fixture.samples::<T>();
        let objective = fixture.objective(GradientForm::Exact);
        let alpha = T::of(fixture.scalar("alpha"));
        let trace = fixture.array("J_trace");
        for (name, mut evaluate) in implementations::<T>(fixture.architecture()) {
            let what = format!("{} {name}", fixture.name);
            let mut parameters = fixture.initial::<T>();
            for step in 1..=100 {
                let found = evaluate(&parameters, samples.view(), &objective);
                assert_close(
                    format!("{what} J before {step}"),
                    found.cost.total(),
                    trace[step - 1],
                    tolerance.trace,
                );
                for (p, g) in parameters.flat_mut().iter_mut().zip(found.gradient.flat()) {
                    *p -= alpha * *g;
                }
                if matches!(step, 1 | 10 | 100) {
                    for (block, key) in blocks(&parameters)
                        .into_iter()
                        .zip(["W1", "b1", "W2", "b2"])
                    {
                        let error =
                            relative_difference(block, fixture.array(&format!("{key}_{step}")));
                        assert!(
                            error <= tolerance.parameters,
                            "{what} {key} after {step}: {error:e}"
                        );
                    }
                    let now = evaluate(&parameters, samples.view(), &objective);
                    assert_cost(
                        &what,
                        &now.cost,
                        &fixture,
                        &format!("_{step}"),
                        tolerance.parameters,
                    );
                    let rho_hat = fixture.array(&format!("rho_hat_{step}"));
                    let error = relative_difference(&now.mean_activations, rho_hat);
                    assert!(
                        error <= tolerance.parameters,
                        "{what} ρ̂ after {step}: {error:e}"
                    );
                }
            }
        }
    }
}

#[test]
fn cost_terms_mean_activations_and_gradients_in_f64() {
    first_evaluation::<f64>(&DOUBLE);
}

#[test]
fn cost_terms_mean_activations_and_gradients_in_f32() {
    first_evaluation::<f32>(&SINGLE);
}

#[test]
fn a_hundred_descent_steps_in_f64() {
    hundred_steps::<f64>(&DOUBLE);
}

#[test]
fn a_hundred_descent_steps_in_f32() {
    hundred_steps::<f32>(&SINGLE);
}

/// The formula as printed is offered, and is exactly that formula; it is never what the exact form computes.
#[test]
fn the_printed_form_is_the_misplaced_bracket() {
    for fixture in Fixture::all() {
        let samples = fixture.samples::<f64>();
        for (name, mut evaluate) in implementations::<f64>(fixture.architecture()) {
            let what = format!("{} {name}", fixture.name);
            let printed = evaluate(
                &fixture.initial(),
                samples.view(),
                &fixture.objective(GradientForm::Printed),
            );
            let exact = evaluate(
                &fixture.initial(),
                samples.view(),
                &fixture.objective(GradientForm::Exact),
            );
            assert_eq!(printed.cost, exact.cost, "{what}");
            for (block, key) in [(0, "gW1_seedliteral"), (1, "gb1_seedliteral")] {
                let literal = fixture.array(key);
                let error = norm_relative(blocks(&printed.gradient)[block], literal);
                assert!(error <= 1e-11, "{what} {key}: {error:e}");
                let distance = norm_relative(blocks(&exact.gradient)[block], literal);
                if fixture.scalar("beta") > 0.0 {
                    assert!(
                        distance > 1e-2,
                        "{what}: the exact form is as wrong as {key}"
                    );
                } else {
                    assert!(
                        distance <= 1e-11,
                        "{what}: without sparsity both forms agree"
                    );
                }
            }
            for (block, key) in [(2, "gW2"), (3, "gb2")] {
                assert!(
                    norm_relative(blocks(&printed.gradient)[block], fixture.array(key)) <= 1e-11,
                    "{what} {key}"
                );
            }
        }
    }
}
