//! Which reader a file is for.

use std::path::Path;

use super::found::Found;
use super::input::Input;
use super::progress::Watch;
use super::reading::Wanted;
use super::{
    DataError, cifar, error, folder, foreign, idx, mat, npy, npz, picture, safetensors, table,
};
use image::ImageFormat;

#[cfg(test)]
mod tests;

/// What the lab reads, for messages.
const FORMATS: &str = "a picture (PNG, JPEG, BMP, TIFF, WebP), a folder of pictures or of a folder for each class, an \
                       IDX file, CIFAR's .bin, a NumPy .npy or .npz, a MATLAB .mat, a .safetensors, or a table (.csv, \
                       .tsv)";

pub(super) fn find(path: &Path, wanted: Wanted<'_>, watch: Watch<'_>) -> Result<Found, DataError> {
    if path.is_dir() {
        return folder::read(path, watch);
    }
    let input = Input::open(path, watch)?;
    let name = path.file_name().map_or_else(
        || error::name_of(path),
        |name| error::name_of(Path::new(name)),
    );
    read(input, path, name, wanted, watch)
}

/// The same of bytes in memory; nothing is looked for beside them.
pub(super) fn find_bytes(
    name: &str,
    bytes: Vec<u8>,
    wanted: Wanted<'_>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let name = error::name_of(Path::new(name));
    let input = Input::unpacked(name.clone(), bytes, watch)?;
    read(input, Path::new(""), name, wanted, watch)
}

/// Tells the format by the content's first bytes, and only if these say nothing by the name's end: then the format's
/// reader says what is wrong with them. `path` is where labels are looked for beside it.
fn read(
    input: Input<'_>,
    path: &Path,
    name: String,
    wanted: Wanted<'_>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let ending = ending(&name, input.is_compressed());
    let head = input.head();
    if let Some(format) = picture::format_of(head) {
        picture::read(input, format, name, watch)
    } else if npy::is_npy(head) {
        npy::read(input, name, wanted.reading)
    } else if safetensors::is_safetensors(head) {
        safetensors::read(input, name, wanted, watch)
    } else if ending == "bin" && cifar::is_cifar(&input) {
        cifar::read(input, path, name, watch)
    } else if npz::is_zip(head) {
        npz::read(input, name, wanted, watch)
    } else if idx::is_idx(head) {
        idx::read(input, path, name, watch)
    } else if mat::is_mat(head) {
        mat::read(input, name, wanted)
    } else if table::is_wide(head, &ending) {
        table::read(input, name, wanted, watch)
    } else {
        foreign::refuse(&input)?;
        match ending.as_str() {
            "png" => Err(no_picture(&input, "a PNG picture")),
            "jpg" | "jpeg" => Err(no_picture(&input, "a JPEG picture")),
            // two letters alone, which `format_of` takes for too little
            "bmp" if is_bmp(head) => picture::read(input, ImageFormat::Bmp, name, watch),
            "bmp" => Err(no_picture(&input, "a BMP picture")),
            "tif" | "tiff" => Err(no_picture(&input, "a TIFF picture")),
            "webp" => Err(no_picture(&input, "a WebP picture")),
            "npy" => npy::read(input, name, wanted.reading),
            "npz" => npz::read(input, name, wanted, watch),
            "idx" | "ubyte" => idx::read(input, path, name, watch),
            "mat" => mat::read(input, name, wanted),
            "safetensors" => safetensors::read(input, name, wanted, watch),
            "csv" | "tsv" | "txt" => table::read(input, name, wanted, watch),
            _ if table::is_table(head) => table::read(input, name, wanted, watch),
            _ => Err(DataError::Unrecognised {
                file: input.file().to_owned(),
                formats: FORMATS,
            }),
        }
    }
}

/// Whether a file that is called a BMP may be one, though the fields that should be 0 are not.
pub(super) fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM") && !str::from_utf8(head).is_ok_and(foreign::is_text)
}

/// The refusal of a file that only its name makes a picture.
pub(super) fn no_picture(input: &Input<'_>, claimed: &'static str) -> DataError {
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
