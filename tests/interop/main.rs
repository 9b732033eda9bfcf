//! Exported modules do what the lab does: they prepare raw data, and have its cost, gradient and code to 1e-6, in NumPy
//! and (`tests/long interop`) in PyTorch.
//!
//! Needs Python with NumPy: see `tests/support/python.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "../support/command.rs"]
mod command;
mod follow;
#[path = "../support/python.rs"]
mod python;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use ndarray::Array2;
use npyz::WriterBuilder;
use sae_lab::io::npz::read_parameters;
use serde_json::Value;

use self::command::{json, json_and_said};

/// How far apart the two may be, of the greatest value.
const TOLERANCE: f64 = 1e-6;

fn full() -> bool {
    std::env::var_os("SAE_LAB_FULL").is_some()
}

/// The libraries that modules are tested for.
fn libraries() -> &'static [&'static str] {
    if full() {
        &["numpy", "torch"]
    } else {
        &["numpy"]
    }
}

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| python::with(libraries()));

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn python(arguments: &[&str]) -> String {
    let output = Command::new(&*PYTHON)
        .arg("-B")
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn write_npy<T: npyz::AutoSerialize + Copy>(path: &Path, array: &Array2<T>) {
    let file = std::fs::File::create(path).unwrap();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&[array.nrows() as u64, array.ncols() as u64])
        .writer(std::io::BufWriter::new(file))
        .begin_nd()
        .unwrap();
    writer.extend(array.iter().copied()).unwrap();
    writer.finish().unwrap();
}

fn read_npy(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    npyz::NpyFile::new(&bytes[..]).unwrap().into_vec().unwrap()
}

/// The greatest difference, of the greatest value.
fn difference(got: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let size = expected
        .iter()
        .fold(0.0f64, |most, value| most.max(value.abs()));
    let off = got.iter().zip(expected);
    off.fold(0.0f64, |most, (a, b)| most.max((a - b).abs())) / size
}

/// Trains by `train`, exports, and holds the modules, given `raw` (.npy), against the lab, given `data`.
fn agree(folder: &Path, train: &[&str], data: &Path, raw: &Path) {
    let out = folder.join("out");
    let always = ["train", "--epochs", "3", "--out", text(&out)];
    json(&[&always[..], train].concat());
    let model = out.join("model.npz");
    agree_on(folder, &model, &["--data", text(data)], raw);
}

fn agree_on(folder: &Path, model: &Path, data: &[&str], raw: &Path) {
    let [gradient, code, pre] =
        ["gradient.npz", "code.npy", "pre.npy"].map(|name| folder.join(name));
    let on = |command: &'static str, more: &[&str]| -> Value {
        let always = [command, "--model", text(model), "--precision", "f64"];
        json(&[&always[..], data, more].concat())
    };
    let told = on("evaluate", &["--gradient-out", text(&gradient)]);
    on("encode", &["--out", text(&code)]);
    let encoded = on("encode", &["--layer", "pre", "--out", text(&pre)]);
    let expected = read_parameters::<f64>(&gradient).unwrap();
    for library in libraries() {
        let module = folder.join(format!("{library}_model.py"));
        let exported = json(&[
            "export",
            "--model",
            text(model),
            "--format",
            library,
            "--out",
            text(&module),
        ]);
        assert_eq!(exported["files"].as_array().unwrap().len(), 2);
        let [theirs, their_code, their_pre] =
            ["theirs.npz", "their_code.npy", "their_pre.npy"].map(|name| folder.join(name));
        let said = python(&[
            text(&module),
            text(raw),
            "--gradient",
            text(&theirs),
            "--code",
            text(&their_code),
            "--pre",
            text(&their_pre),
        ]);
        let cost: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(cost["samples"], encoded["samples"]);
        for term in [
            "total_cost",
            "reconstruction_loss",
            "decay_penalty",
            "sparsity_penalty",
        ] {
            let (got, expected) = (cost[term].as_f64().unwrap(), told[term].as_f64().unwrap());
            let off = (got - expected).abs() / told["total_cost"].as_f64().unwrap();
            assert!(off < TOLERANCE, "{library} {term}: {got} and {expected}");
        }
        let got = read_parameters::<f64>(&theirs).unwrap();
        for range in [
            got.encoder_range(),
            got.encoder_bias_range(),
            got.decoder_range(),
            got.decoder_bias_range(),
        ] {
            let off = difference(&got.flat()[range.clone()], &expected.flat()[range]);
            assert!(off < TOLERANCE, "{library}: gradient off by {off:e}");
        }
        for (theirs, ours) in [(&their_code, &code), (&their_pre, &pre)] {
            let off = difference(&read_npy(theirs), &read_npy(ours));
            assert!(off < TOLERANCE, "{library}: code off by {off:e}");
        }
    }
}

#[test]
fn sigmoid_units_on_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = Array2::from_shape_fn((90, 64), |(row, column)| {
        ((row * 7 + column * column) % 17) as u8
    });
    let raw = folder.path().join("bytes.npy");
    write_npy(&raw, &bytes);
    agree(
        folder.path(),
        &["--data", "digits", "--hidden", "30"],
        &raw,
        &raw,
    );
}

#[test]
fn tanh_units_that_are_saturated() {
    let folder = tempfile::tempdir().unwrap();
    let values = Array2::from_shape_fn((60, 9), |(row, column)| {
        ((row * 5 + column * 3) % 13) as f64 / 6.5 - 1.0
    });
    let raw = folder.path().join("values.npy");
    write_npy(&raw, &values);
    let train = [
        "--data",
        text(&raw),
        "--hidden",
        "7",
        "--hidden-activation",
        "tanh",
        "--output-activation",
        "tanh",
        "--beta",
        "40",
        "--alpha",
        "4",
        "--precision",
        "f64",
        "--rho",
        "0.002",
    ];
    agree(folder.path(), &train, &raw, &raw);
}

/// The 13 measurements of a part of the wines, as they stand in its table.
fn wines(part: &str) -> (PathBuf, Array2<f64>) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/wine/wine-{part}.csv"));
    let lines = std::fs::read_to_string(&path).unwrap();
    let rows = lines.lines().skip(1).map(|line| line.split(',').take(13));
    let values: Vec<f64> = rows.flatten().map(|value| value.parse().unwrap()).collect();
    let values = Array2::from_shape_vec((values.len() / 13, 13), values).unwrap();
    (path, values)
}

#[test]
fn tables_that_are_standardised_or_scaled_by_column() {
    for preparation in ["standardise", "unit-columns", "unit", "clip"] {
        let folder = tempfile::tempdir().unwrap();
        let (train, _) = wines("train");
        let (test, values) = wines("test");
        let raw = folder.path().join("raw.npy");
        write_npy(&raw, &values);
        let train = [
            "--data",
            text(&train),
            "--preprocess",
            preparation,
            "--hidden",
            "6",
        ];
        agree(folder.path(), &train, &test, &raw);
    }
}

#[test]
fn colour_patches_through_zca_and_grey_ones_of_contrast() {
    for more in [
        &["--hidden", "9"][..],
        &["--hidden", "9", "--preprocess", "contrast", "--grey"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("picture.png");
        let wave = |at: u32| (127.0 + 120.0 * (f64::from(at) / 5.0).sin()) as u8;
        image::RgbImage::from_fn(70, 66, |x, y| {
            image::Rgb([wave(x * 2), wave(y * 3), wave(x + y)])
        })
        .save(&picture)
        .unwrap();
        let patches = ["--data", text(&picture), "--patch", "4", "--patches", "300"];
        let raw = folder.path().join("raw.npy");
        let plain = ["data", "--preprocess", "none", "--out", text(&raw)];
        json(&[&plain[..], &patches].concat());
        let out = folder.path().join("out");
        let train = ["train", "--epochs", "3", "--out", text(&out)];
        json(&[&train[..], &patches, more].concat());
        agree_on(folder.path(), &out.join("model.npz"), &[], &raw);
    }
}

#[test]
fn a_photograph_is_whitened_before_it_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let train = [
        "train",
        "--data",
        "photos",
        "--patches",
        "500",
        "--hidden",
        "10",
        "--epochs",
        "2",
    ];
    json(&[&train[..], &["--out", text(&out)]].concat());
    // a patch as large as the picture has one place
    let picture = folder.path().join("tiny.png");
    image::GrayImage::from_fn(8, 8, |x, y| {
        image::Luma([(x * x * 3 + y * 17 + x * y) as u8])
    })
    .save(&picture)
    .unwrap();
    let raw = folder.path().join("raw.npy");
    let bytes = image::open(&picture).unwrap().to_luma8().into_raw();
    write_npy(&raw, &Array2::from_shape_vec((8, 8), bytes).unwrap());
    let model = out.join("model.npz");
    let code = folder.path().join("code.npy");
    let (told, _) = json_and_said(&[
        "encode",
        "--model",
        text(&model),
        "--data",
        text(&picture),
        "--patches",
        "1",
        "--precision",
        "f64",
        "--out",
        text(&code),
    ]);
    assert_eq!(told["samples"], 1);
    for library in libraries() {
        let module = folder.path().join("exported.py");
        json(&[
            "export",
            "--model",
            text(&model),
            "--format",
            library,
            "--out",
            text(&module),
        ]);
        let script = "import sys, numpy; sys.path.insert(0, sys.argv[1]); import exported; model = exported.SparseAutoencoder(); \
                      x = model.preparation.patches(numpy.load(sys.argv[2]), [(0, 0)]); \
                      print([float(a) for a in model.encode(model.prepare(x))[0]])";
        let said = python(&["-c", script, text(folder.path()), text(&raw)]);
        let theirs: Vec<f64> = serde_json::from_str(&said).unwrap();
        let off = difference(&theirs, &read_npy(&code));
        assert!(off < TOLERANCE, "{library}: off by {off:e}");
    }
}
