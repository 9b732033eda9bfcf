//! From what a source holds to what a run trains on: patches cut, values prepared, each step said.

use ndarray::{Array2, Axis};

use super::error::grouped;
use super::found::{Content, Found, Picture, Values};
use super::progress::{Stage, Watch, tell};
use super::{DataError, DataSet, DataSpec, Preprocessing, SampleShape, Samples};
use super::{limits, patches, whitening};
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
    let choice = match spec.preprocessing {
        Preprocessing::Auto => found.suggested,
        choice => choice,
    };
    let mut steps = found.notes.clone();
    let (mut samples, shape) = match &found.content {
        Content::Pictures(pictures) => {
            check_patches(spec)?;
            if pictures.iter().all(is_flat) {
                // whitened, it would be rounding noise that looks like data
                let file = found.name.clone();
                return Err(DataError::Constant { file });
            }
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

/// Whether every pixel is the same.
fn is_flat(picture: &Picture) -> bool {
    picture.luma.windows(2).all(|pair| pair[0] == pair[1])
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

#[cfg(test)]
mod tests {
    use super::super::{DataSource, EmbeddedSet, load, load_with};
    use super::*;
    use ndarray::array;
    use std::ops::ControlFlow;

    fn all() -> impl Iterator<Item = DataSpec> {
        EmbeddedSet::ALL.into_iter().map(|set| DataSpec {
            patches: 500,
            ..DataSpec::embedded(set)
        })
    }

    #[test]
    fn the_embedded_sets_are_what_they_are_called() {
        for set in EmbeddedSet::ALL {
            let data = load(&DataSpec::embedded(set)).unwrap();
            let (samples, side, range, labels) = match set {
                EmbeddedSet::Photos | EmbeddedSet::PhotosRaw | EmbeddedSet::Leaves => {
                    (10_000, 8, (0.1, 0.9), false)
                }
                EmbeddedSet::Bars => (2_000, 8, (0.0, 1.0), false),
                EmbeddedSet::Fashion => (2_000, 28, (0.0, 1.0), true),
                EmbeddedSet::Digits => (1_797, 8, (0.0, 1.0), true),
            };
            assert_eq!(data.samples.dim(), (samples, side * side), "{set:?}");
            assert_eq!(
                data.shape,
                SampleShape::Image {
                    rows: side,
                    columns: side
                }
            );
            assert!(
                (data.range.0 - range.0).abs() < 1e-6 && (data.range.1 - range.1).abs() < 1e-6,
                "{:?}",
                data.range
            );
            assert_eq!(
                data.labels.as_ref().map(Vec::len),
                labels.then_some(samples)
            );
            assert_eq!(data.name, set.title());
            if let Some(labels) = data.labels {
                assert!(
                    (0..10).all(|class| labels.contains(&class))
                        && labels.iter().all(|class| *class < 10)
                );
            }
        }
    }

    #[test]
    fn the_same_spec_gives_the_same_bits_and_another_seed_others() {
        for spec in all() {
            let once = load(&spec).unwrap();
            assert_eq!(once.samples, load(&spec).unwrap().samples);
            let other = load(&DataSpec {
                seed: spec.seed + 1,
                ..spec.clone()
            })
            .unwrap();
            let seeded = !matches!(
                spec.source,
                DataSource::Embedded(EmbeddedSet::Fashion | EmbeddedSet::Digits)
            );
            assert_eq!(once.samples != other.samples, seeded, "{spec:?}");
        }
    }

    #[test]
    fn the_choice_overrules_what_the_set_comes_with() {
        let spec = |set, preprocessing| DataSpec {
            patches: 200,
            preprocessing,
            ..DataSpec::embedded(set)
        };
        let raw = load(&spec(EmbeddedSet::PhotosRaw, Preprocessing::Auto)).unwrap();
        assert_eq!(
            raw.samples,
            load(&spec(EmbeddedSet::Photos, Preprocessing::Contrast))
                .unwrap()
                .samples
        );
        let white = load(&spec(EmbeddedSet::Photos, Preprocessing::Auto)).unwrap();
        assert_eq!(
            white.samples,
            load(&spec(EmbeddedSet::PhotosRaw, Preprocessing::Whiten))
                .unwrap()
                .samples
        );
        assert_eq!(
            load(&spec(EmbeddedSet::Digits, Preprocessing::None))
                .unwrap()
                .range,
            (0.0, 16.0)
        );
        assert_eq!(
            load(&spec(EmbeddedSet::Digits, Preprocessing::Unit))
                .unwrap()
                .range,
            (0.0, 1.0)
        );
        let error = load(&spec(EmbeddedSet::Digits, Preprocessing::Whiten)).unwrap_err();
        assert!(matches!(error, DataError::Preparation { .. }), "{error}");
    }

    #[test]
    fn contrast_is_ufldls() {
        // means removed: ±1, ±3, 0; σ² = 20/6; limit 3σ
        let mut samples = array![[4.0, 6.0], [-3.0, 3.0], [7.0, 7.0]];
        contrast(&mut samples);
        let limit = 3.0 * (20.0f64 / 6.0).sqrt();
        let expected = array![[-1.0, 1.0], [-3.0, 3.0], [0.0, 0.0]]
            .mapv(|value: f64| (value / limit + 1.0) * 0.4 + 0.1);
        assert!(
            (&samples - &expected)
                .iter()
                .all(|difference| difference.abs() < 1e-15),
            "{samples}"
        );
        let mut outlier = Array2::zeros((50, 2));
        outlier[[0, 0]] = 100.0f32;
        contrast(&mut outlier);
        assert_eq!((outlier[[0, 0]], outlier[[0, 1]]), (0.9, 0.1));
    }

    #[test]
    fn a_flat_picture_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flat.png");
        let grey = |level| image::GrayImage::from_pixel(20, 20, image::Luma([level]));
        grey(77).save(&path).unwrap();
        let error = load(&DataSpec::file(&path)).unwrap_err();
        assert!(matches!(error, DataError::Constant { .. }), "{error}");
        let mut spotted = grey(77);
        spotted.put_pixel(9, 9, image::Luma([200]));
        spotted.save(&path).unwrap();
        load(&DataSpec::file(&path)).unwrap();
    }

    #[test]
    fn cancel_stops_at_each_word_of_progress() {
        for spec in all() {
            let words = std::cell::Cell::new(0);
            let count = |_| {
                words.set(words.get() + 1);
                ControlFlow::Continue(())
            };
            load_with(&spec, &count).unwrap();
            let total = words.get();
            assert!(total >= 2, "{spec:?}");
            for stop in 0..total {
                let left = std::cell::Cell::new(stop);
                let watch = |_| {
                    if left.get() == 0 {
                        return ControlFlow::Break(());
                    }
                    left.set(left.get() - 1);
                    ControlFlow::Continue(())
                };
                assert!(
                    matches!(load_with(&spec, &watch), Err(DataError::Cancelled)),
                    "{spec:?} at {stop}"
                );
            }
        }
    }
}
