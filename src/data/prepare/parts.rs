//! What was found in two parts: one to train on, one to test with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ndarray::Axis;

use super::pictures;
use crate::data::random::Draw;
use crate::data::{
    Content, Cut, DataError, DataSet, DataSpec, FittedPreparation, Found, Held, Orientation, Step,
    TestPart, Values,
};

/// Sets the drawing apart from all else that the same seed decides.
const DRAWN: u64 = 0x7465_7374;

/// Both parts of what was found, each with its own spec.
pub(super) struct Parts<'a> {
    pub(super) training: (Cow<'a, Found>, DataSpec),
    pub(super) test: (Cow<'a, Found>, DataSpec),
    /// That it was done.
    pub(super) step: Step,
}

/// `found` as `spec` divides it; `None` where nothing is held out. The same for the same `found` and `spec`. Where
/// patches are cut, whole pictures are held out, so that none of them is trained on, and patches in proportion.
///
/// # Errors
/// A fraction out of range, too little to divide, no test part where the source's own was asked for.
pub(super) fn parts<'a>(
    found: &'a Found,
    spec: &DataSpec,
    fitted: Option<&FittedPreparation>,
) -> Result<Option<Parts<'a>>, DataError> {
    if spec.held == Held::OwnSplit {
        return own(found, spec, fitted).map(Some);
    }
    if spec.held.fraction()?.is_none() {
        return Ok(None);
    }
    let side = patch_side(found, spec, fitted);
    let total = found.count();
    // of pictures that are smaller than a patch nothing is seen anyway
    let eligible = match (side, &found.content) {
        (Some(side), Content::Pictures(all)) => pictures::fitting(all, side),
        _ => (0..total).collect(),
    };
    let few = |reason, remedy| DataError::NoTestPart {
        file: found.name.clone(),
        reason,
        remedy,
    };
    if eligible.len() < 2 {
        return Err(match side {
            Some(_) => few(
                "all patches of one picture are alike, so whole pictures are held out, and there is only one to cut",
                "add pictures, or hold out nothing",
            ),
            None => few("it has only one sample", "add samples, or hold out nothing"),
        });
    }
    let share = |of: usize| spec.held.drawn_of(of);
    let patches = match side {
        Some(_) if spec.patches < 2 => {
            return Err(few(
                "only one patch is cut",
                "cut more, or hold out nothing",
            ));
        }
        Some(_) => share(spec.patches),
        None => 0,
    };
    let drawn = drawn(eligible.len(), share(eligible.len()), spec.seed);
    let test: Vec<usize> = drawn.into_iter().map(|place| eligible[place]).collect();
    let mut held = vec![false; total];
    test.iter().for_each(|&row| held[row] = true);
    let training: Vec<usize> = (0..total).filter(|&row| !held[row]).collect();
    let mut trained = selected(found, &training);
    trained.notes.clone_from(&found.notes);
    refill(&mut trained)?;
    let of = |patches| DataSpec {
        held: Held::None,
        patches,
        ..spec.clone()
    };
    Ok(Some(Parts {
        step: Step::HeldOut {
            held: test.len(),
            of: total,
            pictures: side.is_some(),
            seed: spec.seed,
        },
        training: (Cow::Owned(trained), of(spec.patches - patches)),
        test: (Cow::Owned(selected(found, &test)), of(patches)),
    }))
}

/// The parts that the source itself has.
fn own<'a>(
    found: &'a Found,
    spec: &DataSpec,
    fitted: Option<&FittedPreparation>,
) -> Result<Parts<'a>, DataError> {
    let test = found.test.as_deref().ok_or_else(|| DataError::NoTestPart {
        file: found.name.clone(),
        reason: "no test part was read with it",
        remedy: "give the fraction of it to hold out",
    })?;
    let all = DataSpec {
        held: Held::None,
        ..spec.clone()
    };
    let patches = match patch_side(found, spec, fitted) {
        Some(_) => {
            let share = test.count() as f64 / found.count().max(1) as f64;
            ((spec.patches as f64 * share).round() as usize).clamp(1, spec.patches.max(1))
        }
        None => spec.patches,
    };
    Ok(Parts {
        step: Step::OwnTest {
            name: test.name.clone(),
            count: test.count(),
        },
        training: (Cow::Borrowed(found), all.clone()),
        test: (Cow::Borrowed(test), DataSpec { patches, ..all }),
    })
}

/// Puts the test part beside the training part, which is of a part of `spec`.
pub(super) fn joined(training: DataSet, test: DataSet, spec: &DataSpec) -> DataSet {
    let part = TestPart::new(&training.samples, test.samples, test.labels);
    let asked = DataSpec {
        held: spec.held,
        patches: spec.patches,
        ..training.spec
    };
    DataSet {
        spec: asked,
        test: Some(part.into()),
        ..training
    }
}

/// The side of the patches, where any are cut.
fn patch_side(found: &Found, spec: &DataSpec, fitted: Option<&FittedPreparation>) -> Option<usize> {
    let cut = match &found.content {
        Content::Pictures(_) => fitted.map_or(spec.cut != Cut::Whole, |f| f.patches.is_some()),
        Content::Samples { .. } => {
            spec.cut == Cut::Patches && fitted.is_none_or(|f| f.patches.is_some())
        }
    };
    let known = fitted.and_then(|fitted| fitted.patches);
    cut.then(|| known.map_or(spec.patch, |patches| patches.side))
}

/// `count` of `0..of`, in increasing order.
fn drawn(of: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut draw = Draw::seeded(seed ^ DRAWN);
    let mut places: Vec<usize> = (0..of).collect();
    for place in 0..count {
        let other = place + draw.below(of - place);
        places.swap(place, other);
    }
    places.truncate(count);
    places.sort_unstable();
    places
}

/// The pictures or samples at `rows`, which increase; without the notes, which are of all.
fn selected(found: &Found, rows: &[usize]) -> Found {
    let content = match &found.content {
        Content::Pictures(pictures) => {
            Content::Pictures(rows.iter().map(|&row| pictures[row].clone()).collect())
        }
        Content::Samples { values, shape } => Content::Samples {
            values: match values {
                Values::Bytes(array) => Values::Bytes(array.select(Axis(0), rows).into_shared()),
                Values::F32(array) => Values::F32(array.select(Axis(0), rows)),
                Values::F64(array) => Values::F64(array.select(Axis(0), rows)),
            },
            shape: *shape,
        },
    };
    let mut understood = found.understood.clone();
    if let Some(understood) = &mut understood {
        let filled = understood.filled.iter();
        let place =
            |&(row, column): &(usize, usize)| Some((rows.binary_search(&row).ok()?, column));
        understood.filled = filled.filter_map(place).collect();
    }
    let labels = found.labels.as_ref();
    Found {
        labels: labels.map(|labels| rows.iter().map(|&row| labels[row]).collect()),
        class_names: found.class_names.clone(),
        names: found
            .names
            .as_ref()
            .map(|names| rows.iter().map(|&row| names[row].clone()).collect()),
        column_names: found.column_names.clone(),
        variables: found.variables.clone(),
        understood,
        ..Found::new(
            found.name.clone(),
            content,
            found.encoding.clone(),
            found.suggested,
        )
    }
}

/// Fills the gaps of a part anew: the means that the reader filled them with were of all rows.
fn refill(found: &mut Found) -> Result<(), DataError> {
    let (Content::Samples { values, .. }, Some(understood)) =
        (&mut found.content, &found.understood)
    else {
        return Ok(());
    };
    let (Values::F64(array), Orientation::Rows) = (values, understood.reading.orientation) else {
        return Ok(()); // the means are the samples' own
    };
    for gap in &understood.filled {
        if let Some(value) = array.get_mut(*gap) {
            *value = f64::NAN;
        }
    }
    let mut means: BTreeMap<usize, f64> = BTreeMap::new();
    for &(row, column) in &understood.filled {
        if column >= array.ncols() || row >= array.nrows() {
            continue;
        }
        let mean = *means.entry(column).or_insert_with(|| {
            let known = array.column(column).into_iter().copied();
            mean(known.filter(|value| !value.is_nan()))
        });
        if mean.is_nan() {
            return Err(DataError::NoTestPart {
                file: found.name.clone(),
                reason: "a column has values in that part alone, so that nothing could fill its gaps in the other",
                remedy: "leave incomplete rows out, or change the seed of the data",
            });
        }
        array[[row, column]] = mean;
    }
    Ok(())
}

/// As the reader of tables takes it; NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut mean, mut seen) = (f64::NAN, 0.0);
    for value in values {
        seen += 1.0;
        mean = if seen > 1.0 {
            mean + (value - mean) / seen
        } else {
            value
        };
    }
    mean
}

#[cfg(test)]
mod tests;
