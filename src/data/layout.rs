//! Which dimension of an array counts what, and how many of its samples there is room for.

use ndarray::{Array2, ArrayView4};

use super::error::grouped;
use super::found::{Content, Picture, Values};
use super::input::Input;
use super::{DataError, SampleShape, limits};

/// An array of samples, as its dimensions say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// (m, n)
    Values(usize),
    /// (m, rows, columns)
    Grey(usize, usize),
    /// (m, rows, columns, channels): 1, 3, or 4 with transparency
    Last(usize, usize, usize),
    /// (m, channels, rows, columns)
    First(usize, usize, usize),
}

impl Layout {
    /// `None`: no layout that makes sense.
    pub(super) fn of(shape: &[usize]) -> Option<Self> {
        match *shape {
            [_, length] => Some(Self::Values(length)),
            [_, rows, columns] => Some(Self::Grey(rows, columns)),
            [_, rows, columns, channels @ (1 | 3 | 4)] => Some(Self::Last(rows, columns, channels)),
            [_, channels @ (1 | 3 | 4), rows, columns] => {
                Some(Self::First(rows, columns, channels))
            }
            _ => None,
        }
    }

    /// How a sample is shown.
    fn shape(self) -> SampleShape {
        match self {
            Self::Values(length) => SampleShape::Vector { length },
            Self::Grey(rows, columns) => SampleShape::grey(rows, columns),
            Self::Last(rows, columns, channels) | Self::First(rows, columns, channels) => {
                SampleShape::Image {
                    rows,
                    columns,
                    channels: channels.min(3),
                }
            }
        }
    }

    /// Brings samples (m, n) that lie so to rows, columns, channels, without transparency; large pictures become
    /// photographs, to be cut into patches. `file` names them; notes say what was left out.
    pub(super) fn content(self, values: Values, file: &str) -> (Content, Vec<String>) {
        let mut notes = Vec::new();
        if matches!(self, Self::Last(_, _, 4) | Self::First(_, _, 4)) {
            notes.push("Transparency ignored.".into());
        }
        let (values, shape) = self.samples(values);
        let (rows, columns) = shape.picture();
        let large = !matches!(self, Self::Values(_)) && rows.max(columns) > limits::SAMPLE_SIDE;
        let content = if large {
            Content::Pictures(pictures(&values, shape, file))
        } else {
            Content::Samples { values, shape }
        };
        (content, notes)
    }

    /// Samples (m, n) in the order of rows, columns, channels, and how one is shown.
    pub(super) fn samples(self, values: Values) -> (Values, SampleShape) {
        let values = match values {
            Values::Bytes(array) => Values::Bytes(self.arrange(array.into_owned()).into_shared()),
            Values::F32(array) => Values::F32(self.arrange(array)),
            Values::F64(array) => Values::F64(self.arrange(array)),
        };
        (values, self.shape())
    }

    fn arrange<T: Copy>(self, array: Array2<T>) -> Array2<T> {
        let samples = array.nrows();
        let (dimensions, order, channels) = match self {
            Self::First(rows, columns, channels) => {
                ((samples, channels, rows, columns), [0, 2, 3, 1], channels)
            }
            Self::Last(rows, columns, channels @ 4) => {
                ((samples, rows, columns, channels), [0, 1, 2, 3], channels)
            }
            _ => return array,
        };
        let values: Vec<T> = array.iter().copied().collect();
        let Ok(view) = ArrayView4::from_shape(dimensions, &values) else {
            return array; // never: the layout was made from the array's own shape
        };
        let kept = view
            .permuted_axes(order)
            .slice_move(ndarray::s![.., .., .., ..channels.min(3)]);
        let width = kept.len() / samples.max(1);
        let kept: Vec<T> = kept.iter().copied().collect();
        Array2::from_shape_vec((samples, width), kept).unwrap_or(array)
    }
}

/// Refuses photographs of which a value did not fit f32.
pub(super) fn check_reach(content: &Content, input: &Input<'_>) -> Result<(), DataError> {
    match content {
        Content::Pictures(pictures)
            if pictures
                .iter()
                .any(|picture| picture.values.iter().any(|value| !value.is_finite())) =>
        {
            Err(input.unsupported(
                "pictures with values beyond the range of 32-bit floating point",
                "scale it to a range such as [0, 1] first",
            ))
        }
        _ => Ok(()),
    }
}

/// Each sample as a photograph; bytes become [0, 1].
pub(super) fn pictures(values: &Values, shape: SampleShape, file: &str) -> Vec<Picture> {
    let (rows, columns) = shape.picture();
    let picture = |index: usize, values: Vec<f32>| Picture {
        file: format!("{file} (picture {})", index + 1),
        rows,
        columns,
        channels: shape.channels(),
        values,
    };
    let each = 0..values.dim().0;
    match values {
        Values::Bytes(array) => each
            .map(|index| {
                let row = array.row(index);
                picture(index, row.iter().map(|&v| f32::from(v) / 255.0).collect())
            })
            .collect(),
        Values::F32(array) => each
            .map(|index| picture(index, array.row(index).to_vec()))
            .collect(),
        Values::F64(array) => each
            .map(|index| picture(index, array.row(index).iter().map(|&v| v as f32).collect()))
            .collect(),
    }
}

/// The dimensions of an array in `file` as sizes in memory. Compressed bytes can claim more samples than a browser's 32
/// bits count, though a thinned part of them would fit.
pub(super) fn sides(file: &str, dimensions: &[u64]) -> Result<Vec<usize>, DataError> {
    dimensions
        .iter()
        .map(|&side| usize::try_from(side))
        .collect::<Result<_, _>>()
        .map_err(|_| super::too_many_values(file, dimensions))
}

/// Of an array of these dimensions, samples first, samples are kept at even steps, so that it fits [`limits::VALUES`].
/// `None`: one sample alone is too large.
pub(super) fn every(dimensions: &[u64]) -> Option<u64> {
    let [samples, rest @ ..] = dimensions else {
        return Some(1);
    };
    let width = rest
        .iter()
        .try_fold(1u64, |product, &side| product.checked_mul(side))?;
    let fit = limits::VALUES.checked_div(width).unwrap_or(u64::MAX);
    (fit > 0).then(|| samples.div_ceil(fit).max(1))
}

/// What is said where not every sample is kept.
pub(super) fn thinned(every: u64, samples: u64) -> Option<String> {
    (every > 1).then(|| {
        format!(
            "Thinned evenly to 1 in {every} of {} samples: all of them have more than {} values.",
            grouped(samples),
            grouped(limits::VALUES)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array;

    fn arranged(shape: &[usize]) -> (Vec<u8>, SampleShape) {
        let layout = Layout::of(shape).unwrap();
        let width: usize = shape[1..].iter().product();
        let values = Array::from_iter((0..shape[0] * width).map(|value| value as u8));
        let values = values.into_shape_with_order((shape[0], width)).unwrap();
        match layout.content(Values::Bytes(values.into_shared()), "x").0 {
            Content::Samples {
                values: Values::Bytes(values),
                shape,
            } => (values.into_iter().collect(), shape),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn channels_come_last_and_transparency_goes() {
        let colour = SampleShape::Image {
            rows: 1,
            columns: 2,
            channels: 3,
        };
        assert_eq!(arranged(&[1, 1, 2, 3]), ((0..6).collect(), colour));
        assert_eq!(arranged(&[1, 3, 1, 2]), (vec![0, 2, 4, 1, 3, 5], colour));
        assert_eq!(arranged(&[1, 1, 2, 4]), (vec![0, 1, 2, 4, 5, 6], colour));
        assert_eq!(arranged(&[2, 2, 2, 1]).1, SampleShape::grey(2, 2));
        assert_eq!(arranged(&[2, 1, 2, 2]).1, SampleShape::grey(2, 2));
        assert_eq!(Layout::of(&[5, 6, 7, 8]), None);
        assert_eq!(Layout::of(&[5]), None);
        assert_eq!(Layout::of(&[5, 4, 3, 2, 1]), None);
    }

    #[test]
    fn large_pictures_are_photographs() {
        let layout = Layout::of(&[2, 100, 80]).unwrap();
        let (content, _) = layout.content(Values::F64(Array2::ones((2, 8000))), "x.npy");
        let Content::Pictures(pictures) = content else {
            panic!("samples")
        };
        assert_eq!((pictures.len(), pictures[1].columns), (2, 80));
        assert_eq!(pictures[1].file, "x.npy (picture 2)");
    }

    #[test]
    fn as_many_samples_are_kept_as_fit() {
        assert_eq!(every(&[1000, 28, 28]), Some(1));
        assert_eq!(every(&[1 << 20, 1 << 10]), Some(4));
        assert_eq!(every(&[(1 << 20) + 1, 1 << 10]), Some(5));
        assert_eq!(every(&[1, limits::VALUES + 1]), None);
        assert_eq!(every(&[u64::MAX, u64::MAX, 2]), None);
        assert_eq!(every(&[7, 0]), Some(1));
    }
}
