//! From what a source holds to what a run trains on: patches cut, values prepared, each step said.

use ndarray::{Array2, Axis};

use super::error::grouped;
use super::found::{Content, Found, Picture, Values};
use super::progress::{Stage, Watch, tell};
use super::{DataError, DataSet, DataSpec, EmbeddedSet, Preprocessing, SampleShape, Samples};
use super::{DataSource, limits, patches, whitening};
use crate::numerics::Real;

/// Where [`Preprocessing::Contrast`] clips, in standard deviations.
const CLIP: f64 = 3.0;
/// The range that it scales to: a sigmoid's reach, without its ends.
const RANGE: (f64, f64) = (0.1, 0.9);
/// A set of bytes with a value from here on uses all eight bits; one below has fewer and is scaled by its greatest.
const EIGHT_BITS: u8 = 128;

/// Cuts and prepares what was found as `spec` says. The same `found` and `spec` give the same bits.
///
/// # Errors
/// A patch that does not fit, a setting or size out of range, a preparation that does not suit, constant data.
pub fn prepare(found: &Found, spec: &DataSpec, watch: Watch<'_>) -> Result<DataSet, DataError> {
    tell(watch, Stage::Preparing, 0, 1)?;
    let choice = resolve(found, spec);
    let mut steps = found.notes.clone();
    let (mut samples, shape) = match &found.content {
        Content::Pictures(pictures) => {
            check_patches(spec)?;
            let patches = cut(pictures, spec, choice, &mut steps, watch)?;
            (
                Samples::F32(patches),
                SampleShape::Image {
                    rows: spec.patch,
                    columns: spec.patch,
                },
            )
        }
        Content::Samples { values, shape } => {
            if choice == Preprocessing::Whiten {
                let reason = "its samples are not photographs";
                return Err(DataError::Preparation {
                    file: found.name.clone(),
                    reason,
                });
            }
            (as_samples(values, choice, &mut steps), *shape)
        }
    };
    let bytes = matches!(
        found.content,
        Content::Samples {
            values: Values::Bytes(_),
            ..
        }
    );
    match choice {
        Preprocessing::Whiten | Preprocessing::Contrast => {
            steps.push("Each sample's mean removed.".into());
            steps.push(
                "Clipped at ±3 standard deviations of the whole set, scaled to [0.1, 0.9].".into(),
            );
            match &mut samples {
                Samples::F32(array) => contrast(array),
                Samples::F64(array) => contrast(array),
            }
        }
        Preprocessing::Unit => {
            let (low, high) = match &mut samples {
                Samples::F32(array) => unit(array),
                Samples::F64(array) => unit(array),
            };
            steps.push(format!("Scaled linearly from [{low}, {high}] to [0, 1]."));
        }
        Preprocessing::None if bytes => steps.push("Bytes taken as they stand, 0 to 255.".into()),
        Preprocessing::None | Preprocessing::Auto => {}
    }
    tell(watch, Stage::Preparing, 1, 1)?;
    let mut set = DataSet::new(found.name.clone(), spec.clone(), samples, shape);
    set.preparation = steps;
    set.labels.clone_from(&found.labels);
    let (least, greatest) = set.range;
    if !set.variance.is_finite() || !least.is_finite() || !greatest.is_finite() {
        return Err(DataError::Range {
            file: set.name,
            least,
            greatest,
        });
    }
    // One sample alone never varies, and is still a case worth evaluating; its FVU is undefined.
    if set.variance == 0.0 && set.len() > 1 {
        return Err(DataError::Constant { file: set.name });
    }
    Ok(set)
}

/// What `Auto` means here: photographs whitened, bytes scaled, all else as it stands.
fn resolve(found: &Found, spec: &DataSpec) -> Preprocessing {
    match (spec.preprocessing, &spec.source, &found.content) {
        (
            Preprocessing::Auto,
            DataSource::Embedded(EmbeddedSet::PhotosRaw | EmbeddedSet::Leaves),
            _,
        ) => Preprocessing::Contrast,
        (Preprocessing::Auto, _, Content::Pictures(_)) => Preprocessing::Whiten,
        (
            Preprocessing::Auto,
            _,
            Content::Samples {
                values: Values::F32(_) | Values::F64(_),
                ..
            },
        ) => Preprocessing::None,
        (choice, _, _) => choice,
    }
}

/// Holds patch size and count against the limits.
pub(super) fn check_patches(spec: &DataSpec) -> Result<(), DataError> {
    let limit = limits::PATCH_SIDE;
    if !(limits::IMAGE_SIDE..=limit).contains(&spec.patch) {
        let range = format!("{} to {limit} pixels", limits::IMAGE_SIDE);
        return Err(DataError::Setting {
            setting: "the patch size",
            value: spec.patch,
            range,
        });
    }
    let most = limits::VALUES / (spec.patch * spec.patch) as u64;
    if spec.patches == 0 || spec.patches as u64 > most {
        let range = format!(
            "1 to {} patches of {}×{}",
            grouped(most),
            spec.patch,
            spec.patch
        );
        return Err(DataError::Setting {
            setting: "the number of patches",
            value: spec.patches,
            range,
        });
    }
    Ok(())
}

fn cut(
    pictures: &[Picture],
    spec: &DataSpec,
    choice: Preprocessing,
    steps: &mut Vec<String>,
    watch: Watch<'_>,
) -> Result<Array2<f32>, DataError> {
    let whiten = choice == Preprocessing::Whiten;
    let cut = if whiten {
        let cutoff = whitening::CUTOFF;
        steps.push(format!(
            "Pictures whitened: R(f) = |f| exp(−(f/{cutoff})⁴), f in cycles a pixel."
        ));
        patches::cut(&whitening::whiten(pictures, watch)?, spec, whiten)?
    } else {
        patches::cut(pictures, spec, whiten)?
    };
    let (count, side, seed) = (grouped(spec.patches as u64), spec.patch, spec.seed);
    steps.push(format!(
        "{count} patches of {side}×{side} cut at random places, seed {seed}."
    ));
    Ok(cut)
}

fn as_samples(values: &Values, choice: Preprocessing, steps: &mut Vec<String>) -> Samples {
    match values {
        Values::F32(array) => Samples::F32(array.clone()),
        Values::F64(array) => Samples::F64(array.clone()),
        Values::Bytes(array) if choice == Preprocessing::Auto => {
            let greatest = array.iter().copied().max().unwrap_or(0);
            let white = if greatest >= EIGHT_BITS {
                255
            } else {
                greatest.max(1)
            };
            steps.push(format!("Bytes divided by {white}, into [0, 1]."));
            Samples::F32(array.mapv(|byte| f32::from(byte) / f32::from(white)))
        }
        Values::Bytes(array) => Samples::F32(array.mapv(f32::from)),
    }
}

/// Removes each sample's mean, clips at ±3σ of all that is left, scales to [.1, .9] (UFLDL "normalizeData").
fn contrast<T: Real>(samples: &mut Array2<T>) {
    let length = samples.ncols() as f64;
    let mut squares = 0.0;
    for mut sample in samples.axis_iter_mut(Axis(0)) {
        let mean = sample.iter().map(|value| value.f64()).sum::<f64>() / length;
        for value in &mut sample {
            let centred = value.f64() - mean;
            *value = T::of(centred);
            squares += centred * centred;
        }
    }
    let limit = CLIP * (squares / samples.len() as f64).sqrt();
    if limit == 0.0 {
        // all is grey: left for the check of constant sets
        return;
    }
    let (low, high) = RANGE;
    samples.mapv_inplace(|value| {
        let clipped = (value.f64() / limit).clamp(-1.0, 1.0);
        T::of(low + (clipped + 1.0) * 0.5 * (high - low))
    });
}

/// Scales the whole set linearly to [0, 1]; returns what its range was.
fn unit<T: Real>(samples: &mut Array2<T>) -> (f64, f64) {
    let (low, high) = samples
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value.f64()), high.max(value.f64()))
        });
    if high > low {
        samples.mapv_inplace(|value| T::of((value.f64() - low) / (high - low)));
    }
    (low, high)
}
