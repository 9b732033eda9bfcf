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

/// Refuses a picture that ends too soon, for decoders fill in what a cut file lacks, in grey; and kinds of JPEG that
/// the decoder does not know and misunderstands.
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
    let problem = match frame(bytes) {
        _ if !whole => "it is cut short",
        Some(0xc3 | 0xc7 | 0xcb | 0xcf) if format == ImageFormat::Jpeg => {
            "it uses lossless coding, which few programs read"
        }
        Some(0xc9..=0xcf) if format == ImageFormat::Jpeg => {
            "it uses arithmetic coding, which few programs read"
        }
        _ => return Ok(()),
    };
    Err(DataError::Decode {
        file: input.file().to_owned(),
        format: title(format),
        problem: problem.into(),
    })
}

/// The marker that begins the frame of a JPEG: it says how the pixels are packed.
fn frame(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        match *bytes.get(at..at + 4)? {
            [
                0xff,
                kind @ (0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf),
                ..,
            ] => {
                return Some(kind);
            }
            [0xff, 0xff, ..] => at += 1,
            [0xff, _, high, low] => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            _ => return None,
        }
    }
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
        return Err(DataError::Decode {
            file: file(),
            format: title(format),
            problem: "it has no pixels".into(),
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

/// What the crate says of a picture, in the words of one who did not write it where these are known.
pub(super) fn problem(error: &ImageError) -> String {
    const PLAINLY: [(&str, &str); 20] = [
        ("soft limit", "it is wider or taller than 65,535 pixels"),
        ("mage dimensions", "its width or height is impossible"),
        ("invalid dimensions", "its width or height is impossible"),
        ("is set to zero", "it has no pixels"),
        ("`ImageWidth`", "its width is missing"),
        (
            "compression method",
            "it is packed in a way that the lab does not read",
        ),
        (
            "compression type",
            "it is packed in a way that the lab does not read",
        ),
        (
            "only parse 8-bit",
            "it has more than 8 bits a channel, which the lab does not read in JPEG",
        ),
        ("start of frame differs", "its frame header is damaged"),
        ("CRC error", "a checksum does not match"),
        ("appeared before IHDR", "its header is missing"),
        ("chunk is missing", "its pixels are missing"),
        ("does not have enough data", "pixels are missing at its end"),
        ("deflate", "its compressed pixels are corrupt"),
        ("filter method", "its compressed pixels are corrupt"),
        ("Premature End", "it ends before its pixels"),
        ("Not enough bytes", "it is cut short"),
        (
            "does not support the color type",
            "its pixels have bits or colours that the lab does not read",
        ),
        ("Unknown bitmap header", "its header has an unknown length"),
        ("components cannot be zero", "its frame header is missing"),
    ];
    let said = match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return "it is cut short".into();
        }
        ImageError::Limits(_) => return "it needs more memory than a picture may".into(),
        other => other.to_string(),
    };
    if let Some((_, plain)) = PLAINLY.iter().find(|(part, _)| said.contains(part)) {
        return (*plain).into();
    }
    let said = said.replace(char::is_control, " ");
    let after = [
        "does not support the format features ",
        "format error: ",
        "Reason:",
    ]
    .iter()
    .find_map(|part| said.split_once(part))
    .or_else(|| {
        said.strip_prefix("Format error decoding ")?
            .split_once(": ")
    })
    .map_or(said.as_str(), |(_, problem)| problem);
    let quiet = |mark: char| mark == '"' || mark == '.' || mark.is_whitespace();
    after.trim_matches(quiet).to_owned()
}
