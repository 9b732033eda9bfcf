//! Deaths whose cause is known, each proved by going back: what the autopsies blame is undone, and the units live; any
//! other change is undone, and they die all the same.

use std::sync::Arc;

use sae_lab::data::{DataSet, EmbeddedSet};
use sae_lab::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
    Parameters,
};
use sae_lab::training::{Autopsy, Cause, Experiment, Setting, Value};

use super::scenario::{Played, Scenario, Step, almost_equal, some_of};

/// Of the dead units, at least so many have the cause, and live where it is undone.
const MOST: f64 = 0.75;
/// At most so many live where something else is undone.
const FEW: f64 = 0.25;

/// What is to be blamed.
enum Guilty {
    /// The step of the script.
    Step(usize),
    /// The setting at the start; it works with this one.
    Start(Setting, Value),
    /// The data; with these it works.
    Data(Arc<DataSet>),
}

struct Case {
    name: &'static str,
    scenario: Scenario,
    /// Dead units at the end, at least.
    least: usize,
    cause: Cause,
    guilty: Guilty,
}

/// Digits, 12 units, steps large enough that they learn within 40 epochs.
const BASE: Hyperparameters = Hyperparameters {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    learning_rate: 0.3,
    weight_decay: 1e-4,
    momentum: 0.9,
    optimizer: OptimizerKind::Momentum,
    batch: BatchSize::Samples(25),
    gradient: GradientForm::Exact,
};

const DESCENT: Hyperparameters = Hyperparameters {
    learning_rate: 0.1,
    optimizer: OptimizerKind::Descent,
    batch: BatchSize::Full,
    ..BASE
};

fn on(set: EmbeddedSet, count: usize, hyperparameters: Hyperparameters) -> Scenario {
    Scenario::plain(some_of(set, count), 12, hyperparameters, 80)
}

fn digits(hyperparameters: Hyperparameters) -> Scenario {
    on(EmbeddedSet::Digits, 300, hyperparameters)
}

fn step(epoch: u64, setting: Setting, value: f64) -> Step {
    Step {
        epoch,
        setting,
        value: Value::Number(value),
    }
}

impl Scenario {
    fn steps(mut self, steps: &[Step]) -> Self {
        self.steps = steps.to_vec();
        self
    }

    fn to(mut self, epochs: u64) -> Self {
        self.epochs = epochs;
        self
    }

    fn shaped(mut self, hidden: HiddenActivation, output: OutputActivation) -> Self {
        self.experiment.hidden_activation = hidden;
        self.experiment.output_activation = output;
        self
    }
}

/// The part of `units` that lives at the end of `played`.
fn alive(played: &Played, units: &[usize]) -> f64 {
    let states = &played.run.state().units;
    let living = units.iter().filter(|unit| !states[**unit].state.is_dead());
    living.count() as f64 / units.len() as f64
}

fn is_guilty(autopsy: &Autopsy, case: &Case) -> bool {
    let Some(first) = autopsy.blamed.first() else {
        return autopsy.cause == Cause::BarelyVary && matches!(case.guilty, Guilty::Data(_));
    };
    match &case.guilty {
        Guilty::Step(index) => {
            let step = case.scenario.steps[*index];
            let marker = first.marker.as_ref();
            first.setting == Some(step.setting)
                && marker.is_some_and(|marker| marker.epoch == step.epoch + 1)
        }
        Guilty::Start(setting, _) => first.setting == Some(*setting) && first.marker.is_none(),
        Guilty::Data(_) => first.setting.is_none(),
    }
}

/// What is wrong with the autopsies of `case`, if anything is.
fn prove(case: &Case) -> Result<(), String> {
    let played = case.scenario.play();
    if let Some(diverged) = &played.diverged {
        return Err(format!("diverged: {diverged:?}"));
    }
    let dead = played.run.dead_units();
    let counts = played.run.counts();
    if dead.len() < case.least {
        return Err(format!("only {counts}"));
    }
    let autopsies: Vec<Autopsy> = dead
        .iter()
        .filter_map(|unit| Autopsy::of_run(&played.run, *unit))
        .collect();
    println!("{}: {counts}: {}", case.name, autopsies[0].sentence());
    // what answers to inputs and yet doesn't help was not killed by anything
    let autopsies: Vec<Autopsy> = autopsies
        .into_iter()
        .filter(|found| !matches!(found.cause, Cause::Idle { .. }))
        .collect();
    let dead: Vec<usize> = autopsies.iter().map(|found| found.unit).collect();
    if dead.len() < case.least {
        return Err(format!("only {} of {counts} did not idle", dead.len()));
    }
    let right = autopsies
        .iter()
        .filter(|found| found.cause == case.cause && is_guilty(found, case))
        .count();
    if (right as f64) < MOST * dead.len() as f64 {
        let wrong = autopsies
            .iter()
            .find(|found| found.cause != case.cause || !is_guilty(found, case));
        return Err(format!(
            "{right} of {} are right; wrong: {}",
            dead.len(),
            wrong.map_or_else(String::new, Autopsy::sentence)
        ));
    }
    let cured = match &case.guilty {
        Guilty::Step(index) => {
            // with it goes what hardly changed the setting later
            let setting = case.scenario.steps[*index].setting;
            let mut other = case.scenario.clone();
            let mut number = 0;
            other.steps.retain(|step| {
                number += 1;
                number - 1 <= *index || step.setting != setting
            });
            other.without(&played, *index)
        }
        Guilty::Start(setting, value) => {
            let mut other = case.scenario.clone();
            // with it goes what hardly changed it later
            other.steps.retain(|step| step.setting != *setting);
            other.starting_with(|settings| setting.set(settings, *value).unwrap())
        }
        Guilty::Data(data) => {
            let mut other = case.scenario.clone();
            other.data = Arc::clone(data);
            other.play()
        }
    };
    let living = alive(&cured, &dead);
    if living < MOST {
        return Err(format!("undone, {living:.2} live"));
    }
    for index in 0..case.scenario.steps.len() {
        if matches!(case.guilty, Guilty::Step(guilty) if guilty == index) {
            continue;
        }
        let living = alive(&case.scenario.without(&played, index), &dead);
        if living > FEW {
            return Err(format!("without step {index}, {living:.2} live"));
        }
    }
    Ok(())
}

fn prove_all(cases: &[Case]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| prove(case).err().map(|why| format!("{}: {why}", case.name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn case(
    name: &'static str,
    scenario: Scenario,
    least: usize,
    cause: Cause,
    guilty: Guilty,
) -> Case {
    Case {
        name,
        scenario,
        least,
        cause,
        guilty,
    }
}

#[test]
fn decay_is_blamed_by_its_size() {
    use Setting::{LearningRate, SparsityTarget, SparsityWeight, WeightDecay};
    let number = Value::Number;
    let (sigmoid, tanh) = (HiddenActivation::Sigmoid, HiddenActivation::Tanh);
    let raised = step(40, WeightDecay, 0.05);
    let lbfgs = Hyperparameters {
        optimizer: OptimizerKind::Lbfgs,
        ..BASE
    };
    let adam = Hyperparameters {
        optimizer: OptimizerKind::Adam,
        learning_rate: 0.01,
        ..BASE
    };
    let plain = Hyperparameters {
        sparsity_weight: 0.0,
        sparsity_target: 0.05,
        ..BASE
    };
    let high = Hyperparameters {
        weight_decay: 0.05,
        ..BASE
    };
    let near_one = Hyperparameters {
        sparsity_target: 0.97,
        weight_decay: 1e-2,
        ..BASE
    };
    let mut killed_again = digits(high);
    killed_again.revivals = vec![(40, (0..12).collect())];
    prove_all(&[
        case(
            "λ raised, ρ lowered by .0001 after it",
            digits(BASE).steps(&[raised, step(42, SparsityTarget, 0.0499)]),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "λ raised, ρ lowered by .0001 before it",
            digits(BASE).steps(&[step(38, SparsityTarget, 0.0499), raised]),
            10,
            Cause::Decay,
            Guilty::Step(1),
        ),
        case(
            "λ raised, with ρ, β and α a little changed at once",
            digits(BASE).steps(&[
                step(40, SparsityTarget, 0.049),
                step(40, SparsityWeight, 3.3),
                step(40, LearningRate, 0.29),
                raised,
                step(41, LearningRate, 0.31),
            ]),
            10,
            Cause::Decay,
            Guilty::Step(3),
        ),
        case(
            "λ raised much, then a little more",
            digits(BASE).steps(&[raised, step(43, WeightDecay, 0.055)]),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "λ from the start",
            digits(high),
            10,
            Cause::Decay,
            Guilty::Start(WeightDecay, number(1e-4)),
        ),
        case(
            "λ from the start, eased by a tenth too late",
            digits(high).steps(&[step(20, WeightDecay, 0.045)]),
            10,
            Cause::Decay,
            Guilty::Start(WeightDecay, number(1e-4)),
        ),
        case(
            "revived under a λ that is too high",
            killed_again,
            10,
            Cause::Decay,
            Guilty::Start(WeightDecay, number(1e-4)),
        ),
        case(
            "λ raised, tanh",
            digits(BASE)
                .shaped(tanh, OutputActivation::Sigmoid)
                .steps(&[step(40, WeightDecay, 0.2)]),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "λ raised, linear output",
            digits(Hyperparameters {
                learning_rate: 0.02,
                ..BASE
            })
            .shaped(sigmoid, OutputActivation::Linear)
            .steps(&[step(60, WeightDecay, 0.3)])
            .to(120),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "λ raised, L-BFGS",
            digits(lbfgs).steps(&[raised, step(45, LearningRate, 3.0)]),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "λ raised, Adam",
            digits(adam).steps(&[step(40, WeightDecay, 1.0), step(41, SparsityTarget, 0.051)]),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "λ raised, no sparsity",
            digits(plain).steps(&[step(40, WeightDecay, 0.2)]),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
        case(
            "ρ .97 and λ .01",
            digits(near_one),
            10,
            Cause::Decay,
            Guilty::Start(WeightDecay, number(1e-5)),
        ),
        case(
            "λ raised, bars",
            on(EmbeddedSet::Bars, 300, BASE)
                .steps(&[step(60, WeightDecay, 0.1), step(61, SparsityTarget, 0.051)])
                .to(100),
            10,
            Cause::Decay,
            Guilty::Step(0),
        ),
    ]);
}

#[test]
fn a_rho_too_low_is_blamed_by_its_size() {
    use Setting::{LearningRate, SparsityTarget, WeightDecay};
    let number = Value::Number;
    let decayed = Hyperparameters {
        weight_decay: 1e-3,
        ..BASE
    };
    let low = Hyperparameters {
        sparsity_target: 1e-3,
        ..decayed
    };
    let faint = Hyperparameters {
        sparsity_target: 5e-4,
        weight_decay: 1e-9,
        ..BASE
    };
    let lowered = step(40, SparsityTarget, 1e-3);
    let good = || Guilty::Start(SparsityTarget, number(0.1));
    prove_all(&[
        case(
            "ρ lowered",
            digits(decayed).steps(&[lowered]).to(120),
            10,
            Cause::TooSparse,
            Guilty::Step(0),
        ),
        case(
            "ρ lowered, λ raised by a fifth",
            digits(decayed)
                .steps(&[lowered, step(41, WeightDecay, 1.2e-3)])
                .to(120),
            10,
            Cause::TooSparse,
            Guilty::Step(0),
        ),
        case(
            "ρ lowered, α raised a little before",
            digits(decayed)
                .steps(&[step(39, LearningRate, 0.33), lowered])
                .to(120),
            10,
            Cause::TooSparse,
            Guilty::Step(1),
        ),
        case(
            "ρ from the start",
            digits(low),
            10,
            Cause::TooSparse,
            good(),
        ),
        case(
            "ρ from the start, tanh",
            digits(Hyperparameters {
                weight_decay: 4e-3,
                ..low
            })
            .shaped(HiddenActivation::Tanh, OutputActivation::Sigmoid),
            8,
            Cause::TooSparse,
            good(),
        ),
        case(
            "ρ 5e-4 with λ 1e-9",
            digits(faint),
            8,
            Cause::TooSparse,
            good(),
        ),
        case(
            "ρ from the start, bars",
            on(EmbeddedSet::Bars, 300, low),
            10,
            Cause::TooSparse,
            good(),
        ),
    ]);
}

#[test]
fn the_data_and_the_batch_are_blamed_where_they_did_it() {
    let batch = |rows| Value::Batch(BatchSize::Samples(rows));
    let of = |data: Arc<DataSet>, hyperparameters| Scenario {
        experiment: Experiment {
            data: data.spec.clone(),
            hidden: 12,
            hyperparameters,
            ..Experiment::default()
        },
        data,
        initial: None,
        steps: Vec::new(),
        revivals: Vec::new(),
        epochs: 60,
    };
    let varied = some_of(EmbeddedSet::Digits, 300);
    let free = Hyperparameters {
        weight_decay: 0.0,
        ..BASE
    };
    let single = Hyperparameters {
        batch: BatchSize::Samples(1),
        weight_decay: 1e-3,
        learning_rate: 0.02,
        ..BASE
    };
    let few = Hyperparameters {
        batch: BatchSize::Samples(2),
        weight_decay: 1e-3,
        sparsity_weight: 10.0,
        learning_rate: 0.02,
        ..BASE
    };
    let half = Hyperparameters {
        weight_decay: 7e-4,
        learning_rate: 0.02,
        ..BASE
    };
    let start = |rows| Guilty::Start(Setting::Batch, batch(rows));
    prove_all(&[
        case(
            "one sample",
            of(almost_equal(1, 64, 0.5, 0.5), BASE),
            12,
            Cause::BarelyVary,
            Guilty::Data(Arc::clone(&varied)),
        ),
        case(
            "500 rows almost equal",
            of(almost_equal(500, 64, 0.5, 1e-3), BASE),
            8,
            Cause::BarelyVary,
            Guilty::Data(Arc::clone(&varied)),
        ),
        case(
            "500 rows almost equal, no decay",
            of(almost_equal(500, 64, 0.3, 1e-4), free),
            8,
            Cause::BarelyVary,
            Guilty::Data(Arc::clone(&varied)),
        ),
        case(
            "batches of 1",
            of(some_of(EmbeddedSet::Digits, 150), single).to(200),
            8,
            Cause::SmallBatch,
            start(50),
        ),
        case(
            "batches of 2, a strong β",
            of(some_of(EmbeddedSet::Digits, 150), few).to(200),
            8,
            Cause::SmallBatch,
            start(50),
        ),
        case(
            "batches of 1 from epoch 150 on",
            of(some_of(EmbeddedSet::Digits, 150), half)
                .steps(&[Step {
                    epoch: 150,
                    setting: Setting::Batch,
                    value: batch(1),
                }])
                .to(250),
            8,
            Cause::SmallBatch,
            Guilty::Step(0),
        ),
    ]);
}

#[test]
fn overshoot_is_blamed_on_what_made_the_step_too_long() {
    use Setting::{LearningRate, SparsityTarget, SparsityWeight, WeightDecay};
    let number = Value::Number;
    let strong = Hyperparameters {
        sparsity_weight: 100.0,
        ..DESCENT
    };
    let nearly_one = Hyperparameters {
        sparsity_target: 0.9,
        ..strong
    };
    prove_all(&[
        case(
            "β raised",
            digits(DESCENT)
                .steps(&[
                    step(5, SparsityTarget, 0.0505),
                    step(5, SparsityWeight, 100.0),
                    step(5, WeightDecay, 1.1e-4),
                ])
                .to(6),
            8,
            Cause::Overshoot,
            Guilty::Step(1),
        ),
        case(
            "β from the start",
            digits(strong).to(3),
            10,
            Cause::Overshoot,
            Guilty::Start(SparsityWeight, number(3.0)),
        ),
        case(
            "ρ .9 and β 100",
            digits(nearly_one).to(3),
            8,
            Cause::Saturation,
            Guilty::Start(SparsityWeight, number(3.0)),
        ),
        case(
            "α raised",
            on(EmbeddedSet::Digits, 300, DESCENT)
                .steps(&[step(199, SparsityWeight, 3.1), step(200, LearningRate, 5.0)])
                .to(206),
            6,
            Cause::Overshoot,
            Guilty::Step(1),
        ),
    ]);
}

#[test]
fn a_duplicate_names_what_it_repeats_and_lives_where_it_began_elsewhere() {
    let mut initial = Parameters::<f32>::initial(64, 12, 1);
    let row = initial.encoder_weights().row(2).to_owned();
    initial.encoder_weights_mut().row_mut(9).assign(&row);
    let column = initial.decoder_weights().column(2).to_owned();
    initial.decoder_weights_mut().column_mut(9).assign(&column);
    let mut scenario = digits(BASE).to(10);
    let apart = scenario.play();
    assert!(Autopsy::of_run(&apart.run, 9).is_none_or(|found| found.state.is_dead()));
    scenario.initial = Some(initial);
    let found = Autopsy::of_run(&scenario.play().run, 9).unwrap();
    assert!(matches!(found.cause, Cause::Duplicate { of: 2, cosine } if cosine > 0.99));
    assert!(found.sentence().contains("Duplicate of unit 3"));
}
