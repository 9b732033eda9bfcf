//! Sheets of features and reconstructions, as PNG.

use std::path::Path;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::IoError;
use super::colour_map::{Rgb, colour, diverging, grey, signed_colour};
use super::error::name_of;
use super::pixels::write_rgb;
use super::sheet::Sheet;
use crate::data::{DataSet, SampleShape};
use crate::model::Parameters;
use crate::numerics::Real;

/// Between the tiles: light, and neither neutral nor of any value's colour.
const BACKGROUND: Rgb = [203, 209, 218];
/// Most samples beside one another in a sheet of reconstructions.
const ACROSS: usize = 16;

/// Writes each unit's feature x_j = W1_j/‖W1_j‖, the unit-norm input that excites it most, as a tile in a near-square
/// sheet, row by row, in one contrast for all: grey pictures in the diverging map, colour as colour about a middle grey.
/// Where `data` were whitened by ZCA, W1·ZCA stands for W1.
///
/// # Errors
/// The sheet is too large, or cannot be written.
pub fn write_features<T: Real>(
    path: &Path,
    parameters: &Parameters<T>,
    data: &DataSet,
) -> Result<(), IoError> {
    let weights = data.features(parameters.encoder_weights());
    write(path, &feature_sheet(path, weights.view(), data.shape)?)
}

/// The tiles of the features of encoder weights (h, n), in a sheet as near to a square as can be.
///
/// # Errors
/// The sheet is too large.
pub(super) fn feature_sheet<T: Real>(
    path: &Path,
    weights: ArrayView2<'_, T>,
    shape: SampleShape,
) -> Result<Sheet, IoError> {
    let hidden = weights.nrows();
    let columns = hidden.isqrt() + usize::from(hidden.isqrt().pow(2) < hidden);
    let mut sheet = sheet(path, hidden.div_ceil(columns.max(1)), columns, shape)?;
    let features = UnitFeatures::of(weights);
    for (place, row) in features.values.outer_iter().enumerate() {
        let values = row.iter().copied();
        match shape.channels() {
            3 => sheet.paint(place, pixels(values).map(signed_colour)),
            _ => sheet.paint(place, values.map(|value| diverging(value, false))),
        }
    }
    Ok(sheet)
}

/// Features of unit norm, in one contrast for all.
pub(super) struct UnitFeatures {
    /// (h, n), in [−1, 1]: of the largest weight in size.
    pub(super) values: Array2<f32>,
    /// The largest weight in size of all features of unit norm.
    pub(super) largest: f64,
}

impl UnitFeatures {
    /// Of encoder weights (h, n); a unit whose weights are all zero has no direction, and stays zero.
    pub(super) fn of<T: Real>(weights: ArrayView2<'_, T>) -> Self {
        let scale = |row: ArrayView1<'_, T>| {
            let norm = row.iter().map(|w| w.f64() * w.f64()).sum::<f64>().sqrt();
            if norm > 0.0 { norm.recip() } else { 0.0 }
        };
        let largest_of = |row: ArrayView1<'_, T>| {
            let sizes = row.iter().map(|w| w.f64().abs());
            scale(row) * sizes.fold(0.0, f64::max)
        };
        let largest = weights
            .outer_iter()
            .map(largest_of)
            .fold(f64::MIN_POSITIVE, f64::max);
        let mut values = Array2::zeros(weights.dim());
        for (mut to, row) in values.outer_iter_mut().zip(weights.outer_iter()) {
            let scale = scale(row) / largest;
            to.zip_mut_with(&row, |to, w| *to = (w.f64() * scale) as f32);
        }
        Self { values, largest }
    }
}

/// Writes `inputs` (k, n) of `data` above their `reconstructions` (k, n), pair by pair, in grey or colour from the
/// inputs' least value to their greatest; as they were before ZCA, if there was any.
///
/// # Errors
/// The two differ in shape, the sheet is too large, or it cannot be written.
pub fn write_reconstructions<T: Real>(
    path: &Path,
    inputs: ArrayView2<'_, T>,
    reconstructions: ArrayView2<'_, T>,
    data: &DataSet,
) -> Result<(), IoError> {
    let shape = data.shape;
    if inputs.dim() != reconstructions.dim() || inputs.ncols() != shape.len() {
        let problem = format!(
            "inputs {:?} and reconstructions {:?} are not pairs of {} values",
            inputs.dim(),
            reconstructions.dim(),
            shape.len()
        );
        return Err(IoError::Picture {
            file: name_of(path),
            problem,
        });
    }
    let (inputs, reconstructions) = (data.pictures(inputs), data.pictures(reconstructions));
    let count = inputs.nrows();
    let columns = count.clamp(1, ACROSS);
    let mut sheet = sheet(path, 2 * count.div_ceil(columns), columns, shape)?;
    let (low, high) = inputs
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value.f64()), high.max(value.f64()))
        });
    let span = if high > low { high - low } else { 1.0 };
    for (index, (input, reconstruction)) in inputs
        .axis_iter(Axis(0))
        .zip(reconstructions.axis_iter(Axis(0)))
        .enumerate()
    {
        let place = index / columns * 2 * columns + index % columns;
        for (place, values) in [(place, input), (place + columns, reconstruction)] {
            let values = values
                .iter()
                .map(|value| ((value.f64() - low) / span) as f32);
            if shape.channels() == 3 {
                sheet.paint(place, pixels(values).map(colour));
            } else {
                sheet.paint(place, values.map(grey));
            }
        }
    }
    write(path, &sheet)
}

/// Red, green and blue out of the values in a row.
pub(super) fn pixels(mut values: impl Iterator<Item = f32>) -> impl Iterator<Item = [f32; 3]> {
    std::iter::from_fn(move || Some([values.next()?, values.next()?, values.next()?]))
}

pub(super) fn sheet(
    path: &Path,
    rows: usize,
    columns: usize,
    shape: SampleShape,
) -> Result<Sheet, IoError> {
    Sheet::new(rows, columns, shape.picture(), BACKGROUND).ok_or_else(|| IoError::Picture {
        file: name_of(path),
        problem: format!(
            "{rows} × {columns} tiles of {} values are too many for one picture",
            shape.len()
        ),
    })
}

fn write(path: &Path, sheet: &Sheet) -> Result<(), IoError> {
    write_rgb(path, (sheet.width, sheet.height), &sheet.pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, Samples};
    use ndarray::array;

    fn data(shape: SampleShape) -> DataSet {
        let samples =
            Array2::from_shape_fn((2, shape.len()), |(row, column)| (row + column) as f64);
        DataSet::new("x", DataSpec::default(), Samples::F64(samples), shape)
    }

    #[test]
    fn colour_is_exported_in_colour() {
        let folder = tempfile::tempdir().unwrap();
        let shape = SampleShape::Image {
            rows: 1,
            columns: 1,
            channels: 3,
        };
        let path = folder.path().join("features.png");
        let mut parameters = Parameters::<f32>::zeros(3, 1);
        parameters
            .encoder_weights_mut()
            .assign(&array![[2.0, 0.0, -2.0]]);
        write_features(&path, &parameters, &data(shape)).unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        assert_eq!(picture.get_pixel(30, 30).0, [255, 128, 0]);
        let path = folder.path().join("reconstructions.png");
        let (inputs, outputs) = (array![[0.0, 0.5, 1.0]], array![[1.0, 0.5, 0.0]]);
        write_reconstructions(&path, inputs.view(), outputs.view(), &data(shape)).unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        assert_eq!(picture.get_pixel(30, 30).0, [0, 128, 255]);
        assert_eq!(picture.get_pixel(30, 30 + 68).0, [255, 128, 0]);
    }

    #[test]
    fn each_feature_is_a_tile_in_its_own_place_at_unit_norm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.png");
        let mut parameters = Parameters::<f32>::zeros(4, 3);
        // unit 1 is unit 0 ten times over: at unit norm they look the same; unit 2 is silent
        parameters.encoder_weights_mut().assign(&array![
            [1.0, 0.0, 0.0, -1.0],
            [10.0, 0.0, 0.0, -10.0],
            [0.0; 4]
        ]);
        write_features(&path, &parameters, &data(SampleShape::grey(2, 2))).unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (2 * 64 + 12, 2 * 64 + 12));
        let at = |x: u32, y: u32| picture.get_pixel(x, y).0;
        for left in [4, 4 + 64 + 4] {
            assert_eq!(at(left, 4), diverging(1.0, false));
            assert_eq!(at(left + 31, 4 + 31), diverging(1.0, false));
            assert_eq!(at(left + 32, 4), diverging(0.0, false));
            assert_eq!(at(left + 63, 4 + 63), diverging(-1.0, false));
        }
        assert_eq!(at(10, 4 + 64 + 4 + 10), diverging(0.0, false));
        assert_eq!(
            [at(0, 0), at(4 + 64, 30), at(100, 100)],
            [BACKGROUND; 3],
            "gaps, and the empty fourth place"
        );
    }

    #[test]
    fn reconstructions_stand_under_their_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reconstructions.png");
        let inputs = Array2::from_shape_fn((20, 2), |(sample, value)| (sample * 2 + value) as f64);
        let outputs = inputs.mapv(|value| 39.0 - value);
        write_reconstructions(
            &path,
            inputs.view(),
            outputs.view(),
            &data(SampleShape::Vector { length: 2 }),
        )
        .unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        let (wide, high) = (64 + 4, 32 + 4);
        assert_eq!(picture.dimensions(), (16 * wide + 4, 4 * high + 4));
        for sample in 0..20 {
            let (x, y) = (4 + (sample % 16) * wide, 4 + sample / 16 * 2 * high);
            let shade = |value: u32| grey((f64::from(value) / 39.0) as f32);
            assert_eq!(picture.get_pixel(x, y).0, shade(2 * sample));
            assert_eq!(picture.get_pixel(x + 32, y).0, shade(2 * sample + 1));
            assert_eq!(picture.get_pixel(x, y + high).0, shade(39 - 2 * sample));
        }
        let error = write_reconstructions(
            &path,
            inputs.view(),
            outputs.view(),
            &data(SampleShape::Vector { length: 3 }),
        );
        assert!(matches!(error, Err(IoError::Picture { .. })));
    }

    #[test]
    fn a_sheet_that_would_not_fit_is_refused() {
        assert!(Sheet::new(1 << 20, 1 << 20, (8, 8), BACKGROUND).is_none());
        assert!(Sheet::new(usize::MAX, 2, (usize::MAX, 8), BACKGROUND).is_none());
        let large = Sheet::new(20, 20, (256, 256), BACKGROUND).unwrap();
        assert_eq!((large.width, large.height), (20 * 260 + 4, 20 * 260 + 4));
    }
}
