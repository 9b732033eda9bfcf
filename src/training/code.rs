//! The code of a data set: its samples as a model's hidden layer sees them.

use crate::data::{DataSet, Samples, with_rows};
use crate::model::{Architecture, Encoder, Layer, Parameters};
use crate::numerics::{Precision, Real};

/// The code (m, h) of `data` in the model's precision, whatever the data's. `go_on` is told the part that is done,
/// between blocks of samples, and ends it by `false`: then there is `None`.
///
/// # Panics
/// Where the data have another number of values than the model has inputs.
pub fn code_of<T: Real>(
    data: &DataSet,
    architecture: &Architecture,
    parameters: &Parameters<T>,
    layer: Layer,
    go_on: &dyn Fn(f64) -> bool,
) -> Option<Samples> {
    let code = encoded(&data.samples, architecture, parameters, layer, go_on)?;
    Some(match T::PRECISION {
        Precision::F32 => Samples::F32(code.mapv(|value| value.f64() as f32)),
        Precision::F64 => Samples::F64(code.mapv(T::f64)),
    })
}

/// The same of `samples` (m, n), as a plain matrix (m, h).
pub(super) fn encoded<T: Real>(
    samples: &Samples,
    architecture: &Architecture,
    parameters: &Parameters<T>,
    layer: Layer,
    go_on: &dyn Fn(f64) -> bool,
) -> Option<ndarray::Array2<T>> {
    let encoder = Encoder::new(architecture, parameters);
    let mut done = 0;
    let blocks = Encoder::<T>::blocks(samples.dim().0).max(1);
    let mut word = || {
        done += 1;
        match go_on(f64::from(done) / blocks as f64) {
            true => Ok(()),
            false => Err(()),
        }
    };
    with_rows!(samples, rows => encoder.encode(rows, layer, &mut word)).ok()
}
