use super::*;
use crate::data::{DataSpec, EmbeddedSet, Samples, load};
use crate::model::matching::Verdict;
use crate::model::{Hyperparameters, Parameters};

fn bars() -> Arc<DataSet> {
    let spec = DataSpec {
        patches: 400,
        ..DataSpec::embedded(EmbeddedSet::Bars)
    };
    Arc::new(load(&spec).unwrap())
}

/// Numbers without pictures: every column leans on the one before.
fn table() -> Arc<DataSet> {
    let mut last = 0.0;
    let samples = Array2::from_shape_fn((300, 9), |(row, column)| {
        last = 0.6 * last + ((row * 37 + column * 101) % 89) as f64 / 89.0;
        0.3 * last
    });
    let shape = SampleShape::Vector { length: 9 };
    Arc::new(DataSet::new(
        "numbers",
        DataSpec::default(),
        Samples::F64(samples),
        shape,
    ))
}

fn experiment(hidden: usize, seed: u64) -> Experiment {
    Experiment {
        hidden,
        seed,
        ..Experiment::default()
    }
}

fn weights(inputs: usize, hidden: usize, seed: u64) -> Array2<f64> {
    Parameters::<f64>::initial(inputs, hidden, seed)
        .encoder_weights()
        .to_owned()
}

const EFFORT: Effort = Effort {
    baseline_seeds: 3,
    scrambles: 10,
    seed: 1,
    train_other_seeds: true,
};

fn plan<'a>(
    (first, second): (&'a Array2<f64>, &'a Array2<f64>),
    data: &Arc<DataSet>,
    experiment: Experiment,
    epochs: u64,
) -> Plan<'a> {
    let origin = Origin::new(experiment, Arc::clone(data), epochs).unwrap();
    let scrambling = origin.scrambling();
    Plan::new(
        first.view(),
        second.view(),
        Some(origin),
        scrambling,
        EFFORT,
        &[8, 10],
    )
}

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn one_after_the_other_and_all_at_once_come_to_the_same_bits() {
    let (data, first, second) = (bars(), weights(64, 8, 1), weights(64, 8, 2));
    let plan = plan((&first, &second), &data, experiment(8, 7), 3);
    let told = Mutex::new(Vec::new());
    let at_once = plan
        .carry_all_out(&[], &Arc::new(WorkerPool::new(3)), &|part| {
            told.lock().unwrap().push(part);
            ControlFlow::Continue(())
        })
        .unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted() && told.iter().all(|part| (0.0..=1.0 + 1e-9).contains(part)));
    assert!(told.last().is_some_and(|part| *part > 0.99));

    let mut one_by_one = plan.begin(&[]).unwrap();
    assert!(one_by_one.judgement().is_none() && one_by_one.sentence().is_none());
    let pool = Arc::new(WorkerPool::new(1));
    let watch = Watch {
        tell: &|_| ControlFlow::Continue(()),
        go_on: &|| true,
    };
    for (index, task) in plan.tasks().iter().enumerate() {
        let done = plan.carry_out(*task, &pool, &watch);
        one_by_one.take(index, done).unwrap();
    }
    assert_eq!(at_once, one_by_one);
    assert!(at_once.is_complete() && at_once.judgement().is_some());

    // the runs are those of anyone who trains with these settings
    let [others, noise] = at_once.seeds();
    assert_eq!(
        others,
        [9, 12, 14],
        "after A's, without those that are taken"
    );
    assert_eq!(noise, [11, 13, 15]);
    let run = trained::<f32>(experiment(8, 9), &data, 3, &pool, &watch).unwrap();
    let again = match_features(first.view(), run.parameters().encoder_weights()).unwrap();
    assert_eq!(at_once.baselines().other_seed[0], again);
    let measured = SecondOrder::of(&data).unwrap();
    let drawn = Arc::new(gaussian_like(&data, &measured, 11 ^ NOISE));
    let run = trained::<f32>(experiment(8, 11), &drawn, 3, &pool, &watch).unwrap();
    let again = match_features(first.view(), run.parameters().encoder_weights()).unwrap();
    assert_eq!(at_once.baselines().covariance[0], again);
}

#[test]
fn the_baselines_have_as_many_units_as_the_second_run() {
    let (data, first, second) = (bars(), weights(64, 8, 1), weights(64, 20, 2));
    let plan = plan((&first, &second), &data, experiment(8, 7), 2);
    let few = plan
        .carry_all_out(&[], &Arc::new(WorkerPool::new(1)), &go_on)
        .unwrap();
    let most = |run: &Matching| run.pairs.iter().map(|pair| pair.second).max();
    let baselines = few.baselines();
    for run in baselines.other_seed.iter().chain(&baselines.covariance) {
        assert!(
            run.pairs.len() == 8 && most(run) >= Some(8),
            "a choice among 20"
        );
    }
}

#[test]
fn what_is_given_stands_for_the_other_seeds() {
    let (data, first, second) = (bars(), weights(64, 8, 1), weights(64, 8, 2));
    let origin = Origin::new(experiment(8, 7), data, 2).unwrap();
    let effort = Effort {
        train_other_seeds: false,
        ..EFFORT
    };
    let plan = Plan::new(first.view(), second.view(), Some(origin), None, effort, &[]);
    let given = [first.clone()];
    let found = plan
        .carry_all_out(&given, &Arc::new(WorkerPool::new(2)), &go_on)
        .unwrap();
    assert_eq!(found.seeds(), [vec![], vec![8, 9, 10]]);
    assert!((found.baselines().ceiling().unwrap() - 1.0).abs() < 1e-9);
    assert!(
        found.judgement().is_some(),
        "the noise says how much runs vary"
    );
}

#[test]
fn without_an_origin_there_is_no_verdict() {
    let (first, second) = (weights(64, 8, 1), weights(64, 8, 2));
    let scrambling = scrambling_of_pictures(SampleShape::grey(8, 8));
    let plan = Plan::new(first.view(), second.view(), None, scrambling, EFFORT, &[]);
    let found = plan
        .carry_all_out(&[], &Arc::new(WorkerPool::new(2)), &go_on)
        .unwrap();
    assert!(found.is_complete() && found.judgement().is_none());
    let baselines = found.baselines();
    assert_eq!(baselines.scrambled.unwrap().draws, 10);
    assert!(baselines.floor().is_none() && baselines.ceiling().is_none());
}

#[test]
fn a_baseline_that_diverges_is_said_and_leaves_no_verdict() {
    let (data, first, second) = (bars(), weights(64, 8, 1), weights(64, 8, 2));
    let wild = Experiment {
        hyperparameters: Hyperparameters {
            learning_rate: 1e6,
            weight_decay: 1.0,
            ..Hyperparameters::default()
        },
        ..experiment(8, 7)
    };
    let plan = plan((&first, &second), &data, wild, 50);
    let found = plan
        .carry_all_out(&[], &Arc::new(WorkerPool::new(1)), &go_on)
        .unwrap();
    let why = found.failure().unwrap();
    assert!(
        why.contains("diverged at epoch") && why.contains("bars"),
        "{why}"
    );
    assert!(found.judgement().is_none() && found.sentence().is_none());
}

#[test]
fn it_stops_when_it_is_told_to() {
    let (data, first, second) = (bars(), weights(64, 8, 1), weights(64, 8, 2));
    let plan = plan((&first, &second), &data, experiment(8, 7), 1_000_000);
    for workers in [1, 2] {
        let stop = |part: f64| {
            if part > 1e-7 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let stopped = plan.carry_all_out(&[], &Arc::new(WorkerPool::new(workers)), &stop);
        assert!(matches!(stopped, Err(ComparisonError::Cancelled)));
    }
}

#[test]
fn tables_are_scrambled_along_their_principal_axes_and_not_called_pictures() {
    let (data, first, second) = (table(), weights(9, 4, 1), weights(9, 4, 2));
    let plan = plan((&first, &second), &data, experiment(4, 7), 3);
    let Some(Scrambling::Signs(axes)) = &plan.scrambling else {
        panic!("no pictures")
    };
    let gap = axes.t().dot(axes) - Array2::<f64>::eye(9);
    assert!(gap.iter().all(|gap| gap.abs() < 1e-9), "orthonormal");
    let found = plan
        .carry_all_out(&[], &Arc::new(WorkerPool::new(1)), &go_on)
        .unwrap();
    let said = found.sentence().unwrap();
    assert!(said.contains("principal axes"), "{said}");
    for word in ["phase", "picture", "filter"] {
        assert!(!said.contains(word), "{said}");
    }
}

/// A comparison whose baselines have these similarities, unit by unit.
fn found(similarity: f64, ceiling: f64, floor: f64, scrambled: f64) -> Comparison {
    let run = |similarity: f64| Matching {
        pairs: (0..30)
            .map(|unit| crate::model::matching::Pair {
                first: unit,
                second: unit,
                cosine: similarity,
            })
            .collect(),
        similarity,
    };
    let mut comparison = Comparison {
        matching: run(similarity),
        given: Vec::new(),
        tasks: Vec::new(),
        done: Vec::new(),
        failed: None,
        pictures: true,
    };
    for (seed, off) in [(1, -0.005), (2, 0.0), (3, 0.005)] {
        for (task, done) in [
            (Task::OtherSeed { seed }, Done::Matched(run(ceiling + off))),
            (Task::Covariance { seed }, Done::Matched(run(floor + off))),
            (
                Task::Scramble { draw: seed },
                Done::Scrambled(scrambled + off),
            ),
        ] {
            comparison.tasks.push(task);
            comparison.done.push(Some(done));
        }
    }
    comparison
}

#[test]
fn sentences_say_what_the_numbers_say() {
    for (similarity, ceiling, scrambled, verdict, says) in [
        (
            0.79,
            0.8,
            0.5,
            Verdict::Similar,
            "The two found similar detectors",
        ),
        (0.66, 0.8, 0.5, Verdict::Partly, "Partly similar"),
        (
            0.6,
            0.8,
            0.5,
            Verdict::Covariance,
            "No more alike than the covariance",
        ),
        (
            0.79,
            0.8,
            0.79,
            Verdict::Covariance,
            "No more than chance: with scrambled phases",
        ),
        (
            0.6,
            0.601,
            0.5,
            Verdict::Unresolved,
            "does not match clearly better",
        ),
        (0.61, 0.625, 0.5, Verdict::Unresolved, "the interval holds"),
        (0.4, 0.601, 0.5, Verdict::Covariance, "match better"),
    ] {
        let comparison = found(similarity, ceiling, 0.6, scrambled);
        let said = comparison.sentence().unwrap();
        let judgement = comparison.judgement().unwrap();
        assert_eq!(judgement.verdict, verdict, "{said} {judgement:?}");
        assert!(said.contains(says), "{said}");
        assert!(
            said.contains(&format!("mean |cos| {similarity:.3}")),
            "{said}"
        );
        let praises = said.contains("similar detectors");
        assert_eq!(praises, verdict == Verdict::Similar, "{said}");
        assert_eq!(
            said.contains("95 % interval"),
            judgement.interval.is_some(),
            "{said}"
        );
    }
    let said = found(0.58, 0.8, 0.6, 0.5).sentence().unwrap();
    assert!(said.contains("−10 % of the way"), "{said}");
}
