//! Batches made by hand: each pixel of a picture knows its place.

use super::super::progress::unwatched;
use super::super::testing::{Folder, found, gzip, refuse_every_cut};
use super::super::{DataSource, DataSpec, find};
use super::*;

/// Records with these labels; a pixel has its column in red, its row in green and its record in blue.
fn batch(labels: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (record, labels) in labels.iter().enumerate() {
        bytes.extend(*labels);
        for channel in 0..3 {
            bytes.extend((0..PLANE).map(|at| match channel {
                0 => (at % SIDE) as u8,
                1 => (at / SIDE) as u8,
                _ => record as u8,
            }));
        }
    }
    bytes
}

fn check(found: &Found, samples: usize) {
    let Content::Samples {
        values: Values::Bytes(values),
        shape,
    } = &found.content
    else {
        panic!("{:?}", found.content)
    };
    assert_eq!((values.dim(), shape.channels()), ((samples, PIXELS), 3));
    let place = 3 * (5 * SIDE + 9);
    assert_eq!(
        values.row(1).as_slice().unwrap()[place..place + 3],
        [9, 5, 1]
    );
}

#[test]
fn ten_and_a_hundred_classes_are_told_by_their_records() {
    let folder = Folder::new();
    let ten = found(&folder.file("x.bin", &batch(&[&[3], &[9], &[0]]))).unwrap();
    check(&ten, 3);
    assert_eq!(ten.labels, Some(vec![3, 9, 0]));
    assert_eq!(ten.encoding, "8-bit RGB, CIFAR-10 binary");
    let hundred = found(&folder.file("train.bin", &batch(&[&[19, 99], &[0, 12]]))).unwrap();
    check(&hundred, 2);
    assert_eq!(hundred.labels, Some(vec![99, 12]), "the fine label");
    let packed = found(&folder.file("x.bin.gz", &gzip(&batch(&[&[1], &[2]])))).unwrap();
    check(&packed, 2);
}

#[test]
fn labels_beyond_the_classes_are_refused_with_their_record() {
    let folder = Folder::new();
    for labels in [
        &[&[3u8][..], &[10]][..],
        &[&[19, 99], &[5, 100]],
        &[&[0, 0], &[20, 0]],
    ] {
        let error = found(&folder.file("x.bin", &batch(labels)))
            .unwrap_err()
            .to_string();
        assert!(error.contains("record 2 has the first"), "{error}");
    }
    let error = found(&folder.file("other.bin", &[1; 5000])).unwrap_err();
    assert!(matches!(error, DataError::Unrecognised { .. }), "{error}");
}

#[test]
fn a_folder_of_batches_is_joined_without_its_test_part() {
    let folder = Folder::new();
    folder.file("data_batch_2.bin", &batch(&[&[5], &[6]]));
    folder.file("data_batch_10.bin", &batch(&[&[7]]));
    folder.file("data_batch_1.bin", &batch(&[&[3], &[4]]));
    folder.file("test_batch.bin", &batch(&[&[8]]));
    let names: Vec<String> = (0..10).map(|class| format!("class {class}\n")).collect();
    folder.file("batches.meta.txt", names.concat().as_bytes());
    let joined = found(folder.path()).unwrap();
    check(&joined, 5);
    assert_eq!(joined.labels, Some(vec![3, 4, 5, 6, 7]));
    assert_eq!(joined.class_names[9], "class 9");
    assert_eq!(
        joined.notes,
        [
            "3 batches joined.",
            "Left out, to test with: test_batch.bin."
        ]
    );
    let chosen = |names: &[&str]| {
        let paths = names.iter().map(|name| folder.path().join(name)).collect();
        let spec = DataSpec {
            source: DataSource::Files(paths),
            ..DataSpec::default()
        };
        find(&spec, &unwatched)
    };
    let two = chosen(&["test_batch.bin", "data_batch_1.bin"]).unwrap();
    assert_eq!(two.labels, Some(vec![8, 3, 4]), "what is chosen is taken");
    folder.file("other.bin", &batch(&[&[19, 99]]));
    let error = chosen(&["data_batch_1.bin", "other.bin"])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("CIFAR-100, unlike those before it"),
        "{error}"
    );
}

#[test]
fn every_cut_is_refused() {
    // but between two records, where a batch may end
    refuse_every_cut("cut.bin", &batch(&[&[3]]));
}
