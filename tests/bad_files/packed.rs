//! Broken gzip files and zip archives.

use super::build::*;

pub fn make(files: &mut Files) {
    gzip_files(files);
    zip_files(files);
}

fn gzip_files(files: &mut Files) {
    let images = idx(
        8,
        &[4, 3, 3],
        &(0..36).map(|value| value * 7).collect::<Vec<u8>>(),
    );
    let sound = gzip(&images);
    let end = sound.len();
    files.extend([
        ("gzip/empty.idx.gz", gzip(b"")),
        ("gzip/header-alone.idx.gz", sound[..10].to_vec()),
        ("gzip/header-cut.idx.gz", sound[..5].to_vec()),
        ("gzip/cut.idx.gz", sound[..end / 2].to_vec()),
        ("gzip/checksum-cut.idx.gz", sound[..end - 5].to_vec()),
        (
            "gzip/checksum-wrong.idx.gz",
            patched(&sound, end - 8, b"oops"),
        ),
        (
            "gzip/length-wrong.idx.gz",
            patched(&sound, end - 4, &[0, 0, 0, 1]),
        ),
        ("gzip/method-wrong.idx.gz", patched(&sound, 2, &[7])),
        ("gzip/damaged.idx.gz", patched(&sound, 16, &[0xff; 12])),
        (
            "gzip/junk-behind.idx.gz",
            joined(&[&sound, b"and then some junk"]),
        ),
        ("gzip/zeros-behind.idx.gz", joined(&[&sound, &[0; 64]])),
        ("gzip/two-joined.idx.gz", joined(&[&sound, &sound])),
        ("gzip/within-gzip.idx.gz", gzip(&sound)),
        ("gzip/content-cut.idx.gz", gzip(&images[..30])),
        (
            "gzip/content-goes-on.idx.gz",
            gzip(&joined(&[&images, b"more"])),
        ),
        (
            "gzip/claims-a-trillion.idx.gz",
            gzip(&idx(8, &[1_000_000, 1_000, 1_000], &[])),
        ),
        (
            "gzip/claims-200-megabytes.npy.gz",
            gzip(&array("|u1", "(200000, 1000)", &[0; 2000])),
        ),
        ("gzip/bomb-of-zeros.csv.gz", gzip(&vec![b'0'; 8 << 20])),
        (
            "gzip/bomb-of-rows.csv.gz",
            gzip(&b"0,0,0,0\n".repeat(1 << 20)),
        ),
        (
            "gzip/bomb-of-bombs.csv.gz",
            gzip(&gzip(&vec![b'0'; 8 << 20])),
        ),
        ("gzip/nonsense.gz", joined(&[b"\x1f\x8b", &[0xee; 40]])),
        (
            "gzip/letter.gz",
            gzip(b"Dear reader, this is a letter and no data."),
        ),
        ("gzip/table.csv.gz", gzip(b"a,b\n1,2\n3,four\n")),
    ]);
}

fn zip_files(files: &mut Files) {
    let x = array("<f4", "(3, 2)", &singles(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    let entry: &[(&str, &[u8])] = &[("x.npy", &x)];
    let stored = zip(entry, false);
    let deflated = zip(entry, true);
    let size = (x.len() as u32).to_le_bytes();
    // where the entry's own header and the central one, at the end, have their fields
    let central = stored
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    let packed_central = deflated
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    let both = |bytes: &[u8], central: usize, local_at: usize, with: &[u8]| {
        patched(
            &patched(bytes, local_at, with),
            central + local_at + 2,
            with,
        )
    };
    let zeros = array("<f8", "(800, 800)", &[0; 8 * 640_000]);
    let one = |name: &str, bytes: &[u8]| zip(&[(name, bytes)], true);
    files.extend([
        ("npz/empty.npz", Vec::new()),
        ("npz/nothing-in-it.npz", zip(&[], false)),
        ("npz/text.npz", b"an archive by name alone\n".to_vec()),
        ("npz/cut.npz", stored[..stored.len() / 2].to_vec()),
        (
            "npz/directory-cut.npz",
            stored[..stored.len() - 10].to_vec(),
        ),
        (
            "npz/directory-damaged.npz",
            patched(&stored, central, b"XXXX"),
        ),
        (
            "npz/directory-beyond.npz",
            patched(&stored, stored.len() - 6, &[0xff, 0xff, 0xff, 0x7f]),
        ),
        ("npz/beginning-alone.npz", b"PK\x03\x04".to_vec()),
        (
            "npz/claims-65000-entries.npz",
            patched(&stored, stored.len() - 14, &[0xe8, 0xfd, 0xe8, 0xfd]),
        ),
        ("npz/entry-damaged.npz", patched(&stored, 0, b"XXXX")),
        (
            "npz/checksum-wrong.npz",
            both(&stored, central, 14, b"oops"),
        ),
        (
            "npz/values-damaged.npz",
            patched(&stored, 30 + 5 + x.len() - 4, &[9; 4]),
        ),
        (
            "npz/under-a-password.npz",
            both(&stored, central, 6, &[1, 0]),
        ),
        (
            "npz/packed-by-lzma.npz",
            both(&stored, central, 8, &[14, 0]),
        ),
        (
            "npz/packed-by-nothing-known.npz",
            both(&stored, central, 8, &[77, 0]),
        ),
        (
            "npz/deflate-damaged.npz",
            patched(&deflated, 60, &[0xff; 20]),
        ),
        (
            "npz/claims-4-gigabytes.npz",
            both(&deflated, packed_central, 22, &[0xfe, 0xff, 0xff, 0xff]),
        ),
        (
            "npz/claims-more-than-it-has.npz",
            both(&deflated, packed_central, 22, &[200, 0, 0, 0]),
        ),
        (
            "npz/has-more-than-it-claims.npz",
            both(&deflated, packed_central, 22, &[90, 0, 0, 0]),
        ),
        (
            "npz/packed-size-beyond.npz",
            both(&stored, central, 18, &[0xff, 0xff, 0, 0]),
        ),
        (
            "npz/size-of-nothing.npz",
            both(&both(&stored, central, 22, &[0; 4]), central, 18, &[0; 4]),
        ),
        ("npz/bomb.npz", one("x.npy", &zeros)),
        ("npz/nested.npz", one("inner.npz", &stored)),
        ("npz/letter.npz", one("letter.txt", b"Dear reader")),
        (
            "npz/many-letters.npz",
            zip(
                &[
                    ("a.txt", b"a"),
                    ("b.txt", b"b"),
                    ("c.txt", b"c"),
                    ("d.txt", b"d"),
                ],
                true,
            ),
        ),
        (
            "npz/name-of-three-lines.npz",
            one("one\ntwo\x1b[2J\nthree", b"a"),
        ),
        ("npz/pictures.zip", one("faces/1.png", b"\x89PNG\r\n\x1a\n")),
        (
            "npz/workbook.xlsx",
            zip(
                &[
                    ("[Content_Types].xml", b"<x/>"),
                    ("xl/workbook.xml", b"<x/>"),
                ],
                true,
            ),
        ),
        (
            "npz/document.docx",
            zip(&[("word/document.xml", b"<x/>")], true),
        ),
        (
            "npz/checkpoint.pt",
            zip(
                &[
                    ("archive/data.pkl", b"\x80\x02}."),
                    ("archive/data/0", b"0000"),
                ],
                false,
            ),
        ),
        (
            "npz/objects.npz",
            one("x.npy", &array("|O", "(2, 2)", b"\x80\x04].")),
        ),
        (
            "npz/numbers-alone.npz",
            zip(
                &[
                    ("rho.npy", &array("<f8", "()", &doubles(&[0.05]))),
                    ("y.npy", &array("<i8", "(3,)", &[0; 24])),
                ],
                false,
            ),
        ),
        (
            "npz/no-samples.npz",
            one("x.npy", &array("<f4", "(0, 3)", &[])),
        ),
        (
            "npz/broken-header.npz",
            one("x.npy", &npy("{'descr': '<f4', 'fortran", b"")),
        ),
        (
            "npz/not-an-array.npz",
            one("x.npy", b"this is text with the wrong ending"),
        ),
        ("npz/array-cut.npz", one("x.npy", &x[..x.len() - 4])),
        (
            "npz/array-goes-on.npz",
            one("x.npy", &joined(&[&x, b"more"])),
        ),
        (
            "npz/array-claims-a-trillion.npz",
            one("x.npy", &array("<f4", "(1000000, 1000000)", b"")),
        ),
        ("npz/array-empty.npz", one("x.npy", b"")),
        (
            "npz/nan.npz",
            one(
                "x.npy",
                &array("<f4", "(2, 2)", &singles(&[0.0, 1.0, f32::NAN, 3.0])),
            ),
        ),
        (
            "npz/all-the-same.npz",
            one("x.npy", &array("<f4", "(2, 2)", &singles(&[1.0; 4]))),
        ),
    ]);
    assert_eq!(stored[22..26], size, "the layout of a zip entry changed");
}
