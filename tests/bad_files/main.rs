//! Every file of `tests/bad` is refused with the sentence that `messages.txt` beside it has for it.
//!
//! The files are made by `make.rs` and its neighbours: `cargo test --test bad_files -- --ignored` writes them anew.
//! Those named `found-*` were found by fuzzing, and have no other origin.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them"
)]

mod arrays;
mod build;
mod mutated;
mod packed;
mod pictures;
mod seeds;
mod tables;
mod tensors;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sae_lab::data::{self, DataSpec};

/// The table of sentences in each folder: a line for each file, name and sentence with a tab between.
const TABLE: &str = "messages.txt";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")
}

/// The entries of a folder in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

/// The sentences of one folder, by file.
fn table(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(TABLE)).unwrap_or_default();
    let mut table = BTreeMap::new();
    for line in text.lines() {
        let (name, sentence) = line
            .split_once('\t')
            .unwrap_or_else(|| panic!("{}: no tab in {line:?}", folder.display()));
        let before = table.insert(name.to_owned(), sentence.to_owned());
        assert!(
            before.is_none(),
            "{name} stands twice in {}",
            folder.display()
        );
    }
    table
}

/// What loading says of a file, its path replaced.
fn sentence(path: &Path) -> Result<String, String> {
    match data::load(&DataSpec::file(path)) {
        Ok(set) => Err(format!("it loads, as {:?}", set.samples.dim())),
        Err(error) => Ok(error
            .to_string()
            .replace(&path.display().to_string(), "{file}")),
    }
}

#[test]
fn every_bad_file_is_refused_with_its_sentence() {
    let (mut files, mut wrong) = (0, Vec::new());
    for format in entries(&folder()) {
        let mut table = table(&format);
        for path in entries(&format) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name == TABLE {
                continue;
            }
            files += 1;
            let expected = table.remove(&name);
            let got = sentence(&path);
            let place = format.file_name().unwrap().to_str().unwrap().to_owned();
            match (got, expected) {
                (Ok(got), Some(expected)) if got == expected => {
                    assert!(!got.contains(char::is_control), "not one line: {got:?}");
                    // the name alone where the file was found sound and its values are not
                    assert!(got.contains("{file}") || got.contains(&name), "{got}");
                }
                (Ok(got), Some(_)) => {
                    wrong.push(format!("{place}: another sentence\n{name}\t{got}"))
                }
                (Ok(got), None) => wrong.push(format!("{place}: no sentence\n{name}\t{got}")),
                (Err(loads), _) => wrong.push(format!("{place}/{name}: {loads}")),
            }
        }
        for name in table.keys() {
            wrong.push(format!(
                "{}/{name}: a sentence without a file",
                format.display()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {files} files:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(files >= 80, "only {files} files: were they moved?");
}

#[test]
fn the_bad_files_take_little_room() {
    let mut bytes = 0;
    for format in entries(&folder()) {
        for path in entries(&format) {
            bytes += path.metadata().unwrap().len();
        }
    }
    assert!(bytes < 300_000, "{bytes} bytes");
}

fn made() -> build::Files {
    let mut files = Vec::new();
    arrays::make(&mut files);
    packed::make(&mut files);
    pictures::make(&mut files);
    tables::make(&mut files);
    tensors::make(&mut files);
    files
}

#[test]
fn every_file_says_where_it_comes_from() {
    let made: BTreeSet<String> = made()
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    let mut lying = BTreeSet::new();
    for format in entries(&folder()) {
        for path in entries(&format) {
            let name = path
                .strip_prefix(folder())
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            if !name.ends_with(TABLE) && !name.contains("/found-") {
                lying.insert(name);
            }
        }
    }
    let differing: Vec<_> = made.symmetric_difference(&lying).collect();
    assert!(
        differing.is_empty(),
        "made and not there, or there and not made: {differing:?}"
    );
}

fn write(below: &Path, files: &build::Files) {
    for (name, bytes) in files {
        let path = below.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    println!("{} files", files.len());
}

#[test]
#[ignore = "writes the files of tests/bad anew"]
fn make_the_bad_files() {
    write(&folder(), &made());
}

#[test]
#[ignore = "writes the files that fuzzing sets out from anew"]
fn make_the_seeds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    write(&corpus, &seeds::make());
}

/// A seed that is refused would leave a reader's inner parts to chance.
#[test]
fn the_seeds_are_sound() {
    for (name, bytes) in seeds::make() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fuzz/corpus")
            .join(name);
        assert_eq!(
            fs::read(&path).unwrap(),
            bytes,
            "{name}: make the seeds anew"
        );
        // whatever it is called there, fuzzing calls it by its format
        let (format, _) = name.split_once('/').unwrap();
        let ending = if format == "image" { "png" } else { format };
        let watch = |_: data::Progress| std::ops::ControlFlow::Continue(());
        let found = data::find_bytes(
            &format!("fuzz.{ending}"),
            bytes,
            &DataSpec::default(),
            &watch,
        );
        let odd = ["csv/odd", "csv/quotes", "mat/cells"].contains(&name);
        assert_eq!(found.is_ok(), !odd, "{name}: {found:?}");
    }
}
