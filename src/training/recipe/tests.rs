//! What the recipe says of sets whose kind is known.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use strum::VariantArray;

use super::*;
use crate::data::found::{Content, Values};
use crate::data::{self, DataSpec, EmbeddedSet, Found, Preparation, SampleShape, Samples, Scaling};

#[test]
fn every_kind_has_a_row() {
    for kind in Kind::VARIANTS {
        assert_eq!(ROWS.iter().filter(|row| row.kind == *kind).count(), 1);
    }
}

fn of(set: EmbeddedSet) -> Recipe {
    let data = data::load(&DataSpec::embedded(set)).unwrap();
    Recipe::of(&data, data.len())
}

#[test]
fn the_embedded_sets_are_known() {
    let kinds = [
        (EmbeddedSet::Photos, Kind::WhitenedPatches),
        (EmbeddedSet::PhotosRaw, Kind::CentredPatches),
        (EmbeddedSet::Digits, Kind::GreyPictures),
        (EmbeddedSet::Fashion, Kind::GreyPictures),
    ];
    for (set, kind) in kinds {
        let recipe = of(set);
        assert_eq!(recipe.kind, kind);
        let settings = recipe.hyperparameters.check().unwrap();
        let ratio = settings.weight_decay / recipe.lambda_c;
        assert!(ratio > 1e-4 && ratio <= 0.3, "{set:?}: {ratio}");
        assert!(recipe.hidden >= 25 && recipe.epochs >= 10);
    }
}

/// Cut and whitened elsewhere, they are what they would be here.
#[test]
fn patches_that_come_as_arrays_are_known() {
    let array = |set, preparation| {
        let spec = DataSpec {
            preparation,
            ..DataSpec::embedded(set)
        };
        let data = data::load(&spec).unwrap();
        let spec = DataSpec::file("patches.npy");
        DataSet::new("patches", spec, data.samples.clone(), data.shape)
    };
    let kind = |set, preparation| Kind::of(&array(set, preparation));
    assert_eq!(kind(EmbeddedSet::Photos, None), Kind::WhitenedPatches);
    let contrast = Some(Preparation::CONTRAST);
    assert_eq!(kind(EmbeddedSet::PhotosRaw, contrast), Kind::CentredPatches);
    let levels = Some(Preparation::LEVELS);
    assert_eq!(kind(EmbeddedSet::PhotosRaw, levels), Kind::RawPatches);
    assert_eq!(kind(EmbeddedSet::Digits, None), Kind::GreyPictures);
    // and as they were cut, what is suggested takes their means away
    let Samples::F32(values) = array(EmbeddedSet::PhotosRaw, levels).samples else {
        panic!("photographs are of single precision");
    };
    let content = Content::Samples {
        values: Values::F32(values),
        shape: SampleShape::grey(8, 8),
    };
    let found = Found::new("patches.npy", content, "", Preparation::NONE).suited();
    assert_eq!(found.suggested, Preparation::CONTRAST);
    assert!(found.notes[0].starts_with("Each place is like any other"));
}

/// Where the data vary most in one direction, λ_c is far above the λ at which units come to repeat one another.
#[test]
fn weight_decay_of_whitened_patches_does_not_follow_one_direction() {
    let set = |strength: f64| {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let values = ndarray::Array2::from_shape_fn((600, 64), |(row, place)| {
            let noise = random.random::<f64>() - 0.5;
            let stripe = if place % 8 < 4 { 1.0 } else { -1.0 };
            let along = strength * stripe * (((row * 7) % 13) as f64 / 12.0 - 0.5);
            0.5 + 0.2 * (noise + along)
        });
        let spec = DataSpec::file("p.npy");
        DataSet::new("p", spec, Samples::F64(values), SampleShape::grey(8, 8))
    };
    let share = |strength| {
        let recipe = Recipe::of(&set(strength), 600);
        assert_eq!(recipe.kind, Kind::WhitenedPatches);
        recipe.hyperparameters.weight_decay / recipe.lambda_c
    };
    assert!(
        share(0.5) < 0.8 * share(0.0),
        "{} {}",
        share(0.5),
        share(0.0)
    );
}

/// Rows of a set as a table would bring them.
fn table(columns: usize, rows: usize) -> DataSet {
    let values = ndarray::Array2::from_shape_fn((rows, columns), |(row, column)| {
        ((row * 31 + column * column * 17) % 29) as f64 / 28.0
    });
    DataSet::new(
        "table",
        DataSpec::file("table.csv"),
        Samples::F64(values),
        SampleShape::Vector { length: columns },
    )
}

#[test]
fn units_are_no_fewer_than_the_columns_of_a_small_table_and_no_more_than_samples_allow() {
    for (columns, rows, hidden) in [(4, 150, 5), (13, 178, 17), (13, 20, 13), (30, 569, 25)] {
        let data = table(columns, rows);
        let recipe = Recipe::of(&data, rows);
        assert_eq!(recipe.hidden, hidden, "{columns} columns");
        assert!(recipe.hidden >= columns.min(25));
    }
}

/// What a table in which the word `row` stands before numbers is taken for, and what scaling suits it.
fn read(names: &dyn Fn(usize) -> String, columns: usize) -> (Kind, Scaling) {
    let line =
        |fields: &mut dyn Iterator<Item = String>| fields.collect::<Vec<_>>().join(",") + "\n";
    let mut text = line(&mut std::iter::once("word".into()).chain((0..columns).map(names)));
    for row in 0..40 {
        let value =
            |column: usize| format!("{}", ((row * 31 + column * column * 17) % 29) as f64 - 14.5);
        text += &line(&mut std::iter::once(format!("w{row}")).chain((0..columns).map(value)));
    }
    let (spec, watch) = (DataSpec::default(), data::progress::unwatched);
    let found = data::find_bytes("t.csv", text.into_bytes(), &spec, &watch).unwrap();
    let set = data::prepare(&found, &spec, &watch).unwrap();
    (Kind::of(&set), set.prepared().scaling)
}

#[test]
fn vectors_with_numbered_columns_are_embeddings_and_a_table_with_names_is_one() {
    let numbered = |column| format!("d{column}");
    let named = |column: usize| format!("{}_{}", ["a", "b", "c"][column % 3], column / 3);
    assert_eq!(read(&numbered, 100), (Kind::Embeddings, Scaling::Clip));
    assert_eq!(read(&named, 100), (Kind::ManyColumns, Scaling::UnitColumns));
    assert_eq!(
        read(&numbered, 30),
        (Kind::ManyColumns, Scaling::UnitColumns)
    );
}

#[test]
fn of_few_pictures_few_units_are_suggested_and_it_is_said() {
    let of = |count: usize| {
        let values = ndarray::Array2::from_shape_fn((count, 144), |(row, place)| {
            ((row * 31 + place * place * 17) % 29) as f64 / 28.0
        });
        let shape = SampleShape::grey(12, 12);
        let spec = DataSpec::file("p.npy");
        Recipe::of(&DataSet::new("p", spec, Samples::F64(values), shape), count)
    };
    let few = of(20);
    assert_eq!((few.kind, few.hidden), (Kind::GreyPictures, 5));
    assert!(
        few.reasons[2].starts_with("Only 20 pictures"),
        "{:?}",
        few.reasons
    );
    assert_eq!(of(2).hidden, 1);
    let enough = of(200);
    assert_eq!((enough.hidden, enough.reasons.len()), (50, 2));
}

/// A mean over so few samples of a batch that two or three of them are active is too rough to hold a unit to ρ.
#[test]
fn batches_have_samples_enough_for_the_mean_activation() {
    for row in &ROWS {
        let active = row.target * row.batch as f64;
        assert!(
            row.kind != Kind::ColourPictures || active >= 5.0,
            "{:?}",
            row.kind
        );
    }
}

#[test]
fn a_set_in_which_nothing_varies_has_no_decay_and_a_full_answer() {
    let values = ndarray::Array2::from_elem((20, 6), 0.5);
    let data = DataSet::new(
        "flat",
        DataSpec::file("flat.csv"),
        Samples::F64(values),
        SampleShape::Vector { length: 6 },
    );
    let recipe = Recipe::of(&data, 20);
    assert_eq!(recipe.hyperparameters.weight_decay, 0.0);
    recipe.hyperparameters.check().unwrap();
}

#[test]
fn an_unbounded_set_gets_a_linear_output() {
    let spec = DataSpec {
        preparation: Some(Preparation::ZCA),
        ..DataSpec::embedded(EmbeddedSet::Digits)
    };
    let data = Arc::new(data::load(&spec).unwrap());
    let recipe = Recipe::of(&data, data.len());
    assert_eq!(recipe.output_activation, OutputActivation::Linear);
}

#[test]
fn numbers_are_rounded_by_their_text() {
    assert_eq!(below(2.39e-4).to_string(), "0.00023");
    assert_eq!(two_digits(54.6), 55.0);
    assert_eq!(below(0.0), 0.0);
    assert_eq!(below(f64::NAN), 0.0);
}
