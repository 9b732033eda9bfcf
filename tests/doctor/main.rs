//! The doctor against an implementation of its own: every mistake and every pair is named, and the correct gradient is
//! never accused. `SAE_LAB_FULL=1` draws more.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

#[path = "../support/command.rs"]
mod command;
mod commands;
mod files;
mod numpy;
mod plain;
#[path = "../support/python.rs"]
mod python;

use ndarray::Array2;
use plain::Case;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sae_lab::model::doctor::{Diagnosis, Doctor, Mistake, Tolerance, Verdict};
use sae_lab::model::{Architecture, Engine, HiddenActivation, OutputActivation, Parameters};
use sae_lab::numerics::{Precision, Real, WorkerPool};

impl Case {
    fn samples<T: Real>(&self) -> Array2<T> {
        let shape = (self.samples.len(), self.architecture.inputs);
        let values = self.samples.iter().flatten().map(|value| T::of(*value));
        Array2::from_shape_vec(shape, values.collect()).unwrap()
    }

    fn doctor(&self, workers: usize) -> Doctor {
        Doctor::new(
            self.architecture,
            &self.parameters,
            self.samples::<f64>().view(),
            &self.objective(),
            self.batch,
            &WorkerPool::new(workers),
        )
    }

    fn of(&self, flat: Vec<f64>) -> Parameters<f64> {
        let (n, h) = (self.architecture.inputs, self.architecture.hidden);
        Parameters::from_flat(flat, n, h).unwrap()
    }

    fn engine<T: Real>(&self) -> Parameters<f64> {
        let parameters = self.parameters.cast::<T>();
        let mut gradient = Parameters::zeros(parameters.inputs(), parameters.hidden());
        Engine::<T>::new(self.architecture, 1).cost_and_gradient(
            &parameters,
            self.samples::<T>().view(),
            &self.objective(),
            &mut gradient,
        );
        gradient.cast()
    }

    /// The greatest relative distance of a block.
    fn distance(&self, one: &[f64], other: &[f64]) -> f64 {
        let of = &self.parameters;
        let ranges = [
            of.encoder_range(),
            of.encoder_bias_range(),
            of.decoder_range(),
            of.decoder_bias_range(),
        ];
        let norm = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>().sqrt();
        ranges
            .into_iter()
            .map(|range| {
                let (one, other) = (&one[range.clone()], &other[range]);
                let apart: Vec<f64> = one.iter().zip(other).map(|(a, b)| a - b).collect();
                let apart = norm(&apart);
                if apart == 0.0 {
                    0.0
                } else {
                    apart / (norm(one) + norm(other))
                }
            })
            .fold(0.0, f64::max)
    }

    /// Random weights, biases and samples.
    fn drawn(random: &mut ChaCha8Rng, architecture: Architecture, samples: usize) -> Self {
        let (n, h) = (architecture.inputs, architecture.hidden);
        let mut parameters = Parameters::zeros(n, h);
        for value in parameters.flat_mut() {
            *value = random.random_range(-1.0..1.0);
        }
        let rows = (0..samples).map(|_| (0..n).map(|_| random.random_range(0.1..0.9)).collect());
        Self {
            architecture,
            parameters,
            samples: rows.collect(),
            rho: 0.1,
            beta: 0.7,
            lambda: 0.03,
            batch: samples.div_ceil(3),
        }
    }
}

fn diagnose(case: &Case, doctor: &Doctor, flat: Vec<f64>, precision: Precision) -> Diagnosis {
    doctor
        .diagnose(&case.of(flat), Tolerance::of(precision))
        .unwrap()
}

/// Two shapes of every pair of activations.
fn cases() -> Vec<Case> {
    let mut random = ChaCha8Rng::seed_from_u64(14);
    let mut cases = Vec::new();
    for hidden_activation in HiddenActivation::ALL {
        for output_activation in OutputActivation::ALL {
            for (inputs, hidden, samples) in [(5, 3, 11), (4, 4, 17)] {
                let architecture = Architecture {
                    inputs,
                    hidden,
                    hidden_activation,
                    output_activation,
                };
                cases.push(Case::drawn(&mut random, architecture, samples));
            }
        }
    }
    cases
}

/// What the doctor says of these mistakes is true: they are named, or fewer that give the same.
fn named(case: &Case, doctor: &Doctor, made: &[Mistake], flat: &[f64]) -> (usize, usize) {
    let found = diagnose(case, doctor, flat.to_vec(), Precision::F64);
    let what = || format!("{made:?} in {:?}: {found:?}", case.architecture);
    let same = |mistakes: &[Mistake]| {
        let gradient = case.gradient(mistakes);
        gradient.is_some_and(|other| case.distance(flat, &other) < 1e-6)
    };
    match &found.verdict {
        Verdict::Correct => {
            assert!(same(&[]), "{}", what());
            (0, 0)
        }
        Verdict::Unknown => panic!("{}", what()),
        Verdict::Mistakes {
            mistakes,
            alternatives,
        } => {
            assert!(!same(&[]), "{}", what());
            let all = || std::iter::once(mistakes).chain(alternatives);
            assert!(all().all(|one| same(one)), "{}", what());
            let has = |one: &Vec<Mistake>| one.iter().all(|mistake| made.contains(mistake));
            if mistakes.len() == made.len() {
                assert!(all().any(has), "{}", what());
            } else {
                assert!(mistakes.len() < made.len(), "{}", what());
            }
            (mistakes.len(), alternatives.len())
        }
    }
}

#[test]
fn every_mistake_is_named_exactly() {
    for case in cases() {
        let doctor = case.doctor(2);
        let mut tried = 0;
        for mistake in Mistake::ALL {
            let possible = case.possible(&[*mistake]);
            assert_eq!(doctor.mistakes().contains(mistake), possible);
            let flat = if possible {
                case.gradient(&[*mistake])
            } else {
                None
            };
            let own = doctor.gradient(&[*mistake]);
            assert_eq!(flat.is_some(), own.is_some(), "{mistake:?}");
            let (Some(flat), Some(own)) = (flat, own) else {
                continue;
            };
            assert!(case.distance(&flat, own.flat()) < 1e-10, "{mistake:?}");
            assert_eq!(
                named(&case, &doctor, &[*mistake], &flat),
                (1, 0),
                "{mistake:?}"
            );
            let single = flat.iter().map(|value| f64::from(*value as f32)).collect();
            let found = diagnose(&case, &doctor, single, Precision::F32).verdict;
            let expected = Verdict::Mistakes {
                mistakes: vec![*mistake],
                alternatives: Vec::new(),
            };
            assert_eq!(found, expected);
            tried += 1;
        }
        assert!(tried >= 30, "{tried} in {:?}", case.architecture);
    }
}

#[test]
fn every_pair_is_named_or_what_cannot_be_told_from_it() {
    let (mut pairs, mut exact, mut ambiguous, mut fewer) = (0, 0, 0, 0);
    for case in cases() {
        let doctor = case.doctor(1);
        for (place, first) in Mistake::ALL.iter().enumerate() {
            for second in &Mistake::ALL[place + 1..] {
                let made = [*first, *second];
                let flat = if case.possible(&made) {
                    case.gradient(&made)
                } else {
                    None
                };
                let own = doctor.gradient(&made);
                assert_eq!(flat.is_some(), own.is_some(), "{made:?}");
                let (Some(flat), Some(own)) = (flat, own) else {
                    continue;
                };
                assert!(case.distance(&flat, own.flat()) < 1e-10, "{made:?}");
                pairs += 1;
                match named(&case, &doctor, &made, &flat) {
                    (2, 0) => exact += 1,
                    (2, _) => ambiguous += 1,
                    _ => fewer += 1,
                }
            }
        }
    }
    println!(
        "{pairs} pairs: {exact} exact, {ambiguous} ambiguous, {fewer} that fewer mistakes give"
    );
    assert!(pairs > 4000 && exact * 10 > pairs * 9);
}

#[test]
fn the_correct_gradient_is_never_accused() {
    let draws = if std::env::var_os("SAE_LAB_FULL").is_some() {
        1000
    } else {
        200
    };
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for draw in 0..draws {
        let architecture = Architecture {
            inputs: random.random_range(1..7),
            hidden: random.random_range(1..7),
            hidden_activation: HiddenActivation::ALL[random.random_range(0..2)],
            output_activation: OutputActivation::ALL[random.random_range(0..3)],
        };
        let samples = random.random_range(1..600);
        let mut case = Case::drawn(&mut random, architecture, samples);
        let scale = 10f64.powf(random.random_range(-3.0..0.7));
        for value in case.parameters.flat_mut() {
            *value = f64::from((*value * scale) as f32);
        }
        for value in case.samples.iter_mut().flatten() {
            *value = f64::from(*value as f32);
        }
        case.rho = random.random_range(0.001..0.6);
        case.beta = [0.0, 0.1, 1.0, 3.0, 20.0][random.random_range(0..5)];
        case.lambda = [0.0, 1e-6, 1e-4, 0.1][random.random_range(0..4)];
        case.batch = random.random_range(1..=samples);
        let doctor = case.doctor(1 + draw % 2);
        let own = doctor.gradient(&[]).unwrap();
        let engine = case.engine::<f64>();
        let apart = case.distance(own.flat(), engine.flat());
        assert!(apart < 1e-10, "draw {draw}: {apart:e}");
        let mut right = vec![
            (engine.flat().to_vec(), Precision::F64),
            (case.engine::<f32>().flat().to_vec(), Precision::F32),
        ];
        // with greater weights 1 − a loses its digits, as the program computes it
        if scale < 1.0 {
            right.push((case.gradient(&[]).unwrap(), Precision::F64));
        }
        for (given, precision) in right {
            let found = diagnose(&case, &doctor, given, precision);
            assert_eq!(found.verdict, Verdict::Correct, "draw {draw}, {found:?}");
        }
    }
}

#[test]
fn what_the_data_cannot_tell_is_named_as_such() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let architecture = Architecture {
        inputs: 4,
        hidden: 3,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let mut case = Case::drawn(&mut random, architecture, 9);
    // with λ 0 a missing decay is no mistake
    case.lambda = 0.0;
    let flat = case.gradient(&[Mistake::DecayMissing]).unwrap();
    let found = diagnose(&case, &case.doctor(1), flat, Precision::F64);
    assert_eq!(found.verdict, Verdict::Correct);
    let without = [
        Mistake::DecayMissing,
        Mistake::DecayMissingInW1,
        Mistake::DecayMissingInW2,
        Mistake::DecayDoubled,
        Mistake::DecayDividedByM,
        Mistake::BiasesDecayed,
    ];
    assert_eq!(found.not_shown, without);
    // over one sample a sum is the mean, and β 1 need not be written
    case.samples.truncate(1);
    case.beta = 1.0;
    let doctor = case.doctor(1);
    for mistake in [
        Mistake::RhoOfFirstSample,
        Mistake::AllSummed,
        Mistake::BetaMissing,
    ] {
        let flat = case.gradient(&[mistake]).unwrap();
        let found = diagnose(&case, &doctor, flat, Precision::F64);
        assert_eq!(found.verdict, Verdict::Correct, "{mistake:?}");
        assert!(found.not_shown.contains(&mistake), "{found:?}");
    }
    // a first batch of one sample is the first sample
    let mut case = Case::drawn(&mut random, architecture, 9);
    case.batch = 1;
    let flat = case.gradient(&[Mistake::RhoOfFirstBatch]).unwrap();
    let found = diagnose(&case, &case.doctor(1), flat, Precision::F64);
    let expected = Verdict::Mistakes {
        mistakes: vec![Mistake::RhoOfFirstSample],
        alternatives: vec![vec![Mistake::RhoOfFirstBatch]],
    };
    assert_eq!(found.verdict, expected);
}

#[test]
fn the_closest_of_several_explanations_is_named() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let architecture = Architecture {
        inputs: 4,
        hidden: 3,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    };
    let mut case = Case::drawn(&mut random, architecture, 4000);
    case.lambda = 0.003;
    let doctor = case.doctor(1);
    let (missing, divided) = (Mistake::DecayMissing, Mistake::DecayDividedByM);
    for (made, other) in [(missing, divided), (divided, missing)] {
        let flat = case.gradient(&[made]).unwrap();
        let found = diagnose(&case, &doctor, flat, Precision::F32);
        let expected = Verdict::Mistakes {
            mistakes: vec![made],
            alternatives: vec![vec![other]],
        };
        assert_eq!(found.verdict, expected);
    }
}

#[test]
fn what_is_nothing_known_is_said_to_be_unknown() {
    let case = &cases()[0];
    let mut flat = case.gradient(&[]).unwrap();
    let place = case.parameters.encoder_range().start;
    flat[place] += 0.1;
    let found = diagnose(case, &case.doctor(1), flat, Precision::F64);
    assert_eq!(found.verdict, Verdict::Unknown);
    assert_eq!(found.relative_error, None);
    assert_eq!(found.correct_blocks, [false, true, true, true]);
    let worst = found.correct_errors[0];
    assert!(worst > 1e-3 && found.correct_errors[1..].iter().all(|error| *error < 1e-10));
}

#[test]
fn names_are_one_each() {
    let mut names: Vec<&str> = Mistake::ALL.iter().map(|mistake| mistake.name()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 15);
}
