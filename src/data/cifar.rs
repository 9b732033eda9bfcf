//! CIFAR-10 and CIFAR-100 in their binary form (A. Krizhevsky): records of a label, or of a coarse and a fine one, and
//! of 32×32 bytes red, as many green, as many blue.

use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::error::grouped;
use super::found::{Content, Found, Values};
use super::input::Input;
use super::progress::{Stage, Watch, tell};
use super::{DataError, Preparation, SampleShape, limits};

#[cfg(test)]
mod tests;

const SIDE: usize = 32;
const PLANE: usize = SIDE * SIDE;
const PIXELS: usize = 3 * PLANE;

/// Which of the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Ten,
    Hundred,
}

impl Set {
    const ALL: [Self; 2] = [Self::Ten, Self::Hundred];

    fn title(self) -> &'static str {
        match self {
            Self::Ten => "CIFAR-10",
            Self::Hundred => "CIFAR-100",
        }
    }

    /// How many values each label of a record has; the last is the one that is taken.
    fn labels(self) -> &'static [u8] {
        match self {
            Self::Ten => &[10],
            Self::Hundred => &[20, 100],
        }
    }

    fn record(self) -> usize {
        self.labels().len() + PIXELS
    }

    /// The file beside the batches that names the classes.
    fn names(self) -> &'static str {
        match self {
            Self::Ten => "batches.meta.txt",
            Self::Hundred => "fine_label_names.txt",
        }
    }

    /// The set whose records `bytes` are; `Err` is the record with a label beyond those there are, from 1.
    fn of(bytes: &[u8]) -> Result<Self, Option<usize>> {
        let mut wrong = None;
        for set in Self::ALL {
            let records = bytes.chunks_exact(set.record());
            if bytes.is_empty() || !records.remainder().is_empty() {
                continue;
            }
            let odd = records.enumerate().find(|(_, record)| {
                let mut labels = record.iter().zip(set.labels());
                labels.any(|(label, most)| label >= most)
            });
            match odd {
                None => return Ok(set),
                Some((record, _)) => wrong = wrong.or(Some(record + 1)),
            }
        }
        Err(wrong)
    }
}

/// Whether a file called `.bin` may be a batch: by its first label and by its length, where that is known.
pub(super) fn is_cifar(input: &Input<'_>) -> bool {
    let fits = |length: u64| {
        let records = Set::ALL.map(|set| set.record() as u64);
        records.iter().any(|record| length.is_multiple_of(*record))
    };
    input.head().first().is_some_and(|label| *label < 20) && input.plain_length().is_none_or(fits)
}

/// Pictures, a pixel's colours side by side, and their labels.
struct Batches {
    set: Option<Set>,
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Batches {
    fn add(&mut self, mut input: Input<'_>) -> Result<(), DataError> {
        let bytes = input.rest(limits::WHOLE_FILE)?;
        let set = Set::of(&bytes).map_err(|record| {
            let found = match record {
                Some(record) => format!(
                    "labels beyond those of CIFAR (record {} has the first)",
                    grouped(record as u64)
                ),
                None => "no whole number of CIFAR's records".into(),
            };
            input.unsupported(
                found,
                "copy or download it again, or save the pictures as .npy",
            )
        })?;
        if *self.set.get_or_insert(set) != set {
            return Err(input.unsupported(
                format!("{}, unlike those before it", set.title()),
                "choose batches of one set",
            ));
        }
        let records = bytes.chunks_exact(set.record());
        let total = (self.labels.len() + records.len()) as u64;
        if total * PIXELS as u64 > limits::VALUES {
            return Err(super::too_many_values(
                input.file(),
                &[total, PIXELS as u64],
            ));
        }
        input.room(&mut self.pixels, records.len() * PIXELS)?;
        for record in records {
            let (labels, planes) = record.split_at(set.labels().len());
            self.labels.extend(labels.last());
            let (red, rest) = planes.split_at(PLANE);
            let (green, blue) = rest.split_at(PLANE);
            let pixels = red.iter().zip(green).zip(blue);
            self.pixels
                .extend(pixels.flat_map(|((red, green), blue)| [*red, *green, *blue]));
        }
        Ok(())
    }

    fn finish(
        self,
        name: String,
        file: &str,
        beside: &Path,
        watch: Watch<'_>,
    ) -> Result<Found, DataError> {
        let none = || DataError::NoSamples {
            file: file.to_owned(),
            shape: "no records".into(),
        };
        let set = self.set.ok_or_else(none)?;
        let values =
            Array2::from_shape_vec((self.labels.len(), PIXELS), self.pixels).map_err(|_| none())?;
        let content = Content::Samples {
            values: Values::Bytes(values.into_shared()),
            shape: SampleShape::Image {
                rows: SIDE,
                columns: SIDE,
                channels: 3,
            },
        };
        let encoding = format!("8-bit RGB, {} binary", set.title());
        Ok(Found {
            labels: Some(self.labels),
            class_names: class_names(beside, set, watch),
            ..Found::new(name, content, encoding, Preparation::LEVELS)
        })
    }
}

/// The classes' names, a line each, where they lie beside the batches.
fn class_names(batch: &Path, set: Set, watch: Watch<'_>) -> Vec<String> {
    if batch.file_name().is_none() {
        return Vec::new(); // bytes in memory have nothing beside them
    }
    let text = Input::open(&batch.with_file_name(set.names()), watch)
        .and_then(|mut input| input.rest(limits::NPY_HEADER))
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    if set.labels().last() == u8::try_from(names.len()).ok().as_ref() {
        names
    } else {
        Vec::new()
    }
}

/// Reads one batch. `path` is where the classes' names are looked for beside it.
pub(super) fn read(
    input: Input<'_>,
    path: &Path,
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let file = input.file().to_owned();
    let mut batches = Batches {
        set: None,
        pixels: Vec::new(),
        labels: Vec::new(),
    };
    batches.add(input)?;
    batches.finish(name, &file, path, watch)
}

/// Reads several batches as one set, in the order given.
pub(super) fn join(paths: &[PathBuf], name: String, watch: Watch<'_>) -> Result<Found, DataError> {
    let mut batches = Batches {
        set: None,
        pixels: Vec::new(),
        labels: Vec::new(),
    };
    for (index, path) in paths.iter().enumerate() {
        tell(watch, Stage::Reading, index as u64, paths.len() as u64)?;
        batches.add(Input::open(path, watch)?)?;
    }
    let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
    let mut found = batches.finish(name.clone(), &name, first, watch)?;
    if paths.len() > 1 {
        found.notes.push(format!("{} batches joined.", paths.len()));
    }
    Ok(found)
}

/// What a file is, as far as its name says.
pub(super) enum Part {
    Training,
    /// Kept aside: it is to measure with, not to train on.
    Test,
}

/// What the batches to test with are called.
pub(super) const TESTS: [&str; 2] = ["test_batch.bin", "test.bin"];

/// By the names that the sets' own files have.
pub(super) fn part(path: &Path) -> Option<Part> {
    let name = path.file_name()?.to_str()?;
    let number = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    match name.strip_suffix(".bin")? {
        "train" => Some(Part::Training),
        "test" | "test_batch" => Some(Part::Test),
        other => other
            .strip_prefix("data_batch_")
            .is_some_and(number)
            .then_some(Part::Training),
    }
}

/// Whether it is called as batches are.
pub(super) fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "bin") && path.is_file()
}
