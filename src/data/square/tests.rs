//! What is a picture and what is not, on the sets that the program carries and on others made up.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::{DataSource, DataSpec, EmbeddedSet, Preparation, Samples, Whitening, load};
use super::*;

fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// About normal.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

fn told_of(rows: usize, length: usize, mut row: impl FnMut(usize) -> Vec<f64>) -> Told {
    let values: Vec<f64> = (0..rows).flat_map(&mut row).collect();
    told(&Values::F64(
        Array2::from_shape_vec((rows, length), values).unwrap(),
    ))
}

fn embedded(set: EmbeddedSet, patch: usize, preparation: Option<Preparation>) -> Values {
    let set = load(&DataSpec {
        patch,
        patches: 1000,
        preparation,
        ..DataSpec {
            source: DataSource::Embedded(set),
            ..DataSpec::default()
        }
    })
    .unwrap();
    match set.samples {
        Samples::F32(values) => Values::F32(values),
        Samples::F64(values) => Values::F64(values),
        Samples::Levels(stored) => Values::Bytes(stored.bytes().to_owned().into_shared()),
    }
}

#[test]
fn every_set_that_the_program_carries_is_of_pictures() {
    for set in EmbeddedSet::ALL {
        let values = embedded(set, 8, None);
        let side = values.dim().1.isqrt();
        assert_eq!(told(&values), Told::Grey(side), "{set:?}");
    }
    for patch in [5, 12, 16] {
        for set in [
            EmbeddedSet::Photos,
            EmbeddedSet::PhotosRaw,
            EmbeddedSet::Leaves,
        ] {
            assert_eq!(
                told(&embedded(set, patch, None)),
                Told::Grey(patch),
                "{set:?} {patch}"
            );
        }
    }
}

#[test]
fn whitened_patches_are_still_pictures() {
    for epsilon in [0.1, 1e-2, 1e-5] {
        let zca = Preparation {
            whitening: Whitening::Zca { epsilon },
            ..Preparation::ZCA
        };
        let values = embedded(EmbeddedSet::PhotosRaw, 8, Some(zca));
        assert_eq!(told(&values), Told::Grey(8), "ε {epsilon}");
    }
}

#[test]
fn embeddings_are_vectors() {
    for (seed, side) in [(1, 5), (2, 8), (3, 16), (4, 32)] {
        let (random, length) = (&mut random(seed), side * side);
        for rows in [30, 500] {
            let plain = told_of(rows, length, |_| {
                (0..length).map(|_| normal(random)).collect()
            });
            assert_eq!(plain, Told::Vector, "Gaussian, {rows} of {length}");
            let directions: Vec<[f64; 4]> = (0..length)
                .map(|_| std::array::from_fn(|_| normal(random)))
                .collect();
            for rectified in [false, true] {
                let low = told_of(rows, length, |_| {
                    let inside: [f64; 4] = std::array::from_fn(|_| normal(random));
                    let dot = |d: &[f64; 4]| d.iter().zip(inside).map(|(a, b)| a * b).sum::<f64>();
                    let values = directions.iter().map(dot);
                    values
                        .map(|value| if rectified { value.max(0.0) } else { value })
                        .collect()
                });
                assert_eq!(low, Told::Vector, "four dimensions, {rows} of {length}");
            }
        }
    }
}

#[test]
fn curves_are_vectors() {
    for (seed, side) in [(1, 5), (2, 8), (3, 16), (4, 28)] {
        let (random, length) = (&mut random(seed), side * side);
        for rows in [30, 500] {
            let walk = told_of(rows, length, |_| {
                let mut at = 0.0;
                let mut step = || {
                    at += normal(random);
                    at
                };
                (0..length).map(|_| step()).collect()
            });
            assert_eq!(walk, Told::Vector, "walks, {rows} of {length}");
            let spectra = told_of(rows, length, |_| {
                let peaks: [f64; 5] = std::array::from_fn(|_| random.random());
                let at = |place: usize| place as f64 / length as f64;
                let peak = |place: usize, peak: usize| {
                    let distance = (at(place) - [0.1, 0.3, 0.5, 0.6, 0.9][peak]) / 0.05;
                    peaks[peak] * (-distance * distance / 2.0).exp()
                };
                (0..length)
                    .map(|place| (0..5).map(|of| peak(place, of)).sum())
                    .collect()
            });
            assert_eq!(spectra, Told::Vector, "spectra, {rows} of {length}");
        }
    }
}

/// Smooth colour pictures, red first: each channel a slope of its own with a spot.
fn colours(random: &mut impl Rng, side: usize) -> Vec<f64> {
    let mut values = Vec::new();
    let spot: [f64; 2] = std::array::from_fn(|_| random.random::<f64>() * side as f64);
    for _ in 0..3 {
        let slope: [f64; 2] = std::array::from_fn(|_| random.random::<f64>() - 0.5);
        let (bright, base): (f64, f64) = (random.random(), random.random());
        for at in 0..side * side {
            let place = [(at / side) as f64, (at % side) as f64];
            let distance = (place[0] - spot[0]).hypot(place[1] - spot[1]) / 5.0;
            let value = (place[0] * slope[0] + place[1] * slope[1]) / side as f64;
            values.push(
                value + bright * (-distance * distance).exp() + base + 0.1 * random.random::<f64>(),
            );
        }
    }
    values
}

fn interleaved(planes: &[f64]) -> Vec<f64> {
    let plane = planes.len() / 3;
    (0..plane)
        .flat_map(|at| (0..3).map(move |channel| planes[channel * plane + at]))
        .collect()
}

#[test]
fn flat_colour_is_told_by_its_neighbours() {
    for side in COLOUR_SIDES {
        let length = 3 * side * side;
        let planes = told_of(60, length, |row| colours(&mut random(row as u64), side));
        assert_eq!(planes, Told::Planes(side));
        let mixed = told_of(60, length, |row| {
            interleaved(&colours(&mut random(row as u64), side))
        });
        assert_eq!(mixed, Told::Interleaved(side));
        // of one hue, where the colours of a pixel are more alike than neighbours are
        let grey = told_of(60, length, |row| {
            let grey = colours(&mut random(row as u64), side)[..side * side].to_vec();
            interleaved(&[grey.as_slice(); 3].concat())
        });
        assert_eq!(grey, Told::Interleaved(side));
        let random = &mut random(1);
        let noise = told_of(60, length, |_| {
            (0..length).map(|_| normal(random)).collect()
        });
        assert_eq!(noise, Told::Vector);
        let mut at = 0.0;
        let walk = told_of(60, length, |_| {
            (0..length)
                .map(|_| {
                    at += normal(random);
                    at
                })
                .collect()
        });
        assert_eq!(walk, Told::Vector);
    }
}

#[test]
fn colour_comes_out_in_pixel_order_with_a_note() {
    let rows: Vec<Vec<f64>> = (0..40).map(|row| colours(&mut random(row), 32)).collect();
    let planes = Array2::from_shape_vec((40, 3072), rows.concat()).unwrap();
    let mixed: Vec<f64> = rows.iter().flat_map(|row| interleaved(row)).collect();
    let (values, shape, note) = arranged(Values::F64(planes));
    assert_eq!((shape.channels(), shape.len()), (3, 3072));
    let Values::F64(values) = values else {
        panic!("doubles stay doubles")
    };
    assert_eq!(values.iter().copied().collect::<Vec<_>>(), mixed);
    assert_eq!(
        note.as_deref(),
        Some(
            "Rows of 3,072 values taken for colour pictures of 32×32, red, then green, then blue."
        )
    );
}

#[test]
fn few_rows_are_told_by_their_number_of_values() {
    let rows = |count: usize, length: usize| Values::F64(Array2::zeros((count, length)));
    assert_eq!(told(&rows(3, 64)), Told::Grey(8));
    assert_eq!(
        told(&rows(3, 16)),
        Told::Vector,
        "iris has four columns, and no picture has"
    );
    assert_eq!(told(&rows(3, 65)), Told::Vector);
    assert_eq!(told(&rows(3, 3072)), Told::Vector);
    assert_eq!(told(&rows(40, 64)), Told::Vector, "nothing varies");
    let huge = f64::MAX / 2.0;
    assert_eq!(
        told_of(40, 64, |row| vec![
            if row % 2 == 0 { huge } else { -huge };
            64
        ]),
        Told::Vector
    );
    let (_, _, note) = arranged(rows(40, 64));
    assert!(note.unwrap().contains("not taken for pictures of 8×8"));
}
