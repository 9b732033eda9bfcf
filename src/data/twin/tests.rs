//! Splits as they are published.

use std::io::{Cursor, Write};

use super::*;
use crate::data::testing::{Folder, gzip, values};
use crate::data::{DataSet, load};

fn own(path: impl Into<PathBuf>) -> Result<DataSet, DataError> {
    load(&DataSpec {
        held: Held::OwnSplit,
        ..DataSpec::file(path)
    })
}

/// Bytes of these dimensions as an `.npy`.
fn npy(shape: &str, bytes: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.as_bytes());
    npy.extend(bytes);
    npy
}

#[test]
fn keras_and_its_like_bring_x_test() {
    let (training, test): (Vec<u8>, Vec<u8>) = (0..80).map(|i| (i * 3, 255 - i)).unzip();
    for names in [
        ["x_train", "y_train", "x_test", "y_test"],
        ["train_images", "train_labels", "test_images", "test_labels"],
    ] {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let arrays = [
            npy("(5, 4, 4)", &training),
            npy("(5,)", &[1, 2, 3, 4, 5]),
            npy("(5, 4, 4)", &test),
            npy("(5,)", &[6, 7, 8, 9, 0]),
        ];
        // the test part first: it is not its labels that are taken
        for (name, array) in names.into_iter().zip(arrays).rev() {
            zip.start_file(
                format!("{name}.npy"),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
            zip.write_all(&array).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        let set = own(Folder::new().file("mnist.npz", &bytes)).unwrap();
        let part = set.test.as_ref().unwrap();
        assert_eq!((set.len(), part.len()), (5, 5));
        assert_eq!(set.labels, Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(part.labels, Some(vec![6, 7, 8, 9, 0]));
        assert!((values(&set)[1] - 3.0 / 255.0).abs() < 1e-6);
        assert!((part.samples.to::<f64>()[[0, 0]] - 1.0).abs() < 1e-6);
        assert_eq!(set.spec.held, Held::OwnSplit);
    }
}

fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
    bytes.extend_from_slice(values);
    bytes
}

#[test]
fn mnist_brings_t10k_packed_or_not() {
    let pixels: Vec<u8> = (0..64).map(|value| value * 3).collect();
    let folder = Folder::new();
    let path = folder.file("train-images-idx3-ubyte", &idx(&[4, 4, 4], &pixels));
    folder.file("train-labels-idx1-ubyte", &idx(&[4], &[0, 1, 2, 3]));
    let lacking = own(&path).unwrap_err().to_string();
    assert!(
        lacking.contains("t10k-images") && lacking.contains("give the fraction"),
        "{lacking}"
    );
    let test = idx(&[2, 4, 4], &pixels[32..]);
    folder.file("t10k-images-idx3-ubyte.gz", &gzip(&test));
    folder.file("t10k-labels-idx1-ubyte.gz", &gzip(&idx(&[2], &[8, 9])));
    let set = own(&path).unwrap();
    let part = set.test.unwrap();
    assert_eq!(
        (set.labels, set.samples.dim()),
        (Some(vec![0, 1, 2, 3]), (4, 16))
    );
    assert_eq!((part.labels.as_deref(), part.len()), (Some(&[8, 9][..]), 2));
}

#[test]
fn cifar_brings_its_test_batch() {
    let batch = |labels: &[u8]| -> Vec<u8> {
        let record = |label: &u8| {
            let pixels = (0..3_072).map(|at| (at * usize::from(*label) % 251) as u8);
            std::iter::once(*label).chain(pixels).collect::<Vec<u8>>()
        };
        labels.iter().flat_map(record).collect()
    };
    let folder = Folder::new();
    let path = folder.file("data_batch_1.bin", &batch(&[1, 2, 3]));
    folder.file("test_batch.bin", &batch(&[4, 5]));
    for path in [&*path, folder.path()] {
        let set = own(path).unwrap();
        assert_eq!((set.len(), set.test.as_ref().unwrap().len()), (3, 2));
        assert_eq!(set.test.as_ref().unwrap().labels, Some(vec![4, 5]));
    }
    let all = DataSpec {
        held: Held::OwnSplit,
        ..DataSpec::files(vec![
            path.clone(),
            folder.file("data_batch_2.bin", &batch(&[6])),
        ])
    };
    let set = load(&all).unwrap();
    assert_eq!((set.len(), set.test.unwrap().len()), (4, 2));
}

#[test]
fn a_table_called_train_brings_the_one_called_test() {
    let folder = Folder::new();
    let path = folder.file("wine-train.csv", b"a,b,kind\n1,2,x\n3,5,y\n2,9,x\n");
    // another order, no labels
    folder.file("wine-test.csv", b"b,a\n5,3\n");
    let set = own(&path).unwrap();
    let part = set.test.unwrap();
    let row: Vec<f64> = part.samples.to::<f64>().row(0).to_vec();
    let trained: Vec<f64> = set.samples.to::<f64>().row(1).to_vec();
    assert_eq!(row, trained);
}

#[test]
fn folders_called_train_and_test_are_parts_and_no_classes() {
    let folder = Folder::new();
    let picture = |path: &str, grey: u8| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let image = image::GrayImage::from_fn(6, 6, |x, y| image::Luma([grey + (x * y) as u8]));
        image.save(path).unwrap();
    };
    for (at, class) in ["cats", "dogs"].into_iter().enumerate() {
        for index in 0..4 {
            picture(
                &format!("set/Train/{class}/{index}.png"),
                40 * at as u8 + 9 * index,
            );
        }
        picture(&format!("set/test/{class}/9.png"), 100 * at as u8);
        picture(&format!("set/val/{class}/9.png"), 7);
    }
    let path = folder.path().join("set");
    let found = crate::data::testing::found(&path).unwrap();
    assert!(found.has_own_test);
    assert_eq!(found.class_names, ["cats", "dogs"]);
    assert!(
        found
            .notes
            .iter()
            .any(|note| note == "Folder Train taken; left out: test, val.")
    );
    assert_eq!(load(&DataSpec::file(&path)).unwrap().len(), 8);
    let set = own(&path).unwrap();
    let part = set.test.as_ref().unwrap();
    assert_eq!((set.len(), part.len()), (8, 2));
    assert_eq!(part.labels, Some(vec![0, 1]));
    // without classes, and not where other folders stand beside them
    for index in 0..4 {
        picture(&format!("flat/train/{index}.png"), 9 * index);
        picture(&format!("flat/test/{index}.png"), 50 + 9 * index);
    }
    let flat = own(folder.path().join("flat")).unwrap();
    assert_eq!(
        (flat.len(), flat.test.unwrap().len(), flat.labels),
        (4, 4, None)
    );
    picture("flat/owls/0.png", 3);
    let set = load(&DataSpec::file(folder.path().join("flat"))).unwrap();
    assert_eq!((set.len(), set.labels.unwrap().iter().max()), (9, Some(&2)));
}
