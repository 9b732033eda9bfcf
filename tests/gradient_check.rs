//! The gradient is that of the cost, for every pair of activations; the formula as printed is not.

mod support;

use std::ops::ControlFlow;

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::model::gradient_check::{BLOCKS, EXPECTED, LiveCheck, compare, gradient_check_with};
use sae_lab::model::{
    Architecture, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
    gradient_check, reference,
};
use support::{Fixture, implementations};

fn samples(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_fn((rows, columns), |_| 0.1 + 0.8 * rng.random::<f64>())
}

fn pairs() -> impl Iterator<Item = (HiddenActivation, OutputActivation)> {
    HiddenActivation::ALL
        .into_iter()
        .flat_map(|hidden| OutputActivation::ALL.map(|output| (hidden, output)))
}

fn case(
    hidden: HiddenActivation,
    output: OutputActivation,
) -> (Architecture, Parameters<f64>, Array2<f64>) {
    let architecture = Architecture {
        inputs: 9,
        hidden: 5,
        hidden_activation: hidden,
        output_activation: output,
    };
    (
        architecture,
        Parameters::initial(9, 5, 3),
        samples(23, 9, 4),
    )
}

const OBJECTIVE: Objective = Objective {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    weight_decay: 1e-3,
    gradient: GradientForm::Exact,
};

#[test]
fn the_exact_gradient_passes_for_every_pair_of_activations_in_every_implementation() {
    for (hidden, output) in pairs() {
        let (architecture, parameters, samples) = case(hidden, output);
        for (name, mut evaluate) in implementations::<f64>(architecture) {
            let gradient = evaluate(&parameters, samples.view(), &OBJECTIVE).gradient;
            let check = compare(&parameters, &gradient, usize::MAX, |moved| {
                evaluate(moved, samples.view(), &OBJECTIVE).cost
            });
            assert!(
                check.relative_error <= 1e-8 && check.passes(),
                "{hidden:?} {output:?} {name}: {check:?}"
            );
            for block in check.blocks {
                assert!(
                    block.relative_error <= 1e-8,
                    "{hidden:?} {output:?} {name}: {block:?}"
                );
                assert_eq!(block.checked, block.total);
            }
        }
    }
}

#[test]
fn the_printed_gradient_fails_for_every_pair_of_activations() {
    for (hidden, output) in pairs() {
        let (architecture, parameters, samples) = case(hidden, output);
        let printed = Objective {
            gradient: GradientForm::Printed,
            ..OBJECTIVE
        };
        let check = gradient_check(
            architecture,
            &parameters,
            samples.view(),
            &printed,
            usize::MAX,
        );
        assert!(
            check.relative_error > 1e-2 && !check.passes(),
            "{hidden:?} {output:?}: {check:?}"
        );
        assert!(check.blocks[0].relative_error > 1e-2 && check.blocks[1].relative_error > 1e-2);
        assert!(check.blocks[2].relative_error <= 1e-8 && check.blocks[3].relative_error <= 1e-8);
        let plain = Objective {
            sparsity_weight: 0.0,
            ..printed
        };
        assert!(
            gradient_check(
                architecture,
                &parameters,
                samples.view(),
                &plain,
                usize::MAX
            )
            .relative_error
                <= 1e-8
        );
    }
}

#[test]
fn the_golden_fixtures_pass_too() {
    for fixture in Fixture::all() {
        let samples = fixture.samples::<f64>();
        let objective = fixture.objective(GradientForm::Exact);
        let check = gradient_check(
            fixture.architecture(),
            &fixture.initial(),
            samples.view(),
            &objective,
            200,
        );
        assert!(check.relative_error <= 1e-8, "{}: {check:?}", fixture.name);
    }
}

#[test]
fn a_limit_bounds_the_work_and_covers_every_block() {
    let architecture = Architecture {
        inputs: 64,
        hidden: 25,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let check = gradient_check(
        architecture,
        &Parameters::initial(64, 25, 1),
        samples(30, 64, 2).view(),
        &OBJECTIVE,
        60,
    );
    let checked: usize = check.blocks.iter().map(|block| block.checked).sum();
    assert!((60..=64).contains(&checked), "{checked}");
    assert!(check.blocks.iter().all(|block| block.checked >= 1));
    assert_eq!(check.blocks.map(|block| block.name), BLOCKS);
    assert!(check.relative_error <= 1e-8, "{check:?}");
}

/// The sliders' ranges; `a_slider_reaches_no_further` holds them to it.
const BETA: (f64, f64) = (0.01, 300.0);
const RHO: (f64, f64) = (1e-3, 0.9);
const LAMBDA: (f64, f64) = (1e-6, 0.1);
const DRAWS: usize = 200;
const SEED: u64 = 20_110_105;

#[cfg(feature = "window")]
#[test]
fn a_slider_reaches_no_further() {
    use sae_lab::training::Setting;
    use sae_lab::ui::hyperparameters::KNOBS;
    for (setting, range, zero) in [
        (Setting::SparsityWeight, BETA, true),
        (Setting::SparsityTarget, RHO, false),
        (Setting::WeightDecay, LAMBDA, true),
    ] {
        let knob = KNOBS.iter().find(|knob| knob.setting == setting).unwrap();
        assert_eq!((knob.scale.least, knob.scale.most), range);
        assert_eq!(knob.scale.zero, zero);
    }
}

/// Evenly over the decades of `range`.
fn log_uniform(rng: &mut ChaCha8Rng, range: (f64, f64)) -> f64 {
    range.0 * (range.1 / range.0).powf(rng.random())
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

/// All pairs of activations, β, ρ and λ over the sliders' whole ranges (β and λ at 0 too), random sizes, data and
/// weights up to three times the initial ones.
#[test]
fn two_hundred_draws_pass_and_as_printed_they_fail() {
    println!("seed {SEED}");
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let pairs: Vec<_> = pairs().collect();
    let (mut worst, mut hidden, mut without_term) = (0.0f64, Vec::new(), 0);
    for draw in 0..DRAWS {
        let (hidden_activation, output_activation) = pairs[draw % pairs.len()];
        let architecture = Architecture {
            inputs: rng.random_range(2..13),
            hidden: rng.random_range(1..9),
            hidden_activation,
            output_activation,
        };
        let (n, h) = (architecture.inputs, architecture.hidden);
        let data = samples(rng.random_range(1..40), n, rng.random());
        let mut parameters = Parameters::<f64>::initial(n, h, rng.random());
        let scale = rng.random_range(0.3..3.0);
        for value in parameters.flat_mut() {
            *value *= scale;
        }
        for bias in parameters.encoder_bias_mut() {
            *bias = rng.random_range(-3.0..3.0);
        }
        let objective = Objective {
            sparsity_target: log_uniform(&mut rng, RHO),
            sparsity_weight: if rng.random_bool(0.1) {
                0.0
            } else {
                log_uniform(&mut rng, BETA)
            },
            weight_decay: if rng.random_bool(0.1) {
                0.0
            } else {
                log_uniform(&mut rng, LAMBDA)
            },
            gradient: GradientForm::Exact,
        };
        let case = format!("draw {draw} of seed {SEED}: {architecture:?} {objective:?}");
        let check = |objective: &Objective| {
            gradient_check(
                architecture,
                &parameters,
                data.view(),
                objective,
                usize::MAX,
            )
        };
        let exact = check(&objective);
        assert!(exact.relative_error <= 1e-7, "{case}: {exact:?}");
        worst = worst.max(exact.relative_error);

        let as_printed = Objective {
            gradient: GradientForm::Printed,
            ..objective
        };
        let printed = check(&as_printed);
        if objective.sparsity_weight == 0.0 {
            without_term += 1;
            assert!(printed.relative_error <= 1e-7, "{case}: {printed:?}");
            assert!(printed.sentence(&as_printed).contains("With β = 0"));
            continue;
        }
        // what the check must find: how far the two formulas are apart
        let gradient = |objective: &Objective| {
            reference::cost_and_gradient(&architecture, &parameters, data.view(), objective)
                .gradient
        };
        let (right, wrong) = (gradient(&objective), gradient(&as_printed));
        let difference = norm(right.flat().iter().zip(wrong.flat()).map(|(a, b)| a - b));
        let norms = norm(right.flat().iter().copied()) + norm(wrong.flat().iter().copied());
        let apart = difference / norms;
        assert!(
            (printed.relative_error - apart).abs() <= 1e-7,
            "{case}: {apart} {printed:?}"
        );
        if printed.relative_error > 1e-2 {
            if !printed.passes() {
                assert!(
                    printed
                        .sentence(&as_printed)
                        .contains("not the gradient of J")
                );
            }
        } else {
            // it may hide only where the misplaced term itself is next to nothing beside the other two
            let plain = Objective {
                sparsity_weight: 0.0,
                ..as_printed
            };
            let without = gradient(&plain);
            let term = norm(wrong.flat().iter().zip(without.flat()).map(|(a, b)| a - b));
            let part = term / norm(without.flat().iter().copied());
            assert!(
                part < 0.04,
                "{case}: hides, with a term of {part} of the rest"
            );
            hidden.push(format!(
                "draw {draw}: relative error {:.1e}, the term is {part:.1e} of the rest (β {:.3}, ρ {:.3})",
                printed.relative_error, objective.sparsity_weight, objective.sparsity_target
            ));
        }
    }
    println!("worst of the exact gradient: {worst:.1e}; β = 0 in {without_term} draws");
    println!(
        "as printed, below 1e-2 with β > 0 in {} of {DRAWS}:\n{}",
        hidden.len(),
        hidden.join("\n")
    );
    assert!(hidden.len() <= DRAWS / 10, "{hidden:#?}");
    assert!((5..=40).contains(&without_term));
}

#[test]
fn a_check_tells_how_far_it_is_and_can_be_ended() {
    let (architecture, parameters, samples) =
        case(HiddenActivation::Sigmoid, OutputActivation::Sigmoid);
    let mut seen = Vec::new();
    let check = gradient_check_with(
        architecture,
        &parameters,
        samples.view(),
        &OBJECTIVE,
        40,
        |progress| {
            seen.push(progress);
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    assert_eq!(seen.len(), seen[0].in_all);
    assert!(
        seen.iter()
            .enumerate()
            .all(|(index, p)| p.done == index + 1)
    );
    for (block, outcome) in check.blocks.iter().enumerate() {
        let last = seen
            .iter()
            .rev()
            .find(|progress| progress.block == block)
            .unwrap();
        assert_eq!((last.done_in_block, last.so_far), (last.in_block, *outcome));
    }
    assert_eq!(
        check,
        gradient_check(architecture, &parameters, samples.view(), &OBJECTIVE, 40)
    );
    assert!(check.relative_error <= EXPECTED);
    assert!(check.sentence(&OBJECTIVE).contains("is that of J"));
    let mut left = 3;
    let ended = gradient_check_with(
        architecture,
        &parameters,
        samples.view(),
        &OBJECTIVE,
        40,
        |_| {
            left -= 1;
            if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    assert_eq!((ended, left), (None, 0));
}

#[test]
fn a_live_check_is_bounded() {
    let architecture = |inputs, hidden| Architecture {
        inputs,
        hidden,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let small = LiveCheck::of(&architecture(64, 25), 10_000);
    assert_eq!((small.sample.count, small.limit), (100, 64 * 50 + 89));
    let large = LiveCheck::of(&architecture(784, 196), 10_000);
    assert!((60..100).contains(&large.limit), "{large:?}");
    assert_eq!(
        LiveCheck::of(&architecture(3_072, 2_000), 5).sample.count,
        5
    );
}
