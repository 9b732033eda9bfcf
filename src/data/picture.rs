//! Photographs (PNG, JPEG, BMP, TIFF, WebP) of any colour type, as grey pictures in [0, 1].

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::error::grouped;
use super::found::{Content, Found, Picture};
use super::gather::Gather;
use super::input::Input;
use super::progress::{Stage, Watch, tell};
use super::tiff::{self, Pages};
use super::{DataError, Preparation, limits, picture_check};

/// The picture format that `head` begins like.
pub(super) fn format_of(head: &[u8]) -> Option<ImageFormat> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(ImageFormat::Tiff),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(ImageFormat::WebP),
        // two letters alone would do for many a text: the four bytes after the size are reserved, and 0
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(ImageFormat::Bmp),
        _ => None,
    }
}

/// Reads a picture, or all the pages of a file that has several.
pub(super) fn read(
    input: Input<'_>,
    format: ImageFormat,
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let mut file = File::open(input, format)?;
    if file.len() > 1 {
        return pages(file, name, watch);
    }
    let decoded = file.picture(0, limits::PICTURE_SIDE)?;
    let notes = file.notes().into_iter().chain(decoded.notes()).collect();
    let suggested = suggested(std::slice::from_ref(&decoded.picture));
    let content = Content::Pictures(vec![decoded.picture]);
    Ok(Found {
        notes,
        ..Found::new(name, content, decoded.encoding, suggested)
    })
}

fn pages(mut file: File<'_>, name: String, watch: Watch<'_>) -> Result<Found, DataError> {
    let count = file.len();
    let mut gather = Gather::new("page", count);
    for note in file.notes() {
        gather.note(note);
    }
    for page in 0..count {
        tell(watch, Stage::Reading, page as u64, count as u64)?;
        if !gather.take(file.picture(page, gather.most())?, page) {
            break;
        }
    }
    let (mut found, _) = gather.finish(name)?;
    found.encoding = format!("{}, {} pages", found.encoding, grouped(count as u64));
    Ok(found)
}

/// What suits photographs: grey ones show their edges whitened whole, colour is whitened in patches.
pub(super) fn suggested(pictures: &[Picture]) -> Preparation {
    if pictures.iter().any(|picture| picture.channels == 3) {
        Preparation::ZCA
    } else {
        Preparation::WHITEN
    }
}

/// A picture, and what there is to say of it.
pub(super) struct Decoded {
    pub(super) picture: Picture,
    /// "16-bit grey PNG"
    pub(super) encoding: String,
    /// Its size in the file, where it was scaled down: (width, height) in pixels.
    pub(super) scaled: Option<(u32, u32)>,
    /// Whether it has an alpha channel, which is left out.
    pub(super) transparent: bool,
    /// Whether it lay on its side, head or back, and says so.
    pub(super) turned: bool,
}

impl Decoded {
    /// What was done to it, a sentence each.
    fn notes(&self) -> Vec<String> {
        let scaled = self.scaled.map(|(width, height)| {
            format!(
                "Scaled down from {width} × {height} to {} × {} pixels.",
                self.picture.columns, self.picture.rows
            )
        });
        let transparent = self.transparent.then(|| "Transparency ignored.".to_owned());
        let turned = self
            .turned
            .then(|| "Turned by its EXIF orientation.".to_owned());
        let notes = [scaled, turned, transparent, self.outside()];
        notes.into_iter().flatten().collect()
    }

    /// What is said of floating point beyond black and white.
    fn outside(&self) -> Option<String> {
        let values = &self.picture.values;
        let least = values.iter().copied().fold(f32::INFINITY, f32::min);
        let greatest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        (!is_inside(values)).then(|| format!("Values from {least} to {greatest} kept as they are."))
    }
}

/// Whether nothing is darker than black or lighter than white.
pub(super) fn is_inside(values: &[f32]) -> bool {
    values.iter().all(|value| (0.0..=1.0).contains(value))
}

/// Decodes one picture, or the first page of a file, within the limits.
pub(super) fn decode(
    input: Input<'_>,
    format: ImageFormat,
    most: u32,
) -> Result<Decoded, DataError> {
    File::open(input, format)?.picture(0, most)
}

/// A file of pictures in memory: of one, or TIFF of several.
pub(super) struct File<'a> {
    input: Input<'a>,
    format: ImageFormat,
    bytes: Vec<u8>,
    pages: Option<Pages>,
}

impl<'a> File<'a> {
    pub(super) fn open(mut input: Input<'a>, format: ImageFormat) -> Result<Self, DataError> {
        let bytes = input.rest(limits::PICTURE_BYTES)?;
        picture_check::whole(&input, &bytes, format)?;
        let pages = match format {
            ImageFormat::Tiff => Some(tiff::pages(&input, &bytes)?),
            _ => None,
        };
        Ok(Self {
            input,
            format,
            bytes,
            pages,
        })
    }

    /// How many pictures it has, never 0.
    pub(super) fn len(&self) -> usize {
        self.pages.as_ref().map_or(1, Pages::len)
    }

    /// What of it is left out.
    pub(super) fn notes(&self) -> Vec<String> {
        self.pages.as_ref().map_or_else(Vec::new, Pages::notes)
    }

    /// Decodes the picture `index`, turned upright as its EXIF says and scaled down to a longer side of `most` pixels
    /// if it is larger.
    pub(super) fn picture(&mut self, index: usize, most: u32) -> Result<Decoded, DataError> {
        if let Some(pages) = &self.pages {
            pages.turn_to(index, &mut self.bytes);
        }
        let (input, format) = (&self.input, self.format);
        let file = match self.len() {
            1 => input.file().to_owned(),
            _ => format!("{} (page {})", input.file(), index + 1),
        };
        // decoders count by what the file says; one that trips over it takes nothing but this picture with it
        let decoded = AssertUnwindSafe(|| pixels(input, file.clone(), &self.bytes, format, most));
        catch_unwind(decoded).unwrap_or_else(|_| {
            Err(DataError::Decode {
                file,
                format: picture_check::title(format),
                problem: "its decoder crashed on it".into(),
            })
        })
    }
}

/// A picture as it lies in the file, and which way up it belongs.
pub(super) struct Raw {
    pub(super) image: DynamicImage,
    pub(super) orientation: Orientation,
    pub(super) encoding: String,
}

fn raw(input: &Input<'_>, file: &str, bytes: &[u8], format: ImageFormat) -> Result<Raw, DataError> {
    let broken = |error: image::ImageError| DataError::Decode {
        file: file.to_owned(),
        format: picture_check::title(format),
        problem: picture_check::problem(&error),
    };
    if format == ImageFormat::Tiff
        && let Some(numbers) = tiff::Numbers::of(bytes)
    {
        let (width, height) = numbers.dimensions();
        picture_check::size(input, (width, height), numbers.total_bytes(), format)?;
        return numbers.read().map_err(broken);
    }
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(picture_check::allowance(bytes, format));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    picture_check::size(input, decoder.dimensions(), decoder.total_bytes(), format)?;
    let orientation = decoder.orientation().map_err(broken)?;
    let image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    Ok(Raw {
        encoding: encoding(&image, picture_check::title(format)),
        orientation,
        image,
    })
}

fn pixels(
    input: &Input<'_>,
    file: String,
    bytes: &[u8],
    format: ImageFormat,
    most: u32,
) -> Result<Decoded, DataError> {
    let Raw {
        mut image,
        orientation,
        encoding,
    } = raw(input, &file, bytes, format)?;
    let (width, height) = (image.width(), image.height());
    let mut before = None;
    let longer = width.max(height);
    if longer > most {
        let scaled =
            |side: u32| (u64::from(side) * u64::from(most) / u64::from(longer)).max(1) as u32;
        image = image.thumbnail_exact(scaled(width), scaled(height));
        before = Some((width, height));
    }
    let upright = image.width();
    image.apply_orientation(orientation);
    if image.width() != upright {
        before = before.map(|(width, height)| (height, width)); // a quarter turn
    }
    let transparent = image.color().has_alpha();
    let (rows, columns) = (image.height() as usize, image.width() as usize);
    let (channels, values) = values(&image);
    // TIFF has pixels in floating point
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        let pixel = place / channels;
        return Err(DataError::NotFinite {
            file,
            value: values[place].into(),
            row: (pixel / columns) as u64 + 1,
            column: (pixel % columns) as u64 + 1,
        });
    }
    Ok(Decoded {
        picture: Picture {
            file,
            rows,
            columns,
            channels,
            values,
        },
        encoding,
        scaled: before,
        transparent,
        turned: orientation != Orientation::NoTransforms,
    })
}

/// "8-bit RGB PNG"; a palette's colours are RGB once decoded.
fn encoding(image: &DynamicImage, format: &str) -> String {
    let color = image.color();
    let bits = 8 * u16::from(color.bytes_per_pixel()) / u16::from(color.channel_count());
    let kind = match (color.has_color(), color.has_alpha()) {
        (false, false) => "grey",
        (false, true) => "grey with transparency",
        (true, false) => "RGB",
        (true, true) => "RGBA",
    };
    format!("{bits}-bit {kind} {format}")
}

/// (channels, rows · columns · channels values) in [0, 1], without transparency. A picture whose channels are all the
/// same is grey, however it was saved.
fn values(image: &DynamicImage) -> (usize, Vec<f32>) {
    fn plain<P: Copy + PartialEq + Into<f32>>(
        values: &[P],
        channels: usize,
        white: f32,
    ) -> (usize, Vec<f32>) {
        let scale = 1.0 / white;
        let pixels = values.chunks_exact(channels);
        let coloured = channels >= 3
            && pixels
                .clone()
                .any(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2]);
        let kept = if coloured { 3 } else { 1 };
        let values = pixels
            .flat_map(|pixel| &pixel[..kept])
            .map(|&value| value.into() * scale);
        (kept, values.collect())
    }
    match image {
        DynamicImage::ImageLuma8(image) => plain(image, 1, 255.0),
        DynamicImage::ImageLumaA8(image) => plain(image, 2, 255.0),
        DynamicImage::ImageRgb8(image) => plain(image, 3, 255.0),
        DynamicImage::ImageRgba8(image) => plain(image, 4, 255.0),
        DynamicImage::ImageLuma16(image) => plain(image, 1, 65535.0),
        DynamicImage::ImageLumaA16(image) => plain(image, 2, 65535.0),
        DynamicImage::ImageRgb16(image) => plain(image, 3, 65535.0),
        DynamicImage::ImageRgba16(image) => plain(image, 4, 65535.0),
        other => plain(&other.to_rgb32f(), 3, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Folder, found, golden, loaded, refuse_every_cut};
    use super::super::{DataSpec, load};
    use super::*;

    fn picture(path: &std::path::Path) -> (Picture, Vec<String>) {
        let found = found(path).unwrap();
        match found.content {
            Content::Pictures(mut pictures) => (pictures.remove(0), found.notes),
            Content::Samples { .. } => panic!("a photograph is a picture"),
        }
    }

    fn encoded(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// (rows, columns, mean luma) as PIL has them, in float from `convert("RGB")`.
    #[test]
    fn every_colour_type_becomes_the_luma_that_others_see() {
        for (name, rows, columns, mean, tolerance) in PIL {
            let (picture, _) = picture(&golden(name));
            assert_eq!((picture.rows, picture.columns), (rows, columns), "{name}");
            let found = picture
                .luma()
                .iter()
                .map(|&value| f64::from(value))
                .sum::<f64>()
                / (picture.rows * picture.columns) as f64;
            assert!((found - mean).abs() < tolerance, "{name}: {found}");
        }
    }

    const PIL: [(&str, usize, usize, f64, f64); 5] = [
        ("grey.png", 200, 160, 0.651517157, 1e-6),
        ("grey16.png", 64, 64, 0.796404910, 1e-6),
        ("palette.png", 70, 90, 0.419239714, 1e-6),
        ("rgba.png", 90, 120, 0.393712904, 1e-6),
        ("rgb.jpg", 160, 240, 0.339541209, 2e-3), // decoders differ in rounding
    ];

    #[test]
    fn colours_weigh_as_rec_601_says() {
        let folder = Folder::new();
        let mut image = image::RgbaImage::new(4, 1);
        for (column, pixel) in [[255, 0, 0, 255], [0, 255, 0, 0], [0, 0, 255, 9], [255; 4]]
            .into_iter()
            .enumerate()
        {
            image.put_pixel(column as u32, 0, image::Rgba(pixel));
        }
        let path = folder.file("c.png", &encoded(image.into(), ImageFormat::Png));
        let (picture, notes) = picture(&path);
        for (got, expected) in picture.luma().iter().zip([0.299, 0.587, 0.114, 1.0]) {
            assert!((got - expected).abs() < 1e-6, "{got} {expected}");
        }
        assert_eq!(notes, ["Transparency ignored."]);
        assert_eq!(
            (picture.channels, &picture.values[..4]),
            (3, &[1.0, 0.0, 0.0, 0.0][..])
        );
    }

    #[test]
    fn patches_are_cut_and_a_patch_that_does_not_fit_is_refused() {
        let spec = DataSpec {
            patches: 300,
            ..DataSpec::file(golden("grey.png"))
        };
        let set = load(&spec).unwrap();
        assert_eq!(set.samples.dim(), (300, 64));
        assert_eq!(set.preparation.len(), 4, "{:?}", set.preparation);
        // not prepared, each patch is a square of the picture
        let raw = load(&DataSpec {
            preparation: Some(Preparation::NONE),
            ..spec.clone()
        })
        .unwrap();
        let (picture, _) = picture(&golden("grey.png"));
        let patches = raw.samples.to::<f32>();
        let found = patches.rows().into_iter().filter(|patch| {
            (0..=picture.rows - 8).any(|top| {
                (0..=picture.columns - 8).any(|left| {
                    (0..64).all(|at| {
                        patch[at]
                            == picture.values[(top + at / 8) * picture.columns + left + at % 8]
                    })
                })
            })
        });
        assert_eq!(found.count(), 300);
        let error = load(&DataSpec {
            patch: 170,
            ..spec.clone()
        })
        .unwrap_err()
        .to_string();
        assert!(error.contains("170×170 do not fit"), "{error}");
        for (patch, patches, part) in [
            (0, 10, "patch size is 0"),
            (257, 10, "patch size"),
            (8, 0, "number of patches is 0"),
            (256, 1 << 40, "number"),
        ] {
            let error = load(&DataSpec {
                patch,
                patches,
                ..spec.clone()
            })
            .unwrap_err()
            .to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn every_cut_is_refused() {
        let image =
            image::GrayImage::from_fn(9, 9, |x, y| image::Luma([((x * 29) ^ (y * 53)) as u8]));
        let image = DynamicImage::from(image);
        for (name, format) in [
            ("cut.png", ImageFormat::Png),
            ("cut.jpg", ImageFormat::Jpeg),
            ("cut.bmp", ImageFormat::Bmp),
            ("cut.tif", ImageFormat::Tiff),
            ("cut.webp", ImageFormat::WebP),
        ] {
            refuse_every_cut(name, &encoded(image.clone(), format));
        }
    }

    #[test]
    fn pictures_that_claim_too_much_are_refused_by_their_header() {
        let folder = Folder::new();
        let mut png = encoded(image::GrayImage::new(1, 1).into(), ImageFormat::Png);
        for (width, height) in [(100_000u32, 100_000u32), (u32::MAX, u32::MAX), (0, 5)] {
            png[16..20].copy_from_slice(&width.to_be_bytes());
            png[20..24].copy_from_slice(&height.to_be_bytes());
            let mut crc = flate2::Crc::new();
            crc.update(&png[12..29]);
            png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
            let error = loaded(&folder.file("bomb.png", &png)).unwrap_err();
            assert!(
                matches!(error, DataError::TooLarge { .. } | DataError::Decode { .. }),
                "{error}"
            );
        }
    }

    #[test]
    fn a_large_photograph_is_scaled_down_and_says_so() {
        let folder = Folder::new();
        let image = image::GrayImage::from_fn(4096, 64, |x, _| image::Luma([(x / 16) as u8]));
        let (picture, notes) =
            picture(&folder.file("wide.png", &encoded(image.into(), ImageFormat::Png)));
        assert_eq!((picture.rows, picture.columns), (32, 2048));
        assert_eq!(notes, ["Scaled down from 4096 × 64 to 2048 × 32 pixels."]);
    }

    #[test]
    fn exif_turns_a_picture_and_says_so() {
        use super::super::testing::turned_jpeg;
        let folder = Folder::new();
        for (orientation, dark_at_top) in [(6, true), (8, false)] {
            let bytes = turned_jpeg(32, 16, orientation);
            let (picture, notes) = picture(&folder.file("turned.jpg", &bytes));
            assert_eq!((picture.rows, picture.columns), (32, 16));
            assert_eq!(picture.values[5] < 0.3, dark_at_top);
            assert_eq!(notes, ["Turned by its EXIF orientation."]);
        }
        let (picture, notes) = picture(&folder.file("upright.jpg", &turned_jpeg(32, 16, 1)));
        assert_eq!((picture.rows, notes.len()), (16, 0));
    }
}
