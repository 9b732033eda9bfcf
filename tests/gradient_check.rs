//! The gradient is that of the cost, for every pair of activations; the formula as printed is not.

mod support;

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::model::gradient_check::{BLOCKS, compare};
use sae_lab::model::{
    Architecture, GradientForm, HiddenActivation, Objective, OutputActivation, Parameters,
    gradient_check,
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
