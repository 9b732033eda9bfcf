//! Sound files, for others to break.

use std::io::{Cursor, Write};

use flate2::Compression;
use image::{DynamicImage, ImageFormat};

/// A path below `tests/bad`, and its content.
pub type Files = Vec<(&'static str, Vec<u8>)>;

/// `bytes` with some of them replaced from `at` on.
pub fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

pub fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An IDX file of values of type `code`.
pub fn idx(code: u8, sides: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, code, sides.len() as u8];
    bytes.extend(sides.iter().flat_map(|side| side.to_be_bytes()));
    bytes.extend(values);
    bytes
}

/// A `.npy` file of version 1.0 with this dictionary.
pub fn npy(dictionary: &str, values: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((dictionary.len() as u16).to_le_bytes());
    bytes.extend(dictionary.as_bytes());
    bytes.extend(values);
    bytes
}

/// A `.npy` file in C order.
pub fn array(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    npy(
        &format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n"),
        values,
    )
}

pub fn doubles(values: &[f64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

pub fn singles(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A zip archive of these entries.
pub fn zip(entries: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let method = if deflated {
        zip::CompressionMethod::Deflated
    } else {
        zip::CompressionMethod::Stored
    };
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A variable of a version 4 `.mat` file; `code` is byte order, type and form.
pub fn mat4(
    code: u32,
    rows: u32,
    columns: u32,
    imaginary: u32,
    name: &str,
    values: &[u8],
) -> Vec<u8> {
    let mut bytes = words(&[code, rows, columns, imaginary, name.len() as u32 + 1]);
    bytes.extend(name.as_bytes());
    bytes.push(0);
    bytes.extend(values);
    bytes
}

/// A version 5 `.mat` file of these elements.
pub fn mat5(elements: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file, made to be refused".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(elements.concat());
    bytes
}

/// An element: type, length, data, padding.
pub fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = words(&[kind, data.len() as u32]);
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// An element that holds `element` compressed.
pub fn packed(element: &[u8]) -> Vec<u8> {
    let data = zlib(element);
    let mut bytes = words(&[15, data.len() as u32]);
    bytes.extend(data);
    bytes
}

/// An array of a version 5 file; `class` has the flags above its lowest byte.
pub fn matrix(class: u32, sides: &[u32], name: &str, kind: u32, data: &[u8]) -> Vec<u8> {
    let inner = [
        element(6, &words(&[class, 0])),
        element(5, &words(sides)),
        element(1, name.as_bytes()),
        element(kind, data),
    ];
    element(14, &inner.concat())
}

/// A chunk of a PNG, with its checksum.
pub fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [
        &(data.len() as u32).to_be_bytes(),
        kind.as_slice(),
        data,
        &crc.sum().to_be_bytes(),
    ]
    .concat()
}

/// A PNG of one `IDAT`: size, depth, colour type, and the rows compressed.
pub fn png(width: u32, height: u32, depth: u8, colour: u8, rows: &[u8]) -> Vec<u8> {
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[depth, colour, 0, 0, 0],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &zlib(rows)),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// The rows of a grey picture of 8 bits, each with its filter.
pub fn rows(width: usize, height: usize) -> Vec<u8> {
    (0..height)
        .flat_map(|y| {
            std::iter::once(0).chain((0..width).map(move |x| ((x * 29) ^ (y * 53)) as u8))
        })
        .collect()
}

/// A small picture as `format` has it.
pub fn picture(format: ImageFormat) -> Vec<u8> {
    let grey = image::GrayImage::from_fn(16, 12, |x, y| image::Luma([((x * 29) ^ (y * 53)) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::from(grey);
    // BMP and WebP have no grey of their own
    let image = match format {
        ImageFormat::Bmp | ImageFormat::WebP => DynamicImage::from(image.to_rgb8()),
        _ => image,
    };
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}
