use super::super::tests::{self, pool};
use super::super::{Numbers, ResumeError};
use super::*;
use crate::model::{BatchSize, OptimizerKind, OutputActivation};

fn data() -> Arc<DataSet> {
    tests::data(12, 5, 0.0)
}

fn experiment(optimizer: OptimizerKind, batch: BatchSize) -> Experiment {
    Experiment {
        hidden: 3,
        hyperparameters: Hyperparameters {
            optimizer,
            batch,
            ..Hyperparameters::default()
        },
        ..Experiment::default()
    }
}

fn weights(seed: u64) -> Parameters<f64> {
    Parameters::initial(5, 3, seed)
}

fn arrival(epoch: u64, weights: &Parameters<f64>, weight_decay: f64) -> Arrival {
    let settings = Hyperparameters {
        weight_decay,
        ..Hyperparameters::default()
    };
    Arrival::new(epoch, settings, weights, Precision::F32)
}

/// Two moments, at epochs 10 and 30, of which the second has another λ.
fn run() -> Run<f32> {
    let experiment = Experiment {
        output_activation: OutputActivation::Linear,
        ..experiment(OptimizerKind::Descent, BatchSize::Full)
    };
    let first = arrival(10, &weights(1), 1e-4);
    let mut run = Run::elsewhere(experiment, &first, data(), pool()).unwrap();
    run.absorb(&arrival(30, &weights(2), 3e-3)).unwrap();
    run
}

#[test]
fn a_moment_is_measured_as_the_end_of_an_epoch_is() {
    for batch in [BatchSize::Full, BatchSize::Samples(4)] {
        for optimizer in OptimizerKind::ALL {
            let experiment = experiment(optimizer, batch);
            let settings = experiment.hyperparameters;
            let first = Arrival::new(7, settings, &weights(1), Precision::F32);
            let arrived = Run::<f32>::elsewhere(experiment.clone(), &first, data(), pool());
            let arrived = arrived.unwrap();
            let initial = Some(weights(1).cast());
            let trained = Run::<f32>::new(experiment, data(), initial, pool()).unwrap();
            let (one, other) = (arrived.state(), trained.state());
            assert_eq!(one.epoch, 7);
            assert_eq!(one.parameters, other.parameters);
            assert!((one.cost.total() - other.cost.total()).abs() < 1e-6);
            assert_eq!(arrived.counts(), trained.counts());
            let last = one.history.last().unwrap();
            assert_eq!(last.epoch, 7);
            assert!(last.gradients.encoder.is_some_and(|norm| norm > 0.0));
        }
    }
}

#[test]
fn what_arrives_is_the_present_and_what_differs_is_an_edit() {
    let run = run();
    let state = run.state();
    assert_eq!(state.epoch, 30);
    assert_eq!(state.parameters, weights(2).cast());
    let epochs: Vec<u64> = state.history.records().map(|record| record.epoch).collect();
    assert_eq!(epochs, [10, 30]);
    let edits: Vec<&Edit> = state.history.edits().edits().collect();
    let [edit] = edits[..] else {
        panic!("{edits:?}")
    };
    assert_eq!((edit.setting, edit.epoch), (Setting::WeightDecay, 30));
    assert_eq!(run.next_settings().weight_decay, 3e-3);
}

#[test]
fn what_cannot_be_leaves_the_run_as_it_was() {
    let mut run = run();
    let before = run.checkpoint();
    let mut infinite = weights(3);
    infinite.flat_mut()[4] = f64::INFINITY;
    let mut huge = weights(3);
    huge.flat_mut().iter_mut().for_each(|weight| *weight = 3e38);
    let other = Parameters::<f64>::initial(5, 4, 1);
    let wide = Arrival::new(40, Hyperparameters::default(), &weights(1), Precision::F64);
    for (arrival, error) in [
        (arrival(40, &infinite, 1e-4), ArrivalError::Diverged),
        (arrival(40, &huge, 1e-4), ArrivalError::Diverged),
        (arrival(40, &other, 1e-4), ArrivalError::Size),
        (wide, ArrivalError::Precision),
        (
            arrival(30, &weights(3), 1e-4),
            ArrivalError::Order {
                epoch: 30,
                last: 30,
            },
        ),
    ] {
        assert_eq!(run.absorb(&arrival), Err(error));
        assert_eq!(run.checkpoint(), before);
    }
    assert!(run.absorb(&arrival(40, &weights(3), -1.0)).is_err());
    run.absorb(&arrival(40, &weights(3), 1e-4)).unwrap();
}

#[test]
fn a_run_of_its_own_goes_on_from_a_moment_with_an_optimiser_that_remembers_nothing() {
    for optimizer in OptimizerKind::ALL {
        let experiment = experiment(optimizer, BatchSize::Samples(4));
        let settings = experiment.hyperparameters;
        let first = Arrival::new(10, settings, &weights(1), Precision::F32);
        let elsewhere = Run::<f32>::elsewhere(experiment.clone(), &first, data(), pool()).unwrap();
        // however little room there is
        let frame = elsewhere.keyframe(0);
        assert!(frame.is_whole() && frame.is_intact());
        let history = elsewhere.state().history.clone();
        let own = Run::<f32>::at(experiment, &frame, history, data(), pool());
        let mut own = own.unwrap();
        assert!(!own.is_elsewhere());
        // the same as that of a file of it
        let mut resumed = Run::<f32>::resume(elsewhere.checkpoint(), data(), pool()).unwrap();
        for _ in 0..3 {
            own.epoch(&|| true);
            resumed.epoch(&|| true);
        }
        assert_eq!(own.state().epoch, 13);
        assert_eq!(own.state().parameters, resumed.state().parameters);
        assert_ne!(own.state().parameters, elsewhere.state().parameters);
    }
}

#[test]
fn a_keyframe_goes_through_its_parts() {
    let frame = run().keyframe(0);
    let arrays: Vec<(String, Numbers)> = frame
        .arrays()
        .into_iter()
        .map(|array| (array.name, array.numbers.clone()))
        .collect();
    let back = super::super::Keyframe::of_parts(frame.head(), |name| {
        let found = arrays.iter().find(|(of, _)| of == name);
        found
            .map(|(_, numbers)| numbers.clone())
            .ok_or(ResumeError::Inconsistent { what: "arrays" })
    });
    assert_eq!(back.unwrap(), frame);
}
