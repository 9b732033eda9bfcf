//! Pictures as bytes.

use image::ImageEncoder;
use image::codecs::png::PngEncoder;

/// Where the first chunk of a PNG ends, which says its size.
const AFTER_HEADER: usize = 33;

/// Pixels (three bytes each, row by row) of a picture (width, height) as PNG, with its dots an inch where these are
/// given. `None` where the sizes don't suit.
pub(in crate::io) fn png(
    (width, height): (usize, usize),
    pixels: &[u8],
    dots_an_inch: Option<f64>,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let sides = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    if width.checked_mul(height)?.checked_mul(3)? != pixels.len() {
        return None;
    }
    PngEncoder::new(&mut bytes)
        .write_image(pixels, sides.0, sides.1, image::ExtendedColorType::Rgb8)
        .ok()?;
    if let Some(dots) = dots_an_inch {
        let a_metre = (dots / 0.0254).round() as u32;
        let mut chunk = b"pHYs".to_vec();
        chunk.extend(a_metre.to_be_bytes());
        chunk.extend(a_metre.to_be_bytes());
        chunk.push(1); // the unit is the metre
        let mut sum = flate2::Crc::new();
        sum.update(&chunk);
        let length = (chunk.len() - 4) as u32; // 9
        let whole = [&length.to_be_bytes()[..], &chunk, &sum.sum().to_be_bytes()].concat();
        bytes.splice(AFTER_HEADER..AFTER_HEADER, whole);
    }
    Some(bytes)
}

/// RFC 4648, with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() {
                char::from(sign)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn a_picture_of_another_size_is_none() {
        assert!(png((2, 2), &[0; 9], None).is_none());
        let bytes = png((2, 1), &[1, 2, 3, 4, 5, 6], Some(300.0)).unwrap();
        let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(picture.into_raw(), [1, 2, 3, 4, 5, 6]);
    }
}
