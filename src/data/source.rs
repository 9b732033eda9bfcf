//! Which reader a file is for, and folders of pictures.

use std::path::{Path, PathBuf};

use super::found::{Content, Found, Picture};
use super::input::Input;
use super::picture::Decoded;
use super::progress::{Progress, Stage, Watch, tell};
use super::{DataError, Preparation, limits};
use super::{error, foreign, idx, mat, npy, npz, picture, prepare, table};
use image::ImageFormat;

#[cfg(test)]
mod tests;

/// What the lab reads, for messages.
const FORMATS: &str = "a picture (PNG, JPEG, BMP, TIFF, WebP), a folder of pictures, an IDX file, a NumPy .npy or .npz, \
                       a MATLAB .mat, or a table (.csv, .tsv)";

pub(super) fn find(
    path: &Path,
    variable: Option<&str>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    if path.is_dir() {
        return folder(path, watch);
    }
    let input = Input::open(path, watch)?;
    let name = path.file_name().map_or_else(
        || error::name_of(path),
        |name| error::name_of(Path::new(name)),
    );
    read(input, path, name, variable, watch)
}

/// The same of bytes in memory; nothing is looked for beside them.
pub(super) fn find_bytes(
    name: &str,
    bytes: Vec<u8>,
    variable: Option<&str>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let name = error::name_of(Path::new(name));
    let input = Input::unpacked(name.clone(), bytes, watch)?;
    read(input, Path::new(""), name, variable, watch)
}

/// Tells the format by the content's first bytes, and only if these say nothing by the name's end: then the format's
/// reader says what is wrong with them. `path` is where labels are looked for beside it.
fn read(
    input: Input<'_>,
    path: &Path,
    name: String,
    variable: Option<&str>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let ending = ending(&name, input.is_compressed());
    let head = input.head();
    if let Some(format) = picture::format_of(head) {
        picture::read(input, format, name)
    } else if npy::is_npy(head) {
        npy::read(input, name)
    } else if npz::is_zip(head) {
        npz::read(input, name, variable, watch)
    } else if idx::is_idx(head) {
        idx::read(input, path, name, watch)
    } else if mat::is_mat(head) {
        mat::read(input, name, variable)
    } else {
        foreign::refuse(&input)?;
        match ending.as_str() {
            "png" => Err(no_picture(&input, "a PNG picture")),
            "jpg" | "jpeg" => Err(no_picture(&input, "a JPEG picture")),
            // two letters alone, which `format_of` takes for too little
            "bmp" if is_bmp(head) => picture::read(input, ImageFormat::Bmp, name),
            "bmp" => Err(no_picture(&input, "a BMP picture")),
            "tif" | "tiff" => Err(no_picture(&input, "a TIFF picture")),
            "webp" => Err(no_picture(&input, "a WebP picture")),
            "npy" => npy::read(input, name),
            "npz" => npz::read(input, name, variable, watch),
            "idx" | "ubyte" => idx::read(input, path, name, watch),
            "mat" => mat::read(input, name, variable),
            "csv" | "tsv" | "txt" => table::read(input, name, watch),
            _ if table::is_table(head) => table::read(input, name, watch),
            _ => Err(DataError::Unrecognised {
                file: input.file().to_owned(),
                formats: FORMATS,
            }),
        }
    }
}

/// Whether a file that is called a BMP may be one, though the fields that should be 0 are not.
fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM") && !str::from_utf8(head).is_ok_and(foreign::is_text)
}

/// The refusal of a file that only its name makes a picture.
fn no_picture(input: &Input<'_>, claimed: &'static str) -> DataError {
    DataError::Misnamed {
        file: input.file().to_owned(),
        claimed,
        beginning: foreign::beginning(input.head()),
    }
}

/// What the name ends in, in lower case, `.gz` left out where it says only that the file is compressed: "ubyte" of
/// "train-images-idx3-ubyte.gz".
fn ending(name: &str, compressed: bool) -> String {
    let name = name.to_lowercase();
    let name = if compressed {
        name.strip_suffix(".gz").unwrap_or(&name)
    } else {
        &name
    };
    name.rsplit(['.', '-'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The pictures that lie in a folder (not below it), in the order of their names.
fn folder(path: &Path, watch: Watch<'_>) -> Result<Found, DataError> {
    let file = error::name_of(path);
    let cannot = |source| DataError::Open {
        file: file.clone(),
        source,
    };
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in path.read_dir().map_err(cannot)? {
        let entry = entry.map_err(cannot)?.path();
        if is_picture_name(&entry) {
            names.push(entry);
        }
    }
    names.sort();
    if names.is_empty() {
        let remedy = "choose one with PNG, JPEG, BMP, TIFF or WebP files in it";
        return Err(DataError::NotAFile {
            file,
            kind: "a folder without pictures",
            remedy,
        });
    }
    let name = path
        .file_name()
        .map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
    pictures(names, name, watch)
}

/// Several pictures, in the order given.
pub(super) fn find_pictures(paths: &[PathBuf], watch: Watch<'_>) -> Result<Found, DataError> {
    if let Some(folder) = paths.iter().find(|path| path.is_dir()) {
        return Err(DataError::NotAFile {
            file: error::name_of(folder),
            kind: "a folder among several files",
            remedy: "open it alone, or choose the pictures in it",
        });
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

/// A picture that cannot be read is left out with a
/// note; many large ones are scaled down until they fit together. Small
/// ones all of a size are samples as they are.
fn pictures(mut paths: Vec<PathBuf>, name: String, watch: Watch<'_>) -> Result<Found, DataError> {
    let mut notes = Vec::new();
    if paths.len() > limits::PICTURES {
        notes.push(format!(
            "The first {} of {} pictures taken.",
            error::grouped(limits::PICTURES as u64),
            error::grouped(paths.len() as u64)
        ));
        paths.truncate(limits::PICTURES);
    }
    let total = paths.len() as u64;
    let most = (limits::PICTURE_VALUES / (3 * total)).isqrt() as u32;
    let most = most.clamp(limits::SMALLEST_PICTURE_SIDE, limits::PICTURE_SIDE);
    let (mut found, mut room) = (Vec::new(), limits::VALUES);
    let mut left_aside: Vec<DataError> = Vec::new();
    let (mut scaled, mut transparent) = (0u64, 0u64);
    let mut encodings: Vec<String> = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        tell(watch, Stage::Reading, index as u64, total)?;
        // a picture's own progress counts for nothing here; that it can be cancelled does
        let whole = |_| {
            watch(Progress {
                stage: Stage::Reading,
                done: index as u64,
                total,
            })
        };
        match picture_in(path, most, &whole) {
            Ok(decoded) => {
                let picture = decoded.picture;
                let Some(rest) = room.checked_sub(picture.values.len() as u64) else {
                    notes.push(format!(
                        "Pictures from {} on left out: together they have too many pixels.",
                        picture.file
                    ));
                    break;
                };
                room = rest;
                scaled += u64::from(decoded.scaled.is_some());
                transparent += u64::from(decoded.transparent);
                if !encodings.contains(&decoded.encoding) {
                    encodings.push(decoded.encoding);
                }
                found.push(picture);
            }
            Err(DataError::Cancelled) => return Err(DataError::Cancelled),
            Err(error) => left_aside.push(error),
        }
    }
    if scaled > 0 {
        notes.push(format!(
            "{} of {} pictures scaled down to a longer side of {most} pixels.",
            error::grouped(scaled),
            error::grouped(total)
        ));
    }
    if transparent > 0 {
        notes.push("Transparency ignored.".into());
    }
    if let Some(first) = left_aside.first() {
        notes.push(format!(
            "{} of {total} pictures left out, the first for this: {first}.",
            left_aside.len()
        ));
    }
    if found.is_empty()
        && let Some(error) = left_aside.into_iter().next()
    {
        return Err(error);
    }
    Ok(as_samples_or_pictures(
        found,
        name,
        encodings.join(", "),
        notes,
    ))
}

fn picture_in(path: &Path, most: u32, watch: Watch<'_>) -> Result<Decoded, DataError> {
    let input = Input::open(path, watch)?;
    match picture::format_of(input.head()) {
        Some(format) => picture::decode(input, format, most),
        None if is_bmp(input.head()) => picture::decode(input, ImageFormat::Bmp, most),
        None => {
            foreign::refuse(&input)?;
            Err(no_picture(&input, "a picture"))
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

fn as_samples_or_pictures(
    pictures: Vec<Picture>,
    name: String,
    encoding: String,
    notes: Vec<String>,
) -> Found {
    let small = pictures.len() > 1
        && pictures
            .iter()
            .all(|picture| picture.rows.max(picture.columns) <= limits::SAMPLE_SIDE);
    let whole = if small {
        prepare::samples_of(&pictures)
    } else {
        None
    };
    let suggested = match whole {
        Some(_) => Preparation::NONE,
        None => picture::suggested(&pictures),
    };
    let content = whole.unwrap_or(Content::Pictures(pictures));
    Found {
        notes,
        ..Found::new(name, content, encoding, suggested)
    }
}
