//! Runs drawn from the ranges of the sliders: what the diagnosis says of them is held against itself, and against what
//! undoing shows. `SAE_LAB_SEED` repeats one, `SAE_LAB_FULL=1` draws 300.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::ArrayView2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::EmbeddedSet;
use sae_lab::model::ablation::loss_changes;
use sae_lab::model::{
    BatchSize, Engine, GradientForm, HiddenActivation, Hyperparameters, Objective, OptimizerKind,
    OutputActivation, Parameters, Spectrum,
};
use sae_lab::training::diagnosis::deaths;
use sae_lab::training::{Autopsy, Cause, Diagnosis, Experiment, GradientHealth, Setting, Value};

use super::scenario::{Played, Scenario, Step, some_of};
use super::undoing::undo;

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

/// What came of the runs.
#[derive(Clone, Debug, Default)]
struct Tally {
    runs: usize,
    diverged: usize,
    units: usize,
    dead: usize,
    /// Units whose state the ablation bears out.
    true_to_ablation: usize,
    /// Said to be dead, and missed; said to be alive, and not missed.
    missed: usize,
    idle: usize,
    /// Runs whose gradient was measured, and those of which the truth was said.
    gradients: usize,
    true_gradients: usize,
    unclear: usize,
    /// Dead units whose blame was tried, those of them that lived without what was blamed, and those of groups that
    /// nothing else would have saved more of.
    tried: usize,
    cured: usize,
    best: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.diverged += other.diverged;
        self.units += other.units;
        self.dead += other.dead;
        self.true_to_ablation += other.true_to_ablation;
        self.missed += other.missed;
        self.idle += other.idle;
        self.gradients += other.gradients;
        self.true_gradients += other.true_gradients;
        self.unclear += other.unclear;
        self.tried += other.tried;
        self.cured += other.cured;
        self.best += other.best;
    }
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
    let next = AtomicU64::new(seeds.start);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let found = judge(seed);
                    tally.lock().unwrap().add(&found);
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    println!("{tally:?}");
    if one.is_none() {
        assert!(tally.dead > 10 * tally.runs / 24);
        assert!(
            tally.true_to_ablation * 100 >= 99 * tally.units,
            "{tally:?}"
        );
        assert!(tally.unclear * 10 <= tally.dead, "{tally:?}");
        assert!(tally.cured * 100 >= 82 * tally.tried, "{tally:?}");
        // nor would undoing any other one thing have saved more
        assert!(tally.best * 100 >= 86 * tally.tried, "{tally:?}");
        assert!(
            tally.true_gradients * 100 >= 90 * tally.gradients,
            "{tally:?}"
        );
    }
}

/// What the run of `seed` comes to.
fn judge(seed: u64) -> Tally {
    let scenario = draw(seed);
    let played = scenario.play();
    let mut tally = Tally {
        runs: 1,
        ..Tally::default()
    };
    agrees_with_itself(seed, &scenario, &played);
    if played.diverged.is_some() {
        tally.diverged = 1;
        return tally;
    }
    agrees_with_the_gradient(seed, &scenario, &played, &mut tally);
    compare_with_ablation(&scenario, &played, &mut tally);
    let groups = undo(&scenario, &played);
    if !groups.is_empty() {
        println!("seed {seed}: {}", scenario.words());
    }
    for group in groups {
        tally.dead += group.units;
        if group.is_unclear() {
            tally.unclear += group.units;
        } else if group.blamed.is_some() {
            tally.tried += group.units;
            tally.cured += group.saved;
            if group.saved >= group.best_other() {
                tally.best += group.units;
            }
        }
        println!("seed {seed}: {group}");
    }
    tally
}

/// A unit is dead where the FVU hardly changes if its activation is replaced by its mean.
fn compare_with_ablation(scenario: &Scenario, played: &Played, tally: &mut Tally) {
    let run = &played.run;
    let samples = scenario.data.samples.to::<f64>();
    let changes = loss_changes(&run.architecture(), run.parameters(), samples.view());
    let hidden = scenario.experiment.hidden;
    let bound = 1e-4 * (64.0 / hidden as f64).min(1.0);
    for (change, unit) in changes.iter().zip(&run.state().units) {
        let idle = (change / scenario.data.variance).abs() < bound;
        tally.units += 1;
        match (unit.state.is_dead(), idle) {
            (true, false) => tally.missed += 1,
            (false, true) => tally.idle += 1,
            _ => tally.true_to_ablation += 1,
        }
    }
}

/// What is said of f′ and of the gradient is so: from the parameters and the data, anew, in f64.
fn agrees_with_the_gradient(seed: u64, scenario: &Scenario, played: &Played, tally: &mut Tally) {
    let run = &played.run;
    let diagnosis = Diagnosis::of_run(run);
    let Some(report) = &diagnosis.gradient else {
        return;
    };
    assert_eq!(report.epoch, diagnosis.epoch, "seed {seed}");
    let samples = scenario.data.samples.to::<f64>();
    let parameters = run.parameters().cast::<f64>();
    let z = samples.dot(&parameters.encoder_weights().t()) + parameters.encoder_bias();
    let slopes = z.mapv(|z| {
        let off = match scenario.experiment.hidden_activation {
            HiddenActivation::Sigmoid => (-z.abs()).exp(),
            HiddenActivation::Tanh => (-2.0 * z.abs()).exp(),
        };
        4.0 * off / (1.0 + off).powi(2)
    });
    let (said, slope) = (report.norms.mean_slope, slopes.mean().unwrap());
    // f′ ∝ e^−|z| far out, and f32 has z to some roundings of the longest product; the least f32 stands for what is less
    let longest = |rows: ArrayView2<'_, f64>| {
        let lengths = rows.rows().into_iter().map(|row| row.dot(&row).sqrt());
        lengths.fold(0.0, f64::max)
    };
    let product = longest(parameters.encoder_weights()) * longest(samples.view());
    let rounding = 1e-5 + 4.0 * f64::from(f32::EPSILON) * product;
    assert!(
        (said - slope).abs() <= rounding * slope + 1e-37,
        "seed {seed}: {said} for {slope}, of f32 {rounding:.1e}"
    );
    let reconstruction = Objective {
        sparsity_target: 0.5,
        sparsity_weight: 0.0,
        weight_decay: 0.0,
        gradient: GradientForm::Exact,
    };
    let mut gradient = Parameters::zeros(parameters.inputs(), parameters.hidden());
    Engine::<f64>::new(run.architecture(), 1).cost_and_gradient(
        &parameters,
        samples.view(),
        &reconstruction,
        &mut gradient,
    );
    let norm = |of: &Parameters<f64>| -> f64 {
        let weights = of.encoder_weights();
        weights.iter().map(|w| w * w).sum::<f64>().sqrt()
    };
    let speed = norm(&gradient) / norm(&parameters);
    let (open, shut) = (slope > 0.1 || speed >= 1e-3, slope <= 0.1 && speed < 1e-4);
    let sentence = diagnosis.gradient_sentence();
    let says_open = !matches!(
        report.health,
        GradientHealth::Weak | GradientHealth::Vanished
    );
    let says_shut = report.health == GradientHealth::Vanished;
    tally.gradients += 1;
    if (open, shut) == (says_open, says_shut) {
        tally.true_gradients += 1;
    } else {
        println!(
            "seed {seed}: f′ {slope:.2e}, ‖∂reconstruction/∂W1‖ {:.2e} ({:.2e} of ‖W1‖), by the probe {:.2e}: \
             {sentence}",
            norm(&gradient),
            speed,
            report.norms.reconstruction.unwrap(),
        );
    }
    // the two ends are never taken for each other
    assert!(!(shut && says_open), "seed {seed}: {speed:.2e}: {sentence}");
    assert!(!(open && says_shut), "seed {seed}: {speed:.2e}: {sentence}");
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
    let autopsies: Vec<Autopsy> = run
        .dead_units()
        .into_iter()
        .filter_map(|unit| Autopsy::of_run(run, unit))
        .collect();
    let groups = deaths(autopsies);
    let sum: usize = groups.iter().map(|group| 1 + group.1.len()).sum();
    assert_eq!(sum, counts.dead() as usize, "seed {seed}");
    for (index, (first, _)) in groups.iter().enumerate() {
        let twin = groups[..index].iter().any(|group| group.0.died_like(first));
        assert!(!twin, "seed {seed}: twice: {}", first.sentence());
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
