//! Sheets of pictures as PNG: the features, and inputs above their reconstructions.

use std::io::Write;
use std::path::Path;

use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::png::PngEncoder};
use ndarray::{ArrayView2, Axis};

use super::{IoError, colour_map, write_atomically};
use crate::data::SampleShape;
use crate::model::Parameters;
use crate::numerics::Real;

/// A tile's longer side is enlarged to about this many pixels.
const TILE: usize = 64;
const GAP: usize = 4;
const GROUND: [u8; 3] = [255; 3];

/// The feature x_j = W1_j/‖W1_j‖ of every unit, in a grid that is about square, all in one contrast: the colour of
/// ±1 is that of the largest |x| of all. Blue is negative, orange positive.
///
/// # Errors
/// The file can't be written.
pub fn write_features<T: Real>(
    path: &Path,
    model: &Parameters<T>,
    shape: SampleShape,
) -> Result<(), IoError> {
    let features: Vec<Vec<f32>> = model
        .encoder_weights()
        .axis_iter(Axis(0))
        .map(|row| {
            let norm = row.iter().map(|w| w.f64() * w.f64()).sum::<f64>().sqrt();
            let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
            row.iter().map(|w| (w.f64() * scale) as f32).collect()
        })
        .collect();
    let largest = features
        .iter()
        .flatten()
        .fold(0.0f32, |largest, x| largest.max(x.abs()));
    let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
    let columns = (features.len() as f64).sqrt().ceil() as usize;
    let sheet = sheet(&features, shape, columns, |x| {
        colour_map::diverging(x * scale, false)
    });
    write_png(path, &sheet)
}

/// The first row holds the samples (k, n), the second their reconstructions (k, n), in the samples' range of greys.
///
/// # Errors
/// The file can't be written.
pub fn write_reconstructions<T: Real>(
    path: &Path,
    samples: ArrayView2<'_, T>,
    reconstructions: ArrayView2<'_, T>,
    shape: SampleShape,
) -> Result<(), IoError> {
    let rows = |array: ArrayView2<'_, T>| -> Vec<Vec<f32>> {
        array
            .axis_iter(Axis(0))
            .map(|row| row.iter().map(|x| x.f64() as f32).collect())
            .collect()
    };
    let (low, high) = samples
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| {
            (low.min(x.f64() as f32), high.max(x.f64() as f32))
        });
    let scale = if high > low { 1.0 / (high - low) } else { 0.0 };
    let tiles: Vec<Vec<f32>> = rows(samples)
        .into_iter()
        .chain(rows(reconstructions))
        .collect();
    let sheet = sheet(&tiles, shape, samples.nrows(), |x| {
        colour_map::grey((x - low) * scale)
    });
    write_png(path, &sheet)
}

/// Tiles in a grid, each value a square of whole pixels.
fn sheet(
    tiles: &[Vec<f32>],
    shape: SampleShape,
    columns: usize,
    colour: impl Fn(f32) -> [u8; 3],
) -> RgbImage {
    let (height, width) = shape.picture();
    let scale = (TILE / height.max(width)).max(1);
    let columns = columns.max(1);
    let side = |count: usize, length: usize| (count * (length * scale + GAP) + GAP) as u32;
    let rows = tiles.len().div_ceil(columns);
    let mut image =
        RgbImage::from_pixel(side(columns, width), side(rows, height), image::Rgb(GROUND));
    for (index, tile) in tiles.iter().enumerate() {
        let top = side(index / columns, height);
        let left = side(index % columns, width);
        for (place, value) in tile.iter().enumerate() {
            let pixel = image::Rgb(colour(*value));
            for y in 0..scale {
                for x in 0..scale {
                    let across = left + (place % width * scale + x) as u32;
                    image.put_pixel(across, top + (place / width * scale + y) as u32, pixel);
                }
            }
        }
    }
    image
}

fn write_png(path: &Path, image: &RgbImage) -> Result<(), IoError> {
    write_atomically(path, |file| {
        let encoder = PngEncoder::new(&mut *file);
        encoder
            .write_image(
                image,
                image.width(),
                image.height(),
                ExtendedColorType::Rgb8,
            )
            .map_err(std::io::Error::other)?;
        file.flush()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_sheet_shows_each_value_as_a_square_of_its_colour() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.png");
        // two units on 1×2 pictures: (3, −4)/5 and (0, 1)
        let model = Parameters::from_flat(
            vec![3.0, -4.0, 0.0, 2.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
            2,
            2,
        )
        .unwrap();
        write_features(
            &path,
            &model,
            SampleShape::Image {
                rows: 1,
                columns: 2,
            },
        )
        .unwrap();
        let image = image::open(&path).unwrap().to_rgb8();
        let scale = TILE / 2;
        let second = GAP + 2 * scale + GAP;
        let pixel = |x: usize| image.get_pixel(x as u32, (GAP + 1) as u32).0;
        assert_eq!(pixel(GAP), colour_map::diverging(0.6, false));
        assert_eq!(pixel(GAP + scale), colour_map::diverging(-0.8, false));
        assert_eq!(pixel(second), colour_map::diverging(0.0, false));
        assert_eq!(pixel(second + scale), colour_map::diverging(1.0, false));
        assert_eq!(pixel(0), GROUND);
    }

    #[test]
    fn reconstructions_stand_below_their_samples() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reconstructions.png");
        let samples = array![[0.0f32, 1.0]];
        let shape = SampleShape::Vector { length: 2 };
        write_reconstructions(&path, samples.view(), array![[0.5, 2.0]].view(), shape).unwrap();
        let image = image::open(&path).unwrap().to_rgb8();
        let scale = TILE / 2;
        let below = (GAP + scale + GAP) as u32;
        assert_eq!(
            image.get_pixel((GAP + scale) as u32, GAP as u32).0,
            [255; 3]
        );
        assert_eq!(image.get_pixel(GAP as u32, below).0, colour_map::grey(0.5));
    }
}
