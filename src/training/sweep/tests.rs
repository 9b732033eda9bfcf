use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::data::{DataSet, DataSpec, SampleShape, Samples};
use crate::model::{Hyperparameters, OptimizerKind, Spectrum};
use crate::numerics::WorkerPool;
use crate::training::{EpochEnd, Experiment, Run};

fn axis(text: &str) -> Axis {
    text.parse().unwrap()
}

fn refused(text: &str) -> String {
    text.parse::<Axis>().unwrap_err().to_string()
}

fn data() -> Arc<DataSet> {
    let value = |(i, j): (usize, usize)| ((i * 7 + j * 5 + i * j) % 11) as f32 / 11.0;
    let samples = Samples::F32(Array2::from_shape_fn((24, 9), value));
    let shape = SampleShape::Vector { length: 9 };
    Arc::new(DataSet::new("steps", DataSpec::default(), samples, shape))
}

fn base() -> Experiment {
    Experiment {
        hidden: 4,
        ..Experiment::default()
    }
}

fn common(plan: Plan) -> Common<f32> {
    Common {
        plan,
        data: data(),
        initial: None,
        spectrum: None,
    }
}

/// What comes of the runs `numbers`, and the bits of their weights.
fn trained(
    common: &Common<f32>,
    numbers: &[usize],
    workers: usize,
    most: usize,
) -> (End, BTreeMap<usize, (Outcome, Vec<f32>)>) {
    let found = Mutex::new(BTreeMap::new());
    let hear = |news: News<f32>| {
        let mut found = found.lock().unwrap();
        if let News::Finished(done) = news {
            found.insert(
                done.number,
                (done.outcome, done.run.parameters().flat().to_vec()),
            );
        }
        found.len() < most
    };
    let end = common.train_all(numbers, &WorkerPool::new(workers), &|| true, &hear);
    (end.unwrap(), found.into_inner().unwrap())
}

#[test]
fn an_axis_is_read_and_its_ends_are_exact() {
    let log = axis("lambda=1e-5:1e-2:log:4");
    assert_eq!(log.values(), [1e-5, 1e-4, 1e-3, 1e-2]);
    assert_eq!(axis("rho=.1:.3:linear:3").values(), [0.1, 0.2, 0.3]);
    assert_eq!(
        axis("hidden=4:64:log:5").values(),
        [4.0, 8.0, 16.0, 32.0, 64.0]
    );
    assert_eq!(axis("beta=3:3:log:1").values(), [3.0]);
    assert_eq!(axis("beta = 0 : 3 : linear : 1").values(), [0.0]);
    for place in [0.5, 1.0, 3.5] {
        assert!((log.place(log.at(place)).unwrap() - place).abs() < 1e-12);
    }
    assert_eq!(log.place(-1.0), None);
    assert_eq!(axis("beta=3:3:log:1").place(3.0), None);
}

#[test]
fn what_is_no_axis_is_refused_with_the_number_and_the_way_round() {
    for (text, words) in [
        ("lambda", "NAME=LOW:HIGH:log|linear:COUNT"),
        ("lambda=1:2:log", "NAME=LOW:HIGH:log|linear:COUNT"),
        (
            "gamma=1:2:log:3",
            "gamma is no setting that can be varied: choose one of rho",
        ),
        ("seed=1:2:linear:3", "--seeds"),
        (
            "lambda=0:1:log:3",
            "begins at 0, where a log axis has no place: begin above 0",
        ),
        ("lambda=-1:1:log:3", "begins at -1"),
        (
            "lambda=1:.1:log:3",
            "from 1 down to 0.1: give the smaller first, 0.1 to 1",
        ),
        ("lambda=x:1:log:3", "x, which is no finite number"),
        ("lambda=1:inf:log:3", "inf, which is no finite number"),
        ("lambda=1:2:cubic:3", "called cubic: it is log or linear"),
        ("lambda=1:2:log:0", "0 values makes no map: give 1 or more"),
        ("lambda=1:2:log:-3", "-3 values"),
        ("lambda=1:2:log:1e3", "1e3 values"),
        (
            "lambda=1:2:log:99999999999999999999999",
            "99999999999999999999999 values",
        ),
        (
            "lambda=1:2:log:1000000",
            "1,000,000 runs are more than the 10,000",
        ),
        (
            "lambda=1:1:log:2",
            "would be 1 more than once among 2 values",
        ),
        (
            "hidden=1:8:linear:20",
            "more than once among 20 values: give fewer values",
        ),
        ("hidden=1.5:8:linear:2", "whole numbers, not 1.5"),
    ] {
        let said = refused(text);
        assert!(said.contains(words), "{text}: {said}");
    }
}

#[test]
fn what_is_no_sweep_is_refused() {
    let refused = |axes: &[&str], seeds| {
        let axes = axes.iter().map(|text| axis(text)).collect();
        Plan::new(base(), axes, seeds, 10).unwrap_err().to_string()
    };
    for (axes, seeds, words) in [
        (&[][..], 1, "no setting is varied"),
        (
            &["rho=.1:.2:log:2", "beta=1:2:log:2", "alpha=1:2:log:2"],
            1,
            "3 settings",
        ),
        (
            &["rho=.1:.2:log:2", "rho=.2:.3:log:2"],
            1,
            "rho is varied twice",
        ),
        (&["rho=.1:.2:log:2"], 0, "0 seeds"),
        (
            &["rho=.1:.2:log:1000", "beta=1:2:log:1000"],
            1,
            "1,000,000 runs",
        ),
        (&["rho=.1:.2:log:100", "beta=1:2:log:100"], 2, "20,000 runs"),
        (&["rho=.1:.2:log:2"], u64::MAX, "runs are more than"),
        (
            &["rho=.5:2:linear:3"],
            1,
            "ρ (target activation) is 1.25: it must be between 0 and 1",
        ),
        (&["alpha=0:1:linear:3"], 1, "α (learning rate) is 0"),
        (&["momentum=0:1:linear:3"], 1, "momentum is 1"),
        (&["hidden=0:4:linear:5"], 1, "0 hidden units learn nothing"),
        (&["batch=0:4:linear:5"], 1, "a batch of 0 samples is empty"),
    ] {
        let said = refused(axes, seeds);
        assert!(said.contains(words), "{axes:?}: {said}");
    }
    let last = Experiment {
        seed: u64::MAX - 1,
        ..base()
    };
    let axes = vec![axis("rho=.1:.2:log:2")];
    assert!(Plan::new(last.clone(), axes.clone(), 2, 1).is_ok());
    let said = Plan::new(last, axes, 3, 1).unwrap_err().to_string();
    assert!(said.contains("not as many as 3"), "{said}");
    let large = Plan::new(base(), vec![axis("hidden=1:100000:log:2")], 1, 1).unwrap();
    assert!(large.check_size(24, 9).is_err() && large.check_size(0, 9).is_err());
}

proptest! {
    /// Whatever is read as an axis has ascending values between its ends, as many as it says, and finds them again.
    #[test]
    fn axes_ascend(
        low in -1e3..1e3f64,
        factor in 1.0..1e6f64,
        log: bool,
        count in 0usize..60,
        varied in 0usize..7,
    ) {
        let varied = Varied::ALL[varied];
        let low = if varied.is_whole() { low.trunc() } else { low };
        let high = if varied.is_whole() { (low.abs() * factor).trunc() } else { low.abs() * factor };
        let scale = if log { "log" } else { "linear" };
        let text = format!("{}={low}:{high}:{scale}:{count}", varied.name());
        if let Ok(axis) = text.parse::<Axis>() {
            let values = axis.values();
            prop_assert_eq!(values.len(), count);
            prop_assert_eq!(values[0], low);
            prop_assert!(count == 1 || values[count - 1] == high);
            prop_assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
            for (index, value) in values.iter().enumerate().filter(|_| count > 1 && !varied.is_whole()) {
                let place = axis.place(*value).unwrap();
                prop_assert!((place - index as f64 - 0.5).abs() < 1e-3, "{} {}", place, index);
            }
        } else {
            prop_assert!(count == 0 || log && low <= 0.0 || count > 1, "{}", text);
        }
    }

    /// No text makes it panic.
    #[test]
    fn any_text_is_an_axis_or_refused(text in "[a-z]{0,8}=?[-+.:0-9a-z]{0,30}") {
        let _ = text.parse::<Axis>();
    }

    /// Each run stands in one cell with one seed, every run comes once, and the coarse grid comes before the fine.
    #[test]
    fn every_run_has_its_place(first in 1usize..20, second in 1usize..20, seeds in 1u64..4, two: bool) {
        let mut axes = vec![Axis::new(Varied::Rho, 0.1, 0.9, Scale::Linear, first).unwrap()];
        if two {
            axes.push(Axis::new(Varied::Lambda, 1e-4, 1.0, Scale::Log, second).unwrap());
        }
        let plan = Plan::new(base(), axes, seeds, 1).unwrap();
        let runs = first * if two { second } else { 1 } * seeds as usize;
        prop_assert_eq!(plan.runs(), runs);
        for run in 0..runs {
            let place = plan.place(run);
            prop_assert_eq!(plan.runs_at(place.along).nth(place.seed as usize), Some(run));
            let experiment = plan.experiment(run);
            prop_assert_eq!(experiment.seed, base().seed + place.seed);
            let rho = plan.axes()[0].values()[place.along[0]];
            prop_assert_eq!(experiment.hyperparameters.sparsity_target, rho);
        }
        let order = plan.coarse_to_fine();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..runs).collect::<Vec<_>>());
        let half = order.iter().position(|run| plan.place(*run).along.iter().any(|i| i % 2 == 1));
        let even = first.div_ceil(2) * if two { second.div_ceil(2) } else { 1 };
        prop_assert!(half.is_none_or(|half| half == even), "{:?} {}", half, even);
    }
}

#[test]
fn runs_have_the_bits_of_runs_by_themselves_on_any_number_of_workers() {
    let axes = vec![axis("rho=.05:.4:log:3"), axis("hidden=2:6:linear:2")];
    let common = common(Plan::new(base(), axes, 2, 7).unwrap());
    let order = common.plan.coarse_to_fine();
    let (end, one) = trained(&common, &order, 1, usize::MAX);
    assert_eq!((end, one.len()), (End::All, 12));
    let (_, three) = trained(&common, &order, 3, usize::MAX);
    assert_eq!(one, three);
    for (number, (outcome, weights)) in one {
        let experiment = common.plan.experiment(number);
        let pool = Arc::new(WorkerPool::new(2));
        let mut run = Run::<f32>::new(experiment, data(), None, pool).unwrap();
        for _ in 0..7 {
            assert!(matches!(run.epoch(&|| true), EpochEnd::Finished { .. }));
        }
        assert_eq!(run.parameters().flat(), weights);
        assert_eq!(outcome.total_cost, Some(run.state().cost.total()));
        assert_eq!(outcome.counts, run.counts());
    }
}

#[test]
fn a_sweep_that_was_stopped_goes_on_to_the_same_map() {
    let axes = vec![axis("rho=.05:.4:log:4"), axis("lambda=1e-4:1:log:3")];
    let plan = Plan::new(base(), axes, 2, 5).unwrap();
    let common = common(plan.clone());
    let (_, whole) = trained(&common, &plan.coarse_to_fine(), 1, usize::MAX);
    let mut map = Map::new(plan, None);
    let mut rounds = 0;
    while !map.missing().is_empty() {
        let (end, part) = trained(&common, &map.missing(), 2, 5);
        for (number, (outcome, _)) in part {
            assert_eq!(outcome, whole[&number].0);
            map.take(number, outcome);
        }
        assert_eq!(end == End::All, map.missing().is_empty() || end == End::All);
        rounds += 1;
    }
    assert!(rounds >= 4, "{rounds}");
    assert!(
        map.outcomes()
            .iter()
            .zip(whole.values())
            .all(|(a, b)| a.as_ref() == Some(&b.0))
    );
}

#[test]
fn it_stops_within_a_step_when_asked_to() {
    let plan = Plan::new(base(), vec![axis("rho=.05:.4:log:4")], 1, u64::MAX).unwrap();
    let common = common(plan);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let go_on = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 50;
    let end = common.train_all(&[0, 1, 2, 3], &WorkerPool::new(2), &go_on, &|news| {
        assert!(matches!(news, News::Begun(_)));
        true
    });
    assert_eq!(end, Ok(End::Stopped));
}

#[test]
fn a_run_that_diverges_is_a_row() {
    let base = Experiment {
        hyperparameters: Hyperparameters {
            optimizer: OptimizerKind::Descent,
            ..Hyperparameters::default()
        },
        ..base()
    };
    let plan = Plan::new(base, vec![axis("alpha=.1:1e38:log:3")], 1, 20).unwrap();
    let (end, found) = trained(&common(plan.clone()), &[0, 1, 2], 1, usize::MAX);
    assert_eq!(end, End::All);
    assert_eq!(found[&0].0.status, Status::Done);
    assert_eq!(found[&2].0.status, Status::Diverged);
    assert!(found[&2].0.epochs < 20 && !found[&2].0.converged);
    let mut map = Map::new(plan, None);
    for (number, (outcome, _)) in found {
        let text = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
        map.take(number, outcome);
    }
    assert_eq!(map.cell([2, 0], Measure::Cost).diverged, 1);
    assert_eq!(map.cell([0, 0], Measure::Alive).trained, 1);
}

#[test]
fn the_law_lies_on_the_map_where_the_cliffs_say() {
    let samples = data();
    let samples = samples.samples.to::<f32>();
    let output = base().output_activation;
    let spectrum = Arc::new(Spectrum::quick(samples.view(), output, &|| true).unwrap());
    let largest = spectrum.largest();
    let axes = vec![axis("lambda=1e-5:1:log:40"), axis("rho=.01:.9:log:30")];
    let plan = Plan::new(base(), axes, 1, 1).unwrap();
    let map = Map::new(plan, Some(Arc::clone(&spectrum)));
    let lines = map.law();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].len() > 300);
    for [lambda, rho] in &lines[0] {
        let (lambda, rho) = (
            map.plan().axes()[0].at(*lambda),
            map.plan().axes()[1].at(*rho),
        );
        assert!((lambda / (rho * (1.0 - rho) * largest) - 1.0).abs() < 1e-9);
    }
    // of ρ alone: where its λ is λ_c
    let experiment = Experiment {
        hyperparameters: Hyperparameters {
            weight_decay: 0.1 * 0.9 * largest,
            ..Hyperparameters::default()
        },
        ..base()
    };
    let plan = Plan::new(experiment, vec![axis("rho=.01:.5:linear:50")], 1, 1).unwrap();
    let map = Map::new(plan.clone(), Some(spectrum));
    let lines = map.law();
    assert_eq!(lines.len(), 1, "the other lies beyond ρ ½");
    assert!((plan.axes()[0].at(lines[0][0][0]) - 0.1).abs() < 1e-9);
    let beta = Plan::new(base(), vec![axis("beta=1:2:log:3")], 1, 1).unwrap();
    assert!(Map::new(beta, None).law().is_empty());
}

#[test]
fn crossings_say_by_how_many_cells_the_law_is_missed() {
    let samples = data();
    let samples = samples.samples.to::<f32>();
    let output = base().output_activation;
    let spectrum = Arc::new(Spectrum::quick(samples.view(), output, &|| true).unwrap());
    let lambda_c = 0.05 * 0.95 * spectrum.largest();
    // λ_c in the middle between the third and the fourth of ten cells, each twice the one before
    let low = lambda_c / 2f64.powf(2.5);
    let axis = Axis::new(Varied::Lambda, low, low * 512.0, Scale::Log, 10).unwrap();
    let plan = Plan::new(base(), vec![axis], 1, 1).unwrap();
    let run = trained(&common(plan.clone()), &[0], 1, 9)
        .1
        .remove(&0)
        .unwrap()
        .0;
    let off = |alive: usize| {
        let mut map = Map::new(plan.clone(), Some(Arc::clone(&spectrum)));
        assert!(map.crossings().is_empty());
        for number in 0..10 {
            let mut outcome = run.clone();
            outcome.counts = Default::default();
            if number < alive {
                outcome.counts.alive = 4;
            } else {
                outcome.counts.constant = 4;
            }
            map.take(number, outcome);
        }
        let crossings = map.crossings();
        assert_eq!(crossings.len(), 1);
        assert!((crossings[0].lambda_c / lambda_c - 1.0).abs() < 1e-12);
        assert_eq!(crossings[0].alive_to.is_none(), alive == 0);
        crossings[0].cells_off
    };
    assert_eq!(off(3), 0.0);
    for (alive, expected) in [(4, 0.5), (5, 1.5), (2, -0.5), (0, -2.5), (10, 6.5)] {
        let found = off(alive);
        assert!((found - expected).abs() < 1e-6, "{alive}: {found}");
    }
}
