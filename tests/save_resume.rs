//! A run that is stopped, kept in a file and taken up again is the run that never stopped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/command.rs"]
mod command;

use std::path::{Path, PathBuf};

use sae_lab::io::run_file;
use serde_json::Value;

use self::command::{json, json_and_said, read, run, text};

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

fn train(data: &str, epochs: &str, out: &Path, more: &[&str]) -> Value {
    let small = [
        "--data",
        data,
        "--hidden",
        "9",
        "--epochs",
        epochs,
        "--out",
        text(out),
    ];
    json(&[&["train"], &small[..], more].concat())
}

fn resume(from: &Path, epochs: &str, out: &Path, more: &[&str]) -> Value {
    let words = [
        "train",
        "--resume",
        text(from),
        "--epochs",
        epochs,
        "--out",
        text(out),
    ];
    json(&[&words[..], more].concat())
}

fn run_in(folder: &Path) -> PathBuf {
    folder.join("run.saelab")
}

/// What the training decided, of all that is in the folder.
fn assert_same(one: &Path, other: &Path) {
    let bytes = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    for name in [
        "model.npz",
        "history.csv",
        "features.png",
        "reconstructions.png",
    ] {
        assert!(bytes(one, name) == bytes(other, name), "{name}");
    }
    let kept = |folder: &Path| run_file::read(&run_in(folder)).unwrap();
    let (one, other) = (kept(one), kept(other));
    assert_eq!(one.checkpoint, other.checkpoint);
    assert_eq!(one.past, other.past);
}

#[test]
fn a_run_in_pieces_equals_the_run_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for more in [
        &["--optimizer", "momentum"][..],
        &[
            "--optimizer",
            "adam",
            "--alpha",
            "0.01",
            "--test-fraction",
            "0.2",
        ],
        &["--optimizer", "lbfgs"],
        &[
            "--optimizer",
            "descent",
            "--batch",
            "full",
            "--precision",
            "f64",
        ],
    ] {
        let name = more[1];
        let (whole, first, second) = (at(name), at(&format!("{name}-1")), at(&format!("{name}-2")));
        train("digits", "9", &whole, &[more, &["--threads", "1"]].concat());
        train("digits", "4", &first, &[more, &["--threads", "2"]].concat());
        resume(&run_in(&first), "6", &second, &[]);
        // into its own folder, on another number of threads
        resume(&run_in(&second), "9", &second, &["--threads", "3"]);
        assert_same_run(&whole, &second);
        assert_eq!(read(&second.join("run.json"))["epoch"], 9);
        // nothing left to do is no fault
        resume(&run_in(&second), "9", &second, &[]);
        assert_same_run(&whole, &second);
    }
}

fn assert_same_run(whole: &Path, pieces: &Path) {
    assert_same(whole, pieces);
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(whole), names(pieces));
    assert_eq!(names(whole).len(), 6);
}

#[test]
fn data_are_found_where_they_are_now_and_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let wine = |part: &str| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.join(format!("tests/data/wine/wine-{part}.csv"))
    };
    let (data, moved, out) = (at("wine.csv"), at("elsewhere.csv"), at("out"));
    std::fs::copy(wine("train"), &data).unwrap();
    train(text(&data), "3", &out, &["--recipe", "auto"]);
    let go_on = |more: &[&str]| {
        let (from, out) = (run_in(&out), at("on"));
        let words = [
            "train",
            "--resume",
            text(&from),
            "--epochs",
            "5",
            "--out",
            text(&out),
        ];
        let said = refused(&[&words[..], more].concat());
        assert!(!out.exists(), "no folder is left of what was refused");
        said
    };
    std::fs::rename(&data, &moved).unwrap();
    let said = go_on(&[]);
    assert!(
        said.contains("--data") && said.contains("wine.csv"),
        "{said}"
    );
    let said = go_on(&["--data", text(&wine("test"))]);
    assert!(said.contains("data that the run was trained on"), "{said}");
    let said = go_on(&["--data", "digits"]);
    assert!(said.contains("no columns"), "{said}");
    let said = go_on(&["--lambda", "0.1"]);
    assert!(said.contains("own settings"), "{said}");
    resume(&run_in(&out), "5", &at("on"), &["--data", text(&moved)]);
    // from then on it knows where they are, and with them in the file it needs none
    resume(&run_in(&at("on")), "6", &at("on"), &["--embed-data"]);
    std::fs::remove_file(&moved).unwrap();
    resume(&run_in(&at("on")), "8", &at("on"), &[]);
    std::fs::copy(wine("train"), &data).unwrap();
    train(text(&data), "8", &at("whole"), &["--recipe", "auto"]);
    let model = |name: &str| {
        run_file::read(&run_in(&at(name)))
            .unwrap()
            .checkpoint
            .arrays()[0]
            .numbers
            .clone()
    };
    assert_eq!(model("whole"), model("on"));
}

#[test]
fn a_run_is_not_written_over_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (one, two) = (at("one"), at("two"));
    train("digits", "2", &one, &[]);
    train("digits", "2", &two, &["--seed", "9"]);
    let before = std::fs::read(one.join("model.npz")).unwrap();
    let words = [
        "train",
        "--data",
        "digits",
        "--hidden",
        "9",
        "--epochs",
        "1",
        "--out",
        text(&one),
    ];
    let said = refused(&words);
    assert!(said.contains("--overwrite"), "{said}");
    let (from, to) = (run_in(&two), text(&one));
    let said = refused(&[
        "train",
        "--resume",
        text(&from),
        "--epochs",
        "3",
        "--out",
        to,
    ]);
    assert!(
        said.contains("another run") && said.contains("--overwrite"),
        "{said}"
    );
    assert_eq!(std::fs::read(one.join("model.npz")).unwrap(), before);
    // the epochs count from the run's beginning
    let (from, to) = (run_in(&one), at("three"));
    let said = refused(&[
        "train",
        "--resume",
        text(&from),
        "--epochs",
        "1",
        "--out",
        text(&to),
    ]);
    assert!(said.contains("2 epochs already"), "{said}");
    train("digits", "1", &one, &["--overwrite"]);
    assert_eq!(read(&one.join("run.json"))["epoch"], 1);
    // what is no run is named, and stays
    std::fs::write(run_in(&one), b"something else").unwrap();
    let said = refused(&[
        "train",
        "--resume",
        text(&run_in(&one)),
        "--epochs",
        "3",
        "--out",
        text(&at("x")),
    ]);
    assert!(said.contains("not a run"), "{said}");
    assert_eq!(std::fs::read(run_in(&one)).unwrap(), b"something else");
}

#[test]
fn it_says_what_it_was_computed_with_where_that_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    train("digits", "1", &out, &[]);
    let file = run_file::read(&run_in(&out)).unwrap();
    let mut head = file.checkpoint.head();
    head.numerics_version += 1;
    let arrays = file.checkpoint.arrays();
    let array = |name: &str| {
        let array = arrays.iter().find(|array| array.name == name).unwrap();
        Ok::<_, ()>(array.numbers.clone())
    };
    let (preparation, history) = (file.checkpoint.preparation(), file.checkpoint.history());
    let other =
        sae_lab::training::Checkpoint::of_parts(head, array, preparation.clone(), history.clone())
            .unwrap();
    let other = run_file::RunFile {
        checkpoint: other,
        ..file.clone()
    };
    run_file::write(&run_in(&out), &other).unwrap();
    let on = folder.path().join("on");
    let from = run_in(&out);
    let words = [
        "train",
        "--resume",
        text(&from),
        "--epochs",
        "2",
        "--out",
        text(&on),
    ];
    let (_, said) = json_and_said(&words);
    assert!(said.contains("last digits may differ"), "{said}");
}
