//! Square patches cut out of photographs at random places.

use ndarray::Array2;

use super::found::Picture;
use super::progress::{Stage, Watch, tell};
use super::random::Draw;
use super::whitening::whiten;
use super::{DataError, PatchSpec};

/// Pixels along a whitened picture's edge that no patch touches, where there is room: the filter takes the picture
/// for periodic, and its edges show it.
pub(super) const MARGIN: usize = 4;
/// Pictures that are made ready at a time: two grey ones go through one Fourier transform.
const PICTURES: usize = 2;

/// Where one patch comes from.
struct Place {
    picture: usize,
    top: usize,
    left: usize,
}

/// Cuts `count` patches (rows of the result, each row by row, channels side by side) as `spec` says, each from a picture
/// and a place drawn evenly by `seed`. The first patches of a longer cut are those of a shorter. Without `filtered`,
/// pictures are cut where whitened ones would be, but stay as they are.
///
/// # Errors
/// A picture that is smaller than a patch; cancelled.
pub(super) fn cut(
    pictures: &[&Picture],
    spec: PatchSpec,
    filtered: bool,
    (count, seed): (usize, u64),
    watch: Watch<'_>,
) -> Result<Array2<f32>, DataError> {
    let (side, channels) = (spec.side, spec.channels);
    let filter = spec.filter.filter(|_| filtered);
    let places = places(pictures, spec, (count, seed))?;
    let mut from: Vec<Vec<usize>> = vec![Vec::new(); pictures.len()];
    for (patch, place) in places.iter().enumerate() {
        from[place.picture].push(patch);
    }
    let needed: Vec<usize> = (0..pictures.len())
        .filter(|picture| !from[*picture].is_empty())
        .collect();
    let mut patches = Array2::zeros((count, side * side * channels));
    let stage = if filter.is_some() {
        Stage::Whitening
    } else {
        Stage::Cutting
    };
    let mut done = 0;
    for some in needed.chunks(PICTURES) {
        let mut planes: Vec<Picture> = some
            .iter()
            .flat_map(|picture| planes(pictures[*picture], channels))
            .collect();
        if let Some(filter) = filter {
            planes = whiten(&planes, filter.cutoff);
        }
        for (picture, planes) in some.iter().zip(planes.chunks_exact(channels)) {
            for &patch in &from[*picture] {
                copy(&places[patch], side, planes, patches.row_mut(patch));
            }
        }
        done += some.len();
        tell(watch, stage, done as u64, needed.len() as u64)?;
    }
    Ok(patches)
}

fn places(
    pictures: &[&Picture],
    spec: PatchSpec,
    (count, seed): (usize, u64),
) -> Result<Vec<Place>, DataError> {
    let (side, margin) = (spec.side, spec.margin);
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
        if length >= side + 2 * margin {
            margin
        } else {
            0
        }
    };
    let mut draw = Draw::seeded(seed);
    let place = |_| {
        let picture = draw.below(pictures.len());
        let (rows, columns) = (pictures[picture].rows, pictures[picture].columns);
        let (above, before) = (margin_of(rows), margin_of(columns));
        Place {
            picture,
            top: above + draw.below(rows - side - 2 * above + 1),
            left: before + draw.below(columns - side - 2 * before + 1),
        }
    };
    Ok((0..count).map(place).collect())
}

/// The picture as one grey picture for each of `channels`.
fn planes(picture: &Picture, channels: usize) -> Vec<Picture> {
    let plane = |values| Picture::grey(picture.file.clone(), picture.rows, picture.columns, values);
    match (picture.channels, channels) {
        (1, _) => vec![plane(picture.values.clone()); channels],
        (_, 1) => vec![plane(picture.luma())],
        (_, _) => (0..channels)
            .map(|channel| {
                plane(
                    picture
                        .values
                        .iter()
                        .skip(channel)
                        .step_by(picture.channels)
                        .copied()
                        .collect(),
                )
            })
            .collect(),
    }
}

fn copy(
    place: &Place,
    side: usize,
    planes: &[Picture],
    mut patch: ndarray::ArrayViewMut1<'_, f32>,
) {
    for (channel, plane) in planes.iter().enumerate() {
        let values = (0..side).flat_map(|row| {
            let start = (place.top + row) * plane.columns + place.left;
            &plane.values[start..start + side]
        });
        for (to, from) in patch
            .iter_mut()
            .skip(channel)
            .step_by(planes.len())
            .zip(values)
        {
            *to = *from;
        }
    }
}
