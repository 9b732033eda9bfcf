//! Commands know their model: what `train` writes is enough for `evaluate`, `inspect` and the rest, on other data too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ndarray::Array2;
use sae_lab::io::npz::{read_model, write_parameters};
use sae_lab::model::Parameters;
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The line of JSON, and what standard error says.
fn json(arguments: &[&str]) -> (Value, String) {
    let output = run(&[arguments, &["--json"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    (serde_json::from_str(&lines).unwrap(), said)
}

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    said
}

fn wine(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/wine/wine-{part}.csv"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn close(got: &Value, expected: f64, tolerance: f64) {
    let got = got.as_f64().unwrap();
    assert!(
        (got - expected).abs() <= tolerance * expected.abs(),
        "{got} and {expected}"
    );
}

/// The thirteen measurements, by nothing of the lab's.
fn measurements(part: &str) -> Array2<f64> {
    let lines = std::fs::read_to_string(wine(part)).unwrap();
    let rows: Vec<Vec<f64>> = lines
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .take(13)
                .map(|value| value.parse().unwrap())
                .collect()
        })
        .collect();
    Array2::from_shape_fn((rows.len(), 13), |(row, column)| rows[row][column])
}

/// 1/(2m) Σ‖x̂ − x‖² over 1/(2m) Σ‖x − x̄‖², for tanh units and a linear output.
fn fvu(model: &Parameters<f64>, samples: &Array2<f64>) -> f64 {
    let hidden = (samples.dot(&model.encoder_weights().t()) + model.encoder_bias()).mapv(f64::tanh);
    let output = hidden.dot(&model.decoder_weights().t()) + model.decoder_bias();
    let mean = samples.mean_axis(ndarray::Axis(0)).unwrap();
    let squares = |array: Array2<f64>| array.mapv(|value| value * value).sum();
    squares(output - samples) / squares(samples - &mean)
}

#[test]
fn the_58_wines_are_scaled_as_the_120_were() {
    let folder = tempfile::tempdir().unwrap();
    let (out, model) = (folder.path(), folder.path().join("model.npz"));
    let (trained, said) = json(&[
        "train",
        "--data",
        text(&wine("train")),
        "--hidden",
        "6",
        "--epochs",
        "30",
        "--beta",
        "0.5",
        "--hidden-activation",
        "tanh",
        "--output-activation",
        "linear",
        "--precision",
        "f64",
        "--optimizer",
        "lbfgs",
        "--out",
        text(out),
    ]);
    assert!(!said.contains("from the record"), "{said}");
    // no option: the model's own data and settings, and its own FVU
    let (own, said) = json(&["evaluate", "--model", text(&model)]);
    assert!(
        said.contains("from the record of") && said.contains("tanh hidden units, linear output"),
        "{said}"
    );
    assert!(said.contains("the preparation of wine-train.csv"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    close(&own["fvu"], trained["fvu"].as_f64().unwrap(), 1e-12);
    close(
        &own["total_cost"],
        trained["total_cost"].as_f64().unwrap(),
        1e-12,
    );

    // the 58 by the 120's least and greatest values
    let (train, mut test) = (measurements("train"), measurements("test"));
    for (of, mut column) in train.columns().into_iter().zip(test.columns_mut()) {
        let low = of.iter().copied().fold(f64::INFINITY, f64::min);
        let high = of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        column.mapv_inplace(|value| (value - low) / (high - low));
    }
    let (parameters, record) = read_model::<f64>(&model).unwrap();
    let expected = fvu(&parameters, &test);
    let evaluate = ["evaluate", "--model", text(&model), "--data"];
    let wines = wine("test");
    let (other, said) = json(&[&evaluate[..], &[text(&wines)]].concat());
    assert!(said.contains("the preparation of wine-train.csv"), "{said}");
    close(&other["fvu"], expected, 1e-9);
    // and not by their own, which an option asks for
    let anew = [
        &evaluate[..],
        &[text(&wines), "--preprocess", "unit-columns"],
    ]
    .concat();
    let (anew, said) = json(&anew);
    assert!(!said.contains("the preparation of"), "{said}");
    assert!((anew["fvu"].as_f64().unwrap() - expected).abs() > 1e-6 * expected);
    // an option overrules the record
    let (heavy, said) = json(&["evaluate", "--model", text(&model), "--beta", "1"]);
    close(
        &heavy["sparsity_penalty"],
        2.0 * own["sparsity_penalty"].as_f64().unwrap(),
        1e-9,
    );
    assert!(!said.contains('β'), "{said}");

    let fitted = record.unwrap().preparation.unwrap();
    assert_eq!(
        (fitted.columns[0].as_str(), fitted.columns.len()),
        ("alcohol", 13)
    );
    assert_eq!(fitted.classes.len(), 3);

    let (report, said) = json(&["inspect", "--model", text(&model), "--unit", "2"]);
    assert!(
        report["state"].is_string() && said.contains("tanh"),
        "{said}"
    );
    let (report, said) = json(&["check-gradient", "--model", text(&model), "--limit", "40"]);
    assert_eq!(report["passed"], true);
    assert!(said.contains("wine-train.csv"), "{said}");
    let (matched, said) = json(&["match", text(&model), text(&model)]);
    assert!(
        matched["sentence"].is_string() && said.contains("features of 13 values"),
        "{said}"
    );

    // training goes on with the record's settings
    let further = folder.path().join("further");
    let (_, said) = json(&[
        "train",
        "--init",
        text(&model),
        "--epochs",
        "1",
        "--out",
        text(&further),
    ]);
    assert!(
        said.contains("L-BFGS") && said.contains("double precision"),
        "{said}"
    );
    let again = read_model::<f64>(&further.join("model.npz"))
        .unwrap()
        .1
        .unwrap();
    let before = read_model::<f64>(&model).unwrap().1.unwrap();
    assert_eq!(
        again.experiment.hyperparameters,
        before.experiment.hyperparameters
    );
    assert_eq!(again.preparation, before.preparation);
}

#[test]
fn a_model_without_a_record_is_evaluated_by_options() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("numpy.npz");
    write_parameters(&model, &Parameters::<f64>::initial(13, 4, 3)).unwrap();
    let wines = wine("test");
    let base = ["evaluate", "--model", text(&model), "--data", text(&wines)];
    let (plain, said) = json(&base);
    assert_eq!(said, "");
    let (tanh, _) = json(&[&base[..], &["--hidden-activation", "tanh"]].concat());
    assert_ne!(plain["fvu"], tanh["fvu"]);
    let said = refused(&["evaluate", "--model", text(&model), "--data", "digits"]);
    assert!(said.contains("13 values"), "{said}");
}

#[test]
fn a_colour_model_is_evaluated_on_another_photograph() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |name: &str, shift: u32| {
        let path = folder.path().join(name);
        let image = image::RgbImage::from_fn(70, 66, |x, y| {
            let wave = |at: u32| (127.0 + 120.0 * (f64::from(at + shift) / 5.0).sin()) as u8;
            image::Rgb([wave(x * 2), wave(y * 3), wave(x + y)])
        });
        image.save(&path).unwrap();
        path
    };
    let (first, second) = (picture("first.png", 0), picture("second.png", 9));
    let out = folder.path().join("out");
    let (trained, _) = json(&[
        "train",
        "--data",
        text(&first),
        "--patch",
        "4",
        "--patches",
        "400",
        "--hidden",
        "9",
        "--epochs",
        "20",
        "--out",
        text(&out),
    ]);
    let model = out.join("model.npz");
    let (own, said) = json(&["evaluate", "--model", text(&model)]);
    assert!(said.contains("linear output"), "{said}");
    close(&own["fvu"], trained["fvu"].as_f64().unwrap(), 1e-4);
    let (other, said) = json(&["evaluate", "--model", text(&model), "--data", text(&second)]);
    assert!(said.contains("the preparation of first.png"), "{said}");
    assert!(other["fvu"].as_f64().unwrap() > 0.0);
    assert_ne!(other["fvu"], own["fvu"]);
    // grey it is refused, in a sentence
    let grey = folder.path().join("grey.png");
    image::open(&second)
        .unwrap()
        .to_luma8()
        .save(&grey)
        .unwrap();
    let said = refused(&["evaluate", "--model", text(&model), "--data", text(&grey)]);
    assert!(
        said.contains("grey pictures") && said.contains("in colour"),
        "{said}"
    );
}

#[test]
fn what_is_no_model_is_exit_status_2_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, missing) = (
        folder.path().join("broken.npz"),
        folder.path().join("no.npz"),
    );
    std::fs::write(&broken, b"no zip").unwrap();
    let out = folder.path().join("out");
    for model in [text(&broken), text(&missing)] {
        for arguments in [
            &["evaluate", "--model", model][..],
            &["inspect", "--unit", "0", "--model", model],
            &["check-gradient", "--model", model],
            &["match", model, model],
            &["train", "--out", text(&out), "--init", model],
        ] {
            assert!(refused(arguments).starts_with("sae-lab: "));
        }
    }
    assert!(!out.exists(), "nothing was begun");
}
