//! Why a data set could not be loaded, each in one sentence: which file, what is wrong, where, and what to do.

use std::path::Path;

use thiserror::Error;

/// A data set was refused. Nothing is half loaded: whatever was in use stays in use.
#[derive(Debug, Error)]
pub enum DataError {
    #[error("{file} could not be opened ({source}): check the name, and that you may read it")]
    Open {
        file: String,
        source: std::io::Error,
    },

    #[error("{file} is {kind}, not a data file: {remedy}")]
    NotAFile {
        file: String,
        kind: &'static str,
        remedy: &'static str,
    },

    #[error("{file} could not be read beyond byte {} ({source}): try again, or copy it to a local disk first", grouped(*.byte))]
    Read {
        file: String,
        byte: u64,
        source: std::io::Error,
    },

    #[error("{file} is empty (0 bytes): choose another file, or fetch it again")]
    Empty { file: String },

    #[error("{file} is of no kind that the lab reads: choose {formats}")]
    Unrecognised { file: String, formats: &'static str },

    #[error(
        "{file} ends too soon: its {format} header promises {} bytes and there are {}; copy or download it again",
        grouped(*.expected),
        grouped(*.actual)
    )]
    Truncated {
        file: String,
        format: &'static str,
        expected: u64,
        actual: u64,
    },

    #[error(
        "{file} goes on after its end: its {format} header promises {} bytes and there are more; its header is wrong or \
         two files were joined, so write it again",
        grouped(*.expected)
    )]
    Overlong {
        file: String,
        format: &'static str,
        expected: u64,
    },

    #[error("{file} has a broken {format} header at byte {}: {problem}; write it again", grouped(*.byte))]
    Header {
        file: String,
        format: &'static str,
        byte: u64,
        problem: String,
    },

    #[error("{file} is damaged at byte {} of its compressed content ({problem}): copy or download it again", grouped(*.byte))]
    Compression {
        file: String,
        byte: u64,
        problem: String,
    },

    #[error(
        "{file} could not be decoded as {format} ({problem}): open it in a picture program and save it anew"
    )]
    Decode {
        file: String,
        format: &'static str,
        problem: String,
    },

    #[error("{file} holds {found}: {remedy}")]
    Unsupported {
        file: String,
        found: String,
        remedy: String,
    },

    #[error("{file} is too large: it has {found}, and the limit is {limit}; {remedy}")]
    TooLarge {
        file: String,
        found: String,
        limit: String,
        remedy: String,
    },

    #[error(
        "{file} holds no samples: its shape is {shape}; choose a file with at least one sample of one value"
    )]
    NoSamples { file: String, shape: String },

    #[error(
        "{file} has {value} in row {}, column {} (counted from 1): the lab trains on finite numbers only, so fill it in \
         or leave that row out",
        grouped(*.row),
        grouped(*.column)
    )]
    NotFinite {
        file: String,
        value: f64,
        row: u64,
        column: u64,
    },

    #[error(
        "{file} reaches from {least:e} to {greatest:e}, too far to square and sum: scale it to a range such as [0, 1] first"
    )]
    Range {
        file: String,
        least: f64,
        greatest: f64,
    },

    #[error("{file} has nothing to learn: all its samples are the same; choose data that varies")]
    Constant { file: String },

    #[error(
        "patches of {patch}×{patch} do not fit {file}, a picture of {rows}×{columns} pixels: choose a smaller patch"
    )]
    PatchTooLarge {
        file: String,
        patch: usize,
        rows: usize,
        columns: usize,
    },

    #[error("{setting} is {value}: choose {range}")]
    Setting {
        setting: &'static str,
        value: usize,
        range: String,
    },

    #[error("{file} cannot be prepared so, for {reason}: choose another preparation")]
    Preparation { file: String, reason: &'static str },

    #[error("the whitening's ε is {epsilon}: choose a number from 1e-6 to 10, say 0.1")]
    Epsilon { epsilon: f64 },

    #[error("loading was cancelled: the data set in use stays")]
    Cancelled,
}

/// How a file is named in messages: as given, whatever bytes its name has.
pub(crate) fn name_of(path: &Path) -> String {
    path.display().to_string()
}

/// 1234567 → "1,234,567".
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_groups_of_three() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(value), text);
        }
    }
}
