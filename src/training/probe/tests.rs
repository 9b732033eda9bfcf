use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::data::{DataSpec, SampleShape, Samples};
use crate::model::{HiddenActivation, OutputActivation};
use ndarray::{Array2, array};

/// Points of a checkerboard of four fields: no line parts the classes.
fn checkerboard(count: usize) -> DataSet {
    let value = |row: usize, column: usize| {
        let side = if row >> column & 1 == 0 { -1.0 } else { 1.0 };
        side * (0.6 + 0.4 * ((row * 29 + column * 11) % 17) as f64 / 17.0)
    };
    let samples = Array2::from_shape_fn((count, 2), |(row, column)| value(row, column));
    let labels = (0..count).map(|row| [3, 7, 7, 3][row % 4]).collect();
    let shape = SampleShape::Vector { length: 2 };
    let spec = DataSpec::default();
    let mut data = DataSet::new("checkerboard", spec, Samples::F64(samples), shape);
    data.labels = Some(labels);
    data
}

fn architecture(hidden: usize) -> Architecture {
    Architecture {
        inputs: 2,
        hidden,
        hidden_activation: HiddenActivation::Sigmoid,
        output_activation: OutputActivation::Linear,
    }
}

/// A unit for each field.
fn fields() -> Parameters<f64> {
    let mut parameters = Parameters::zeros(2, 4);
    let weights = array![[9.0, 9.0], [9.0, -9.0], [-9.0, 9.0], [-9.0, -9.0]];
    parameters.encoder_weights_mut().assign(&weights);
    parameters.encoder_bias_mut().fill(-9.0);
    parameters
}

const SETTINGS: Settings = Settings {
    seeds: 4,
    test_fraction: 0.25,
};

fn of(data: &DataSet, pool: &WorkerPool) -> Result<Probe, ProbeError> {
    probe(
        data,
        &architecture(4),
        &fields(),
        (SETTINGS, None),
        pool,
        &|_| true,
    )
}

#[test]
fn a_code_that_tells_the_classes_is_worth_more_than_the_inputs() {
    let data = checkerboard(240);
    let found = of(&data, &WorkerPool::new(1)).unwrap();
    assert_eq!(found.code.accuracy, 1.0);
    assert_eq!((found.code.width, found.code.each.len()), (4, 4));
    let raw = found.baselines.raw.as_ref().unwrap();
    assert!(raw.score.accuracy < 0.7, "{raw:?}");
    assert!(raw.advantage.interval[0] > 0.0, "{raw:?}");
    assert!((raw.advantage.difference - (1.0 - raw.score.accuracy)).abs() < 1e-12);
    // two inputs have no more than two components
    let pca = found.baselines.pca.as_ref().unwrap();
    assert_eq!(pca.score.width, 2);
    assert_eq!(found.baselines.random.as_ref().unwrap().score.width, 4);
    assert_eq!((found.classes, found.samples), (2, 240));
    assert_eq!(found.chance, 0.5);
    assert_eq!(found.baselines.missing(2), None);
    // on any number of workers, and in the other precision the same but for rounding
    assert_eq!(of(&data, &WorkerPool::new(3)).unwrap(), found);
    let single = probe(
        &data,
        &architecture(4),
        &fields().cast::<f32>(),
        (SETTINGS, None),
        &WorkerPool::new(1),
        &|_| true,
    );
    assert_eq!(single.unwrap().code, found.code);
    // what is known of the data is not asked again
    for known in [None, Some(&found.baselines)] {
        let asked = AtomicUsize::new(0);
        let alone = probe_alone(
            &data,
            &architecture(4),
            &fields(),
            (SETTINGS, known),
            &|_| {
                asked.fetch_add(1, Ordering::Relaxed);
                true
            },
        );
        assert_eq!(alone.unwrap(), found);
        assert_eq!(asked.into_inner() < 80, known.is_some());
    }
}

#[test]
fn what_has_no_classes_is_refused() {
    let pool = WorkerPool::new(1);
    let labelled = |labels: Option<Vec<u8>>| DataSet {
        labels,
        ..checkerboard(8)
    };
    let refused = |data: &DataSet| of(data, &pool).unwrap_err();
    assert!(matches!(
        refused(&labelled(None)),
        ProbeError::NoLabels { .. }
    ));
    assert!(matches!(
        refused(&labelled(Some(vec![5; 8]))),
        ProbeError::OneClass { .. }
    ));
    let mut alone = labelled(Some(vec![0, 0, 0, 1, 2, 2, 2, 2]));
    alone.classes = ["red", "dark", "white"].map(str::to_owned).to_vec();
    let sentence = refused(&alone).to_string();
    assert!(sentence.contains("one sample alone of dark"), "{sentence}");

    let data = checkerboard(40);
    let with = |settings| {
        probe(
            &data,
            &architecture(4),
            &fields(),
            (settings, None),
            &pool,
            &|_| true,
        )
    };
    for test_fraction in [0.0, -1.0, 0.95, f64::NAN] {
        let wrong = Settings {
            test_fraction,
            ..SETTINGS
        };
        assert!(matches!(with(wrong), Err(ProbeError::Fraction { .. })));
    }
    let wrong = Settings {
        seeds: 1,
        ..SETTINGS
    };
    assert!(matches!(with(wrong), Err(ProbeError::Seeds { seeds: 1 })));
    let other = Parameters::<f64>::zeros(3, 4);
    let refused = probe(
        &data,
        &architecture(4),
        &other,
        (SETTINGS, None),
        &pool,
        &|_| true,
    );
    assert!(matches!(refused, Err(ProbeError::Inputs { .. })));
    let mut broken = fields();
    broken.encoder_bias_mut().fill(f64::NAN);
    let refused = probe(
        &data,
        &architecture(4),
        &broken,
        (SETTINGS, None),
        &pool,
        &|_| true,
    );
    assert!(matches!(refused, Err(ProbeError::NotFinite { .. })));
}

#[test]
fn it_can_be_cancelled_at_any_time_and_tells_how_far_it_is() {
    let data = checkerboard(60);
    let asked = AtomicUsize::new(0);
    let ask = |most: usize| {
        asked.store(0, Ordering::Relaxed);
        let go_on = |part: f64| {
            assert!((0.0..=1.0).contains(&part));
            asked.fetch_add(1, Ordering::Relaxed) < most
        };
        let pool = WorkerPool::new(2);
        probe(
            &data,
            &architecture(4),
            &fields(),
            (SETTINGS, None),
            &pool,
            &go_on,
        )
    };
    let whole = ask(usize::MAX).unwrap();
    let all = asked.load(Ordering::Relaxed);
    assert!(all > 20);
    for most in (0..all).step_by(all / 20 + 1) {
        assert_eq!(ask(most), Err(ProbeError::Cancelled), "{most}");
    }
    assert_eq!(whole.settings, SETTINGS);
}
