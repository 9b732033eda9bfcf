//! What a picture claims, held against what is there, before a decoder is let loose on it.

use image::{ImageError, ImageFormat};

use super::input::Input;
use super::{DataError, limits};

/// What decoding may take beside the pixels: a colour profile, a line of pixels before.
const EXTRA: u64 = 8 << 20;

/// As messages have it.
pub(super) fn title(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::WebP => "WebP",
        _ => "PNG",
    }
}

/// Refuses a picture that ends too soon: decoders fill in what a cut file lacks, in grey.
pub(super) fn whole(input: &Input<'_>, bytes: &[u8], format: ImageFormat) -> Result<(), DataError> {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark);
    let whole = match format {
        ImageFormat::Png => last(b"IEND\xae\x42\x60\x82").is_some(),
        // the end that counts comes after the last scan: a thumbnail within has an end of its own
        ImageFormat::Jpeg => last(&[0xff, 0xd9]) > last(&[0xff, 0xda]),
        // the size of what follows it, at byte 4
        ImageFormat::WebP => {
            let claimed = bytes.get(4..).and_then(<[u8]>::first_chunk::<4>);
            claimed
                .is_some_and(|size| u64::from(u32::from_le_bytes(*size)) + 8 <= bytes.len() as u64)
        }
        _ => true,
    };
    if whole {
        return Ok(());
    }
    Err(DataError::Decode {
        file: input.file().to_owned(),
        format: title(format),
        problem: "it is cut short".into(),
    })
}

/// Most bytes that the decoder may allocate for `bytes`. That of PNG unpacks colour profiles before it can be asked
/// for the picture's size; that stands at a fixed place.
pub(super) fn allowance(bytes: &[u8], format: ImageFormat) -> u64 {
    let side = |at: usize| {
        let side = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
        side.map_or(0, |side| u64::from(u32::from_be_bytes(*side)))
    };
    let needed = match format {
        // at most four channels of two bytes
        ImageFormat::Png => side(16).saturating_mul(side(20)).saturating_mul(8),
        _ => limits::PICTURE_BYTES,
    };
    needed.saturating_add(EXTRA).min(limits::PICTURE_BYTES)
}

/// Holds the size that the header names against the limits, against the file's length, and against the memory there
/// is. `bytes` is what the decoded picture takes.
pub(super) fn size(
    input: &Input<'_>,
    (width, height): (u32, u32),
    bytes: u64,
    format: ImageFormat,
) -> Result<(), DataError> {
    let pixels = u64::from(width) * u64::from(height);
    let file = || input.file().to_owned();
    let grouped = super::error::grouped;
    if pixels == 0 {
        return Err(DataError::NoSamples {
            file: file(),
            shape: format!("{width} × {height} pixels"),
        });
    }
    let found = format!(
        "{} × {} pixels",
        grouped(width.into()),
        grouped(height.into())
    );
    if pixels > limits::PIXELS || bytes > limits::PICTURE_BYTES {
        let limit = if pixels > limits::PIXELS {
            format!("{} pixels", grouped(limits::PIXELS))
        } else {
            format!("{} bytes of pixels", grouped(limits::PICTURE_BYTES))
        };
        return Err(DataError::TooLarge {
            file: file(),
            found,
            limit,
            remedy: "scale it down or crop it first".into(),
        });
    }
    if pixels > limits::PIXELS_UNASKED
        && pixels > input.position().saturating_mul(limits::PIXELS_PER_BYTE)
    {
        return Err(DataError::Decode {
            file: file(),
            format: title(format),
            problem: format!(
                "it claims {found}, more than its {} bytes can hold",
                grouped(input.position())
            ),
        });
    }
    // Decoders allocate without asking whether there is any memory left, and would end the program. What they need
    // at once is up to three times the picture: coefficients, planes, the picture.
    let mut probe: Vec<u8> = Vec::new();
    input.room(
        &mut probe,
        usize::try_from(bytes.saturating_mul(3)).unwrap_or(usize::MAX),
    )
}

/// What the crate says of a picture, on one line and without saying twice what format it is.
pub(super) fn problem(error: &ImageError) -> String {
    let said = match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            "it is cut short".into()
        }
        ImageError::Limits(_) => "it needs more memory than a picture may".into(),
        other => other.to_string(),
    };
    let said = said.replace('\n', " ");
    let after = said
        .strip_prefix("Format error decoding ")
        .and_then(|rest| rest.split_once(": "));
    after
        .map_or(said.as_str(), |(_, problem)| problem)
        .trim()
        .to_owned()
}
