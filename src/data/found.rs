//! What a source holds, as it stands: before pictures are cut into patches and values are prepared.

use std::sync::Arc;

use ndarray::{ArcArray2, Array2};

use super::error::grouped;
use super::{Preparation, SampleShape, Understood};

/// A photograph, row by row, a pixel's channels side by side, 0 black to 1 white.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The file it came from, for messages.
    pub file: String,
    pub rows: usize,
    pub columns: usize,
    /// 1 grey, 3 red, green and blue
    pub channels: usize,
    /// rows · columns · channels values
    pub values: Vec<f32>,
}

impl Picture {
    /// Rec. 601 luma (rows · columns), which every grey copy of a photograph from PIL or MATLAB has.
    pub fn luma(&self) -> Vec<f32> {
        match self.channels {
            3 => luma(&self.values),
            _ => self.values.clone(),
        }
    }

    pub fn grey(file: impl Into<String>, rows: usize, columns: usize, values: Vec<f32>) -> Self {
        Self {
            file: file.into(),
            rows,
            columns,
            channels: 1,
            values,
        }
    }
}

/// Samples (m, n) in the type that the source has them in.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Pictures of 8 bits a pixel. A data set may go on with the same bytes.
    Bytes(ArcArray2<u8>),
    F32(Array2<f32>),
    F64(Array2<f64>),
}

impl Found {
    /// How many: pictures, or samples.
    pub fn count(&self) -> usize {
        match &self.content {
            Content::Pictures(pictures) => pictures.len(),
            Content::Samples { values, .. } => values.dim().0,
        }
    }

    /// "6 pictures of 512×512", "1,797 samples of 8×8".
    pub fn summary(&self) -> String {
        let count = grouped(self.count() as u64);
        let plural = if self.count() == 1 { "" } else { "s" };
        match &self.content {
            Content::Samples { shape, .. } => format!("{count} sample{plural} of {shape}"),
            Content::Pictures(pictures) => {
                let side = |of: fn(&Picture) -> usize| {
                    let (least, most) = pictures
                        .iter()
                        .map(of)
                        .fold((usize::MAX, 0), |(a, b), side| (a.min(side), b.max(side)));
                    if least == most {
                        most.to_string()
                    } else {
                        format!("{least}–{most}")
                    }
                };
                let (rows, columns) = (side(|of| of.rows), side(|of| of.columns));
                format!("{count} picture{plural} of {rows}×{columns} pixels")
            }
        }
    }

    /// Least and greatest value, before anything is done to them.
    pub fn range(&self) -> (f64, f64) {
        fn of<T: Copy + Into<f64>>(values: impl Iterator<Item = T>) -> (f64, f64) {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                let value = value.into();
                (low.min(value), high.max(value))
            })
        }
        match &self.content {
            Content::Pictures(pictures) => of(pictures
                .iter()
                .flat_map(|picture| picture.values.iter().copied())),
            Content::Samples { values, .. } => match values {
                Values::Bytes(array) => of(array.iter().copied()),
                Values::F32(array) => of(array.iter().copied()),
                Values::F64(array) => of(array.iter().copied()),
            },
        }
    }

    /// Whether any of it is in colour.
    pub fn has_colour(&self) -> bool {
        match &self.content {
            Content::Pictures(pictures) => pictures.iter().any(|picture| picture.channels == 3),
            Content::Samples { shape, .. } => shape.channels() == 3,
        }
    }

    /// The number of classes that the labels tell apart.
    pub fn classes(&self) -> Option<usize> {
        let mut seen = [false; 256];
        for label in self.labels.as_ref()? {
            seen[usize::from(*label)] = true;
        }
        Some(seen.into_iter().filter(|seen| *seen).count())
    }
}

impl Values {
    /// (m, n)
    pub fn dim(&self) -> (usize, usize) {
        match self {
            Self::Bytes(array) => array.dim(),
            Self::F32(array) => array.dim(),
            Self::F64(array) => array.dim(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Photographs, to be cut into patches.
    Pictures(Vec<Picture>),
    /// One sample a row.
    Samples { values: Values, shape: SampleShape },
}

/// What a source was found to hold. From here `prepare` makes a data set, as often as the choices change.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// For people: "photos", "holiday.jpg".
    pub name: String,
    pub content: Content,
    /// How the source has its values, for people: "8-bit RGB PNG", "64-bit floating point, NPY".
    pub encoding: String,
    /// What a spec that says nothing means here.
    pub suggested: Preparation,
    /// A class for each sample, where the source has them; as long as the samples are many.
    pub labels: Option<Vec<u8>>,
    /// The name of each class, by its number, where the labels are words; else empty.
    pub class_names: Vec<String>,
    /// What each sample is called, where a column of the source says so; as long as the samples are many.
    pub names: Option<Arc<[String]>>,
    /// The columns' names, one for each value of a sample, where the source has them; else empty.
    pub column_names: Vec<String>,
    /// What reading did to the values or left out, a sentence each; empty if nothing.
    pub notes: Vec<String>,
    /// The arrays that a spec's `variable` can name, where the file has several.
    pub variables: Vec<Variable>,
    /// How a table or a matrix was read, where there was something to choose.
    pub understood: Option<Understood>,
    /// The source's own test part, where a spec asked for it.
    pub test: Option<Box<Found>>,
    /// Whether the source has such a part.
    pub has_own_test: bool,
}

impl Found {
    /// The dimensions of an array of the file, samples first: turned round where it was read so.
    pub(super) fn samples_first(&self, stored: &[u64]) -> Vec<u64> {
        let mut shape = stored.to_vec();
        if self.understood.as_ref().is_some_and(Understood::transposed) {
            shape.reverse();
        }
        shape
    }

    /// Values and nothing beside them: no labels, names, notes or other arrays.
    pub fn new(
        name: impl Into<String>,
        content: Content,
        encoding: impl Into<String>,
        suggested: Preparation,
    ) -> Self {
        Self {
            name: name.into(),
            content,
            encoding: encoding.into(),
            suggested,
            labels: None,
            class_names: Vec::new(),
            names: None,
            column_names: Vec::new(),
            notes: Vec::new(),
            variables: Vec::new(),
            understood: None,
            test: None,
            has_own_test: false,
        }
    }
}

/// One of several arrays of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// "40 × 784"
    pub size: String,
    /// Whether it is the one that was read.
    pub taken: bool,
}

/// The Rec. 601 luma of red, green and blue, pixel by pixel.
pub(super) fn luma<T: Copy + Into<f32>>(values: &[T]) -> Vec<f32> {
    let (pixels, _) = values.as_chunks::<3>();
    pixels
        .iter()
        .map(|&[red, green, blue]| 0.299 * red.into() + 0.587 * green.into() + 0.114 * blue.into())
        .collect()
}

/// How samples of `length` values are shown where nothing else is said: as square pictures if they can be.
pub(crate) fn shape_of(length: usize) -> SampleShape {
    let side = length.isqrt();
    if side >= super::limits::IMAGE_SIDE && side * side == length {
        SampleShape::grey(side, side)
    } else {
        SampleShape::Vector { length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_squares_are_shown_as_pictures() {
        assert_eq!(shape_of(784), SampleShape::grey(28, 28));
        assert_eq!(shape_of(12), SampleShape::Vector { length: 12 });
        assert_eq!(shape_of(1), SampleShape::Vector { length: 1 });
    }
}
