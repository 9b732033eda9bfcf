use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::model::{GradientForm, UnitState, ablation, reference};
use crate::numerics::Precision;

const OBJECTIVE: Objective = Objective {
    sparsity_target: 0.05,
    sparsity_weight: 3.0,
    weight_decay: 1e-3,
    gradient: GradientForm::Exact,
};

fn architecture(inputs: usize, hidden: usize) -> Architecture {
    Architecture {
        inputs,
        hidden,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Sigmoid,
    }
}

fn samples<T: Real>(rows: usize, columns: usize) -> Array2<T> {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    Array2::from_shape_simple_fn((rows, columns), || T::of(0.1 + 0.8 * rng.random::<f64>()))
}

fn engines<T: Real>(architecture: Architecture) -> impl Iterator<Item = (String, Engine<T>)> {
    KernelPath::available().iter().flat_map(move |path| {
        [1, 2, 3].map(|threads| {
            let pool = Arc::new(WorkerPool::new(threads));
            (
                format!("{path} ×{threads}"),
                Engine::with_path(architecture, pool, *path),
            )
        })
    })
}

/// ‖a − b‖/‖b‖
fn distance<T: Real>(a: &[T], b: &[T]) -> f64 {
    let norm: f64 = b.iter().map(|b| b.f64().powi(2)).sum();
    let difference: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (a.f64() - b.f64()).powi(2))
        .sum();
    (difference / norm).sqrt()
}

/// Shapes with single blocks and several, split over workers and not, whole vectors and odd ones.
fn agrees_with_the_reference<T: Real>(tolerance: f64) {
    for (m, n, h) in [
        (1, 1, 1),
        (7, 3, 5),
        (2_011, 13, 9),
        (1_500, 64, 25),
        (190, 50, 70),
        (700, 33, 40),
    ] {
        for (hidden, output) in [
            (HiddenActivation::Sigmoid, OutputActivation::Sigmoid),
            (HiddenActivation::Tanh, OutputActivation::Tanh),
            (HiddenActivation::Tanh, OutputActivation::Linear),
        ] {
            let architecture = Architecture {
                hidden_activation: hidden,
                output_activation: output,
                ..architecture(n, h)
            };
            let (x, parameters) = (samples::<T>(m, n), Parameters::initial(n, h, 2));
            let golden =
                reference::cost_and_gradient(&architecture, &parameters, x.view(), &OBJECTIVE);
            let forward = reference::forward(&architecture, &parameters, x.view());
            for (name, mut engine) in engines::<T>(architecture) {
                let what = format!("{m}×{n}×{h} {hidden:?} {output:?} {name}");
                let mut gradient = Parameters::zeros(n, h);
                let cost =
                    engine.cost_and_gradient(&parameters, x.view(), &OBJECTIVE, &mut gradient);
                assert!(
                    (cost.total() - golden.cost.total()).abs() <= tolerance * golden.cost.total(),
                    "{what}"
                );
                let error = distance(gradient.flat(), golden.gradient.flat());
                assert!(error <= tolerance, "{what}: {error:e}");
                // the same bits again, and from every way to ask
                let mut again = Parameters::zeros(n, h);
                assert_eq!(
                    engine.cost_and_gradient(&parameters, x.view(), &OBJECTIVE, &mut again),
                    cost,
                    "{what}"
                );
                assert_eq!(again, gradient, "{what}");
                assert_eq!(
                    engine
                        .cost(&parameters, x.view(), &OBJECTIVE)
                        .sparsity_penalty,
                    cost.sparsity_penalty
                );
                let mut units = Vec::new();
                let measured = engine.measure_and_gradient(
                    &parameters,
                    x.view(),
                    1.0,
                    &OBJECTIVE,
                    &mut again,
                    &mut units,
                );
                assert_eq!((measured, &again), (cost, &gradient), "{what}");
                let (a, reconstructed) = engine.reconstruct(&parameters, x.view());
                assert!(
                    distance(
                        a.as_slice().unwrap(),
                        forward.activations.as_slice().unwrap()
                    ) <= tolerance
                );
                let golden_output = forward.reconstructions.as_slice().unwrap();
                assert!(
                    distance(reconstructed.as_slice().unwrap(), golden_output) <= tolerance,
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn agrees_with_the_reference_in_f64() {
    agrees_with_the_reference::<f64>(1e-12);
}

#[test]
fn agrees_with_the_reference_in_f32() {
    agrees_with_the_reference::<f32>(1e-5);
}

#[test]
fn measure_sees_what_the_activations_do() {
    for hidden in HiddenActivation::ALL {
        let architecture = Architecture {
            hidden_activation: hidden,
            ..architecture(20, 9)
        };
        let (x, mut parameters) = (
            samples::<f32>(1_700, 20),
            Parameters::<f32>::initial(20, 9, 4),
        );
        // louder, so that units answer to their inputs; one constant, one the double of another
        parameters.flat_mut().iter_mut().for_each(|w| *w *= 3.0);
        parameters.encoder_weights_mut().row_mut(3).fill(1e-4);
        let row = parameters.encoder_weights().row(0).to_owned();
        parameters
            .encoder_weights_mut()
            .row_mut(5)
            .assign(&row.mapv(|w| -1.5 * w));
        let a = reference::forward(&architecture, &parameters, x.view()).activations;
        let p = a.mapv(|a| {
            if hidden == HiddenActivation::Tanh {
                (f64::from(a) + 1.0) / 2.0
            } else {
                f64::from(a)
            }
        });
        for (name, mut engine) in engines::<f32>(architecture) {
            let mut units = Vec::new();
            engine.measure(&parameters, x.view(), 1.0, &OBJECTIVE, &mut units);
            assert_eq!(units.len(), 9);
            for (unit, column) in units.iter().zip(p.columns()) {
                let least = column.iter().copied().fold(f64::INFINITY, f64::min);
                let greatest = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let pairs = [
                    (unit.mean_activation, column.mean().unwrap(), 1e-6),
                    (unit.standard_deviation, column.std(0.0), 1e-6),
                    (unit.minimum, least, 1e-6),
                    (unit.maximum, greatest, 1e-6),
                    (
                        unit.mean_slope,
                        4.0 * column.mapv(|p| p * (1.0 - p)).mean().unwrap(),
                        1e-6,
                    ),
                ];
                for (found, expected, tolerance) in pairs {
                    assert!(
                        (found - expected).abs() <= tolerance,
                        "{hidden:?} {name}: {found} for {expected}"
                    );
                }
            }
            // every unit is loud but the one whose answer is constant
            let changes = ablation::loss_changes(&architecture, &parameters, x.view());
            for (unit, change) in units.iter().zip(&changes) {
                assert_eq!(
                    unit.state.is_dead(),
                    change.abs() < 1e-4,
                    "{name}: {change}"
                );
                // near the bound it is more than an estimate
                let near = change.abs() < 3e-4;
                assert!(
                    !near || (unit.contribution - change).abs() <= 4e-5,
                    "{hidden:?} {name}: {} for {change}",
                    unit.contribution
                );
            }
            assert_eq!(units[3].state, UnitState::Constant, "{name}");
            assert_eq!(units[5].state, UnitState::Duplicate, "{name}");
            let norm = parameters
                .encoder_weights()
                .row(2)
                .iter()
                .map(|w| f64::from(w * w))
                .sum::<f64>()
                .sqrt();
            assert!((units[2].feature_norm - norm).abs() < 1e-5 * norm);
        }
    }
}

/// At every pre-activation from hopelessly off to hopelessly on, cost and gradient are finite and those of f64.
#[test]
fn saturated_units_keep_their_cost_and_gradient() {
    for hidden in HiddenActivation::ALL {
        let architecture = Architecture {
            hidden_activation: hidden,
            ..architecture(6, 3)
        };
        let x = samples::<f32>(40, 6);
        for bias in [
            -1000.0, -200.0, -110.0, -85.0, -70.0, -44.0, -20.0, -8.0, 8.0, 17.0, 30.0, 60.0, 100.0,
        ] {
            let mut parameters = Parameters::<f32>::initial(6, 3, 4);
            parameters.encoder_bias_mut()[1] = bias;
            let golden = reference::cost_and_gradient(
                &architecture,
                &parameters.cast::<f64>(),
                x.mapv(f64::from).view(),
                &OBJECTIVE,
            );
            for (name, mut engine) in engines::<f32>(architecture) {
                let mut gradient = Parameters::zeros(6, 3);
                let cost =
                    engine.cost_and_gradient(&parameters, x.view(), &OBJECTIVE, &mut gradient);
                let what = format!("{hidden:?} {name} bias {bias}");
                assert!(
                    (cost.total() - golden.cost.total()).abs() <= 1e-5 * golden.cost.total(),
                    "{what}"
                );
                let error = distance(gradient.cast::<f64>().flat(), golden.gradient.flat());
                assert!(error <= 1e-4, "{what}: {error:e}");
            }
        }
    }
}

#[test]
fn a_view_with_gaps_is_copied() {
    let architecture = architecture(5, 4);
    let wide = samples::<f64>(30, 10);
    let (view, parameters) = (
        wide.slice(ndarray::s![..;2, ..;2]),
        Parameters::initial(5, 4, 1),
    );
    let mut engine = Engine::new(architecture, 1);
    let found = engine.cost(&parameters, view, &OBJECTIVE);
    assert_eq!(
        found,
        engine.cost(&parameters, view.to_owned().view(), &OBJECTIVE)
    );
}

/// Everything that an engine answers, as bits.
fn answers<T: Real>(
    engine: &mut Engine<T>,
    parameters: &Parameters<T>,
    x: &Array2<T>,
    objective: &Objective,
) -> Vec<u64> {
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let mut gradient = Parameters::zeros(n, h);
    let mut units = Vec::new();
    let costs = [
        engine.cost(parameters, x.view(), objective),
        engine.cost_and_gradient(parameters, x.view(), objective, &mut gradient),
        engine.measure(parameters, x.view(), 1.0, objective, &mut units),
    ];
    let (a, output) = engine.reconstruct(parameters, x.view());
    let costs = costs.iter().flat_map(|cost| {
        [
            cost.reconstruction_loss,
            cost.decay_penalty,
            cost.sparsity_penalty,
        ]
    });
    let units = units.iter().flat_map(|unit| {
        [
            unit.mean_activation,
            unit.standard_deviation,
            unit.minimum,
            unit.maximum,
            unit.mean_slope,
            unit.contribution,
            unit.feature_norm,
        ]
    });
    let numbers = gradient.flat().iter().chain(&a).chain(&output);
    costs
        .chain(units)
        .chain(engine.mean_activations().iter().copied())
        .chain(numbers.map(|number| number.f64()))
        .map(f64::to_bits)
        .collect()
}

/// One shape on every kernel path: `threads` workers answer what one does.
fn agrees_on_any_threads<T: Real>((m, n, h): (usize, usize, usize), threads: &[usize]) {
    let mut architecture = architecture(n, h);
    let mut objective = OBJECTIVE;
    if m % 2 == 1 {
        architecture.hidden_activation = HiddenActivation::Tanh;
        architecture.output_activation = OutputActivation::Linear;
        objective.gradient = GradientForm::Printed;
    }
    let x = samples::<T>(m, n);
    let mut parameters = Parameters::<T>::initial(n, h, 3);
    // one unit beyond what its p can represent
    parameters.encoder_bias_mut()[h / 2] = T::of(-2_000.0);
    for path in KernelPath::available() {
        let mut single = Engine::with_path(architecture, Arc::new(WorkerPool::new(1)), *path);
        assert_eq!(single.path(), *path);
        let expected = answers(&mut single, &parameters, &x, &objective);
        for threads in threads {
            let pool = Arc::new(WorkerPool::new(*threads));
            let mut engine = Engine::with_path(architecture, pool, *path);
            let found = answers(&mut engine, &parameters, &x, &objective);
            assert!(
                found == expected,
                "{m}×{n}×{h} {path} {:?}: {threads} threads and one differ in {} of {} numbers",
                T::PRECISION,
                found.iter().zip(&expected).filter(|(a, b)| a != b).count(),
                expected.len()
            );
        }
    }
}

/// Around every border: of a vector, a tile, a stretch, a block and a slice; fewer samples than workers; one chain of
/// additions in one round and in several, and slices.
#[test]
fn any_number_of_workers_gives_the_same_bits() {
    for shape in [
        (1, 1, 1),
        (2, 5, 3),
        (7, 640, 300),
        (15, 640, 300),
        (33, 65, 127),
        (63, 200, 90),
        (100, 97, 50),
        (257, 33, 17),
        (961, 16, 8),
        (1_023, 64, 25),
        (1_024, 64, 25),
        (1_025, 64, 25),
        (2_049, 31, 9),
        (4_100, 12, 25),
        (5_000, 1, 1),
        // gradients too large for slices: several rounds
        (700, 190, 180),
        (900, 1_000, 40),
        // and where it is worth one for each slice
        (1_100, 200, 180),
        (2_100, 81, 600),
        // few samples for the weights: shared out by columns
        (48, 161, 83),
        (75, 144, 400),
        (29, 400, 33),
        (16, 33, 400),
    ] {
        agrees_on_any_threads::<f32>(shape, &[2, 3, 8]);
        agrees_on_any_threads::<f64>(shape, &[2, 3, 8]);
    }
}

/// Shapes drawn at random; a failure names its own.
#[test]
fn any_shape_gives_the_same_bits_on_any_number_of_workers() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for _ in 0..40 {
        let mut draw = |most: f64| most.powf(rng.random::<f64>()) as usize;
        let shape = (draw(3_000.0), draw(150.0), draw(150.0));
        let threads = 2 + draw(9.0);
        if shape.0 % 2 == 0 {
            agrees_on_any_threads::<f32>(shape, &[threads]);
        } else {
            agrees_on_any_threads::<f64>(shape, &[threads]);
        }
    }
}

/// An engine that has seen other shapes answers as a new one does.
#[test]
fn what_was_computed_before_leaves_no_trace() {
    for (n, h) in [(40, 30), (200, 90)] {
        let architecture = architecture(n, h);
        let parameters = Parameters::<f32>::initial(n, h, 3);
        for threads in [1, 3] {
            let mut old = Engine::new(architecture, threads);
            for m in [3_000, 50, 700, 1, 2_500, 64, 12] {
                let x = samples::<f32>(m, n);
                let mut new = Engine::new(architecture, threads);
                assert!(
                    answers(&mut old, &parameters, &x, &OBJECTIVE)
                        == answers(&mut new, &parameters, &x, &OBJECTIVE),
                    "{m}×{n}×{h}, {threads} threads"
                );
            }
        }
    }
}

/// Samples taken by the chapter, and samples stored as bytes, give the bits of those that are kept as numbers: costs,
/// gradients, every unit's statistics, and what is reconstructed.
#[test]
fn chapters_and_bytes_change_no_bit() {
    fn for_precision<T: Real>() {
        for (m, n, h) in [(1_001, 37, 900), (700, 20, 9), (40, 300, 70)] {
            let bytes = Array2::from_shape_fn((m, n), |(i, j)| ((i * i + 31 * j * i) % 251) as u8);
            let x = bytes.mapv(|byte| T::of(f64::from(f32::from(byte) / 255.0)));
            let levels = Levels::new(bytes.view(), 255).unwrap();
            let architecture = Architecture {
                hidden_activation: HiddenActivation::Tanh,
                ..architecture(n, h)
            };
            let mut parameters = Parameters::<T>::initial(n, h, 2);
            // one unit beyond all reach
            parameters.flat_mut()[..n].fill(T::of(if T::PRECISION == Precision::F32 {
                -40.0
            } else {
                -400.0
            }));
            for path in KernelPath::available() {
                let everything = |threads: usize, kept: usize, rows: Rows<'_, T>| {
                    let pool = Arc::new(WorkerPool::new(threads));
                    let mut engine = Engine::with_path(architecture, pool, *path);
                    engine.kept = kept;
                    let (mut gradient, mut units) = (Parameters::zeros(n, h), Vec::new());
                    let cost =
                        engine.cost_and_gradient(&parameters, rows, &OBJECTIVE, &mut gradient);
                    let (mut measured, mut again) = (Vec::new(), Parameters::zeros(n, h));
                    let costs = [
                        cost,
                        engine.measure(&parameters, rows, 5.0, &OBJECTIVE, &mut units),
                        engine.measure_and_gradient(
                            &parameters,
                            rows,
                            5.0,
                            &OBJECTIVE,
                            &mut again,
                            &mut measured,
                        ),
                        engine.cost(&parameters, rows, &OBJECTIVE),
                    ];
                    let shown = engine.reconstruct(&parameters, rows);
                    (
                        engine.chapters,
                        (costs, gradient, again, units, measured, shown),
                    )
                };
                let (chapters, expected) = everything(1, usize::MAX, x.view().into());
                assert_eq!(chapters, 1);
                for threads in [1, 3] {
                    let what = format!("{m}×{n}×{h} {path} ×{threads}");
                    let (chapters, taken) = everything(threads, 0, x.view().into());
                    assert_eq!(chapters > 1, h == 900, "{what}");
                    assert!(taken == expected, "{what}: by the chapter");
                    for kept in [0, usize::MAX] {
                        let (_, decoded) = everything(threads, kept, levels.into());
                        assert!(decoded == expected, "{what}: bytes, {kept} kept");
                    }
                }
            }
        }
    }
    for_precision::<f32>();
    for_precision::<f64>();
}
