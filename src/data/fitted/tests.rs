use std::sync::Arc;

use ndarray::{Array2, array};

use super::*;
use crate::data::progress::unwatched;
use crate::data::testing::golden;
use crate::data::{
    Content, Cut, DataError, DataSet, DataSpec, EmbeddedSet, Found, Picture, Preprocessing,
    Samples, Values, find, find_bytes, fit, prepare, prepare_with,
};

const NAMED: [Preprocessing; 9] = [
    Preprocessing::Auto,
    Preprocessing::None,
    Preprocessing::Whiten,
    Preprocessing::Contrast,
    Preprocessing::Levels,
    Preprocessing::Unit,
    Preprocessing::UnitColumns,
    Preprocessing::Standardise,
    Preprocessing::Zca,
];

fn bits(samples: &Samples) -> Vec<u64> {
    match samples {
        Samples::F32(array) => array.iter().map(|v| u64::from(v.to_bits())).collect(),
        Samples::F64(array) => array.iter().map(|v| v.to_bits()).collect(),
        Samples::Levels(stored) => stored.bytes().iter().map(|v| u64::from(*v)).collect(),
    }
}

fn bytes_of(fitted: &FittedPreparation) -> Vec<u8> {
    postcard::to_stdvec(fitted).unwrap()
}

/// Every preparation of every embedded set that there is, and of a table.
fn all() -> impl Iterator<Item = (Found, DataSpec)> {
    let table = find_bytes("t.csv", TRAIN.into(), &DataSpec::default(), &unwatched).unwrap();
    let sets = EmbeddedSet::ALL.into_iter().map(|set| {
        let spec = DataSpec {
            patches: 300,
            ..DataSpec::embedded(set)
        };
        (find(&spec, &unwatched).unwrap(), spec)
    });
    sets.chain([(table, DataSpec::default())])
        .flat_map(|(found, spec)| {
            NAMED.map(|named| {
                let preparation = named.preparation();
                let spec = DataSpec {
                    preparation,
                    ..spec.clone()
                };
                (found.clone(), spec)
            })
        })
}

const TRAIN: &str = "a,b,c,kind\n1,10,5,x\n3,30,5,y\n2,15,5,x\n";
const TEST: &str = "a,b,c,kind\n5,20,9,y\n1,10,1,z\n";

fn table(text: &str, named: Preprocessing) -> (Found, DataSpec) {
    let spec = DataSpec {
        preparation: named.preparation(),
        ..DataSpec::default()
    };
    let found = find_bytes("t.csv", text.into(), &spec, &unwatched).unwrap();
    (found, spec)
}

fn transferred(named: Preprocessing) -> DataSet {
    let (found, spec) = table(TRAIN, named);
    let fitted = Arc::new(fit(&found, &spec, &unwatched).unwrap());
    let (found, spec) = table(TEST, Preprocessing::Auto);
    prepare_with(&found, &spec, &fitted, &unwatched).unwrap()
}

#[test]
fn what_was_fitted_gives_the_same_data_the_same_bits_also_once_it_was_written() {
    let (mut fits, mut refusals) = (0, 0);
    for (found, spec) in all() {
        let once = match prepare(&found, &spec, &unwatched) {
            Ok(set) => set,
            Err(DataError::Preparation { .. }) => {
                refusals += 1;
                continue;
            }
            Err(error) => panic!("{spec:?}: {error}"),
        };
        fits += 1;
        let bytes = bytes_of(&once.fitted);
        let read: FittedPreparation = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(bytes_of(&read), bytes, "{spec:?}");
        let json = serde_json::to_string(&*once.fitted).unwrap();
        let parsed: FittedPreparation = serde_json::from_str(&json).unwrap();
        assert_eq!(bytes_of(&parsed), bytes, "{spec:?}");
        let again = prepare_with(&found, &spec, &Arc::new(read), &unwatched).unwrap();
        assert!(bits(&again.samples) == bits(&once.samples), "{spec:?}");
        assert_eq!((again.shape, &again.labels), (once.shape, &once.labels));
        assert_eq!(again.variance.to_bits(), once.variance.to_bits());
        assert_eq!(again.fitted, once.fitted);
    }
    // the filter is for pictures that are cut: bars, Fashion, digits and the table refuse it
    assert_eq!((fits, refusals), (7 * 9 - 4, 4));
}

#[test]
fn other_data_get_the_training_data_s_numbers() {
    let set = transferred(Preprocessing::UnitColumns);
    let expected = array![[2.0, 0.5, 9.0], [0.0, 0.0, 1.0]];
    assert_eq!(
        *set.samples.to::<f64>(),
        expected,
        "beyond [0, 1] is no error"
    );
    assert_eq!(set.fitted.columns, ["a", "b", "c"]);
    // x is 0 and y is 1, whatever comes first; z is new
    assert_eq!(set.fitted.classes, ["x", "y"]);
    assert_eq!(set.labels, Some(vec![1, 2]));
    assert_eq!(set.classes, ["x", "y", "z"]);

    let set = transferred(Preprocessing::Standardise);
    let deviation = (2.0f64 / 3.0).sqrt();
    let values = set.samples.to::<f64>();
    assert!((values[[0, 0]] - 3.0 / deviation).abs() < 1e-12);
    assert_eq!(values[[0, 2]], 0.0, "the training data never varied there");

    let set = transferred(Preprocessing::Unit);
    assert_eq!(set.samples.to::<f64>()[[0, 1]], 19.0 / 29.0);
    assert!(set.preparation.contains(&Step::FittedTo("t.csv".into())));

    let set = transferred(Preprocessing::Zca);
    let (train, spec) = table(TRAIN, Preprocessing::Zca);
    let zca = fit(&train, &spec, &unwatched).unwrap().zca.unwrap();
    let plain = array![[5.0, 20.0, 9.0], [1.0, 10.0, 1.0]];
    assert_eq!(zca.mean.to_vec(), [2.0, 55.0 / 3.0, 5.0]);
    let expected = (plain - &zca.mean).dot(&zca.matrix);
    assert!(
        (&expected - &*set.samples.to::<f64>())
            .iter()
            .all(|d| d.abs() < 1e-12)
    );
}

fn ramps(name: &str, side: usize, channels: usize, scale: f32) -> Found {
    let values = (0..side * side * channels).map(|at| scale * ((at * at) % 97) as f32 / 97.0);
    let picture = Picture {
        file: name.into(),
        rows: side,
        columns: side,
        channels,
        values: values.collect(),
    };
    let content = Content::Pictures(vec![picture]);
    Found::new(name, content, "made", Preparation::NONE)
}

fn patches(preparation: Preparation) -> DataSpec {
    DataSpec {
        patch: 5,
        patches: 200,
        preparation: Some(preparation),
        ..DataSpec::default()
    }
}

#[test]
fn photographs_are_clipped_at_the_training_limits() {
    let spec = patches(Preparation::CONTRAST);
    let fitted = Arc::new(fit(&ramps("a", 40, 1, 1.0), &spec, &unwatched).unwrap());
    let FittedScaling::Clip { mean, limit } = fitted.scaling else {
        panic!("clipped")
    };
    assert!(mean == 0.0 && limit > 0.5);
    // a tenth of the contrast stays a tenth of it: measured anew it would fill the range
    let other = ramps("b", 30, 1, 0.1);
    let faint = prepare_with(&other, &DataSpec { patch: 9, ..spec }, &fitted, &unwatched).unwrap();
    assert_eq!(faint.samples.dim(), (200, 25), "the side is the fitted one");
    assert!(
        faint.range.0 > 0.45 && faint.range.1 < 0.55,
        "{:?}",
        faint.range
    );
}

#[test]
fn what_does_not_fit_is_refused_and_says_which() {
    let refused = |found: &Found, spec: &DataSpec, fitted: &FittedPreparation| {
        prepare_with(found, spec, &Arc::new(fitted.clone()), &unwatched).unwrap_err()
    };
    let (train, spec) = table(TRAIN, Preprocessing::UnitColumns);
    let fitted = fit(&train, &spec, &unwatched).unwrap();
    let (narrow, _) = table("a,b\n1,2\n3,4\n", Preprocessing::Auto);
    let error = refused(&narrow, &spec, &fitted);
    assert!(matches!(error, DataError::OtherShape { .. }), "{error}");
    assert!(error.to_string().contains("2 values") && error.to_string().contains("3 values"));
    let (turned, _) = table("a,c,b,kind\n5,9,20,y\n1,1,10,z\n", Preprocessing::Auto);
    let error = refused(&turned, &spec, &fitted);
    assert!(
        matches!(&error, DataError::OtherColumn { column: 2, .. }),
        "{error}"
    );

    let spec = patches(Preparation::ZCA);
    let colour = fit(&ramps("c", 40, 3, 1.0), &spec, &unwatched).unwrap();
    let grey = fit(&ramps("g", 40, 1, 1.0), &spec, &unwatched).unwrap();
    let error = refused(&ramps("g", 40, 1, 1.0), &spec, &colour);
    assert!(
        matches!(
            error,
            DataError::OtherChannels {
                found: 1,
                expected: 3,
                ..
            }
        ),
        "{error}"
    );
    let error = refused(&ramps("c", 40, 3, 1.0), &spec, &grey);
    assert!(
        matches!(
            error,
            DataError::OtherChannels {
                found: 3,
                expected: 1,
                ..
            }
        ),
        "{error}"
    );
    let error = refused(&ramps("s", 4, 3, 1.0), &spec, &colour);
    assert!(
        matches!(error, DataError::PatchTooLarge { patch: 5, .. }),
        "{error}"
    );

    let filtered = fit(
        &ramps("g", 40, 1, 1.0),
        &patches(Preparation::WHITEN),
        &unwatched,
    )
    .unwrap();
    let samples = Found {
        content: Content::Samples {
            values: Values::F32(Array2::from_shape_fn((4, 25), |(i, j)| (i * j) as f32)),
            shape: SampleShape::grey(5, 5),
        },
        ..ramps("m", 5, 1, 1.0)
    };
    let error = refused(&samples, &spec, &filtered);
    assert!(matches!(error, DataError::Preparation { .. }), "{error}");
    // whole samples, from pictures that are not alike
    let mut unlike = ramps("u", 8, 1, 1.0);
    let (Content::Pictures(pictures), Content::Pictures(more)) =
        (&mut unlike.content, ramps("v", 9, 1, 1.0).content)
    else {
        panic!("pictures")
    };
    pictures.extend(more);
    let whole = FittedPreparation::identity("w", SampleShape::grey(8, 8));
    let error = refused(
        &unlike,
        &DataSpec {
            cut: Cut::Auto,
            ..spec
        },
        &whole,
    );
    assert!(matches!(error, DataError::Preparation { .. }), "{error}");
}

#[test]
fn bytes_and_numbers_of_the_same_levels_are_divided_alike() {
    let digits = DataSpec::embedded(EmbeddedSet::Digits);
    let train = prepare(&find(&digits, &unwatched).unwrap(), &digits, &unwatched).unwrap();
    assert_eq!(train.fitted.white, Some(16));
    let spec = DataSpec::file(golden("digits_header_label.csv"));
    let found = find(&spec, &unwatched).unwrap();
    let set = prepare_with(&found, &spec, &train.fitted, &unwatched).unwrap();
    let rows = set.len();
    let expected = train.samples.to::<f64>();
    assert_eq!(
        *set.samples.to::<f64>(),
        expected.slice(ndarray::s![..rows, ..])
    );
}

#[test]
fn a_record_that_was_tampered_with_is_refused() {
    let spec = patches(Preparation::ZCA);
    let zca = fit(&ramps("c", 40, 1, 1.0), &spec, &unwatched).unwrap();
    let (train, spec) = table(TRAIN, Preprocessing::Standardise);
    let table = fit(&train, &spec, &unwatched).unwrap();
    type Tamper = fn(&mut PreparationRecord);
    let cases: [(&FittedPreparation, Tamper, &str); 12] = [
        (&zca, |r| r.version = 2, "of version 2"),
        (&zca, |r| r.arrays.clear(), "lacks the array"),
        (
            &zca,
            |r| r.arrays[1].values.truncate(600),
            "the array zca_matrix",
        ),
        (
            &zca,
            |r| r.arrays[1].shape = vec![625],
            "the array zca_matrix",
        ),
        (&zca, |r| r.arrays[0].values[3] = f64::NAN, "zca_mean"),
        (&zca, |r| r.zca = None, "ZCA whitening is not the one"),
        (&zca, |r| r.patches = None, "no sample can have"),
        (&zca, |r| r.columns = vec!["a".into()], "number of columns"),
        (&table, |r| r.arrays[1].values[0] = -1.0, "below 0"),
        (
            &table,
            |r| r.arrays[1].values[0] = f64::INFINITY,
            "column_deviation",
        ),
        (&table, |r| r.choice.scaling = Scaling::Unit, "its scaling"),
        (&table, |r| r.white = Some(0), "bytes cannot"),
    ];
    for (fitted, tamper, part) in cases {
        let mut record = PreparationRecord::from(fitted.clone());
        assert_eq!(
            FittedPreparation::try_from(record.clone()).as_ref(),
            Ok(fitted)
        );
        tamper(&mut record);
        if part == "no sample can have" {
            let side = 1 << 20; // side · side · 3 would be beyond all memory
            record.shape = SampleShape::Image {
                rows: side,
                columns: side,
                channels: 3,
            };
        }
        let bytes = postcard::to_stdvec(&record).unwrap();
        assert!(postcard::from_bytes::<FittedPreparation>(&bytes).is_err());
        let error = FittedPreparation::try_from(record).unwrap_err().to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
    let bytes = bytes_of(&zca);
    for length in (0..bytes.len()).step_by(97) {
        assert!(postcard::from_bytes::<FittedPreparation>(&bytes[..length]).is_err());
    }
}

#[test]
fn every_format_is_found_from_its_bytes_alone() {
    for name in [
        "IMAGES_v4.mat",
        "IMAGES_v5.mat",
        "IMAGES_v5_zlib.mat",
        "IMAGES_v73.mat",
        "digits_header_label.csv",
        "digits_noheader.csv",
        "grey.png",
        "grey16.png",
        "imgs-idx3-ubyte",
        "imgs-idx3-ubyte.gz",
        "imgs_deflated.npz",
        "imgs_f4_fortran.npy",
        "imgs_f8_be.npy",
        "imgs_stored.npz",
        "imgs_u8_3d.npy",
        "palette.png",
        "rgb.jpg",
        "rgba.png",
    ] {
        let path = golden(name);
        let spec = DataSpec::file(&path);
        let bytes = std::fs::read(&path).unwrap();
        let from_bytes = find_bytes(path.to_str().unwrap(), bytes, &spec, &unwatched);
        match (find(&spec, &unwatched), from_bytes) {
            (Ok(file), Ok(bytes)) => {
                assert!(file.content == bytes.content, "{name}");
                assert_eq!((file.notes, file.variables), (bytes.notes, bytes.variables));
            }
            (Err(file), Err(_)) => assert_eq!(name, "IMAGES_v73.mat", "{file}"),
            (file, bytes) => panic!("{name}: {:?}, {:?}", file.err(), bytes.err()),
        }
    }
}
