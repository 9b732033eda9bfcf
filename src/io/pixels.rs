//! A picture in memory, on its way to a file or to the clipboard.

#[cfg(not(target_family = "wasm"))]
use std::path::Path;

#[cfg(not(target_family = "wasm"))]
use super::IoError;
#[cfg(not(target_family = "wasm"))]
use super::figure::{Form, encode, too_large};

/// Row by row from the upper left corner, three bytes a pixel: red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    /// `None` where there are not 3 · `width` · `height` bytes, or no pixel at all.
    pub fn new((width, height): (usize, usize), rgb: Vec<u8>) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        let fits = bytes == rgb.len() && bytes > 0;
        fits.then_some(Self { width, height, rgb })
    }

    /// (width, height)
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

/// Writes `pixels` as PNG to `path`.
///
/// # Errors
/// Another suffix than .png; it cannot be written.
#[cfg(not(target_family = "wasm"))]
pub fn write_png(path: &Path, pixels: &Pixels) -> Result<(), IoError> {
    if Form::of(path)? != Form::Png {
        return Err(IoError::Suffix {
            file: super::error::name_of(path),
            wanted: ".png",
        });
    }
    write_rgb(path, pixels.size(), &pixels.rgb)
}

/// Writes a picture (width, height), three bytes a pixel, as PNG, whatever `path` ends in.
///
/// # Errors
/// It is too large; it cannot be written.
#[cfg(not(target_family = "wasm"))]
pub(super) fn write_rgb(path: &Path, size: (usize, usize), rgb: &[u8]) -> Result<(), IoError> {
    let bytes = encode::png(size, rgb, None).ok_or_else(|| too_large(path))?;
    super::atomic_write(path, |writer| std::io::Write::write_all(writer, &bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_as_many_bytes_as_its_size_says() {
        assert!(Pixels::new((2, 2), vec![0; 12]).is_some());
        assert!(Pixels::new((2, 2), vec![0; 11]).is_none());
        assert!(Pixels::new((0, 2), Vec::new()).is_none());
        assert!(Pixels::new((usize::MAX, usize::MAX), Vec::new()).is_none());
    }

    #[test]
    fn it_comes_back_from_its_file_and_goes_into_no_other_kind() {
        let folder = tempfile::tempdir().unwrap();
        let pixels = Pixels::new((2, 1), vec![1, 2, 3, 4, 5, 6]).unwrap();
        let path = folder.path().join("window.png");
        write_png(&path, &pixels).unwrap();
        let read = image::open(&path).unwrap().to_rgb8();
        assert_eq!(read.dimensions(), (2, 1));
        assert_eq!(read.into_raw(), pixels.rgb());
        let other = write_png(&folder.path().join("window.svg"), &pixels);
        assert!(matches!(other, Err(IoError::Suffix { wanted: ".png", .. })));
    }
}
