//! A model in use: codes of new data, what they are worth, and exports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;
mod support;

use std::path::{Path, PathBuf};

use ndarray::Array2;
use sae_lab::data::Samples;
use sae_lab::io::npy::write_samples;
use sae_lab::io::npz::{read_model, write_parameters};
use sae_lab::model::{HiddenActivation, Parameters};
use serde_json::{Value, json};

use self::command::{json as told, json_and_said, run, text};
use self::support::{Fixture, relative_difference};

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    said
}

fn read(path: &Path) -> Array2<f64> {
    let bytes = std::fs::read(path).unwrap();
    let file = npyz::NpyFile::new(&bytes[..]).unwrap();
    let shape: Vec<usize> = file.shape().iter().map(|side| *side as usize).collect();
    let single = file.dtype().num_bytes() == Some(4);
    let values: Vec<f64> = match single {
        true => file
            .into_vec::<f32>()
            .unwrap()
            .into_iter()
            .map(f64::from)
            .collect(),
        false => file.into_vec().unwrap(),
    };
    Array2::from_shape_vec((shape[0], shape[1]), values).unwrap()
}

fn wine(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/wine/wine-{part}.csv"))
}

#[test]
fn a_code_is_that_of_the_fixtures() {
    let folder = tempfile::tempdir().unwrap();
    let [model, data, out] =
        ["model.npz", "x.npy", "code.npy"].map(|name| folder.path().join(name));
    for fixture in Fixture::all() {
        write_parameters(&model, &fixture.initial::<f64>()).unwrap();
        let samples = fixture.samples::<f64>();
        let count = samples.nrows();
        write_samples(&data, &Samples::F64(samples)).unwrap();
        let tanh = fixture.architecture().hidden_activation == HiddenActivation::Tanh;
        let activation = if tanh { "tanh" } else { "sigmoid" };
        let always = [
            "encode",
            "--model",
            text(&model),
            "--data",
            text(&data),
            "--hidden-activation",
            activation,
            "--precision",
            "f64",
            "--out",
            text(&out),
        ];
        let line = told(&always);
        assert_eq!(
            (&line["samples"], &line["labels"]),
            (&json!(count), &json!(false))
        );
        let code = read(&out);
        let p = |a: &f64| if tanh { (a + 1.0) / 2.0 } else { *a };
        let means: Vec<f64> = code
            .columns()
            .into_iter()
            .map(|unit| unit.iter().map(p).sum::<f64>() / count as f64)
            .collect();
        // (tanh + 1)/2 loses digits of what is nearly −1
        let off = relative_difference(&means, fixture.array("rho_hat"));
        assert!(off < 1e-11, "{}: {off:e}", fixture.name);
        told(&[&always[..], &["--layer", "pre"]].concat());
        let (weights, x) = (fixture.initial::<f64>(), fixture.samples::<f64>());
        let pre = read(&out);
        for ((sample, unit), pre) in pre.indexed_iter() {
            let row = weights.encoder_weights().row(unit).dot(&x.row(sample));
            assert!((pre - row - weights.encoder_bias()[unit]).abs() < 1e-11);
            let a = code[[sample, unit]];
            let f = if tanh {
                pre.tanh()
            } else {
                1.0 / (1.0 + (-pre).exp())
            };
            assert!((f - a).abs() < 1e-11);
        }
    }
}

/// A model of the 120 wines, its file and its weights.
fn of_wines(folder: &Path) -> (PathBuf, Parameters<f64>) {
    let out = folder.join("wines");
    let train = [
        "train",
        "--data",
        text(&wine("train")),
        "--hidden",
        "6",
        "--epochs",
        "20",
    ]
    .map(str::to_owned);
    let train: Vec<&str> = train.iter().map(String::as_str).collect();
    told(&[&train[..], &["--out", text(&out)]].concat());
    let model = out.join("model.npz");
    let weights = read_model::<f64>(&model).unwrap().0;
    (model, weights)
}

#[test]
fn a_table_has_units_labels_and_the_preparation_of_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let (model, weights) = of_wines(folder.path());
    let out = folder.path().join("code.csv");
    let wines = wine("test");
    let (line, said) = json_and_said(&[
        "encode",
        "--model",
        text(&model),
        "--data",
        text(&wines),
        "--out",
        text(&out),
    ]);
    assert!(said.contains("the preparation of wine-train.csv"), "{said}");
    assert_eq!(line["hidden"], 6);
    assert_eq!(
        (&line["layer"], &line["labels"]),
        (&json!("hidden"), &json!(true))
    );
    assert_eq!(line["out"], text(&out));

    // the 58 by the 120's least and greatest values, by nothing of the lab's
    let values = |part: &str| -> Vec<Vec<f64>> {
        let lines = std::fs::read_to_string(wine(part)).unwrap();
        let row = |line: &str| {
            line.split(',')
                .take(13)
                .map(|value| value.parse().unwrap())
                .collect()
        };
        lines.lines().skip(1).map(row).collect()
    };
    let (train, test) = (values("train"), values("test"));
    let written = std::fs::read_to_string(&out).unwrap();
    let mut lines = written.lines();
    assert_eq!(lines.next(), Some("h0,h1,h2,h3,h4,h5,label"));
    let source = std::fs::read_to_string(&wines).unwrap();
    let mut labels = source
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap());
    let mut count = 0;
    for (line, row) in lines.zip(&test) {
        let (code, label) = line.rsplit_once(',').unwrap();
        assert_eq!(Some(label), labels.next(), "named as in the file");
        for (unit, value) in code.split(',').enumerate() {
            let mut z = weights.encoder_bias()[unit];
            for (column, x) in row.iter().enumerate() {
                let of = || train.iter().map(|row| row[column]);
                let (low, high) = (
                    of().fold(f64::INFINITY, f64::min),
                    of().fold(f64::NEG_INFINITY, f64::max),
                );
                z += weights.encoder_weights()[[unit, column]] * (x - low) / (high - low);
            }
            let value: f64 = value.parse().unwrap();
            assert!((value - 1.0 / (1.0 + (-z).exp())).abs() < 1e-6);
        }
        count += 1;
    }
    assert_eq!(count, 58);

    // it is a data set: one layer on the other
    let second = folder.path().join("second");
    let stacked = [
        "train",
        "--data",
        text(&out),
        "--hidden",
        "3",
        "--epochs",
        "2",
        "--out",
        text(&second),
    ];
    told(&stacked);
    let codes = told(&[
        "encode",
        "--model",
        text(&second.join("model.npz")),
        "--out",
        text(&folder.path().join("deep.csv")),
    ]);
    assert_eq!(
        (&codes["samples"], &codes["hidden"]),
        (&json!(58), &json!(3))
    );
    assert_eq!(codes["labels"], true);
}

#[test]
fn a_runs_file_is_a_model_with_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    told(&[
        "train",
        "--data",
        "bars",
        "--hidden",
        "9",
        "--epochs",
        "3",
        "--out",
        text(&out),
    ]);
    let (model, run) = (out.join("model.npz"), out.join("run.saelab"));
    for command in [&["evaluate"][..], &["inspect", "--unit", "3"]] {
        let of = |file: &Path| {
            let said = told(&[command, &["--model", text(file)]].concat());
            let mut said = said.as_object().unwrap().clone();
            said.remove("model");
            said
        };
        assert_eq!(of(&model), of(&run), "{command:?}");
    }
}

/// What a command reads is never what it writes.
#[test]
fn the_data_are_not_replaced_by_their_code() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mine = folder.path().join("mine.npy");
    told(&["data", "--data", "digits", "--out", text(&mine)]);
    let train = [
        "train",
        "--hidden",
        "5",
        "--epochs",
        "1",
        "--out",
        text(&out),
    ];
    told(&[&train[..], &["--data", text(&mine)]].concat());
    let before = std::fs::read(&mine).unwrap();
    let model = out.join("model.npz");
    let encode = ["encode", "--model", text(&model), "--data", text(&mine)];
    let commands = [
        [&encode[..], &["--out", text(&mine)]].concat(),
        vec!["data", "--data", text(&mine), "--out", text(&mine)],
        vec!["export", "--model", text(&model), "--out", text(&model)],
    ];
    for command in commands {
        let said = refused(&command);
        assert!(said.contains("is what this command reads"), "{said}");
    }
    assert_eq!(std::fs::read(&mine).unwrap(), before);
}

#[test]
fn all_samples_are_encoded_in_their_order_unless_a_part_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let train = [
        "train",
        "--data",
        "digits",
        "--hidden",
        "5",
        "--epochs",
        "2",
        "--test-fraction",
        "0.3",
        "--out",
    ];
    told(&[&train[..], &[text(&out)]].concat());
    let (model, code) = (out.join("model.npz"), folder.path().join("code.npy"));
    let encode = ["encode", "--model", text(&model), "--out", text(&code)];
    assert_eq!(told(&encode)["samples"], 1797);
    let whole = read(&code);
    let (line, said) = json_and_said(&[&encode[..], &["--test-fraction", "0.3"]].concat());
    assert_eq!(line["samples"], 1258);
    assert!(said.contains("539 samples are held out"), "{said}");
    // a part of the rows, in order
    let mut rows = whole.outer_iter();
    for row in read(&code).outer_iter() {
        assert!(rows.any(|other| other == row));
    }
}

#[test]
fn a_probe_says_what_the_code_is_worth() {
    let folder = tempfile::tempdir().unwrap();
    let (model, _) = of_wines(folder.path());
    let always = ["probe", "--model", text(&model)];
    let (found, said) =
        json_and_said(&[&always[..], &["--seeds", "4", "--test-fraction", "0.25"]].concat());
    assert!(
        said.contains("was trained on these data, without their labels"),
        "{said}"
    );
    let score = |value: &Value, width: u64| {
        let accuracy = value["accuracy"].as_f64().unwrap();
        let ends = [0, 1].map(|end| value["interval"][end].as_f64().unwrap());
        assert!(ends[0] <= accuracy && accuracy <= ends[1], "{value}");
        assert!(ends[0] >= 0.0 && ends[1] <= 1.0);
        assert_eq!(value["width"], width);
        accuracy
    };
    score(&found, 6);
    let baselines = &found["baselines"];
    assert!(
        score(&baselines["raw"], 13) > 0.9,
        "wines are told by their measurements: {found}"
    );
    score(&baselines["pca"], 6);
    score(&baselines["random"], 6);
    assert_eq!(
        (&found["classes"], &found["samples"]),
        (&json!(3), &json!(120))
    );
    assert_eq!(
        (&found["seeds"], &found["test_fraction"]),
        (&json!(4), &json!(0.25))
    );
    let chance = found["chance"].as_f64().unwrap();
    assert!(chance > 0.33 && chance < 0.5);
    // new data, and the same answer on any number of threads
    let wines = wine("test");
    let other = [&always[..], &["--data", text(&wines)]].concat();
    let (one, said) = json_and_said(&[&other[..], &["--threads", "1"]].concat());
    assert!(!said.contains("without their labels"), "{said}");
    assert_eq!(one, told(&[&other[..], &["--threads", "3"]].concat()));
    assert_eq!(
        (&one["samples"], &one["trained_on_these"]),
        (&json!(58), &json!(false))
    );

    for (more, part) in [
        (&["--label", "none"][..], "no labels"),
        (&["--test-fraction", "own"], "draws several"),
        (&["--test-fraction", "0"], "above 0"),
        (&["--seeds", "1"], "2.."),
    ] {
        let said = refused(&[&other[..], more].concat());
        assert!(said.contains(part), "{said}");
    }
    let table = folder.path().join("ages.csv");
    let header = std::fs::read_to_string(&wines).unwrap();
    let rows = header.lines().enumerate().map(|(row, line)| {
        let values = line.rsplit_once(',').unwrap().0;
        if row == 0 {
            format!("{values},label\n")
        } else {
            format!("{values},{row}\n")
        }
    });
    std::fs::write(&table, rows.collect::<String>()).unwrap();
    let said = refused(&[&always[..], &["--data", text(&table)]].concat());
    assert!(said.contains("one sample alone"), "{said}");
}

/// The README's table: at 196 units the sparse code is worth the inputs at least, but for a point, and more than random
/// units.
#[test]
fn a_sparse_code_is_worth_the_inputs_and_more_than_random_units() {
    let folder = tempfile::tempdir().unwrap();
    let digits = ["digits", "--rho", ".1", "--beta", "1"];
    let fashion = [
        "fashion", "--rho", ".2", "--beta", ".3", "--lambda", "3e-3", "--alpha", ".02",
    ];
    let full = std::env::var_os("SAE_LAB_FULL").is_some();
    let sets = [Some(&digits[..]), full.then_some(&fashion[..])];
    for settings in sets.into_iter().flatten() {
        let out = folder.path().join(settings[0]);
        let always = [
            "train",
            "--hidden",
            "196",
            "--epochs",
            "100",
            "--out",
            text(&out),
            "--data",
        ];
        told(&[&always[..], settings].concat());
        let model = out.join("model.npz");
        let found = told(&["probe", "--model", text(&model), "--seeds", "20"]);
        println!("{}: {found}", settings[0]);
        let lead = |over: &str, what: &str| &found["baselines"][over]["advantage"][what];
        assert!(lead("raw", "difference").as_f64().unwrap() >= -0.01);
        assert!(lead("random", "interval")[0].as_f64().unwrap() > 0.0);
    }
}

#[test]
fn every_format_is_written_and_its_name_decides() {
    let folder = tempfile::tempdir().unwrap();
    let (model, _) = of_wines(folder.path());
    let out = |name: &str| folder.path().join(name);
    let export = |name: &str, more: &[&str]| {
        let always = ["export", "--model", text(&model), "--out"].map(str::to_owned);
        let path = out(name);
        let always: Vec<&str> = always.iter().map(String::as_str).collect();
        told(&[&always[..], &[text(&path)], more].concat())
    };
    for (name, more, format, files) in [
        ("a.npz", &[][..], "npz", 1),
        ("a.safetensors", &[], "safetensors", 1),
        ("a.py", &[], "torch", 2),
        ("b.py", &["--format", "numpy"], "numpy", 2),
        ("a.png", &[], "tiles-png", 1),
        ("a.svg", &[], "tiles-svg", 1),
        ("c.png", &["--format", "curves-png"], "curves-png", 1),
        ("c.svg", &["--format", "curves-svg"], "curves-svg", 1),
    ] {
        let line = export(name, more);
        assert_eq!(line["format"], format);
        let written = line["files"].as_array().unwrap();
        assert_eq!(written.len(), files);
        assert!(
            written
                .iter()
                .all(|file| Path::new(file.as_str().unwrap()).is_file())
        );
    }
    assert_eq!(
        std::fs::read(out("a.npz")).unwrap(),
        std::fs::read(&model).unwrap()
    );
    assert!(out("b_weights.npz").is_file() && out("a_weights.safetensors").is_file());
    let svg = std::fs::read_to_string(out("a.svg")).unwrap();
    assert!(
        svg.contains("wine-train.csv: the features of 6 hidden units"),
        "{svg}"
    );
    assert!(svg.contains("after 20 epochs"));
    let curves = std::fs::read_to_string(out("c.svg")).unwrap();
    assert!(curves.contains(">sparsity</text>") && curves.contains(">20</text>"));
    assert!(image::open(out("c.png")).unwrap().width() > 2_000);

    // from NumPy, without a record
    let bare = out("bare.npz");
    write_parameters(&bare, &Parameters::<f64>::initial(13, 4, 3)).unwrap();
    let bare = ["export", "--model", text(&bare), "--out"];
    told(&[&bare[..], &[text(&out("bare.svg"))]].concat());
    told(&[&bare[..], &[text(&out("bare.safetensors"))]].concat());
    let said = refused(&[&bare[..], &[text(&out("bare.py"))]].concat());
    assert!(said.contains("no record of how it was made"), "{said}");
    let said = refused(&[&bare[..], &[text(&out("x.svg")), "--format", "curves-svg"]].concat());
    assert!(said.contains("history.csv"), "{said}");
    for arguments in [
        &["export", "--model", text(&model), "--out", "model.onnx"][..],
        &["encode", "--model", text(&model), "--out", "code.txt"],
    ] {
        let said = refused(arguments);
        assert!(said.contains("can't be told from its name"), "{said}");
    }
}
