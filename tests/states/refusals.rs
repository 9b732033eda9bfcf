//! What can't be counted or computed is refused, in one sentence and by the exit status.

use std::path::Path;

use sae_lab::io::npz::write_parameters;
use sae_lab::model::Parameters;

use crate::command::run;

/// The one sentence of a command that ends with `status` and prints nothing else.
fn refused(arguments: &[&str], status: i32) -> String {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed something");
    let sentences: Vec<&str> = said
        .lines()
        .filter(|line| !line.contains("note:"))
        .collect();
    assert_eq!(sentences.len(), 1, "{arguments:?}: {said}");
    said
}

#[test]
fn a_check_of_nothing_is_refused() {
    for option in ["--limit", "--samples"] {
        let said = refused(&["check-gradient", "--data", "digits", option, "0"], 2);
        assert!(said.contains(&format!("{option} 0")), "{said}");
    }
    let one = run(&["check-gradient", "--data", "digits", "--limit", "1"]);
    assert!(one.status.success());
}

fn model(folder: &Path, name: &str, weight: f64) -> String {
    let mut model = Parameters::<f64>::initial(64, 4, 3);
    model.flat_mut().iter_mut().for_each(|w| *w *= weight);
    let path = folder.join(name);
    write_parameters(&path, &model).unwrap();
    path.to_str().unwrap().to_owned()
}

/// In f32 squares of 1e30 overflow, in f64 those of 1e200: with JSON or without, there is no number to print.
#[test]
fn a_cost_that_is_not_finite_is_a_failure_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let (single, double) = (
        model(folder.path(), "single.npz", 1e30),
        model(folder.path(), "double.npz", 1e200),
    );
    let (single, double) = (single.as_str(), double.as_str());
    let out = folder.path().join("out");
    let data = ["--data", "digits"];
    let f64 = ["--precision", "f64"];
    let begin = |epochs| {
        [
            "train",
            "--epochs",
            epochs,
            "--out",
            out.to_str().unwrap(),
            "--init",
        ]
    };
    for json in [&[][..], &["--json"]] {
        let commands = [
            [&begin("0")[..], &[single], &data, json].concat(),
            [&begin("3")[..], &[single], &data, json].concat(),
            [&begin("0")[..], &[double], &data, &f64, json].concat(),
            [&["evaluate", "--model", single][..], &data, json].concat(),
            [&["evaluate", "--model", double][..], &data, &f64, json].concat(),
            [&["check-gradient", "--model", double][..], &data, json].concat(),
            [
                &["inspect", "--unit", "0", "--model", double][..],
                &data,
                &f64,
                json,
            ]
            .concat(),
        ];
        for command in commands {
            let said = refused(&command, 1);
            assert!(said.contains("not finite"), "{said}");
        }
    }
}

#[test]
fn a_run_that_is_refused_leaves_no_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("runs/first");
    let to = out.to_str().unwrap();
    refused(&["train", "--data", "nowhere.csv", "--out", to], 2);
    assert!(!folder.path().join("runs").exists());
    let done = run(&["train", "--data", "digits", "--epochs", "1", "--out", to]);
    assert!(done.status.success() && out.join("run.json").exists());
}
