//! TIFF beyond single pictures of 8 or 16 bits: files of several pages, and pixels that are numbers of another kind.

use std::collections::HashSet;
use std::io::Cursor;

use image::error::{DecodingError, ImageFormatHint, LimitError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, ImageError, ImageFormat, Rgb, Rgb32FImage, RgbImage};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::error::grouped;
use super::input::Input;
use super::picture::Raw;
use super::{DataError, limits};

type Rgb16 = ImageBuffer<Rgb<u16>, Vec<u16>>;

#[cfg(test)]
mod tests;

/// Where the pages of a file are described.
pub(super) struct Pages {
    /// The place of each page's directory.
    places: Vec<u32>,
    big_endian: bool,
    /// Pages left out, because they say that they are small copies or masks of others.
    lesser: usize,
    /// Whether there are more pages than are taken.
    more: bool,
}

impl Pages {
    /// Never 0.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let lesser = (self.lesser > 0).then(|| {
            format!(
                "Pages left out that are small copies or masks of others: {}.",
                self.lesser
            )
        });
        let more = self.more.then(|| {
            format!(
                "The first {} pages taken.",
                grouped(limits::PICTURES as u64)
            )
        });
        lesser.into_iter().chain(more).collect()
    }

    /// Makes `bytes` a file that begins with the page `index`.
    pub(super) fn turn_to(&self, index: usize, bytes: &mut [u8]) {
        if let (Some(place), Some(first)) = (self.places.get(index), bytes.get_mut(4..8)) {
            first.copy_from_slice(&if self.big_endian {
                place.to_be_bytes()
            } else {
                place.to_le_bytes()
            });
        }
    }
}

/// What a page's directory says.
struct Directory {
    next: u32,
    lesser: bool,
    pixels: u64,
}

/// Follows the chain of pages. What is wrong with the first is left to its decoder to say.
pub(super) fn pages(input: &Input<'_>, bytes: &[u8]) -> Result<Pages, DataError> {
    let reader = Reader {
        bytes,
        big_endian: bytes.starts_with(b"MM"),
    };
    let mut pages = Pages {
        places: Vec::new(),
        big_endian: reader.big_endian,
        lesser: 0,
        more: false,
    };
    let first = reader.long(4).unwrap_or_default();
    let (mut place, mut seen, mut pixels) = (first, HashSet::new(), 0u64);
    while place != 0 || seen.is_empty() {
        let broken = |problem: &str| DataError::Decode {
            file: format!("{} (page {})", input.file(), seen.len() + 1),
            format: "TIFF",
            problem: problem.into(),
        };
        let directory = match reader.directory(place) {
            Some(directory) => directory,
            None if seen.is_empty() => break,
            None => return Err(broken("it is cut short")),
        };
        if seen.contains(&place) {
            return Err(broken("its pages follow one another in a circle"));
        }
        seen.insert(place);
        if pages.places.len() == limits::PICTURES {
            pages.more = true;
            break;
        }
        if directory.lesser && place != first {
            pages.lesser += 1;
        } else {
            pages.places.push(place);
            pixels = pixels.saturating_add(directory.pixels);
        }
        place = directory.next;
    }
    if pages.places.is_empty() {
        pages.places.push(first);
    }
    // pages can share their pixels: ten thousand of a few bytes each
    if pages.len() > 1 && limits::is_bomb(pixels, bytes.len() as u64) {
        return Err(DataError::Bomb {
            file: input.file().to_owned(),
            ratio: limits::EXPANSION,
            remedy: "save fewer pages if it is meant to be so",
        });
    }
    Ok(pages)
}

struct Reader<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl Reader<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    /// A count of entries, 12 bytes for each, and the place of the next directory.
    fn directory(&self, place: u32) -> Option<Directory> {
        let at = usize::try_from(place).ok()?;
        let count = usize::from(self.short(at)?);
        let entries = at.checked_add(2)?;
        let next = self.long(entries.checked_add(12 * count)?)?;
        let (mut lesser, mut width, mut height) = (false, 0, 0);
        for entry in (0..count).map(|index| entries + 12 * index) {
            let value = match self.short(entry + 2)? {
                3 => u32::from(self.short(entry + 8)?),
                _ => self.long(entry + 8)?,
            };
            match self.short(entry)? {
                // a copy of lower resolution, or a mask
                254 => lesser = value & 0b101 != 0,
                256 => width = u64::from(value),
                257 => height = u64::from(value),
                _ => {}
            }
        }
        Some(Directory {
            next,
            lesser,
            pixels: width.saturating_mul(height),
        })
    }
}

/// A page whose pixels are floating point, signed, or integers of 32 or 64 bits, which are read as they are; or one whose
/// colours lie apart, a plane for each.
pub(super) struct Numbers<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    width: u32,
    height: u32,
    channels: usize,
    bits: u8,
    /// Whether its pixels are bytes or pairs of them, as those of any picture.
    usual: bool,
}

impl<'a> Numbers<'a> {
    /// `None`: a page that any reader of pictures knows, or that this one does not know either.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
        let (channels, bits) = match decoder.colortype().ok()? {
            ColorType::Gray(bits) => (1, bits),
            ColorType::RGB(bits) => (3, bits),
            _ => return None,
        };
        let kinds: Vec<u16> = decoder
            .find_tag_unsigned_vec(Tag::SampleFormat)
            .ok()?
            .unwrap_or_default();
        let unsigned = kinds.iter().all(|&kind| kind == 1);
        let (width, height) = decoder.dimensions().ok()?;
        let usual = unsigned && bits <= 16;
        let apart = decoder
            .find_tag_unsigned::<u16>(Tag::PlanarConfiguration)
            .ok()?
            == Some(2);
        let known = [8, 16, 32, 64].contains(&bits);
        let others = usual && !(apart && channels > 1);
        (known && !others).then_some(Self {
            decoder,
            width,
            height,
            channels,
            bits,
            usual,
        })
    }

    pub(super) fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// What reading takes: the numbers as they lie in the file, and the picture.
    pub(super) fn total_bytes(&self) -> u64 {
        let each = (self.channels * usize::from(self.bits) / 8).max(12) as u64;
        u64::from(self.width)
            .saturating_mul(u64::from(self.height))
            .saturating_mul(each)
    }

    pub(super) fn read(mut self) -> Result<Raw, ImageError> {
        let most = usize::try_from(limits::PICTURE_BYTES).unwrap_or(usize::MAX);
        let mut allowed = Limits::default();
        allowed.decoding_buffer_size = most;
        allowed.intermediate_buffer_size = most;
        self.decoder = self.decoder.with_limits(allowed);
        let orientation = self
            .decoder
            .find_tag_unsigned::<u8>(Tag::Orientation)
            .map_err(told)?
            .and_then(Orientation::from_exif)
            .unwrap_or(Orientation::NoTransforms);
        let mut result = DecodingResult::U8(Vec::new());
        let layout = self
            .decoder
            .read_image_to_buffer(&mut result)
            .map_err(told)?;
        let (kind, mut values) = floats(result);
        let each = self.width as usize * self.height as usize;
        let (one, all) = (1, self.channels);
        if ![one, all].contains(&layout.planes) || values.len() != each * self.channels {
            return Err(decoding(
                "its pixels lie in a way that the lab does not read",
            ));
        }
        if layout.planes > 1 {
            values = (0..values.len())
                .map(|at| values[at % all * each + at / all])
                .collect();
        }
        if self.usual {
            return self.picture(&values, orientation);
        }
        // grey is written three times over, and is told for grey where every picture is
        let pixels = match self.channels {
            1 => values.into_iter().flat_map(|value| [value; 3]).collect(),
            _ => values,
        };
        let image = Rgb32FImage::from_raw(self.width, self.height, pixels)
            .ok_or_else(|| decoding("pixels are missing at its end"))?;
        let colour = if self.channels == 1 { "grey" } else { "RGB" };
        Ok(Raw {
            image: DynamicImage::from(image),
            orientation,
            encoding: format!("{}-bit {kind} {colour} TIFF", self.bits),
        })
    }
}

impl Numbers<'_> {
    /// One as other readers would read it, had its colours lain side by side.
    fn picture(&self, values: &[f32], orientation: Orientation) -> Result<Raw, ImageError> {
        let (width, height) = (self.width, self.height);
        // bytes and pairs of them are f32 to the bit
        let image = match self.bits {
            8 => {
                let values = values.iter().map(|&value| value as u8).collect();
                RgbImage::from_raw(width, height, values).map(DynamicImage::from)
            }
            _ => {
                let values = values.iter().map(|&value| value as u16).collect();
                Rgb16::from_raw(width, height, values).map(DynamicImage::from)
            }
        };
        Ok(Raw {
            image: image.ok_or_else(|| decoding("pixels are missing at its end"))?,
            orientation,
            encoding: format!("{}-bit RGB TIFF", self.bits),
        })
    }
}

/// Numbers of any kind as f32, and what kind they are.
fn floats(result: DecodingResult) -> (&'static str, Vec<f32>) {
    fn all<T>(values: Vec<T>, value: impl Fn(T) -> f32) -> Vec<f32> {
        values.into_iter().map(value).collect()
    }
    const FLOAT: &str = "floating-point";
    const SIGNED: &str = "signed";
    const UNSIGNED: &str = "unsigned";
    match result {
        DecodingResult::U8(values) => (UNSIGNED, all(values, f32::from)),
        DecodingResult::U16(values) => (UNSIGNED, all(values, f32::from)),
        DecodingResult::U32(values) => (UNSIGNED, all(values, |value| value as f32)),
        DecodingResult::U64(values) => (UNSIGNED, all(values, |value| value as f32)),
        DecodingResult::I8(values) => (SIGNED, all(values, f32::from)),
        DecodingResult::I16(values) => (SIGNED, all(values, f32::from)),
        DecodingResult::I32(values) => (SIGNED, all(values, |value| value as f32)),
        DecodingResult::I64(values) => (SIGNED, all(values, |value| value as f32)),
        DecodingResult::F16(values) => (FLOAT, all(values, |value| value.to_f32())),
        DecodingResult::F32(values) => (FLOAT, values),
        DecodingResult::F64(values) => (FLOAT, all(values, |value| value as f32)),
    }
}

/// As the crate of pictures would put it, whose words are known.
fn told(error: TiffError) -> ImageError {
    match error {
        TiffError::IoError(error) => ImageError::IoError(error),
        TiffError::LimitsExceeded => {
            ImageError::Limits(LimitError::from_kind(LimitErrorKind::InsufficientMemory))
        }
        other => decoding(other),
    }
}

fn decoding(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ImageError {
    ImageError::Decoding(DecodingError::new(
        ImageFormatHint::Exact(ImageFormat::Tiff),
        error,
    ))
}
