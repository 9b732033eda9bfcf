//! Commands know their model: what `train` writes is enough for `evaluate`, `inspect` and the rest, on other data too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;

use std::path::{Path, PathBuf};

use ndarray::Array2;
use sae_lab::io::npz::{read_model, write_parameters};
use sae_lab::model::Parameters;
use serde_json::Value;

use self::command::{json_and_said as json, run, text};

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    said
}

fn wine(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/wine/wine-{part}.csv"))
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
    assert!(said.contains("features of 13 values"), "{said}");
    // columns are no pictures
    let sentence = matched["sentence"].as_str().unwrap();
    assert!(sentence.contains("principal axes"), "{sentence}");
    for word in ["phase", "picture", "filter"] {
        assert!(
            !sentence.contains(word) && !said.contains(word),
            "{sentence} {said}"
        );
    }

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

/// Trains on bars for a few epochs, in a folder of `folder`.
fn of_bars(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let out = folder.join(name);
    let always = [
        "train",
        "--patches",
        "500",
        "--hidden",
        "8",
        "--epochs",
        "4",
    ];
    json(&[&always[..], &["--out", text(&out)], arguments].concat());
    out.join("model.npz")
}

#[test]
fn match_judges_by_baselines_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let a = of_bars(folder.path(), "a", &["--data", "bars", "--seed", "5"]);
    let b = of_bars(folder.path(), "b", &["--data", "bars", "--seed", "6"]);
    let (found, _) = json(&["match", text(&a), text(&b)]);
    let number = |value: &Value| value.as_f64().unwrap();
    let baselines = &found["baselines"];
    let (floor, ceiling) = (
        number(&baselines["covariance"]),
        number(&baselines["other_seed"]),
    );
    assert!((0.0..=1.0).contains(&number(&found["similarity"])));
    assert!((0.0..=1.0).contains(&number(&baselines["scrambled"])));
    let words = [
        "similar detectors",
        "partly similar",
        "no more than the covariance gives",
        "cannot be told",
    ];
    let verdict = found["verdict"].as_str().unwrap();
    assert!(
        words.contains(&verdict) && found["why"].is_null(),
        "{found}"
    );
    if ceiling > floor {
        let fraction = (number(&found["similarity"]) - floor) / (ceiling - floor);
        assert!((number(&found["fraction"]) - fraction).abs() < 1e-9);
    } else {
        assert!(found["fraction"].is_null());
    }
    // the seeds of the runs are neither model's, and the noise has its own
    let draws = &found["draws"];
    assert_eq!(draws["other_seed_seeds"], serde_json::json!([7, 9, 11]));
    assert_eq!(draws["covariance_seeds"], serde_json::json!([8, 10, 12]));
    assert_eq!(
        (&draws["scrambles"], &draws["epochs"]),
        (&100.into(), &4.into())
    );
    // another seed, by the same settings, is what `train` gives
    let c = of_bars(folder.path(), "c", &["--data", "bars", "--seed", "7"]);
    let (pair, _) = json(&["match", text(&a), text(&c)]);
    close(&draws["other_seed"][0], number(&pair["similarity"]), 1e-9);

    // the same seeds, the same output, on any number of threads and with the data named
    let data = ["--data", "bars", "--threads", "3"];
    let (again, _) = json(&[&["match", text(&a), text(&b)][..], &data].concat());
    assert_eq!(found, again);
    let more = ["--scrambles", "200", "--baseline-seeds", "4", "--seed", "9"];
    let (more, _) = json(&[&["match", text(&a), text(&b)][..], &more].concat());
    assert_eq!(more["draws"]["scrambles"], 200);
    assert_eq!(
        more["draws"]["covariance"].as_array().map(Vec::len),
        Some(4)
    );
    assert_eq!(more["draws"]["other_seed"][0], draws["other_seed"][0]);
    assert_ne!(more["baselines"]["scrambled"], baselines["scrambled"]);
    // a model that is given stands for the other seeds
    let (given, _) = json(&["match", text(&a), text(&b), "--other-seed", text(&c)]);
    close(
        &given["baselines"]["other_seed"],
        number(&pair["similarity"]),
        1e-9,
    );
    assert_eq!(given["draws"]["other_seed_seeds"], serde_json::json!([]));
    // whose seed is no longer free
    assert_eq!(
        given["draws"]["covariance_seeds"],
        serde_json::json!([8, 9, 10])
    );
    assert_eq!(given["draws"]["covariance"][0], draws["covariance"][0]);

    // fewer than are sound are refused
    for few in [["--baseline-seeds", "2"], ["--scrambles", "99"]] {
        assert!(refused(&[&["match", text(&a), text(&b)][..], &few].concat()).contains(few[0]));
    }
}

#[test]
fn match_without_data_or_record_gives_no_verdict_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let with = of_bars(folder.path(), "a", &["--data", "bars", "--seed", "5"]);
    let bare = folder.path().join("bare.npz");
    write_parameters(&bare, &read_model::<f64>(&with).unwrap().0).unwrap();
    let (found, _) = json(&["match", text(&bare), text(&with)]);
    for absent in ["verdict", "fraction", "interval"] {
        assert!(
            found[absent].is_null() && found.get(absent).is_some(),
            "{absent}"
        );
    }
    let why = found["why"].as_str().unwrap();
    assert!(why.contains("no record") && why.contains("--data"), "{why}");
    assert!(found["baselines"]["covariance"].is_null());
    assert!(found["baselines"]["other_seed"].is_null());
    assert!(found["baselines"]["scrambled"].is_f64());
    close(&found["similarity"], 1.0, 1e-9);

    // data and settings by hand, as the record has them, come to what the record comes to
    let by_hand = ["--data", "bars", "--patches", "500", "--epochs", "4"];
    let (told, _) = json(&[&["match", text(&bare), text(&with)][..], &by_hand].concat());
    assert!(told["verdict"].is_string(), "{told}");
    assert_eq!(told["draws"]["epochs"], 4);

    // data that were moved away are no error, data that are not A's are
    let rows = Array2::from_shape_fn((40, 6), |(row, column)| {
        f64::from(((row * 7 + column * row) % 11) as u32) / 11.0
    });
    let table = |name: &str, scale: f64| {
        let path = folder.path().join(name);
        let lines: Vec<String> = rows
            .rows()
            .into_iter()
            .map(|row| {
                row.iter()
                    .map(|value| (value * scale).to_string())
                    .collect::<Vec<_>>()
                    .join(",")
            })
            .collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        path
    };
    let (own, other) = (table("own.csv", 30.0), table("other.csv", 17.0));
    let out = folder.path().join("table");
    let train = [
        "train",
        "--hidden",
        "3",
        "--epochs",
        "3",
        "--out",
        text(&out),
        "--data",
        text(&own),
    ];
    json(&train);
    let model = out.join("model.npz");
    let moved = folder.path().join("moved.csv");
    std::fs::rename(&own, &moved).unwrap();
    let (found, _) = json(&["match", text(&model), text(&model)]);
    let why = found["why"].as_str().unwrap();
    assert!(
        found["verdict"].is_null() && why.contains("own.csv"),
        "{why}"
    );
    let (found, _) = json(&["match", text(&model), text(&model), "--data", text(&moved)]);
    assert!(found["verdict"].is_string(), "{found}");
    let said = refused(&["match", text(&model), text(&model), "--data", text(&other)]);
    assert!(said.contains("can't be the data that"), "{said}");
    let said = refused(&["match", text(&model), text(&model), "--data", "bars"]);
    assert!(
        said.contains("values") || said.contains("samples"),
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
