//! PNG and JPEG photographs of any colour type, as grey pictures in [0, 1].

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::error::grouped;
use super::found::{Content, Found, Picture};
use super::input::Input;
use super::{DataError, limits};

/// The picture format that `head` begins like.
pub(super) fn format_of(head: &[u8]) -> Option<ImageFormat> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if head.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(ImageFormat::Jpeg)
    } else {
        None
    }
}

pub(super) fn read(
    input: Input<'_>,
    format: ImageFormat,
    name: String,
) -> Result<Found, DataError> {
    let (picture, notes) = decode(input, format)?;
    Ok(Found {
        name,
        content: Content::Pictures(vec![picture]),
        labels: None,
        notes,
    })
}

/// Decodes one picture, within the limits, turned upright as its EXIF says. The notes say what else was done to it.
pub(super) fn decode(
    mut input: Input<'_>,
    format: ImageFormat,
) -> Result<(Picture, Vec<String>), DataError> {
    let file = input.file().to_owned();
    let bytes = input.rest(limits::PICTURE_BYTES)?;
    let title = if format == ImageFormat::Jpeg {
        "JPEG"
    } else {
        "PNG"
    };
    let broken = |error: image::ImageError| DataError::Decode {
        file: file.clone(),
        format: title,
        problem: error.to_string().replace('\n', " "),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits::PICTURE_BYTES);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits::PIXELS {
        return Err(DataError::TooLarge {
            file,
            found: format!("{width} × {height} pixels"),
            limit: format!("{} pixels", grouped(limits::PIXELS)),
            remedy: "scale it down or crop it first".into(),
        });
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let mut notes = Vec::new();
    let longer = width.max(height);
    if longer > limits::PICTURE_SIDE {
        let scaled = |side: u32| {
            (u64::from(side) * u64::from(limits::PICTURE_SIDE) / u64::from(longer)).max(1) as u32
        };
        image = image.thumbnail_exact(scaled(width), scaled(height));
        notes.push(format!(
            "Scaled down from {width} × {height} to {} × {} pixels.",
            image.width(),
            image.height()
        ));
    }
    image.apply_orientation(orientation);
    if image.color().has_color() {
        notes.push("Colour turned to grey (Rec. 601 luma).".into());
    }
    if image.color().has_alpha() {
        notes.push("Transparency ignored.".into());
    }
    let (rows, columns) = (image.height() as usize, image.width() as usize);
    Ok((
        Picture {
            file,
            rows,
            columns,
            luma: luma(&image),
        },
        notes,
    ))
}

/// Rec. 601 luma, which every grey copy of a photograph from PIL or MATLAB has, in [0, 1].
fn luma(image: &DynamicImage) -> Vec<f32> {
    fn grey<P: Copy + Into<f32>>(values: &[P], channels: usize, white: f32) -> Vec<f32> {
        let scale = 1.0 / white;
        let luma = |pixel: &[P]| match *pixel {
            [r, g, b] | [r, g, b, _] => {
                (0.299 * r.into() + 0.587 * g.into() + 0.114 * b.into()) * scale
            }
            [grey, ..] => grey.into() * scale,
            [] => 0.0,
        };
        values.chunks_exact(channels).map(luma).collect()
    }
    match image {
        DynamicImage::ImageLuma8(image) => grey(image, 1, 255.0),
        DynamicImage::ImageLumaA8(image) => grey(image, 2, 255.0),
        DynamicImage::ImageRgb8(image) => grey(image, 3, 255.0),
        DynamicImage::ImageRgba8(image) => grey(image, 4, 255.0),
        DynamicImage::ImageLuma16(image) => grey(image, 1, 65535.0),
        DynamicImage::ImageLumaA16(image) => grey(image, 2, 65535.0),
        DynamicImage::ImageRgb16(image) => grey(image, 3, 65535.0),
        DynamicImage::ImageRgba16(image) => grey(image, 4, 65535.0),
        other => grey(&other.to_rgb32f(), 3, 1.0),
    }
}
