//! Recorded runs that end in each kind of death, and what the autopsy makes of them.

use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, GradientForm, Hyperparameters, OptimizerKind, Parameters, UnitState,
};
use sae_lab::numerics::Real;
use sae_lab::training::{Autopsy, Cause, Preset, Run, Setting};

use super::{advance, advance_with, begin, experiment, of_preset, photos_49, settings};

const POST: Hyperparameters = Hyperparameters {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    learning_rate: 0.1,
    weight_decay: 1e-4,
    momentum: 0.9,
    optimizer: OptimizerKind::Momentum,
    batch: BatchSize::Samples(50),
    gradient: GradientForm::Exact,
};

fn all<T: Real>(run: &Run<T>) -> Vec<Autopsy> {
    (0..run.state().units.len())
        .filter_map(|unit| Autopsy::of_run(run, unit))
        .collect()
}

/// Full-batch descent at the post's values.
const DESCENT: Hyperparameters = Hyperparameters {
    optimizer: OptimizerKind::Descent,
    batch: BatchSize::Full,
    ..POST
};

fn name(cause: &Cause) -> &'static str {
    match cause {
        Cause::Decay => "decay",
        Cause::TooSparse => "too sparse",
        Cause::Overshoot => "overshoot",
        Cause::Saturation => "saturation",
        Cause::SmallBatch => "small batch",
        Cause::Slow => "slow",
        Cause::Idle { .. } => "idle",
        Cause::BarelyVary => "barely vary",
        Cause::PrintedGradient => "printed",
        Cause::Duplicate { .. } => "duplicate",
        Cause::Unclear => "unclear",
    }
}

/// The autopsies of all dead units (at least `least` of them): every one finds `cause`, and the change of `setting` at
/// `epoch` behind it where there is one.
fn expect<T: Real>(
    case: &str,
    run: &Run<T>,
    least: usize,
    cause: &str,
    marker: Option<(Setting, u64)>,
) -> Vec<Autopsy> {
    let found: Vec<Autopsy> = all(run)
        .into_iter()
        .filter(|found| found.state.is_dead())
        .collect();
    assert!(found.len() >= least, "{case}: {:?}", run.counts());
    println!("{case}: {} dead, {}", found.len(), found[0].sentence());
    for autopsy in &found {
        let life = run.state().history.lives().life(autopsy.unit).unwrap();
        let sentence = autopsy.sentence();
        assert_eq!(name(&autopsy.cause), cause, "{case}: {sentence} {life:?}");
        let changed = autopsy.marker.as_ref();
        let changed = changed.map(|marker| (marker.setting, marker.epoch));
        assert_eq!(changed, marker, "{case}: {sentence}");
        assert!(sentence.ends_with('.') && sentence.matches(". ").count() == 0);
        // the epoch is that of the death, or of what then befell a unit that contributed nothing before
        assert!(
            autopsy.since == 0 || life.changes().iter().any(|c| c.epoch == autopsy.since),
            "{case}"
        );
    }
    found
}

#[test]
fn decay_raised_in_the_middle_is_named_with_its_epoch() {
    let mut run = photos_49();
    advance(&mut run, 60);
    let raised = settings(&run, |h| h.weight_decay = 4e-4);
    advance_with(&mut run, &raised, 60);
    let found = expect("edges", &run, 30, "decay", Some((Setting::WeightDecay, 61)));
    assert!(
        found
            .iter()
            .all(|autopsy| autopsy.since > 61 && !autopsy.never_lived)
    );
    let sentence = found[0].sentence();
    assert!(
        sentence.contains("at ρ = 0.02 under decay (λ raised 1e-4 → 4e-4 at epoch 61)"),
        "{sentence}"
    );
    // a later change that kills nothing takes no blame
    let eased = settings(&run, |h| h.sparsity_weight = 3.5);
    advance_with(&mut run, &eased, 1);
    expect(
        "edges, later",
        &run,
        30,
        "decay",
        Some((Setting::WeightDecay, 61)),
    );
}

#[test]
fn decay_that_was_too_high_from_the_start_is_named() {
    let mut run = of_preset(Preset::DecayCliff);
    advance(&mut run, 150);
    let found = expect("the λ cliff", &run, 25, "decay", None);
    assert!(found[0].sentence().contains("(λ = 0.01)"));
}

#[test]
fn overshoot_at_the_start_is_named_even_while_the_units_recover() {
    let mut run = of_preset(Preset::Overshoot);
    advance(&mut run, 1);
    let found = expect("overshoot", &run, 25, "overshoot", None);
    assert!(found.iter().all(|autopsy| autopsy.since == 1));
    assert!(
        found[0]
            .sentence()
            .contains("at epoch 1 with α = 0.1 and β = 100")
    );
    for _ in 0..9 {
        advance(&mut run, 1);
        if run.counts().dead() > 0 {
            expect("overshoot, recovering", &run, 1, "overshoot", None);
        }
    }
}

#[test]
fn overshoot_after_beta_was_raised_names_the_change() {
    let mut run = begin::<f32>(experiment(EmbeddedSet::Digits, 25, DESCENT), None);
    advance(&mut run, 5);
    let raised = settings(&run, |h| h.sparsity_weight = 100.0);
    advance_with(&mut run, &raised, 1);
    let found = expect(
        "β",
        &run,
        20,
        "overshoot",
        Some((Setting::SparsityWeight, 6)),
    );
    let sentence = found[0].sentence();
    assert!(
        sentence.contains("Silenced by overshoot at epoch 6 after β raised 3 → 100 at epoch 6"),
        "{sentence}"
    );
}

#[test]
fn overshoot_after_alpha_was_raised_names_the_change() {
    let mut run = begin::<f32>(experiment(EmbeddedSet::Photos, 25, DESCENT), None);
    advance(&mut run, 30);
    let raised = settings(&run, |h| h.learning_rate = 3.0);
    advance_with(&mut run, &raised, 9);
    // some swing between 0 and 1, and what they died of last is not always clear
    let found = all(&run);
    let marker = Some((Setting::LearningRate, 31));
    let right = found.iter().filter(|found| {
        let changed = found.marker.as_ref();
        found.cause == Cause::Overshoot
            && changed.map(|marker| (marker.setting, marker.epoch)) == marker
    });
    let (right, dead) = (right.count(), found.len());
    assert!(dead >= 20 && right * 4 >= dead * 3, "{right} of {dead}");
}

#[test]
fn a_rho_too_low_from_the_start_is_named() {
    let mut run = of_preset(Preset::TooSparse);
    advance(&mut run, 100);
    expect("too sparse", &run, 25, "too sparse", None);
    let hyperparameters = Hyperparameters {
        optimizer: OptimizerKind::Lbfgs,
        sparsity_target: 1e-3,
        ..POST
    };
    let mut run = begin::<f32>(experiment(EmbeddedSet::Digits, 25, hyperparameters), None);
    advance(&mut run, 40);
    let found = expect("digits, ρ .001", &run, 10, "too sparse", None);
    assert!(found.iter().any(|autopsy| autopsy.never_lived));
}

#[test]
fn a_rho_lowered_in_the_middle_is_named_with_its_epoch() {
    let mut run = of_preset(Preset::Bars);
    advance(&mut run, 150);
    assert_eq!(run.counts().dead(), 0);
    let lowered = settings(&run, |h| h.sparsity_target = 1e-3);
    advance_with(&mut run, &lowered, 600);
    let marker = Some((Setting::SparsityTarget, 151));
    let found = expect("ρ", &run, 5, "too sparse", marker);
    assert!(
        found[0]
            .sentence()
            .contains("(ρ lowered 0.05 → 1e-3 at epoch 151)")
    );
}

#[test]
fn saturation_is_overshoot_the_other_way() {
    let hyperparameters = Hyperparameters {
        sparsity_target: 0.9,
        sparsity_weight: 100.0,
        ..DESCENT
    };
    let mut run = begin::<f32>(experiment(EmbeddedSet::Digits, 25, hyperparameters), None);
    advance(&mut run, 3);
    assert!(run.counts().saturated >= 20, "{:?}", run.counts());
    let saturated: Vec<Autopsy> = all(&run)
        .into_iter()
        .filter(|found| found.state == UnitState::Saturated)
        .collect();
    assert!(
        saturated
            .iter()
            .all(|found| name(&found.cause) == "saturation")
    );
    println!("{}", saturated[0].sentence());
}

#[test]
fn the_printed_gradient_is_blamed_for_what_it_does() {
    let mut run = begin::<f32>(experiment(EmbeddedSet::Digits, 25, DESCENT), None);
    advance(&mut run, 3);
    let printed = settings(&run, |h| {
        h.gradient = GradientForm::Printed;
        h.sparsity_weight = 30.0;
    });
    advance_with(&mut run, &printed, 1);
    let marker = Some((Setting::Gradient, 4));
    expect("as printed", &run, 10, "printed", marker);
}

#[test]
fn a_duplicate_names_the_unit_it_repeats() {
    let mut initial = Parameters::<f32>::initial(64, 25, 1);
    let row = initial.encoder_weights().row(7).to_owned();
    initial.encoder_weights_mut().row_mut(19).assign(&row);
    let column = initial.decoder_weights().column(7).to_owned();
    initial.decoder_weights_mut().column_mut(19).assign(&column);
    let mut run = begin(experiment(EmbeddedSet::Photos, 25, POST), Some(initial));
    advance(&mut run, 5);
    let found = all(&run);
    let twin = found.iter().find(|found| found.unit == 19).unwrap();
    let Cause::Duplicate { of: 7, cosine } = twin.cause else {
        panic!("{twin:?}")
    };
    assert!(cosine > 0.99 && twin.since <= 5);
    assert!(
        twin.sentence()
            .contains(&format!("Duplicate of unit 8 since epoch {}", twin.since)),
        "people count from 1"
    );
    assert!(found.iter().all(|found| found.unit != 7), "unit 7 is alive");
}

#[test]
fn where_the_history_bears_no_cause_it_says_so() {
    // a model that came with a dead unit: far below ρ from the first epoch on, nothing holds or changes it
    let mut initial = Parameters::<f32>::initial(64, 25, 1);
    initial.encoder_bias_mut()[3] = -40.0;
    let hyperparameters = Hyperparameters {
        sparsity_weight: 0.0,
        ..POST
    };
    let mut run = begin(
        experiment(EmbeddedSet::Digits, 25, hyperparameters),
        Some(initial),
    );
    advance(&mut run, 10);
    let found = expect("unclear", &run, 1, "unclear", None);
    assert_eq!((found[0].unit, found[0].since), (3, 0));
    assert_eq!(
        found[0].sentence(),
        "Cause not clear from the recorded history; it was never alive."
    );
}

#[test]
fn a_revived_unit_that_dies_again_says_so() {
    let mut run = of_preset(Preset::DecayCliff);
    advance(&mut run, 100);
    assert_eq!(run.revive(&[4]), [4]);
    advance(&mut run, 100);
    let found = expect("revived", &run, 25, "decay", None);
    let again = found.iter().find(|found| found.unit == 4).unwrap();
    assert_eq!(again.revived, Some(100));
    assert!(again.since > 100 && again.sentence().contains("revived at epoch 100"));
    println!("{}", again.sentence());
}

#[test]
fn the_living_have_no_autopsy() {
    let mut run = of_preset(Preset::Bars);
    advance(&mut run, 60);
    assert_eq!(run.counts().dead(), 0);
    assert!(
        all(&run)
            .iter()
            .all(|found| found.state == UnitState::Duplicate)
    );
    assert!(Autopsy::of_run(&run, 25).is_none());
}
