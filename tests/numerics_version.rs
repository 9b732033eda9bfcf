//! A run that was saved goes on with the same bits for as long as `numerics::VERSION` stands: where these sums change,
//! raise it, and put the new sums here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::sync::Arc;

use ndarray::Array2;
use sae_lab::data::{self, DataSpec, EmbeddedSet};
use sae_lab::model::{
    Architecture, BatchSize, Engine, HiddenActivation, Hyperparameters, Objective, OptimizerKind,
    OutputActivation, Parameters,
};
use sae_lab::numerics::{self, KernelPath, Real, WorkerPool};
use sae_lab::training::{EpochEnd, Experiment, Run};
use xxhash_rust::xxh3::Xxh3Default;

/// On x86-64: version, kernel path, what was computed, and the sum of its bits.
const BITS: [(u32, &str, &str, u64); 6] = [
    (2, "avx512", "gradient", 0xa93f1683fe0f03b5),
    (2, "avx2", "gradient", 0xeb682e0908e254e4),
    (2, "portable", "gradient", 0xed9e7a52e99300cd),
    (2, "avx512", "run", 0xa4b5263d0d6063fe),
    (2, "avx2", "run", 0),
    (2, "portable", "run", 0),
];

fn take<T: Real>(sum: &mut Xxh3Default, values: &[T]) {
    for value in values {
        sum.update(&value.f64().to_bits().to_le_bytes());
    }
}

/// Samples, inputs and hidden units: a net whose gradient is one sum over all samples, and one where each slice of
/// them has its own.
const SHAPES: [(usize, usize, usize); 2] = [(300, 37, 19), (1_200, 150, 240)];

/// Of the cost and the gradient on one path, for each shape and pair of activations.
fn gradient<T: Real>(path: KernelPath, sum: &mut Xxh3Default) {
    for shape in SHAPES {
        gradient_of::<T>(shape, path, sum);
    }
}

fn gradient_of<T: Real>(
    (m, inputs, hidden): (usize, usize, usize),
    path: KernelPath,
    sum: &mut Xxh3Default,
) {
    let samples = Array2::from_shape_fn((m, inputs), |(i, j)| {
        T::of(((i * 31 + j * 17) % 97) as f64 / 97.0)
    });
    let settings = Hyperparameters::default().check().unwrap();
    for hidden_activation in [HiddenActivation::Sigmoid, HiddenActivation::Tanh] {
        for output_activation in [
            OutputActivation::Sigmoid,
            OutputActivation::Tanh,
            OutputActivation::Linear,
        ] {
            let architecture = Architecture {
                inputs,
                hidden,
                hidden_activation,
                output_activation,
            };
            let pool = Arc::new(WorkerPool::new(2));
            let mut engine = Engine::<T>::with_path(architecture, pool, path);
            let parameters = Parameters::initial(inputs, hidden, 5);
            let mut gradient = Parameters::zeros(inputs, hidden);
            let mut units = Vec::new();
            let cost = engine.measure_and_gradient(
                &parameters,
                samples.view(),
                1.0,
                &Objective::from(&settings),
                &mut gradient,
                &mut units,
            );
            take(sum, &[cost.total()]);
            take(sum, gradient.flat());
            for unit in units {
                take(sum, &[unit.mean_activation, unit.contribution]);
            }
        }
    }
}

/// Of runs with every optimiser, on the path that this processor takes.
fn run<T: Real>(sum: &mut Xxh3Default) {
    let spec = DataSpec::embedded(EmbeddedSet::Digits);
    let data = Arc::new(data::load(&spec).unwrap());
    for (optimizer, batch) in [
        (OptimizerKind::Descent, BatchSize::Full),
        (OptimizerKind::Momentum, BatchSize::Samples(50)),
        (OptimizerKind::Adam, BatchSize::Samples(70)),
        (OptimizerKind::Lbfgs, BatchSize::Full),
    ] {
        let experiment = Experiment {
            data: spec.clone(),
            precision: T::PRECISION,
            hyperparameters: Hyperparameters {
                optimizer,
                batch,
                ..Hyperparameters::default()
            },
            ..Experiment::default()
        };
        let pool = Arc::new(WorkerPool::new(2));
        let mut run = Run::<T>::new(experiment, Arc::clone(&data), None, pool).unwrap();
        for _ in 0..5 {
            assert!(matches!(run.epoch(&|| true), EpochEnd::Finished { .. }));
        }
        run.revive(&[3]);
        assert!(matches!(run.epoch(&|| true), EpochEnd::Finished { .. }));
        take(sum, run.parameters().flat());
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_bits_are_those_of_this_version() {
    let mut found = Vec::new();
    for path in KernelPath::available() {
        let mut sum = Xxh3Default::new();
        gradient::<f32>(*path, &mut sum);
        gradient::<f64>(*path, &mut sum);
        found.push((path.name(), "gradient", sum.digest()));
    }
    let mut sum = Xxh3Default::new();
    run::<f32>(&mut sum);
    run::<f64>(&mut sum);
    found.push((KernelPath::best().name(), "run", sum.digest()));
    let mut wrong = Vec::new();
    for (path, what, sum) in found {
        let known = BITS.iter().find(|known| (known.1, known.2) == (path, what));
        let (version, _, _, expected) = known.unwrap();
        assert_eq!(*version, numerics::VERSION);
        println!("({version}, \"{path}\", \"{what}\", {sum:#018x}),");
        // of a processor that nobody has tried here nothing is known yet
        if *expected != 0 && *expected != sum {
            wrong.push((path, what));
        }
    }
    assert!(
        wrong.is_empty(),
        "the bits of {wrong:?} are others: raise numerics::VERSION"
    );
}
