//! From what a source holds to what a run trains on: patches cut, values prepared, each step said. The numbers behind
//! it are measured on the data themselves, or they are those of other data.

mod arrange;
mod parts;
mod pictures;
#[cfg(test)]
mod tests;
mod values;

use std::sync::Arc;

pub(super) use arrange::samples_of;
pub(super) use pictures::check_patches;

use super::progress::{Stage, Watch, tell};
use super::{
    Content, DataError, DataSet, DataSpec, FittedPreparation, FittedScaling, Found, Preparation,
    SampleShape, Samples, Scaling, Step, Whitening,
};

/// Cuts and prepares what was found as `spec` says, by what is measured on it; what is held out for testing is treated
/// as the rest is, and nothing is measured on it. The same `found` and `spec` give the same bits.
///
/// # Errors
/// Nothing that could be held out where something is to be;
/// A patch that does not fit, a setting or size out of range, a preparation that does not suit, constant data.
pub fn prepare(found: &Found, spec: &DataSpec, watch: Watch<'_>) -> Result<DataSet, DataError> {
    let Some(parts) = parts::parts(found, spec, None)? else {
        return prepare_part(found, spec, None, watch);
    };
    let (training, own) = parts.training;
    let training = prepare_part(&training, &own, Some(parts.step), watch)?;
    let (test, own) = parts.test;
    let test = prepare_part_with(&test, &own, &training.fitted, None, watch)?;
    Ok(parts::joined(training, test, spec))
}

/// The same of a part that is not divided any further; `step` says how it came about.
fn prepare_part(
    found: &Found,
    spec: &DataSpec,
    step: Option<Step>,
    watch: Watch<'_>,
) -> Result<DataSet, DataError> {
    tell(watch, Stage::Preparing, 0, 1)?;
    let choice = spec.preparation.unwrap_or(found.suggested);
    let content = arrange::arrange(found, spec)?;
    suits(found, &content, choice)?;
    let mut steps = read(found);
    steps.extend(step);
    let (mut patches, mut white) = (None, None);
    let (mut samples, shape) = match content.as_ref() {
        Content::Pictures(pictures) => {
            let cut = pictures::spec(found, spec, choice)?;
            patches = Some(cut);
            pictures::refuse_flat(found, pictures, cut)?;
            pictures::cut(found, pictures, (cut, spec), true, &mut steps, watch)?
        }
        Content::Samples { values, shape } => {
            white = values::white(values, choice);
            values::samples(values, *shape, (choice, white), &mut steps)
        }
    };
    let fill = values::fill_of(&samples, found);
    let (zca, scaling) = match &mut samples {
        Samples::F32(array) => values::fit(array, &found.name, choice, &mut steps, watch)?,
        Samples::F64(array) => values::fit(array, &found.name, choice, &mut steps, watch)?,
        Samples::Levels(_) => (None, FittedScaling::None), // only divided
    };
    tell(watch, Stage::Preparing, 1, 1)?;
    let whole = patches.is_none();
    let named = whole && found.column_names.len() == shape.len();
    let fitted = FittedPreparation {
        name: found.name.clone(),
        choice,
        shape,
        patches,
        white,
        zca: zca.map(Arc::new),
        scaling,
        fill: if whole { fill } else { Vec::new() },
        columns: if named {
            found.column_names.clone()
        } else {
            Vec::new()
        },
        classes: if whole {
            found.class_names.clone()
        } else {
            Vec::new() // a patch has no class
        },
        steps: steps.clone(),
    };
    let mut set = data_set(found, spec.clone(), samples, steps, Arc::new(fitted))?;
    if set.len() == found.count() && whole {
        set.labels.clone_from(&found.labels);
        set.names.clone_from(&found.names);
    }
    // One sample alone never varies, and is still a case worth evaluating; its FVU is undefined.
    if set.variance == 0.0 && set.len() > 1 {
        return Err(DataError::Constant { file: set.name });
    }
    Ok(set)
}

/// What `prepare` learns from `found`.
///
/// # Errors
/// As [`prepare`].
pub fn fit(
    found: &Found,
    spec: &DataSpec,
    watch: Watch<'_>,
) -> Result<FittedPreparation, DataError> {
    prepare(found, spec, watch).map(|set| Arc::unwrap_or_clone(set.fitted))
}

/// Treats what was found exactly as the data that `fitted` was fitted to: nothing is measured on it. How many patches
/// are cut, and where, is `spec`'s; their size and all that is done to the values is `fitted`'s, whatever `spec` says.
///
/// Values beyond those of the training data come out beyond their range, and a constant column is none the worse.
///
/// # Errors
/// Samples of another shape, with other channels or with the columns in another order; pictures that are smaller than a
/// patch; values that are whitened as photographs only; values beyond all reach; cancelled.
pub fn prepare_with(
    found: &Found,
    spec: &DataSpec,
    fitted: &Arc<FittedPreparation>,
    watch: Watch<'_>,
) -> Result<DataSet, DataError> {
    let Some(parts) = parts::parts(found, spec, Some(fitted))? else {
        return prepare_part_with(found, spec, fitted, None, watch);
    };
    let (training, own) = parts.training;
    let training = prepare_part_with(&training, &own, fitted, Some(parts.step), watch)?;
    let (test, own) = parts.test;
    let test = prepare_part_with(&test, &own, fitted, None, watch)?;
    Ok(parts::joined(training, test, spec))
}

fn prepare_part_with(
    found: &Found,
    spec: &DataSpec,
    fitted: &Arc<FittedPreparation>,
    step: Option<Step>,
    watch: Watch<'_>,
) -> Result<DataSet, DataError> {
    tell(watch, Stage::Preparing, 0, 1)?;
    let content = arrange::arrange_as(found, spec, fitted)?;
    let mut steps = read(found);
    steps.extend(step);
    steps.push(Step::FittedTo(fitted.name.clone()));
    let mut spec = DataSpec {
        preparation: Some(fitted.choice),
        ..spec.clone()
    };
    let whole = matches!(content.as_ref(), Content::Samples { .. });
    let (mut samples, shape) = match (content.as_ref(), fitted.patches) {
        (Content::Pictures(pictures), Some(cut)) => {
            spec.patch = cut.side;
            pictures::check_channels(found, fitted, cut)?;
            pictures::cut(found, pictures, (cut, &spec), true, &mut steps, watch)?
        }
        (Content::Pictures(_), None) => {
            return Err(arrange::refused(found, "it was made for whole samples"));
        }
        (Content::Samples { values, shape }, _) => {
            values::samples(values, *shape, (fitted.choice, fitted.white), &mut steps)
        }
    };
    arrange::check_shape(found, shape, fitted)?;
    if whole {
        values::fill(&mut samples, found, fitted);
    }
    match &mut samples {
        Samples::F32(array) => values::apply(array, fitted, &mut steps, watch)?,
        Samples::F64(array) => values::apply(array, fitted, &mut steps, watch)?,
        Samples::Levels(_) => {} // only divided
    }
    tell(watch, Stage::Preparing, 1, 1)?;
    let mut set = data_set(found, spec, samples, steps, Arc::clone(fitted))?;
    if set.len() == found.count()
        && whole
        && let Some(labels) = &found.labels
    {
        let names = (&found.class_names[..], &fitted.classes[..]);
        let (labels, classes) = values::relabelled(labels, names);
        (set.labels, set.classes) = (Some(labels), classes);
    }
    Ok(set)
}

/// The samples that `prepare` makes something of, row by row, before anything is done to their values: the same patches
/// from the same places, in colour where there is any; without the test part.
///
/// # Errors
/// A cut that does not suit; cancelled.
pub fn untouched(
    found: &Found,
    spec: &DataSpec,
    watch: Watch<'_>,
) -> Result<(Samples, SampleShape), DataError> {
    if let Some(parts) = parts::parts(found, spec, None)? {
        let (training, own) = parts.training;
        return untouched(&training, &own, watch); // its spec holds nothing out
    }
    let whitening = spec.preparation.unwrap_or(found.suggested).whitening;
    let choice = Preparation {
        whitening, // it says how far patches keep from a picture's edge
        ..Preparation::NONE
    };
    let mut steps = Vec::new();
    Ok(match arrange::arrange(found, spec)?.as_ref() {
        Content::Pictures(pictures) => {
            let cut = pictures::spec(found, spec, choice)?;
            pictures::refuse_flat(found, pictures, cut)?;
            pictures::cut(found, pictures, (cut, spec), false, &mut steps, watch)?
        }
        Content::Samples { values, shape } => {
            values::samples(values, *shape, (choice, None), &mut steps)
        }
    })
}

fn read(found: &Found) -> Vec<Step> {
    found.notes.iter().cloned().map(Step::Read).collect()
}

/// The data set, if its values can be squared and summed.
fn data_set(
    found: &Found,
    spec: DataSpec,
    samples: Samples,
    steps: Vec<Step>,
    fitted: Arc<FittedPreparation>,
) -> Result<DataSet, DataError> {
    let reading = match &found.understood {
        Some(understood) => understood.reading.clone(),
        None => spec.reading.clone(),
    };
    let spec = DataSpec { reading, ..spec };
    let mut set = DataSet::prepared_by(found.name.clone(), spec, samples, fitted);
    set.preparation = steps;
    let (least, greatest) = set.range;
    if !set.variance.is_finite() || !least.is_finite() || !greatest.is_finite() {
        let file = set.name;
        return Err(DataError::Range {
            file,
            least,
            greatest,
        });
    }
    Ok(set)
}

/// Refuses choices that contradict the data or one another.
fn suits(found: &Found, content: &Content, choice: Preparation) -> Result<(), DataError> {
    let refuse = |reason| Err(arrange::refused(found, reason));
    let pictures = matches!(content, Content::Pictures(_));
    match (choice.whitening, choice.scaling) {
        (Whitening::OlshausenField, _) if !pictures => refuse(arrange::FILTERED),
        (Whitening::Zca { .. }, scaling) if scaling != Scaling::None => {
            refuse("ZCA whitening sets the range of the values itself and takes no scaling")
        }
        _ => Ok(()),
    }
}
