//! Data sets: the embedded ones, the readers of files, and how both are prepared.
//!
//! `find` says what a source holds; `prepare` cuts and scales it into what a run trains on; `load` does both.
//!
//! **Architecture invariant:** nothing here imports egui or writes a file; what reads a file returns a typed error
//! that says what is wrong and what to do.

mod bars;
mod choice;
mod cifar;
pub mod dataset;
mod embedded;
pub mod error;
mod fit;
mod fitted;
mod folder;
mod foreign;
pub mod found;
mod gather;
mod held;
mod idx;
mod input;
mod layout;
mod leaves;
pub mod limits;
mod mat;
mod matrix;
mod natural;
pub(crate) mod npy;
pub(crate) mod npy_header;
mod npz;
mod patches;
mod picture;
mod picture_check;
mod preparation;
mod prepare;
pub mod progress;
mod random;
mod reading;
mod safetensors;
mod scaling;
pub mod smooth;
mod source;
pub mod spec;
mod square;
pub mod stationary;
mod step;
pub mod suit;
mod surrogate;
mod table;
mod tensors;
#[cfg(test)]
mod testing;
mod tiff;
mod twin;
mod whitening;
pub mod wire;
mod zca;

pub(crate) use dataset::with_rows;
pub use dataset::{DataSet, SampleShape, Samples, StoredLevels};
pub use error::DataError;
pub use fitted::{
    Filter, FittedPreparation, FittedScaling, NamedArray, PatchSpec, PreparationError,
    PreparationRecord,
};
pub use found::{Content, Found, Picture, Values, Variable};
pub use held::{Held, TestPart};
pub use preparation::{Colour, Preparation, Preprocessing, Scaling, Whitening};
pub use prepare::{fit, prepare, prepare_with, untouched};
pub use progress::{Progress, Stage, Watch};
pub use reading::{
    Column, ColumnNames, Columns, Decimal, Incomplete, Labels, Orientation, Reading, Role,
    TableColumn, Understood, Why,
};
pub use spec::{Cut, DataSource, DataSpec, EmbeddedSet};
pub use step::Step;
pub use surrogate::{SecondOrder, gaussian_like};
pub use tensors::{TensorFile, TensorInfo};
pub use zca::Zca;

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

/// As [`load`], treated as the data that `fitted` was fitted to; see [`prepare_with`].
///
/// # Errors
/// As [`find`] and [`prepare_with`].
pub fn load_prepared(
    spec: &DataSpec,
    fitted: &std::sync::Arc<FittedPreparation>,
    watch: Watch<'_>,
) -> Result<DataSet, DataError> {
    prepare_with(&find_like(spec, fitted, watch)?, spec, fitted, watch)
}

/// What the source of `spec` holds, before anything is cut or scaled.
///
/// # Errors
/// Whatever is wrong with the file; [`DataError::Cancelled`].
pub fn find(spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError> {
    find_wanted(spec, &[], watch)
}

/// As [`find`], for data that are to be treated as those that `fitted` was fitted to: where a table has columns of their
/// names, and `spec` asks for no others, these are read in their order.
///
/// # Errors
/// As [`find`].
pub fn find_like(
    spec: &DataSpec,
    fitted: &FittedPreparation,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    find_wanted(spec, &fitted.columns, watch)
}

fn find_wanted(spec: &DataSpec, known: &[String], watch: Watch<'_>) -> Result<Found, DataError> {
    let mut found = find_training(spec, known, watch)?;
    let own = twin::spec_of(spec, &found);
    found.has_own_test = own.is_ok();
    if spec.held != Held::OwnSplit {
        return Ok(found);
    }
    let known = if known.is_empty() {
        &found.column_names
    } else {
        known
    };
    let test = find_training(&own?, known, watch)?;
    Ok(Found {
        test: Some(Box::new(test)),
        ..found
    })
}

/// Without the source's own test part.
fn find_training(spec: &DataSpec, known: &[String], watch: Watch<'_>) -> Result<Found, DataError> {
    let wanted = spec.wanted(known);
    let found = match &spec.source {
        DataSource::Embedded(set) => embedded::find(*set, spec, watch),
        DataSource::File(path) => source::find(path, wanted, watch),
        DataSource::Files(paths) => folder::files(paths, watch),
    }?;
    reading::followed(found, &spec.reading)
}

/// What `bytes` hold, the content of a file called `name`; of `spec` only the array and the reading count. Nothing is
/// read from disk, nor looked for there.
///
/// # Errors
/// As [`find`].
pub fn find_bytes(
    name: &str,
    bytes: Vec<u8>,
    spec: &DataSpec,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let found = source::find_bytes(name, bytes, spec.wanted(&[]), watch)?;
    reading::followed(found, &spec.reading)
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
