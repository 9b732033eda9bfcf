//! From what a source holds to what a run trains on: patches cut, values prepared, each step said.

use std::borrow::Cow;
use std::sync::Arc;

use ndarray::Array2;

use super::error::grouped;
use super::found::{Content, Found, Picture, Values};
use super::patches::Treatment;
use super::progress::{Stage, Watch, tell};
use super::scaling::{clip, range_of, remove_means, standardise, to_unit};
use super::{
    Colour, Cut, DataError, DataSet, DataSpec, Preparation, SampleShape, Samples, Scaling,
    Whitening, Zca,
};
use super::{layout, limits, patches, whitening};
use crate::numerics::Real;

/// A set of bytes with a value from here on uses all eight bits; one below has fewer and is scaled by its greatest.
const EIGHT_BITS: u8 = 128;

/// Cuts and prepares what was found as `spec` says. The same `found` and `spec` give the same bits.
///
/// # Errors
/// A patch that does not fit, a setting or size out of range, a preparation that does not suit, constant data.
pub fn prepare(found: &Found, spec: &DataSpec, watch: Watch<'_>) -> Result<DataSet, DataError> {
    tell(watch, Stage::Preparing, 0, 1)?;
    let choice = spec.preparation.unwrap_or(found.suggested);
    let content = arrange(found, spec)?;
    suits(found, &content, choice)?;
    let mut steps = found.notes.clone();
    let (mut samples, shape) = match content.as_ref() {
        Content::Pictures(pictures) => cut(found, pictures, spec, choice, true, &mut steps, watch)?,
        Content::Samples { values, shape } => as_samples(values, *shape, choice, &mut steps),
    };
    let zca = match &mut samples {
        Samples::F32(array) => bring(array, &found.name, choice, &mut steps, watch)?,
        Samples::F64(array) => bring(array, &found.name, choice, &mut steps, watch)?,
    };
    tell(watch, Stage::Preparing, 1, 1)?;
    let mut set = DataSet::new(found.name.clone(), spec.clone(), samples, shape);
    set.preparation = steps;
    set.prepared = choice;
    set.zca = zca.map(Arc::new);
    if set.len() == found.count() && matches!(content.as_ref(), Content::Samples { .. }) {
        set.labels.clone_from(&found.labels); // a patch has no class
    }
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

/// The samples that `prepare` makes something of, row by row, before anything is done to their values: the same patches
/// from the same places, in colour where there is any.
///
/// # Errors
/// A cut that does not suit; cancelled.
pub fn untouched(
    found: &Found,
    spec: &DataSpec,
    watch: Watch<'_>,
) -> Result<(Samples, SampleShape), DataError> {
    let whitening = spec.preparation.unwrap_or(found.suggested).whitening;
    let choice = Preparation {
        whitening, // it says how far patches keep from a picture's edge
        ..Preparation::NONE
    };
    let mut steps = Vec::new();
    Ok(match arrange(found, spec)?.as_ref() {
        Content::Pictures(pictures) => {
            cut(found, pictures, spec, choice, false, &mut steps, watch)?
        }
        Content::Samples { values, shape } => as_samples(values, *shape, choice, &mut steps),
    })
}

/// What was found, as photographs to cut or as samples, whichever `spec` asks for.
fn arrange<'a>(found: &'a Found, spec: &DataSpec) -> Result<Cow<'a, Content>, DataError> {
    let refuse = |reason| {
        let file = found.name.clone();
        Err(DataError::Preparation { file, reason })
    };
    match (&found.content, spec.cut) {
        (Content::Pictures(pictures), Cut::Whole) => match samples_of(pictures) {
            Some(samples) => Ok(Cow::Owned(samples)),
            None => refuse(
                "whole pictures make samples only if all are of one size, and few enough to fit",
            ),
        },
        (Content::Samples { values, shape }, Cut::Patches) => {
            if shape.is_vector() {
                return refuse("only pictures can be cut into patches");
            }
            let pictures = layout::pictures(values, *shape, &found.name);
            Ok(Cow::Owned(Content::Pictures(pictures)))
        }
        (content, _) => Ok(Cow::Borrowed(content)),
    }
}

/// Pictures of one size as samples, in colour if any of them is; `None` where they do not fit.
pub(super) fn samples_of(pictures: &[Picture]) -> Option<Content> {
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

/// Refuses choices that contradict the data or one another.
fn suits(found: &Found, content: &Content, choice: Preparation) -> Result<(), DataError> {
    let refuse = |reason| {
        let file = found.name.clone();
        Err(DataError::Preparation { file, reason })
    };
    let pictures = matches!(content, Content::Pictures(_));
    match (choice.whitening, choice.scaling) {
        (Whitening::OlshausenField, _) if !pictures => {
            refuse("Olshausen and Field's whitening is for photographs that are cut into patches")
        }
        (Whitening::Zca { .. }, scaling) if scaling != Scaling::None => {
            refuse("ZCA whitening brings the values to their range itself: no scaling goes with it")
        }
        _ => Ok(()),
    }
}

/// Holds patch size and count against the limits.
pub(super) fn check_patches(spec: &DataSpec) -> Result<(), DataError> {
    check_patches_of(spec, 1)
}

fn check_patches_of(spec: &DataSpec, channels: usize) -> Result<(), DataError> {
    let limit = limits::PATCH_SIDE;
    if !(limits::IMAGE_SIDE..=limit).contains(&spec.patch) {
        let range = format!("{} to {limit} pixels", limits::IMAGE_SIDE);
        return Err(DataError::Setting {
            setting: "the patch size",
            value: spec.patch,
            range,
        });
    }
    let most = limits::VALUES / (spec.patch * spec.patch * channels) as u64;
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

/// Without `treated`, pictures are cut where whitened ones would be, but stay as they are.
fn cut(
    found: &Found,
    pictures: &[Picture],
    spec: &DataSpec,
    choice: Preparation,
    treated: bool,
    steps: &mut Vec<String>,
    watch: Watch<'_>,
) -> Result<(Samples, SampleShape), DataError> {
    let side = spec.patch;
    let (fitting, small): (Vec<&Picture>, Vec<&Picture>) = pictures
        .iter()
        .partition(|picture| picture.rows.min(picture.columns) >= side);
    let channels = if found.has_colour() && choice.colour == Colour::Keep {
        3
    } else {
        1
    };
    check_patches_of(spec, channels)?;
    // one alone is refused below, with its size
    let taken = if fitting.is_empty() { &small } else { &fitting };
    if !fitting.is_empty() && !small.is_empty() {
        steps.push(format!(
            "{} of {} pictures left aside: smaller than a patch.",
            grouped(small.len() as u64),
            grouped(pictures.len() as u64)
        ));
    }
    if taken.iter().all(|picture| is_flat(picture)) {
        // whitened, it would be rounding noise that looks like data
        let file = found.name.clone();
        return Err(DataError::Constant { file });
    }
    if found.has_colour() && channels == 1 {
        steps.push("Colour turned to grey (Rec. 601 luma).".into());
    }
    let whiten = choice.whitening == Whitening::OlshausenField;
    if whiten {
        let cutoff = whitening::CUTOFF;
        steps.push(format!(
            "Pictures whitened: R(f) = |f| exp(−(f/{cutoff})⁴), f in cycles a pixel."
        ));
    }
    let treatment = Treatment {
        whiten: whiten && treated,
        margin: whiten,
        channels,
    };
    let cut = patches::cut(taken, spec, treatment, watch)?;
    let shape = SampleShape::Image {
        rows: side,
        columns: side,
        channels,
    };
    let (count, seed) = (grouped(spec.patches as u64), spec.seed);
    steps.push(format!(
        "{count} patches of {shape} cut at random places, seed {seed}."
    ));
    Ok((Samples::F32(cut), shape))
}

fn as_samples(
    values: &Values,
    shape: SampleShape,
    choice: Preparation,
    steps: &mut Vec<String>,
) -> (Samples, SampleShape) {
    let samples = match values {
        Values::F32(array) => Samples::F32(array.clone()),
        Values::F64(array) => Samples::F64(array.clone()),
        Values::Bytes(array) if choice.scaling == Scaling::Levels => {
            let greatest = array.iter().copied().max().unwrap_or(0);
            let white = if greatest >= EIGHT_BITS {
                255
            } else {
                greatest.max(1)
            };
            steps.push(format!("Bytes divided by {white}, into [0, 1]."));
            Samples::F32(array.mapv(|byte| f32::from(byte) / f32::from(white)))
        }
        Values::Bytes(array) => {
            if choice == Preparation::NONE {
                steps.push("Bytes taken as they stand, 0 to 255.".into());
            }
            Samples::F32(array.mapv(f32::from))
        }
    };
    match shape {
        SampleShape::Image {
            rows,
            columns,
            channels: 3,
        } if choice.colour == Colour::Grey => {
            steps.push("Colour turned to grey (Rec. 601 luma).".into());
            let grey = match samples {
                Samples::F32(array) => Samples::F32(grey(&array)),
                Samples::F64(array) => Samples::F64(grey(&array)),
            };
            (grey, SampleShape::grey(rows, columns))
        }
        _ => (samples, shape),
    }
}

/// (m, 3k) red, green and blue side by side → (m, k), Rec. 601 luma.
fn grey<T: Real>(samples: &Array2<T>) -> Array2<T> {
    let pixels = samples.ncols() / 3;
    Array2::from_shape_fn((samples.nrows(), pixels), |(sample, pixel)| {
        let channel = |channel: usize| samples[[sample, 3 * pixel + channel]].f64();
        T::of(0.299 * channel(0) + 0.587 * channel(1) + 0.114 * channel(2))
    })
}

/// Everything that is done to the samples themselves, in the order of `Preparation`'s fields.
fn bring<T: Real>(
    samples: &mut Array2<T>,
    name: &str,
    choice: Preparation,
    steps: &mut Vec<String>,
    watch: Watch<'_>,
) -> Result<Option<Zca>, DataError> {
    let mut squares = None;
    if choice.remove_mean {
        steps.push("Each sample's mean removed.".into());
        squares = Some(remove_means(samples));
    }
    let mut zca = None;
    if let Whitening::Zca { epsilon } = choice.whitening {
        steps.push(format!(
            "Each value's mean over the set removed, ZCA whitened with ε = {epsilon}; features and reconstructions are \
             shown without it."
        ));
        zca = Some(Zca::whiten(name, samples, epsilon, watch)?);
    }
    match choice.scaling {
        Scaling::None | Scaling::Levels => {}
        Scaling::Clip => {
            steps.push(
                "Clipped at ±3 standard deviations of the whole set, scaled to [0.1, 0.9].".into(),
            );
            clip(samples, squares);
        }
        Scaling::Unit => {
            let (low, high) = range_of(samples.iter());
            to_unit(samples.iter_mut(), (low, high));
            steps.push(format!("Scaled linearly from [{low}, {high}] to [0, 1]."));
        }
        Scaling::UnitColumns => {
            let mut constant = 0;
            for mut column in samples.columns_mut() {
                let (low, high) = range_of(column.iter());
                constant += usize::from(low == high);
                to_unit(column.iter_mut(), (low, high));
            }
            steps.push(format!(
                "Each column scaled linearly to [0, 1]{}.",
                constants(constant, "left as they are")
            ));
        }
        Scaling::Standardise => {
            let constant = standardise(samples);
            steps.push(format!(
                "Each column brought to mean 0 and standard deviation 1{}.",
                constants(constant, "set to 0")
            ));
        }
    }
    Ok(zca)
}

/// ", 3 constant ones left as they are"
fn constants(count: usize, fate: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!(", 1 constant one {fate}"),
        _ => format!(", {count} constant ones {fate}"),
    }
}

/// Whether every pixel is the same.
fn is_flat(picture: &Picture) -> bool {
    let mut pixels = picture.values.chunks_exact(picture.channels);
    let first = pixels.next();
    pixels.all(|pixel| Some(pixel) == first)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Folder;
    use super::super::{DataSource, EmbeddedSet, Preprocessing, load, load_with};
    use super::*;
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
            assert_eq!(data.shape, SampleShape::grey(side, side));
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
        let spec = |set, preparation| DataSpec {
            patches: 200,
            preparation,
            ..DataSpec::embedded(set)
        };
        let raw = load(&spec(EmbeddedSet::PhotosRaw, None)).unwrap();
        assert_eq!(
            raw.samples,
            load(&spec(EmbeddedSet::Photos, Some(Preparation::CONTRAST)))
                .unwrap()
                .samples
        );
        let white = load(&spec(EmbeddedSet::Photos, None)).unwrap();
        assert_eq!(
            white.samples,
            load(&spec(EmbeddedSet::PhotosRaw, Some(Preparation::WHITEN)))
                .unwrap()
                .samples
        );
        assert_eq!(
            load(&spec(EmbeddedSet::Digits, Some(Preparation::NONE)))
                .unwrap()
                .range,
            (0.0, 16.0)
        );
        assert_eq!(
            load(&spec(
                EmbeddedSet::Digits,
                Preprocessing::Unit.preparation()
            ))
            .unwrap()
            .range,
            (0.0, 1.0)
        );
        let error = load(&spec(EmbeddedSet::Digits, Some(Preparation::WHITEN))).unwrap_err();
        assert!(matches!(error, DataError::Preparation { .. }), "{error}");
    }

    #[test]
    fn untouched_samples_are_those_that_are_prepared() {
        let watch = &crate::data::progress::unwatched;
        for set in EmbeddedSet::ALL {
            for preparation in [None, Some(Preparation::NONE)] {
                let spec = DataSpec {
                    patches: 60,
                    preparation,
                    ..DataSpec::embedded(set)
                };
                let found = crate::data::find(&spec, watch).unwrap();
                let (raw, shape) = untouched(&found, &spec, watch).unwrap();
                let data = prepare(&found, &spec, watch).unwrap();
                assert_eq!((raw.dim(), shape), (data.samples.dim(), data.shape));
                if preparation.is_some() {
                    assert_eq!(raw, data.samples, "{set:?}");
                }
            }
        }
        // whitening turns no patch's dark side bright: the places are the same
        let spec = DataSpec {
            patches: 400,
            ..DataSpec::embedded(EmbeddedSet::Photos)
        };
        let found = crate::data::find(&spec, watch).unwrap();
        let (raw, _) = untouched(&found, &spec, watch).unwrap();
        let data = prepare(&found, &spec, watch).unwrap();
        let (mut raw, white) = (raw.to::<f64>().into_owned(), data.samples.to::<f64>());
        remove_means(&mut raw);
        let alike = raw
            .rows()
            .into_iter()
            .zip(white.rows())
            .filter(|(raw, white)| raw.dot(&white.mapv(|value| value - 0.5)) > 0.0)
            .count();
        assert!(alike > 380, "{alike} of 400");
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

    /// A colour picture whose channels are row, column and their sum.
    fn colour(folder: &Folder, name: &str, side: u32, shift: u32) -> std::path::PathBuf {
        let path = folder.path().join(name);
        image::RgbImage::from_fn(side, side, |x, y| {
            image::Rgb([(y * 3) as u8, (x * 5 + shift) as u8, (x + y) as u8])
        })
        .save(&path)
        .unwrap();
        path
    }

    #[test]
    fn colour_pictures_give_patches_in_colour_whitened_by_zca() {
        let folder = Folder::new();
        let path = colour(&folder, "c.png", 40, 0);
        let plain = DataSpec {
            patches: 400,
            patch: 5,
            preparation: Some(Preparation::NONE),
            ..DataSpec::file(&path)
        };
        let set = load(&plain).unwrap();
        let shape = SampleShape::Image {
            rows: 5,
            columns: 5,
            channels: 3,
        };
        assert_eq!((set.samples.dim(), set.shape), ((400, 75), shape));
        let values = set.samples.to::<f32>();
        for patch in values.rows() {
            let byte = |at: usize| (patch[at] * 255.0).round() as i32;
            let (top, left) = (byte(0) / 3, byte(1) / 5);
            for (place, (row, column)) in
                (0..25).map(|place| (place, (place as i32 / 5, place as i32 % 5)))
            {
                let (y, x) = (top + row, left + column);
                let pixel = [byte(3 * place), byte(3 * place + 1), byte(3 * place + 2)];
                assert_eq!(pixel, [3 * y, 5 * x, x + y]);
            }
        }
        // whitened unless something else is asked for, and seen as it was
        let white = load(&DataSpec {
            preparation: None,
            ..plain.clone()
        })
        .unwrap();
        assert_eq!(white.prepared, Preparation::ZCA);
        let back = white.pictures(white.samples.to::<f32>().view()).to_owned();
        assert!((&back - &*values).iter().all(|d| d.abs() < 1e-4));
        assert!((white.picture_range().1 - set.range.1).abs() < 1e-6);
        let grey = load(&DataSpec {
            preparation: Some(Preparation {
                colour: Colour::Grey,
                ..Preparation::NONE
            }),
            ..plain.clone()
        })
        .unwrap();
        assert_eq!(grey.shape, SampleShape::grey(5, 5));
        let luma = 0.299 * values[[7, 0]] + 0.587 * values[[7, 1]] + 0.114 * values[[7, 2]];
        assert!((grey.samples.to::<f32>()[[7, 0]] - luma).abs() < 1e-6);
        let both = load(&DataSpec {
            preparation: Some(Preparation {
                scaling: Scaling::Clip,
                ..Preparation::ZCA
            }),
            ..plain
        });
        assert!(matches!(both, Err(DataError::Preparation { .. })));
    }

    #[test]
    fn the_first_patches_of_a_longer_cut_are_those_of_a_shorter() {
        let spec = |patches| DataSpec {
            patches,
            preparation: Some(Preparation {
                scaling: Scaling::None,
                ..Preparation::WHITEN
            }),
            ..DataSpec::embedded(EmbeddedSet::Photos)
        };
        let (short, long) = (load(&spec(50)).unwrap(), load(&spec(2_000)).unwrap());
        let (short, long) = (short.samples.to::<f32>(), long.samples.to::<f32>());
        let furthest = short
            .iter()
            .zip(long.iter())
            .fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
        assert!(furthest < 1e-6, "{furthest}");
    }

    #[test]
    fn pictures_can_be_taken_whole_and_small_ones_cut() {
        let folder = Folder::new();
        for (shift, name) in ["a.png", "b.png", "c.png"].into_iter().enumerate() {
            colour(&folder, name, 80, 9 * shift as u32);
        }
        let spec = |path: &std::path::Path, cut| DataSpec {
            cut,
            patches: 100,
            preparation: Some(Preparation::NONE),
            ..DataSpec::file(path)
        };
        let load = |cut| load(&spec(folder.path(), cut));
        assert_eq!(load(Cut::Auto).unwrap().samples.dim(), (100, 192));
        assert_eq!(load(Cut::Whole).unwrap().samples.dim(), (3, 80 * 80 * 3));
        colour(&folder, "d.png", 70, 0);
        let error = load(Cut::Whole).unwrap_err().to_string();
        assert!(error.contains("of one size"), "{error}");
        let digits = super::super::load(&DataSpec {
            cut: Cut::Patches,
            patch: 4,
            patches: 300,
            preparation: Some(Preparation::NONE),
            ..DataSpec::embedded(EmbeddedSet::Digits)
        })
        .unwrap();
        assert_eq!(digits.samples.dim(), (300, 16));
        assert_eq!(digits.labels, None, "a patch has no class");
    }
}
