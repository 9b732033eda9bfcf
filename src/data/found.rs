//! What a source holds, as it stands: before pictures are cut into patches and values are prepared.

use ndarray::Array2;

use super::{Preprocessing, SampleShape};

/// A grey photograph, row by row, 0 black to 1 white.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The file it came from, for messages.
    pub file: String,
    pub rows: usize,
    pub columns: usize,
    /// rows · columns values
    pub luma: Vec<f32>,
}

/// Samples (m, n) in the type that the source has them in.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Pictures of 8 bits a pixel.
    Bytes(Array2<u8>),
    F32(Array2<f32>),
    F64(Array2<f64>),
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
    /// What `Preprocessing::Auto` means here. Where it says `Auto` itself: bytes divided by 255, or by their greatest
    /// value if that is below 128.
    pub suggested: Preprocessing,
    /// A class for each sample, where the source has them; as long as the samples are many.
    pub labels: Option<Vec<u8>>,
    /// What reading did to the values or left aside, a sentence each; empty if nothing.
    pub notes: Vec<String>,
}

/// How samples of `length` values are shown where nothing else is said: as square pictures if they can be.
pub(crate) fn shape_of(length: usize) -> SampleShape {
    let side = length.isqrt();
    if side >= super::limits::IMAGE_SIDE && side * side == length {
        SampleShape::Image {
            rows: side,
            columns: side,
        }
    } else {
        SampleShape::Vector { length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_squares_are_shown_as_pictures() {
        assert_eq!(
            shape_of(784),
            SampleShape::Image {
                rows: 28,
                columns: 28
            }
        );
        assert_eq!(shape_of(12), SampleShape::Vector { length: 12 });
        assert_eq!(shape_of(1), SampleShape::Vector { length: 1 });
    }
}
