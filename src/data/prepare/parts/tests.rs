//! What is held out is drawn once, is not trained on, and nothing is measured on it.

use std::collections::BTreeSet;

use ndarray::Array2;

use super::*;
use crate::data::progress::unwatched;
use crate::data::testing::Folder;
use crate::data::{
    EmbeddedSet, Picture, Preparation, SampleShape, Samples, Scaling, load, prepare, prepare_with,
};

fn held(fraction: f64, spec: DataSpec) -> DataSpec {
    DataSpec {
        held: Held::Fraction(fraction),
        ..spec
    }
}

/// Row i begins with i, and has the label i mod 7.
fn counted(count: usize) -> Found {
    let values = Array2::from_shape_fn((count, 3), |(row, column)| {
        row as f64 + (row * (column + 3) % 11) as f64 * column as f64
    });
    let content = Content::Samples {
        values: Values::F64(values),
        shape: SampleShape::Vector { length: 3 },
    };
    Found {
        labels: Some((0..count).map(|row| (row % 7) as u8).collect()),
        ..Found::new("counted", content, "", Preparation::NONE)
    }
}

fn rows(samples: &Samples) -> Vec<usize> {
    let samples = samples.to::<f64>();
    samples
        .column(0)
        .iter()
        .map(|value| *value as usize)
        .collect()
}

#[test]
fn every_sample_is_in_one_part_and_labels_follow() {
    let found = counted(1_000);
    let of = |seed| {
        let spec = DataSpec {
            seed,
            ..DataSpec::file("counted.npy")
        };
        prepare(&found, &held(0.2, spec), &unwatched).unwrap()
    };
    let set = of(1);
    let test = set.test.as_deref().unwrap();
    assert_eq!((set.len(), test.len()), (800, 200));
    let (training, tested) = (rows(&set.samples), rows(&test.samples));
    let all: BTreeSet<usize> = training.iter().chain(&tested).copied().collect();
    assert_eq!(all.len(), 1_000);
    for (rows, labels) in [(&training, &set.labels), (&tested, &test.labels)] {
        let expected: Vec<u8> = rows.iter().map(|row| (row % 7) as u8).collect();
        assert_eq!(labels.as_ref(), Some(&expected));
    }
    assert_eq!(set.test, of(1).test);
    assert_ne!(set.test, of(2).test);
    // a tenth of any tenth of the rows, and not the first or last
    let drawn = (0..10).map(|tenth| tested.iter().filter(|row| **row / 100 == tenth).count());
    assert!(
        drawn.clone().all(|count| (8..35).contains(&count)),
        "{:?}",
        drawn.collect::<Vec<_>>()
    );
    assert_eq!(
        set.sentences(),
        ["200 of 1,000 samples held out to test with, seed 1."]
    );
    assert_eq!(set.spec.held, Held::Fraction(0.2));
}

#[test]
fn nothing_is_measured_on_the_test_part() {
    let found = counted(300);
    let choices = [
        Preparation::NONE,
        Preparation::UNIT,
        Preparation::ZCA,
        Preparation::CONTRAST,
        Preparation {
            scaling: Scaling::Standardise,
            ..Preparation::NONE
        },
    ];
    for choice in choices {
        let spec = DataSpec {
            preparation: Some(choice),
            ..DataSpec::file("counted.npy")
        };
        let asked = held(0.3, spec.clone());
        let set = prepare(&found, &asked, &unwatched).unwrap();
        let parts = parts(&found, &asked, None).unwrap().unwrap();
        let alone = prepare(&parts.training.0, &spec, &unwatched).unwrap();
        assert_eq!(set.samples, alone.samples, "{choice:?}");
        assert_eq!(set.fitted.scaling, alone.fitted.scaling);
        assert_eq!(set.fitted.zca, alone.fitted.zca);
        let test = prepare_with(&parts.test.0, &spec, &alone.fitted, &unwatched).unwrap();
        assert_eq!(set.test.as_ref().unwrap().samples, test.samples);
        // the same by a preparation that is known
        let again = prepare_with(&found, &asked, &set.fitted, &unwatched).unwrap();
        assert_eq!((again.samples, again.test), (set.samples, set.test));
    }
}

/// Pictures whose pixels are in tenths by their number.
fn photographs(sides: &[usize]) -> Found {
    let picture = |(number, side): (usize, &usize)| {
        let pixel = |at: usize| number as f32 / 10.0 + (at * 7 % 13) as f32 / 200.0;
        Picture::grey("x", *side, *side, (0..side * side).map(pixel).collect())
    };
    let pictures = sides.iter().enumerate().map(picture).collect();
    Found::new(
        "photographs",
        Content::Pictures(pictures),
        "",
        Preparation::NONE,
    )
}

/// The pictures that patches are of.
fn origins(samples: &Samples) -> BTreeSet<usize> {
    let samples = samples.to::<f64>();
    samples
        .iter()
        .map(|value| (value * 10.0 + 1e-3) as usize)
        .collect()
}

#[test]
fn photographs_are_held_out_whole() {
    let spec = DataSpec {
        patches: 500,
        ..DataSpec::file("photographs")
    };
    for (fraction, tested) in [(0.1, 1), (0.4, 3), (0.9, 6)] {
        let found = photographs(&[20, 24, 20, 5, 20, 31, 20, 20]);
        let set = prepare(&found, &held(fraction, spec.clone()), &unwatched).unwrap();
        let test = set.test.as_ref().unwrap();
        assert_eq!(test.len(), (500.0 * fraction) as usize);
        assert_eq!((set.len() + test.len(), set.spec.patches), (500, 500));
        let (trained, test) = (origins(&set.samples), origins(&test.samples));
        assert_eq!(test.len(), tested);
        assert!(trained.is_disjoint(&test), "{trained:?} {test:?}");
        assert!(!test.contains(&3), "too small for a patch");
        assert_eq!(trained.len() + test.len(), 7);
    }
}

#[test]
fn what_cannot_be_divided_is_refused_in_a_sentence() {
    let spec = DataSpec::file("x");
    let refused =
        |found: &Found, spec: DataSpec| prepare(found, &spec, &unwatched).unwrap_err().to_string();
    let one = refused(&photographs(&[20, 5]), held(0.2, spec.clone()));
    assert!(
        one.contains("there is only one to cut; add pictures"),
        "{one}"
    );
    let one = refused(&counted(1), held(0.2, spec.clone()));
    assert!(one.contains("only one sample; add samples"), "{one}");
    for fraction in [-0.1, 0.91, f64::NAN, f64::INFINITY] {
        let range = refused(&counted(9), held(fraction, spec.clone()));
        assert!(range.contains("choose a number from 0 to 0.9"), "{range}");
    }
    let own = DataSpec {
        held: Held::OwnSplit,
        ..spec.clone()
    };
    assert!(refused(&counted(9), own).contains("give the fraction"));
    let none = prepare(&counted(9), &held(0.0, spec), &unwatched).unwrap();
    assert!(none.test.is_none());
}

#[test]
fn gaps_are_filled_with_what_the_training_part_has() {
    let lines = (0..40).map(|row| match row % 4 {
        0 => format!("{row},,1\n"),
        _ => format!("{row},{},2\n", row * row),
    });
    let text: String = std::iter::once("a,b,c\n".to_owned()).chain(lines).collect();
    let folder = Folder::new();
    let mut spec = held(0.5, DataSpec::file(folder.file("t.csv", text.as_bytes())));
    spec.reading.incomplete = crate::data::Incomplete::FillMean;
    spec.reading.columns = crate::data::Columns::All;
    spec.preparation = Some(Preparation::NONE);
    let set = load(&spec).unwrap();
    let test = set.test.as_ref().unwrap();
    let known = rows(&set.samples).into_iter().filter(|row| row % 4 != 0);
    let known: Vec<f64> = known.map(|row| (row * row) as f64).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let mut gaps = 0;
    for samples in [&set.samples, &test.samples] {
        for row in samples.to::<f64>().rows() {
            if (row[0] as usize).is_multiple_of(4) {
                assert!((row[1] - mean).abs() < 1e-9, "{} and {mean}", row[1]);
                gaps += 1;
            }
        }
    }
    assert_eq!(gaps, 10);
    assert!((set.fitted.fill[1] - mean).abs() < 1e-9);
}

#[test]
fn the_embedded_sets_can_be_divided() {
    for set in EmbeddedSet::ALL {
        let spec = DataSpec {
            patches: 200,
            ..DataSpec::embedded(set)
        };
        let whole = load(&spec).unwrap();
        let set = load(&held(0.25, spec)).unwrap();
        let test = set.test.as_ref().unwrap();
        assert_eq!(set.len() + test.len(), whole.len());
        assert!((test.len() as f64 / whole.len() as f64 - 0.25).abs() < 1e-3);
        assert!(test.variance > 0.0);
    }
}
