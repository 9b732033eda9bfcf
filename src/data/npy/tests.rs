//! Arrays of every type, order and shape, and broken ones.

use super::super::testing::{Folder, found, golden, gzip, loaded, refuse_every_cut, values};
use super::super::{DataSpec, Samples, load};
use super::super::{Preprocessing, SampleShape};
use super::*;

fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn bytes_of<const N: usize>(values: impl IntoIterator<Item = [u8; N]>) -> Vec<u8> {
    values.into_iter().flatten().collect()
}

#[test]
fn every_type_and_order_comes_as_it_stands() {
    let numbers = [1i8, 2, 3, 4, 5, 6];
    let cases = [
        ("|u1", bytes_of(numbers.map(|v| (v as u8).to_le_bytes()))),
        ("|i1", bytes_of(numbers.map(i8::to_le_bytes))),
        ("<u2", bytes_of(numbers.map(|v| (v as u16).to_le_bytes()))),
        (">i2", bytes_of(numbers.map(|v| i16::from(v).to_be_bytes()))),
        ("<i4", bytes_of(numbers.map(|v| i32::from(v).to_le_bytes()))),
        (">u4", bytes_of(numbers.map(|v| (v as u32).to_be_bytes()))),
        (">i8", bytes_of(numbers.map(|v| i64::from(v).to_be_bytes()))),
        ("<u8", bytes_of(numbers.map(|v| (v as u64).to_le_bytes()))),
        (
            "<f2",
            bytes_of(numbers.map(|v| half::f16::from(v).to_le_bytes())),
        ),
        (
            ">f2",
            bytes_of(numbers.map(|v| half::f16::from(v).to_be_bytes())),
        ),
        ("<f4", bytes_of(numbers.map(|v| f32::from(v).to_le_bytes()))),
        (">f4", bytes_of(numbers.map(|v| f32::from(v).to_be_bytes()))),
        ("<f8", bytes_of(numbers.map(|v| f64::from(v).to_le_bytes()))),
        (">f8", bytes_of(numbers.map(|v| f64::from(v).to_be_bytes()))),
    ];
    let folder = Folder::new();
    for (descr, data) in cases {
        let set = loaded(&folder.file("c.npy", &npy(descr, false, "(2, 3)", &data))).unwrap();
        assert_eq!(values(&set), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "{descr}");
        assert_eq!(
            matches!(set.samples, Samples::F64(_)),
            descr.ends_with("f8")
        );
        assert_eq!(set.shape, SampleShape::Vector { length: 3 });
        assert!(set.preparation.is_empty());
        let set = loaded(&folder.file("f.npy", &npy(descr, true, "(2, 3)", &data))).unwrap();
        assert_eq!(
            values(&set),
            [1.0, 3.0, 5.0, 2.0, 4.0, 6.0],
            "{descr} in Fortran order"
        );
    }
}

#[test]
fn the_sample_arrays_agree_with_one_another() {
    let bytes = values(&loaded(&golden("imgs_u8_3d.npy")).unwrap());
    for name in ["imgs_f4_fortran.npy", "imgs_f8_be.npy"] {
        let set = loaded(&golden(name)).unwrap();
        assert_eq!(set.shape, SampleShape::grey(28, 28));
        let worst = values(&set)
            .iter()
            .zip(&bytes)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(worst < 1e-6, "{name}: {worst}");
    }
}

#[test]
fn three_dimensions_are_pictures_in_either_order() {
    let folder = Folder::new();
    let data = bytes_of((0u8..12).map(|v| f32::from(v).to_le_bytes()));
    let set = loaded(&folder.file("c", &npy("<f4", false, "(2, 3, 2)", &data))).unwrap();
    assert_eq!(set.shape, SampleShape::grey(3, 2));
    assert_eq!(values(&set), (0..12).map(f64::from).collect::<Vec<_>>());
    let set = loaded(&folder.file("f", &npy("<f4", true, "(2, 3, 2)", &data))).unwrap();
    assert_eq!(
        values(&set),
        [0.0, 6.0, 2.0, 8.0, 4.0, 10.0, 1.0, 7.0, 3.0, 9.0, 5.0, 11.0]
    );
}

#[test]
fn nan_and_infinity_are_named_by_place() {
    let folder = Folder::new();
    for (bad, text) in [(f64::NAN, "NaN"), (f64::NEG_INFINITY, "-inf")] {
        let data = bytes_of([0.0, 1.0, 2.0, 3.0, bad, 5.0].map(f64::to_le_bytes));
        let message = loaded(&folder.file("n.npy", &npy("<f8", false, "(2, 3)", &data)))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains(&format!("{text} in row 2, column 2")),
            "{message}"
        );
    }
    let data = bytes_of([1e200, -1e200].map(f64::to_le_bytes));
    let message = loaded(&folder.file("n.npy", &npy("<f8", false, "(2, 1)", &data)))
        .unwrap_err()
        .to_string();
    assert!(message.contains("too large to square"), "{message}");
}

#[test]
fn every_cut_is_refused() {
    let whole = npy(
        "<f4",
        false,
        "(2, 2)",
        &bytes_of([0.0f32, 1.0, 2.0, 3.0].map(f32::to_le_bytes)),
    );
    refuse_every_cut("cut.npy", &whole);
    refuse_every_cut("cut.npy.gz", &gzip(&whole));
}

#[test]
fn claims_are_held_against_what_is_there() {
    let folder = Folder::new();
    let mut long_header = b"\x93NUMPY\x02\x00".to_vec();
    long_header.extend(u32::MAX.to_le_bytes());
    let cases = [
        (
            npy("<f4", false, "(1000000000000, 1)", &[]),
            "ends too soon",
        ),
        (
            npy(
                "<f4",
                false,
                "(18446744073709551615, 18446744073709551615)",
                &[],
            ),
            "is too large",
        ),
        (npy("<f8", false, "(1000, 1000)", &[]), "ends too soon"),
        (npy("<f4", false, "(0, 3)", &[]), "no samples"),
        (npy("<f4", false, "(3,)", &[0; 12]), "an array of shape [3]"),
        (npy("<f4", false, "()", &[0; 4]), "an array of shape []"),
        (npy("<c8", false, "(2, 2)", &[0; 32]), "NumPy type \"<c8\""),
        (
            npy("<f4", false, "(1, 1)", &[0; 5]),
            "continues past its end",
        ),
        (long_header, "bytes of header are more than"),
        (
            b"\x93NUMPY\x09\x00\x10\x00".to_vec(),
            "9.0 is not a version",
        ),
    ];
    for (bytes, part) in cases {
        for bytes in [gzip(&bytes), bytes] {
            let message = loaded(&folder.file("claim.npy", &bytes))
                .unwrap_err()
                .to_string();
            assert!(
                message.contains(part) || message.contains("compressed ones can hold"),
                "{part}: {message}"
            );
        }
    }
}

#[test]
fn one_sample_is_taken_and_preparation_is_done_where_asked() {
    let folder = Folder::new();
    let one = bytes_of([0.25, 0.5].map(f64::to_le_bytes));
    let set = loaded(&folder.file("one.npy", &npy("<f8", false, "(1, 2)", &one))).unwrap();
    assert_eq!((set.len(), set.variance), (1, 0.0));
    let four = bytes_of([-2.0, 0.0, 4.0, 6.0].map(f64::to_le_bytes));
    let path = folder.file("four.npy", &npy("<f8", false, "(2, 2)", &four));
    let set = load(&DataSpec {
        preparation: Preprocessing::Unit.preparation(),
        ..DataSpec::file(&path)
    })
    .unwrap();
    assert_eq!(values(&set), [0.0, 0.25, 0.75, 1.0]);
    assert_eq!(set.sentences(), ["Scaled linearly from [-2, 6] to [0, 1]."]);
    let error = load(&DataSpec {
        preparation: Some(Preparation::WHITEN),
        ..DataSpec::file(&path)
    })
    .unwrap_err();
    assert!(error.to_string().contains("for photographs"), "{error}");
}

#[cfg(unix)]
#[test]
fn more_samples_than_fit_are_thinned_evenly_and_it_is_said() {
    // a sparse file: one sample in 2,048 is not 0
    let (samples, width) = (300_000u64, 1_000u64);
    for fortran in [false, true] {
        let folder = Folder::new();
        let header = npy("|u1", fortran, "(300000, 20, 50)", &[]);
        let path = folder.file("large.npy", &header);
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(header.len() as u64 + samples * width).unwrap();
        for sample in (0..samples).step_by(2_048) {
            use std::os::unix::fs::FileExt;
            let at = if fortran { sample } else { sample * width };
            let value = [(sample / 2_048) as u8];
            file.write_all_at(&value, header.len() as u64 + at).unwrap();
        }
        let found = found(&path).unwrap();
        assert_eq!(found.count(), 150_000);
        let Content::Samples {
            values: Values::Bytes(values),
            ..
        } = &found.content
        else {
            panic!("{}", found.summary())
        };
        for sample in (0..150_000).step_by(1_024) {
            assert_eq!(
                values[[sample, 0]],
                (sample / 1_024) as u8,
                "{fortran} {sample}"
            );
        }
        assert_eq!(values.iter().filter(|value| **value > 0).count(), 146);
        assert!(
            found.notes[0].starts_with("Thinned evenly to 1 in 2 of 300,000 samples"),
            "{:?}",
            found.notes
        );
    }
}

#[test]
fn one_photograph_is_told_from_pictures_of_three_columns() {
    let folder = Folder::new();
    for (shape, count, fortran) in [
        ("(70, 80, 3)", 1, false),
        ("(70, 80, 4)", 1, true),
        ("(70, 8, 3)", 70, false),
    ] {
        let size = shape.trim_matches(['(', ')']).split(", ");
        let size = size.map(|side| side.parse::<usize>().unwrap()).product();
        let data: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        let path = folder.file("p.npy", &npy("|u1", fortran, shape, &data));
        let found = found(&path).unwrap();
        assert_eq!(found.count(), count, "{shape}");
        if let Content::Pictures(pictures) = &found.content {
            assert_eq!((pictures[0].rows, pictures[0].columns), (70, 80));
            let stride = if fortran { 70 * 80 } else { 1 };
            let green = pictures[0].values[1] * 255.0;
            assert!((green - (stride % 251) as f32).abs() < 1e-4, "{shape}");
        }
    }
}

/// Flat rows of bytes are 8-bit pictures where they are pictures, many or few, and many stay bytes; other rows are numbers.
#[test]
fn flat_rows_of_bytes_are_pictures_of_8_bits_where_they_are_pictures() {
    let found = |count: usize, width: usize, value: &dyn Fn(usize, usize) -> u8| {
        let rows = (0..count).flat_map(|row| (0..width).map(move |place| (row, place)));
        let data: Vec<u8> = rows.map(|(row, place)| value(row, place)).collect();
        let file = npy("|u1", false, &format!("({count}, {width})"), &data);
        let watch = super::super::progress::unwatched;
        super::super::find_bytes("a.npy", file, &DataSpec::default(), &watch).unwrap()
    };
    let prepared = |found: &Found| {
        let spec = DataSpec::file("a.npy");
        super::super::prepare(found, &spec, &super::super::progress::unwatched).unwrap()
    };
    let fashion = load(&DataSpec::embedded(super::super::EmbeddedSet::Fashion)).unwrap();
    let clothes = fashion.samples.to::<f32>();
    let picture = |row: usize, place: usize| (clothes[[row % 2_000, place]] * 255.0).round() as u8;
    let many = crate::data::dataset::STAY_BYTES;
    let count = many.div_ceil(784);
    let (all, few) = (found(count, 784, &picture), found(2_000, 784, &picture));
    assert_eq!(all.suggested, Preparation::LEVELS);
    let (all, few) = (prepared(&all), prepared(&few));
    assert_eq!(
        (all.shape, few.shape),
        (SampleShape::grey(28, 28), all.shape)
    );
    assert!(matches!(all.samples, Samples::Levels(_)) && matches!(few.samples, Samples::F32(_)));
    let rows: Vec<usize> = (0..2_000).collect();
    assert_eq!(all.samples.select::<f32>(&rows), *few.samples.to::<f32>());
    assert_eq!(all.samples.select::<f32>(&rows), *clothes);

    let noise = |row: usize, place: usize| {
        (row.wrapping_mul(2_654_435_761).wrapping_add(place * 97) >> 7) as u8
    };
    let (all, few) = (
        found(many.div_ceil(90), 90, &noise),
        found(2_000, 90, &noise),
    );
    assert!(matches!(
        &all.content,
        Content::Samples { values: Values::F32(_), shape } if shape.is_vector()
    ));
    assert_eq!(all.suggested, few.suggested);
}
