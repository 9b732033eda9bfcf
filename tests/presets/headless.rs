//! `sae-lab train --preset`

use std::process::Command;

use sae_lab::model::OutputActivation;
use sae_lab::training::{Experiment, Preset};

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
            .args(["train", "--overwrite"])
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
