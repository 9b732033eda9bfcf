//! Square patches cut out of photographs at random places.

use ndarray::Array2;

use super::found::Picture;
use super::random::Draw;
use super::{DataError, DataSpec};

/// Pixels along a whitened picture's edge that no patch touches, where there is room: the filter takes the picture
/// for periodic, and its edges show it.
const MARGIN: usize = 4;

/// Cuts `spec.patches` patches (rows of the result, each row by row) of `spec.patch` × `spec.patch`, each from a
/// picture and a place drawn evenly. `margin`: stay clear of the edges.
pub(super) fn cut(
    pictures: &[Picture],
    spec: &DataSpec,
    margin: bool,
) -> Result<Array2<f32>, DataError> {
    let side = spec.patch;
    for picture in pictures {
        if picture.rows < side || picture.columns < side {
            let (rows, columns) = (picture.rows, picture.columns);
            return Err(DataError::PatchTooLarge {
                file: picture.file.clone(),
                patch: side,
                rows,
                columns,
            });
        }
    }
    let margin_of = |length: usize| {
        if margin && length >= side + 2 * MARGIN {
            MARGIN
        } else {
            0
        }
    };
    let mut draw = Draw::seeded(spec.seed);
    let mut values = Vec::with_capacity(spec.patches * side * side);
    for _ in 0..spec.patches {
        let picture = &pictures[draw.below(pictures.len())];
        let (above, before) = (margin_of(picture.rows), margin_of(picture.columns));
        let top = above + draw.below(picture.rows - side - 2 * above + 1);
        let left = before + draw.below(picture.columns - side - 2 * before + 1);
        for row in picture
            .luma
            .chunks_exact(picture.columns)
            .skip(top)
            .take(side)
        {
            values.extend_from_slice(&row[left..left + side]);
        }
    }
    let shape = (spec.patches, side * side);
    #[expect(
        clippy::expect_used,
        reason = "each of the patches added side * side values"
    )]
    Ok(Array2::from_shape_vec(shape, values).expect("patches are whole"))
}
