use super::super::scaling::remove_means;
use super::super::testing::Folder;
use super::super::{Colour, Cut, DataSource, EmbeddedSet, Preprocessing, Scaling, load, load_with};
use super::*;
use crate::data::Values;
use crate::data::progress::unwatched;
use ndarray::Array2;
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
    let watch = &unwatched;
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
    assert_eq!(white.prepared(), Preparation::ZCA);
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
    assert!(error.contains("all have the same size"), "{error}");
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

/// ε is in units of [0, 1], whatever the file counts in.
#[test]
fn zca_of_bytes_is_zca_of_brightness() {
    let bytes = Array2::from_shape_fn((300, 25), |(row, column)| {
        ((row * 7 + column * row * 3 + column * 11) % 256) as u8
    });
    let shape = SampleShape::grey(5, 5);
    let whitened = |values| {
        let found = Found::new(
            "a",
            Content::Samples { values, shape },
            "",
            Preparation::NONE,
        );
        let spec = DataSpec {
            preparation: Some(Preparation::ZCA),
            ..DataSpec::file("a.npy")
        };
        prepare(&found, &spec, &unwatched).unwrap().variance
    };
    let brightness = bytes.mapv(|byte| f32::from(byte) / 255.0);
    let (a, b) = (
        whitened(Values::Bytes(bytes.into_shared())),
        whitened(Values::F32(brightness)),
    );
    assert!((a / b - 1.0).abs() < 1e-5, "{a}, {b}");
}

/// ε is in units of [0, 1], whatever a file has its pictures in.
#[test]
fn whitening_does_the_same_to_the_same_pictures_in_other_units() {
    let bytes = Array2::from_shape_fn((60, 64), |(row, place)| {
        (((row * 37 + place * 11 + row * place) % 251) as u8).max(u8::from(place == 0) * 255)
    });
    let whitened = |values: Values| {
        let shape = SampleShape::grey(8, 8);
        let content = Content::Samples { values, shape };
        let found = Found::new("a", content, "", Preparation::NONE);
        let spec = DataSpec {
            preparation: Some(Preparation {
                whitening: Whitening::ZCA,
                ..Preparation::NONE
            }),
            ..DataSpec::default()
        };
        let set = prepare(&found, &spec, &unwatched).unwrap();
        set.samples.to::<f64>().into_owned()
    };
    let expected = whitened(Values::Bytes(bytes.to_shared()));
    let float = bytes.mapv(f64::from);
    let unit = float.mapv(|value| value / 255.0);
    for (values, what) in [
        (float.clone(), "0 to 255"),
        (unit.clone(), "0 to 1"),
        (unit.mapv(|value| 3.2 * value - 0.42), "-.42 to 2.78"),
    ] {
        let got = whitened(Values::F64(values));
        let most = (&got - &expected)
            .mapv(f64::abs)
            .fold(0.0f64, |a, b| a.max(*b));
        assert!(most < 1e-4, "{what}: {most}");
    }
}

/// A large set of bytes that are only divided stays one, and is the same samples as its numbers; one of which more is
/// asked becomes numbers.
#[test]
fn a_large_set_of_bytes_stays_bytes() {
    let shape = SampleShape::Image {
        rows: 16,
        columns: 16,
        channels: 3,
    };
    let count = crate::data::dataset::STAY_BYTES.div_ceil(shape.len());
    let value = |(row, place): (usize, usize)| ((row * 37 + place * 11 + row * place) % 251) as u8;
    let bytes = Array2::from_shape_fn((count, shape.len()), value).into_shared();
    let found = |bytes: ndarray::ArcArray2<u8>| {
        let values = Values::Bytes(bytes);
        Found::new(
            "a",
            Content::Samples { values, shape },
            "",
            Preparation::LEVELS,
        )
    };
    let prepared = |found: &Found, preparation: Preparation| {
        let spec = DataSpec {
            preparation: Some(preparation),
            ..DataSpec::file("a.npy")
        };
        prepare(found, &spec, &unwatched).unwrap()
    };
    let few = found(bytes.slice(ndarray::s![..300, ..]).to_shared());
    let all = found(bytes);
    for (preparation, white) in [(Preparation::LEVELS, 255.0), (Preparation::NONE, 1.0)] {
        let (all, few) = (prepared(&all, preparation), prepared(&few, preparation));
        assert!(matches!(all.samples, Samples::Levels(_)));
        assert!(matches!(few.samples, Samples::F32(_)));
        assert_eq!(
            (&all.preparation, &all.fitted.scaling),
            (&few.preparation, &few.fitted.scaling)
        );
        let numbers = all.samples.to::<f32>();
        assert!(
            numbers
                .indexed_iter()
                .all(|(at, x)| *x == f32::from(value(at)) / white)
        );
        assert_eq!(
            numbers.slice(ndarray::s![..300, ..]),
            few.samples.to::<f32>().view()
        );
        let as_numbers = DataSet::new(
            "a",
            DataSpec::default(),
            Samples::F32(numbers.into_owned()),
            shape,
        );
        assert_eq!(
            (all.variance, all.range),
            (as_numbers.variance, as_numbers.range)
        );
        // what was fitted to numbers suits bytes
        let Found {
            content: Content::Samples { values, .. },
            ..
        } = found(match &all.samples {
            Samples::Levels(stored) => stored.bytes().to_shared(),
            _ => unreachable!("it was asserted"),
        })
        else {
            unreachable!("they are samples")
        };
        let again = Found::new(
            "b",
            Content::Samples { values, shape },
            "",
            Preparation::NONE,
        );
        let again =
            prepare_with(&again, &DataSpec::file("b.npy"), &few.fitted, &unwatched).unwrap();
        assert_eq!(again.samples, all.samples);
    }
    for preparation in [
        Preparation {
            colour: Colour::Grey,
            ..Preparation::LEVELS
        },
        Preparation {
            remove_mean: true,
            ..Preparation::LEVELS
        },
        Preparation {
            scaling: Scaling::Unit,
            ..Preparation::NONE
        },
    ] {
        assert!(matches!(
            prepared(&all, preparation).samples,
            Samples::F32(_)
        ));
    }
}
