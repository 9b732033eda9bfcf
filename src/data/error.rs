//! Why a data set could not be loaded, each in one sentence: which file, what is wrong, where, and what to do.

use std::borrow::Cow;
use std::path::Path;

use thiserror::Error;

use super::SampleShape;

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
        remedy: Cow<'static, str>,
    },

    #[error("{file} could not be read beyond byte {} ({source}): try again, or copy it to a local disk first", grouped(*.byte))]
    Read {
        file: String,
        byte: u64,
        source: std::io::Error,
    },

    #[error("{file} is empty (0 bytes): choose another file, or fetch it again")]
    Empty { file: String },

    #[error("{file} is not a kind of file that the lab reads: choose {formats}")]
    Unrecognised { file: String, formats: &'static str },

    #[error(
        "{file} is not {claimed}, though its name says so: it begins with {beginning}; fetch it again, or \
         give it the right extension"
    )]
    Misnamed {
        file: String,
        /// "a PNG picture"
        claimed: &'static str,
        /// Its first bytes, readable.
        beginning: String,
    },

    #[error("{file} changed while it was being read (it had {} bytes, then {}): load it again once it is complete",
        grouped(*.before), grouped(*.after))]
    Changed {
        file: String,
        before: u64,
        after: u64,
    },

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
        "{file} continues past its end: \
            its {format} header promises {} bytes and there are more; its header is wrong or \
         two files were joined, so write it again",
        grouped(*.expected)
    )]
    Overlong {
        file: String,
        format: &'static str,
        expected: u64,
    },

    #[error("{file} is not a valid {format} file: {problem} (byte {}); write it again", grouped(*.byte))]
    Header {
        file: String,
        format: &'static str,
        byte: u64,
        problem: String,
    },

    #[error("{file} cannot be unpacked beyond byte {} ({problem}): copy or download it again", grouped(*.byte))]
    Compression {
        file: String,
        byte: u64,
        problem: String,
    },

    #[error(
        "{file} is a broken zip archive ({problem}): copy or download it again, or save it again"
    )]
    Archive { file: String, problem: String },

    #[error("{file} unpacks to more than {ratio} times its size, which no real data do: {remedy}")]
    Bomb {
        file: String,
        ratio: u64,
        remedy: &'static str,
    },

    #[error("{file} needs {} bytes of memory at once, more than are free: close other programs, or keep fewer samples",
        grouped(*.bytes))]
    Memory { file: String, bytes: u64 },

    #[error(
        "{file} could not be decoded as {format} ({problem}): open it in a picture program and save it again"
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
        "{file} has values from {least:e} to {greatest:e}, too large to square and \
            sum: scale it to a range such as [0, 1] first"
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

    #[error("{file} gives no test part: {reason}; {remedy}")]
    NoTestPart {
        file: String,
        reason: &'static str,
        remedy: &'static str,
    },

    #[error("the fraction held out for testing is {fraction}: choose a number from 0 to 0.9")]
    TestFraction { fraction: f64 },

    #[error("{file} cannot be prepared like that, because {reason}: choose another preparation")]
    Preparation { file: String, reason: &'static str },

    #[error(
        "{file} has samples of {found}, and the preparation was fitted to samples of {expected}: give data like those \
         it was fitted to, or choose the preparation yourself"
    )]
    OtherShape {
        file: String,
        found: SampleShape,
        expected: SampleShape,
    },

    #[error(
        "{file} has {}, and the preparation was fitted to {}: give pictures like those it was fitted to",
        channels(*.found),
        channels(*.expected)
    )]
    OtherChannels {
        file: String,
        /// 1 or 3
        found: usize,
        expected: usize,
    },

    #[error(
        "{file} has the column {found:?} in place {column}, where the training data have {expected:?}: put the \
            columns in that order"
    )]
    OtherColumn {
        file: String,
        /// From 1.
        column: u64,
        found: String,
        expected: String,
    },

    #[error("the whitening's ε is {epsilon}: choose a number from 1e-6 to 10, say 0.1")]
    Epsilon { epsilon: f64 },

    #[error("loading was cancelled: the data set in use stays")]
    Cancelled,
}

fn channels(count: usize) -> &'static str {
    match count {
        1 => "grey pictures",
        _ => "pictures in colour",
    }
}

/// How a file is named in messages: as given, whatever bytes its name has, on one line of bearable length.
pub(crate) fn name_of(path: &Path) -> String {
    // ends and turns of a line, escape sequences, and marks that turn the direction of what follows
    let unfit = |character: char| {
        character.is_control()
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name = path.display().to_string();
    let mut shown = String::with_capacity(name.len());
    for character in name.chars() {
        if unfit(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    let length = shown.chars().count();
    if length > NAME {
        let first: String = shown.chars().take(NAME / 2).collect();
        let last: String = shown.chars().skip(length - NAME / 2).collect();
        shown = format!("{first}…{last}");
    }
    shown
}

/// Most characters of a file's name that a message shows.
const NAME: usize = 240;

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
    fn names_stay_on_one_line() {
        assert_eq!(name_of(Path::new("data/ümlaut x.csv")), "data/ümlaut x.csv");
        assert_eq!(
            name_of(Path::new("a\nb\x1b[2J\u{202e}c")),
            "a\\nb\\u{1b}[2J\\u{202e}c"
        );
        let long = name_of(Path::new(&format!("{}.png", "x/".repeat(5_000))));
        assert!(
            long.chars().count() == NAME + 1 && long.ends_with("x/.png"),
            "{long}"
        );
    }

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
