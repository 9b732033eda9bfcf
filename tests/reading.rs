//! Tables and matrices as people have them, through the program itself: which part is data, which way round it lies, and
//! that a model keeps to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn run(arguments: &[&str], data: &Path) -> Output {
    let (command, options) = arguments.split_first().unwrap();
    Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .arg(command)
        .arg("--data")
        .arg(data)
        .args(options)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What `data --json` says of the file with `options`, and what goes to standard error.
fn understood(data: &Path, options: &[&str]) -> (Value, String) {
    let output = run(&[&["data", "--json"], options].concat(), data);
    assert!(output.status.success(), "{options:?}: {}", said(&output));
    (
        serde_json::from_slice(&output.stdout).unwrap(),
        said(&output),
    )
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// (rows, columns) of f4 as NumPy saves it.
fn npy((rows, columns): (usize, usize)) -> Vec<u8> {
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    for at in 0..rows * columns {
        bytes.extend(((at * 7919 % 997) as f32 / 1000.0).to_le_bytes());
    }
    bytes
}

/// The same as MATLAB 4 saves doubles, column by column.
fn mat((rows, columns): (usize, usize)) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [0, rows as u32, columns as u32, 0, 8] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(b"patches\0");
    for column in 0..columns {
        for row in 0..rows {
            let at = row * columns + column;
            bytes.extend(((at * 7919 % 997) as f64 / 1000.0).to_le_bytes());
        }
    }
    bytes
}

const WINE: &str = "\
,alcohol;x,day,acid,kind,quality
0,12.5,2024-01-01,3.1,red,5
1,13,2024-01-02,NA,white,6
2,11.25,2024-01-03,2.5,red,5
3,14,2024-01-04,2.75,red,7
4,12,2024-01-05,3.5,white,6
";

#[test]
fn a_table_says_what_was_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "wine.csv", WINE.replace(";x", "").as_bytes());
    let (json, note) = understood(&path, &[]);
    assert_eq!(json["kind"], "table");
    assert_eq!(json["names"], json!(["alcohol", "acid", "quality"]));
    assert_eq!(json["label"], "kind");
    assert_eq!(
        json["dropped"],
        json!([{"column": "0", "reason": "index"}, {"column": "day", "reason": "dates"}])
    );
    assert_eq!(
        (&json["rows_left_out"], &json["transposed"]),
        (&json!(1), &json!(false))
    );
    assert_eq!((&json["samples"], &json["inputs"]), (&json!(4), &json!(3)));
    assert_eq!(json["classes"], json!([[0, 3], [1, 1]]));
    assert_eq!(json["class_names"], json!(["red", "white"]));
    assert!(
        note.contains("1 of 5 rows of wine.csv were left out") && note.contains("--fill-mean"),
        "{note}"
    );

    let options = ["--columns", "acid,1", "--label", "quality", "--fill-mean"];
    let (json, note) = understood(&path, &options);
    assert_eq!(json["names"], json!(["acid", "alcohol"]));
    assert_eq!(
        (&json["label"], &json["samples"]),
        (&json!("quality"), &json!(5))
    );
    assert_eq!(json["classes"], json!([[5, 2], [6, 2], [7, 1]]));
    assert_eq!(json["class_names"], json!([]), "numbers name themselves");
    assert_eq!(note, "");
    let (json, _) = understood(&path, &["--label", "none"]);
    assert_eq!(
        (&json["label"], &json["classes"]),
        (&Value::Null, &Value::Null)
    );

    for (options, part) in [
        (
            &["data", "--columns", "acid,sugar"][..],
            "no column \"sugar\", but 0 , 1 alcohol, 2 day, 3 acid",
        ),
        (&["data", "--columns", "9"], "no column 9"),
        (&["data", "--label", "colour"], "no column \"colour\""),
        (
            &["data", "--columns", "kind"],
            "\"red\" in line 2, column 5 (kind), which is not a number",
        ),
        (
            &["data", "--fill-mean", "--drop-incomplete"],
            "cannot be used with",
        ),
        (&["data", "--transpose", "sideways"], "invalid value"),
    ] {
        let output = run(options, &path);
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(
            said(&output).contains(part),
            "{options:?}: {}",
            said(&output)
        );
    }
    let output = run(&["data", "--columns", "0"], Path::new("digits"));
    assert!(
        said(&output).contains("no columns to choose from"),
        "{}",
        said(&output)
    );
    assert_eq!(output.status.code(), Some(2));
}

/// A model takes the columns that it was trained on, wherever they stand in other data, and fills gaps as its own.
#[test]
fn a_model_keeps_to_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "wine.csv", WINE.replace(";x", "").as_bytes());
    let out = folder.path().join("run");
    let train = [
        "train",
        "--columns",
        "alcohol,acid",
        "--fill-mean",
        "--hidden",
        "3",
        "--epochs",
        "2",
        "--out",
    ];
    let output = run(&[&train[..], &[out.to_str().unwrap()]].concat(), &path);
    assert!(output.status.success(), "{}", said(&output));
    let json: Value =
        serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(
        json["experiment"]["data"]["reading"]["columns"],
        json!({"these": [{"named": "alcohol"}, {"named": "acid"}]})
    );
    assert_eq!(json["data"]["names"], json!(["alcohol", "acid"]));
    assert_eq!(json["data"]["classes"], json!(["red", "white"]));
    let model = out.join("model.npz");
    let evaluate = |data: &Path, options: &[&str]| {
        let model = ["evaluate", "--json", "--model", model.to_str().unwrap()];
        run(&[&model[..], options].concat(), data)
    };
    let loss = |output: Output| {
        assert!(output.status.success(), "{}", said(&output));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        json["reconstruction_loss"].as_f64().unwrap()
    };
    let inspect = [
        "inspect",
        "--json",
        "--unit",
        "0",
        "--model",
        model.to_str().unwrap(),
    ];
    let output = run(&inspect, &path);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["names"], json!(["alcohol", "acid"]));
    assert_eq!(json["classes"], json!(["red", "white"]));
    let columns = json["strongest_columns"].as_array().unwrap();
    assert_eq!(columns.len(), 2);
    let weight = |at: usize| columns[at]["weight"].as_f64().unwrap();
    assert!(weight(0).abs() >= weight(1).abs() && columns[0]["name"].is_string());
    assert!((weight(0).powi(2) + weight(1).powi(2) - 1.0).abs() < 1e-9);
    let own = loss(evaluate(&path, &[]));
    // the same wines in another order of columns, the gap at the mean of the training data
    let moved = "acid,alcohol\n3.1,12.5\n,13\n2.5,11.25\n2.75,14\n3.5,12\n";
    let moved = file(folder.path(), "moved.csv", moved.as_bytes());
    assert_eq!(loss(evaluate(&moved, &[])), own);
    let one = file(folder.path(), "one.csv", b"alcohol,acid\n13,\n12,3\n");
    let filled = file(
        folder.path(),
        "filled.csv",
        b"alcohol,acid\n13,2.9625\n12,3\n",
    );
    assert!((loss(evaluate(&one, &[])) - loss(evaluate(&filled, &[]))).abs() < 1e-9);

    let other = file(
        folder.path(),
        "other.csv",
        b"alcohol,acid,sugar\n13,1,2\n12,3,5\n",
    );
    assert_eq!(
        loss(evaluate(&other, &[])),
        loss(evaluate(&other, &["--columns", "alcohol,acid"]))
    );
    let output = evaluate(&other, &["--columns", "acid,alcohol"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("put the columns in that order"),
        "{}",
        said(&output)
    );
    let three = file(folder.path(), "three.csv", b"a,b,c\n13,1,2\n12,3,5\n");
    let output = evaluate(&three, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("samples of 3 values"),
        "{}",
        said(&output)
    );
    // and goes on with its own data, read as they were
    let init = [
        "train",
        "--epochs",
        "1",
        "--init",
        model.to_str().unwrap(),
        "--out",
    ];
    let again = folder.path().join("again");
    let output = run(&[&init[..], &[again.to_str().unwrap()]].concat(), &path);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn matrices_are_turned_by_their_shape_or_by_an_option() {
    let folder = tempfile::tempdir().unwrap();
    let size = (64, 1_000);
    let array = file(folder.path(), "patches.npy", &npy(size));
    let dim = |json: &Value| {
        (
            json["samples"].as_u64().unwrap(),
            json["inputs"].as_u64().unwrap(),
        )
    };
    let (json, note) = understood(&array, &[]);
    assert_eq!(
        (dim(&json), &json["transposed"]),
        ((64, 1_000), &json!(false))
    );
    assert!(note.contains("--transpose yes"), "{note}");
    assert_eq!(understood(&array, &["--transpose", "no"]).1, "");
    let (json, note) = understood(&array, &["--transpose", "yes"]);
    assert_eq!(
        (dim(&json), &json["transposed"], &*note),
        ((1_000, 64), &json!(true), "")
    );

    let matlab = file(folder.path(), "patches.mat", &mat(size));
    let (json, note) = understood(&matlab, &[]);
    assert_eq!(
        (dim(&json), &json["transposed"]),
        ((1_000, 64), &json!(true))
    );
    assert!(note.contains("--transpose no"), "{note}");
    let sentences = json["preparation"].as_array().unwrap();
    assert_eq!(
        sentences[0],
        "Columns taken as samples: 1,000 of 64 values each."
    );
    let (json, note) = understood(&matlab, &["--transpose", "no"]);
    assert_eq!((dim(&json), &*note), ((64, 1_000), ""));
    // both are the same matrix, turned
    let written = |data: &Path, name: &str| {
        let out = folder.path().join(name);
        let options = [
            "data",
            "--transpose",
            "yes",
            "--preprocess",
            "none",
            "--out",
        ];
        let output = run(&[&options[..], &[out.to_str().unwrap()]].concat(), data);
        assert!(output.status.success(), "{}", said(&output));
        let bytes = std::fs::read(out).unwrap();
        let file = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!(file.shape(), [1_000, 64]);
        let wide = file.dtype().descr() == "'<f8'";
        let file = npyz::NpyFile::new(&bytes[..]).unwrap();
        match wide {
            true => file.into_vec::<f64>().unwrap(),
            false => file
                .into_vec::<f32>()
                .unwrap()
                .into_iter()
                .map(f64::from)
                .collect(),
        }
    };
    let (one, other) = (written(&array, "a.npy"), written(&matlab, "b.npy"));
    assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-6));
    assert!((one[1] - (1_000 * 7919 % 997) as f64 / 1000.0).abs() < 1e-6);

    let (json, _) = understood(
        &array,
        &["--transpose", "yes", "--columns", "0,5", "--label", "1"],
    );
    assert_eq!(dim(&json), (1_000, 2));
    let output = run(&["data", "--columns", "alcohol"], &array);
    assert!(
        said(&output).contains("choose them by their places, 0 to 999"),
        "{}",
        said(&output)
    );
    let output = run(&["data", "--transpose", "yes"], Path::new("photos"));
    assert!(
        said(&output).contains("no matrix whose columns could be samples"),
        "{}",
        said(&output)
    );
}

#[test]
fn decimal_commas_are_read_where_they_are_meant() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "a.csv", b"\"1,5\",\"2\"\n\"0,25\",\"3\"\n");
    assert_eq!(run(&["data"], &path).status.code(), Some(2));
    let (json, _) = understood(&path, &["--decimal-comma"]);
    assert_eq!(json["found"]["range"], json!([0.25, 3.0]));
    let path = file(folder.path(), "b.csv", b"a;b\n1,5;2\n0,25;3\n");
    let (json, _) = understood(&path, &[]);
    assert_eq!(
        (&json["found"]["range"], &json["names"]),
        (&json!([0.25, 3.0]), &json!(["a", "b"]))
    );
}
