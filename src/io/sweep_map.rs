//! A sweep as a picture: a heat map of its cells, with the line along which λ is λ_c.

mod layout;
mod paint;
mod scale;

use std::path::Path;

use image::ImageEncoder;
use image::codecs::png::PngEncoder;

pub use layout::{Sides, settings};
pub use scale::{Shade, ValueScale};

use super::error::name_of;
use super::{IoError, atomic_write};
use crate::training::sweep::{Map, Measure};

/// Draws what `measure` says of each cell, the mean over its seeds, and of one axis alone a row for each seed. Cells in
/// which a run has not converged, or diverged, are marked. `data` is the data's name.
///
/// # Errors
/// The map is too large, or cannot be written.
pub fn write(path: &Path, map: &Map, measure: Measure, data: &str) -> Result<(), IoError> {
    let canvas = paint::painted(map, measure, data).ok_or_else(|| IoError::Picture {
        file: name_of(path),
        problem: "the map has too many cells for one picture".into(),
    })?;
    atomic_write(path, |writer| {
        PngEncoder::new(writer)
            .write_image(
                &canvas.pixels,
                canvas.width as u32,
                canvas.height as u32,
                image::ExtendedColorType::Rgb8,
            )
            .map_err(std::io::Error::other)
    })
}
