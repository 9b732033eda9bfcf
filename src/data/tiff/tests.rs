//! TIFF written by the crate that reads it, and broken by hand.

use tiff::encoder::{Compression, TiffEncoder, colortype};

use super::super::testing::{Folder, found, refuse_every_cut};
use super::super::{Content, Found, Preparation, SampleShape, Values};
use super::*;

/// Pages of one kind, each of these values.
fn written<C: colortype::ColorType>(side: u32, pages: &[Vec<C::Inner>]) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)
        .unwrap()
        .with_compression(Compression::Uncompressed);
    for page in pages {
        encoder.write_image::<C>(side, side, page).unwrap();
    }
    bytes.into_inner()
}

fn grey(pages: u8, side: u32) -> Vec<u8> {
    let page = |page: u8| {
        (0..side * side)
            .map(|at| (at as u8).wrapping_mul(29) ^ page)
            .collect()
    };
    let pages: Vec<Vec<u8>> = (0..pages).map(page).collect();
    written::<colortype::Gray8>(side, &pages)
}

fn read(bytes: &[u8]) -> Result<Found, DataError> {
    found(&Folder::new().file("stack.tif", bytes))
}

fn samples(found: &Found) -> (Vec<f32>, SampleShape) {
    match &found.content {
        Content::Samples {
            values: Values::F32(values),
            shape,
        } => (values.iter().copied().collect(), *shape),
        other => panic!("{other:?}"),
    }
}

/// Where each page's directory says where the next is.
fn links(bytes: &[u8]) -> Vec<usize> {
    let long = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap()) as usize;
    let (mut links, mut at) = (vec![4], long(4));
    while at != 0 {
        let count = usize::from(u16::from_le_bytes(*bytes[at..].first_chunk().unwrap()));
        links.push(at + 2 + 12 * count);
        at = long(links[links.len() - 1]);
    }
    links
}

#[test]
fn every_page_is_a_picture_and_small_ones_are_samples() {
    let found = read(&grey(12, 9)).unwrap();
    assert_eq!(found.encoding, "8-bit grey TIFF, 12 pages");
    let (values, shape) = samples(&found);
    assert_eq!((found.count(), shape), (12, SampleShape::grey(9, 9)));
    for page in 0..12u8 {
        let value = (80u8.wrapping_mul(29) ^ page) as f32 / 255.0;
        assert!((values[usize::from(page) * 81 + 80] - value).abs() < 1e-6);
    }
    let large = read(&grey(3, 70)).unwrap();
    let Content::Pictures(pictures) = &large.content else {
        panic!("photographs")
    };
    assert_eq!(pictures.len(), 3);
    assert!(
        pictures[2].file.ends_with("stack.tif (page 3)"),
        "{}",
        pictures[2].file
    );
}

#[test]
fn numbers_of_every_kind_keep_their_values() {
    let halves: Vec<f32> = (0..25).map(|at| at as f32 / 32.0).collect();
    let found = read(&written::<colortype::Gray32Float>(
        5,
        &[halves.clone(), halves.clone()],
    ))
    .unwrap();
    assert_eq!(samples(&found).0, [halves.clone(), halves].concat());
    assert_eq!(found.encoding, "32-bit floating-point grey TIFF, 2 pages");
    assert_eq!(found.suggested, Preparation::NONE);
    let deep: Vec<f64> = (0..25).map(|at| f64::from(at) * 0.5 - 3.0).collect();
    let found = read(&written::<colortype::Gray64Float>(
        5,
        &[deep.clone(), deep.clone()],
    ))
    .unwrap();
    assert_eq!(
        samples(&found).0[..25],
        deep.iter().map(|&value| value as f32).collect::<Vec<_>>()
    );
    assert_eq!(found.suggested, Preparation::UNIT, "beyond black and white");
    let signed: Vec<i16> = (0..25).map(|at| 100 * at - 500).collect();
    let one = read(&written::<colortype::GrayI16>(5, &[signed])).unwrap();
    assert_eq!(one.encoding, "16-bit signed grey TIFF");
    assert_eq!(one.notes, ["Values from -500 to 1900 kept as they are."]);
    let counts: Vec<u32> = (0..25).collect();
    let one = read(&written::<colortype::Gray32>(5, &[counts])).unwrap();
    assert_eq!(one.range(), (0.0, 24.0));
    let words: Vec<u16> = (0..25).map(|at| at * 2621).collect();
    let two = read(&written::<colortype::Gray16>(5, &[words.clone(), words])).unwrap();
    assert!(
        (two.range().1 - 24.0 * 2621.0 / 65535.0).abs() < 1e-6,
        "16 bits are scaled by 65535"
    );
    let colour: Vec<f32> = (0..75).map(|at| at as f32 / 100.0).collect();
    let found = read(&written::<colortype::RGB32Float>(
        5,
        &[colour.clone(), colour],
    ))
    .unwrap();
    assert_eq!(samples(&found).1.channels(), 3);
}

#[test]
fn what_is_not_finite_is_refused_with_its_page() {
    let mut values = vec![0.5f64; 25];
    values[7] = f64::NAN;
    let error = read(&written::<colortype::Gray64Float>(
        5,
        &[vec![0.0; 25], values],
    ))
    .unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("(page 2) has NaN in row 2, column 3"),
        "{error}"
    );
}

#[test]
fn every_cut_is_refused() {
    refuse_every_cut("cut.tif", &grey(3, 5));
    let floats: Vec<f32> = (0..25).map(|at| at as f32).collect();
    let others: Vec<f32> = floats.iter().map(|value| value + 1.0).collect();
    refuse_every_cut(
        "cut.tif",
        &written::<colortype::Gray32Float>(5, &[floats, others]),
    );
}

#[test]
fn circles_and_pages_that_share_their_pixels_are_refused() {
    let mut bytes = grey(3, 5);
    let links = links(&bytes);
    let first = *bytes[4..].first_chunk::<4>().unwrap();
    let at = links[links.len() - 1];
    bytes[at..at + 4].copy_from_slice(&first);
    let error = read(&bytes).unwrap_err().to_string();
    assert!(error.contains("in a circle"), "{error}");
    // a thousand directories of one strip
    let mut bytes = grey(1, 255);
    let start = u32::from_le_bytes(*bytes[4..].first_chunk().unwrap()) as usize;
    let count = usize::from(bytes[start]);
    let directory = bytes[start..start + 2 + 12 * count].to_vec();
    let mut link = start + directory.len();
    for _ in 0..1_000 {
        let next = (bytes.len() as u32).to_le_bytes();
        bytes[link..link + 4].copy_from_slice(&next);
        bytes.extend(&directory);
        link = bytes.len();
        bytes.extend([0; 4]);
    }
    assert!(read(&bytes).is_ok(), "65 million pixels in 250 KB");
    // and of pixels that a few bytes hold
    for place in 0..1_001 {
        let at = if place == 0 {
            start
        } else {
            bytes.len() - (1_001 - place) * (directory.len() + 4)
        };
        for entry in (at + 2..at + directory.len()).step_by(12) {
            if matches!(bytes[entry..entry + 2], [0, 1] | [1, 1]) {
                bytes[entry + 2..entry + 12].copy_from_slice(&[4, 0, 1, 0, 0, 0, 0, 16, 0, 0]);
            }
        }
    }
    let error = read(&bytes).unwrap_err().to_string();
    assert!(error.contains("unpacks to more than 500 times"), "{error}");
}

/// Red, green and blue apart, a strip each, of 2×2 pixels; `kind` 1 unsigned, 3 floating point.
fn apart(bits: u16, kind: u16, planes: [&[u8]; 3]) -> Vec<u8> {
    let after = 8 + 2 + 11 * 12 + 4;
    let each = planes[0].len() as u32;
    let (bits_at, kinds_at, places_at, sizes_at) = (after, after + 6, after + 12, after + 24);
    let pixels_at = after + 36;
    let entries: [(u16, u16, u32, u32); 11] = [
        (256, 3, 1, 2),
        (257, 3, 1, 2),
        (258, 3, 3, bits_at),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 3, places_at),
        (277, 3, 1, 3),
        (278, 3, 1, 2),
        (279, 4, 3, sizes_at),
        (284, 3, 1, 2),
        (339, 3, 3, kinds_at),
    ];
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, of, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), of.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(
        [bits, bits, bits, kind, kind, kind]
            .map(u16::to_le_bytes)
            .concat(),
    );
    bytes.extend(
        [0, 1, 2]
            .map(|plane| (pixels_at + plane * each).to_le_bytes())
            .concat(),
    );
    bytes.extend([each; 3].map(u32::to_le_bytes).concat());
    bytes.extend(planes.concat());
    bytes
}

#[test]
fn colours_that_lie_apart_are_put_together() {
    let plane = |from: f32| {
        [0.0, 0.25, 0.5, 0.75]
            .map(|at| (from + at).to_le_bytes())
            .concat()
    };
    let [red, green, blue] = [plane(0.0), plane(0.0625), plane(0.125)];
    let floats = apart(32, 3, [&red, &green, &blue]);
    let found = read(&floats).unwrap();
    assert_eq!(found.encoding, "32-bit floating-point RGB TIFF");
    let pixels = |found: &Found| match &found.content {
        Content::Pictures(pictures) => pictures[0].values.clone(),
        Content::Samples { .. } => samples(found).0,
    };
    let expected: Vec<f32> = (0..12)
        .map(|at| 0.0625 * (at % 3) as f32 + 0.25 * (at / 3) as f32)
        .collect();
    assert_eq!(pixels(&found), expected);
    let bytes = apart(
        8,
        1,
        [&[0, 51, 102, 153], &[255, 0, 0, 51], &[0, 0, 0, 255]],
    );
    let found = read(&bytes).unwrap();
    assert_eq!(found.encoding, "8-bit RGB TIFF");
    let expected = [0.0, 1.0, 0.0, 0.2, 0.0, 0.0, 0.4, 0.0, 0.0, 0.6, 0.2, 1.0];
    for (got, expected) in pixels(&found).iter().zip(expected) {
        assert!((got - expected).abs() < 1e-6, "{:?}", pixels(&found));
    }
    for length in 0..floats.len() {
        assert!(read(&floats[..length]).is_err(), "cut at {length}");
    }
}
