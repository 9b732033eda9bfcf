//! What is refused before anything is read.

use super::super::testing::{Folder, golden, gzip, loaded};
use super::*;

#[test]
fn what_is_not_a_file_is_refused_without_being_read() {
    let folder = Input::open(&golden(""), &super::super::progress::unwatched);
    assert!(matches!(
        folder.err(),
        Some(DataError::NotAFile {
            kind: "a folder",
            ..
        })
    ));
    assert!(matches!(
        loaded(&golden("missing")),
        Err(DataError::Open { .. })
    ));
    let folder = Folder::new();
    assert!(matches!(
        loaded(&folder.file("empty", b"")),
        Err(DataError::Empty { .. })
    ));
    assert!(matches!(
        loaded(&folder.file("empty.gz", &gzip(b""))),
        Err(DataError::Empty { .. })
    ));
    assert!(matches!(
        loaded(&folder.file("text", b"hello")),
        Err(DataError::Unrecognised { .. })
    ));
}

#[cfg(unix)]
#[test]
fn devices_and_names_of_any_bytes() {
    use std::os::unix::ffi::OsStrExt;
    for device in ["/dev/zero", "/dev/null"] {
        assert!(
            matches!(loaded(Path::new(device)), Err(DataError::NotAFile { .. })),
            "{device}"
        );
    }
    let name = std::ffi::OsStr::from_bytes(b"/nowhere/\xff\xfe.png");
    assert!(matches!(
        loaded(Path::new(name)),
        Err(DataError::Open { .. })
    ));
}

#[test]
fn a_damaged_gzip_is_named_by_byte() {
    let folder = Folder::new();
    let mut bytes = std::fs::read(golden("imgs-idx3-ubyte.gz")).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 40] {
        *byte ^= 0x5a;
    }
    let error = loaded(&folder.file("damaged.gz", &bytes)).unwrap_err();
    assert!(matches!(error, DataError::Compression { .. }), "{error}");
}
