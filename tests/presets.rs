//! Every preset shows what it says, with the seeds 0, 1 and 2.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::process::Command;
use std::sync::Arc;

use sae_lab::data::{self, DataSet};
use sae_lab::model::features::{bars_found, orientation_selectivity};
use sae_lab::model::{CheckedHyperparameters, Hyperparameters, OutputActivation};
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
    let mut all = orientation_selectivity(run.parameters().encoder_weights(), 8).unwrap();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn bars(run: &Run<f32>) -> usize {
    bars_found(run.parameters().encoder_weights(), 8).unwrap()
}

#[test]
fn edges_turn_oriented_and_none_is_dead() {
    let lesson = Lesson::of(Preset::Edges);
    for seed in SEEDS {
        let mut run = lesson.begin(seed);
        assert!(selectivity(&run) < 0.2, "noise at first");
        advance(&mut run, &lesson.settings(), 30);
        let early = selectivity(&run);
        assert!(early >= 0.35, "seed {seed}: {early:.3} at epoch 30");
        advance(&mut run, &lesson.settings(), 970);
        let selectivity = selectivity(&run);
        assert!(selectivity >= 0.35, "seed {seed}: {selectivity:.3}");
        assert_eq!(run.counts().dead(), 0, "seed {seed}");
    }
}

#[test]
fn edges_die_at_four_times_the_decay() {
    let lesson = Lesson::of(Preset::Edges);
    let mut run = lesson.train(1, 60);
    assert_eq!(run.counts().dead(), 0);
    let raised = lesson.with(|h| h.weight_decay = 4e-4).settings();
    advance(&mut run, &raised, 60);
    assert!(run.counts().constant >= 30, "{:?}", run.counts());
}

#[test]
fn the_posts_values_reconstruct_better_and_are_less_oriented_than_edges() {
    let (post, edges) = (Lesson::of(Preset::PostsValues), Lesson::of(Preset::Edges));
    for seed in SEEDS {
        let (post, edges) = (post.train(seed, 40), edges.train(seed, 40));
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

#[test]
fn over_the_cliff_all_die_and_back_they_revive() {
    let lesson = Lesson::of(Preset::DecayCliff);
    let gentle = lesson.with(|h| h.weight_decay = 1e-4).settings();
    for seed in SEEDS {
        let mut run = lesson.train(seed, 150);
        assert_eq!(run.counts().constant, 25, "seed {seed}");
        assert!(run.fvu() > 0.9, "seed {seed}");
        advance(&mut run, &gentle, 200);
        assert!(run.counts().dead() <= 1, "seed {seed}: {:?}", run.counts());
        assert!(run.fvu() < 0.6, "seed {seed}: {}", run.fvu());
    }
}

#[test]
fn too_sparse_finds_nothing() {
    let lesson = Lesson::of(Preset::TooSparse);
    for seed in SEEDS {
        let run = lesson.train(seed, 100);
        assert_eq!((run.counts().constant, bars(&run)), (25, 0), "seed {seed}");
    }
}

#[test]
fn overshoot_silences_at_once_and_the_units_come_back() {
    let lesson = Lesson::of(Preset::Overshoot);
    for seed in SEEDS {
        let mut run = lesson.train(seed, 1);
        assert_eq!(run.counts().silent, 25, "seed {seed}");
        advance(&mut run, &lesson.settings(), 59);
        assert_eq!(run.counts().dead(), 0, "seed {seed}: {:?}", run.counts());
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

/// What `sae-lab train` with `arguments` and one epoch writes to `run.json`: the epochs asked for, and the experiment.
fn headless(arguments: &[&str]) -> (u64, Experiment) {
    let out = tempfile::tempdir().unwrap();
    let result = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .arg("train")
        .args(arguments)
        .arg("--out")
        .arg(out.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{arguments:?}: {said}");
    let run = std::fs::read(out.path().join("run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_slice(&run).unwrap();
    let epochs = run["results"]["epochs_requested"].as_u64().unwrap();
    (
        epochs,
        serde_json::from_value(run["experiment"].clone()).unwrap(),
    )
}

#[test]
fn each_preset_runs_headless() {
    let names = [
        "edges",
        "post",
        "bars",
        "clothes",
        "plain",
        "cliff",
        "too-sparse",
        "overshoot",
        "too-few",
    ];
    for (name, preset) in names.into_iter().zip(Preset::ALL) {
        let (_, experiment) = headless(&["--preset", name, "--epochs", "0"]);
        assert_eq!(experiment, preset.experiment(), "{name}");
    }
    let (epochs, _) = headless(&["--preset", "too-few"]);
    assert_eq!(epochs, 100, "a preset says nothing of the epochs");
}

#[test]
fn an_option_goes_before_the_preset_wherever_it_stands() {
    let preset = ["--preset", "overshoot"];
    // the defaults' own values among them: what is given counts, not what differs
    let options = [
        "--beta",
        "3",
        "--alpha",
        "0.1",
        "--hidden",
        "25",
        "--batch",
        "50",
        "--optimizer",
        "momentum",
        "--data",
        "bars",
        "--patches",
        "300",
        "--seed",
        "7",
        "--epochs",
        "1",
    ];
    let mut expected = Preset::Bars.experiment();
    expected.seed = 7;
    expected.data.patches = 300;
    let (before, after) = (
        [&options[..], &preset].concat(),
        [&preset[..], &options].concat(),
    );
    let (first, second) = options.split_at(10);
    let around = [first, &preset, second].concat();
    for arguments in [before, after, around] {
        assert_eq!(headless(&arguments), (1, expected.clone()), "{arguments:?}");
    }
    let edges = headless(&["--patch", "8", "--epochs", "0", "--preset", "edges"]).1;
    let mut expected = Preset::Edges.experiment();
    expected.data.patch = 8;
    assert_eq!(edges, expected, "the rest stays the preset's");
    let zca = ["--preset", "edges", "--preprocess", "zca", "--epochs", "0"];
    assert_eq!(
        headless(&zca).1.output_activation,
        OutputActivation::Linear,
        "a sigmoid can't reach whitened values"
    );
}

#[test]
fn a_preset_says_the_settings_of_a_model_that_goes_on() {
    let out = tempfile::tempdir().unwrap();
    let model = out.path().join("model.npz");
    let train = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_sae-lab"))
            .arg("train")
            .args(arguments)
            .arg("--out")
            .arg(out.path())
            .output()
            .unwrap()
    };
    assert!(
        train(&["--preset", "bars", "--epochs", "1"])
            .status
            .success()
    );
    let init = model.to_str().unwrap();
    let (_, experiment) = headless(&["--init", init, "--preset", "plain", "--epochs", "1"]);
    assert_eq!(experiment, Preset::PlainAutoencoder.experiment());
    let refused = train(&["--init", init, "--preset", "too-few"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("the preset has 8 hidden units, the model 25"),
        "{said}"
    );
}
