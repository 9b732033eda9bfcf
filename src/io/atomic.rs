//! Files that are there whole or not at all, whenever the program or the machine stops.

use std::fs::{File, TryLockError};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::IoError;
use super::error::name_of;
use super::steady::Steady;

/// What a file under way is called, so that [`sweep`] knows one that was left behind.
pub(super) const PREFIX: &str = ".sae-lab-";
pub(super) const SUFFIX: &str = ".part";
/// Locked by who writes into such a folder.
pub(super) const HELD: &str = "held";
/// Where the system has no locks, a file under way that nothing has touched for this long was left behind.
const STRAY_AGE: Duration = Duration::from_secs(3600);

/// What a file is written through: an error of the disk is handled here, after the last byte.
pub type Writer<'a> = Steady<BufWriter<&'a mut File>>;

/// Writes `path` by `write`: into a file beside it, which takes its place when all is on disk. On an error `path` is as
/// it was. A link is followed; a file that is replaced keeps its permissions.
///
/// # Errors
/// [`IoError::Write`], whatever failed.
pub fn atomic_write(
    path: &Path,
    write: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>,
) -> Result<(), IoError> {
    attempt(path, write).map_err(|source| IoError::Write {
        file: name_of(path),
        source,
    })
}

fn attempt(
    path: &Path,
    write: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let target = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => path.canonicalize()?,
        _ => path.to_owned(),
    };
    let folder = folder_of(&target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // what any new file gets, less the umask; tempfile's own default is for secrets
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(&folder).map_err(without_path)?;
    // who sweeps leaves alone what is locked (where the system has no locks, its age tells), but may have been faster
    while file.as_file().lock().is_ok() && !file.path().exists() {
        file = builder.tempfile_in(&folder).map_err(without_path)?;
    }
    let mut writer = Steady::new(BufWriter::with_capacity(1 << 16, file.as_file_mut()));
    let written = write(&mut writer);
    // what went wrong first tells the most
    writer.finish()?;
    written?;
    if let Ok(metadata) = target.metadata() {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    sync_folder(&folder);
    Ok(())
}

/// An error without the name of the file under way, which tells a person nothing.
pub(super) fn without_path(error: std::io::Error) -> std::io::Error {
    match error.get_ref() {
        Some(_) => error.kind().into(),
        None => error,
    }
}

/// A rename reaches the disk with its folder; where a folder can't be opened, it does so in its own time.
pub(super) fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Where a file is, or is to be.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes `folder` and those above it; one that is there is fine.
///
/// # Errors
/// [`IoError::Folder`].
pub fn make_folder(folder: &Path) -> Result<(), IoError> {
    std::fs::create_dir_all(folder).map_err(|source| IoError::Folder {
        folder: name_of(folder),
        source,
    })
}

/// Whether files can be written in `folder`, which is there: one is, and goes again.
///
/// # Errors
/// They can't.
pub fn probe(folder: &Path) -> Result<(), IoError> {
    let probe = || {
        let mut builder = tempfile::Builder::new();
        let file = builder.prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder);
        let mut file = file.map_err(without_path)?;
        let _ = file.as_file().lock();
        file.as_file_mut().write_all(b"?")?;
        file.as_file().sync_all()
    };
    probe().map_err(|source| IoError::Write {
        file: name_of(&folder.join("run.json")),
        source,
    })
}

/// A folder to write to, made if need be. Dropped, it takes the folders that it made away again if nothing was written.
#[derive(Debug)]
pub struct OutFolder {
    /// The innermost first.
    made: Vec<PathBuf>,
}

impl OutFolder {
    /// # Errors
    /// The folder can neither be found nor made.
    pub fn make(folder: &Path) -> Result<Self, IoError> {
        let missing = folder
            .ancestors()
            .filter(|path| !path.as_os_str().is_empty());
        let made = missing.take_while(|path| !path.exists());
        let made = made.map(Path::to_owned).collect();
        make_folder(folder)?;
        Ok(Self { made })
    }
}

impl Drop for OutFolder {
    fn drop(&mut self) {
        for folder in &self.made {
            // which refuses a folder that has something in it
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

/// Removes what a run that was killed left behind in `folder`, and returns how many files and folders that was. What
/// cannot be removed stays: a stray file harms nobody.
pub fn sweep(folder: &Path) -> usize {
    sweep_older(folder, STRAY_AGE)
}

fn sweep_older(folder: &Path, age: Duration) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let now = SystemTime::now();
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !(name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
                return false;
            }
            let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else {
                return false;
            };
            let old = || {
                let untouched = now.duration_since(metadata.modified().ok()?).ok()?;
                Some(untouched >= age)
            };
            let held = if metadata.is_dir() {
                path.join(HELD)
            } else {
                path.clone()
            };
            let left = match is_held(&held) {
                Some(held) => !held,
                None => old() == Some(true),
            };
            if metadata.is_dir() {
                // one that is empty has not come as far as to be locked
                std::fs::remove_dir(&path).is_ok() || left && std::fs::remove_dir_all(path).is_ok()
            } else {
                left && std::fs::remove_file(path).is_ok()
            }
        })
        .count()
}

/// Whether another process is at a file; `None` where that can't be told.
fn is_held(path: &Path) -> Option<bool> {
    match File::open(path).ok()?.try_lock() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        atomic_write(&path, |writer| writer.write_all(b"old")).unwrap();
        let error = atomic_write(&path, |writer| {
            writer.write_all(b"half of the n")?;
            writer.flush()?;
            assert_eq!(std::fs::read(&path)?, b"old");
            Err(std::io::Error::other("no more room"))
        })
        .unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("a.txt") && message.contains("no more room"),
            "{message}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a.txt"]);
        atomic_write(&path, |writer| writer.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_missing_folder_is_an_error_and_can_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        let path = deep.join("c");
        assert!(matches!(
            atomic_write(&path, |_| Ok(())),
            Err(IoError::Write { .. })
        ));
        make_folder(&deep).unwrap();
        make_folder(&deep).unwrap();
        atomic_write(&path, |_| Ok(())).unwrap();
        assert!(matches!(make_folder(&path), Err(IoError::Folder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        atomic_write(&path, |_| Ok(())).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path) & 0o600, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        atomic_write(&link, |writer| writer.write_all(b"through")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(
            (std::fs::read(&path).unwrap(), mode(&path)),
            (b"through".to_vec(), 0o640)
        );
    }

    #[test]
    fn a_folder_in_which_nothing_was_written_goes_again() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        drop(OutFolder::make(&deep).unwrap());
        assert!(!folder.path().join("a").exists());
        std::fs::create_dir(folder.path().join("a")).unwrap();
        drop(OutFolder::make(&deep).unwrap());
        assert!(folder.path().join("a").exists() && !deep.exists());
        let out = OutFolder::make(&deep).unwrap();
        atomic_write(&deep.join("x"), |file| file.write_all(b"x")).unwrap();
        drop(out);
        assert!(deep.join("x").exists());
        // one that was there stays, empty as it is
        let there = folder.path().join("there");
        std::fs::create_dir(&there).unwrap();
        drop(OutFolder::make(&there).unwrap());
        assert!(there.exists());
    }

    #[test]
    fn strays_are_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".sae-lab-x1.part", ".sae-lab-notes", "model.npz", "x.part"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let held = File::open(folder.path().join(".sae-lab-x1.part")).unwrap();
        held.lock().unwrap();
        assert_eq!(sweep(folder.path()), 0, "another process is writing it");
        drop(held);
        assert_eq!(sweep(folder.path()), 1);
        assert_eq!(
            names(folder.path()),
            [".sae-lab-notes", "model.npz", "x.part"]
        );
        assert_eq!(sweep(&folder.path().join("nowhere")), 0);
    }
}
