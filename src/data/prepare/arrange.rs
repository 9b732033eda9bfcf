//! What was found, as photographs to cut or as samples.

use std::borrow::Cow;

use ndarray::Array2;

use crate::data::{
    Content, Cut, DataError, DataSpec, FittedPreparation, Found, Picture, SampleShape, Values,
    Whitening, layout, limits,
};

pub(super) fn refused(found: &Found, reason: &'static str) -> DataError {
    DataError::Preparation {
        file: found.name.clone(),
        reason,
    }
}

/// As `spec` asks for it.
pub(super) fn arrange<'a>(
    found: &'a Found,
    spec: &DataSpec,
) -> Result<Cow<'a, Content>, DataError> {
    match (&found.content, spec.cut) {
        (Content::Pictures(pictures), Cut::Whole) => whole(found, pictures),
        (Content::Samples { values, shape }, Cut::Patches) => {
            if shape.is_vector() {
                return Err(refused(found, "only pictures can be cut into patches"));
            }
            let pictures = layout::pictures(values, *shape, &found.name);
            Ok(Cow::Owned(Content::Pictures(pictures)))
        }
        (content, _) => Ok(Cow::Borrowed(content)),
    }
}

/// As `fitted` takes it: what it cut into patches are photographs, unless samples of that very shape were cut already.
pub(super) fn arrange_as<'a>(
    found: &'a Found,
    spec: &DataSpec,
    fitted: &FittedPreparation,
) -> Result<Cow<'a, Content>, DataError> {
    match (&found.content, fitted.patches) {
        (Content::Pictures(pictures), None) => whole(found, pictures),
        (Content::Samples { .. }, Some(_)) if spec.cut == Cut::Patches => arrange(found, spec),
        (Content::Samples { .. }, Some(_))
            if fitted.choice.whitening == Whitening::OlshausenField =>
        {
            Err(refused(found, FILTERED))
        }
        (content, _) => Ok(Cow::Borrowed(content)),
    }
}

pub(super) const FILTERED: &str =
    "Olshausen and Field's whitening is for photographs that are cut into patches";

fn whole<'a>(found: &Found, pictures: &[Picture]) -> Result<Cow<'a, Content>, DataError> {
    match samples_of(pictures) {
        Some(samples) => Ok(Cow::Owned(samples)),
        None => Err(refused(
            found,
            "whole pictures can be samples only if all have the same size, and few enough to fit",
        )),
    }
}

/// Refuses samples of another shape than `fitted` knows, once they are brought to the channels that were chosen. A
/// plain vector has whatever shape its length allows.
pub(super) fn check_shape(
    found: &Found,
    shape: SampleShape,
    fitted: &FittedPreparation,
) -> Result<(), DataError> {
    let expected = fitted.shape;
    let same = shape == expected
        || shape.len() == expected.len() && (shape.is_vector() || expected.is_vector());
    if !same {
        let pixels = shape.picture() == expected.picture();
        return Err(if pixels && shape.channels() != expected.channels() {
            DataError::OtherChannels {
                file: found.name.clone(),
                found: shape.channels(),
                expected: expected.channels(),
            }
        } else {
            DataError::OtherShape {
                file: found.name.clone(),
                found: shape,
                expected,
            }
        });
    }
    check_columns(found, fitted)
}

/// Refuses a table whose columns are the known ones in another order; other names may be other spellings.
fn check_columns(found: &Found, fitted: &FittedPreparation) -> Result<(), DataError> {
    let names = found.column_names.iter().zip(&fitted.columns);
    for (place, (name, expected)) in names.enumerate() {
        if name != expected && found.column_names.contains(expected) {
            return Err(DataError::OtherColumn {
                file: found.name.clone(),
                column: place as u64 + 1,
                found: name.clone(),
                expected: expected.clone(),
            });
        }
    }
    Ok(())
}

/// Pictures of one size as samples, in colour if any of them is; `None` where they do not fit.
pub(in crate::data) fn samples_of(pictures: &[Picture]) -> Option<Content> {
    let (rows, columns) = pictures.first().map(|first| (first.rows, first.columns))?;
    let alike = pictures
        .iter()
        .all(|picture| (picture.rows, picture.columns) == (rows, columns));
    let colour = pictures.iter().any(|picture| picture.channels == 3);
    let shape = SampleShape::Image {
        rows,
        columns,
        channels: if colour { 3 } else { 1 },
    };
    let total = pictures.len() as u64 * shape.len() as u64;
    if !alike || total > limits::VALUES {
        return None;
    }
    let values = pictures.iter().flat_map(|picture| {
        let repeat = shape.channels() / picture.channels;
        let values = picture.values.iter();
        values.flat_map(move |value| std::iter::repeat_n(*value, repeat))
    });
    let values = Array2::from_shape_vec((pictures.len(), shape.len()), values.collect()).ok()?;
    Some(Content::Samples {
        values: Values::F32(values),
        shape,
    })
}
