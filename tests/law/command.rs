//! `sae-lab law`

use std::process::{Command, Output};

use sae_lab::data::EmbeddedSet;
use sae_lab::model::OutputActivation;

use crate::embedded;
use crate::oracle::Oracle;

fn law(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .arg("law")
        .args(arguments)
        .output()
        .unwrap()
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = law(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn close(found: &serde_json::Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found / expected - 1.0).abs() < 1e-9, "{found}, {expected}");
}

#[test]
fn the_command_prints_the_numbers_of_the_laws() {
    let data = embedded(EmbeddedSet::Digits);
    let samples = data.samples.to::<f64>();
    for output in OutputActivation::ALL {
        let oracle = Oracle::of(samples.view(), output);
        let (rho, beta, alpha, lambda) = (0.04, 2.5, 0.3, 1e-3);
        for (hidden, kappa) in [("sigmoid", 1.0), ("tanh", 4.0)] {
            let common = [
                "--data",
                "digits",
                "--rho",
                ".04",
                "--beta",
                "2.5",
                "--alpha",
                ".3",
                "--lambda",
                "1e-3",
                "--momentum",
                ".8",
                "--hidden-activation",
                hidden,
                "--output-activation",
                output.name(),
            ];
            let found = json(&common);
            let slope = kappa * rho * (1.0 - rho);
            let lambda_c = slope * oracle.sigma[0];
            close(&found["lambda_c"], lambda_c);
            let h = beta * slope * (1.0 + oracle.mean_square);
            close(&found["alpha_c"], 2.0 * 1.8 / h);
            close(&found["rate"], alpha / (1.0 - 0.8) * (lambda_c - lambda));
            let sigma = found["sigma"].as_array().unwrap();
            assert_eq!(sigma.len(), 64);
            for (found, expected) in sigma.iter().zip(&oracle.sigma) {
                let difference = (found.as_f64().unwrap() - expected).abs();
                assert!(difference <= 1e-9 * expected + 1e-13 * oracle.sigma[0]);
            }
            let plain = json(&[&common[..], &["--optimizer", "descent"]].concat());
            close(&plain["alpha_c"], 2.0 / h);
            close(&plain["rate"], alpha * (lambda_c - lambda));
            for own in ["adam", "lbfgs"] {
                let found = json(&[&common[..], &["--optimizer", own]].concat());
                assert!(found["alpha_c"].is_null() && found["rate"].is_null());
                close(&found["lambda_c"], lambda_c);
            }
        }
    }
}

#[test]
fn every_option_of_train_that_decides_data_or_settings_is_taken() {
    let help = |command| {
        let output = Command::new(env!("CARGO_BIN_EXE_sae-lab"))
            .args([command, "--help"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let options = text.lines().filter_map(|line| {
            let option = line
                .trim_start()
                .split([' ', ',', '='])
                .find(|w| w.starts_with("--"))?;
            Some(option.to_owned())
        });
        options.collect::<Vec<String>>()
    };
    let (train, law) = (help("train"), help("law"));
    assert!(train.len() > 20, "{train:?}");
    for option in train {
        // how long, where to, and from which weights (an alias, which the help of `law` has in another line) or which run
        let others = [
            "--epochs",
            "--out",
            "--init",
            "--resume",
            "--share",
            "--at",
            "--overwrite",
            "--embed-data",
        ];
        if others.contains(&option.as_str()) {
            continue;
        }
        assert!(law.contains(&option), "law has no {option}");
    }
    let found = json(&[
        "--preset", "cliff", "--rho", ".1", "--hidden", "9", "--seed", "4",
    ]);
    assert_eq!(found["samples"], 1797);
}

#[test]
fn the_text_says_what_the_numbers_mean() {
    let text = |arguments: &[&str]| {
        let output = law(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let below = text(&["--data", "digits"]);
    for words in [
        "λ_c",
        "a dead net can't stay dead",
        "grow tenfold in",
        "ρ̂ settles at ρ",
        "(64 in all)",
    ] {
        assert!(below.contains(words), "{words} in {below}");
    }
    let above = text(&[
        "--data", "digits", "--lambda", "1e-2", "--alpha", "9", "--batch", "full",
    ]);
    for words in [
        "1.29 λ_c: a unit that dies stays dead",
        "sink into it",
        "swings around ρ",
    ] {
        assert!(above.contains(words), "{words} in {above}");
    }
    let adam = text(&["--data", "digits", "--optimizer", "adam", "--lambda", ".9"]);
    for words in ["chooses its own step", "at every ρ"] {
        assert!(adam.contains(words), "{words} in {adam}");
    }
    let plain = text(&["--data", "digits", "--beta", "0"]);
    assert!(
        plain.contains("With β 0 nothing holds a dead unit at ρ"),
        "{plain}"
    );
    let refused = law(&["--data", "digits", "--rho", "1"]);
    assert_eq!(refused.status.code(), Some(2));
}
