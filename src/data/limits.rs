//! Every limit on what is read, in one place. A file's claims are held against these, and against the file's real
//! length, before anything is allocated.

use super::DataError;
use super::error::grouped;

/// Most values that a data set may have in memory, m·n: 2²⁸ (1 GiB in f32); where addresses have 32 bits, as in a
/// browser, 2²⁶, for no array there may have more than 2³¹ − 1 bytes.
pub const VALUES: u64 = if cfg!(target_pointer_width = "32") {
    1 << 26
} else {
    1 << 28
};

/// Most pixels of one picture: 64 megapixels. A 389 KB PNG can claim 131.
pub const PIXELS: u64 = 64 << 20;

/// Pictures with a longer side are scaled down to this: patches of more pixels than that see only blur and noise, and
/// whitening takes 16 bytes a pixel.
pub const PICTURE_SIDE: u32 = 2048;

/// No photograph has more pixels to a byte of its file: even a DEFLATE stream of one bit a pixel. WebP can pack a flat
/// picture of any size into a few bytes.
pub const PIXELS_PER_BYTE: u64 = 8 * DEFLATE_RATIO;

/// The pixels that may be claimed before [`PIXELS_PER_BYTE`] is checked.
pub const PIXELS_UNASKED: u64 = 1 << 20;

/// Most bytes that decoding one picture may allocate.
pub const PICTURE_BYTES: u64 = 512 << 20;

/// Largest side of a patch, in pixels.
pub const PATCH_SIDE: usize = 256;

/// Longest text header of a `.npy` file, in bytes; NumPy's own limit is 10,000.
pub const NPY_HEADER: u64 = 1 << 16;

/// Longest header of a safetensors file, in bytes: a thousand tensors with long names have a tenth of it.
pub const TENSORS_HEADER: u64 = 1 << 20;

/// DEFLATE cannot expand by more than this: a compressed file whose content claims more is cut short or lies.
pub const DEFLATE_RATIO: u64 = 1032;

/// Files are read in pieces of this many bytes, so that Cancel answers at once and a claim is never allocated whole
/// before its bytes are there.
pub const PIECE: usize = 1 << 20;

/// Images narrower or lower than this are shown as plain vectors.
pub const IMAGE_SIDE: usize = 2;

/// Tables of fewer columns than this, 5×5, are never taken for pictures.
pub const TABLE_PICTURE: usize = 25;

/// Columns of a table, whatever becomes of them.
pub const COLUMNS: usize = 1 << 20;

/// Largest file that is read into memory whole before it is made sense of: tables, .npz and .mat.
pub const WHOLE_FILE: u64 = 1 << 30;

/// Most pictures taken from one folder.
pub const PICTURES: usize = 10_000;

/// Most entries looked at in one folder.
pub const ENTRIES: usize = 1 << 20;

/// Most arrays looked at in one file.
pub const ARRAYS: usize = 1_000;

/// Refuses more than [`ARRAYS`], which are called `what`.
pub(super) fn arrays(file: &str, count: usize, what: &str) -> Result<(), DataError> {
    if count <= ARRAYS {
        return Ok(());
    }
    Err(DataError::TooLarge {
        file: file.to_owned(),
        found: format!("{} {what}", grouped(count as u64)),
        limit: grouped(ARRAYS as u64),
        remedy: "keep the one to train on".into(),
    })
}

/// Pictures of one size up to this side are samples as they are; larger ones are cut into patches.
pub const SAMPLE_SIDE: usize = 64;

/// Most values a sample may have to be whitened by ZCA, whose covariance is that squared.
pub const WHITENED: usize = 1024;

/// Most values a sample may have for noise to be drawn with its covariance, which is that squared (128 MiB).
pub const COVARIANCE: usize = 4096;

/// Most values that the pictures of a folder have together, 2²⁷ (512 MiB): many large ones are each scaled down until
/// they fit.
pub const PICTURE_VALUES: u64 = 1 << 27;

/// Pictures of a folder are not scaled down further than to this side to fit in.
pub const SMALLEST_PICTURE_SIDE: u32 = 128;

/// Compressed content is taken for a bomb, made to fill the memory, if it is more than this many times as long as its
/// compressed bytes: real data stay far below, and can be unpacked beforehand if they do not.
pub const EXPANSION: u64 = 500;

/// The bytes that may be unpacked before [`EXPANSION`] is checked.
pub const UNPACKED: u64 = 4 << 20;

/// Whether `unpacked` bytes out of `packed` are more than any data make.
pub(super) const fn is_bomb(unpacked: u64, packed: u64) -> bool {
    unpacked > UNPACKED && unpacked > packed.saturating_mul(EXPANSION)
}
