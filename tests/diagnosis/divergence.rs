//! What made the cost infinite: each culprit is named, and without it the cost stays finite.

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, GradientForm, Hyperparameters, OptimizerKind, OutputActivation, Parameters,
};
use sae_lab::training::{Setting, Value};

use super::scenario::{Scenario, Step, almost_equal, some_of};

const DESCENT: Hyperparameters = Hyperparameters {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    learning_rate: 0.1,
    weight_decay: 1e-4,
    momentum: 0.9,
    optimizer: OptimizerKind::Descent,
    batch: BatchSize::Full,
    gradient: GradientForm::Exact,
};

fn on_digits(output: OutputActivation, hyperparameters: Hyperparameters) -> Scenario {
    let data = some_of(EmbeddedSet::Digits, 200);
    let mut scenario = Scenario::plain(data, 16, hyperparameters, 300);
    scenario.experiment.output_activation = output;
    scenario
}

/// `guilty` diverges and says `named`; `innocent`, which differs in that alone, does not diverge.
fn expect(named: &str, guilty: &Scenario, innocent: &Scenario) {
    let (epoch, cause) = guilty.play().diverged.expect("it diverges");
    println!("{named}: at epoch {epoch}, {cause}");
    assert!(cause.contains(named), "{named}: {cause}");
    assert_eq!(innocent.play().diverged, None, "{named}: undone");
}

#[test]
fn initial_weights_that_are_huge_are_the_culprit_and_not_the_learning_rate() {
    for size in [1e25, 1e38f32] {
        let calm = on_digits(OutputActivation::Linear, DESCENT);
        let mut guilty = calm.clone();
        let mut initial = Parameters::<f32>::initial(64, 16, 1);
        initial.decoder_weights_mut().fill(size);
        guilty.initial = Some(initial);
        expect("the initial weights caused it", &guilty, &calm);
    }
}

#[test]
fn values_that_are_huge_are_the_culprit() {
    let mut guilty = on_digits(OutputActivation::Linear, DESCENT);
    guilty.data = almost_equal(100, 64, 1e38, 1e37);
    let mut calm = guilty.clone();
    calm.data = almost_equal(100, 64, 0.5, 0.05);
    expect("the data caused it", &guilty, &calm);
}

#[test]
fn a_learning_rate_too_large_is_named_at_the_start_and_after_a_change() {
    let calm = on_digits(OutputActivation::Linear, DESCENT);
    let mut guilty = calm.clone();
    guilty.experiment.hyperparameters.learning_rate = 5.0;
    expect("α = 5", &guilty, &calm);
    let mut guilty = calm.clone();
    let change = |epoch, setting, value| Step {
        epoch,
        setting,
        value: Value::Number(value),
    };
    // a change of ρ beside it, which does nothing
    guilty.steps = vec![
        change(10, Setting::LearningRate, 5.0),
        change(10, Setting::SparsityTarget, 0.0499),
        change(11, Setting::WeightDecay, 1.1e-4),
    ];
    let mut calm = guilty.clone();
    calm.steps.remove(0);
    expect("the change of α 0.1 → 5 at epoch 11", &guilty, &calm);
}

#[test]
fn decay_that_turns_weights_over_is_named_with_its_change() {
    let mut guilty = on_digits(OutputActivation::Sigmoid, DESCENT);
    guilty.steps = vec![Step {
        epoch: 5,
        setting: Setting::WeightDecay,
        value: Value::Number(1e3),
    }];
    let mut calm = guilty.clone();
    calm.steps.clear();
    expect("the change of λ 1e-4 → 1000 at epoch 6", &guilty, &calm);
    let mut guilty = calm.clone();
    guilty.experiment.hyperparameters.weight_decay = 300.0;
    expect("λ = 300", &guilty, &calm);
}

#[test]
fn the_printed_gradient_is_named() {
    let calm = on_digits(OutputActivation::Linear, DESCENT);
    let mut guilty = calm.clone();
    guilty.experiment.hyperparameters.gradient = GradientForm::Printed;
    expect("the gradient as printed caused it", &guilty, &calm);
}
