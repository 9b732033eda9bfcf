//! Several files that take their places together, whenever the program or the machine stops.
//!
//! They are written into a folder of their own inside the one where they belong. Renaming that to [`READY`] decides: what
//! stops before it leaves the old files, what stops after it is finished by the next one to come ([`recover`]). The last
//! file to move tells that the others are there: it is taken away first where an older one stands.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::IoError;
use super::atomic::{HELD, PREFIX, SUFFIX, sync_folder, without_path};
use super::error::name_of;

/// Files that are complete and only have to be moved.
const READY: &str = ".sae-lab-ready";

/// Files on their way into a folder.
#[derive(Debug)]
pub struct Publication {
    folder: PathBuf,
    staging: TempDir,
    /// Locked for as long as the files are written: a folder that nobody holds was left behind.
    _held: File,
}

impl Publication {
    /// A place for files that are to appear in `folder`, which is there.
    ///
    /// # Errors
    /// `folder` can't be written to.
    pub fn begin(folder: &Path) -> Result<Self, IoError> {
        let begin = || -> std::io::Result<Self> {
            let staging = tempfile::Builder::new()
                .prefix(PREFIX)
                .suffix(SUFFIX)
                .tempdir_in(folder)
                .map_err(without_path)?;
            let held = File::create(staging.path().join(HELD))?;
            // where the system has no locks, an old one counts as left behind
            let _ = held.lock();
            Ok(Self {
                folder: folder.to_owned(),
                staging,
                _held: held,
            })
        };
        let begun = match begin() {
            // an empty folder may have been taken for one that was left behind
            Err(error) if error.kind() == ErrorKind::NotFound => begin(),
            begun => begun,
        };
        begun.map_err(|source| unwritable(folder, source))
    }

    /// Where to write the file that will be called `name`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.staging.path().join(name)
    }

    /// An error of writing there, with the file named by its place in the folder.
    pub fn in_place(&self, error: IoError) -> IoError {
        error.in_place(self.staging.path(), &self.folder)
    }

    /// Lets all files take their places, `last` after the others.
    ///
    /// # Errors
    /// They can't be moved: the old ones stand, or the next [`recover`] finishes it.
    pub fn publish(self, last: &str) -> Result<(), IoError> {
        let Self {
            folder,
            staging,
            _held,
        } = self;
        let publish = || {
            // those of one that stopped, before these
            finish(&folder, last)?;
            // nothing is decided before it is known that all of them can move
            for entry in std::fs::read_dir(staging.path())? {
                if folder.join(entry?.file_name()).is_dir() {
                    return Err(ErrorKind::IsADirectory.into());
                }
            }
            // elsewhere a folder with an open file in it can't be renamed
            #[cfg(not(unix))]
            {
                drop(_held);
                std::fs::remove_file(staging.path().join(HELD))?;
            }
            sync_folder(staging.path());
            let ready = folder.join(READY);
            std::fs::rename(staging.path(), &ready)?;
            sync_folder(&folder);
            finish(&folder, last)
        };
        let published = publish().map_err(|source| unwritable(&folder, source));
        drop(staging); // which is there still if something went wrong
        published
    }
}

/// Finishes what was about to appear in `folder` when it was stopped, with `last` after the others. Returns whether there
/// was anything.
///
/// # Errors
/// The files can't be moved.
pub fn recover(folder: &Path, last: &str) -> Result<bool, IoError> {
    if !folder.join(READY).is_dir() {
        return Ok(false);
    }
    finish(folder, last).map_err(|source| unwritable(folder, source))?;
    Ok(true)
}

fn finish(folder: &Path, last: &str) -> std::io::Result<()> {
    let ready = folder.join(READY);
    let Ok(entries) = std::fs::read_dir(&ready) else {
        return Ok(());
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    let names: Vec<_> = names.filter(|name| name != HELD).collect();
    if names.iter().any(|name| name == last) {
        match std::fs::remove_file(folder.join(last)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    let (end, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name == last);
    for name in others.iter().chain(&end) {
        std::fs::rename(ready.join(name), folder.join(name))?;
    }
    match std::fs::remove_file(ready.join(HELD)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    std::fs::remove_dir(&ready)?;
    sync_folder(folder);
    Ok(())
}

fn unwritable(folder: &Path, source: std::io::Error) -> IoError {
    IoError::Write {
        file: name_of(folder),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::atomic::sweep;

    fn put(publication: &Publication, text: &str) {
        for name in ["model", "table", "record"] {
            std::fs::write(publication.path(name), text).unwrap();
        }
    }

    fn read(folder: &Path) -> Vec<(String, String)> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut read: Vec<_> = entries
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (
                    name,
                    std::fs::read_to_string(entry.path()).unwrap_or("folder".into()),
                )
            })
            .collect();
        read.sort();
        read
    }

    fn all(text: &str) -> Vec<(String, String)> {
        ["model", "record", "table"]
            .map(|name| (name.into(), text.into()))
            .into()
    }

    #[test]
    fn files_appear_together_and_replace_the_old_ones() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["old", "new"] {
            let publication = Publication::begin(folder.path()).unwrap();
            put(&publication, text);
            publication.publish("record").unwrap();
            assert_eq!(read(folder.path()), all(text));
        }
        let publication = Publication::begin(folder.path()).unwrap();
        put(&publication, "never");
        assert_eq!(sweep(folder.path()), 0, "somebody writes there");
        drop(publication);
        assert_eq!(read(folder.path()), all("new"));
    }

    #[test]
    fn what_stops_before_the_decision_leaves_the_old_and_what_stops_after_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let publication = Publication::begin(path).unwrap();
        put(&publication, "old");
        publication.publish("record").unwrap();
        // a process that was killed while it wrote: nobody holds its folder any more
        let Publication { staging, _held, .. } = Publication::begin(path).unwrap();
        std::fs::write(staging.path().join("model"), "half").unwrap();
        let _ = staging.keep();
        drop(_held);
        assert_eq!(sweep(path), 1);
        assert_eq!(read(path), all("old"));
        // one that was killed after each of the moves
        for moved in 0..=3 {
            let ready = path.join(READY);
            std::fs::create_dir(&ready).unwrap();
            let text = format!("new {moved}");
            for name in ["model", "table", "record"] {
                std::fs::write(ready.join(name), &text).unwrap();
            }
            if moved > 0 {
                std::fs::remove_file(path.join("record")).unwrap();
            }
            for name in &["model", "table", "record"][..moved] {
                std::fs::rename(ready.join(name), path.join(name)).unwrap();
            }
            assert!(recover(path, "record").unwrap());
            assert_eq!(read(path), all(&text));
            assert!(!recover(path, "record").unwrap());
        }
    }
}
