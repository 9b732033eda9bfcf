//! The latest state of each open window, in one folder, for after a crash.
//!
//! | file | whose |
//! |---|---|
//! | `window-X.saelab` | an open window's; `window-X.lock` is locked for as long as it is open |
//! | `recovered-TIME-X.saelab` | of a window that ended without closing: set aside, never written again, and offered at each start |
//! | `settled-TIME-X.saelab` | the same, once it has been taken up or put away |
//! | `last.saelab` | of the window that was closed last |

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::atomic::without_path;
use super::error::name_of;
use super::run_file::EXTENSION;
use super::{IoError, make_folder, sweep};

const WINDOW: &str = "window-";
const RECOVERED: &str = "recovered-";
const SETTLED: &str = "settled-";
const LOCK: &str = "lock";
/// Most that are set aside, and as many that are settled; the oldest go.
const MOST: usize = 8;

/// A window's own file.
#[derive(Debug)]
pub struct Slot {
    folder: PathBuf,
    lock_path: PathBuf,
    path: PathBuf,
    _lock: File,
}

/// What the windows before this one left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Of windows that ended without closing, where nobody has taken them up or put them away: the latest first.
    pub recovered: Vec<PathBuf>,
    /// Of the window that was closed last.
    pub last: Option<PathBuf>,
}

impl Slot {
    /// A file of this window's own in `folder`, which is made if need be, and what others left there.
    ///
    /// # Errors
    /// The folder can't be made or written to.
    pub fn claim(folder: &Path) -> Result<(Self, Left), IoError> {
        make_folder(folder)?;
        sweep(folder);
        let left = Left {
            recovered: recover(folder),
            last: Some(last(folder)).filter(|last| last.is_file()),
        };
        let claim = || loop {
            let ending = format!(".{LOCK}");
            let mut builder = tempfile::Builder::new();
            let file = builder.prefix(WINDOW).suffix(&ending);
            let file = file.tempfile_in(folder).map_err(without_path)?;
            let (lock, lock_path) = file.keep().map_err(|error| error.error)?;
            // where the system has no locks, every window is left to itself: none is set aside
            let locked = lock.try_lock();
            if locked.is_ok() && !lock_path.exists() {
                continue; // a start beside this one took it for one that was left behind
            }
            return Ok((lock, lock_path));
        };
        let (lock, lock_path) = claim().map_err(|source| IoError::Write {
            file: name_of(folder),
            source,
        })?;
        let slot = Self {
            folder: folder.to_owned(),
            path: lock_path.with_extension(EXTENSION),
            lock_path,
            _lock: lock,
        };
        Ok((slot, left))
    }

    /// Where the window's state goes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The window closes in order: its state is the last one.
    pub fn close(self) {
        if self.path.is_file() {
            let _ = std::fs::rename(&self.path, last(&self.folder)); // else it is set aside at the next start
        }
        let _ = std::fs::remove_file(&self.lock_path);
    }
}

/// What is in `recovered` has been taken up, or nobody wants it: the next start does not offer it.
pub fn settle(recovered: &Path) {
    let name = recovered.file_name().and_then(|name| name.to_str());
    if let Some(rest) = name.and_then(|name| name.strip_prefix(RECOVERED)) {
        // else it is offered once more
        let _ = std::fs::rename(
            recovered,
            recovered.with_file_name(format!("{SETTLED}{rest}")),
        );
    }
}

fn last(folder: &Path) -> PathBuf {
    folder.join("last").with_extension(EXTENSION)
}

/// Sets aside what windows left that are no more; the latest first.
fn recover(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let named = |path: &Path, prefix: &str, ending: &str| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let right = path
            .extension()
            .is_some_and(|extension| extension == ending);
        right && name.is_some_and(|name| name.starts_with(prefix))
    };
    let mut recovered: Vec<PathBuf> = Vec::new();
    for lock_path in paths.iter().filter(|path| named(path, WINDOW, LOCK)) {
        let Ok(lock) = File::open(lock_path) else {
            continue;
        };
        if lock.try_lock().is_err() {
            continue; // it is open
        }
        let state = lock_path.with_extension(EXTENSION);
        let time = state.metadata().and_then(|metadata| metadata.modified());
        if let Ok(time) = time {
            let aside = folder.join(name_aside(&state, time));
            if std::fs::rename(&state, &aside).is_err() {
                continue; // with its lock it is found again
            }
            recovered.push(aside);
        }
        let _ = std::fs::remove_file(lock_path);
    }
    let with = |prefix: &str| {
        let fits = |path: &&PathBuf| named(path, prefix, EXTENSION);
        paths.iter().filter(fits).cloned().collect::<Vec<_>>()
    };
    let thin = |mut sorted: Vec<PathBuf>| {
        for old in sorted.drain(..sorted.len().saturating_sub(MOST)) {
            let _ = std::fs::remove_file(old);
        }
        sorted
    };
    thin(with(SETTLED));
    recovered.extend(with(RECOVERED));
    recovered.sort(); // by their times
    let mut recovered = thin(recovered);
    recovered.reverse();
    recovered
}

/// "recovered-1764412729000000-XXXX.saelab": in the order of their times by name, too.
fn name_aside(state: &Path, time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    let name = state
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    format!(
        "{RECOVERED}{micros:016}-{}",
        name.trim_start_matches(WINDOW)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// As a crash leaves it: the system takes the lock away.
    fn crash(slot: Slot) {
        drop(slot);
    }

    #[test]
    fn open_windows_keep_to_themselves_and_a_crash_is_set_aside() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("autosave");
        let (one, left) = Slot::claim(&folder).unwrap();
        assert_eq!(left, Left::default());
        let (two, _) = Slot::claim(&folder).unwrap();
        assert_ne!(one.path(), two.path());
        std::fs::write(one.path(), "one").unwrap();
        std::fs::write(two.path(), "two").unwrap();
        crash(one);
        let (three, left) = Slot::claim(&folder).unwrap();
        assert_eq!((left.recovered.len(), left.last), (1, None));
        assert_eq!(std::fs::read_to_string(&left.recovered[0]).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(two.path()).unwrap(), "two");
        // it is told of until somebody has taken it up or put it away, and stays
        let (four, again) = Slot::claim(&folder).unwrap();
        assert_eq!(again.recovered, left.recovered);
        settle(&again.recovered[0]);
        let (five, left) = Slot::claim(&folder).unwrap();
        assert_eq!(left.recovered, Vec::<PathBuf>::new());
        five.close();
        two.close();
        three.close();
        four.close();
        assert_eq!(names(&folder).len(), 2, "{:?}", names(&folder));
        let (_six, left) = Slot::claim(&folder).unwrap();
        assert_eq!(std::fs::read_to_string(left.last.unwrap()).unwrap(), "two");
    }

    #[test]
    fn only_the_latest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..MOST + 4 {
            let (slot, _) = Slot::claim(folder.path()).unwrap();
            std::fs::write(slot.path(), number.to_string()).unwrap();
            crash(slot);
            // systems round the time of a file to some milliseconds
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let (slot, left) = Slot::claim(folder.path()).unwrap();
        assert_eq!(left.recovered.len(), MOST);
        let latest = std::fs::read_to_string(&left.recovered[0]).unwrap();
        assert_eq!(latest, (MOST + 3).to_string());
        slot.close();
        assert_eq!(names(folder.path()).len(), MOST);
    }
}
