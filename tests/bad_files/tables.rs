//! Broken tables, and files of kinds that the lab does not read.

use super::build::*;

pub fn make(files: &mut Files) {
    let text = |text: &str| text.as_bytes().to_vec();
    let utf_16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    files.extend([
        ("csv/empty.csv", Vec::new()),
        ("csv/blank-lines.csv", text("\n\n\r\n\n")),
        ("csv/mark-alone.csv", text("\u{feff}")),
        ("csv/names-alone.csv", text("height,width\n")),
        ("csv/labels-alone.csv", text("label\n1\n2\n")),
        ("csv/words.csv", text("red,green\nblue,yellow\n")),
        (
            "csv/prose.txt",
            text("Dear reader,\nthis is a letter and no data.\n"),
        ),
        ("csv/too-many-fields.csv", text("1,2\n3,4\n5,6,7\n")),
        ("csv/too-few-fields.csv", text("a,b,c\n1,2,3\n4,5\n")),
        ("csv/more-than-names.csv", text("a,b\n1,2,3\n4,5,6\n")),
        ("csv/mixed-separators.csv", text("1,2\n3;4\n5,6\n")),
        ("csv/tabs-and-commas.tsv", text("1\t2\n3,4\n")),
        ("csv/every-row-incomplete.csv", text("a,b\n1,\n,2\n")),
        ("csv/infinity.csv", text("a,b\n1,2\n-inf,4\n")),
        ("csv/too-large-for-a-double.csv", text("1,2\n1e999,4\n")),
        ("csv/all-the-same.csv", text("1,1\n1,1\n")),
        (
            "csv/decimal-comma-in-quotes.csv",
            text("\"0,5\",1\n\"0,25\",2\n"),
        ),
        ("csv/thousands.csv", text("1;\"1,234.5\"\n2;\"1.234,5\"\n")),
        ("csv/percentage.csv", text("a,b\n1,5%\n2,7\n")),
        ("csv/typing-error.csv", text("1,2\n3,4x\n5,6\n")),
        ("csv/letter-o.csv", text("1.5,2\n1.O,2\n")),
        (
            "csv/long-field.csv",
            text(&format!("1,2\n3,{}\n", "x".repeat(500))),
        ),
        ("csv/words-and-numbers.csv", text("1,x\n2,y\n3,4\n")),
        (
            "csv/words-and-dates-alone.csv",
            text("day,animal,colour\n2024-01-01,cat,red\n2024-01-02,dog,blue\n"),
        ),
        ("csv/empty-columns-alone.csv", text("a,b\n,\n,\n")),
        ("csv/quote-open.csv", text("1,2\n3,\"4\n5,6\n7,8\n")),
        ("csv/quote-open-in-names.csv", text("\"a,b\n1,2\n3,4\n")),
        ("csv/zero-byte.csv", b"1,2\n3,\x004\n".to_vec()),
        ("csv/zeros.csv", vec![0; 300]),
        ("csv/not-utf-8.csv", b"1,2\n3,\xb14\n".to_vec()),
        ("csv/minus-of-printers.csv", text("1,2\n3,−4\n")),
        ("csv/hexadecimal.csv", text("1,2\n3,0x1f\n")),
        ("csv/utf-16-cut.csv", {
            let mut bytes = utf_16("\u{feff}1,2\n3,4\n");
            bytes.pop();
            bytes
        }),
        ("csv/utf-16-words.csv", utf_16("\u{feff}1,2\n3,x\n")),
        ("csv/utf-16-unmarked.csv", utf_16("1,2\n3,4\n")),
        (
            "csv/spaces-ragged.txt",
            text("# x y\n1.0 2.0\n3.0 4.0 5.0\n"),
        ),
        (
            "csv/web-page.csv",
            text("<!DOCTYPE html>\n<html><body>Sign in to download</body></html>\n"),
        ),
        ("csv/json.csv", text("{\"x\": [[1, 2], [3, 4]]}\n")),
        ("csv/xml.csv", text("<?xml version=\"1.0\"?><rows/>\n")),
        (
            "csv/git-lfs.csv",
            text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"),
        ),
        ("csv/document.csv", text("%PDF-1.7\n%\u{a7}\n")),
        (
            "csv/workbook.csv",
            joined(&[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &[0; 56]]),
        ),
    ]);
    let padded = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes.resize(80, 0);
        bytes
    };
    files.extend([
        ("other/one-byte", vec![b'?']),
        ("other/zeros", vec![0; 64]),
        (
            "other/noise.bin",
            (0u32..200)
                .map(|at| (at * at * 31 + at * 7 + 200) as u8)
                .collect(),
        ),
        ("other/note", text("buy milk\n")),
        (
            "other/film.mp4",
            padded(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        ),
        (
            "other/photo.heic",
            padded(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ),
        (
            "other/photo.avif",
            padded(b"\0\0\0\x20ftypavif\0\0\0\0avifmif1"),
        ),
        ("other/photo.gif", padded(b"GIF89a\x01\0\x01\0\x80\0\0")),
        ("other/photo.jp2", padded(b"\0\0\0\x0cjP  \r\n\x87\n")),
        ("other/photo.psd", padded(b"8BPS\0\x01")),
        (
            "other/drawing.svg",
            text("<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"),
        ),
        (
            "other/array.pkl",
            b"\x80\x04\x95\x03\0\0\0\0\0\0\0]\x94.".to_vec(),
        ),
        ("other/table.parquet", padded(b"PAR1\x15\x04")),
        ("other/table.sqlite", padded(b"SQLite format 3\0")),
        ("other/packed.zst", padded(b"\x28\xb5\x2f\xfd")),
        ("other/packed.xz", padded(b"\xfd7zXZ\0")),
        ("other/packed.bz2", padded(b"BZh91AY&SY")),
        ("other/packed.7z", padded(b"7z\xbc\xaf\x27\x1c")),
        ("other/program", padded(b"\x7fELF\x02\x01\x01")),
    ]);
}
