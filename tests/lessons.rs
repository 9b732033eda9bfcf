//! Lessons without a window: all of ours hold, and one that claims what is false is caught.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it measured"
)]

#[path = "support/command.rs"]
mod command;

use std::path::{Path, PathBuf};

use command::{run, text};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/lessons")
}

fn ours() -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| !file.ends_with("README.md")).collect();
    files.sort();
    files
}

/// The exit status, the table and what went to standard error.
fn check(file: &Path, more: &[&str]) -> (Option<i32>, Value, String) {
    let output = run(&[&["lesson", "check", text(file), "--json"], more].concat());
    let table = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), table, said)
}

/// A lesson of ours with `old` replaced by `new`, checked from one seed.
fn changed(name: &str, old: &str, new: &str) -> (Option<i32>, Value, String) {
    let lesson = std::fs::read_to_string(folder().join(name)).unwrap();
    assert!(lesson.contains(old), "{name}: {old}");
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("lesson.md");
    std::fs::write(&file, lesson.replacen(old, new, 1)).unwrap();
    check(&file, &["--seeds", "1"])
}

#[test]
fn all_of_our_lessons_hold_from_three_seeds() {
    let files = ours();
    assert_eq!(files.len(), 12);
    for file in files {
        let (status, table, said) = check(&file, &[]);
        assert_eq!(status, Some(0), "{said}");
        let lesson = &table["lessons"][0];
        println!(
            "{}: {:.1} s",
            lesson["title"],
            lesson["seconds"].as_f64().unwrap()
        );
        let claims = lesson["claims"].as_array().unwrap();
        let of_seed = |shift: u64| {
            claims
                .iter()
                .filter(|claim| claim["shift"] == shift)
                .count()
        };
        assert!(of_seed(0) >= 4, "{file:?} claims little");
        assert_eq!([1, 2].map(of_seed), [of_seed(0); 2]);
        assert!(claims.iter().any(|claim| claim["question"] == true));
    }
}

#[test]
fn a_lesson_with_a_false_claim_fails_and_is_told_the_number() {
    let (status, table, said) = changed("09-few-units.md", "\"bars <= 8\"", "\"bars > 8\"");
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains("`bars > 8` does not hold: measured "),
        "{said}"
    );
    assert!(said.contains("lesson.md:"), "{said}");
    assert_eq!(table["holds"], false);
    let claims = table["lessons"][0]["claims"].as_array().unwrap();
    let broken: Vec<&Value> = claims
        .iter()
        .filter(|claim| claim["holds"] == false)
        .collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0]["claim"], "bars > 8");
    assert!(broken[0]["measured"].as_f64().unwrap() <= 8.0);
}

#[test]
fn a_question_without_a_right_answer_fails() {
    let (status, _, said) = changed("09-few-units.md", "measure = \"fvu\"", "measure = \"bars\"");
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("the question has one answer"), "{said}");
}

#[test]
fn a_broken_lesson_is_refused_with_line_and_column_before_anything_is_trained() {
    let (status, table, said) = changed("09-few-units.md", "```toml until", "```toml till");
    assert_eq!((status, table), (Some(2), Value::Null));
    assert!(
        said.contains("lesson.md: line ") && said.contains(", column 1: "),
        "{said}"
    );
    assert!(said.contains("not `till`"), "{said}");
    let (status, _, said) = check(Path::new("no-such-lesson.md"), &[]);
    assert_eq!(status, Some(2));
    assert!(
        said.contains("no-such-lesson.md could not be read"),
        "{said}"
    );
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("latin.md");
    std::fs::write(&file, b"# T\n\n## watch: \xe9\n").unwrap();
    let (status, _, said) = check(&file, &[]);
    assert_eq!(status, Some(2));
    assert!(said.contains("line 3 is not UTF-8"), "{said}");
}

#[test]
fn the_worked_example_is_a_lesson_and_holds() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let (_, after) = readme.split_once("````markdown\n").unwrap();
    let (example, _) = after.split_once("````").unwrap();
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("example.md");
    std::fs::write(&file, example).unwrap();
    let (status, _, said) = check(&file, &[]);
    assert_eq!(status, Some(0), "{said}");
}
