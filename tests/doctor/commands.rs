//! `sae-lab doctor`: what it says, and what it refuses.

use std::io::Write as _;
use std::path::Path;

use sae_lab::io::npz::{read_parameters, write_parameters};
use sae_lab::model::Parameters;
use sae_lab::model::doctor::Mistake;
use serde_json::{Value, json};

use super::command::run;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The exit status, standard output and standard error.
fn doctor(model: &Path, gradient: &Path, more: &[&str]) -> (i32, String, String) {
    let command = [
        "doctor",
        "--model",
        text(model),
        "--gradient",
        text(gradient),
    ];
    let output = run(&[&command[..], more].concat());
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_command_names_mistakes_and_refuses_what_it_cannot_use() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let out = at("run");
    let trained = run(&[
        "train",
        "--data",
        "bars",
        "--hidden",
        "6",
        "--epochs",
        "2",
        "--precision",
        "f64",
        "--out",
        text(&out),
    ]);
    assert!(trained.status.success(), "{trained:?}");
    let model = out.join("model.npz");
    for (form, precision) in [
        ("exact", "f64"),
        ("printed", "f64"),
        ("exact", "f32"),
        ("printed", "f32"),
    ] {
        let file = at(&format!("{form}-{precision}.npz"));
        let evaluated = run(&[
            "evaluate",
            "--model",
            text(&model),
            "--gradient",
            form,
            "--precision",
            precision,
            "--gradient-out",
            text(&file),
        ]);
        assert!(evaluated.status.success(), "{evaluated:?}");
        let (status, line, said) = doctor(&model, &file, &["--json"]);
        let line: Value = serde_json::from_str(&line).unwrap();
        let correct = form == "exact";
        assert_eq!(status, i32::from(!correct), "{said}");
        let (verdict, mistakes) = if correct {
            ("correct", json!([]))
        } else {
            ("mistakes", json!(["bracket-misplaced"]))
        };
        assert_eq!(line["verdict"], verdict);
        assert_eq!(line["mistakes"], mistakes);
        assert_eq!(line["alternatives"], json!([]));
        assert!(line["relative_error"].as_f64().unwrap() < 1e-4);
        assert_eq!(
            line["correct_relative_error"].as_f64().unwrap() < 1e-4,
            correct
        );
        let (_, words, _) = doctor(&model, &file, &[]);
        let expected = if correct {
            "The gradient is that of the cost."
        } else {
            "stands outside the product with f′(z2).\n    Right: δ2 = ("
        };
        assert!(words.contains(expected), "{words}");
    }

    let right = read_parameters::<f64>(&at("exact-f64.npz")).unwrap();
    let mut other = right.clone();
    other.encoder_weights_mut()[[0, 0]] += 1.0;
    write_parameters(&at("unknown.npz"), &other).unwrap();
    let (status, line, said) = doctor(&model, &at("unknown.npz"), &["--json"]);
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((status, &line["verdict"]), (1, &json!("unknown")));
    assert_eq!(line["relative_error"], Value::Null);
    assert!(said.contains("no mistake known here"), "{said}");

    let mut broken = right.clone();
    broken.decoder_bias_mut()[0] = f64::NAN;
    write_parameters(&at("nan.npz"), &broken).unwrap();
    let small = Parameters::<f64>::zeros(right.inputs(), right.hidden() + 1);
    write_parameters(&at("shape.npz"), &small).unwrap();
    std::fs::write(at("text.npz"), "W1").unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(at("broken.npz")).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("W2.npy", options).unwrap();
    zip.write_all(b"\x93NUMPY").unwrap();
    zip.finish().unwrap();
    for (name, expected) in [
        ("nan.npz", "b2 holds NaN at place 0"),
        ("shape.npz", "is that of 7 hidden units"),
        ("text.npz", "not a valid safetensors, NPZ or MAT file"),
        ("broken.npz", "broken.npz (W2.npy) is not a valid NPY file"),
        ("absent.npz", "absent.npz"),
    ] {
        let (status, line, said) = doctor(&model, &at(name), &["--json"]);
        assert_eq!((status, line.as_str()), (2, ""), "{name}: {said}");
        assert!(said.contains(expected), "{name}: {said}");
    }
    let (status, _, said) = doctor(&model, &at("exact-f64.npz"), &["--data", "fashion"]);
    assert_eq!(status, 2, "{said}");
    let (status, _, said) = doctor(&model, &at("exact-f64.npz"), &["--rho", "2"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("ρ (target activation) is 2"), "{said}");
}

#[test]
fn the_help_lists_every_mistake() {
    let help = run(&["doctor", "--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    for mistake in Mistake::ALL {
        assert!(
            help.contains(&format!("  {} ", mistake.name())),
            "{mistake:?}"
        );
    }
}
