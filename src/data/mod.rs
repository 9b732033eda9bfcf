//! Data sets: the embedded ones, the readers of files, and how both are prepared.
//!
//! `find` says what a source holds; `prepare` cuts and scales it into what a run trains on; `load` does both.
//!
//! **Architecture invariant:** nothing here imports egui or writes a file; what reads a file returns a typed error
//! that says what is wrong and what to do.

mod bars;
pub mod dataset;
mod embedded;
pub mod error;
pub mod found;
mod idx;
mod input;
mod leaves;
pub mod limits;
pub(crate) mod npy;
pub(crate) mod npy_header;
mod patches;
mod picture;
mod prepare;
pub mod progress;
mod random;
pub mod spec;
#[cfg(test)]
mod testing;
mod whitening;

use std::path::Path;

pub use dataset::{DataSet, SampleShape, Samples};
pub use error::DataError;
pub use found::{Content, Found, Picture, Values};
pub use prepare::prepare;
pub use progress::{Progress, Stage, Watch};
pub use spec::{DataSource, DataSpec, EmbeddedSet, Preprocessing};

use input::Input;

/// What the lab reads, for messages.
const FORMATS: &str = "a PNG or JPEG photograph, an IDX file (.gz too) or a NumPy .npy array";

/// Loads a data set: finds what the source holds, and prepares it.
///
/// # Errors
/// Whatever is wrong with the file or the choices; see [`DataError`].
pub fn load(spec: &DataSpec) -> Result<DataSet, DataError> {
    load_with(spec, &progress::unwatched)
}

/// As [`load`]; `watch` is told of progress on this thread, and cancels by `ControlFlow::Break`.
///
/// # Errors
/// As [`load`], and [`DataError::Cancelled`].
pub fn load_with(spec: &DataSpec, watch: Watch<'_>) -> Result<DataSet, DataError> {
    prepare(&find(spec, watch)?, spec, watch)
}

/// What the source of `spec` holds, before anything is cut or scaled.
///
/// # Errors
/// Whatever is wrong with the file; [`DataError::Cancelled`].
pub fn find(spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError> {
    match &spec.source {
        DataSource::Embedded(set) => embedded::find(*set, spec, watch),
        DataSource::File(path) => find_in_file(path, watch),
    }
}

/// Tells the format by the content's first bytes, and only if these say nothing by the name's end: then the format's
/// reader says what is wrong with them.
fn find_in_file(path: &Path, watch: Watch<'_>) -> Result<Found, DataError> {
    let input = Input::open(path, watch)?;
    let name = path.file_name().map_or_else(
        || error::name_of(path),
        |name| name.to_string_lossy().into_owned(),
    );
    let ending = ending(&name, input.is_compressed());
    let head = input.head();
    if let Some(format) = picture::format_of(head) {
        picture::read(input, format, name)
    } else if npy::is_npy(head) {
        npy::read(input, name)
    } else if idx::is_idx(head) {
        idx::read(input, path, name, watch)
    } else {
        match ending.as_str() {
            "png" => picture::read(input, image::ImageFormat::Png, name),
            "jpg" | "jpeg" => picture::read(input, image::ImageFormat::Jpeg, name),
            "npy" => npy::read(input, name),
            "idx" | "ubyte" => idx::read(input, path, name, watch),
            _ => Err(DataError::Unrecognised {
                file: input.file().to_owned(),
                formats: FORMATS,
            }),
        }
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

fn too_many_values(file: &str, dimensions: &[u64]) -> DataError {
    let shape: Vec<String> = dimensions
        .iter()
        .map(|&side| error::grouped(side))
        .collect();
    DataError::TooLarge {
        file: file.to_owned(),
        found: format!("{} values", shape.join(" × ")),
        limit: format!("{} values", error::grouped(limits::VALUES)),
        remedy: "keep fewer samples".into(),
    }
}
