//! Folders of pictures, folders of such folders, and several files at once.

use std::path::{Path, PathBuf};

use image::ImageFormat;

use super::choice::{classes, shown};
use super::error::{grouped, name_of};
use super::found::Found;
use super::gather::Gather;
use super::input::Input;
use super::progress::{Progress, Stage, Watch, tell};
use super::{DataError, cifar, foreign, limits, natural, picture, source};

#[cfg(test)]
mod tests;

/// The pictures that lie in a folder, in the order of their names; where none does, those of the folders in it, each a
/// class. Where these are `train` and `test`, what lies in `train`.
pub(super) fn read(path: &Path, watch: Watch<'_>) -> Result<Found, DataError> {
    let listed = List::of(path)?;
    let name = path
        .file_name()
        .map_or_else(|| name_of(path), |name| name.to_string_lossy().into_owned());
    if let Some(split) = listed.split() {
        let mut found = whole(List::of(&split.training)?, path, name, watch)?;
        let others: Vec<String> = split.others.iter().map(|other| last_of(other)).collect();
        found.notes.push(format!(
            "Folder {} taken; left out: {}.",
            last_of(&split.training),
            few(&others)
        ));
        return Ok(found);
    }
    whole(listed, path, name, watch)
}

/// The folder to test with, of one that holds it and another to train on.
pub(super) fn test_of(path: &Path) -> Option<PathBuf> {
    Some(List::of(path).ok()?.split()?.test)
}

fn whole(listed: List, path: &Path, name: String, watch: Watch<'_>) -> Result<Found, DataError> {
    if !listed.pictures.is_empty() {
        return pictures(listed.pictures, name, watch);
    }
    if !listed.batches.is_empty() {
        let mut found = cifar::join(&listed.batches, name, watch)?;
        if !listed.tests.is_empty() {
            found
                .notes
                .push(format!("Left out, to test with: {}.", few(&listed.tests)));
        }
        return Ok(found);
    }
    if let Some(found) = labelled(&listed.folders, name, watch)? {
        return Ok(found);
    }
    let remedy = if listed.others.is_empty() {
        "choose one with PNG, JPEG, BMP, TIFF or WebP files in it, or in the folders in it; a folder of checkpoints is \
         for `sae-lab follow`"
            .into()
    } else {
        format!(
            "open one of the files in it: {}; a folder of checkpoints is for `sae-lab follow`",
            few(&listed.others)
        )
        .into()
    };
    Err(DataError::NotAFile {
        file: name_of(path),
        kind: "a folder without pictures",
        remedy,
    })
}

/// The last part of a path, for messages.
fn last_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    shown(&name)
}

/// What lies in a folder and not below it, in the order of the names.
struct List {
    pictures: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    /// Batches of CIFAR to train on.
    batches: Vec<PathBuf>,
    /// The names of those to test with.
    tests: Vec<String>,
    /// The names of other files that are data by name.
    others: Vec<String>,
}

/// A folder of folders for the parts of a data set.
struct Split {
    training: PathBuf,
    test: PathBuf,
    /// All but the one to train on.
    others: Vec<PathBuf>,
}

impl List {
    /// `None` where a folder is called otherwise than such parts are.
    fn split(&self) -> Option<Split> {
        if !self.pictures.is_empty() || !self.batches.is_empty() {
            return None;
        }
        let called = |folder: &PathBuf, names: &[&str]| {
            let name = folder.file_name().unwrap_or_default();
            names.iter().any(|known| name.eq_ignore_ascii_case(known))
        };
        const TRAIN: [&str; 2] = ["train", "training"];
        const TEST: [&str; 2] = ["test", "testing"];
        const OTHER: [&str; 4] = ["val", "valid", "validation", "dev"];
        let of = |names: &[&str]| self.folders.iter().find(|folder| called(folder, names));
        let known = [&TRAIN[..], &TEST, &OTHER].concat();
        if !self.folders.iter().all(|folder| called(folder, &known)) {
            return None;
        }
        let training = of(&TRAIN)?.clone();
        let others = self.folders.iter().filter(|other| **other != training);
        Some(Split {
            test: of(&TEST)?.clone(),
            others: others.cloned().collect(),
            training,
        })
    }

    fn of(path: &Path) -> Result<Self, DataError> {
        let cannot = |source| DataError::Open {
            file: name_of(path),
            source,
        };
        let (mut pictures, mut folders) = (Vec::new(), Vec::new());
        let (mut batches, mut tests, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (count, entry) in path.read_dir().map_err(cannot)?.enumerate() {
            if count == limits::ENTRIES {
                return Err(DataError::TooLarge {
                    file: name_of(path),
                    found: format!("more than {} entries", grouped(limits::ENTRIES as u64)),
                    limit: "that".into(),
                    remedy: "put those to train on into a folder of their own".into(),
                });
            }
            let entry = entry.map_err(cannot)?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let entry = entry.path();
            if is_picture_name(&entry) {
                pictures.push(entry);
            } else if !hidden && entry.is_dir() {
                folders.push(entry);
            } else if let Some(part) = cifar::part(&entry) {
                match part {
                    cifar::Part::Training => batches.push(entry),
                    cifar::Part::Test => tests.push(last_of(&entry)),
                }
            } else if !hidden && is_data_name(&entry) {
                others.push(last_of(&entry));
            }
        }
        natural::sort(&mut pictures);
        natural::sort(&mut folders);
        natural::sort(&mut batches);
        tests.sort();
        others.sort();
        Ok(Self {
            pictures,
            folders,
            batches,
            tests,
            others,
        })
    }
}

/// Whether a file is called as data that are no pictures are: tables, arrays, IDX files.
fn is_data_name(path: &Path) -> bool {
    const ENDINGS: [&str; 8] = [
        ".csv", ".tsv", ".npy", ".npz", ".mat", ".idx", "-ubyte", ".ubyte",
    ];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && path.is_file()
}

/// Pictures by folder, each folder a class; `None` where no folder has any.
fn labelled(
    folders: &[PathBuf],
    name: String,
    watch: Watch<'_>,
) -> Result<Option<Found>, DataError> {
    let (mut paths, mut words, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let mut without = Vec::new();
    for (index, folder) in folders.iter().enumerate() {
        tell(watch, Stage::Reading, index as u64, folders.len() as u64)?;
        let class = folder
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        // one that may not be looked into holds no pictures for us
        let pictures = List::of(folder).map_or_else(|_| Vec::new(), |list| list.pictures);
        if pictures.is_empty() {
            without.push(shown(&class));
            continue;
        }
        counts.push(format!(
            "{} {}",
            shown(&class),
            grouped(pictures.len() as u64)
        ));
        words.extend(std::iter::repeat_n(class, pictures.len()));
        paths.extend(pictures);
        if paths.len() > limits::ENTRIES {
            return Err(DataError::TooLarge {
                file: name,
                found: format!("more than {} pictures", grouped(limits::ENTRIES as u64)),
                limit: "that".into(),
                remedy: "put those to train on into a folder of their own".into(),
            });
        }
    }
    if paths.is_empty() {
        return Ok(None);
    }
    let mut notes = vec![format!("Each folder a class: {}.", few(&counts))];
    if !without.is_empty() {
        notes.push(format!(
            "Folders without pictures left out: {}.",
            few(&without)
        ));
    }
    // the first alone would be of few classes
    let every = paths.len().div_ceil(limits::PICTURES);
    if every > 1 {
        notes.push(format!(
            "Thinned evenly to 1 in {every} of {} pictures.",
            grouped(paths.len() as u64)
        ));
        paths = paths.into_iter().step_by(every).collect();
        words = words.into_iter().step_by(every).collect();
    }
    let labels = classes(&words, &mut notes);
    let mut gather = Gather::new("picture", paths.len());
    for note in notes {
        gather.note(note);
    }
    let (mut found, places) = gathered(gather, &paths, name, watch)?;
    if let Some((classes, names)) = labels {
        found.labels = Some(places.iter().map(|&place| classes[place]).collect());
        found.class_names = names;
    }
    Ok(Some(found))
}

/// The first of many words, and how many more there are.
fn few(words: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = words[..words.len().min(SHOWN)].join(", ");
    if words.len() > SHOWN {
        text.push_str(&format!(
            " and {} more",
            grouped((words.len() - SHOWN) as u64)
        ));
    }
    text
}

/// Several pictures, in the order given.
pub(super) fn files(paths: &[PathBuf], watch: Watch<'_>) -> Result<Found, DataError> {
    if let Some(folder) = paths.iter().find(|path| path.is_dir()) {
        return Err(DataError::NotAFile {
            file: name_of(folder),
            kind: "a folder among several files",
            remedy: "open it alone, or choose the pictures in it".into(),
        });
    }
    if !paths.is_empty() && paths.iter().all(|path| cifar::is_named(path)) {
        return cifar::join(paths, format!("{} batches", paths.len()), watch);
    }
    if let Some(other) = paths.iter().find(|path| !is_picture_name(path)) {
        // what cannot be opened says so itself; anything else is data of its own
        let input = Input::open(other, watch)?;
        return Err(input.unsupported(
            "no picture",
            "open it alone, or choose pictures only: several files at once are taken as pictures",
        ));
    }
    if paths.is_empty() {
        return Err(DataError::NoSamples {
            file: "the choice".into(),
            shape: "no files".into(),
        });
    }
    pictures(paths.to_vec(), format!("{} pictures", paths.len()), watch)
}

fn pictures(mut paths: Vec<PathBuf>, name: String, watch: Watch<'_>) -> Result<Found, DataError> {
    let total = paths.len();
    paths.truncate(limits::PICTURES);
    let mut gather = Gather::new("picture", paths.len());
    if total > paths.len() {
        gather.note(format!(
            "The first {} of {} pictures taken.",
            grouped(limits::PICTURES as u64),
            grouped(total as u64)
        ));
    }
    gathered(gather, &paths, name, watch).map(|(found, _)| found)
}

/// Reads each file, and of each every page. One that cannot be read is left out with a note.
fn gathered(
    mut gather: Gather,
    paths: &[PathBuf],
    name: String,
    watch: Watch<'_>,
) -> Result<(Found, Vec<usize>), DataError> {
    let total = paths.len() as u64;
    'files: for (index, path) in paths.iter().enumerate() {
        tell(watch, Stage::Reading, index as u64, total)?;
        // a picture's own progress counts for nothing here; that it can be cancelled does
        let whole = |_| {
            watch(Progress {
                stage: Stage::Reading,
                done: index as u64,
                total,
            })
        };
        let mut file = match open(path, &whole) {
            Ok(file) => file,
            Err(DataError::Cancelled) => return Err(DataError::Cancelled),
            Err(error) => {
                gather.leave(error);
                continue;
            }
        };
        gather.expect(file.len() - 1);
        for page in 0..file.len() {
            tell(watch, Stage::Reading, index as u64, total)?;
            match file.picture(page, gather.most()) {
                Ok(decoded) => {
                    if !gather.take(decoded, index) {
                        break 'files;
                    }
                }
                Err(DataError::Cancelled) => return Err(DataError::Cancelled),
                Err(error) => gather.leave(error),
            }
        }
    }
    gather.finish(name)
}

fn open<'a>(path: &Path, watch: Watch<'a>) -> Result<picture::File<'a>, DataError> {
    let input = Input::open(path, watch)?;
    match picture::format_of(input.head()) {
        Some(format) => picture::File::open(input, format),
        None if source::is_bmp(input.head()) => picture::File::open(input, ImageFormat::Bmp),
        None => {
            foreign::refuse(&input)?;
            Err(source::no_picture(&input, "a picture"))
        }
    }
}

fn is_picture_name(path: &Path) -> bool {
    let known = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::WebP,
    ];
    ImageFormat::from_path(path).is_ok_and(|format| known.contains(&format)) && path.is_file()
}
