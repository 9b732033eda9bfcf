//! The numbers of the laws.

use ndarray::{Array2, ArrayView2, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::EmbeddedSet;
use sae_lab::model::{
    Cliffs, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
    Spectrum,
};

use crate::oracle::Oracle;
use crate::{embedded, full};

fn on() -> bool {
    true
}

/// Within 1e-9 of each, as far as their own rounding (1e-13 of the largest) lets them be told apart.
#[track_caller]
fn agree(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let floor = 1e-13 * expected.first().copied().unwrap_or(0.0);
    for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
        let allowed = 1e-9 * expected + floor;
        assert!(
            (found - expected).abs() <= allowed,
            "σ_{}: {found} for {expected}",
            k + 1
        );
    }
}

#[test]
fn the_spectrum_agrees_with_loops_and_rotations() {
    for set in [EmbeddedSet::Digits, EmbeddedSet::Bars, EmbeddedSet::Photos] {
        let data = embedded(set);
        let samples = data.samples.to::<f64>();
        let few = samples.slice(s![..samples.nrows().min(2_000), ..]);
        for output in OutputActivation::ALL {
            let expected = Oracle::of(few, output);
            let whole = Spectrum::whole(few, output).unwrap();
            agree(whole.sigma(), &expected.sigma);
            assert!(whole.is_whole() && whole.error() == 0.0);
            let relative = whole.mean_square() / expected.mean_square - 1.0;
            assert!(relative.abs() < 1e-12, "{relative}");
            assert_eq!(Spectrum::quick(few, output, &on).unwrap(), whole);
        }
    }
}

/// Noise of `rank` directions, the k-th with a spread of .9ᵏ, around a mean in (0, 1).
fn noise(count: usize, length: usize, rank: usize) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut uniform =
        |rows, columns| Array2::from_shape_fn((rows, columns), |_| random.random::<f64>() - 0.5);
    let directions = uniform(rank, length);
    let mean = uniform(1, length);
    let scaled = Array2::from_shape_fn((rank, length), |(k, i)| {
        directions[[k, i]] * 0.9_f64.powi(k as i32) / 4.0
    });
    uniform(count, rank).dot(&scaled) + &(mean + 0.5)
}

fn whole(samples: ArrayView2<'_, f64>) -> Spectrum {
    Spectrum::whole(samples, OutputActivation::Sigmoid).unwrap()
}

#[test]
fn without_the_covariance_the_largest_are_the_same() {
    // beyond 256 inputs the quick one goes by passes over the samples
    let samples = noise(600, 300, 40);
    let (all, quick) = (
        whole(samples.view()),
        Spectrum::quick(samples.view(), OutputActivation::Sigmoid, &on).unwrap(),
    );
    assert_eq!((all.sigma().len(), quick.sigma().len()), (300, 1));
    agree(quick.sigma(), &all.sigma()[..1]);
    assert!(quick.error() <= 1e-9 * quick.largest());
    assert_eq!(quick.above(all.largest() * 0.5), None);
    // beyond 1,024 the whole one too: 64 of them, of which rank 40 leaves the last 24 at nothing
    let wide = noise(300, 1_100, 40);
    let found = whole(wide.view());
    assert_eq!(found.sigma().len(), 64);
    assert!(found.sigma().is_sorted_by(|a, b| a >= b));
    let single = wide.mapv(|value| value as f32);
    let of_singles = Spectrum::whole(single.view(), OutputActivation::Sigmoid).unwrap();
    let exact = single.mapv(f64::from);
    agree(of_singles.sigma(), whole(exact.view()).sigma());
    // the same inputs among others that never vary: C·D gains rows and columns of zeros
    let narrow = noise(300, 900, 40);
    let mut padded = Array2::from_elem((300, 1_100), 0.25);
    padded.slice_mut(s![.., 100..1_000]).assign(&narrow);
    agree(
        whole(padded.view()).sigma(),
        &whole(narrow.view()).sigma()[..64],
    );
}

#[test]
fn a_spectrum_has_an_answer_where_the_data_say_nothing() {
    let output = OutputActivation::Sigmoid;
    let flat = Array2::from_elem((10, 7), 0.25);
    let spectrum = whole(flat.view());
    assert!(spectrum.sigma().iter().all(|sigma| *sigma == 0.0));
    assert_eq!(spectrum.above(0.0), Some(0));
    let wide = Array2::from_elem((10, 300), 0.25_f32);
    let spectrum = Spectrum::quick(wide.view(), output, &on).unwrap();
    assert!(spectrum.largest() == 0.0, "{}", spectrum.largest());
    // means that a sigmoid can't reach: at collapse the output lies at its end, where nothing moves it
    let mut shifted = noise(100, 6, 4);
    shifted.column_mut(2).mapv_inplace(|value| value + 7.0);
    shifted.column_mut(4).mapv_inplace(|value| value - 7.0);
    let spectrum = whole(shifted.view());
    assert_eq!(spectrum.out_of_reach(), 2);
    agree(spectrum.sigma(), &Oracle::of(shifted.view(), output).sigma);
    let linear = Spectrum::whole(shifted.view(), OutputActivation::Linear).unwrap();
    assert_eq!(linear.out_of_reach(), 0);
    // no number is better than a wrong one
    let huge = shifted.mapv(|value| value * 1e200);
    assert_eq!(Spectrum::whole(huge.view(), output), None);
    let huge = Array2::from_shape_fn((3, 300), |(k, i)| (k + i) as f64 * 1e200);
    assert_eq!(Spectrum::quick(huge.view(), output, &on), None);
    // and a caller can have it stop
    assert_eq!(Spectrum::quick(wide.view(), output, &|| false), None);
    assert_eq!(Spectrum::quick(flat.view(), output, &|| false), None);
}

#[test]
fn the_cliffs_follow_from_the_spectrum() {
    let data = embedded(EmbeddedSet::Digits);
    let samples = data.samples.to::<f64>();
    let spectrum = whole(samples.view());
    let oracle = Oracle::of(samples.view(), OutputActivation::Sigmoid);
    let (sigma, square) = (spectrum.largest(), spectrum.mean_square());
    let settings = Hyperparameters {
        weight_decay: 2e-3,
        ..Hyperparameters::default()
    };
    let of = |settings, hidden| Cliffs::new(&spectrum, &settings, hidden);
    for (hidden, slope) in [
        (HiddenActivation::Sigmoid, 0.05 * 0.95),
        (HiddenActivation::Tanh, 4.0 * 0.05 * 0.95),
    ] {
        let cliffs = of(settings, hidden);
        let close = |found: f64, expected: f64| {
            assert!(
                (found / expected - 1.0).abs() < 1e-12,
                "{found}, {expected}"
            );
        };
        close(cliffs.lambda_c, slope * sigma);
        let h = 3.0 * slope * (1.0 + square);
        close(cliffs.alpha_c.unwrap(), 2.0 * 1.9 / h);
        close(
            cliffs.rate.unwrap(),
            0.1 / (1.0 - 0.9) * (slope * sigma - 2e-3),
        );
        close(cliffs.lambda_ratio().unwrap(), 2e-3 / (slope * sigma));
        close(cliffs.alpha_ratio().unwrap(), 0.1 * h / 3.8);
        let grown = cliffs.steps_to_grow(10.0).unwrap();
        close((grown * cliffs.growth.unwrap()).exp(), 10.0);
        // by steps of the recurrence, batches of 50 of 1,797: the term that their noise adds is a decay of W1 alone
        let share = (1_797.0 - 50.0) / (50.0 * 1_796.0);
        let directions = oracle.sigma.iter().zip(&oracle.leans);
        let each = directions.zip(spectrum.variances());
        let best = each
            .filter(|((sigma, _), _)| **sigma > 1e-9)
            .map(|((sigma, lean), variance)| {
                let decay = 3.0 * slope * variance * share;
                let (mut w1, mut w2, mut v1, mut v2) = (1.0, 1.0, 0.0, 0.0);
                let mut before = 1.0;
                for _ in 0..4_000 {
                    let pulls = [
                        slope * sigma * w2 - (2e-3 + decay) * w1,
                        slope * sigma * w1 - 2e-3 * w2,
                    ];
                    v1 = 0.9 * v1 + 0.1 * pulls[0] / (1.0 + 0.5 * lean);
                    v2 = 0.9 * v2 + 0.1 * pulls[1] / (1.0 + 0.5 * lean);
                    before = w1;
                    (w1, w2) = (w1 + v1, w2 + v2);
                    let size = f64::hypot(w1, w2);
                    for value in [&mut w1, &mut w2, &mut v1, &mut v2, &mut before] {
                        *value /= size;
                    }
                }
                (w1 / before).ln()
            })
            .fold(f64::NEG_INFINITY, f64::max);
        let growth = cliffs.growth.unwrap();
        assert!((growth / best - 1.0).abs() < 1e-6, "{growth}, {best}");
        let slowed = oracle
            .sigma
            .iter()
            .zip(&oracle.leans)
            .map(|(sigma, lean)| (slope * sigma - 2e-3) / (1.0 + 0.5 * lean))
            .filter(|rate| rate.is_finite())
            .fold(f64::NEG_INFINITY, f64::max);
        close(cliffs.pace.unwrap(), 0.1 / (1.0 - 0.9) * slowed);
        // at β_c the α in use is α_c
        let at = Hyperparameters {
            sparsity_weight: cliffs.beta_c.unwrap(),
            ..settings
        };
        close(of(at, hidden).alpha_c.unwrap(), 0.1);
        // at the ends of the interval of ρ the λ in use is λ_c
        let (low, high) = cliffs.rho.unwrap();
        for rho in [low, high] {
            let at = Hyperparameters {
                sparsity_target: rho,
                ..settings
            };
            close(of(at, hidden).lambda_c, 2e-3);
        }
        // descent has no momentum, whatever it is set to
        let descent = Hyperparameters {
            optimizer: OptimizerKind::Descent,
            ..settings
        };
        close(of(descent, hidden).alpha_c.unwrap(), 2.0 / h);
        close(
            of(descent, hidden).rate.unwrap(),
            0.1 * (slope * sigma - 2e-3),
        );
        let printed = Hyperparameters {
            gradient: GradientForm::Printed,
            ..settings
        };
        close(
            of(printed, hidden).alpha_c.unwrap(),
            3.8 / (3.0 * (1.0 + square)),
        );
        for optimizer in [OptimizerKind::Adam, OptimizerKind::Lbfgs] {
            let own = of(
                Hyperparameters {
                    optimizer,
                    ..settings
                },
                hidden,
            );
            assert_eq!((own.alpha_c, own.beta_c, own.rate), (None, None, None));
            assert_eq!(own.lambda_c, cliffs.lambda_c);
            assert_eq!(own.steps_to_grow(2.0), None);
        }
        let plain = Hyperparameters {
            sparsity_weight: 0.0,
            ..settings
        };
        assert_eq!(of(plain, hidden).alpha_c, None);
        assert_eq!(of(plain, hidden).pace, cliffs.rate);
        // as many directions are open as have λ_k > λ
        let open = spectrum
            .sigma()
            .iter()
            .filter(|sigma| slope * **sigma > 2e-3);
        assert_eq!(cliffs.open_directions, Some(open.count()));
        assert!(!cliffs.stays_dead());
        let beyond = Hyperparameters {
            weight_decay: 1.0,
            ..settings
        };
        let beyond = of(beyond, hidden);
        assert!(beyond.stays_dead() && beyond.rho.is_none() && beyond.rate.unwrap() < 0.0);
        assert_eq!((beyond.pace, beyond.steps_to_grow(2.0)), (None, None));
        let none = Hyperparameters {
            weight_decay: 0.0,
            ..settings
        };
        assert_eq!(of(none, hidden).rho, Some((0.0, 1.0)));
    }
}

/// The measured values of the design's own table (Python, f64), which share no code with this.
#[test]
fn the_cliffs_are_where_they_were_measured() {
    for (set, rho, lambda_c, beta, alpha_c) in [
        (EmbeddedSet::Digits, 0.05, 0.007765, 30.0, 0.124),
        (EmbeddedSet::Photos, 0.02, 3.588e-4, 3.0, f64::NAN),
        (EmbeddedSet::Photos, 0.05, f64::NAN, 3.0, 0.826),
    ] {
        let data = embedded(set);
        let spectrum = whole(data.samples.to::<f64>().view());
        let settings = Hyperparameters {
            sparsity_target: rho,
            sparsity_weight: beta,
            optimizer: OptimizerKind::Descent,
            ..Hyperparameters::default()
        };
        let cliffs = Cliffs::new(&spectrum, &settings, HiddenActivation::Sigmoid);
        println!(
            "{set:?}: λ_c {:.6e}, α_c {:?}",
            cliffs.lambda_c, cliffs.alpha_c
        );
        // other patches of the same photographs were drawn there
        let close = |found: f64, there: f64| there.is_nan() || (found / there - 1.0).abs() < 0.08;
        assert!(close(cliffs.lambda_c, lambda_c));
        assert!(close(cliffs.alpha_c.unwrap(), alpha_c));
    }
}

#[test]
fn a_wide_set_takes_some_tens_of_passes() {
    // in full, as large as a window opens: MNIST, and colour pictures of 64×64
    let sizes: &[(usize, usize)] = if full() {
        &[(60_000, 784), (4_096, 12_288)]
    } else {
        &[(1_024, 400)]
    };
    for (count, length) in sizes {
        passes(*count, *length);
    }
}

fn passes(rows: usize, length: usize) {
    let samples = noise(rows, length, 60).mapv(|value| value as f32);
    let asked = std::cell::Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        true
    };
    let start = std::time::Instant::now();
    let spectrum = Spectrum::quick(samples.view(), OutputActivation::Sigmoid, &count).unwrap();
    assert_eq!(spectrum.sigma().len(), 1);
    let passes = asked.get() / rows.div_ceil(256);
    println!(
        "{rows} × {length}: {passes} passes in {:.2?}",
        start.elapsed()
    );
    assert!((2..100).contains(&passes), "{passes}");
}
