//! `sae-lab doctor` on files as students save them (`files/`, made by `make_files.py`).

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::command::run;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/doctor/files")
        .join(name)
}

/// The exit status, the line of JSON (empty: null), and standard error.
fn doctor(model: &str, gradient: &str, more: &[&str]) -> (i32, Value, String) {
    let [data, model, gradient] = ["data.npy", model, gradient].map(file);
    let always = ["doctor", "--json", "--data", data.to_str().unwrap()];
    let files = [
        "--model",
        model.to_str().unwrap(),
        "--gradient",
        gradient.to_str().unwrap(),
    ];
    let output = run(&[&always[..], &files, more].concat());
    let line = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code().unwrap(),
        serde_json::from_str(&line).unwrap_or(Value::Null),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn files_are_understood_as_matlab_and_numpy_save_them() {
    let bracket = json!(["bracket-misplaced"]);
    // model, gradient, the mistakes, what is said of how it was understood
    let cases: [(&str, &str, Value, &[&str]); 9] = [
        (
            "ufldl.mat",
            "ufldl.mat",
            json!([]),
            &[
                "theta was taken, and not opttheta",
                "grad of ufldl.mat was taken as W1, W2, b1, b2 one behind the other, the matrices column by column",
            ],
        ),
        (
            "theta.mat",
            "wrong.mat",
            bracket.clone(),
            &["thetaGrad of wrong.mat"],
        ),
        ("blocks.mat", "blocks.mat", json!([]), &[]),
        (
            "blocks.mat",
            "wrong.mat",
            bracket.clone(),
            &["thetaGrad of wrong.mat"],
        ),
        ("zeros.mat", "single.mat", json!([]), &[]),
        (
            "rows.npz",
            "rows.npz",
            json!([]),
            &["theta of rows.npz", "row by row"],
        ),
        (
            "columns.npz",
            "columns.npz",
            json!([]),
            &[
                "opt_theta of columns.npz",
                "column by column",
                "read row by row it comes to nothing known",
            ],
        ),
        (
            "mixed.npz",
            "mixed.npz",
            bracket,
            &[
                "theta of mixed.npz was taken as W1, W2, b1, b2 one behind the other, the matrices row by row",
                "grad of mixed.npz was taken as W1, W2, b1, b2 one behind the other, the matrices column by column",
            ],
        ),
        (
            "turned.npz",
            "turned.npz",
            json!([]),
            &[
                "w1 of turned.npz lies transposed, (4, 3)",
                "dW2 of turned.npz lies transposed, (3, 4)",
            ],
        ),
    ];
    for (model, gradient, mistakes, notes) in cases {
        let (status, line, said) = doctor(model, gradient, &[]);
        let what = format!("{model}, {gradient}: {line} {said}");
        assert_eq!(line["mistakes"], mistakes, "{what}");
        assert_eq!(status, i32::from(mistakes != json!([])), "{what}");
        assert!(line["relative_error"].as_f64().unwrap() < 1e-5, "{what}");
        let told = line["notes"].as_array().unwrap();
        for note in notes {
            let has = |told: &Value| told.as_str().unwrap().contains(note);
            assert!(told.iter().any(has), "{note} in {what}");
            assert!(said.contains(note), "{what}");
        }
        assert_eq!(told.is_empty(), notes.is_empty(), "{what}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_with_what_to_do() {
    for (model, gradient, more, part) in [
        (
            "lacks.npz",
            "rows.npz",
            &[][..],
            "W2, b2 are missing, it has W1, b1, dW1, db1, dW2",
        ),
        (
            "blocks.mat",
            "lacks.npz",
            &[],
            "the gradient of b2 is missing",
        ),
        // one that is named as weights may be a gradient only in a file of its own
        (
            "theta.mat",
            "theta.mat",
            &[],
            "the gradient of W1, b1, W2, b2 are missing, it has theta",
        ),
        (
            "short.npz",
            "rows.npz",
            &[],
            "theta has 30 values, and no autoencoder with 4 inputs",
        ),
        (
            "rows.npz",
            "short.npz",
            &[],
            "of 3 hidden units and 4 inputs are 31 values",
        ),
        (
            "rows.npz",
            "rows.npz",
            &["--hidden", "5"],
            "is 3 hidden units and not 5",
        ),
        ("integer.npz", "rows.npz", &[], "b1 holds whole numbers"),
        (
            "data.npy",
            "rows.npz",
            &[],
            "not a valid safetensors, NPZ or MAT file",
        ),
    ] {
        let (status, line, said) = doctor(model, gradient, more);
        assert_eq!((status, line), (2, Value::Null), "{model}: {said}");
        assert!(said.contains(part), "{model}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
