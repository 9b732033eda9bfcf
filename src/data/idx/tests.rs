//! Every type of value, and headers that are wrong.

use super::super::SampleShape;
use super::super::testing::{Folder, found, golden, gzip, loaded, refuse_every_cut, values};
use super::*;

/// An IDX file of unsigned bytes.
fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
    bytes.extend_from_slice(values);
    bytes
}

#[test]
fn images_come_as_they_were_written_plain_and_gzipped() {
    let folder = Folder::new();
    let pixels: Vec<u8> = (0..24).map(|value| value * 11).collect();
    let written = idx(&[4, 2, 3], &pixels);
    for (name, bytes) in [
        ("a.idx", written.clone()),
        ("b-idx3-ubyte.gz", gzip(&written)),
        ("no ending", written),
    ] {
        let set = loaded(&folder.file(name, &bytes)).unwrap();
        assert_eq!(set.shape, SampleShape::grey(2, 3));
        assert_eq!(set.samples.dim(), (4, 6));
        assert_eq!(set.range, (0.0, f64::from(253.0f32 / 255.0)));
        let expected: Vec<f64> = pixels
            .iter()
            .map(|&pixel| f64::from(f32::from(pixel) / 255.0))
            .collect();
        assert_eq!(values(&set), expected);
        assert_eq!(set.sentences(), ["Bytes divided by 255, into [0, 1]."]);
    }
    let set = loaded(&folder.file("d", &idx(&[3, 25], &pixels.repeat(9)[..75]))).unwrap();
    assert_eq!(set.shape, SampleShape::grey(5, 5));
}

/// An IDX file of values of type `code`.
fn typed(code: u8, dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = idx(dimensions, values);
    bytes[2] = code;
    bytes
}

#[test]
fn every_type_of_value_is_read() {
    let folder = Folder::new();
    let numbers = [-1i8, 0, 1, 2, 3, 100];
    let cases: [(u8, Vec<u8>); 5] = [
        (0x09, numbers.iter().flat_map(|v| v.to_be_bytes()).collect()),
        (
            0x0b,
            numbers
                .iter()
                .flat_map(|&v| i16::from(v).to_be_bytes())
                .collect(),
        ),
        (
            0x0c,
            numbers
                .iter()
                .flat_map(|&v| i32::from(v).to_be_bytes())
                .collect(),
        ),
        (
            0x0d,
            numbers
                .iter()
                .flat_map(|&v| f32::from(v).to_be_bytes())
                .collect(),
        ),
        (
            0x0e,
            numbers
                .iter()
                .flat_map(|&v| f64::from(v).to_be_bytes())
                .collect(),
        ),
    ];
    for (code, values) in cases {
        let bytes = typed(code, &[3, 2], &values);
        refuse_every_cut("cut.idx", &bytes);
        let found = found(&folder.file("typed.idx", &bytes)).unwrap();
        assert_eq!(found.suggested.scaling, super::super::Scaling::Unit);
        let Content::Samples { values, .. } = found.content else {
            panic!("samples")
        };
        let values: Vec<f64> = match values {
            Values::F64(values) if code == 0x0e => values.into_iter().collect(),
            Values::F32(values) => values.into_iter().map(f64::from).collect(),
            other => panic!("{code:x}: {other:?}"),
        };
        assert_eq!(values, numbers.map(f64::from), "{code:x}");
    }
    let images = folder.file("t-images-idx3-ubyte", &idx(&[2, 1, 2], &[0, 1, 2, 3]));
    let labels = [7i32, 9].map(i32::to_be_bytes).concat();
    folder.file("t-labels-idx1-ubyte", &typed(0x0c, &[2], &labels));
    assert_eq!(found(&images).unwrap().labels, Some(vec![7, 9]));
    let labels = [7.5f32, 9.0].map(f32::to_be_bytes).concat();
    folder.file("t-labels-idx1-ubyte", &typed(0x0d, &[2], &labels));
    let left = found(&images).unwrap();
    assert!(left.labels.is_none() && left.notes[0].contains("not whole numbers"));
}

#[test]
fn the_sample_files_hold_the_same_images() {
    let plain = loaded(&golden("imgs-idx3-ubyte")).unwrap();
    assert_eq!(plain.samples.dim(), (40, 784));
    for other in ["imgs-idx3-ubyte.gz", "imgs_u8_3d.npy"] {
        let other = loaded(&golden(other)).unwrap();
        assert_eq!((&plain.samples, plain.shape), (&other.samples, other.shape));
    }
}

#[test]
fn labels_beside_are_found_and_a_bad_one_does_not_stop_the_images() {
    let folder = Folder::new();
    let images = folder.file("t-images-idx3-ubyte", &idx(&[3, 1, 2], &[0, 1, 2, 3, 4, 5]));
    assert_eq!(found(&images).unwrap().labels, None);
    folder.file("t-labels-idx1-ubyte", &idx(&[3], &[7, 8, 9]));
    assert_eq!(found(&images).unwrap().labels, Some(vec![7, 8, 9]));
    folder.file("t-labels-idx1-ubyte", &idx(&[2], &[7, 8]));
    let left = found(&images).unwrap();
    assert!(
        left.labels.is_none() && left.notes[0].starts_with("Labels ignored: "),
        "{:?}",
        left.notes
    );
    let message = loaded(&folder.file("labels", &idx(&[3], &[7, 8, 9])))
        .unwrap_err()
        .to_string();
    assert!(message.contains("choose the file of images"), "{message}");
}

#[test]
fn every_cut_is_refused() {
    let whole = idx(
        &[3, 2, 2],
        &[0, 50, 100, 150, 200, 250, 5, 10, 15, 20, 25, 30],
    );
    refuse_every_cut("cut.idx", &whole);
    refuse_every_cut("cut.idx.gz", &gzip(&whole));
}

#[test]
fn what_follows_the_end_is_refused() {
    let folder = Folder::new();
    let mut bytes = idx(&[2, 1, 2], &[1, 2, 3, 4]);
    bytes.push(5);
    for bytes in [bytes.clone(), gzip(&bytes)] {
        let error = loaded(&folder.file("long.idx", &bytes)).unwrap_err();
        assert!(
            matches!(error, DataError::Overlong { expected: 20, .. }),
            "{error}"
        );
    }
}

#[test]
fn a_header_that_claims_the_world_is_refused_before_anything_is_allocated() {
    let folder = Folder::new();
    let bombs: [&[u32]; 5] = [
        &[u32::MAX; 4],
        &[u32::MAX, u32::MAX, u32::MAX],
        &[1_000_000, 1_000, 1_000],
        &[16_000, 128, 128],
        &[0, 28, 28],
    ];
    for dimensions in bombs {
        for bytes in [idx(dimensions, &[]), gzip(&idx(dimensions, &[]))] {
            let error = loaded(&folder.file("bomb.idx", &bytes)).unwrap_err();
            let expected = matches!(
                error,
                DataError::TooLarge { .. }
                    | DataError::Truncated { .. }
                    | DataError::NoSamples { .. }
                    | DataError::Header { .. }
            );
            assert!(expected, "{dimensions:?}: {error}");
        }
    }
}

#[test]
fn other_types_and_wrong_beginnings_say_what_they_are() {
    let folder = Folder::new();
    let cases: [(&str, Vec<u8>, &str); 5] = [
        (
            "f.idx",
            typed(0x0d, &[1, 1], &f32::NAN.to_be_bytes()),
            "NaN in row 1, column 1",
        ),
        (
            "m.idx",
            vec![1, 2, 3, 4, 5, 6, 7, 8],
            "begins with the bytes 01 02 03 04",
        ),
        (
            "k.idx",
            vec![0, 0, 7, 2, 0, 0, 0, 1],
            "07 is not a type of value (byte 2)",
        ),
        ("four", idx(&[1, 5, 2, 2], &[3; 20]), "shape [1, 5, 2, 2]"),
        ("same", idx(&[2, 1, 2], &[3, 3, 3, 3]), "nothing to learn"),
    ];
    for (name, bytes, part) in cases {
        let message = loaded(&folder.file(name, &bytes)).unwrap_err().to_string();
        assert!(
            message.contains(part) && message.contains(name),
            "{message}"
        );
    }
}
