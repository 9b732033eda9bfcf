//! Every preset shows what it says, with the seeds 0, 1 and 2.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it measured"
)]

mod edges;
mod headless;

use std::sync::Arc;

use sae_lab::data::{self, DataSet};
use sae_lab::model::features::{bars_found, orientation_selectivity};
use sae_lab::model::{CheckedHyperparameters, Hyperparameters};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::{EpochEnd, Experiment, Gesture, Preset, Run};

const SEEDS: [u64; 3] = [0, 1, 2];

struct Lesson {
    experiment: Experiment,
    data: Arc<DataSet>,
}

impl Lesson {
    fn of(preset: Preset) -> Self {
        let experiment = preset.experiment();
        let data = Arc::new(data::load(&experiment.data).unwrap());
        Self { experiment, data }
    }

    fn with(&self, change: impl FnOnce(&mut Hyperparameters)) -> Self {
        let mut experiment = self.experiment.clone();
        change(&mut experiment.hyperparameters);
        Self {
            experiment,
            data: Arc::clone(&self.data),
        }
    }

    fn settings(&self) -> CheckedHyperparameters {
        self.experiment.hyperparameters.check().unwrap()
    }

    fn begin(&self, seed: u64) -> Run<f32> {
        let experiment = Experiment {
            seed,
            ..self.experiment.clone()
        };
        let pool = Arc::new(WorkerPool::new(2));
        Run::new(experiment, Arc::clone(&self.data), None, pool).unwrap()
    }

    fn train(&self, seed: u64, epochs: u64) -> Run<f32> {
        let mut run = self.begin(seed);
        advance(&mut run, &self.settings(), epochs);
        run
    }
}

fn advance(run: &mut Run<f32>, settings: &CheckedHyperparameters, epochs: u64) {
    run.set_all(settings, Gesture(run.state().epoch));
    for _ in 0..epochs {
        let end = run.epoch(&|| true);
        assert!(matches!(end, EpochEnd::Finished { .. }), "{end:?}");
    }
}

fn selectivity(run: &Run<f32>) -> f64 {
    let side = run.experiment().data.patch;
    let mut all = orientation_selectivity(run.parameters().encoder_weights(), side).unwrap();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn bars(run: &Run<f32>) -> usize {
    bars_found(run.parameters().encoder_weights(), 8).unwrap()
}

#[test]
fn edges_begin_as_noise_die_at_four_times_the_decay_and_are_slow_to_come_back() {
    let lesson = Lesson::of(Preset::Edges);
    let mut run = lesson.begin(1);
    assert!(selectivity(&run) < 0.2, "noise at first");
    let first = run.state().cost;
    assert!((115.0..125.0).contains(&first.total()), "{first:?}");
    advance(&mut run, &lesson.settings(), 1);
    assert!(run.state().cost.total() < 1.2, "{:?}", run.state().cost);
    advance(&mut run, &lesson.settings(), 59);
    let before = run.fvu();
    assert!(selectivity(&run) > 0.35, "{}", selectivity(&run));
    assert_eq!(run.counts().dead(), 0);
    let raised = lesson.with(|h| h.weight_decay = 6e-4).settings();
    advance(&mut run, &raised, 30);
    assert!(run.counts().constant >= 50, "{:?}", run.counts());
    advance(&mut run, &raised, 30);
    advance(&mut run, &lesson.settings(), 100);
    assert!(run.fvu() > before + 0.05, "{} after {before}", run.fvu());
}

#[test]
fn the_posts_values_reconstruct_better_and_are_less_oriented_than_edges() {
    let (post, edges) = (Lesson::of(Preset::PostsValues), Lesson::of(Preset::Edges));
    for seed in SEEDS {
        let (post, edges) = (post.train(seed, 80), edges.train(seed, 80));
        assert!(
            post.fvu() < 0.75 && post.fvu() < edges.fvu() - 0.1,
            "seed {seed}"
        );
        assert!(
            selectivity(&post) < selectivity(&edges) - 0.05,
            "seed {seed}"
        );
        assert_eq!(post.counts().dead(), 0, "seed {seed}");
    }
}

#[test]
fn bars_are_found_with_the_sparsity_term_and_not_without() {
    let sparse = Lesson::of(Preset::Bars);
    let plain = Lesson::of(Preset::PlainAutoencoder);
    assert_eq!(
        plain.with(|h| h.sparsity_weight = 3.0).experiment,
        sparse.experiment,
        "the two differ in β alone"
    );
    for seed in SEEDS {
        let found = bars(&sparse.train(seed, 150));
        assert!(found >= 15, "seed {seed}: {found} of 16");
        let run = plain.train(seed, 150);
        assert_eq!(bars(&run), 0, "seed {seed}");
        assert!(
            run.fvu() < 0.05,
            "the plain one reconstructs well: {}",
            run.fvu()
        );
    }
}

#[test]
fn clothes_come_out_alive() {
    let lesson = Lesson::of(Preset::Clothes);
    for seed in SEEDS {
        let run = lesson.train(seed, 60);
        assert!(run.fvu() < 0.4, "seed {seed}: {}", run.fvu());
        assert_eq!(run.counts().dead(), 0, "seed {seed}");
    }
}

/// Whether every unit's ρ̂ is within a tenth of the target.
fn looks_perfect(run: &Run<f32>) -> bool {
    let target = run.state().settings.sparsity_target;
    let units = run.state().units.iter();
    units
        .into_iter()
        .all(|unit| (unit.mean_activation / target - 1.0).abs() < 0.1)
}

#[test]
fn over_the_cliff_all_die_and_back_they_revive() {
    let lesson = Lesson::of(Preset::DecayCliff);
    let gentle = lesson.with(|h| h.weight_decay = 1e-4).settings();
    for seed in SEEDS {
        let mut run = lesson.train(seed, 150);
        assert_eq!(run.counts().constant, 25, "seed {seed}");
        assert!(
            looks_perfect(&run),
            "seed {seed}: the histogram shows nothing"
        );
        assert!(run.fvu() > 0.9, "seed {seed}");
        advance(&mut run, &gentle, 200);
        assert!(run.counts().dead() <= 1, "seed {seed}: {:?}", run.counts());
        assert!(run.fvu() < 0.6, "seed {seed}: {}", run.fvu());
    }
}

#[test]
fn too_sparse_finds_nothing_and_a_larger_rho_revives() {
    let lesson = Lesson::of(Preset::TooSparse);
    let raised = lesson.with(|h| h.sparsity_target = 0.05).settings();
    for seed in SEEDS {
        let mut run = lesson.train(seed, 100);
        assert_eq!((run.counts().constant, bars(&run)), (25, 0), "seed {seed}");
        // on the floor of the plot, and nothing of the data in the output
        let spread = run.state().units.iter().map(|unit| unit.spread());
        let widest = spread.fold(0.0, f64::max);
        assert!(widest < 1e-3, "seed {seed}: {widest}");
        assert!(
            (run.fvu() - 1.0).abs() < 0.005,
            "seed {seed}: {}",
            run.fvu()
        );
        advance(&mut run, &raised, 150);
        assert_eq!(run.counts().dead(), 0, "seed {seed}: {:?}", run.counts());
    }
}

/// The median over the units of the |cos| with the unit most like it.
fn likeness(run: &Run<f32>) -> f32 {
    let weights = run.parameters().encoder_weights();
    let norm = |unit: usize| weights.row(unit).dot(&weights.row(unit)).sqrt();
    let cosine =
        |a: usize, b: usize| (weights.row(a).dot(&weights.row(b)) / (norm(a) * norm(b))).abs();
    let units = weights.nrows();
    let mut most: Vec<f32> = (0..units)
        .map(|a| {
            let others = (0..units).filter(|b| *b != a);
            others.map(|b| cosine(a, b)).fold(0.0, f32::max)
        })
        .collect();
    most.sort_by(f32::total_cmp);
    most[units / 2]
}

#[test]
fn overshoot_silences_at_once_and_the_units_come_back_as_near_copies() {
    let lesson = Lesson::of(Preset::Overshoot);
    for seed in SEEDS {
        let mut run = lesson.train(seed, 1);
        assert_eq!(run.counts().silent, 25, "seed {seed}");
        advance(&mut run, &lesson.settings(), 39);
        for epochs in [0, 20, 440, 1_500] {
            advance(&mut run, &lesson.settings(), epochs);
            let (epoch, counts, likeness) = (run.state().epoch, run.counts(), likeness(&run));
            println!(
                "seed {seed}, epoch {epoch}: FVU {:.3}, likeness {likeness:.3}",
                run.fvu()
            );
            // none is silent any more; of so many near copies one or two may contribute nothing
            assert!(
                counts.silent == 0 && counts.dead() <= 2,
                "seed {seed}, epoch {epoch}: {counts:?}"
            );
            assert!(likeness > 0.9, "seed {seed}, epoch {epoch}: {likeness}");
            assert!(run.fvu() > 0.8, "seed {seed}, epoch {epoch}: {}", run.fvu());
        }
    }
}

#[test]
fn too_few_units_cannot_hold_all_bars() {
    let lesson = Lesson::of(Preset::TooFewUnits);
    for seed in SEEDS {
        let run = lesson.train(seed, 60);
        assert!(bars(&run) <= 8, "seed {seed}");
        assert!(
            (0.45..0.7).contains(&run.fvu()),
            "seed {seed}: {}",
            run.fvu()
        );
        assert_eq!(run.counts().dead(), 0, "seed {seed}");
    }
}
