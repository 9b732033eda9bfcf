//! What suits the data is chosen where it is asked for, and nothing changes where it is not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

#[path = "support/command.rs"]
mod command;

use std::path::Path;
use std::process::Command;

use command::json;
use ndarray::Array2;
use sae_lab::data::Samples;
use sae_lab::io::npy::write_samples;
use serde_json::Value;

fn sae_lab(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// Values from 0 to 16, as scikit-learn has its digits, in 20 columns of a table.
fn unscaled(folder: &Path) -> String {
    let path = folder.join("table.npy");
    let values = Array2::from_shape_fn((200, 20), |(row, column)| {
        ((row * 31 + column * column * 17 + row * column) % 17) as f64
    });
    write_samples(&path, &Samples::F64(values)).unwrap();
    path.display().to_string()
}

fn trained(folder: &Path) -> Value {
    command::read(&folder.join("run.json"))
}

#[test]
fn arrays_stay_as_they_are_unless_a_recipe_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let table = unscaled(folder.path());
    let (code, said) = sae_lab(&["data", "--data", &table]);
    assert_eq!(code, Some(0));
    assert!(said.contains("--preprocess unit-columns"), "{said}");
    let kept = json(&["data", "--data", &table]);
    assert_eq!(kept["range"][1], 16.0);
    assert_eq!(kept["suggestion"]["preparation"]["scaling"], "unit-columns");
    assert_eq!(kept["suggestion"]["kind"], "few-columns");
    assert!(!kept["suggestion"]["reasons"].as_array().unwrap().is_empty());
    let suited = json(&["data", "--data", &table, "--recipe", "auto"]);
    assert_eq!(suited["range"], serde_json::json!([0.0, 1.0]));
    assert_eq!(
        suited["suggestion"]["hyperparameters"],
        kept["suggestion"]["hyperparameters"]
    );
}

#[test]
fn a_recipe_trains_what_it_suggests_and_options_go_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let table = unscaled(folder.path());
    let out = |name: &str| folder.path().join(name);
    let suggestion = &json(&["data", "--data", &table])["suggestion"];
    let (plain, own) = (out("plain"), out("own"));
    let train = |to: &Path, more: &[&str]| {
        let to = to.display().to_string();
        let all = ["train", "--data", &table, "--epochs", "2", "--out", &to];
        sae_lab(&[&all[..], more].concat())
    };
    let (code, said) = train(&plain, &["--recipe", "auto"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Taken for a table of few columns"), "{said}");
    let run = trained(&plain);
    assert_eq!(run["experiment"]["hidden"], suggestion["hidden"]);
    assert_eq!(
        run["experiment"]["hyperparameters"],
        suggestion["hyperparameters"]
    );
    assert_eq!(run["data"]["range"], serde_json::json!([0.0, 1.0]));

    let more = [
        "--recipe",
        "auto",
        "--hidden",
        "7",
        "--rho",
        ".3",
        "--preprocess",
        "unit",
    ];
    assert_eq!(train(&own, &more).0, Some(0));
    let run = trained(&own);
    assert_eq!(run["experiment"]["hidden"], 7);
    assert_eq!(run["experiment"]["hyperparameters"]["sparsity_target"], 0.3);
    assert_eq!(run["data"]["prepared"]["scaling"], "unit");

    let kept = out("kept");
    assert_eq!(train(&kept, &[]).0, Some(0));
    let run = trained(&kept);
    assert_eq!(run["experiment"]["hidden"], 25);
    assert_eq!(run["data"]["range"][1], 16.0);
}

#[test]
fn a_recipe_contradicts_a_preset_and_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run").display().to_string();
    let (code, said) = sae_lab(&[
        "train", "--preset", "bars", "--recipe", "auto", "--out", &out,
    ]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("--recipe") && said.contains("--preset"),
        "{said}"
    );
}
