//! The test part that a source brings with it: another array of the file, or a file or folder beside it.

use std::path::{Path, PathBuf};

use super::{DataError, DataSource, DataSpec, Found, Held, cifar, folder};

/// What is called like the one to train on, and what takes its place in the name of the one to test with.
const NAMES: [(&str, &str); 4] = [
    ("train", "t10k"),
    ("train", "test"),
    ("Train", "Test"),
    ("TRAIN", "TEST"),
];

/// How to find the test part of what `spec` was found to hold.
///
/// # Errors
/// There is none.
pub(super) fn spec_of(spec: &DataSpec, found: &Found) -> Result<DataSpec, DataError> {
    let of = |source: DataSource, variable: Option<String>| DataSpec {
        source,
        variable,
        held: Held::None,
        reading: spec.reading.for_other_data(),
        ..spec.clone()
    };
    let beside = || match &spec.source {
        DataSource::Embedded(_) => None,
        DataSource::File(path) => file_of(path),
        DataSource::Files(paths) => batches_of(paths),
    };
    if let Some(name) = array_of(found) {
        return Ok(of(spec.source.clone(), Some(name)));
    }
    match beside() {
        Some(path) => Ok(of(DataSource::File(path), spec.variable.clone())),
        None => Err(DataError::NoTestPart {
            file: found.name.clone(),
            reason: "nothing in it or beside it is called as a test part is, such as x_test for x_train, t10k-images \
                     for train-images, test_batch.bin or the folder test",
            remedy: "give the fraction of it to hold out",
        }),
    }
}

fn twins(name: &str) -> impl Iterator<Item = String> {
    let known = NAMES.into_iter().filter(|(train, _)| name.contains(train));
    known.map(|(train, test)| name.replacen(train, test, 1))
}

/// The array that goes with the one that was read.
fn array_of(found: &Found) -> Option<String> {
    let taken = found.variables.iter().find(|variable| variable.taken)?;
    let there = |name: &String| found.variables.iter().any(|other| other.name == *name);
    twins(&taken.name).find(there)
}

/// The file or folder that goes with the one at `path`.
fn file_of(path: &Path) -> Option<PathBuf> {
    let inside = cifar::TESTS.map(|name| path.join(name));
    if let Some(batch) = inside.into_iter().find(|batch| batch.is_file()) {
        return Some(batch);
    }
    if let Some(test) = folder::test_of(path) {
        return Some(test);
    }
    if let Some(cifar::Part::Training) = cifar::part(path)
        && let Some(batch) = test_batch(path)
    {
        return Some(batch);
    }
    let name = path.file_name()?.to_str()?;
    let mut beside = twins(name).flat_map(|twin| {
        // one of the two may be compressed
        let other = match twin.strip_suffix(".gz") {
            Some(plain) => plain.to_owned(),
            None => format!("{twin}.gz"),
        };
        [path.with_file_name(twin), path.with_file_name(other)]
    });
    beside.find(|twin| twin.exists())
}

/// The test batch beside several that all are to be trained on.
fn batches_of(paths: &[PathBuf]) -> Option<PathBuf> {
    let training = |path: &PathBuf| matches!(cifar::part(path), Some(cifar::Part::Training));
    paths
        .iter()
        .all(training)
        .then(|| test_batch(paths.first()?))?
}

fn test_batch(beside: &Path) -> Option<PathBuf> {
    let batches = cifar::TESTS.map(|name| beside.with_file_name(name));
    batches.into_iter().find(|batch| batch.is_file())
}

#[cfg(test)]
mod tests;
