//! A part of the data is held out: by the commands, from the fraction to what is written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;

use std::path::Path;

use ndarray::Array2;
use sae_lab::data::{DataSpec, Preparation, load};
use sae_lab::io::npz::{read_model, read_parameters};

use serde_json::Value;

use self::command::{json_and_said as json, read, run, text};

/// A matrix that was written as it is trained on.
fn matrix(path: &Path) -> Array2<f64> {
    let spec = DataSpec {
        preparation: Some(Preparation::NONE),
        ..DataSpec::file(path)
    };
    load(&spec).unwrap().samples.to::<f64>().into_owned()
}

const TRAIN: [&str; 9] = [
    "train",
    "--epochs",
    "5",
    "--hidden",
    "9",
    "--beta",
    "0.1",
    "--optimizer",
    "adam",
];

#[test]
fn a_run_on_a_part_is_the_run_on_that_matrix_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (x, t) = (at("x.npy"), at("t.npy"));
    let fraction = [
        "--data",
        "digits",
        "--test-fraction",
        "0.2",
        "--data-seed",
        "5",
    ];
    let files = ["data", "--out", text(&x), "--test-out", text(&t)];
    let (described, _) = json(&[&files[..], &fraction].concat());
    assert_eq!(
        (&described["samples"], &described["test_samples"]),
        (&1438.into(), &359.into())
    );

    let (parted, alone) = (at("parted"), at("alone"));
    let (summary, said) = json(&[&TRAIN[..], &fraction, &["--out", text(&parted)]].concat());
    assert_eq!(said, "");
    json(&[&TRAIN[..], &["--data", text(&x), "--out", text(&alone)]].concat());
    let model = |folder: &Path| read_parameters::<f32>(&folder.join("model.npz")).unwrap();
    assert_eq!(model(&parted).flat(), model(&alone).flat());

    // the loss over the test part, by nothing of the lab's
    let (parameters, _) = read_model::<f64>(&parted.join("model.npz")).unwrap();
    let (training, test) = (matrix(&x), matrix(&t));
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let hidden =
        (test.dot(&parameters.encoder_weights().t()) + parameters.encoder_bias()).mapv(sigmoid);
    let output =
        (hidden.dot(&parameters.decoder_weights().t()) + parameters.decoder_bias()).mapv(sigmoid);
    let mean = training.mean_axis(ndarray::Axis(0)).unwrap();
    let half = |array: Array2<f64>| array.mapv(|value| value * value).sum() / (2.0 * 359.0);
    let (loss, variance) = (half(output - &test), half(test - &mean));
    let close = |value: &Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!(
            (value - expected).abs() < 1e-4 * expected,
            "{value} {expected}"
        );
    };
    close(&summary["test_reconstruction_loss"], loss);
    close(&summary["test_fvu"], loss / variance);
    assert_eq!(summary["test_samples"], 359);

    // every row is exact or empty, and the last is exact
    let history = std::fs::read_to_string(parted.join("history.csv")).unwrap();
    let mut rows = history
        .lines()
        .map(|line| line.rsplit(',').take(2).collect::<Vec<_>>());
    assert_eq!(
        rows.next().unwrap(),
        ["test_fvu", "test_reconstruction_loss"]
    );
    let rows: Vec<Vec<&str>> = rows.collect();
    let empty: Vec<bool> = rows.iter().map(|row| row[0].is_empty()).collect();
    assert_eq!(empty, [false, true, true, true, true, false]);
    assert_eq!(rows[5][0].parse::<f64>().ok(), summary["test_fvu"].as_f64());

    let page = read(&parted.join("run.json"));
    assert_eq!(page["results"]["test_fvu"], summary["test_fvu"]);
    assert_eq!(page["data"]["test_samples"], 359);
    assert_eq!(
        page["experiment"]["data"]["held"],
        serde_json::json!({"fraction": 0.2})
    );

    evaluated(&parted.join("model.npz"), &summary, &alone);
}

/// `evaluate` says which part it means.
fn evaluated(model: &Path, summary: &Value, alone: &Path) {
    let evaluate = ["evaluate", "--model", text(model)];
    let (own, said) = json(&evaluate);
    let close = |name: &str| {
        let (a, b) = (own[name].as_f64().unwrap(), summary[name].as_f64().unwrap());
        assert!((a - b).abs() < 1e-5 * b, "{name}: {a} {b}");
    };
    close("fvu");
    close("test_fvu");
    assert_eq!(
        (&own["part"], &own["test_samples"]),
        (&"training".into(), &359.into())
    );
    let part = "the training part of digits 8×8 is evaluated (1,438 samples), and its test part beside it (359)\n";
    assert!(said.contains(part), "{said}");

    let (all, said) = json(&[&evaluate[..], &["--test-fraction", "0"]].concat());
    assert_eq!(
        (&all["part"], &all["samples"]),
        (&"all".into(), &1797.into())
    );
    assert_eq!(all["test_fvu"], Value::Null);
    assert!(
        said.contains("with what was held out when the model was trained"),
        "{said}"
    );

    let (_, said) = json(&[&evaluate[..], &["--data-seed", "6"]].concat());
    assert!(
        said.contains("the model was not trained on exactly this part"),
        "{said}"
    );

    let other = alone.with_file_name("t.npy");
    let (all, said) = json(&[&evaluate[..], &["--data", text(&other)]].concat());
    assert_eq!(
        (&all["part"], &all["samples"]),
        (&"all".into(), &359.into())
    );
    assert!(said.contains("of which nothing is held out"), "{said}");

    let (_, said) = json(&["evaluate", "--model", text(&alone.join("model.npz"))]);
    assert!(!said.contains("evaluated"), "{said}");
}

#[test]
fn own_takes_the_test_file_beside_and_its_absence_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let wine = |part: &str| {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/wine/wine-{part}.csv"))
    };
    let out = folder.path().join("run");
    let own = ["--data", text(&wine("train")), "--test-fraction", "own"].map(str::to_owned);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let (summary, _) = json(&[&TRAIN[..], &own, &["--out", text(&out)]].concat());
    assert_eq!(summary["test_samples"], 58);
    let (other, _) = json(&[
        "evaluate",
        "--model",
        text(&out.join("model.npz")),
        "--data",
        text(&wine("test")),
    ]);
    let loss = |value: &Value| value.as_f64().unwrap();
    let (a, b) = (
        loss(&summary["test_reconstruction_loss"]),
        loss(&other["reconstruction_loss"]),
    );
    assert!((a - b).abs() < 1e-5 * b, "{a} {b}");

    for (fraction, expected) in [
        ("own", "give the fraction"),
        ("0.95", "from 0 to 0.9"),
        ("half", "from 0 to 0.9"),
    ] {
        let output = run(&["data", "--data", "digits", "--test-fraction", fraction]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    let output = run(&[
        "data",
        "--data",
        "digits",
        "--test-out",
        text(&folder.path().join("t.npy")),
    ]);
    assert_eq!(output.status.code(), Some(2));
}
