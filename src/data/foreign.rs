//! Files of kinds that the lab does not read, told by their first bytes: so that a message can say what they are.

use super::DataError;
use super::input::Input;

/// What a foreign file is, and what to do with it.
#[derive(Clone, Copy)]
struct Foreign {
    found: &'static str,
    remedy: &'static str,
}

const PICTURE: &str = "save it as PNG or JPEG";
const PACKED: &str = "unpack it first, and choose what was in it";
const TABLE: &str = "save the sheet as CSV";
const ARRAY: &str = "save the array as .npy";

/// By beginning; where two fit, the first counts.
const BEGINNINGS: [(&[u8], &str, &str); 26] = [
    (b"GIF8", "a GIF picture", PICTURE),
    (b"8BPS", "a Photoshop picture", PICTURE),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", PICTURE),
    (b"\xff\x0a", "a JPEG XL picture", PICTURE),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture", PICTURE),
    (b"v/1\x01", "an OpenEXR picture", PICTURE),
    (
        b"II+\0",
        "a TIFF picture of more than 4 GB (BigTIFF)",
        "save it as plain TIFF or PNG",
    ),
    (
        b"MM\0+",
        "a TIFF picture of more than 4 GB (BigTIFF)",
        "save it as plain TIFF or PNG",
    ),
    (
        b"%PDF",
        "a PDF document",
        "save its picture as PNG, or its table as CSV",
    ),
    (
        b"{\\rtf",
        "a text document with formatting",
        "save the table as CSV",
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel or Word document",
        TABLE,
    ),
    (
        b"\x1f\x8b",
        "a gzip file within a gzip file",
        "unpack it once",
    ),
    (b"\x1f\x9d", "data packed by compress", PACKED),
    (b"BZh", "data packed by bzip2", PACKED),
    (b"\xfd7zXZ\0", "data packed by xz", PACKED),
    (b"\x28\xb5\x2f\xfd", "data packed by Zstandard", PACKED),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", PACKED),
    (b"Rar!\x1a\x07", "a RAR archive", PACKED),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "save the table as CSV",
    ),
    (b"PAR1", "a Parquet table", "save it as CSV or .npy"),
    (b"ARROW1", "an Arrow table", "save it as CSV or .npy"),
    (b"\x80\x02", "a Python pickle", ARRAY),
    (b"\x80\x03", "a Python pickle", ARRAY),
    (b"\x80\x04", "a Python pickle", ARRAY),
    (b"\x80\x05", "a Python pickle", ARRAY),
    (b"\x7fELF", "a program", "choose a file of data"),
];

/// Text that is no table of numbers; compared without regard to case.
const TEXTS: [(&[u8], &str, &str); 7] = [
    (
        b"# created by octave",
        "Octave's own kind of text",
        "save it with `save -v7`",
    ),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS and not the data itself",
        "fetch the data with `git lfs pull`",
    ),
    (
        b"<!doctype html",
        "a web page",
        "download the data file itself",
    ),
    (b"<html", "a web page", "download the data file itself"),
    (b"<?xml", "XML", "save its table as CSV"),
    (b"<svg", "an SVG drawing", PICTURE),
    (b"{", "JSON", "save its table as CSV"),
];

fn of(head: &[u8]) -> Option<Foreign> {
    let byte_order = |mark: &[u8]| head.starts_with(mark);
    if byte_order(b"\xff\xfe") || byte_order(b"\xfe\xff") {
        return Some(Foreign {
            found: "text in UTF-16",
            remedy: "if it is a table, call it .csv or save it in UTF-8",
        });
    }
    if let Some(brand) = head.get(4..12)
        && brand.starts_with(b"ftyp")
    {
        return Some(match &brand[4..] {
            b"heic" | b"heix" | b"mif1" | b"msf1" => Foreign {
                found: "a HEIC picture",
                remedy: PICTURE,
            },
            b"avif" | b"avis" => Foreign {
                found: "an AVIF picture",
                remedy: PICTURE,
            },
            _ => Foreign {
                found: "a video",
                remedy: "save its pictures as PNG into a folder, and choose that",
            },
        });
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    let binary = BEGINNINGS.iter().find(|(mark, ..)| head.starts_with(mark));
    let textual = || {
        TEXTS.iter().find(|(mark, ..)| {
            text.get(..mark.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(mark))
        })
    };
    binary
        .or_else(textual)
        .map(|&(_, found, remedy)| Foreign { found, remedy })
}

/// Refuses a file whose beginning says that it is of a kind that the lab does not read.
pub(super) fn refuse(input: &Input<'_>) -> Result<(), DataError> {
    match of(input.head()) {
        Some(Foreign { found, remedy }) => Err(input.unsupported(found, remedy)),
        None => Ok(()),
    }
}

/// The content's first bytes for a message: as text where they are, else in hexadecimal.
pub(super) fn beginning(head: &[u8]) -> String {
    const SHOWN: usize = 16;
    // a character may be cut in two
    let shown = &head[..head.len().min(SHOWN)];
    let whole = match str::from_utf8(shown) {
        Err(error) if head.len() > SHOWN && error.error_len().is_none() => {
            &shown[..error.valid_up_to()]
        }
        _ => shown,
    };
    match str::from_utf8(whole) {
        Ok(text) if is_text(text) => {
            format!("the text {text:?}")
        }
        _ => {
            let bytes: Vec<String> = shown
                .iter()
                .take(SHOWN / 2)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("the bytes {}", bytes.join(" "))
        }
    }
}

/// Whether nobody would call `text` binary.
pub(super) fn is_text(text: &str) -> bool {
    !text.contains(|character: char| character.is_control() && !character.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Folder, loaded};
    use super::*;

    #[test]
    fn what_a_foreign_file_is_is_said_whatever_it_is_called() {
        let folder = Folder::new();
        let cases: [(&[u8], &str); 7] = [
            (b"GIF89a\x01\0\x01\0", "a GIF picture"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC picture"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
            (b" <!DOCTYPE HTML><html>", "a web page"),
            (b"\xff\xfe1\0,\x002\0", "UTF-16"),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                "git lfs pull",
            ),
            (b"\x80\x04\x95\x10", "a Python pickle"),
        ];
        for (bytes, part) in cases {
            for name in ["data", "data.csv", "data.png", "data.mat", "data.npy"] {
                if part == "UTF-16" && name == "data.csv" {
                    continue; // a table
                }
                let message = loaded(&folder.file(name, bytes)).unwrap_err().to_string();
                assert!(message.contains(part), "{name}: {message}");
            }
        }
    }

    #[test]
    fn beginnings_are_text_or_bytes() {
        assert_eq!(beginning(b"hello\n"), "the text \"hello\\n\"");
        assert_eq!(
            beginning("123456789012345ü".as_bytes()),
            "the text \"123456789012345\""
        );
        assert_eq!(beginning(b"\x01\x02\xff"), "the bytes 01 02 ff");
        assert_eq!(
            beginning("ü".repeat(20).as_bytes()),
            format!("the text {:?}", "ü".repeat(8))
        );
    }
}
