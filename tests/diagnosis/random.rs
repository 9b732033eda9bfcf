//! Runs drawn from the ranges of the sliders: what the diagnosis says of them is held against itself, and against what
//! undoing shows. `SAE_LAB_SEED` repeats one, `SAE_LAB_FULL=1` draws 300.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    BatchSize, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
    Spectrum,
};
use sae_lab::training::{Autopsy, Cause, Diagnosis, Experiment, Setting, Value};

use super::scenario::{Played, Scenario, Step, some_of};

fn pick<T: Copy>(random: &mut ChaCha8Rng, all: &[T]) -> T {
    all[random.random_range(0..all.len())]
}

fn between(random: &mut ChaCha8Rng, least: f64, most: f64) -> f64 {
    random.random_range(least.ln()..most.ln()).exp()
}

/// From the ranges of the sliders.
fn value(random: &mut ChaCha8Rng, setting: Setting) -> Value {
    let or_zero = |random: &mut ChaCha8Rng, least, most| {
        if random.random_range(0..8) == 0 {
            0.0
        } else {
            between(random, least, most)
        }
    };
    let samples = [1, 5, 10, 25, 50, 100].map(BatchSize::Samples);
    match setting {
        Setting::SparsityTarget => Value::Number(between(random, 1e-3, 0.9)),
        Setting::SparsityWeight => Value::Number(or_zero(random, 0.01, 300.0)),
        Setting::LearningRate => Value::Number(between(random, 1e-3, 10.0)),
        Setting::WeightDecay => Value::Number(or_zero(random, 1e-6, 0.1)),
        Setting::Momentum => Value::Number(random.random_range(0.0..0.99)),
        Setting::Optimizer => Value::Optimizer(pick(random, &OptimizerKind::ALL)),
        Setting::Batch => Value::Batch(match random.random_range(0..7) {
            6 => BatchSize::Full,
            few => samples[few],
        }),
        Setting::Gradient => Value::Gradient(GradientForm::Exact),
    }
}

/// A run of some epochs with up to three changes; every set, activation, optimiser and kind of batch comes up.
pub fn draw(seed: u64) -> Scenario {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let set = pick(random, &EmbeddedSet::ALL);
    let count = match set {
        EmbeddedSet::Fashion => 150,
        _ => 300,
    };
    let data = some_of(set, count);
    let mut hyperparameters = Hyperparameters::default();
    for setting in Setting::all() {
        let value = value(random, setting);
        if random.random_range(0..2) == 0 {
            setting.set(&mut hyperparameters, value).unwrap();
        }
    }
    let epochs = random.random_range(30..90u64);
    let changeable: Vec<Setting> = Setting::all()
        .filter(|setting| *setting != Setting::Gradient)
        .collect();
    let mut steps: Vec<Step> = (0..random.random_range(0..4))
        .map(|_| {
            let setting = pick(random, &changeable);
            Step {
                epoch: random.random_range(0..epochs - 5),
                setting,
                value: value(random, setting),
            }
        })
        .collect();
    steps.sort_by_key(|step| step.epoch);
    Scenario {
        experiment: Experiment {
            data: data.spec.clone(),
            hidden: random.random_range(4..26),
            hidden_activation: pick(random, &HiddenActivation::ALL),
            output_activation: pick(random, &OutputActivation::ALL),
            seed,
            hyperparameters,
            ..Experiment::default()
        },
        data,
        initial: None,
        steps,
        revivals: Vec::new(),
        epochs,
    }
}

/// What came of all the runs.
#[derive(Debug, Default)]
struct Tally {
    runs: usize,
    diverged: usize,
    dead: usize,
    unclear: usize,
    /// Dead units whose blame was tried, and those of them that lived without what was blamed.
    tried: usize,
    cured: usize,
}

#[test]
fn the_diagnosis_never_contradicts_itself_and_undoing_bears_it_out() {
    let full = std::env::var_os("SAE_LAB_FULL").is_some();
    let one = std::env::var("SAE_LAB_SEED")
        .ok()
        .and_then(|seed| seed.parse::<u64>().ok());
    let seeds = match one {
        Some(seed) => seed..seed + 1,
        None => 1_000..1_000 + if full { 300 } else { 24 },
    };
    let mut tally = Tally::default();
    for seed in seeds {
        let scenario = draw(seed);
        let played = scenario.play();
        tally.runs += 1;
        agrees_with_itself(seed, &scenario, &played);
        if played.diverged.is_some() {
            tally.diverged += 1;
            continue;
        }
        undo(seed, &scenario, &played, &mut tally);
    }
    println!("{tally:?}");
    if one.is_none() {
        assert!(tally.dead > 10 * tally.runs / 24);
        assert!(tally.unclear * 10 <= tally.dead, "{tally:?}");
        assert!(tally.cured * 100 >= 70 * tally.tried, "{tally:?}");
    }
}

/// No two of its sentences and numbers contradict each other.
fn agrees_with_itself(seed: u64, scenario: &Scenario, played: &Played) {
    let run = &played.run;
    let diagnosis = Diagnosis::of_run(run);
    let counts = diagnosis.counts;
    assert_eq!(
        counts.total() as usize,
        scenario.experiment.hidden,
        "seed {seed}"
    );
    assert_eq!(
        counts,
        run.state().history.last().unwrap().counts,
        "seed {seed}"
    );
    assert_eq!(
        counts.dead() as usize,
        run.dead_units().len(),
        "seed {seed}"
    );
    let words = diagnosis.sentences().join(" ");
    let gradient = diagnosis.gradient_sentence();
    let said_healthy = gradient.contains("healthy");
    assert_eq!(
        said_healthy,
        diagnosis.is_healthy(),
        "seed {seed}: {gradient}"
    );
    assert!(
        !said_healthy || counts.dead() == 0 && diagnosis.fvu < 1.0,
        "seed {seed}: {gradient} with {counts} and FVU {}",
        diagnosis.fvu
    );
    assert!(
        !(words.contains("stays dead") && words.contains("back in")),
        "seed {seed}: {words}"
    );
    // λ/λ_c by its definition
    let settings = &run.state().settings;
    let samples = scenario.data.samples.to::<f64>();
    let spectrum = Spectrum::whole(samples.view(), scenario.experiment.output_activation).unwrap();
    let rho = settings.sparsity_target;
    let slope = rho
        * (1.0 - rho)
        * match scenario.experiment.hidden_activation {
            HiddenActivation::Sigmoid => 1.0,
            HiddenActivation::Tanh => 4.0,
        };
    let ratio = settings.weight_decay / (slope * spectrum.largest());
    if let Some(said) = diagnosis.lambda_ratio() {
        assert!(
            (said - ratio).abs() <= 1e-6 * ratio,
            "seed {seed}: {said} {ratio}"
        );
        assert_eq!(
            words.contains("stays dead"),
            ratio >= 1.0,
            "seed {seed}: {words}"
        );
    } else {
        assert!(!words.contains("λ_c"), "seed {seed}: {words}");
    }
    for unit in 0..scenario.experiment.hidden {
        let state = run.state().units[unit].state;
        let Some(autopsy) = Autopsy::of_run(run, unit) else {
            assert!(!state.is_dead(), "seed {seed}");
            continue;
        };
        assert_eq!(autopsy.state, state, "seed {seed}");
        assert!(autopsy.since <= run.state().epoch, "seed {seed}");
        let sentence = autopsy.sentence();
        let outlook = diagnosis.outlook(&autopsy).unwrap_or_default();
        assert_eq!(
            outlook.contains("stays dead"),
            state.is_dead() && words.contains("stays dead"),
            "seed {seed}: {outlook} {words}"
        );
        // a change that is blamed is one of the run's, before it took effect
        for blame in &autopsy.blamed {
            if let Some(marker) = &blame.marker {
                assert!(
                    marker.epoch <= autopsy.since.max(1),
                    "seed {seed}: {sentence}"
                );
                assert!(
                    run.state().history.markers().any(|other| other.epoch == marker.epoch
                        && other.setting == marker.setting),
                    "seed {seed}: {sentence}"
                );
            }
        }
        if autopsy.cause == Cause::Decay {
            assert!(
                autopsy.settings.weight_decay > 0.0,
                "seed {seed}: {sentence}"
            );
        }
    }
}

/// Undoes what is blamed for each group of deaths.
fn undo(seed: u64, scenario: &Scenario, played: &Played, tally: &mut Tally) {
    let autopsies = played.run.dead_units().into_iter();
    let autopsies = autopsies.filter_map(|unit| Autopsy::of_run(&played.run, unit));
    for (first, units) in sae_lab::training::diagnosis::deaths(autopsies) {
        tally.dead += units.len();
        if first.cause == Cause::Unclear {
            tally.unclear += units.len();
            println!("seed {seed}: {} unclear: {}", units.len(), first.sentence());
            continue;
        }
        // the data can't be undone here
        if first.blamed.is_empty() || first.blamed.iter().any(|blame| blame.setting.is_none()) {
            continue;
        }
        let cured = scenario.innocent(&first);
        tally.tried += units.len();
        let played = cured.play();
        let living = units
            .iter()
            .filter(|unit| !played.run.state().units[**unit].state.is_dead())
            .count();
        tally.cured += living;
        if living * 2 < units.len() {
            println!(
                "seed {seed}: {living} of {} live without what was blamed: {}",
                units.len(),
                first.sentence()
            );
        }
    }
}

impl Scenario {
    /// Without all that `autopsy` blames: changes are left out, values of the start are good ones.
    fn innocent(&self, autopsy: &Autopsy) -> Self {
        let mut other = self.clone();
        for blame in &autopsy.blamed {
            let Some(setting) = blame.setting else {
                continue;
            };
            match &blame.marker {
                Some(marker) => {
                    let change = other
                        .steps
                        .iter()
                        .position(|step| step.setting == setting && step.epoch + 1 == marker.epoch);
                    if let Some(change) = change {
                        other.steps.remove(change);
                    }
                }
                None => {
                    let good = Hyperparameters {
                        sparsity_target: 0.1,
                        ..Hyperparameters::default()
                    };
                    let start = &mut other.experiment.hyperparameters;
                    setting.set(start, setting.get(&good)).unwrap();
                }
            }
        }
        other
    }
}
