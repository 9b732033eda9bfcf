//! From a file's bytes to text in UTF-8.

use std::borrow::Cow;

use crate::data::DataError;
use crate::data::input::Input;

const UTF_8: &[u8] = b"\xef\xbb\xbf";

/// What a text's bytes stand for, by the mark at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As far as one can tell.
    Utf8,
    Utf16 {
        big_endian: bool,
    },
}

impl Encoding {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => Self::Utf16 { big_endian: false },
            [0xfe, 0xff, ..] => Self::Utf16 { big_endian: true },
            _ => Self::Utf8,
        }
    }
}

/// The text without the mark at its beginning, and how it was encoded.
pub(super) fn decoded(input: &Input<'_>, bytes: Vec<u8>) -> Result<(Vec<u8>, Encoding), DataError> {
    let encoding = Encoding::of(&bytes);
    let Encoding::Utf16 { big_endian } = encoding else {
        refuse_binary(input, without_mark(&bytes))?;
        let mut bytes = bytes;
        if bytes.starts_with(UTF_8) {
            bytes.drain(..UTF_8.len());
        }
        return Ok((bytes, encoding));
    };
    if !bytes.len().is_multiple_of(2) {
        let found = "text in UTF-16 that ends within a character";
        return Err(input.unsupported(found, "copy it or save it again"));
    }
    // numbers take half as many bytes in UTF-8, and no text more than one and a half times as many
    let mut text = Vec::new();
    let (most, mut utf_8) = (bytes.len() / 2 * 3, [0; 4]);
    input.room(&mut text, most)?;
    for character in characters(&bytes[2..], big_endian) {
        text.extend_from_slice(character.encode_utf8(&mut utf_8).as_bytes());
    }
    refuse_binary(input, &text)?;
    Ok((text, encoding))
}

/// The beginning of a text, which may end within a character, in UTF-8.
pub(super) fn beginning(head: &[u8]) -> Vec<u8> {
    match Encoding::of(head) {
        Encoding::Utf8 => without_mark(head).to_vec(),
        Encoding::Utf16 { big_endian } => {
            let text: String = characters(&head[2..], big_endian).collect();
            text.into_bytes()
        }
    }
}

/// A field that is words. Windows writes tables in its own code of a byte a character, the Western one in most of Europe.
pub(super) fn words(field: &[u8]) -> Cow<'_, str> {
    /// From 80 on, where it differs from Latin 1.
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match str::from_utf8(field) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => field
            .iter()
            .map(|&byte| match byte {
                0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
                _ => char::from(byte),
            })
            .collect(),
    }
}

fn characters(bytes: &[u8], big_endian: bool) -> impl Iterator<Item = char> {
    let units = bytes.as_chunks::<2>().0.iter().map(move |&pair| {
        if big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    });
    // half a character is no number: it is refused where one should be
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// The text without the mark that says it is UTF-8.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(UTF_8).unwrap_or(text)
}

/// No text has a byte 0: such a file is in UTF-16 without its mark, or no text.
fn refuse_binary(input: &Input<'_>, text: &[u8]) -> Result<(), DataError> {
    match text.iter().position(|byte| *byte == 0) {
        None => Ok(()),
        Some(_) if text.len() > 1 && (text[0] == 0) != (text[1] == 0) => {
            Err(input.unsupported("text in UTF-16 without a mark", "save it in UTF-8"))
        }
        Some(place) => Err(input.unsupported(
            format!("a zero byte at byte {place}, which text never has"),
            "write the table again, or give the file the right extension",
        )),
    }
}
