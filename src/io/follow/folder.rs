//! What lies in a folder, and the bytes of a file that may change under the reader.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use super::watcher::{Request, Seen, Stamp};
use crate::data::limits;

/// The checkpoints in `folder`, by their suffixes. Hidden and temporary names are left out, and what disappears between
/// being listed and being looked at.
///
/// # Errors
/// The folder cannot be listed.
pub fn list(folder: &Path) -> std::io::Result<Vec<Seen>> {
    let mut listing = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_checkpoint(&name) {
            continue;
        }
        // of what a link points at
        let Ok(metadata) = std::fs::metadata(folder.join(entry.file_name())) else {
            continue;
        };
        if metadata.is_file() {
            let stamp = Stamp::of(&metadata);
            listing.push(Seen { name, stamp });
        }
    }
    Ok(listing)
}

/// Whether a file of this name is one.
pub fn is_checkpoint(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = [".safetensors", ".npz"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix));
    let temporary = |stem: &str| {
        [".tmp", ".temp", ".part", "~"]
            .iter()
            .any(|end| stem.ends_with(end))
    };
    stem.is_some_and(|stem| !stem.is_empty() && !stem.starts_with('.') && !temporary(stem))
}

/// What became of reading a file.
pub(super) enum Bytes {
    /// The file did not change from its first byte to its last.
    Whole(Vec<u8>, Stamp),
    Changed,
    /// It cannot be read: a sentence.
    Unreadable(String),
}

/// The bytes of the file that was asked for.
pub(super) fn read(folder: &Path, request: &Request) -> Bytes {
    let path = folder.join(&request.seen.name);
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Bytes::Changed,
        _ => Bytes::Unreadable(format!("it cannot be read ({error})")),
    };
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) => return unreadable(error),
    };
    let stamp = match file.metadata() {
        Ok(metadata) => Stamp::of(&metadata),
        Err(error) => return unreadable(error),
    };
    if stamp != request.seen.stamp && !request.whichever {
        return Bytes::Changed;
    }
    if stamp.size > limits::WHOLE_FILE {
        let most = limits::WHOLE_FILE >> 20;
        return Bytes::Unreadable(format!(
            "it is larger than {most} MiB: save the weights alone"
        ));
    }
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(stamp.size as usize).is_err() {
        return Bytes::Unreadable("there is not enough memory for it".into());
    }
    // one more, to see whether it has grown
    match (&mut file).take(stamp.size + 1).read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) => return unreadable(error),
    }
    let unchanged = file
        .metadata()
        .is_ok_and(|metadata| Stamp::of(&metadata) == stamp);
    if unchanged && bytes.len() as u64 == stamp.size {
        Bytes::Whole(bytes, stamp)
    } else {
        Bytes::Changed
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            identity: identity(metadata),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}
