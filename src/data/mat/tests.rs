use super::super::testing::{Folder, found, golden, loaded, refuse_every_cut, values};
use super::super::{DataSpec, load};
use super::*;
use crate::data::{Picture, SampleShape};

fn photographs(name: &str) -> (Vec<Picture>, Preparation) {
    let found = found(&golden(name)).unwrap();
    match found.content {
        Content::Pictures(pictures) => (pictures, found.suggested),
        Content::Samples { .. } => panic!("IMAGES are photographs"),
    }
}

#[test]
fn images_come_to_their_expected_array() {
    // (rows, columns, picture), as NumPy has it
    let expected = std::fs::read(golden("IMAGES_expected.npy")).unwrap();
    let (header, body) = crate::data::npy_header::split(&expected).unwrap();
    assert_eq!(header.shape, [96, 96, 2]);
    let mut values: Vec<f64> = Vec::new();
    decode(&header, body, &mut values);
    for (name, count) in [
        ("IMAGES_v4.mat", 1),
        ("IMAGES_v5.mat", 2),
        ("IMAGES_v5_zlib.mat", 2),
    ] {
        let (pictures, suggested) = photographs(name);
        assert_eq!(
            (pictures.len(), suggested),
            (count, Preparation::CONTRAST),
            "{name}"
        );
        for (index, picture) in pictures.iter().enumerate() {
            assert_eq!((picture.rows, picture.columns), (96, 96));
            for (place, value) in picture.values.iter().enumerate() {
                assert!(
                    (f64::from(*value) - values[2 * place + index]).abs() < 1e-6,
                    "{name} at {place}"
                );
            }
        }
        assert_eq!(loaded(&golden(name)).unwrap().samples.dim(), (10_000, 64));
    }
}

#[test]
fn version_7_3_is_refused_with_the_way_round() {
    let message = loaded(&golden("IMAGES_v73.mat")).unwrap_err().to_string();
    assert!(
        message.contains("-v7") && message.contains("HDF5"),
        "{message}"
    );
}

fn words(values: &[u32], big: bool) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| {
            if big {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        })
        .collect()
}

fn v4(code: u32, rows: u32, columns: u32, name: &str, values: &[u8]) -> Vec<u8> {
    let mut bytes = words(
        &[code, rows, columns, 0, name.len() as u32 + 1],
        code >= 1000,
    );
    bytes.extend(name.as_bytes());
    bytes.push(0);
    bytes.extend(values);
    bytes
}

#[test]
fn version_4_in_every_type_and_both_byte_orders() {
    let folder = Folder::new();
    let numbers = [1u8, 4, 2, 5, 3, 6]; // (2, 3), column by column
    let all = |each: fn(u8) -> Vec<u8>| numbers.into_iter().flat_map(each).collect::<Vec<u8>>();
    let cases = [
        (0, all(|v| f64::from(v).to_le_bytes().to_vec())),
        (1000, all(|v| f64::from(v).to_be_bytes().to_vec())),
        (10, all(|v| f32::from(v).to_le_bytes().to_vec())),
        (1020, all(|v| i32::from(v).to_be_bytes().to_vec())),
        (30, all(|v| i16::from(v).to_le_bytes().to_vec())),
        (1040, all(|v| u16::from(v).to_be_bytes().to_vec())),
        (50, numbers.to_vec()),
    ];
    for (code, data) in cases {
        let set = loaded(&folder.file("a.mat", &v4(code, 2, 3, "data", &data))).unwrap();
        assert_eq!(
            (values(&set), set.samples.dim()),
            (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (2, 3)),
            "{code}"
        );
    }
    let mut two = v4(51, 1, 6, "words", &numbers);
    two.extend(v4(50, 2, 3, "first", &numbers));
    two.extend(v4(50, 2, 1, "y", &[7, 8]));
    let set = loaded(&folder.file("two.mat", &two)).unwrap();
    assert_eq!((set.samples.dim(), set.labels), ((2, 3), Some(vec![7, 8])));
}

/// An element: type, length, data, padding.
fn element(kind: u32, data: &[u8], big: bool) -> Vec<u8> {
    let mut bytes = words(&[kind, data.len() as u32], big);
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn v5(arrays: &[Vec<u8>], big: bool) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(if big { *b"\x01\x00MI" } else { *b"\x00\x01IM" });
    bytes.extend(arrays.concat());
    bytes
}

fn array(class: u32, sides: &[u32], name: &str, kind: u32, data: &[u8], big: bool) -> Vec<u8> {
    let inner = [
        element(6, &words(&[class, 0], big), big),
        element(5, &words(sides, big), big),
        element(1, name.as_bytes(), big),
        element(kind, data, big),
    ];
    element(MATRIX, &inner.concat(), big)
}

const MATRIX: u32 = 14;

/// An element that holds `element` compressed; it is not padded.
fn zlib(element: &[u8], big: bool) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, element).unwrap();
    let packed = encoder.finish().unwrap();
    let mut bytes = words(&[15, packed.len() as u32], big);
    bytes.extend(packed);
    bytes
}

#[test]
fn what_is_no_array_of_numbers_is_named_for_what_it_is() {
    let folder = Folder::new();
    let file = v5(
        &[
            array(4, &[1, 2], "note", 4, &[65, 0, 66, 0], false),
            array(2, &[1, 1], "options", 5, &[], false),
            array(6 | 0x0800, &[1, 2], "waves", 2, &[1, 2], false),
            array(6, &[0, 5], "none", 9, &[], false),
        ],
        false,
    );
    let message = loaded(&folder.file("other.mat", &file))
        .unwrap_err()
        .to_string();
    let parts = [
        "none (0 × 5)",
        "note (text)",
        "options (a structure)",
        "waves (complex numbers)",
    ];
    for part in parts {
        assert!(message.contains(part), "{message}");
    }
    let bomb = zlib(
        &array(6, &[1000, 1000], "x", 9, &vec![0; 8_000_000], false),
        false,
    );
    let message = loaded(&folder.file("bomb.mat", &v5(&[bomb], false)))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("unpacks to more than 500 times"),
        "{message}"
    );
}

#[test]
fn version_5_in_both_byte_orders_with_small_pictures_and_labels() {
    let folder = Folder::new();
    for big in [false, true] {
        // 2 rows × 3 columns × 2 pictures; stored as bytes though of class double, as MATLAB does to save room
        let data: Vec<u8> = (0..12).collect();
        let file = v5(
            &[
                array(6, &[2, 3, 2], "x", 2, &data, big),
                array(6, &[1, 2], "label", 2, &[4, 9], big),
            ],
            big,
        );
        let set = loaded(&folder.file("b.mat", &file)).unwrap();
        assert_eq!(set.shape, SampleShape::grey(2, 3));
        assert_eq!(
            values(&set),
            [0.0, 2.0, 4.0, 1.0, 3.0, 5.0, 6.0, 8.0, 10.0, 7.0, 9.0, 11.0]
        );
        assert_eq!(set.labels, Some(vec![4, 9]));
        assert!(set.preparation.is_empty());
        let bytes = v5(&[array(9, &[2, 3, 2], "x", 2, &data, big)], big);
        let set = loaded(&folder.file("c.mat", &bytes)).unwrap();
        assert_eq!(set.sentences(), ["Bytes divided by 11, into [0, 1]."]);
    }
}

#[test]
fn an_array_can_be_asked_for_and_others_are_passed_over() {
    let folder = Folder::new();
    let text = array(4, &[1, 2], "note", 4, &[65, 0, 66, 0], false);
    let file = v5(
        &[
            text,
            array(6, &[2, 1], "p", 2, &[1, 2], false),
            array(6, &[3, 1], "q", 2, &[1, 2, 3], false),
        ],
        false,
    );
    let path = folder.file("d.mat", &file);
    assert_eq!(loaded(&path).unwrap().samples.dim(), (3, 1));
    let asked = |name: &str| {
        load(&DataSpec {
            variable: Some(name.into()),
            ..DataSpec::file(&path)
        })
    };
    assert_eq!(asked("p").unwrap().samples.dim(), (2, 1));
    assert!(
        asked("note")
            .unwrap_err()
            .to_string()
            .contains("p (2 × 1), q (3 × 1)")
    );
}

#[test]
fn every_cut_is_refused() {
    let data: Vec<u8> = [1.0, 2.0, 3.0, 4.0]
        .into_iter()
        .flat_map(f64::to_le_bytes)
        .collect();
    refuse_every_cut("cut4.mat", &v4(0, 2, 2, "x", &data));
    refuse_every_cut(
        "cut5.mat",
        &v5(&[array(6, &[2, 2], "x", 9, &data, false)], false),
    );
    let packed = zlib(&array(6, &[2, 2], "x", 9, &data, false), false);
    refuse_every_cut("cut7.mat", &v5(&[packed], false));
}

#[test]
fn claims_beyond_the_file_and_nonsense_are_refused() {
    let folder = Folder::new();
    let cases = [
        v4(0, u32::MAX, u32::MAX, "x", &[]),
        v4(0, 1000, 1000, "x", &[1, 2, 3]),
        v5(
            &[array(
                6,
                &[u32::MAX, u32::MAX, u32::MAX],
                "x",
                9,
                &[0; 8],
                false,
            )],
            false,
        ),
        v5(&[words(&[MATRIX, u32::MAX - 7], false)], false),
        v5(&[words(&[15, 4, 0xdead_beef], false)], false),
        v5(&[words(&[99, 0], false)], false),
        v5(&[element(MATRIX, &[], false)], false),
        v5(&[], false),
    ];
    for bytes in cases {
        let message = loaded(&folder.file("bad.mat", &bytes))
            .unwrap_err()
            .to_string();
        assert!(message.contains("bad.mat"), "{message}");
    }
}
