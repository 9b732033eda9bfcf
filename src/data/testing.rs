//! Helpers of the tests in this folder.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::progress::unwatched;
use super::{DataError, DataSet, DataSpec, Found, find, load};

/// A folder of its own, gone when dropped, with files in it.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A sample file of a known format.
pub(super) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/formats")
        .join(name)
}

pub(super) fn found(path: &Path) -> Result<Found, DataError> {
    find(&DataSpec::file(path), &unwatched)
}

pub(super) fn loaded(path: &Path) -> Result<DataSet, DataError> {
    load(&DataSpec::file(path))
}

/// The values in order, whatever their precision.
pub(super) fn values(set: &DataSet) -> Vec<f64> {
    set.samples.to::<f64>().iter().copied().collect()
}

/// Loads every beginning of `whole` but the whole: each must be refused, in a sentence that names the file.
pub(super) fn refuse_every_cut(name: &str, whole: &[u8]) {
    let folder = Folder::new();
    for length in 0..whole.len() {
        let path = folder.file(name, &whole[..length]);
        let error = loaded(&path).expect_err(&format!("cut at {length}"));
        let message = error.to_string();
        assert!(
            message.contains(name) && !message.contains('\n'),
            "cut at {length}: {message}"
        );
    }
    assert!(loaded(&folder.file(name, whole)).is_ok());
}

/// A JPEG of that many pixels, dark on its left, whose EXIF says how it lies: 6 is to be turned right.
pub(super) fn turned_jpeg(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let image = image::GrayImage::from_fn(width, height, |x, _| {
        image::Luma([if x < width / 2 { 20 } else { 230 }])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    let bytes = bytes.into_inner();
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&bytes[..2], &[0xff, 0xe1], &length, &exif, &bytes[2..]].concat()
}
