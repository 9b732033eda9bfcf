//! Every unit is counted once, and every command counts alike.

use std::path::Path;

use sae_lab::io::npz::write_parameters;
use sae_lab::model::Parameters;
use serde_json::Value;

use crate::command::json;

const HIDDEN: usize = 9;
const STATES: [&str; 5] = ["alive", "duplicate", "constant", "silent", "saturated"];

/// Nine units on whole digits: three repeat another, one is off, one is on, one answers nothing in between.
fn model() -> Parameters<f64> {
    let mut model = Parameters::<f64>::initial(64, HIDDEN, 3);
    model.flat_mut().iter_mut().for_each(|w| *w *= 3.0);
    let mut features = model.encoder_weights_mut();
    for (unit, of, factor) in [(1, 0, 1.5), (4, 0, -1.0), (8, 2, 0.9)] {
        let row = features.row(of).mapv(|w| factor * w);
        features.row_mut(unit).assign(&row);
    }
    for (unit, bias) in [(3, -12.0), (5, 12.0), (7, -3.0)] {
        features.row_mut(unit).fill(0.0);
        model.encoder_bias_mut()[unit] = bias;
        features = model.encoder_weights_mut();
    }
    model
}

fn counts(of: &Value) -> [u64; 5] {
    STATES.map(|state| of[state].as_u64().unwrap())
}

/// The counts of the last line of a history.
fn counts_of_history(path: &Path) -> [u64; 5] {
    let text = std::fs::read_to_string(path).unwrap();
    let names: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let last: Vec<&str> = text.lines().last().unwrap().split(',').collect();
    STATES.map(|state| {
        let column = names.iter().position(|name| *name == state).unwrap();
        last[column].parse().unwrap()
    })
}

#[test]
fn every_command_counts_each_unit_once() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("weights.npz");
    write_parameters(&weights, &model()).unwrap();
    let out = folder.path().join("out");
    let (weights, folder) = (weights.to_str().unwrap(), out.to_str().unwrap());
    let hidden = HIDDEN.to_string();
    let data = ["--data", "digits", "--hidden", &hidden];
    for epochs in ["0", "2"] {
        let train = [
            "train",
            "--overwrite",
            "--init",
            weights,
            "--epochs",
            epochs,
            "--out",
        ];
        let trained = json(&[&train[..], &[folder], &data].concat());
        let expected = counts(&trained);
        assert_eq!(expected.iter().sum::<u64>(), HIDDEN as u64, "{trained}");
        if epochs == "0" {
            assert_eq!(expected, [3, 3, 1, 1, 1]);
        }
        let written = std::fs::read_to_string(out.join("run.json")).unwrap();
        let written: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(counts(&written["results"]), expected);
        assert_eq!(counts_of_history(&out.join("history.csv")), expected);
        // a reloaded model has the states that it was trained to
        let model = out.join("model.npz");
        let model = model.to_str().unwrap();
        assert_eq!(counts(&json(&["evaluate", "--model", model])), expected);
        let inspected: Vec<Value> = (0..HIDDEN)
            .map(|unit| json(&["inspect", "--model", model, "--unit", &unit.to_string()]))
            .collect();
        for unit in &inspected {
            assert_eq!(counts(unit), expected);
        }
        let found = STATES.map(|state| {
            let with = inspected.iter().filter(|unit| unit["state"] == state);
            with.count() as u64
        });
        assert_eq!(found, expected);
    }
}
